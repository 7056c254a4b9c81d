"""Queries of the audit trail."""

from typing import Annotated

import strawberry

from schema.audit.filters import AuditTrailFilter
from schema.audit.types import AuditRecord, audit_connection
from schema.base.connections import After, Before, Connection, First, Last
from schema.base.context import Info
from schema.base.described import resolved_field

# ruff: noqa: A002 - `filter` is the convention's name

RecordsFilter = Annotated[
    AuditTrailFilter | None, strawberry.argument(description="Which records; null for all.")
]


@strawberry.type
class AuditQueries:
    """The audit trail."""

    @resolved_field
    async def audit_trail(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: RecordsFilter = None,
    ) -> Connection[AuditRecord]:
        """The audit trail of your account, of all accounts for Operations.

        Newest first, at most 100 records at a time.
        """
        page = await info.context.desk.audit_trail.cursor_page(
            info.context.actor,
            first=first,
            after=after,
            last=last,
            before=before,
            wanted=(filter or AuditTrailFilter()).wanted(),
        )
        return audit_connection(page)

"""The audit trail as clients read it."""

from datetime import datetime
from typing import Self, cast

import strawberry
from strawberry.scalars import JSON

from schema.base.connections import Connection, connection
from schema.base.described import object_type
from schema.base.types import Actor, Node
from server.services.audit.views import AuditRecordView
from server.services.pagination.pages import CursorPage


@object_type
class AuditObject:
    """What an audit record is about."""

    id: strawberry.ID = strawberry.field(description="The object's id.")
    name: str = strawberry.field(description="The object's name at that time.")


@object_type
class AuditDetails:
    """What changed, field by field."""

    before: JSON | None = strawberry.field(
        description="The changed fields before the change; null if there was nothing before."
    )
    after: JSON | None = strawberry.field(
        description="The changed fields after the change; null if there is nothing after."
    )


@object_type
class AuditRecord(Node):
    """Who did what to which object, when, and from where."""

    at: datetime = strawberry.field(description="When it happened.")
    event: str = strawberry.field(
        description="What happened, for a program, such as `token.created`."
    )
    summary: str = strawberry.field(description="What happened, in English, for a person.")
    actor: Actor = strawberry.field(description="Who did it.")
    object: AuditObject = strawberry.field(description="The object that it was done to.")
    details: AuditDetails = strawberry.field(description="The fields before and after the change.")
    address: str = strawberry.field(description="The IP address of the caller; empty if unknown.")
    user_agent: str = strawberry.field(
        description="The User-Agent of the caller; empty if unknown."
    )
    chain: str = strawberry.field(
        description="The account whose chain the record belongs to; `platform` for records of no"
        " account."
    )
    position: int = strawberry.field(description="The record's place in its chain, from 1.")
    previous_hash: str = strawberry.field(description="The hash of the previous record.")
    hash: str = strawberry.field(
        description="SHA-256 of the record and the previous hash, in hexadecimal."
    )

    @classmethod
    def of(cls, info: AuditRecordView) -> Self:
        """Build the type from the service's view."""
        return cls(
            id=strawberry.ID(info.id),
            at=info.at,
            event=info.event,
            summary=info.summary,
            actor=Actor.of(info.actor),
            object=AuditObject(id=strawberry.ID(info.object_id), name=info.object_name),
            details=AuditDetails(before=cast(JSON, info.before), after=cast(JSON, info.after)),
            address=info.address,
            user_agent=info.user_agent,
            chain=info.account_id,
            position=info.position,
            previous_hash=info.previous_hash,
            hash=info.hash,
        )


def audit_connection(page: CursorPage[AuditRecordView]) -> Connection[AuditRecord]:
    """Build the connection of a page of the audit trail."""
    return connection([AuditRecord.of(item) for item in page.items], page)

"""The audit trail as clients read it."""

from datetime import datetime
from typing import Self, cast

import strawberry
from strawberry.scalars import JSON

from schema.base.connections import Connection, connection
from schema.base.types import Actor, Node
from server.services.audit.views import AuditRecordView
from server.services.pagination.pages import CursorPage


@strawberry.type(description="What an audit record is about.")
class AuditObject:
    """An object as it was named then."""

    id: strawberry.ID = strawberry.field(description="The object's id.")
    name: str = strawberry.field(description="The name it had then.")


@strawberry.type(description="What changed; each side is null where there was nothing.")
class AuditDetails:
    """Before and after."""

    before: JSON | None = strawberry.field(description="The fields before the change.")
    after: JSON | None = strawberry.field(description="The fields after the change.")


@strawberry.type(description="Who did what to which object, when, from where.")
class AuditRecord(Node):
    """A record of the audit trail."""

    at: datetime = strawberry.field(description="When.")
    event: str = strawberry.field(description="What, for programs: `token.created`.")
    summary: str = strawberry.field(description="What, for people.")
    actor: Actor = strawberry.field(description="Who.")
    object: AuditObject = strawberry.field(description="To which object.")
    details: AuditDetails = strawberry.field(description="Before and after.")
    address: str = strawberry.field(description="From which network address.")
    user_agent: str = strawberry.field(description="With which program.")
    chain: str = strawberry.field(
        description="The account in whose chain it stands; `platform` where it belongs to none."
    )
    position: int = strawberry.field(description="Its place in the chain, from 1.")
    previous_hash: str = strawberry.field(description="The hash of the record before it.")
    hash: str = strawberry.field(description="SHA-256 of it and of the hash before it.")

    @classmethod
    def of(cls, info: AuditRecordView) -> Self:
        """From a service's answer."""
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


def audit_connection(window: CursorPage[AuditRecordView]) -> Connection[AuditRecord]:
    """A window of the audit trail."""
    return connection([AuditRecord.of(item) for item in window.items], window)

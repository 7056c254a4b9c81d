"""How clients filter the audit trail."""

from datetime import datetime

import strawberry

from schema.base.described import input_type
from server.services.audit.trail import AuditFilter


@input_type
class AuditTrailFilter:
    """Which records to return. A record must match every field that is given."""

    event: str | None = strawberry.field(
        default=None, description="The event, such as `token.created`."
    )
    object_id: strawberry.ID | None = strawberry.field(
        default=None, description="The object that it was done to."
    )
    actor_id: strawberry.ID | None = strawberry.field(
        default=None, description="The person or token who did it."
    )
    since: datetime | None = strawberry.field(
        default=None, description="Recorded at this time or later."
    )
    until: datetime | None = strawberry.field(
        default=None, description="Recorded before this time."
    )
    account_id: strawberry.ID | None = strawberry.field(
        default=None, description="Records of this account. Only for Operations, who see all."
    )

    def wanted(self) -> AuditFilter:
        """Return the filter as services take it."""
        return AuditFilter(
            object_id=self.object_id,
            actor_id=self.actor_id,
            event=self.event,
            since=self.since,
            until=self.until,
            account_id=self.account_id,
        )

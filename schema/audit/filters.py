"""Which audit records a list shows."""

from datetime import datetime

import strawberry

from server.services.audit.trail import AuditFilter


@strawberry.input(description="Which records: all that is given must hold.")
class AuditTrailFilter:
    """Every field narrows."""

    event: str | None = strawberry.field(default=None, description="Such as `token.created`.")
    object_id: strawberry.ID | None = strawberry.field(default=None, description="The object.")
    actor_id: strawberry.ID | None = strawberry.field(
        default=None, description="The user or token who acted."
    )
    since: datetime | None = strawberry.field(
        default=None, description="Recorded at this moment or later."
    )
    until: datetime | None = strawberry.field(
        default=None, description="Recorded before this moment."
    )
    account_id: strawberry.ID | None = strawberry.field(
        default=None, description="Of this account; for Operations, who see all."
    )

    def wanted(self) -> AuditFilter:
        """The filter as services take it."""
        return AuditFilter(
            object_id=self.object_id,
            actor_id=self.actor_id,
            event=self.event,
            since=self.since,
            until=self.until,
            account_id=self.account_id,
        )

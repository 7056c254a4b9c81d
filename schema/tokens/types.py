"""Tokens as clients read them."""

from datetime import datetime
from typing import Self

import strawberry

from schema.accounts.types import Account, Module
from schema.audit.types import AuditRecord, audit_connection
from schema.base.connections import After, Before, Connection, First, Last, connection
from schema.base.context import Info
from schema.base.described import object_type, resolved_field
from schema.base.enums import TokenStatus, UsageStep
from schema.base.types import Actor, Node
from schema.usage.types import From, Step, To, TokenUsage, token_usage
from server.domain.tokens.fields import typed_values_of
from server.domain.tokens.lifecycle import Milestone
from server.services.audit.batch import CursorArgs
from server.services.pagination.pages import CursorPage
from server.services.tokens.views import MilestoneView, OldSecretView, TokenView


@object_type
class ApiTokenMilestone:
    """When something last happened to a token, and who did it."""

    at: datetime = strawberry.field(description="When it happened.")
    by: Actor = strawberry.field(description="Who did it.")

    @classmethod
    def of(cls, info: MilestoneView | None) -> Self | None:
        """Build the type from the service's view."""
        return None if info is None else cls(at=info.at, by=Actor.of(info.by))


@object_type
class ApiTokenMilestones:
    """When each of these last happened to a token; null for never."""

    updated: ApiTokenMilestone | None = strawberry.field(description="The token was edited.")
    enabled: ApiTokenMilestone | None = strawberry.field(description="The token was enabled.")
    disabled: ApiTokenMilestone | None = strawberry.field(description="The token was disabled.")
    expiry_set: ApiTokenMilestone | None = strawberry.field(
        description="The token's expiry was set, changed or cleared."
    )
    rotated: ApiTokenMilestone | None = strawberry.field(description="The token got a new value.")


@object_type
class OldSecret:
    """A token's earlier value, replaced by a rotation. The value itself is never shown."""

    accepted_until: datetime = strawberry.field(
        description="When its grace period ends. It is refused from then on."
    )
    works: bool = strawberry.field(description="Whether it is still accepted.")
    last_used_at: datetime | None = strawberry.field(
        description="When it was last accepted; null for never."
    )
    refused_at: datetime | None = strawberry.field(
        description="When a program last sent it after its end, updated at most once an hour; null"
        " for never."
    )

    @classmethod
    def of(cls, info: OldSecretView) -> Self:
        """Build the type from the service's view."""
        return cls(
            accepted_until=info.accepted_until,
            works=info.works,
            last_used_at=info.last_used_at,
            refused_at=info.refused_at,
        )


@object_type
class ApiToken(Node):
    """An API token. Its value is not a part of it: see `revealApiTokenSecret`."""

    version: int = strawberry.field(
        description="Grows with each change. Send it with an update to detect conflicts."
    )
    name: str = strawberry.field(description="1 to 255 characters.")
    description: str = strawberry.field(description="At most 2,000 characters; can be empty.")
    logo_url: str | None = strawberry.field(
        description="Path of the logo on this origin; null without one."
    )
    status: TokenStatus = strawberry.field(description="The status at the time of this answer.")
    modules: list[Module] = strawberry.field(
        description="The modules that the token has access to, sorted by name."
    )
    withdrawn_modules: list[Module] = strawberry.field(
        description="Modules that were granted to the token but are no longer enabled for its"
        " account, sorted by name. The token has no access to them."
    )
    account: Account = strawberry.field(description="The account that the token acts for.")
    created_by: Actor = strawberry.field(description="Who created the token.")
    created_at: datetime = strawberry.field(description="When the token was created.")
    updated_at: datetime = strawberry.field(description="When the token last changed.")
    last_access_at: datetime | None = strawberry.field(
        description="When the token was last accepted; null for never."
    )
    expires_at: datetime | None = strawberry.field(
        description="When the token expires. It is refused from then on. Null for never."
    )

    @resolved_field
    async def milestones(self, info: Info) -> ApiTokenMilestones:
        """When the token was last edited, enabled, disabled and rotated, and by whom."""
        context = info.context
        look_up = context.desk.token_batches.milestones
        passed = await context.loaders.find(look_up, self.id)
        return ApiTokenMilestones(
            updated=ApiTokenMilestone.of(passed.get(Milestone.UPDATED)),
            enabled=ApiTokenMilestone.of(passed.get(Milestone.ENABLED)),
            disabled=ApiTokenMilestone.of(passed.get(Milestone.DISABLED)),
            expiry_set=ApiTokenMilestone.of(passed.get(Milestone.EXPIRY_SET)),
            rotated=ApiTokenMilestone.of(passed.get(Milestone.ROTATED)),
        )

    @resolved_field
    async def old_secrets(self, info: Info) -> list[OldSecret]:
        """The token's earlier values, without the values themselves, the most recent first."""
        context = info.context
        old = await context.loaders.find(context.desk.token_batches.old_secrets, self.id)
        return [OldSecret.of(each) for each in old]

    @resolved_field
    async def usage(
        self, info: Info, since: From = None, to: To = None, step: Step = UsageStep.DAY
    ) -> TokenUsage:
        """How the token is used: accepted and refused calls by hour or day."""
        return await token_usage(info, self.id, since, to, step)

    @resolved_field
    async def audit_trail(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[AuditRecord]:
        """The audit records about the token, newest first."""
        context, cursor_args = info.context, CursorArgs(first, after, last, before)
        look_up = context.desk.audit_trail.cursor_pages
        return audit_connection(await context.loaders.find(look_up, self.id, cursor_args))

    @classmethod
    def of(cls, info: TokenView) -> Self:
        """Build the type from the service's view."""
        return cls(
            id=strawberry.ID(info.id),
            version=info.version,
            **typed_values_of(info),
            logo_url=logo_url(info.logo),
            status=info.status,
            modules=[Module.of(module) for module in info.modules],
            withdrawn_modules=[Module.of(module) for module in info.withdrawn_modules],
            account=Account.of(info.account),
            created_by=Actor.of(info.created_by),
            created_at=info.created_at,
            updated_at=info.updated_at,
            last_access_at=info.last_access_at,
        )


def token_connection(page: CursorPage[TokenView]) -> Connection[ApiToken]:
    """Build the connection of a page of tokens."""
    return connection([ApiToken.of(item) for item in page.items], page)


def logo_url(logo: str | None) -> str | None:
    """Return the path that serves a logo."""
    return f"/logos/{logo}" if logo else None

"""Tokens and drafts as clients read them."""

from datetime import datetime
from typing import Self

import strawberry

from schema.accounts.types import Account, Module
from schema.audit.types import AuditRecord, audit_connection
from schema.base.connections import After, Before, Connection, First, Last, connection
from schema.base.context import Info
from schema.base.enums import TokenStatus, UsageStep
from schema.base.types import Actor, Node
from schema.usage.types import From, Step, To, TokenUsage, token_usage
from server.domain.tokens.fields import typed_values_of
from server.domain.tokens.lifecycle import Milestone
from server.services.audit.batch import CursorArgs
from server.services.pagination.pages import CursorPage
from server.services.tokens.views import MilestoneView, OldSecretView, TokenView


@strawberry.type(description="When a token passed a point of its life, and who brought it there.")
class ApiTokenMilestone:
    """A moment and an actor."""

    at: datetime = strawberry.field(description="When.")
    by: Actor = strawberry.field(description="Who.")

    @classmethod
    def of(cls, info: MilestoneView | None) -> Self | None:
        """From a service's answer."""
        return None if info is None else cls(at=info.at, by=Actor.of(info.by))


@strawberry.type(description="When a token last passed each point of its life; null for never.")
class ApiTokenMilestones:
    """The points of a life."""

    updated: ApiTokenMilestone | None = strawberry.field(description="It was edited.")
    enabled: ApiTokenMilestone | None = strawberry.field(description="It was enabled.")
    disabled: ApiTokenMilestone | None = strawberry.field(description="It was disabled.")
    expiry_set: ApiTokenMilestone | None = strawberry.field(
        description="Its expiry was set, changed or cleared."
    )
    rotated: ApiTokenMilestone | None = strawberry.field(description="It got another secret.")


@strawberry.type(description="A secret that was rotated out.")
class OldSecret:
    """It works until its end."""

    accepted_until: datetime = strawberry.field(description="From then on it is refused.")
    works: bool = strawberry.field(description="Whether it is accepted yet.")
    last_used_at: datetime | None = strawberry.field(description="When it was last accepted.")
    refused_at: datetime | None = strawberry.field(
        description="When it was last tried after its end, told once an hour."
    )

    @classmethod
    def of(cls, info: OldSecretView) -> Self:
        """From a service's answer."""
        return cls(
            accepted_until=info.accepted_until,
            works=info.works,
            last_used_at=info.last_used_at,
            refused_at=info.refused_at,
        )


@strawberry.type(description="An API token. Its secret is not a part of it.")
class ApiToken(Node):
    """A token."""

    version: int = strawberry.field(description="Counts its changes.")
    name: str = strawberry.field(description="1 to 255 characters.")
    description: str = strawberry.field(description="At most 2,000 characters; may be empty.")
    logo_url: str | None = strawberry.field(description="Path of the logo on this origin.")
    status: TokenStatus = strawberry.field(description="As of this answer.")
    modules: list[Module] = strawberry.field(description="What it may enter, by name.")
    withdrawn_modules: list[Module] = strawberry.field(
        description="What was granted to it and is no longer enabled for its account, by name."
    )
    account: Account = strawberry.field(description="For whom it acts.")
    created_by: Actor = strawberry.field(description="Who made it.")
    created_at: datetime = strawberry.field(description="When it was made.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")
    last_access_at: datetime | None = strawberry.field(description="When it was last used.")
    expires_at: datetime | None = strawberry.field(description="From then on it is refused.")

    @strawberry.field(description="When it last passed each point of its life, and by whom.")
    async def milestones(self, info: Info) -> ApiTokenMilestones:
        """Looked up only when they are asked for."""
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

    @strawberry.field(description="Its rotated-out secrets, the latest first; without values.")
    async def old_secrets(self, info: Info) -> list[OldSecret]:
        """Looked up only when they are asked for."""
        context = info.context
        old = await context.loaders.find(context.desk.token_batches.old_secrets, self.id)
        return [OldSecret.of(each) for each in old]

    @strawberry.field(description="How it is used: accepted and refused calls, by hour or day.")
    async def usage(
        self, info: Info, since: From = None, to: To = None, step: Step = UsageStep.DAY
    ) -> TokenUsage:
        """Looked up only when it is asked for."""
        return await token_usage(info, self.id, since, to, step)

    @strawberry.field(description="Its records of the audit trail, newest first.")
    async def audit_trail(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[AuditRecord]:
        """Looked up only when it is asked for."""
        context, cursor_args = info.context, CursorArgs(first, after, last, before)
        look_up = context.desk.audit_trail.cursor_pages
        return audit_connection(await context.loaders.find(look_up, self.id, cursor_args))

    @classmethod
    def of(cls, info: TokenView) -> Self:
        """From a service's answer."""
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


def token_connection(window: CursorPage[TokenView]) -> Connection[ApiToken]:
    """A window of tokens."""
    return connection([ApiToken.of(item) for item in window.items], window)


def logo_url(logo: str | None) -> str | None:
    """Where a logo is served."""
    return f"/logos/{logo}" if logo else None

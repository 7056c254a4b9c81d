"""How a token is used, as clients read it."""

from datetime import datetime
from typing import Annotated, Self

import strawberry

from schema.accounts.types import Module
from schema.base.context import Info
from schema.base.described import object_type, resolved_field
from schema.base.enums import UsageOutcome, UsageStep
from schema.base.scalars import Count
from server.services.usage import views as answers
from server.services.usage.views import in_all

From = Annotated[
    datetime | None,
    strawberry.argument(
        name="from",
        description="A time within the first point. Null for the last 24 hours or 30 days.",
    ),
]
To = Annotated[
    datetime | None,
    strawberry.argument(description="The time before which the points end; null for now."),
]
Step = Annotated[UsageStep, strawberry.argument(description="The time that one point covers.")]


@object_type
class UsageRefusal:
    """How many calls were refused for one reason."""

    reason: UsageOutcome = strawberry.field(description="Why they were refused; never ACCEPTED.")
    calls: Count = strawberry.field(description="How many calls, at least 1.")


@object_type
class UsagePoint:
    """The calls of one hour or one day, in UTC."""

    start: datetime = strawberry.field(description="When the hour or day begins.")
    accepted: Count = strawberry.field(description="How many calls were accepted.")
    refused: Count = strawberry.field(
        description="How many calls were refused although they sent the right value."
    )
    refusals: list[UsageRefusal] = strawberry.field(description="The refused calls by reason.")

    @classmethod
    def of(cls, point: answers.UsagePoint) -> Self:
        """Build the type from the service's view."""
        return cls(
            start=point.start,
            accepted=Count(point.accepted),
            refused=Count(point.all_refused),
            refusals=[
                UsageRefusal(reason=UsageOutcome(reason.value), calls=Count(calls))
                for reason, calls in point.refused.items()
                if calls
            ],
        )


@object_type
class LastCall:
    """The last call with one outcome."""

    outcome: UsageOutcome = strawberry.field(description="The outcome.")
    at: datetime = strawberry.field(description="When the call was made.")
    address: str = strawberry.field(description="The IP address of the caller; empty if unknown.")
    user_agent: str = strawberry.field(
        description="The User-Agent of the caller; empty if unknown."
    )

    @classmethod
    def of(cls, info: answers.CallerView) -> Self:
        """Build the type from the service's view."""
        return cls(
            outcome=UsageOutcome(info.outcome.value),
            at=info.at,
            address=info.address,
            user_agent=info.user_agent,
        )


@object_type
class ModuleRequest:
    """A granted module, and when a service last required it."""

    module: Module = strawberry.field(description="The module.")
    withdrawn: bool = strawberry.field(
        description="Whether the module is no longer enabled for the token's account."
    )
    last_asked_at: datetime | None = strawberry.field(
        description="When a service last required the module by `/verify?module=`; null for never."
    )

    @classmethod
    def of(cls, use: answers.ModuleUse) -> Self:
        """Build the type from the service's view."""
        return cls(
            module=Module.of(use.module), withdrawn=use.withdrawn, last_asked_at=use.asked_at
        )


@object_type
class TokenUsage:
    """How a token is used. The figures lag by up to two seconds."""

    points: list[UsagePoint] = strawberry.field(
        description="One point for each hour or day, in order, at most 400. After 90 days, all"
        " calls of a day are counted in its first hour."
    )
    accepted: Count = strawberry.field(description="Accepted calls of all points.")
    refused: Count = strawberry.field(description="Refused calls of all points.")
    token_id: strawberry.Private[str]

    @resolved_field
    async def last_calls(self, info: Info) -> list[LastCall]:
        """The last call with each outcome that has occurred, latest first."""
        context = info.context
        found = await context.loaders.find(context.desk.token_batches.callers, self.token_id)
        return [LastCall.of(caller) for caller in found]

    @resolved_field
    async def module_requests(self, info: Info) -> list[ModuleRequest]:
        """Each granted module and when it was last required, sorted by name."""
        context = info.context
        found = await context.loaders.find(context.desk.token_batches.module_uses, self.token_id)
        return [ModuleRequest.of(use) for use in found]


async def token_usage(
    info: Info, token_id: str, since: datetime | None, until: datetime | None, step: UsageStep
) -> TokenUsage:
    """Look up how one token is used."""
    look_up = info.context.desk.token_batches.usage
    points = await info.context.loaders.find(look_up, token_id, since, until, step)
    total = in_all(points)
    return TokenUsage(
        points=[UsagePoint.of(point) for point in points],
        accepted=Count(total.accepted),
        refused=Count(total.all_refused),
        token_id=token_id,
    )

"""How a token is used, as clients read it."""

from datetime import datetime
from typing import Annotated, Self

import strawberry

from schema.accounts.types import Module
from schema.base.context import Info
from schema.base.enums import UsageOutcome, UsageStep
from schema.base.scalars import Count
from server.services.usage import views as answers
from server.services.usage.views import in_all

From = Annotated[
    datetime | None,
    strawberry.argument(
        name="from",
        description="A moment in the first hour or day; when unsaid, 24 hours or 30 days are told.",
    ),
]
To = Annotated[
    datetime | None,
    strawberry.argument(description="The moment to stop before; now, when unsaid."),
]
Step = Annotated[UsageStep, strawberry.argument(description="What a point stands for.")]


@strawberry.type(description="How many calls were refused for one reason.")
class UsageRefusal:
    """A reason and a number."""

    reason: UsageOutcome = strawberry.field(description="Never ACCEPTED.")
    calls: Count = strawberry.field(description="More than none.")


@strawberry.type(description="The calls of an hour or a day, in UTC.")
class UsagePoint:
    """A point."""

    start: datetime = strawberry.field(description="When it begins.")
    accepted: Count = strawberry.field(description="Calls that could pass.")
    refused: Count = strawberry.field(
        description="Calls that were refused, though the secret was right."
    )
    refusals: list[UsageRefusal] = strawberry.field(description="The refused by their reasons.")

    @classmethod
    def of(cls, point: answers.UsagePoint) -> Self:
        """From a service's answer."""
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


@strawberry.type(description="The last call that ended in one way.")
class LastCall:
    """A caller."""

    outcome: UsageOutcome = strawberry.field(description="How it ended.")
    at: datetime = strawberry.field(description="When.")
    address: str = strawberry.field(description="From which network address.")
    user_agent: str = strawberry.field(description="With which program.")

    @classmethod
    def of(cls, info: answers.CallerView) -> Self:
        """From a service's answer."""
        return cls(
            outcome=UsageOutcome(info.outcome.value),
            at=info.at,
            address=info.address,
            user_agent=info.user_agent,
        )


@strawberry.type(description="A module that is granted, and whether it is asked for.")
class ModuleRequest:
    """A module's use."""

    module: Module = strawberry.field(description="The module.")
    withdrawn: bool = strawberry.field(
        description="Whether it is no longer enabled for the token's account."
    )
    last_asked_at: datetime | None = strawberry.field(
        description="When a service last asked for it by `?module=`; null for never."
    )

    @classmethod
    def of(cls, use: answers.ModuleUse) -> Self:
        """From a service's answer."""
        return cls(
            module=Module.of(use.module), withdrawn=use.withdrawn, last_asked_at=use.asked_at
        )


@strawberry.type(description="How a token is used. Written behind: it lags by two seconds.")
class TokenUsage:
    """A token's use."""

    points: list[UsagePoint] = strawberry.field(
        description="A point for each hour or day, in order; at most 400. After 90 days all calls"
        " of a day stand in its first hour."
    )
    accepted: Count = strawberry.field(description="Calls that could pass, of all points.")
    refused: Count = strawberry.field(description="Calls that were refused, of all points.")
    token_id: strawberry.Private[str]

    @strawberry.field(description="The last call of each way to end that there was, latest first.")
    async def last_calls(self, info: Info) -> list[LastCall]:
        """Looked up only when they are asked for."""
        context = info.context
        found = await context.loaders.find(context.desk.token_batches.callers, self.token_id)
        return [LastCall.of(caller) for caller in found]

    @strawberry.field(description="Each granted module, and when it was last asked for, by name.")
    async def module_requests(self, info: Info) -> list[ModuleRequest]:
        """Looked up only when they are asked for."""
        context = info.context
        found = await context.loaders.find(context.desk.token_batches.module_uses, self.token_id)
        return [ModuleRequest.of(use) for use in found]


async def token_usage(
    info: Info, token_id: str, since: datetime | None, until: datetime | None, step: UsageStep
) -> TokenUsage:
    """The use of one token."""
    look_up = info.context.desk.token_batches.usage
    points = await info.context.loaders.find(look_up, token_id, since, until, step)
    total = in_all(points)
    return TokenUsage(
        points=[UsagePoint.of(point) for point in points],
        accepted=Count(total.accepted),
        refused=Count(total.all_refused),
        token_id=token_id,
    )

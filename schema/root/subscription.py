"""What clients can follow: changes as they happen, over a WebSocket or server-sent events."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

import strawberry

from schema.audit.types import AuditRecord
from schema.base.context import Context, Info
from schema.tokens.types import ApiToken
from server.domain.errors import NotFound
from server.services.events.bus import ChangeEvent
from server.services.subscriptions.stream import Authorization, ChangeFilter

# ruff: noqa: A002 - `id` and `filter` are the conventions' names

OneToken = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="One token; all that you see when unsaid."),
]


@strawberry.type(description="That something happened to a token.")
class ApiTokenChange:
    """A change of one token."""

    id: strawberry.ID = strawberry.field(description="The token's id, also of one now deleted.")
    event: str = strawberry.field(
        description="What happened, as the audit trail names it: `token.updated`."
    )
    api_token: ApiToken | None = strawberry.field(
        description="The token as it is now, read after the change; null once it is deleted."
    )


@strawberry.input(description="Which records: all that is given must hold.")
class AuditRecordAddedFilter:
    """Every field narrows."""

    event: str | None = strawberry.field(default=None, description="Such as `token.created`.")
    object_id: strawberry.ID | None = strawberry.field(default=None, description="The object.")
    account_id: strawberry.ID | None = strawberry.field(
        default=None, description="Of this account; for Operations, who see all."
    )


NewRecordsWanted = Annotated[
    AuditRecordAddedFilter | None,
    strawberry.argument(description="Which records; all when unsaid."),
]


@strawberry.type(
    description="What clients can follow. Each change arrives once, in the order in which they"
    " were made. A subscription ends with an error whose code tells why: RESYNC when changes may"
    " have been missed, TOO_SLOW when more than 100 waited to be taken, SIGN_IN_NEEDED within a"
    " second of your session's or token's end, NOT_ALLOWED as soon after your token has lost Access"
    " management."
)
class Subscription:
    """The roots of all subscriptions."""

    @strawberry.subscription(
        description="Changes of tokens: made, edited, enabled, disabled, rotated, shown, deleted."
        " Being used or passing its expiry changes nothing in a token."
    )
    async def api_token_changed(
        self, info: Info, id: OneToken = None
    ) -> AsyncGenerator[ApiTokenChange, None]:
        """Of one token, or of all that the actor sees."""
        wanted = ChangeFilter(about=("token.",), object_id=id)
        async with aclosing(_changes(info.context, wanted, token_id=id)) as changes:
            async for news in changes:
                yield await _token_change(info.context, news)

    @strawberry.subscription(description="Records of the audit trail as they are written.")
    async def audit_record_added(
        self, info: Info, filter: NewRecordsWanted = None
    ) -> AsyncGenerator[AuditRecord, None]:
        """Of all that the actor sees."""
        narrow = filter or AuditRecordAddedFilter()
        wanted = ChangeFilter(
            event=narrow.event, object_id=narrow.object_id, account_id=narrow.account_id
        )
        async with aclosing(_changes(info.context, wanted)) as changes:
            async for news in changes:
                trail, actor = info.context.desk.audit_trail, info.context.actor
                yield AuditRecord.of(await trail.get(actor, news.record_id))


async def _changes(
    context: Context, wanted: ChangeFilter, *, token_id: str | None = None
) -> AsyncGenerator[ChangeEvent, None]:
    """What is wanted, each with a context that is up to date and remembers nothing."""
    desk, caller = context.desk, _Caller(context)
    async with desk.changes.follow(context.actor, caller.standing, wanted) as following:
        if token_id is not None:
            await desk.tokens.get(context.actor, token_id)  # refused at once if there is none
        async for news in following:
            context.renew(caller.latest)
            yield news


async def _token_change(context: Context, news: ChangeEvent) -> ApiTokenChange:
    try:
        token = ApiToken.of(await context.desk.tokens.get(context.actor, news.object_id))
    except NotFound:
        token = None
    return ApiTokenChange(id=strawberry.ID(news.object_id), event=news.event, api_token=token)


class _Caller:
    """Who follows, and whether they still may."""

    def __init__(self, context: Context) -> None:
        self.latest = context

    async def standing(self) -> Authorization | None:
        """As things are now; None when the token or session has ended."""
        fresh = await self.latest.recheck()
        if fresh is None:
            return None
        self.latest, now = fresh, fresh.desk.clock()
        if fresh.signed_in is not None:
            return Authorization.of_person(fresh.signed_in, now)
        return Authorization.of_program(fresh.actor, now)

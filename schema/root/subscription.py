"""The root of all subscriptions."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

import strawberry

from schema.audit.types import AuditRecord
from schema.base.context import Context, Info
from schema.base.described import input_type, object_type, subscription
from schema.tokens.types import ApiToken
from server.domain.errors import NotFound
from server.services.events.bus import ChangeEvent
from server.services.subscriptions.stream import Authorization, ChangeFilter

# ruff: noqa: A002 - `id` and `filter` are the conventions' names

OneToken = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="The token to follow; null for all that you can see."),
]


@object_type
class ApiTokenChange:
    """A change of one token."""

    id: strawberry.ID = strawberry.field(description="The token's id, also if it has been deleted.")
    event: str = strawberry.field(
        description="What happened, as in the audit trail, such as `token.updated`."
    )
    api_token: ApiToken | None = strawberry.field(
        description="The token, read after the change; null if it has been deleted."
    )


@input_type
class AuditRecordAddedFilter:
    """Which records to follow. A record must match every field that is given."""

    event: str | None = strawberry.field(
        default=None, description="The event, such as `token.created`."
    )
    object_id: strawberry.ID | None = strawberry.field(
        default=None, description="The object that it was done to."
    )
    account_id: strawberry.ID | None = strawberry.field(
        default=None, description="Records of this account. Only for Operations, who see all."
    )


NewRecordsFilter = Annotated[
    AuditRecordAddedFilter | None,
    strawberry.argument(description="Which records; null for all."),
]


@object_type
class Subscription:
    """What you can follow, over a WebSocket or server-sent events.

    Each change arrives exactly once, in the order in which the changes were made. A subscription
    ends with an error whose `extensions.code` says why: RESYNC if changes may be missing, so read
    again; TOO_SLOW if more than 100 changes waited to be sent; SIGN_IN_NEEDED within a second of
    the end of your session or token; NOT_ALLOWED within a second of your token losing the module
    Access management.
    """

    @subscription
    async def api_token_changed(
        self, info: Info, id: OneToken = None
    ) -> AsyncGenerator[ApiTokenChange, None]:
        """Tokens that are created, edited, enabled, disabled, rotated, revealed or deleted.

        Using a token or passing its expiry is not a change.
        """
        wanted = ChangeFilter(about=("token.",), object_id=id)
        async with aclosing(_changes(info.context, wanted, token_id=id)) as changes:
            async for news in changes:
                yield await _token_change(info.context, news)

    @subscription
    async def audit_record_added(
        self, info: Info, filter: NewRecordsFilter = None
    ) -> AsyncGenerator[AuditRecord, None]:
        """Audit records as they are written."""
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
    """Yield the changes that match, each with a fresh context: permissions are checked again."""
    desk, caller = context.desk, _Caller(context)
    async with desk.changes.follow(context.actor, caller.standing, wanted) as following:
        if token_id is not None:
            await desk.tokens.get(context.actor, token_id)  # NotFound before the first change
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
    """The caller who follows, authenticated anew at intervals."""

    def __init__(self, context: Context) -> None:
        self.latest = context

    async def standing(self) -> Authorization | None:
        """Return the caller's current rights; None if the token or session has ended."""
        fresh = await self.latest.recheck()
        if fresh is None:
            return None
        self.latest, now = fresh, fresh.desk.clock()
        if fresh.signed_in is not None:
            return Authorization.of_person(fresh.signed_in, now)
        return Authorization.of_program(fresh.actor, now)

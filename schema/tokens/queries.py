"""Queries about tokens."""

from typing import Annotated

import strawberry

from schema.base.connections import After, Before, Connection, First, Last
from schema.base.context import Info
from schema.base.described import resolved_field
from schema.base.types import Actor, Id
from schema.tokens.filters import ApiTokenFilter, ApiTokenOrder
from schema.tokens.types import ApiToken, token_connection
from server.domain.errors import NotFound

# ruff: noqa: A002 - `id` and `filter` are the conventions' names

TokensFilter = Annotated[
    ApiTokenFilter | None, strawberry.argument(description="Which tokens; null for all.")
]
TokensOrder = Annotated[
    ApiTokenOrder | None,
    strawberry.argument(description="The order; null for newest first."),
]


@strawberry.type
class TokenQueries:
    """Tokens, one or many."""

    @resolved_field
    async def api_token(self, info: Info, id: Id) -> ApiToken | None:
        """A token; null if there is none with this id, or if you cannot see it."""
        try:
            return ApiToken.of(await info.context.desk.tokens.get(info.context.actor, id))
        except NotFound:
            return None

    @resolved_field
    async def api_tokens(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: TokensFilter = None,
        order_by: TokensOrder = None,
    ) -> Connection[ApiToken]:
        """The tokens of your account, of all accounts for Operations; at most 100 at a time."""
        order = order_by or ApiTokenOrder()
        page = await info.context.desk.token_list.cursor_page(
            info.context.actor,
            first=first,
            after=after,
            last=last,
            before=before,
            wanted=(filter or ApiTokenFilter()).wanted(),
            order=order.field,
            descending=order.descending,
        )
        return token_connection(page)

    @resolved_field
    async def api_token_creators(self, info: Info) -> list[Actor]:
        """Who created the tokens that you can see, sorted by name; the first 200."""
        found = await info.context.desk.token_list.creators(info.context.actor)
        return [Actor.of(creator) for creator in found]

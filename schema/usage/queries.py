"""Queries about the usage of tokens."""

import strawberry

from schema.base.context import Info
from schema.base.described import resolved_field
from schema.base.enums import UsageStep
from schema.base.types import Id
from schema.usage.types import From, Step, To, TokenUsage, token_usage
from server.domain.errors import NotFound

# ruff: noqa: A002 - `id` is the convention's name


@strawberry.type
class UsageQueries:
    """How tokens are used."""

    @resolved_field
    async def token_usage(
        self, info: Info, id: Id, since: From = None, to: To = None, step: Step = UsageStep.DAY
    ) -> TokenUsage | None:
        """How a token is used; null if there is none with this id, or if you cannot see it."""
        try:
            return await token_usage(info, id, since, to, step)
        except NotFound:
            return None

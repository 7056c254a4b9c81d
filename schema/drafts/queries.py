"""Queries about drafts."""

import strawberry

from schema.base.context import Info
from schema.base.described import resolved_field
from schema.base.types import Id
from schema.drafts.types import TokenDraft
from server.domain.errors import Expired, NotFound

# ruff: noqa: A002 - `id` is the convention's name


@strawberry.type
class DraftQueries:
    """Tokens that are being created."""

    @resolved_field
    async def token_draft(self, info: Info, id: Id) -> TokenDraft | None:
        """A draft of your account; null if there is none with this id, or if it has expired."""
        try:
            return TokenDraft.of(await info.context.desk.drafts.get(info.context.actor, id))
        except (NotFound, Expired):
            return None

    @resolved_field
    async def token_drafts(self, info: Info) -> list[TokenDraft]:
        """Your own open drafts, the most recently changed first."""
        drafts = await info.context.desk.drafts.all(info.context.actor)
        return [TokenDraft.of(draft) for draft in drafts]

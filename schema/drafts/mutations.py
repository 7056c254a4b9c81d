"""What clients can do with drafts."""

import strawberry

from schema.base.arguments import Input, chunks
from schema.base.context import Info
from schema.drafts.inputs import (
    CreateTokenDraftInput,
    DiscardTokenDraftInput,
    SetTokenDraftLogoInput,
    UpdateTokenDraftInput,
    VersionedDraftInput,
)
from schema.drafts.payloads import (
    CommitTokenDraftPayload,
    CommitTokenDraftResult,
    DiscardTokenDraftPayload,
    DiscardTokenDraftResult,
    TokenDraftPayload,
    TokenDraftResult,
)
from schema.drafts.types import TokenDraft
from schema.tokens.types import ApiToken
from server.services.tokens.patch import TokenPatch
from server.services.tokens.views import DraftView

# ruff: noqa: A002 - `input` is the convention's name for a mutation's argument


@strawberry.type
class DraftMutations:
    """A token, step by step."""

    @strawberry.mutation(description="Begin a token.")
    async def create_token_draft(
        self, info: Info, input: Input[CreateTokenDraftInput]
    ) -> TokenDraftResult:
        """A stored draft."""
        desk, actor = info.context.desk, info.context.actor
        return _draft(await desk.drafts.create(actor, input.patch()))

    @strawberry.mutation(description="Change a draft.")
    async def update_token_draft(
        self, info: Info, input: Input[UpdateTokenDraftInput]
    ) -> TokenDraftResult:
        """The draft as it is then."""
        desk, actor = info.context.desk, info.context.actor
        return _draft(await desk.drafts.save(actor, input.id, input.version, input.patch()))

    @strawberry.mutation(description="Give a draft a logo; replaces one that it has.")
    async def set_token_draft_logo(
        self, info: Info, input: Input[SetTokenDraftLogoInput]
    ) -> TokenDraftResult:
        """The draft as it is then."""
        desk, actor = info.context.desk, info.context.actor
        upload = chunks(input.logo)
        return _draft(
            await desk.drafts.save(actor, input.id, input.version, TokenPatch(), upload=upload)
        )

    @strawberry.mutation(description="Take a draft's logo away.")
    async def remove_token_draft_logo(
        self, info: Info, input: Input[VersionedDraftInput]
    ) -> TokenDraftResult:
        """The draft as it is then."""
        desk, actor = info.context.desk, info.context.actor
        patch = TokenPatch(without_logo=True)
        return _draft(await desk.drafts.save(actor, input.id, input.version, patch))

    @strawberry.mutation(description="Throw a draft away.")
    async def discard_token_draft(
        self, info: Info, input: Input[DiscardTokenDraftInput]
    ) -> DiscardTokenDraftResult:
        """Its id."""
        await info.context.desk.drafts.discard(info.context.actor, input.id)
        return DiscardTokenDraftPayload(id=input.id)

    @strawberry.mutation(
        description="Make the token, exactly once: a repeat gives the same answer."
    )
    async def commit_token_draft(
        self, info: Info, input: Input[VersionedDraftInput]
    ) -> CommitTokenDraftResult:
        """The token, and its value while it may be shown."""
        desk, actor = info.context.desk, info.context.actor
        minted = await desk.drafts.commit(actor, input.id, input.version)
        return CommitTokenDraftPayload(
            api_token=ApiToken.of(minted.token),
            secret=minted.secret.reveal() if minted.secret else None,
            secret_shown_until=minted.secret_shown_until,
        )


def _draft(draft: DraftView) -> TokenDraftPayload:
    return TokenDraftPayload(token_draft=TokenDraft.of(draft))

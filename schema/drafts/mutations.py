"""Mutations of drafts."""

import strawberry

from schema.base.context import Info
from schema.base.errors import IllegalStateError, NotFoundError, StaleError, ValidationError
from schema.base.mutations import Input, chunks, mutation
from schema.drafts.inputs import (
    CommitTokenDraftInput,
    CreateTokenDraftInput,
    DiscardTokenDraftInput,
    RemoveTokenDraftLogoInput,
    SetTokenDraftLogoInput,
    UpdateTokenDraftInput,
)
from schema.drafts.payloads import (
    CommitTokenDraftPayload,
    CreateTokenDraftPayload,
    DiscardTokenDraftPayload,
    RemoveTokenDraftLogoPayload,
    SetTokenDraftLogoPayload,
    UpdateTokenDraftPayload,
)
from schema.tokens.types import ApiToken
from server.services.tokens.patch import TokenPatch

# ruff: noqa: A002 - `input` is the convention's name for a mutation's argument


@strawberry.type
class DraftMutations:
    """Tokens, created step by step."""

    @mutation(ValidationError)
    async def create_token_draft(
        self, info: Info, input: Input[CreateTokenDraftInput]
    ) -> CreateTokenDraftPayload:
        """Start a draft of a token. It expires 24 hours after its last change."""
        desk, actor = info.context.desk, info.context.actor
        return CreateTokenDraftPayload.of(await desk.drafts.create(actor, input.patch()))

    @mutation(ValidationError, NotFoundError, StaleError, IllegalStateError)
    async def update_token_draft(
        self, info: Info, input: Input[UpdateTokenDraftInput]
    ) -> UpdateTokenDraftPayload:
        """Change a draft."""
        desk, actor = info.context.desk, info.context.actor
        return UpdateTokenDraftPayload.of(
            await desk.drafts.save(actor, input.id, input.version, input.patch())
        )

    @mutation(ValidationError, NotFoundError, StaleError, IllegalStateError)
    async def set_token_draft_logo(
        self, info: Info, input: Input[SetTokenDraftLogoInput]
    ) -> SetTokenDraftLogoPayload:
        """Give a draft a logo, or replace the one that it has.

        Send the file by the GraphQL multipart request specification.
        """
        desk, actor = info.context.desk, info.context.actor
        upload = chunks(input.logo)
        return SetTokenDraftLogoPayload.of(
            await desk.drafts.save(actor, input.id, input.version, TokenPatch(), upload=upload)
        )

    @mutation(NotFoundError, StaleError, IllegalStateError)
    async def remove_token_draft_logo(
        self, info: Info, input: Input[RemoveTokenDraftLogoInput]
    ) -> RemoveTokenDraftLogoPayload:
        """Remove a draft's logo."""
        desk, actor = info.context.desk, info.context.actor
        patch = TokenPatch(without_logo=True)
        return RemoveTokenDraftLogoPayload.of(
            await desk.drafts.save(actor, input.id, input.version, patch)
        )

    @mutation(NotFoundError, IllegalStateError)
    async def discard_token_draft(
        self, info: Info, input: Input[DiscardTokenDraftInput]
    ) -> DiscardTokenDraftPayload:
        """Discard a draft and everything in it. Discarding it twice changes nothing."""
        await info.context.desk.drafts.discard(info.context.actor, input.id)
        return DiscardTokenDraftPayload(id=input.id)

    @mutation(ValidationError, NotFoundError, StaleError, IllegalStateError)
    async def commit_token_draft(
        self, info: Info, input: Input[CommitTokenDraftInput]
    ) -> CommitTokenDraftPayload:
        """Turn a draft into a token, exactly once.

        Repeating it returns the same token, so you can safely retry after a lost response.
        """
        desk, actor = info.context.desk, info.context.actor
        minted = await desk.drafts.commit(actor, input.id, input.version)
        return CommitTokenDraftPayload(
            api_token=ApiToken.of(minted.token),
            secret=minted.secret.reveal() if minted.secret else None,
            secret_shown_until=minted.secret_shown_until,
        )

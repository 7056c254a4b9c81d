"""What clients can do."""

from collections.abc import AsyncIterator

import strawberry
from starlette.datastructures import UploadFile

from schema.context import Info
from schema.inputs import (
    CreateApiTokenInput,
    CreateTokenDraftInput,
    DiscardTokenDraftInput,
    SetTokenDraftLogoInput,
    UpdateTokenDraftInput,
    VersionedDraftInput,
)
from schema.results import (
    CommitTokenDraftPayload,
    CommitTokenDraftResult,
    CreateApiTokenPayload,
    CreateApiTokenResult,
    DiscardTokenDraftPayload,
    DiscardTokenDraftResult,
    TokenDraftPayload,
    TokenDraftResult,
)
from schema.types import ApiToken, TokenDraft
from server.domain.errors import Invalid
from server.services.answers import DraftInfo
from server.services.token_patch import TokenPatch

# ruff: noqa: A002 - `input` is the convention's name for a mutation's argument


@strawberry.type(description="What clients can do; a refusal is an answer, not an error.")
class Mutation:
    """The roots of all changes."""

    @strawberry.mutation(description="Begin a token.")
    async def create_token_draft(
        self, info: Info, input: CreateTokenDraftInput
    ) -> TokenDraftResult:
        """A stored draft."""
        desk, actor = info.context.desk, info.context.actor
        return _draft(await desk.drafts.create(actor, input.patch()))

    @strawberry.mutation(description="Change a draft.")
    async def update_token_draft(
        self, info: Info, input: UpdateTokenDraftInput
    ) -> TokenDraftResult:
        """The draft as it is then."""
        desk, actor = info.context.desk, info.context.actor
        return _draft(await desk.drafts.save(actor, input.id, input.version, input.patch()))

    @strawberry.mutation(description="Give a draft a logo; replaces one that it has.")
    async def set_token_draft_logo(
        self, info: Info, input: SetTokenDraftLogoInput
    ) -> TokenDraftResult:
        """The draft as it is then."""
        desk, actor = info.context.desk, info.context.actor
        upload = _chunks(input.logo)
        return _draft(
            await desk.drafts.save(actor, input.id, input.version, TokenPatch(), upload=upload)
        )

    @strawberry.mutation(description="Take a draft's logo away.")
    async def remove_token_draft_logo(
        self, info: Info, input: VersionedDraftInput
    ) -> TokenDraftResult:
        """The draft as it is then."""
        desk, actor = info.context.desk, info.context.actor
        patch = TokenPatch(without_logo=True)
        return _draft(await desk.drafts.save(actor, input.id, input.version, patch))

    @strawberry.mutation(description="Throw a draft away.")
    async def discard_token_draft(
        self, info: Info, input: DiscardTokenDraftInput
    ) -> DiscardTokenDraftResult:
        """Its id."""
        await info.context.desk.drafts.discard(info.context.actor, input.id)
        return DiscardTokenDraftPayload(id=input.id)

    @strawberry.mutation(
        description="Make the token, exactly once: a repeat gives the same answer."
    )
    async def commit_token_draft(
        self, info: Info, input: VersionedDraftInput
    ) -> CommitTokenDraftResult:
        """The token, and its value while it may be shown."""
        desk, actor = info.context.desk, info.context.actor
        minted = await desk.drafts.commit(actor, input.id, input.version)
        return CommitTokenDraftPayload(
            api_token=ApiToken.of(minted.token),
            secret=minted.secret.reveal() if minted.secret else None,
        )

    @strawberry.mutation(description="Make a token in one call, for automation.")
    async def create_api_token(
        self, info: Info, input: CreateApiTokenInput
    ) -> CreateApiTokenResult:
        """The token and its value."""
        minted = await info.context.desk.tokens.create(
            info.context.actor,
            name=input.name,
            description=input.description,
            module_ids=input.module_ids,
            expires_at=input.expires_at,
        )
        assert minted.secret is not None, "a new token has its value"
        return CreateApiTokenPayload(
            api_token=ApiToken.of(minted.token), secret=minted.secret.reveal()
        )


def _draft(draft: DraftInfo) -> TokenDraftPayload:
    return TokenDraftPayload(token_draft=TokenDraft.of(draft))


async def _chunks(upload: object) -> AsyncIterator[bytes]:
    """The file's content; a multipart request can put a plain string where a file belongs."""
    if not isinstance(upload, UploadFile):
        raise Invalid.one("logo", "Send the logo as a file, in a multipart request.")
    while chunk := await upload.read(64 * 1024):
        yield chunk

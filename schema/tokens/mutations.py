"""Mutations of tokens."""

import strawberry

from schema.base.context import Info
from schema.base.errors import IllegalStateError, NotFoundError, StaleError, ValidationError
from schema.base.mutations import Input, chunks, mutation
from schema.tokens.inputs import (
    CreateApiTokenInput,
    DeleteApiTokenInput,
    DeleteApiTokensInput,
    DisableApiTokenInput,
    DisableApiTokensInput,
    EnableApiTokenInput,
    EnableApiTokensInput,
    RemoveApiTokenLogoInput,
    SetApiTokenLogoInput,
    UpdateApiTokenInput,
)
from schema.tokens.payloads import (
    CreateApiTokenPayload,
    DeleteApiTokenPayload,
    DeleteApiTokensPayload,
    DisableApiTokenPayload,
    DisableApiTokensPayload,
    EnableApiTokenPayload,
    EnableApiTokensPayload,
    RemoveApiTokenLogoPayload,
    SetApiTokenLogoPayload,
    UpdateApiTokenPayload,
)
from server.services.tokens.patch import TokenPatch

# ruff: noqa: A002 - `input` is the convention's name for a mutation's argument


@strawberry.type
class TokenMutations:
    """The life of tokens."""

    @mutation(ValidationError)
    async def create_api_token(
        self, info: Info, input: Input[CreateApiTokenInput]
    ) -> CreateApiTokenPayload:
        """Create a token in one call, for automation."""
        desk, actor, typed = info.context.desk, info.context.actor, input.typed()
        return CreateApiTokenPayload.of(
            await desk.tokens.create(actor, module_ids=input.module_ids, **typed)
        )

    @mutation(ValidationError, NotFoundError, StaleError, IllegalStateError)
    async def update_api_token(
        self, info: Info, input: Input[UpdateApiTokenInput]
    ) -> UpdateApiTokenPayload:
        """Change a token's name, description, expiry or modules."""
        desk, actor = info.context.desk, info.context.actor
        patch, version = input.patch(), input.version
        return UpdateApiTokenPayload.of(
            await desk.tokens.update(actor, input.id, patch, version=version)
        )

    @mutation(ValidationError, NotFoundError, StaleError, IllegalStateError)
    async def set_api_token_logo(
        self, info: Info, input: Input[SetApiTokenLogoInput]
    ) -> SetApiTokenLogoPayload:
        """Give a token a logo, or replace the one that it has.

        Send the file by the GraphQL multipart request specification.
        """
        desk, actor = info.context.desk, info.context.actor
        token = await desk.tokens.update(
            actor, input.id, TokenPatch(), version=input.version, upload=chunks(input.logo)
        )
        return SetApiTokenLogoPayload.of(token)

    @mutation(NotFoundError, StaleError, IllegalStateError)
    async def remove_api_token_logo(
        self, info: Info, input: Input[RemoveApiTokenLogoInput]
    ) -> RemoveApiTokenLogoPayload:
        """Remove a token's logo."""
        desk, actor = info.context.desk, info.context.actor
        patch, version = TokenPatch(without_logo=True), input.version
        return RemoveApiTokenLogoPayload.of(
            await desk.tokens.update(actor, input.id, patch, version=version)
        )

    @mutation(NotFoundError, IllegalStateError)
    async def enable_api_token(
        self, info: Info, input: Input[EnableApiTokenInput]
    ) -> EnableApiTokenPayload:
        """Enable a disabled token. It is accepted again immediately."""
        desk, actor = info.context.desk, info.context.actor
        return EnableApiTokenPayload.of(await desk.tokens.enable(actor, input.id))

    @mutation(NotFoundError, IllegalStateError)
    async def disable_api_token(
        self, info: Info, input: Input[DisableApiTokenInput]
    ) -> DisableApiTokenPayload:
        """Disable a token. It is refused immediately, until you enable it again."""
        desk, actor = info.context.desk, info.context.actor
        return DisableApiTokenPayload.of(await desk.tokens.disable(actor, input.id))

    @mutation(NotFoundError, IllegalStateError)
    async def delete_api_token(
        self, info: Info, input: Input[DeleteApiTokenInput]
    ) -> DeleteApiTokenPayload:
        """Delete a token for good and destroy its values. It is refused immediately."""
        desk, actor = info.context.desk, info.context.actor
        return DeleteApiTokenPayload(id=strawberry.ID(await desk.tokens.delete(actor, input.id)))

    @mutation(ValidationError)
    async def enable_api_tokens(
        self, info: Info, input: Input[EnableApiTokensInput]
    ) -> EnableApiTokensPayload:
        """Enable up to 1,000 tokens. A token that is refused does not stop the others."""
        desk, actor = info.context.desk, info.context.actor
        return EnableApiTokensPayload.of(await desk.tokens.enable_all(actor, input.ids))

    @mutation(ValidationError)
    async def disable_api_tokens(
        self, info: Info, input: Input[DisableApiTokensInput]
    ) -> DisableApiTokensPayload:
        """Disable up to 1,000 tokens. A token that is refused does not stop the others."""
        desk, actor = info.context.desk, info.context.actor
        return DisableApiTokensPayload.of(await desk.tokens.disable_all(actor, input.ids))

    @mutation(ValidationError)
    async def delete_api_tokens(
        self, info: Info, input: Input[DeleteApiTokensInput]
    ) -> DeleteApiTokensPayload:
        """Delete up to 1,000 tokens for good. A token that is refused does not stop the others."""
        desk, actor = info.context.desk, info.context.actor
        return DeleteApiTokensPayload.of(await desk.tokens.delete_all(actor, input.ids))

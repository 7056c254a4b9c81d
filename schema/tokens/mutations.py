"""What clients can do with tokens."""

import strawberry

from schema.base.arguments import Input, chunks
from schema.base.context import Info
from schema.tokens.inputs import (
    ApiTokenInput,
    ApiTokensInput,
    CreateApiTokenInput,
    RemoveApiTokenLogoInput,
    SetApiTokenLogoInput,
    UpdateApiTokenInput,
)
from schema.tokens.payloads import (
    ApiTokenPayload,
    ApiTokensPayload,
    CreateApiTokenPayload,
    CreateApiTokenResult,
    DeleteApiTokenPayload,
    DeleteApiTokenResult,
    DeleteApiTokensPayload,
    DeleteApiTokensResult,
    MoveApiTokenResult,
    MoveApiTokensResult,
    UpdateApiTokenResult,
)
from schema.tokens.types import ApiToken
from server.services.tokens.patch import TokenPatch
from server.services.tokens.views import TokenView

# ruff: noqa: A002 - `input` is the convention's name for a mutation's argument


@strawberry.type
class TokenMutations:
    """The life of tokens."""

    @strawberry.mutation(description="Make a token in one call, for automation.")
    async def create_api_token(
        self, info: Info, input: Input[CreateApiTokenInput]
    ) -> CreateApiTokenResult:
        """The token and its value."""
        minted = await info.context.desk.tokens.create(
            info.context.actor,
            module_ids=input.module_ids,
            **input.typed(),
        )
        assert minted.secret is not None, "a new token has its value"
        return CreateApiTokenPayload(
            api_token=ApiToken.of(minted.token), secret=minted.secret.reveal()
        )

    @strawberry.mutation(description="Change a token.")
    async def update_api_token(
        self, info: Info, input: Input[UpdateApiTokenInput]
    ) -> UpdateApiTokenResult:
        """The token as it is then."""
        desk, actor = info.context.desk, info.context.actor
        patch, version = input.patch(), input.version
        return _token(await desk.tokens.update(actor, input.id, patch, version=version))

    @strawberry.mutation(description="Give a token a logo; replaces one that it has.")
    async def set_api_token_logo(
        self, info: Info, input: Input[SetApiTokenLogoInput]
    ) -> UpdateApiTokenResult:
        """The token as it is then."""
        token = await info.context.desk.tokens.update(
            info.context.actor,
            input.id,
            TokenPatch(),
            version=input.version,
            upload=chunks(input.logo),
        )
        return _token(token)

    @strawberry.mutation(description="Take a token's logo away.")
    async def remove_api_token_logo(
        self, info: Info, input: Input[RemoveApiTokenLogoInput]
    ) -> UpdateApiTokenResult:
        """The token as it is then."""
        desk, actor = info.context.desk, info.context.actor
        patch, version = TokenPatch(without_logo=True), input.version
        return _token(await desk.tokens.update(actor, input.id, patch, version=version))

    @strawberry.mutation(description="Let a disabled token be accepted again.")
    async def enable_api_token(self, info: Info, input: Input[ApiTokenInput]) -> MoveApiTokenResult:
        """The token as it is then."""
        desk, actor = info.context.desk, info.context.actor
        return _token(await desk.tokens.enable(actor, input.id))

    @strawberry.mutation(description="Have a token refused until it is enabled again.")
    async def disable_api_token(
        self, info: Info, input: Input[ApiTokenInput]
    ) -> MoveApiTokenResult:
        """The token as it is then."""
        desk, actor = info.context.desk, info.context.actor
        return _token(await desk.tokens.disable(actor, input.id))

    @strawberry.mutation(description="End a token for good, and destroy its secrets.")
    async def delete_api_token(
        self, info: Info, input: Input[ApiTokenInput]
    ) -> DeleteApiTokenResult:
        """Its id."""
        desk, actor = info.context.desk, info.context.actor
        return DeleteApiTokenPayload(id=strawberry.ID(await desk.tokens.delete(actor, input.id)))

    @strawberry.mutation(description="Enable many tokens; one refusal stops no other.")
    async def enable_api_tokens(
        self, info: Info, input: Input[ApiTokensInput]
    ) -> MoveApiTokensResult:
        """What became of each."""
        desk, actor = info.context.desk, info.context.actor
        return ApiTokensPayload.of(await desk.tokens.enable_all(actor, input.ids))

    @strawberry.mutation(description="Disable many tokens; one refusal stops no other.")
    async def disable_api_tokens(
        self, info: Info, input: Input[ApiTokensInput]
    ) -> MoveApiTokensResult:
        """What became of each."""
        desk, actor = info.context.desk, info.context.actor
        return ApiTokensPayload.of(await desk.tokens.disable_all(actor, input.ids))

    @strawberry.mutation(description="Delete many tokens for good; one refusal stops no other.")
    async def delete_api_tokens(
        self, info: Info, input: Input[ApiTokensInput]
    ) -> DeleteApiTokensResult:
        """What became of each."""
        desk, actor = info.context.desk, info.context.actor
        return DeleteApiTokensPayload.of(await desk.tokens.delete_all(actor, input.ids))


def _token(token: TokenView) -> ApiTokenPayload:
    return ApiTokenPayload(api_token=ApiToken.of(token))

"""What clients can do with the secrets of tokens."""

import strawberry

from schema.base.arguments import Input
from schema.base.context import Info
from schema.tokens.inputs import ApiTokenInput, RevealApiTokenSecretInput, RotateApiTokenInput
from schema.tokens.payloads import (
    EndApiTokenGracePayload,
    EndApiTokenGraceResult,
    RevealApiTokenSecretPayload,
    RevealApiTokenSecretResult,
    RotateApiTokenPayload,
    RotateApiTokenResult,
)
from schema.tokens.types import ApiToken, OldSecret

# ruff: noqa: A002 - `input` is the convention's name for a mutation's argument


@strawberry.type
class SecretMutations:
    """Values shown and replaced."""

    @strawberry.mutation(
        description="Give a token another secret; the old one is accepted for the grace period."
    )
    async def rotate_api_token(
        self, info: Info, input: Input[RotateApiTokenInput]
    ) -> RotateApiTokenResult:
        """The token and its new value."""
        desk, actor = info.context.desk, info.context.actor
        minted = await desk.secrets.rotate(actor, input.id, input.grace)
        assert minted.secret is not None, "a rotated token has its value"
        return RotateApiTokenPayload(
            api_token=ApiToken.of(minted.token), secret=minted.secret.reveal()
        )

    @strawberry.mutation(description="Have a token's old secrets refused from now on.")
    async def end_api_token_grace(
        self, info: Info, input: Input[ApiTokenInput]
    ) -> EndApiTokenGraceResult:
        """The old secrets as they are then."""
        old = await info.context.desk.secrets.end_grace(info.context.actor, input.id)
        return EndApiTokenGracePayload(
            id=input.id, old_secrets=[OldSecret.of(each) for each in old]
        )

    @strawberry.mutation(
        description="Show a token's value again, to a person, where the account keeps values."
        " It is recorded."
    )
    async def reveal_api_token_secret(
        self, info: Info, input: Input[RevealApiTokenSecretInput]
    ) -> RevealApiTokenSecretResult:
        """The value, with the sign-in that a password has made fresh."""
        context = info.context
        if input.password is not None:
            await context.confirm_password(input.password)
        secret = await context.desk.secrets.reveal(context.actor, input.id)
        return RevealApiTokenSecretPayload(secret=secret.reveal())

"""Mutations of tokens' values."""

import strawberry

from schema.base.context import Info
from schema.base.errors import (
    ConfirmationRequiredError,
    IllegalStateError,
    NotFoundError,
    TooManyAttemptsError,
)
from schema.base.mutations import Input, mutation
from schema.tokens.inputs import (
    EndApiTokenGraceInput,
    RevealApiTokenSecretInput,
    RotateApiTokenInput,
)
from schema.tokens.payloads import (
    EndApiTokenGracePayload,
    RevealApiTokenSecretPayload,
    RotateApiTokenPayload,
)
from schema.tokens.types import OldSecret

# ruff: noqa: A002 - `input` is the convention's name for a mutation's argument


@strawberry.type
class SecretMutations:
    """Values, shown and replaced."""

    @mutation(NotFoundError, IllegalStateError)
    async def rotate_api_token(
        self, info: Info, input: Input[RotateApiTokenInput]
    ) -> RotateApiTokenPayload:
        """Give a token a new value. The old value is accepted for the grace period."""
        desk, actor = info.context.desk, info.context.actor
        return RotateApiTokenPayload.of(await desk.secrets.rotate(actor, input.id, input.grace))

    @mutation(NotFoundError, IllegalStateError)
    async def end_api_token_grace(
        self, info: Info, input: Input[EndApiTokenGraceInput]
    ) -> EndApiTokenGracePayload:
        """Refuse a token's old values from now on, before their grace period ends."""
        old = await info.context.desk.secrets.end_grace(info.context.actor, input.id)
        return EndApiTokenGracePayload(
            id=input.id, old_secrets=[OldSecret.of(each) for each in old]
        )

    @mutation(NotFoundError, IllegalStateError, ConfirmationRequiredError, TooManyAttemptsError)
    async def reveal_api_token_secret(
        self, info: Info, input: Input[RevealApiTokenSecretInput]
    ) -> RevealApiTokenSecretPayload:
        """Show a token's value again. The audit trail records it.

        Only for administrators of the token's account, not for programs. IllegalStateError if the
        account's reveal policy is ONCE.
        """
        context = info.context
        if input.password is not None:
            await context.confirm_password(input.password)
        secret = await context.desk.secrets.reveal(context.actor, input.id)
        return RevealApiTokenSecretPayload(secret=secret.reveal())

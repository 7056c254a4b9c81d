"""What clients get from a change of a draft or a token: its payload, or why not."""

from typing import Annotated, Self

import strawberry

from schema.base.errors import (
    ConfirmationRequiredError,
    IllegalStateError,
    NotAllowedError,
    NotFoundError,
    StaleError,
    TooManyAttemptsError,
    UserError,
    ValidationError,
    user_error,
)
from schema.tokens.types import ApiToken, OldSecret
from server.services.tokens.views import BulkFailure, BulkOutcome, TokenView


@strawberry.type(description="A new token.")
class CreateApiTokenPayload:
    """Token and value."""

    api_token: ApiToken = strawberry.field(description="The token.")
    secret: str = strawberry.field(description="Its value, here and now.")


@strawberry.type(description="A token, changed.")
class ApiTokenPayload:
    """A token."""

    api_token: ApiToken = strawberry.field(description="The token as it is now.")


@strawberry.type(description="A token deleted.")
class DeleteApiTokenPayload:
    """Its id."""

    id: strawberry.ID = strawberry.field(description="The id it had; no other token will have it.")


@strawberry.type(description="A token with another secret.")
class RotateApiTokenPayload:
    """Token and value."""

    api_token: ApiToken = strawberry.field(description="The token; `oldSecrets` has the old one.")
    secret: str = strawberry.field(description="Its new value, here and now.")


@strawberry.type(description="A token whose old secrets are refused from now on.")
class EndApiTokenGracePayload:
    """What became of the old secrets."""

    id: strawberry.ID = strawberry.field(description="The token.")
    old_secrets: list[OldSecret] = strawberry.field(description="Its old secrets as they are now.")


@strawberry.type(description="A token's value.")
class RevealApiTokenSecretPayload:
    """The value."""

    secret: str = strawberry.field(description="What programs send.")


@strawberry.type(description="A token of many that was left as it is.")
class RefusedApiToken:
    """A token and the reason."""

    id: strawberry.ID = strawberry.field(description="The id that was sent.")
    error: UserError = strawberry.field(description="Why it was refused.")

    @classmethod
    def of(cls, info: BulkFailure) -> Self:
        """From a service's answer."""
        return cls(id=strawberry.ID(info.token_id), error=user_error(info.refusal))


@strawberry.type(description="What became of each of many tokens; each of them is in one list.")
class ApiTokensPayload:
    """Tokens changed and refused."""

    changed: list[ApiToken] = strawberry.field(description="Those that were changed, as sent.")
    refused: list[RefusedApiToken] = strawberry.field(description="Those that were not, and why.")

    @classmethod
    def of(cls, outcome: BulkOutcome[TokenView]) -> Self:
        """From a service's answer."""
        return cls(
            changed=[ApiToken.of(info) for info in outcome.changed],
            refused=[RefusedApiToken.of(info) for info in outcome.refused],
        )


@strawberry.type(description="What became of each of many tokens; each of them is in one list.")
class DeleteApiTokensPayload:
    """Tokens deleted and refused."""

    changed: list[strawberry.ID] = strawberry.field(description="Those that were deleted.")
    refused: list[RefusedApiToken] = strawberry.field(description="Those that were not, and why.")

    @classmethod
    def of(cls, outcome: BulkOutcome[str]) -> Self:
        """From a service's answer."""
        return cls(
            changed=[strawberry.ID(token_id) for token_id in outcome.changed],
            refused=[RefusedApiToken.of(info) for info in outcome.refused],
        )


_Move = NotFoundError | NotAllowedError | IllegalStateError


_Change = ValidationError | NotFoundError | NotAllowedError | StaleError | IllegalStateError


CreateApiTokenResult = Annotated[
    CreateApiTokenPayload | ValidationError | NotAllowedError,
    strawberry.union("CreateApiTokenResult", description="The token, or why not."),
]


UpdateApiTokenResult = Annotated[
    ApiTokenPayload | _Change,
    strawberry.union("UpdateApiTokenResult", description="The token, or why not."),
]


MoveApiTokenResult = Annotated[
    ApiTokenPayload | _Move,
    strawberry.union("MoveApiTokenResult", description="The token, or why not."),
]


DeleteApiTokenResult = Annotated[
    DeleteApiTokenPayload | _Move,
    strawberry.union("DeleteApiTokenResult", description="Done, or why not."),
]


MoveApiTokensResult = Annotated[
    ApiTokensPayload | ValidationError | NotAllowedError,
    strawberry.union("MoveApiTokensResult", description="Item by item, or why none."),
]


DeleteApiTokensResult = Annotated[
    DeleteApiTokensPayload | ValidationError | NotAllowedError,
    strawberry.union("DeleteApiTokensResult", description="Item by item, or why none."),
]


RotateApiTokenResult = Annotated[
    RotateApiTokenPayload | _Move,
    strawberry.union("RotateApiTokenResult", description="The new secret, or why not."),
]


EndApiTokenGraceResult = Annotated[
    EndApiTokenGracePayload | _Move,
    strawberry.union("EndApiTokenGraceResult", description="Done, or why not."),
]


RevealApiTokenSecretResult = Annotated[
    RevealApiTokenSecretPayload | _Move | ConfirmationRequiredError | TooManyAttemptsError,
    strawberry.union("RevealApiTokenSecretResult", description="The value, or why not."),
]

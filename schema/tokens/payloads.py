"""What mutations of tokens answer."""

from typing import Self

import strawberry

from schema.base.described import object_type
from schema.base.errors import UserError, user_error
from schema.tokens.types import ApiToken, OldSecret
from server.services.tokens.views import BulkFailure, BulkOutcome, MintedToken, TokenView


@strawberry.type
class WithApiToken:
    """Holds a token."""

    api_token: ApiToken = strawberry.field(description="The token as it is now.")

    @classmethod
    def of(cls, token: TokenView) -> Self:
        """Build the payload from the service's view."""
        return cls(api_token=ApiToken.of(token))


@strawberry.type
class WithNewSecret:
    """Holds a token and its new value."""

    api_token: ApiToken = strawberry.field(description="The token.")
    secret: str = strawberry.field(
        description="The token's new value, which programs send. Keep it: this may be the only"
        " time that you see it."
    )

    @classmethod
    def of(cls, minted: MintedToken) -> Self:
        """Build the payload from the service's view."""
        assert minted.secret is not None, "a token has its value when it is made"
        return cls(api_token=ApiToken.of(minted.token), secret=minted.secret.reveal())


@object_type
class RefusedApiToken:
    """One of many tokens that was not changed."""

    id: strawberry.ID = strawberry.field(description="The id that you sent.")
    error: UserError = strawberry.field(description="Why the token was not changed.")

    @classmethod
    def of(cls, info: BulkFailure) -> Self:
        """Build the type from the service's view."""
        return cls(id=strawberry.ID(info.token_id), error=user_error(info.refusal))


@strawberry.type
class WithApiTokens:
    """Holds the outcome of a change of many tokens."""

    changed: list[ApiToken] = strawberry.field(
        description="The tokens that were changed, in the order of your ids."
    )
    refused: list[RefusedApiToken] = strawberry.field(
        description="The tokens that were not changed, and why."
    )

    @classmethod
    def of(cls, outcome: BulkOutcome[TokenView]) -> Self:
        """Build the payload from the service's view."""
        return cls(
            changed=[ApiToken.of(info) for info in outcome.changed],
            refused=[RefusedApiToken.of(info) for info in outcome.refused],
        )


@object_type
class CreateApiTokenPayload(WithNewSecret):
    """The token was created."""


@object_type
class UpdateApiTokenPayload(WithApiToken):
    """The token has changed."""


@object_type
class SetApiTokenLogoPayload(WithApiToken):
    """The token has the new logo."""


@object_type
class RemoveApiTokenLogoPayload(WithApiToken):
    """The token has no logo."""


@object_type
class EnableApiTokenPayload(WithApiToken):
    """The token is enabled."""


@object_type
class DisableApiTokenPayload(WithApiToken):
    """The token is disabled."""


@object_type
class DeleteApiTokenPayload:
    """The token is deleted."""

    id: strawberry.ID = strawberry.field(
        description="The id of the deleted token. It is never used again."
    )


@object_type
class EnableApiTokensPayload(WithApiTokens):
    """What happened to each token. Each is in exactly one of the two lists."""


@object_type
class DisableApiTokensPayload(WithApiTokens):
    """What happened to each token. Each is in exactly one of the two lists."""


@object_type
class DeleteApiTokensPayload:
    """What happened to each token. Each is in exactly one of the two lists."""

    changed: list[strawberry.ID] = strawberry.field(
        description="The ids of the deleted tokens, in the order of your ids."
    )
    refused: list[RefusedApiToken] = strawberry.field(
        description="The tokens that were not deleted, and why."
    )

    @classmethod
    def of(cls, outcome: BulkOutcome[str]) -> Self:
        """Build the payload from the service's view."""
        return cls(
            changed=[strawberry.ID(token_id) for token_id in outcome.changed],
            refused=[RefusedApiToken.of(info) for info in outcome.refused],
        )


@object_type
class RotateApiTokenPayload(WithNewSecret):
    """The token has a new value. `apiToken.oldSecrets` says until when the old one works."""


@object_type
class EndApiTokenGracePayload:
    """The token's old values are refused."""

    id: strawberry.ID = strawberry.field(description="The token.")
    old_secrets: list[OldSecret] = strawberry.field(
        description="The token's old values, the most recent first."
    )


@object_type
class RevealApiTokenSecretPayload:
    """The token's value."""

    secret: str = strawberry.field(description="The value that programs send.")

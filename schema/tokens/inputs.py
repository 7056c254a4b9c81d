"""What clients send to create tokens in one call, and to change them."""

import strawberry
from strawberry.file_uploads import Upload

from schema.base.described import input_type
from schema.base.enums import Grace
from schema.tokens.changes import NewTokenFields, TokenChanges


@strawberry.input
class TokenRef:
    """Names a token."""

    id: strawberry.ID = strawberry.field(description="The token, such as TKN-1234-5678.")


@strawberry.input
class TokenVersionRef(TokenRef):
    """Names a token, perhaps in the version that the client has read."""

    version: int | None = strawberry.field(
        default=None,
        description="The token's version that you read: StaleError if it has changed since. Null"
        " changes it in any version.",
    )


@strawberry.input
class TokenRefs:
    """Names many tokens."""

    ids: list[strawberry.ID] = strawberry.field(description="1 to 1,000 tokens.")


@input_type
class CreateApiTokenInput(NewTokenFields):
    """The new token."""

    module_ids: list[strawberry.ID] = strawberry.field(
        description="The modules to grant, at least one, out of those enabled for the account."
    )


@input_type
class UpdateApiTokenInput(TokenChanges, TokenVersionRef):
    """The token and its changes. An absent field stays as it is; null clears it.

    Modules that were withdrawn from the account can stay, but not be added.
    """


@input_type
class SetApiTokenLogoInput(TokenVersionRef):
    """The token and its new logo."""

    logo: Upload = strawberry.field(description="A JPEG or PNG file of at most 5 MB.")


@input_type
class RemoveApiTokenLogoInput(TokenVersionRef):
    """The token that loses its logo."""


@input_type
class EnableApiTokenInput(TokenRef):
    """The token to enable."""


@input_type
class DisableApiTokenInput(TokenRef):
    """The token to disable."""


@input_type
class DeleteApiTokenInput(TokenRef):
    """The token to delete."""


@input_type
class EnableApiTokensInput(TokenRefs):
    """The tokens to enable."""


@input_type
class DisableApiTokensInput(TokenRefs):
    """The tokens to disable."""


@input_type
class DeleteApiTokensInput(TokenRefs):
    """The tokens to delete."""


@input_type
class RotateApiTokenInput(TokenRef):
    """The token that gets a new value."""

    grace: Grace = strawberry.field(
        description="How long the old value is still accepted. It never outlives the token."
    )


@input_type
class EndApiTokenGraceInput(TokenRef):
    """The token whose old values end."""


@input_type
class RevealApiTokenSecretInput(TokenRef):
    """The token whose value you want to see."""

    password: str | None = strawberry.field(
        default=None,
        description="Your password. Needed if you signed in more than 5 minutes ago; it counts as"
        " a new sign-in.",
    )

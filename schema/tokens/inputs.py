"""What clients send to make a token in one call, and for the rest of its life."""

import strawberry
from strawberry.file_uploads import Upload

from schema.base.enums import Grace
from schema.tokens.changes import NewTokenFields, TokenChanges


@strawberry.input(description="A token in one call.")
class CreateApiTokenInput(NewTokenFields):
    """All of a token."""

    module_ids: list[strawberry.ID] = strawberry.field(description="At least one module.")


@strawberry.input(
    description="Changes to a token; what is absent stays, null clears. Modules that were"
    " withdrawn from the account may stay, but not be added."
)
class UpdateApiTokenInput(TokenChanges):
    """A patch of a token."""

    id: strawberry.ID = strawberry.field(description="TKN-1234-5678.")
    version: int | None = strawberry.field(
        default=None, description="The version that you read; unsaid is whichever it has."
    )


@strawberry.input(description="A logo for a token.")
class SetApiTokenLogoInput:
    """A file, sent as the GraphQL multipart request says."""

    id: strawberry.ID = strawberry.field(description="The token.")
    logo: Upload = strawberry.field(description="A JPEG or PNG of at most 5 MB.")
    version: int | None = strawberry.field(
        default=None, description="The version that you read; unsaid is whichever it has."
    )


@strawberry.input(description="A token whose logo is to go.")
class RemoveApiTokenLogoInput:
    """A token, perhaps as it was read."""

    id: strawberry.ID = strawberry.field(description="The token.")
    version: int | None = strawberry.field(
        default=None, description="The version that you read; unsaid is whichever it has."
    )


@strawberry.input(description="A token.")
class ApiTokenInput:
    """A token in any version."""

    id: strawberry.ID = strawberry.field(description="The token.")


@strawberry.input(description="Many tokens.")
class ApiTokensInput:
    """Tokens in any version."""

    ids: list[strawberry.ID] = strawberry.field(
        description="The tokens: at least 1, at most 1,000."
    )


@strawberry.input(description="A token whose secret is to be replaced.")
class RotateApiTokenInput:
    """A token, and for how long its old secret is to work."""

    id: strawberry.ID = strawberry.field(description="The token.")
    grace: Grace = strawberry.field(
        description="How long the old secret is accepted, though never beyond the token's expiry."
    )


@strawberry.input(description="A token whose secret is to be shown again.")
class RevealApiTokenSecretInput:
    """A token, and the person's password where it is needed."""

    id: strawberry.ID = strawberry.field(description="The token.")
    password: str | None = strawberry.field(
        default=None,
        description="Yours; needed when you signed in more than 5 minutes ago. It makes your"
        " sign-in fresh.",
    )

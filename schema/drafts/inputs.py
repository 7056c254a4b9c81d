"""What clients send to make a token step by step."""

import strawberry
from strawberry.file_uploads import Upload

from schema.tokens.changes import NewTokenFields, TokenChanges
from server.services.tokens.patch import TokenPatch


@strawberry.input(description="A new draft.")
class CreateTokenDraftInput(NewTokenFields):
    """What may be known at the start."""

    def patch(self) -> TokenPatch:
        """The change that begins the draft."""
        return TokenPatch(**self.typed())


@strawberry.input(description="Changes to a draft; what is absent stays, null clears.")
class UpdateTokenDraftInput(TokenChanges):
    """A patch of a draft."""

    id: strawberry.ID = strawberry.field(description="DRF-1234-5678-9012-3456.")
    version: int = strawberry.field(description="The version that you read.")


@strawberry.input(description="A logo for a draft.")
class SetTokenDraftLogoInput:
    """A file, sent as the GraphQL multipart request says."""

    id: strawberry.ID = strawberry.field(description="The draft.")
    version: int = strawberry.field(description="The version that you read.")
    logo: Upload = strawberry.field(description="A JPEG or PNG of at most 5 MB.")


@strawberry.input(description="A draft as it was read.")
class VersionedDraftInput:
    """A draft and its version."""

    id: strawberry.ID = strawberry.field(description="The draft.")
    version: int = strawberry.field(description="The version that you read.")


@strawberry.input(description="A draft.")
class DiscardTokenDraftInput:
    """A draft in any version."""

    id: strawberry.ID = strawberry.field(description="The draft.")

"""What clients send to create a token step by step."""

import strawberry
from strawberry.file_uploads import Upload

from schema.base.described import input_type
from schema.tokens.changes import NewTokenFields, TokenChanges
from server.services.tokens.patch import TokenPatch


@strawberry.input
class DraftRef:
    """Names a draft."""

    id: strawberry.ID = strawberry.field(description="The draft, such as DRF-1234-5678-9012-3456.")


@strawberry.input
class DraftVersionRef(DraftRef):
    """Names a draft and the version that the client has read."""

    version: int = strawberry.field(
        description="The draft's version that you read. StaleError if it has changed since."
    )


@input_type
class CreateTokenDraftInput(NewTokenFields):
    """The new draft."""

    def patch(self) -> TokenPatch:
        """Return the first change of the draft."""
        return TokenPatch(**self.typed())


@input_type
class UpdateTokenDraftInput(TokenChanges, DraftVersionRef):
    """The draft and its changes. An absent field stays as it is; null clears it."""


@input_type
class SetTokenDraftLogoInput(DraftVersionRef):
    """The draft and its new logo."""

    logo: Upload = strawberry.field(description="A JPEG or PNG file of at most 5 MB.")


@input_type
class RemoveTokenDraftLogoInput(DraftVersionRef):
    """The draft that loses its logo."""


@input_type
class DiscardTokenDraftInput(DraftRef):
    """The draft to discard."""


@input_type
class CommitTokenDraftInput(DraftVersionRef):
    """The draft to turn into a token."""

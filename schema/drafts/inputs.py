"""What clients send to make a token step by step."""

from datetime import datetime

import strawberry
from strawberry.file_uploads import Upload

from server.services.tokens.patch import UNSET, TokenPatch


@strawberry.input(description="A new draft.")
class CreateTokenDraftInput:
    """What may be known at the start."""

    name: str = strawberry.field(description="1 to 255 characters.")
    description: str = strawberry.field(default="", description="At most 2,000 characters.")
    expires_at: datetime | None = strawberry.field(default=None, description="Must lie ahead.")

    def patch(self) -> TokenPatch:
        """The change that begins the draft."""
        return TokenPatch(name=self.name, description=self.description, expires_at=self.expires_at)


@strawberry.input(description="Changes; what is absent stays, null clears.")
class TokenChanges:
    """A patch of a draft or a token."""

    name: strawberry.Maybe[str] = strawberry.field(description="1 to 255 characters.")
    description: strawberry.Maybe[str | None] = strawberry.field(
        description="At most 2,000 characters."
    )
    expires_at: strawberry.Maybe[datetime | None] = strawberry.field(
        description="Must lie ahead; null is a token without end."
    )
    module_ids: strawberry.Maybe[list[strawberry.ID]] = strawberry.field(
        description="At least one of the modules enabled for the account."
    )

    def patch(self) -> TokenPatch:
        """The change as services take it."""
        return TokenPatch(
            name=UNSET if self.name is None else self.name.value,
            description=UNSET if self.description is None else self.description.value or "",
            expires_at=UNSET if self.expires_at is None else self.expires_at.value,
            module_ids=UNSET if self.module_ids is None else self.module_ids.value,
        )


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

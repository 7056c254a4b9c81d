"""Request bodies of the Marketplace's clients; fields that are not declared are ignored."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from server.domain.tokens.fields import EMPTY, TYPED


class Sent(BaseModel):
    """A request body. Unknown and read-only fields are ignored: clients often send them back."""

    model_config = ConfigDict(extra="ignore", strict=True)


class Named(Sent):
    """A reference by id."""

    id: str


class SentToken(Sent):
    """The token fields that creating and changing a token have in common."""

    def typed(self) -> dict[str, Any]:
        """Return the token fields that were sent; null becomes the field's empty value."""
        sent = self.model_fields_set.intersection(TYPED)
        return {name: getattr(self, name) or EMPTY[name] for name in sent}


class NewToken(SentToken):
    """A token to create."""

    account: Named
    name: str
    description: str | None = None
    icon: str | None = Field(
        default=None,
        description='"" or null for none, or `data:image/png;base64,…` (or jpeg) of at most 5 MB.',
    )
    modules: list[Named]


class ChangedToken(SentToken):
    """The fields to change. An absent field stays as it is."""

    name: str = ""
    description: str | None = None
    icon: str | None = Field(
        default=None,
        description='"" or null removes it; the icon as it was read leaves it; else a data URL.',
    )
    modules: list[Named] = []


class NewAccount(Sent):
    """An account to create. The form carries its logo beside it."""

    name: str
    type: Literal["Client", "Vendor", "Operations"]


class ChangedAccount(Sent):
    """The fields to change. An absent field stays as it is; the type cannot change."""

    name: str = ""
    icon: str | None = Field(
        default=None, description='"" or null removes the logo; else the part `logo` replaces it.'
    )


class DescribedType(Sent):
    """The description of an event type."""

    description: str | None = Field(
        default=None, description='"" or null brings the first description back.'
    )


class NewRecord(Sent):
    """An audit record that an extension writes."""

    event: str = Field(examples=["extensions.e2e.test"])
    object: Named
    summary: str = ""
    details: str = ""

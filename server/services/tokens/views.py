"""Views of tokens and drafts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic

from server.domain.actor import ActorView
from server.domain.errors import DomainError
from server.domain.tokens.fields import TokenFields
from server.domain.tokens.lifecycle import TokenStatus
from server.domain.tokens.secret import Secret
from server.services.accounts.views import AccountView, ModuleView
from server.services.pagination.pages import Item


@dataclass(frozen=True, kw_only=True)
class TokenView(TokenFields):
    """A token without its secret. `status` is as of the time it was read.

    `modules` can be used; `withdrawn_modules` were granted but are no longer enabled for the
    account.
    """

    id: str
    version: int
    status: TokenStatus
    account: AccountView
    modules: tuple[ModuleView, ...]
    withdrawn_modules: tuple[ModuleView, ...]
    created_by: ActorView
    created_at: datetime
    updated_at: datetime
    last_access_at: datetime | None


@dataclass(frozen=True)
class MintedToken:
    """A new token and its value; None if the value may not be shown, or not any more."""

    token: TokenView
    secret: Secret | None
    secret_shown_until: datetime | None = None


@dataclass(frozen=True)
class MilestoneView:
    """When a token reached a milestone, and who caused it."""

    at: datetime
    by: ActorView


@dataclass(frozen=True)
class OldSecretView:
    """A rotated-out secret: until when it works, and when it was last accepted and refused."""

    accepted_until: datetime
    works: bool
    last_used_at: datetime | None
    refused_at: datetime | None


@dataclass(frozen=True)
class BulkFailure:
    """A token that a bulk action could not change, and why."""

    token_id: str
    refusal: DomainError


@dataclass(frozen=True)
class BulkOutcome(Generic[Item]):
    """The result of a bulk action: the changed tokens, and the refused ones."""

    changed: tuple[Item, ...]
    refused: tuple[BulkFailure, ...]


@dataclass(frozen=True, kw_only=True)
class DraftView(TokenFields):
    """A draft. `modules` are its chosen modules that are enabled now."""

    id: str
    version: int
    module_ids: tuple[str, ...]
    modules: tuple[ModuleView, ...]
    created_at: datetime
    updated_at: datetime
    token_id: str | None

    @property
    def general_done(self) -> bool:
        """Whether step 1 is complete."""
        return bool(self.name)

    @property
    def modules_done(self) -> bool:
        """Whether step 2 is complete."""
        return bool(self.modules) and len(self.modules) == len(self.module_ids)

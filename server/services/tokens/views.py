"""Tokens and drafts as services answer them."""

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
    """A token, without its secret. `status` is as of the moment it was read.

    `modules` are what it may enter, `withdrawn_modules` what was granted to it and is no longer
    enabled for its account.
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
    """A new token and its value; None when the value may not be shown (any more)."""

    token: TokenView
    secret: Secret | None
    secret_shown_until: datetime | None = None


@dataclass(frozen=True)
class MilestoneView:
    """When a token passed a point of its life, and who brought it there."""

    at: datetime
    by: ActorView


@dataclass(frozen=True)
class OldSecretView:
    """A secret that was rotated out: until when it works, and when it was last tried."""

    accepted_until: datetime
    works: bool
    last_used_at: datetime | None
    refused_at: datetime | None


@dataclass(frozen=True)
class BulkFailure:
    """A token of many that was left as it is, and why."""

    token_id: str
    refusal: DomainError


@dataclass(frozen=True)
class BulkOutcome(Generic[Item]):
    """What became of each of many: those that were changed, and those that were refused."""

    changed: tuple[Item, ...]
    refused: tuple[BulkFailure, ...]


@dataclass(frozen=True, kw_only=True)
class DraftView(TokenFields):
    """A token being made. `modules` are those of its choice that are enabled now."""

    id: str
    version: int
    module_ids: tuple[str, ...]
    modules: tuple[ModuleView, ...]
    created_at: datetime
    updated_at: datetime
    token_id: str | None

    @property
    def general_done(self) -> bool:
        """Whether step 1 has what it needs."""
        return bool(self.name)

    @property
    def modules_done(self) -> bool:
        """Whether step 2 has what it needs."""
        return bool(self.modules) and len(self.modules) == len(self.module_ids)

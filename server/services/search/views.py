"""Views of lists: a page by offset, and each object with its creation and last change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic

from server.domain.actor import AccountType, ActorView
from server.services.accounts.views import AccountView, ModuleView
from server.services.pagination.pages import Item
from server.services.tokens.views import TokenView


@dataclass(frozen=True)
class OffsetPage(Generic[Item]):
    """At most `limit` items starting at `offset`, of `total`."""

    items: Sequence[Item]
    total: int
    limit: int
    offset: int


@dataclass(frozen=True)
class TokenRow:
    """A token, with when and by whom it was last changed; None if it never was.

    The creator is in the token itself. `updated_by` is not known for every old change.
    """

    token: TokenView
    updated_at: datetime | None
    updated_by: ActorView | None


@dataclass(frozen=True)
class ModuleRow:
    """A module, and the types of the accounts that it is enabled for."""

    module: ModuleView
    created_at: datetime
    account_types: tuple[AccountType, ...]


@dataclass(frozen=True)
class AccountRow:
    """An account, and when it was created."""

    account: AccountView
    created_at: datetime


@dataclass(frozen=True)
class SavedViewView:
    """A saved view of the tokens page: its query, under a name."""

    id: int
    name: str
    query: str
    is_default: bool

"""What listings answer: a part of a list, and each object with what its audit says of it."""

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
    """The items from `offset` on, at most `limit`, of `total` that there are."""

    items: Sequence[Item]
    total: int
    limit: int
    offset: int


@dataclass(frozen=True)
class TokenRow:
    """A token, and when and by whom it was last changed; None where it never was.

    Who made it, and when, the token says itself. Who changed it is not known of every old change.
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
    """An account, and when it was made."""

    account: AccountView
    created_at: datetime


@dataclass(frozen=True)
class SavedViewView:
    """A person's way of looking at the tokens: the query of the page, under a name."""

    id: int
    name: str
    query: str
    is_default: bool

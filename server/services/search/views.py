"""What listings answer: a part of a list, and each object with what its audit says of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic

from server.domain.actor import AccountType, ActorInfo
from server.services.accounts.views import AccountInfo, ModuleInfo
from server.services.pagination.pages import Item
from server.services.tokens.views import TokenInfo


@dataclass(frozen=True)
class Listing(Generic[Item]):
    """The items from `offset` on, at most `limit`, of `total` that there are."""

    items: Sequence[Item]
    total: int
    limit: int
    offset: int


@dataclass(frozen=True)
class ListedToken:
    """A token, and when and by whom it was last changed; None where it never was.

    Who made it, and when, the token says itself. Who changed it is not known of every old change.
    """

    token: TokenInfo
    updated_at: datetime | None
    updated_by: ActorInfo | None


@dataclass(frozen=True)
class ListedModule:
    """A module, and the types of the accounts that it is enabled for."""

    module: ModuleInfo
    created_at: datetime
    account_types: tuple[AccountType, ...]


@dataclass(frozen=True)
class ListedAccount:
    """An account, and when it was made."""

    account: AccountInfo
    created_at: datetime


@dataclass(frozen=True)
class SavedViewInfo:
    """A person's way of looking at the tokens: the query of the page, under a name."""

    id: int
    name: str
    query: str
    is_default: bool

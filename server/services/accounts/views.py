"""Views of accounts and modules."""

from dataclasses import dataclass

from server.domain.actor import AccountType
from server.domain.i18n.language import Language
from server.domain.tokens.secret_policy import RevealPolicy


@dataclass(frozen=True)
class AccountView:
    """An account."""

    id: str
    name: str
    type: AccountType
    active: bool
    reveal: RevealPolicy
    logo: str | None = None
    language: Language = Language.AUTOMATIC


@dataclass(frozen=True)
class AccountOverview:
    """An account in the list of all accounts, with the number of modules enabled for it."""

    account: AccountView
    modules: int


@dataclass(frozen=True)
class ModuleView:
    """A module."""

    id: str
    name: str
    description: str


@dataclass(frozen=True)
class ModuleOffer:
    """A module, and whether it is enabled for an account."""

    module: ModuleView
    enabled: bool

"""Accounts and modules as services answer them."""

from dataclasses import dataclass

from server.domain.actor import AccountType
from server.domain.i18n.language import Language
from server.domain.tokens.secret_policy import RevealPolicy


@dataclass(frozen=True)
class AccountView:
    """A tenant."""

    id: str
    name: str
    type: AccountType
    active: bool
    reveal: RevealPolicy
    logo: str | None = None
    language: Language = Language.AUTOMATIC


@dataclass(frozen=True)
class AccountOverview:
    """A tenant in the list of all, and how many modules are enabled for it."""

    account: AccountView
    modules: int


@dataclass(frozen=True)
class ModuleView:
    """A part of the platform."""

    id: str
    name: str
    description: str


@dataclass(frozen=True)
class ModuleOffer:
    """A part of the platform, and whether it is enabled for an account."""

    module: ModuleView
    enabled: bool

"""What mutations of accounts and modules answer."""

from typing import Self

import strawberry

from schema.accounts.types import Account, Module
from schema.base.described import object_type
from server.services.accounts.views import AccountView, ModuleView


@strawberry.type
class WithAccount:
    """Holds an account."""

    account: Account = strawberry.field(description="The account as it is now.")

    @classmethod
    def of(cls, account: AccountView) -> Self:
        """Build the payload from the service's view."""
        return cls(account=Account.of(account))


@strawberry.type
class WithModule:
    """Holds a module."""

    module: Module = strawberry.field(description="The module.")

    @classmethod
    def of(cls, module: ModuleView) -> Self:
        """Build the payload from the service's view."""
        return cls(module=Module.of(module))


@object_type
class CreateAccountPayload(WithAccount):
    """The account was created."""


@object_type
class RenameAccountPayload(WithAccount):
    """The account has its new name."""


@object_type
class SetAccountRevealPayload(WithAccount):
    """The account has its new reveal policy."""


@object_type
class SetAccountLanguagePayload(WithAccount):
    """The account has its new language."""


@object_type
class EnableAccountPayload(WithAccount):
    """The account is enabled."""


@object_type
class DisableAccountPayload(WithAccount):
    """The account is disabled."""


@object_type
class CreateModulePayload(WithModule):
    """The module was created."""


@object_type
class EnableModulePayload(WithModule):
    """The module is enabled for the account."""


@object_type
class DisableModulePayload(WithModule):
    """The module is withdrawn from the account."""


@object_type
class SetAccountModulesPayload:
    """The account has exactly the modules that you sent."""

    enabled_modules: list[Module] = strawberry.field(
        description="The account's enabled modules, sorted by name."
    )

"""What clients send to change accounts and modules."""

import strawberry

from schema.base.described import input_type
from schema.base.enums import AccountType, Language, RevealPolicy


@strawberry.input
class AccountRef:
    """Names an account."""

    id: strawberry.ID = strawberry.field(description="The account, such as ACC-1234-5678.")


@strawberry.input
class ModuleOfAccountRef:
    """Names a module and an account."""

    module_id: strawberry.ID = strawberry.field(description="The module, such as MOD-1234.")
    account_id: strawberry.ID = strawberry.field(description="The account, such as ACC-1234-5678.")


@input_type
class CreateAccountInput:
    """A new account."""

    name: str = strawberry.field(description="1 to 255 characters.")
    type: AccountType = strawberry.field(description="The account's role on the platform.")


@input_type
class RenameAccountInput(AccountRef):
    """The account and its new name."""

    name: str = strawberry.field(description="1 to 255 characters.")


@input_type
class SetAccountRevealInput(AccountRef):
    """The account and its new reveal policy."""

    reveal: RevealPolicy = strawberry.field(
        description="ONCE destroys all kept values of the account, immediately and for good."
    )


@input_type
class SetAccountLanguageInput(AccountRef):
    """The account and its new language."""

    language: Language = strawberry.field(description="The language of the account's pages.")


@input_type
class EnableAccountInput(AccountRef):
    """The account to enable."""


@input_type
class DisableAccountInput(AccountRef):
    """The account to disable."""


@input_type
class CreateModuleInput:
    """A new module."""

    id: strawberry.ID = strawberry.field(
        description="The id, in the form MOD-1234. You choose the digits."
    )
    name: str = strawberry.field(description="1 to 255 characters.")
    description: str = strawberry.field(default="", description="At most 2,000 characters.")


@input_type
class EnableModuleInput(ModuleOfAccountRef):
    """The module to enable, and the account."""


@input_type
class DisableModuleInput(ModuleOfAccountRef):
    """The module to withdraw, and the account."""


@input_type
class SetAccountModulesInput:
    """The account and all of its modules."""

    account_id: strawberry.ID = strawberry.field(description="The account, such as ACC-1234-5678.")
    module_ids: list[strawberry.ID] = strawberry.field(
        description="The modules to enable. All others are withdrawn."
    )

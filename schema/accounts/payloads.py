"""What clients get from a change of accounts and people: its payload, or why not."""

from typing import Annotated

import strawberry

from schema.accounts.types import Account, Module
from schema.base.errors import IllegalStateError, NotAllowedError, NotFoundError, ValidationError


@strawberry.type(description="An account, made or changed.")
class AccountPayload:
    """An account."""

    account: Account = strawberry.field(description="The account as it is now.")


@strawberry.type(description="A module, made, enabled or withdrawn.")
class ModulePayload:
    """A module."""

    module: Module = strawberry.field(description="The module.")


@strawberry.type(description="The modules of an account.")
class AccountModulesPayload:
    """What is enabled now."""

    enabled_modules: list[Module] = strawberry.field(description="Those enabled now, by name.")


_Known = NotFoundError | NotAllowedError


CreateAccountResult = Annotated[
    AccountPayload | ValidationError | NotAllowedError,
    strawberry.union("CreateAccountResult", description="The account, or why not."),
]


RenameAccountResult = Annotated[
    AccountPayload | ValidationError | _Known,
    strawberry.union("RenameAccountResult", description="The account, or why not."),
]


SetAccountRevealResult = Annotated[
    AccountPayload | _Known,
    strawberry.union("SetAccountRevealResult", description="The account, or why not."),
]


SetAccountLanguageResult = Annotated[
    AccountPayload | _Known,
    strawberry.union("SetAccountLanguageResult", description="The account, or why not."),
]


MoveAccountResult = Annotated[
    AccountPayload | _Known | IllegalStateError,
    strawberry.union("MoveAccountResult", description="The account, or why not."),
]


CreateModuleResult = Annotated[
    ModulePayload | ValidationError | NotAllowedError,
    strawberry.union("CreateModuleResult", description="The module, or why not."),
]


ModuleForAccountResult = Annotated[
    ModulePayload | _Known,
    strawberry.union("ModuleForAccountResult", description="The module, or why not."),
]


SetAccountModulesResult = Annotated[
    AccountModulesPayload | ValidationError | _Known,
    strawberry.union("SetAccountModulesResult", description="The modules, or why not."),
]

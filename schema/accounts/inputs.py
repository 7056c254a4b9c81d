"""What clients send about accounts and their people."""

import strawberry

from schema.base.enums import AccountType, Language, RevealPolicy

_WHICH_ACCOUNT = "The account; yours when unsaid. Operations may name any."


@strawberry.input(description="A new account.")
class CreateAccountInput:
    """All of an account."""

    name: str = strawberry.field(description="1 to 255 characters.")
    type: AccountType = strawberry.field(description="What it is to the platform.")


@strawberry.input(description="An account.")
class AccountInput:
    """An account by its id."""

    id: strawberry.ID = strawberry.field(description="ACC-1234-5678.")


@strawberry.input(description="Another name for an account.")
class RenameAccountInput:
    """An account and its name."""

    id: strawberry.ID = strawberry.field(description="ACC-1234-5678.")
    name: str = strawberry.field(description="1 to 255 characters.")


@strawberry.input(description="Another reveal policy for an account.")
class SetAccountRevealInput:
    """An account and its policy."""

    id: strawberry.ID = strawberry.field(description="ACC-1234-5678.")
    reveal: RevealPolicy = strawberry.field(
        description="ONCE destroys all values that are kept, at once and for good."
    )


@strawberry.input(description="Another language for an account.")
class SetAccountLanguageInput:
    """An account and its language."""

    id: strawberry.ID = strawberry.field(description="ACC-1234-5678.")
    language: Language = strawberry.field(description="What its pages shall be in.")


@strawberry.input(description="A new module, enabled for nobody yet.")
class CreateModuleInput:
    """All of a module."""

    id: strawberry.ID = strawberry.field(description="MOD-1234, of your choice.")
    name: str = strawberry.field(description="1 to 255 characters.")
    description: str = strawberry.field(default="", description="At most 2,000 characters.")


@strawberry.input(description="A module for an account.")
class ModuleForAccountInput:
    """A module and an account."""

    module_id: strawberry.ID = strawberry.field(description="MOD-1234.")
    account_id: strawberry.ID = strawberry.field(description="ACC-1234-5678.")


@strawberry.input(description="All modules of an account.")
class SetAccountModulesInput:
    """An account and what is to be enabled for it."""

    account_id: strawberry.ID = strawberry.field(description="ACC-1234-5678.")
    module_ids: list[strawberry.ID] = strawberry.field(
        description="Exactly these are enabled then; tokens lose all others at once."
    )

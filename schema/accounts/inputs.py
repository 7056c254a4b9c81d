"""What clients send about accounts and their people."""

import strawberry

from schema.base.enums import AccountType, Language, RevealPolicy, Role

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


@strawberry.input(description="A person to be let into an account by a link.")
class InviteMemberInput:
    """A person and their role."""

    email: str = strawberry.field(description="Their e-mail address.")
    name: str = strawberry.field(description="Their name, 1 to 255 characters.")
    role: Role = strawberry.field(description="What they may do in the account.")
    account_id: strawberry.ID | None = strawberry.field(default=None, description=_WHICH_ACCOUNT)


@strawberry.input(description="A member of an account.")
class MemberInput:
    """A person in an account."""

    user_id: strawberry.ID = strawberry.field(description="USR-1234-5678.")
    account_id: strawberry.ID | None = strawberry.field(default=None, description=_WHICH_ACCOUNT)


@strawberry.input(description="Another role for a member.")
class SetMemberRoleInput(MemberInput):
    """A person in an account, and their role."""

    role: Role = strawberry.field(description="What they may do in the account.")


@strawberry.input(description="A person in an account.")
class CreateUserInput:
    """All of a person."""

    email: str = strawberry.field(
        description="Their e-mail address, which is vouched for by this. A person who is proved"
        " joins the account, unchanged."
    )
    name: str = strawberry.field(description="1 to 255 characters.")
    account_id: strawberry.ID = strawberry.field(description="The account.")
    role: Role = strawberry.field(description="What they may do in the account.")


@strawberry.input(description="A person who needs a way in.")
class CreateSignInLinkInput:
    """A person by their e-mail."""

    email: str = strawberry.field(description="Their e-mail address.")


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

"""Inputs of the mutations on people."""

import strawberry

from schema.accounts.inputs import _WHICH_ACCOUNT
from schema.base.enums import Role


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

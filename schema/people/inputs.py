"""What clients send to change the members of an account."""

import strawberry

from schema.base.described import input_type
from schema.base.enums import Role

_WHICH_ACCOUNT = "The account; null is your own. Only Operations can name another."


@strawberry.input
class MemberRef:
    """Names a member of an account."""

    user_id: strawberry.ID = strawberry.field(description="The person, such as USR-1234-5678.")
    account_id: strawberry.ID | None = strawberry.field(default=None, description=_WHICH_ACCOUNT)


@input_type
class InviteMemberInput:
    """The person to invite, and their role."""

    email: str = strawberry.field(description="The person's e-mail address.")
    name: str = strawberry.field(description="The person's name, 1 to 255 characters.")
    role: Role = strawberry.field(description="Their role in the account.")
    account_id: strawberry.ID | None = strawberry.field(default=None, description=_WHICH_ACCOUNT)


@input_type
class RenewMemberLinkInput(MemberRef):
    """The member who needs a new link."""


@input_type
class SetMemberRoleInput(MemberRef):
    """The member and their new role."""

    role: Role = strawberry.field(description="Their role in the account.")


@input_type
class DeactivateMemberInput(MemberRef):
    """The member to shut out."""


@input_type
class ReactivateMemberInput(MemberRef):
    """The member to let in again."""


@input_type
class CreateUserInput:
    """A person, and the account that they join."""

    email: str = strawberry.field(
        description="The person's e-mail address. You vouch that it is theirs. If the address is"
        " proved already, its person joins the account and keeps name and password."
    )
    name: str = strawberry.field(description="1 to 255 characters.")
    account_id: strawberry.ID = strawberry.field(description="The account, such as ACC-1234-5678.")
    role: Role = strawberry.field(description="Their role in the account.")


@input_type
class CreateSignInLinkInput:
    """The person who needs to sign in."""

    email: str = strawberry.field(description="The person's e-mail address.")

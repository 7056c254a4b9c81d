"""What clients get from a change of accounts and people: its payload, or why not."""

from datetime import datetime
from typing import Annotated

import strawberry

from schema.base.errors import IllegalStateError, NotAllowedError, NotFoundError, ValidationError
from schema.base.types import Account, Member, Module, User


@strawberry.type(description="An account, made or changed.")
class AccountPayload:
    """An account."""

    account: Account = strawberry.field(description="The account as it is now.")


@strawberry.type(description="A member with a way in.")
class InvitationPayload:
    """A member, and a link for one who is new."""

    member: Member = strawberry.field(description="The member.")
    sign_in_url: str | None = strawberry.field(
        description="Signs them in once; null where Operations adds somebody who has a sign-in."
    )
    expires_at: datetime | None = strawberry.field(
        description="When the link ends; null without one."
    )


@strawberry.type(description="A member, changed.")
class MemberPayload:
    """A member."""

    member: Member = strawberry.field(description="The member as they are now.")


@strawberry.type(description="A person in an account.")
class UserPayload:
    """A person."""

    user: User = strawberry.field(description="The person.")


@strawberry.type(description="A one-time way in.")
class SignInLinkPayload:
    """A link."""

    sign_in_url: str = strawberry.field(description="Signs its person in once.")
    expires_at: datetime = strawberry.field(description="When it ends.")


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
InviteMemberResult = Annotated[
    InvitationPayload | ValidationError | _Known,
    strawberry.union("InviteMemberResult", description="The member, or why not."),
]
RenewMemberLinkResult = Annotated[
    InvitationPayload | _Known | IllegalStateError,
    strawberry.union("RenewMemberLinkResult", description="The link, or why not."),
]
MemberResult = Annotated[
    MemberPayload | _Known | IllegalStateError,
    strawberry.union("MemberResult", description="The member, or why not."),
]
CreateUserResult = Annotated[
    UserPayload | ValidationError | _Known,
    strawberry.union("CreateUserResult", description="The person, or why not."),
]
CreateSignInLinkResult = Annotated[
    SignInLinkPayload | _Known,
    strawberry.union("CreateSignInLinkResult", description="The link, or why not."),
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

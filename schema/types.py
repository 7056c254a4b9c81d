"""The objects of the schema, each made from what a service answers."""

from datetime import datetime
from typing import Self, cast

import strawberry
from strawberry.scalars import JSON

from schema.context import Info
from schema.enums import AccountStatus, AccountType, ActorKind, RevealPolicy, Role, TokenStatus
from server.domain import actor as domain
from server.services import answers
from server.services.sessions import SignedIn


@strawberry.interface(description="Anything with an id that `node` looks up.")
class Node:
    """Relay's object identification."""

    id: strawberry.ID = strawberry.field(description="The product's id, such as TKN-1234-5678.")


@strawberry.type(description="A tenant of the platform.")
class Account(Node):
    """An account."""

    name: str = strawberry.field(description="Its name.")
    type: AccountType = strawberry.field(description="What it is to the platform.")
    status: AccountStatus = strawberry.field(description="Whether it may act.")
    reveal: RevealPolicy = strawberry.field(description="Whether secrets can be shown again.")

    @classmethod
    def of(cls, info: answers.AccountInfo) -> Self:
        """From a service's answer."""
        status = AccountStatus.ACTIVE if info.active else AccountStatus.DISABLED
        return cls(
            id=strawberry.ID(info.id),
            name=info.name,
            type=info.type,
            status=status,
            reveal=info.reveal,
        )


@strawberry.type(description="A part of the platform that a token may be allowed into.")
class Module(Node):
    """A module."""

    name: str = strawberry.field(description="Its name.")
    description: str = strawberry.field(description="What it is for, in a line.")

    @classmethod
    def of(cls, info: answers.ModuleInfo) -> Self:
        """From a service's answer."""
        return cls(id=strawberry.ID(info.id), name=info.name, description=info.description)


@strawberry.type(description="A person.")
class User:
    """A user."""

    id: strawberry.ID = strawberry.field(description="USR-1234-5678.")
    name: str = strawberry.field(description="Their name.")
    email: str = strawberry.field(description="Their e-mail address.")


@strawberry.type(description="Who did something, as it was recorded then.")
class Actor:
    """A person, a program, or the operator's command line."""

    id: strawberry.ID = strawberry.field(description="The id of the user or token.")
    name: str = strawberry.field(description="The name it had then.")
    kind: ActorKind = strawberry.field(description="Whether a person, a program or the operator.")

    @classmethod
    def of(cls, info: answers.ActorInfo) -> Self:
        """From a service's answer."""
        return cls(id=strawberry.ID(info.id), name=info.name, kind=info.kind)


@strawberry.type(description="An API token. Its secret is not a part of it.")
class ApiToken(Node):
    """A token."""

    version: int = strawberry.field(description="Counts its changes.")
    name: str = strawberry.field(description="1 to 255 characters.")
    description: str = strawberry.field(description="At most 2,000 characters; may be empty.")
    logo_url: str | None = strawberry.field(description="Path of the logo on this origin.")
    status: TokenStatus = strawberry.field(description="As of this answer.")
    modules: list[Module] = strawberry.field(description="What it may enter, by name.")
    account: Account = strawberry.field(description="For whom it acts.")
    created_by: Actor = strawberry.field(description="Who made it.")
    created_at: datetime = strawberry.field(description="When it was made.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")
    last_access_at: datetime | None = strawberry.field(description="When it was last used.")
    expires_at: datetime | None = strawberry.field(description="From then on it is refused.")

    @classmethod
    def of(cls, info: answers.TokenInfo) -> Self:
        """From a service's answer."""
        return cls(
            id=strawberry.ID(info.id),
            version=info.version,
            name=info.name,
            description=info.description,
            logo_url=logo_url(info.logo),
            status=info.status,
            modules=[Module.of(module) for module in info.modules],
            account=Account.of(info.account),
            created_by=Actor.of(info.created_by),
            created_at=info.created_at,
            updated_at=info.updated_at,
            last_access_at=info.last_access_at,
            expires_at=info.expires_at,
        )


@strawberry.type(description="A token being made. It expires 24 hours after its last change.")
class TokenDraft(Node):
    """A draft."""

    version: int = strawberry.field(description="To be sent with the next change.")
    name: str = strawberry.field(description="Empty until it is given.")
    description: str = strawberry.field(description="At most 2,000 characters; may be empty.")
    logo_url: str | None = strawberry.field(description="Path of the logo on this origin.")
    modules: list[Module] = strawberry.field(description="Chosen and still enabled modules.")
    expires_at: datetime | None = strawberry.field(description="The expiry the token will have.")
    created_at: datetime = strawberry.field(description="When it was begun.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")
    token_id: strawberry.Private[str | None]

    @strawberry.field(description="The token that it became, once it was committed.")
    async def committed_token(self, info: Info) -> ApiToken | None:
        """One look-up, only when it is asked for."""
        if self.token_id is None:
            return None
        context = info.context
        return ApiToken.of(await context.desk.tokens.get(context.actor, self.token_id))

    @classmethod
    def of(cls, info: answers.DraftInfo) -> Self:
        """From a service's answer."""
        return cls(
            id=strawberry.ID(info.id),
            version=info.version,
            name=info.name,
            description=info.description,
            logo_url=logo_url(info.logo),
            modules=[Module.of(module) for module in info.modules],
            expires_at=info.expires_at,
            created_at=info.created_at,
            updated_at=info.updated_at,
            token_id=info.token_id,
        )


@strawberry.type(description="What an audit record is about.")
class AuditObject:
    """An object as it was named then."""

    id: strawberry.ID = strawberry.field(description="The object's id.")
    name: str = strawberry.field(description="The name it had then.")


@strawberry.type(description="What changed; each side is null where there was nothing.")
class AuditDetails:
    """Before and after."""

    before: JSON | None = strawberry.field(description="The fields before the change.")
    after: JSON | None = strawberry.field(description="The fields after the change.")


@strawberry.type(description="Who did what to which object, when, from where.")
class AuditRecord(Node):
    """A record of the audit trail."""

    at: datetime = strawberry.field(description="When.")
    event: str = strawberry.field(description="What, for programs: `token.created`.")
    summary: str = strawberry.field(description="What, for people.")
    actor: Actor = strawberry.field(description="Who.")
    object: AuditObject = strawberry.field(description="To which object.")
    details: AuditDetails = strawberry.field(description="Before and after.")
    address: str = strawberry.field(description="From which network address.")
    user_agent: str = strawberry.field(description="With which program.")

    @classmethod
    def of(cls, info: answers.AuditInfo) -> Self:
        """From a service's answer."""
        return cls(
            id=strawberry.ID(info.id),
            at=info.at,
            event=info.event,
            summary=info.summary,
            actor=Actor.of(info.actor),
            object=AuditObject(id=strawberry.ID(info.object_id), name=info.object_name),
            details=AuditDetails(before=cast(JSON, info.before), after=cast(JSON, info.after)),
            address=info.address,
            user_agent=info.user_agent,
        )


@strawberry.type(description="Who asks: a signed-in person, or a program with a token.")
class Viewer:
    """The request's actor."""

    id: strawberry.ID = strawberry.field(description="The id of the user or token.")
    name: str = strawberry.field(description="The name of the user or token.")
    kind: ActorKind = strawberry.field(description="Whether a person or a program.")
    user: User | None = strawberry.field(description="The person; null for a program.")
    role: Role | None = strawberry.field(description="The person's role in the account.")
    may_manage_tokens: bool = strawberry.field(description="Whether it may make tokens.")

    @classmethod
    def of(cls, actor: domain.Actor, signed_in: SignedIn | None) -> Self:
        """From the request's actor."""
        return cls(
            id=strawberry.ID(actor.id),
            name=actor.name,
            kind=actor.kind,
            user=_person(signed_in),
            role=actor.role,
            may_manage_tokens=actor.may_manage_tokens,
        )


def logo_url(logo: str | None) -> str | None:
    """Where a logo is served."""
    return f"/logos/{logo}" if logo else None


def _person(signed_in: SignedIn | None) -> User | None:
    if signed_in is None:
        return None
    user = signed_in.user
    return User(id=strawberry.ID(user.id), name=user.name, email=user.email)

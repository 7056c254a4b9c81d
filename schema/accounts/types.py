"""Accounts and modules."""

from typing import Annotated, Self

import strawberry

from schema.base.context import Info
from schema.base.enums import (
    AccountStatus,
    AccountType,
    Language,
    RevealPolicy,
)
from schema.base.types import Node
from server.services.accounts.views import AccountView, ModuleView

Search = Annotated[
    str, strawberry.argument(description="Words in name, description or id; empty finds all.")
]


@strawberry.type(description="A part of the platform that a token may be allowed into.")
class Module(Node):
    """A module."""

    name: str = strawberry.field(description="Its name.")
    description: str = strawberry.field(description="What it is for, in a line.")

    @classmethod
    def of(cls, info: ModuleView) -> Self:
        """From a service's answer."""
        return cls(id=strawberry.ID(info.id), name=info.name, description=info.description)


@strawberry.type(description="A tenant of the platform.")
class Account(Node):
    """An account."""

    name: str = strawberry.field(description="Its name.")
    type: AccountType = strawberry.field(description="What it is to the platform.")
    status: AccountStatus = strawberry.field(description="Whether it may act.")
    settings: strawberry.Private[AccountView]

    @strawberry.field(description="Whether secrets can be shown again; for who reads the account.")
    def reveal(self, info: Info) -> RevealPolicy:
        """No part of what a program without Access management may know."""
        info.context.actor.must_read_account()
        return self.settings.reveal

    @strawberry.field(description="What its pages are in; for who reads the account.")
    def language(self, info: Info) -> Language:
        """No part of what a program without Access management may know."""
        info.context.actor.must_read_account()
        return self.settings.language

    @strawberry.field(description="The modules that may be granted in it, by name.")
    async def enabled_modules(self, info: Info, search: Search = "") -> list[Module]:
        """Looked up only when they are asked for."""
        context = info.context
        found = await context.loaders.find(context.desk.modules.enabled_in, self.id, search)
        return [Module.of(module) for module in found]

    @classmethod
    def of(cls, info: AccountView) -> Self:
        """From a service's answer."""
        status = AccountStatus.ACTIVE if info.active else AccountStatus.DISABLED
        return cls(
            id=strawberry.ID(info.id),
            name=info.name,
            type=info.type,
            status=status,
            settings=info,
        )

"""Accounts and modules as clients read them."""

from typing import Annotated, Self

import strawberry

from schema.base.context import Info
from schema.base.described import object_type, resolved_field
from schema.base.enums import AccountStatus, AccountType, Language, RevealPolicy
from schema.base.types import Node
from server.services.accounts.views import AccountView, ModuleView

Search = Annotated[
    str,
    strawberry.argument(
        description="Words to find in name, description or id. Empty finds everything."
    ),
]


@object_type
class Module(Node):
    """A part of the platform that tokens can be granted access to."""

    name: str = strawberry.field(description="The module's name.")
    description: str = strawberry.field(description="What the module is for.")

    @classmethod
    def of(cls, info: ModuleView) -> Self:
        """Build the type from the service's view."""
        return cls(id=strawberry.ID(info.id), name=info.name, description=info.description)


@object_type
class Account(Node):
    """A tenant of the platform."""

    name: str = strawberry.field(description="The account's name.")
    type: AccountType = strawberry.field(description="The account's role on the platform.")
    status: AccountStatus = strawberry.field(
        description="Whether its members can sign in and its tokens are accepted."
    )
    settings: strawberry.Private[AccountView]

    @resolved_field
    def reveal(self, info: Info) -> RevealPolicy:
        """Whether values of its tokens can be shown again after creation.

        NOT_ALLOWED for a token without the module Access management.
        """
        info.context.actor.must_read_account()
        return self.settings.reveal

    @resolved_field
    def language(self, info: Info) -> Language:
        """The language of its pages.

        NOT_ALLOWED for a token without the module Access management.
        """
        info.context.actor.must_read_account()
        return self.settings.language

    @resolved_field
    async def enabled_modules(self, info: Info, search: Search = "") -> list[Module]:
        """The modules that its tokens can be granted, sorted by name."""
        context = info.context
        found = await context.loaders.find(context.desk.modules.enabled_in, self.id, search)
        return [Module.of(module) for module in found]

    @classmethod
    def of(cls, info: AccountView) -> Self:
        """Build the type from the service's view."""
        status = AccountStatus.ACTIVE if info.active else AccountStatus.DISABLED
        return cls(
            id=strawberry.ID(info.id),
            name=info.name,
            type=info.type,
            status=status,
            settings=info,
        )

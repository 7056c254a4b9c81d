"""Queries about accounts and modules."""

import strawberry

from schema.accounts.types import Account, Module, Search
from schema.base.context import Info
from schema.base.described import resolved_field


@strawberry.type
class AccountQueries:
    """Accounts, and the modules that they may grant."""

    @resolved_field
    async def account(self, info: Info) -> Account:
        """The account that you act for."""
        actor = info.context.actor
        return Account.of(await info.context.desk.accounts.get(actor, actor.account_id))

    @resolved_field
    async def accounts(self, info: Info) -> list[Account]:
        """The accounts that you can see, sorted by name: your own, or all for Operations."""
        found = await info.context.desk.accounts.all(info.context.actor)
        return [Account.of(account) for account in found]

    @resolved_field
    async def modules(self, info: Info) -> list[Module]:
        """All modules of the platform, sorted by name. Only for Operations."""
        found = await info.context.desk.modules.all(info.context.actor)
        return [Module.of(module) for module in found]

    @resolved_field
    async def enabled_modules(self, info: Info, search: Search = "") -> list[Module]:
        """The modules that your account's tokens can be granted, sorted by name."""
        found = await info.context.desk.modules.enabled(info.context.actor, search)
        return [Module.of(module) for module in found]

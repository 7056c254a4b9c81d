"""Modules: the parts of the platform, and for which accounts they are enabled."""

from collections.abc import Iterable

from tortoise.exceptions import IntegrityError
from tortoise.expressions import Q

from server.domain.actor import Actor
from server.domain.errors import Complaints, Invalid, NotFound, Taken
from server.domain.ids import IdKind
from server.domain.text_rules import clean_description, clean_name, clean_search
from server.domain.token_rules import MOST_MODULES
from server.models.accounts import EnabledModule, Module
from server.services.accounts import visible_account
from server.services.answers import ModuleInfo
from server.services.audit import PLATFORM, Audit, Unchanged
from server.services.clock import Clock


class Modules:
    """The parts of the platform."""

    def __init__(self, audit: Audit, clock: Clock) -> None:
        self._audit = audit
        self._clock = clock

    async def create(
        self, actor: Actor, module_id: str, name: str, description: str = ""
    ) -> ModuleInfo:
        """A new module under a given id `MOD-1234`, enabled for nobody yet."""
        actor.must_operate()
        complaints = Complaints()
        if not IdKind.MODULE.matches(module_id):
            complaints.add("id", f"A module id looks like {IdKind.MODULE.example}.")
        name = clean_name(name, complaints, field="name", noun="a module name")
        description = clean_description(description, complaints)
        complaints.refuse()
        try:
            async with self._audit.change(
                actor, "module.created", module_id, chain=PLATFORM
            ) as change:
                module = await Module.create(
                    id=module_id, name=name, description=description, created_at=self._clock()
                )
                change.object_name = name
                change.after = {"name": name, "description": description}
        except IntegrityError:
            raise Taken(f"There is a module {module_id} already.", path=("id",)) from None
        return module_info(module)

    async def all(self, actor: Actor) -> list[ModuleInfo]:
        """Every module there is, by name; for those who may operate."""
        actor.must_operate()
        return [module_info(row) for row in await Module.all().order_by("name", "id")]

    async def get(self, actor: Actor, module_id: str) -> ModuleInfo:
        """A module that is enabled for the actor's account; any for those who may operate."""
        actor.must_be_known()
        scope = Q() if actor.may_operate else Q(enabled_for__account_id=actor.account_id)
        named = Module.filter(scope, id=module_id).first()
        module = await named if IdKind.MODULE.matches(module_id) else None
        if module is None:
            raise NotFound(f"There is no module {module_id[:40]}.")
        return module_info(module)

    async def enabled(
        self, actor: Actor, search: str = "", *, account_id: str | None = None
    ) -> list[ModuleInfo]:
        """Modules enabled for an account (the actor's own when unsaid), by name.

        `search` finds words in name, description and id, upper and lower case alike.
        """
        actor.must_be_known()
        if account_id is None:
            account_id = actor.account_id
        else:
            await visible_account(actor, account_id)
        words = clean_search(search).split()
        rows = Module.filter(enabled_for__account_id=account_id)
        for word in words:
            rows = rows.filter(
                Q(name__icontains=word) | Q(description__icontains=word) | Q(id__icontains=word)
            )
        return [module_info(row) for row in await rows.order_by("name", "id")]

    async def enable(self, actor: Actor, module_id: str, account_id: str) -> ModuleInfo:
        """Let an account's administrators grant a module. Enabling twice changes nothing."""
        actor.must_operate()
        module = await self._get(module_id)
        await visible_account(actor, account_id)
        if await EnabledModule.exists(account_id=account_id, module_id=module_id):
            return module_info(module)
        try:
            async with self._audit.change(
                actor, "account.module_enabled", account_id, chain=account_id
            ) as change:
                await EnabledModule.create(account_id=account_id, module_id=module_id)
                change.object_name = module.name
                change.after = {"module": module_id}
        except IntegrityError:
            pass  # another process enabled it a moment ago
        return module_info(module)

    async def disable(self, actor: Actor, module_id: str, account_id: str) -> ModuleInfo:
        """Withdraw a module from an account; its tokens lose it at once."""
        actor.must_operate()
        module = await self._get(module_id)
        await visible_account(actor, account_id)
        if not await EnabledModule.exists(account_id=account_id, module_id=module_id):
            return module_info(module)
        async with self._audit.change(
            actor, "account.module_disabled", account_id, chain=account_id
        ) as change:
            if not await EnabledModule.filter(account_id=account_id, module_id=module_id).delete():
                raise Unchanged  # another process withdrew it a moment ago
            change.object_name = module.name
            change.before = {"module": module_id}
        return module_info(module)

    async def set_enabled(
        self, actor: Actor, account_id: str, module_ids: Iterable[str]
    ) -> list[ModuleInfo]:
        """Enable exactly these modules for an account; tokens lose the others at once."""
        actor.must_operate()
        account = await visible_account(actor, account_id)
        wanted = set(module_ids)
        if len(wanted) > MOST_MODULES:
            raise Invalid.one("modules", f"Select at most {MOST_MODULES:,} modules.")
        formed = [module_id for module_id in wanted if IdKind.MODULE.matches(module_id)]
        known = set(map(str, await Module.filter(id__in=formed).values_list("id", flat=True)))
        complaints = Complaints()
        for module_id in sorted(wanted - known):
            complaints.add("modules", f"There is no module {module_id[:40]}.")
        complaints.refuse()
        async with self._audit.change(
            actor, "account.modules_set", account_id, chain=account_id
        ) as change:
            rows = EnabledModule.filter(account_id=account_id)
            before = set(map(str, await rows.values_list("module_id", flat=True)))
            if before == wanted:
                raise Unchanged
            change.object_name = account.name
            change.before, change.after = {"modules": sorted(before)}, {"modules": sorted(wanted)}
            await rows.filter(module_id__in=before - wanted).delete()
            await EnabledModule.bulk_create(
                EnabledModule(account_id=account_id, module_id=each) for each in wanted - before
            )
        return await self.enabled(actor, account_id=account_id)

    async def _get(self, module_id: str) -> Module:
        named = Module.get_or_none(id=module_id)
        module = await named if IdKind.MODULE.matches(module_id) else None
        if module is None:
            raise NotFound(f"There is no module {module_id[:40]}.")
        return module


def module_info(module: Module) -> ModuleInfo:
    """A module as services answer it."""
    return ModuleInfo(module.id, module.name, module.description)

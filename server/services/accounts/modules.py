"""Modules: the parts of the platform, and the accounts that they are enabled for."""

from collections.abc import Iterable
from typing import TypeVar

from tortoise.exceptions import IntegrityError
from tortoise.expressions import Q
from tortoise.functions import Count
from tortoise.models import Model
from tortoise.queryset import QuerySet

from server.domain.actor import Actor
from server.domain.errors import FieldErrors, Invalid, NotFound, Taken
from server.domain.i18n.messages import Message
from server.domain.ids import NO_DIGITS, IdKind
from server.domain.text.validation import (
    MODULE_NAME,
    normalize_search,
    validate_description,
    validate_name,
)
from server.domain.tokens.limits import MOST_MODULES
from server.models.accounts import Account, EnabledModule, Module
from server.services.accounts.accounts import visible_account, visible_account_id
from server.services.accounts.own_modules import must_have
from server.services.accounts.views import AccountView, ModuleOffer, ModuleView
from server.services.audit.writer import PLATFORM, AuditLog, NoChange
from server.services.clock import Clock

Row = TypeVar("Row", bound=Model)


class Modules:
    """Creates and reads modules, and enables them for accounts."""

    def __init__(self, audit: AuditLog, clock: Clock) -> None:
        self._audit = audit
        self._clock = clock

    async def create(
        self, actor: Actor, module_id: str, name: str, description: str = ""
    ) -> ModuleView:
        """Create a module with the given id, `MOD-1234`. It is not enabled for any account yet."""
        actor.require_operations()
        field_errors = FieldErrors()
        if not IdKind.MODULE.matches(module_id):
            field_errors.add(
                "id", Message("A module id looks like %(example)s.", example=IdKind.MODULE.example)
            )
        elif module_id.endswith(NO_DIGITS):
            field_errors.add(
                "id", Message("Clients take %(id)s for a module that is not there.", id=module_id)
            )
        name = validate_name(name, field_errors, field="name", noun=MODULE_NAME)
        description = validate_description(description, field_errors)
        field_errors.raise_if_any()
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
            raise Taken(
                Message("There is a module %(id)s already.", id=module_id), path=("id",)
            ) from None
        return module_view(module)

    async def all(self, actor: Actor) -> list[ModuleView]:
        """Return every module, sorted by name. Needs `may_operate`."""
        actor.require_operations()
        return [module_view(row) for row in await Module.all().order_by("name", "id")]

    async def get(self, actor: Actor, module_id: str) -> ModuleView:
        """Return a module that is enabled for the actor's account, or any if it `may_operate`."""
        actor.require_authenticated()
        scope = Q() if actor.may_operate else Q(enabled_for__account_id=actor.account_id)
        named = Module.filter(scope, id=module_id).first()
        module = await named if IdKind.MODULE.matches(module_id) else None
        if module is None:
            raise NotFound(Message("There is no module %(id)s.", id=module_id[:40]))
        return module_view(module)

    async def named(self, actor: Actor, module_ids: Iterable[str]) -> dict[str, ModuleView]:
        """Return the modules that `get` would find among these ids, by id."""
        actor.require_authenticated()
        known = [each for each in module_ids if IdKind.MODULE.matches(each)]
        scope = Q() if actor.may_operate else Q(enabled_for__account_id=actor.account_id)
        return {row.id: module_view(row) for row in await Module.filter(scope, id__in=known)}

    async def offered(self, actor: Actor, account: AccountView | str) -> list[ModuleOffer]:
        """Return every module by name, and whether the account has it. Needs `may_operate`."""
        actor.require_operations()
        account_id = await visible_account_id(actor, account)
        enabled = Count("enabled_for", _filter=Q(enabled_for__account_id=account_id))
        rows = Module.all().annotate(enabled=enabled).order_by("name", "id")
        return [ModuleOffer(module_view(row), vars(row)["enabled"] > 0) for row in await rows]

    async def enabled(
        self, actor: Actor, search: str = "", *, account_id: str | None = None
    ) -> list[ModuleView]:
        """Return the modules enabled for an account, sorted by name. None means the actor's own.

        Each word of `search` must occur in the name, description or id, in upper or lower case.
        """
        actor.require_authenticated()
        if account_id is None:
            account_id = actor.account_id
        else:
            account_id = await visible_account_id(actor, account_id)
        rows = _named(Module.filter(enabled_for__account_id=account_id), "", search)
        return [module_view(row) for row in await rows.order_by("name", "id")]

    async def enabled_in(
        self, actor: Actor, account_ids: Iterable[str], search: str = ""
    ) -> dict[str, list[ModuleView]]:
        """Return the same by account id; accounts that the actor cannot see have none."""
        actor.require_authenticated()
        chosen = dict.fromkeys(account_ids)
        seen = [each for each in chosen if actor.sees_every_account or each == actor.account_id]
        found: dict[str, list[ModuleView]] = {account_id: [] for account_id in chosen}
        rows = _named(EnabledModule.filter(account_id__in=seen), "module__", search)
        ordered = rows.select_related("module").order_by("module__name", "module_id")
        for row in await ordered:
            found[row.account_id].append(module_view(row.module))
        return found

    async def enable(self, actor: Actor, module_id: str, account_id: str) -> ModuleView:
        """Enable a module for an account, so that it can be granted. Repeating changes nothing.

        A program can only enable modules that it has, and none for Operations accounts.
        """
        actor.require_operations()
        module = await self._get(module_id)
        await _must_set_modules(actor, account_id)
        must_have(actor, [module_id])
        if await EnabledModule.exists(account_id=account_id, module_id=module_id):
            return module_view(module)
        try:
            async with self._audit.change(
                actor, "account.module_enabled", account_id, chain=account_id
            ) as change:
                await EnabledModule.create(account_id=account_id, module_id=module_id)
                change.object_name = module.name
                change.after = {"module": module_id}
        except IntegrityError:
            pass  # another process enabled it at the same time
        return module_view(module)

    async def disable(self, actor: Actor, module_id: str, account_id: str) -> ModuleView:
        """Withdraw a module from an account; the account's tokens lose it at once."""
        actor.require_operations()
        module = await self._get(module_id)
        await _must_set_modules(actor, account_id)
        if not await EnabledModule.exists(account_id=account_id, module_id=module_id):
            return module_view(module)
        async with self._audit.change(
            actor, "account.module_disabled", account_id, chain=account_id
        ) as change:
            if not await EnabledModule.filter(account_id=account_id, module_id=module_id).delete():
                raise NoChange  # another process withdrew it at the same time
            change.object_name = module.name
            change.before = {"module": module_id}
        return module_view(module)

    async def set_enabled(
        self, actor: Actor, account_id: str, module_ids: Iterable[str]
    ) -> list[ModuleView]:
        """Enable exactly these modules for an account; its tokens lose all others at once.

        A program can only add modules that it has, and changes nothing for Operations accounts.
        """
        actor.require_operations()
        account = await _must_set_modules(actor, account_id)
        wanted = set(module_ids)
        if len(wanted) > MOST_MODULES:
            raise Invalid.one(
                "modules", Message("Select at most %(most)s modules.", most=MOST_MODULES)
            )
        formed = [module_id for module_id in wanted if IdKind.MODULE.matches(module_id)]
        known = set(map(str, await Module.filter(id__in=formed).values_list("id", flat=True)))
        field_errors = FieldErrors()
        for module_id in sorted(wanted - known):
            field_errors.add("modules", Message("There is no module %(id)s.", id=module_id[:40]))
        field_errors.raise_if_any()
        async with self._audit.change(
            actor, "account.modules_set", account_id, chain=account_id
        ) as change:
            rows = EnabledModule.filter(account_id=account_id)
            before = set(map(str, await rows.values_list("module_id", flat=True)))
            if before == wanted:
                raise NoChange
            must_have(actor, wanted - before)
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
            raise NotFound(Message("There is no module %(id)s.", id=module_id[:40]))
        return module


async def _must_set_modules(actor: Actor, account_id: str) -> Account:
    """Return the account if the actor may set its modules; no program may for Operations."""
    account = await visible_account(actor, account_id)
    actor.must_change_accounts_of(account.type)
    return account


def _named(rows: QuerySet[Row], module: str, search: str) -> QuerySet[Row]:
    """Filter to rows whose module has every word of `search` in its name, description or id.

    `module` is the lookup prefix that leads from the row to its module.
    """
    for word in normalize_search(search).split():
        columns = [f"{module}{column}__icontains" for column in ("name", "description", "id")]
        rows = rows.filter(Q(*(Q(**{column: word}) for column in columns), join_type=Q.OR))
    return rows


def module_view(module: Module) -> ModuleView:
    """Return the view of a module."""
    return ModuleView(module.id, module.name, module.description)

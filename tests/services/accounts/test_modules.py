"""Modules: made and enabled by Operations, shown and granted where they are enabled."""

import pytest

from server.desk import Desk
from server.domain.actor import NOBODY, OPERATOR
from server.domain.errors import Invalid, NotAllowed, NotFound, SignInNeeded, Taken
from server.services.accounts.views import ModuleView
from tests.support.evidence import dump, last_record
from tests.support.world import World


async def test_create(desk: Desk, world: World) -> None:
    module = await desk.modules.create(world.operations_admin, "MOD-3001", " Chat ", "a\r\nb")
    assert module == ModuleView("MOD-3001", "Chat", "a\nb")
    record = await last_record(desk, "platform")
    assert (record.event, record.object_id, record.object_name, record.before, record.after) == (
        "module.created",
        "MOD-3001",
        "Chat",
        None,
        {"name": "Chat", "description": "a\nb"},
    )


async def test_refused_creations_write_nothing(desk: Desk, world: World) -> None:
    before = await dump(desk)
    with pytest.raises(NotAllowed):
        await desk.modules.create(world.admin, "MOD-3001", "Chat")
    with pytest.raises(Taken, match="There is a module MOD-1756 already"):
        await desk.modules.create(OPERATOR, "MOD-1756", "Chat")
    with pytest.raises(Invalid) as refusal:
        await desk.modules.create(OPERATOR, "MOD-1", "", "\x00")
    assert [complaint.path for complaint in refusal.value.field_errors] == [
        ("id",),
        ("name",),
        ("description",),
    ]
    assert await dump(desk) == before


async def test_all_is_for_operations(desk: Desk, world: World) -> None:
    names = [module.name for module in await desk.modules.all(world.operations_admin)]
    assert names == ["Access management", "Billing", "Catalog", "Orders", "Reports"]
    with pytest.raises(NotAllowed):
        await desk.modules.all(world.admin)


async def test_enabled_are_the_accounts_own(desk: Desk, world: World) -> None:
    assert tuple(await desk.modules.enabled(world.viewer)) == world.modules.of_client
    vendors = [world.modules.access, world.modules.orders]
    assert await desk.modules.enabled(world.other_admin) == vendors
    assert await desk.modules.enabled(OPERATOR, account_id=world.vendor.id) == vendors
    assert await desk.modules.enabled(world.operations_admin) == []
    with pytest.raises(NotFound):
        await desk.modules.enabled(world.admin, account_id=world.vendor.id)
    with pytest.raises(SignInNeeded):
        await desk.modules.enabled(NOBODY)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("billing", ["Billing"]),
        ("BILL", ["Billing"]),
        ("invoices", ["Billing"]),
        ("2002", ["Catalog"]),
        ("mod-", ["Access management", "Billing", "Catalog"]),
        ("and prices", ["Catalog"]),
        ("prices and", ["Catalog"]),
        ("orders", []),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("'", []),
        ("", ["Access management", "Billing", "Catalog"]),
        ("\x00\ud800", ["Access management", "Billing", "Catalog"]),
        ("a " * 200, ["Access management", "Billing", "Catalog"]),
    ],
)
async def test_search(desk: Desk, world: World, search: str, found: list[str]) -> None:
    assert [module.name for module in await desk.modules.enabled(world.admin, search)] == found


async def test_search_does_not_mind_case_in_any_language(desk: Desk, world: World) -> None:
    await desk.modules.create(OPERATOR, "MOD-3001", "Überblick", "Отчёты")
    await desk.modules.enable(OPERATOR, "MOD-3001", world.client.id)
    for search in ("überblick", "ÜBERBLICK", "отчёты", "ОТЧЁТЫ"):
        found = await desk.modules.enabled(world.admin, search)
        assert [module.id for module in found] == ["MOD-3001"], search


async def test_enabling_and_disabling_are_recorded_once(desk: Desk, world: World) -> None:
    nowhere = world.modules.nowhere
    assert await desk.modules.enable(world.operations_admin, nowhere.id, world.client.id) == nowhere
    record = await last_record(desk, world.client.id)
    assert (record.event, record.object_id, record.object_name, record.before, record.after) == (
        "account.module_enabled",
        world.client.id,
        "Reports",
        None,
        {"module": nowhere.id},
    )
    enabled = await dump(desk)
    await desk.modules.enable(world.operations_admin, nowhere.id, world.client.id)
    assert await dump(desk) == enabled
    assert nowhere in await desk.modules.enabled(world.viewer)
    await desk.modules.disable(world.operations_admin, nowhere.id, world.client.id)
    record = await last_record(desk, world.client.id)
    assert (record.event, record.before, record.after) == (
        "account.module_disabled",
        {"module": nowhere.id},
        None,
    )
    disabled = await dump(desk)
    await desk.modules.disable(world.operations_admin, nowhere.id, world.client.id)
    assert await dump(desk) == disabled
    assert nowhere not in await desk.modules.enabled(world.viewer)


async def test_refused_enabling_writes_nothing(desk: Desk, world: World) -> None:
    before = await dump(desk)
    for change in (desk.modules.enable, desk.modules.disable):
        with pytest.raises(NotAllowed):
            await change(world.admin, "MOD-2001", world.client.id)
        for module_id in ("MOD-9999", "\x00", "\ud800", ""):
            with pytest.raises(NotFound, match="There is no module"):
                await change(OPERATOR, module_id, world.client.id)
        with pytest.raises(NotFound, match="There is no account"):
            await change(OPERATOR, "MOD-2001", "ACC-0000-0000")
    assert await dump(desk) == before


async def test_a_disabled_module_is_lost_to_its_tokens_at_once(desk: Desk, world: World) -> None:
    minted = await desk.tokens.create(
        world.admin, name="Export", module_ids=["MOD-2001", "MOD-2002"]
    )
    assert minted.secret is not None
    text = minted.secret.reveal()
    assert (await desk.verifier.verify(text, ["MOD-2001"])).valid
    await desk.modules.disable(OPERATOR, "MOD-2001", world.client.id)
    verdict = await desk.verifier.verify(text, ["MOD-2001"])
    assert verdict.missing_modules == ("MOD-2001",)
    assert (await desk.verifier.verify(text, ["MOD-2002"])).valid
    await desk.modules.enable(OPERATOR, "MOD-2001", world.client.id)
    assert (await desk.verifier.verify(text, ["MOD-2001"])).valid


async def test_get_shows_what_is_enabled_and_operations_every_module(
    desk: Desk, world: World
) -> None:
    assert await desk.modules.get(world.viewer, "MOD-2001") == world.modules.billing
    assert await desk.modules.get(world.operations_admin, "MOD-2004") == world.modules.nowhere
    for module_id in ("MOD-2003", "MOD-9999", "\x00"):
        with pytest.raises(NotFound):
            await desk.modules.get(world.admin, module_id)

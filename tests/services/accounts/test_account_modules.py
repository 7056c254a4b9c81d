"""The modules of an account, set all at once by Operations."""

import pytest

from server.desk import Desk
from server.domain.actor import NOBODY, OPERATOR
from server.domain.errors import Invalid, NotAllowed, NotFound, SignInNeeded
from tests.support.evidence import dump, records
from tests.support.factories import made, text_of
from tests.support.world import World


async def test_a_set_is_one_change_with_one_record(desk: Desk, world: World) -> None:
    minted = await made(desk, world.admin, module_ids=["MOD-1756", "MOD-2001"])
    before = len(await records(desk))
    wanted = ["MOD-2004", "MOD-1756", "MOD-2003", "MOD-1756"]
    enabled = await desk.modules.set_enabled(world.operations_admin, world.client.id, wanted)
    modules = world.modules
    assert enabled == [modules.access, modules.orders, modules.nowhere]
    assert await desk.modules.enabled(world.viewer) == enabled
    [*_, record] = [each for each in await records(desk) if each.chain == world.client.id]
    assert len(await records(desk)) == before + 1
    assert (record.event, record.object_id, record.object_name) == (
        "account.modules_set",
        world.client.id,
        "Blue Client",
    )
    assert record.before == {"modules": ["MOD-1756", "MOD-2001", "MOD-2002"]}
    assert record.after == {"modules": ["MOD-1756", "MOD-2003", "MOD-2004"]}
    assert (await desk.verifier.verify(text_of(minted), ["MOD-1756"])).valid
    verdict = await desk.verifier.verify(text_of(minted), ["MOD-1756", "MOD-2001"])
    assert verdict.missing_modules == ("MOD-2001",)
    token = await desk.tokens.get(world.viewer, minted.token.id)
    assert (token.modules, token.withdrawn_modules) == ((modules.access,), (modules.billing,))
    unchanged = await dump(desk)
    assert await desk.modules.set_enabled(OPERATOR, world.client.id, reversed(wanted)) == enabled
    assert await dump(desk) == unchanged
    assert await desk.modules.set_enabled(OPERATOR, world.client.id, []) == []
    assert not (await desk.verifier.verify(text_of(minted), ["MOD-1756"])).valid


async def test_a_refused_set_changes_nothing(desk: Desk, world: World) -> None:
    before = await dump(desk)
    for actor in (world.admin, world.viewer):
        with pytest.raises(NotAllowed):
            await desk.modules.set_enabled(actor, world.client.id, ["MOD-2004"])
    with pytest.raises(SignInNeeded):
        await desk.modules.set_enabled(NOBODY, world.client.id, [])
    for account_id in ("ACC-0000-0000", "nonsense", "\x00"):
        with pytest.raises(NotFound):
            await desk.modules.set_enabled(OPERATOR, account_id, [])
    for wrong in ("MOD-9999", "nonsense", "\x00", "\ud800", "x" * 999):
        with pytest.raises(Invalid) as refusal:
            await desk.modules.set_enabled(OPERATOR, world.client.id, ["MOD-1756", wrong])
        assert refusal.value.path == ("modules",)
    assert await dump(desk) == before

"""A program gives the tokens of its account nothing that it lacks itself."""

import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR, Actor
from server.domain.errors import Invalid, NotAllowed, by_field
from server.domain.token_rules import Grace
from server.services.token_patch import TokenPatch
from tests.services.evidence import dump
from tests.services.making import made
from tests.world import ORIGIN, World

ACCESS, BILLING, CATALOG = "MOD-1756", "MOD-2001", "MOD-2002"
LACKED = f"This token may not grant the module {CATALOG}: it lacks it itself."


async def program(desk: Desk, person: Actor, *modules: str) -> Actor:
    """A program that acts with a token of these modules."""
    minted = await desk.tokens.create(person, name="Robot", module_ids=modules)
    assert minted.secret is not None
    actor = await desk.verifier.actor(minted.secret.reveal(), ORIGIN)
    assert actor is not None
    return actor


async def token(desk: Desk, actor: Actor, *modules: str) -> str:
    """The id of a new token of these modules."""
    return (await desk.tokens.create(actor, name="New", module_ids=modules)).token.id


async def test_a_program_makes_tokens_with_what_it_has(desk: Desk, world: World) -> None:
    robot = await program(desk, world.admin, ACCESS, BILLING)
    assert await token(desk, robot, ACCESS, BILLING)
    before = await dump(desk)
    with pytest.raises(Invalid) as refusal:
        await token(desk, robot, BILLING, CATALOG)
    assert by_field(refusal.value) == {"modules": LACKED}
    with pytest.raises(Invalid, match="MOD-2003 is not enabled for this account"):
        await token(desk, robot, "MOD-2003")
    assert await dump(desk) == before


async def test_it_adds_no_other_to_a_token_itself_included(desk: Desk, world: World) -> None:
    robot = await program(desk, world.admin, ACCESS, BILLING)
    strong = await token(desk, world.admin, BILLING, CATALOG)
    # What a token has already, it may keep.
    for modules in ([CATALOG, ACCESS], [CATALOG], [ACCESS]):
        await desk.tokens.update(robot, strong, TokenPatch(module_ids=modules))
    before = await dump(desk)
    for token_id in (strong, robot.id):
        with pytest.raises(Invalid) as refusal:
            await desk.tokens.update(robot, token_id, TokenPatch(module_ids=[ACCESS, CATALOG]))
        assert by_field(refusal.value) == {"modules": LACKED}
    assert await dump(desk) == before


async def test_it_neither_drafts_nor_commits_more(desk: Desk, world: World) -> None:
    robot = await program(desk, world.admin, ACCESS, BILLING)
    more = TokenPatch(name="Robot", module_ids=[CATALOG])
    before = await dump(desk)
    with pytest.raises(Invalid) as refusal:
        await desk.drafts.create(robot, more)
    assert by_field(refusal.value) == {"modules": LACKED}
    assert await dump(desk) == before

    draft = await desk.drafts.create(world.admin, more)
    before = await dump(desk)
    with pytest.raises(Invalid) as refusal:
        await desk.drafts.commit(robot, draft.id, draft.version)
    assert by_field(refusal.value) == {"modules": LACKED}
    assert await dump(desk) == before
    assert (await desk.drafts.commit(world.admin, draft.id, draft.version)).secret is not None


async def test_it_rotates_no_token_that_may_more(desk: Desk, world: World) -> None:
    robot = await program(desk, world.admin, ACCESS, BILLING)
    strong = await token(desk, world.admin, BILLING, CATALOG)
    equal = await token(desk, world.admin, BILLING)
    for token_id in (equal, robot.id):
        assert (await desk.secrets.rotate(robot, token_id, Grace.NONE)).secret is not None
    message = f"This token may not rotate {strong}: it lacks the module {CATALOG} itself."
    # Also while the module is withdrawn, as it may be enabled again.
    for change in (None, desk.modules.disable):
        if change is not None:
            await change(OPERATOR, CATALOG, world.client.id)
        before = await dump(desk)
        with pytest.raises(NotAllowed) as refusal:
            await desk.secrets.rotate(robot, strong, Grace.NONE)
        assert refusal.value.message == message
        assert await dump(desk) == before
    assert (await desk.secrets.rotate(world.admin, strong, Grace.NONE)).secret is not None


async def test_one_that_lost_a_module_rotates_itself_all_the_same(desk: Desk, world: World) -> None:
    robot = await program(desk, world.admin, ACCESS, BILLING)
    await desk.modules.disable(OPERATOR, BILLING, world.client.id)
    assert (await desk.secrets.rotate(robot, robot.id, Grace.NONE)).secret is not None


async def test_programs_of_operations_are_bound_in_their_own_account_alone(
    desk: Desk, world: World
) -> None:
    for module in (ACCESS, CATALOG):
        await desk.modules.enable(OPERATOR, module, world.operations.id)
    robot = await program(desk, world.operations_admin, ACCESS)
    minted = await desk.tokens.create(
        robot, name="Theirs", module_ids=[CATALOG], account_id=world.client.id
    )
    assert [module.id for module in minted.token.modules] == [CATALOG]
    both = TokenPatch(module_ids=[CATALOG, BILLING])
    changed = await desk.tokens.update(robot, minted.token.id, both)
    assert [module.id for module in changed.modules] == [BILLING, CATALOG]
    for account_id in (None, world.operations.id):
        with pytest.raises(Invalid) as refusal:
            await desk.tokens.create(
                robot, name="Ours", module_ids=[CATALOG], account_id=account_id
            )
        assert by_field(refusal.value) == {"modules": LACKED}


async def test_people_grant_all_that_is_enabled(desk: Desk, world: World) -> None:
    minted = await made(desk, world.admin)
    patch = TokenPatch(module_ids=[ACCESS, BILLING, CATALOG])
    changed = await desk.tokens.update(world.admin, minted.token.id, patch)
    assert len(changed.modules) == 3

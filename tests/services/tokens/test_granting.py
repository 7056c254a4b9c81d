"""A program gives the tokens of its account nothing that it lacks itself."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR, AccountType, Actor, Role
from server.domain.errors import Invalid, NotAllowed, by_field
from server.domain.tokens.lifecycle import TokenStatus
from server.domain.tokens.secret_policy import Grace
from server.services.tokens.patch import TokenPatch
from tests.support.evidence import dump
from tests.support.factories import made
from tests.support.world import ORIGIN, World

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


async def operations_program(desk: Desk, world: World) -> Actor:
    """A program of Operations with two of the three modules that its account has."""
    for module in (ACCESS, BILLING, CATALOG):
        await desk.modules.enable(OPERATOR, module, world.operations.id)
    return await program(desk, world.operations_admin, ACCESS, BILLING)


async def test_programs_of_operations_are_bound_in_every_account(desk: Desk, world: World) -> None:
    robot = await operations_program(desk, world)
    minted = await desk.tokens.create(
        robot, name="Theirs", module_ids=[BILLING], account_id=world.client.id
    )
    assert [module.id for module in minted.token.modules] == [BILLING]
    second = await desk.accounts.create(OPERATOR, "Second", AccountType.OPERATIONS)
    await desk.modules.enable(OPERATOR, CATALOG, second.id)
    before = await dump(desk)
    for account_id in (None, world.operations.id, world.client.id, second.id):
        with pytest.raises(Invalid) as refusal:
            await desk.tokens.create(
                robot, name="More", module_ids=[CATALOG], account_id=account_id
            )
        assert by_field(refusal.value) == {"modules": LACKED}
    with pytest.raises(Invalid) as refusal:
        await desk.tokens.update(robot, minted.token.id, TokenPatch(module_ids=[BILLING, CATALOG]))
    assert by_field(refusal.value) == {"modules": LACKED}
    assert await dump(desk) == before


async def test_nor_do_they_enable_what_they_lack(desk: Desk, world: World) -> None:
    robot = await operations_program(desk, world)
    message = f"This token may not enable the module {CATALOG}: it lacks it itself."
    before = await dump(desk)
    with pytest.raises(NotAllowed) as refusal:
        await desk.modules.enable(robot, CATALOG, world.vendor.id)
    assert refusal.value.message == message
    with pytest.raises(NotAllowed) as refusal:
        await desk.modules.set_enabled(robot, world.vendor.id, [ACCESS, BILLING, CATALOG])
    assert refusal.value.message == message
    assert await dump(desk) == before
    # What an account has already, it may keep.
    kept = await desk.modules.set_enabled(robot, world.client.id, [ACCESS, CATALOG])
    assert [module.id for module in kept] == [ACCESS, CATALOG]
    assert (await desk.modules.enable(robot, BILLING, world.vendor.id)).id == BILLING


async def test_no_program_becomes_a_person_or_makes_itself_another_operations_account(
    desk: Desk, world: World
) -> None:
    robot = await operations_program(desk, world)
    second = await desk.accounts.create(OPERATOR, "Second", AccountType.OPERATIONS)
    shut = await desk.accounts.create(OPERATOR, "Shut", AccountType.OPERATIONS)
    await desk.accounts.disable(OPERATOR, shut.id)
    attempts: list[Callable[[], Awaitable[object]]] = [
        lambda: desk.users.create_sign_in_link(robot, world.operations_email),
        lambda: desk.users.create(robot, "n@x.example", "N", second.id, Role.ADMINISTRATOR),
        lambda: desk.accounts.create(robot, "Third", AccountType.OPERATIONS),
        lambda: desk.modules.enable(robot, BILLING, second.id),
        lambda: desk.modules.set_enabled(robot, second.id, [BILLING]),
        lambda: desk.modules.disable(robot, CATALOG, world.operations.id),
        lambda: desk.accounts.enable(robot, shut.id),
        lambda: desk.accounts.disable(robot, second.id),
    ]
    before = await dump(desk)
    for attempt in attempts:
        with pytest.raises(NotAllowed, match="not a program"):
            await attempt()
    assert await dump(desk) == before


async def test_no_program_brings_a_stronger_token_back(desk: Desk, world: World) -> None:
    robot = await program(desk, world.admin, ACCESS, BILLING)
    soon = desk.clock() + timedelta(days=1)
    strong = await token(desk, world.admin, BILLING, CATALOG)
    await desk.tokens.update(world.admin, strong, TokenPatch(expires_at=soon))
    before = await dump(desk)
    for later in (None, soon + timedelta(days=1)):
        with pytest.raises(NotAllowed) as refusal:
            await desk.tokens.update(robot, strong, TokenPatch(expires_at=later))
        assert refusal.value.message == (
            f"This token may not prolong {strong}: it lacks the module {CATALOG} itself."
        )
    assert await dump(desk) == before
    # To shorten, rename and switch off gives nobody anything.
    sooner = TokenPatch(name="Sooner", expires_at=soon - timedelta(hours=1))
    await desk.tokens.update(robot, strong, sooner)
    await desk.tokens.disable(robot, strong)
    before = await dump(desk)
    with pytest.raises(NotAllowed) as refusal:
        await desk.tokens.enable(robot, strong)
    assert refusal.value.message == (
        f"This token may not enable {strong}: it lacks the module {CATALOG} itself."
    )
    assert await dump(desk) == before
    # Without that module it may.
    await desk.tokens.update(robot, strong, TokenPatch(module_ids=[BILLING], expires_at=None))
    assert (await desk.tokens.enable(robot, strong)).status is TokenStatus.ACTIVE


async def test_a_repeated_commit_tells_no_value_of_what_may_more_by_now(
    desk: Desk, world: World
) -> None:
    robot = await program(desk, world.admin, ACCESS, BILLING)
    draft = await desk.drafts.create(robot, TokenPatch(name="Robot", module_ids=[BILLING]))
    made = await desk.drafts.commit(robot, draft.id, draft.version)
    assert (await desk.drafts.commit(robot, draft.id, draft.version)).secret == made.secret
    patch = TokenPatch(module_ids=[BILLING, CATALOG])
    await desk.tokens.update(world.admin, made.token.id, patch)
    assert (await desk.drafts.commit(robot, draft.id, draft.version)).secret is None


async def test_people_grant_all_that_is_enabled(desk: Desk, world: World) -> None:
    minted = await made(desk, world.admin)
    patch = TokenPatch(module_ids=[ACCESS, BILLING, CATALOG])
    changed = await desk.tokens.update(world.admin, minted.token.id, patch)
    assert len(changed.modules) == 3

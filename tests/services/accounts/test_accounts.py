"""Accounts: who makes them, who sees them, and their reveal policy."""

import pytest

from server.desk import Desk
from server.domain.actor import NOBODY, OPERATOR, AccountType, Actor, ActorKind
from server.domain.errors import Invalid, NotAllowed, NotFound, SignInNeeded
from server.domain.i18n.language import Language
from server.domain.ids import IdKind
from server.domain.tokens.secret_policy import RevealPolicy
from server.models.tokens import TokenSecret
from server.services.accounts.views import AccountView
from tests.support.evidence import dump, last_record, records
from tests.support.world import World


async def test_create(desk: Desk, world: World) -> None:
    account = await desk.accounts.create(world.operations_admin, "  Green  ", AccountType.VENDOR)
    assert IdKind.ACCOUNT.matches(account.id)
    assert account == AccountView(
        account.id, "Green", AccountType.VENDOR, active=True, reveal=RevealPolicy.ALWAYS
    )
    assert await desk.accounts.get(world.operations_admin, account.id) == account
    [record] = await records(desk, of=account.id)
    assert (record.event, record.chain, record.position) == ("account.created", account.id, 1)
    assert (record.actor_id, record.actor_kind) == (world.operations_admin.id, "user")
    assert (record.before, record.after) == (None, {"name": "Green", "type": "vendor"})


async def test_create_is_for_operations_alone(desk: Desk, world: World) -> None:
    before = await dump(desk)
    for actor in (world.admin, world.viewer, world.other_admin):
        with pytest.raises(NotAllowed):
            await desk.accounts.create(actor, "Green", AccountType.OPERATIONS)
    with pytest.raises(SignInNeeded):
        await desk.accounts.create(NOBODY, "Green", AccountType.OPERATIONS)
    with pytest.raises(Invalid, match="Enter an account name"):
        await desk.accounts.create(OPERATOR, "\u200b", AccountType.CLIENT)
    assert await dump(desk) == before


async def test_each_sees_the_own_account_and_operations_all(desk: Desk, world: World) -> None:
    everyone = [world.client, world.operations, world.vendor]
    assert await desk.accounts.all(world.operations_admin) == everyone
    assert await desk.accounts.all(OPERATOR) == everyone
    assert await desk.accounts.all(world.viewer) == [world.client]
    assert await desk.accounts.get(world.viewer, world.client.id) == world.client
    assert await desk.accounts.get(world.operations_admin, world.vendor.id) == world.vendor
    with pytest.raises(SignInNeeded):
        await desk.accounts.all(NOBODY)


@pytest.mark.parametrize(
    "account_id", ["ACC-0000-0000", "", "nonsense", "\x00", "\ud800", "x" * 99]
)
async def test_not_yours_and_not_there_read_alike(
    desk: Desk, world: World, account_id: str
) -> None:
    for actor in (world.admin, world.operations_admin):
        with pytest.raises(NotFound) as refusal:
            await desk.accounts.get(actor, account_id)
        assert refusal.value.message == f"There is no account {account_id[:40]}."
    with pytest.raises(NotFound, match=f"There is no account {world.vendor.id}"):
        await desk.accounts.get(world.admin, world.vendor.id)


async def test_reveal_policy_is_the_administrators(desk: Desk, world: World) -> None:
    before = await dump(desk)
    with pytest.raises(NotAllowed):
        await desk.accounts.set_reveal(world.viewer, world.client.id, RevealPolicy.ONCE)
    with pytest.raises(NotFound):
        await desk.accounts.set_reveal(world.other_admin, world.client.id, RevealPolicy.ONCE)
    assert await dump(desk) == before
    changed = await desk.accounts.set_reveal(world.admin, world.client.id, RevealPolicy.ONCE)
    assert changed.reveal is RevealPolicy.ONCE
    assert await desk.accounts.get(world.admin, world.client.id) == changed
    record = await last_record(desk, world.client.id)
    assert (record.event, record.object_id, record.object_name, record.before, record.after) == (
        "account.reveal_changed",
        world.client.id,
        "Blue Client",
        {"reveal": "always"},
        {"reveal": "once"},
    )


async def test_the_language_is_the_administrators(desk: Desk, world: World) -> None:
    before = await dump(desk)
    with pytest.raises(NotAllowed):
        await desk.accounts.set_language(world.viewer, world.client.id, Language.GERMAN)
    with pytest.raises(NotFound):
        await desk.accounts.set_language(world.other_admin, world.client.id, Language.GERMAN)
    same = await desk.accounts.set_language(world.admin, world.client.id, Language.AUTOMATIC)
    assert same == world.client
    assert await dump(desk) == before
    changed = await desk.accounts.set_language(world.admin, world.client.id, Language.GERMAN)
    assert changed.language is Language.GERMAN
    assert await desk.accounts.get(world.admin, world.client.id) == changed
    record = await last_record(desk, world.client.id)
    assert (record.event, record.before, record.after) == (
        "account.language_changed",
        {"language": "automatic"},
        {"language": "de"},
    )


async def test_reveal_once_destroys_the_sealed_values_of_this_account_alone(
    desk: Desk, world: World
) -> None:
    ours = await desk.tokens.create(world.admin, name="Ours", module_ids=["MOD-1756"])
    theirs = await desk.tokens.create(world.other_admin, name="Theirs", module_ids=["MOD-1756"])
    await desk.accounts.set_reveal(world.admin, world.client.id, RevealPolicy.ONCE)
    assert (await TokenSecret.get(token_id=ours.token.id)).sealed is None
    assert (await TokenSecret.get(token_id=theirs.token.id)).sealed is not None
    assert ours.secret is not None
    assert (await desk.verifier.verify(ours.secret.reveal())).valid


async def test_a_program_of_an_account_may_not_reach_another(desk: Desk, world: World) -> None:
    program = Actor(
        ActorKind.TOKEN,
        "TKN-1234-5678",
        "Export",
        account_id=world.vendor.id,
        account_type=AccountType.VENDOR,
        module_ids=frozenset({"MOD-1756"}),
    )
    before = await dump(desk)
    with pytest.raises(NotFound):
        await desk.accounts.get(program, world.client.id)
    for account in (world.client, world.vendor):
        with pytest.raises(NotAllowed, match="not a program"):
            await desk.accounts.set_reveal(program, account.id, RevealPolicy.ONCE)
        with pytest.raises(NotAllowed, match="not a program"):
            await desk.accounts.rename(program, account.id, "Mine")
    assert await dump(desk) == before

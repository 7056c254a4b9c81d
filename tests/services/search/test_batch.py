"""What is told of many tokens at once is what is told of each of them."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import product
from typing import Any, Final

import pytest

from server.desk import Desk
from server.domain.actor import NOBODY, Actor
from server.domain.errors import Invalid, NotFound, SignInNeeded
from server.domain.tokens.secret_policy import Grace
from server.services.audit.batch import CursorArgs
from server.services.audit.trail import AuditFilter
from server.services.tokens.patch import TokenPatch
from server.services.usage.views import UsageStep
from tests.support.clock import TurnableClock
from tests.support.world import World

MANY: Final = {
    "tokens": lambda desk: desk.token_batches.tokens,
    "milestones": lambda desk: desk.token_batches.milestones,
    "old secrets": lambda desk: desk.token_batches.old_secrets,
    "usage": lambda desk: desk.token_batches.usage,
    "callers": lambda desk: desk.token_batches.callers,
    "module uses": lambda desk: desk.token_batches.module_uses,
}
ONE: Final[dict[str, Callable[[Desk], Callable[..., Awaitable[Any]]]]] = {
    "tokens": lambda desk: desk.tokens.get,
    "milestones": lambda desk: desk.tokens.milestones,
    "old secrets": lambda desk: desk.secrets.old,
    "usage": lambda desk: _used(desk, "points"),
    "callers": lambda desk: _used(desk, "callers"),
    "module uses": lambda desk: _used(desk, "modules"),
}
LookUp = Callable[..., Awaitable[Any]]


def _used(desk: Desk, part: str) -> LookUp:
    async def look_up(actor: Actor, token_id: str) -> Any:
        return getattr(await desk.usage.for_token(actor, token_id), part)

    return look_up


@pytest.fixture
async def token_ids(desk: Desk, world: World, clock: TurnableClock) -> list[str]:
    """Three tokens with a life behind them, one of another account, one deleted, and nothing."""
    ids = []
    for number in range(3):
        minted = await desk.tokens.create(
            world.admin, name=f"Robot {number}", module_ids=["MOD-1756", "MOD-2001"]
        )
        assert minted.secret is not None
        ids.append(minted.token.id)
        for _ in range(number + 1):
            clock.advance(timedelta(hours=7))
            await desk.verifier.verify(
                minted.secret.reveal(), ["MOD-2001"][:number], used_from=world.admin.origin
            )
        await desk.usage.write()
        await desk.tokens.update(world.admin, ids[-1], TokenPatch(description=f"No. {number}"))
    for _ in range(2):
        clock.advance(timedelta(minutes=1))
        await desk.secrets.rotate(world.admin, ids[1], Grace.ONE_DAY)
    await desk.tokens.disable(world.admin, ids[2])
    other = await desk.tokens.create(world.other_admin, name="Other", module_ids=["MOD-1756"])
    gone = await desk.tokens.create(world.admin, name="Gone", module_ids=["MOD-1756"])
    await desk.tokens.delete(world.admin, gone.token.id)
    return [*ids, other.token.id, gone.token.id, "TKN-0000-0000", "nonsense"]


@pytest.mark.parametrize("detail", MANY)
async def test_of_many_as_of_each(
    detail: str, desk: Desk, world: World, token_ids: list[str]
) -> None:
    many: LookUp = MANY[detail](desk)
    one: LookUp = ONE[detail](desk)
    for actor, seen in ((world.viewer, token_ids[:3]), (world.operations_admin, token_ids[:4])):
        found = await many(actor, [*token_ids, token_ids[0]])
        assert found == {token_id: await one(actor, token_id) for token_id in seen}
        for token_id in set(token_ids) - set(seen):
            with pytest.raises(NotFound):
                await one(actor, token_id)
    with pytest.raises(SignInNeeded):
        await many(NOBODY, token_ids)


async def test_usage_in_other_steps(desk: Desk, world: World, token_ids: list[str]) -> None:
    until = desk.clock()
    asked = (until - timedelta(days=2), until, UsageStep.HOUR)
    found = await desk.token_batches.usage(world.admin, token_ids, *asked)
    assert set(found) == set(token_ids[:3])
    for token_id, points in found.items():
        assert points == (await desk.usage.for_token(world.admin, token_id, *asked)).points
        assert sum(point.accepted for point in points) > 0
    with pytest.raises(Invalid):
        await desk.token_batches.usage(world.admin, token_ids, until, until)


async def test_stretches_of_many_trails_as_of_each(
    desk: Desk, world: World, token_ids: list[str]
) -> None:
    trail = desk.audit_trail
    middle = await trail.cursor_page(
        world.admin, first=3, wanted=AuditFilter(object_id=token_ids[1])
    )
    cursors = (None, middle.cursors[0], middle.cursors[2])
    stretches = [
        *(
            CursorArgs(first, after, None, before)
            for first, after, before in product((None, 0, 2), cursors, cursors)
        ),
        *(CursorArgs(None, after, 2, before) for after, before in product(cursors, cursors)),
    ]
    for actor, stretch in product((world.viewer, world.operations_admin), stretches):
        if actor is world.operations_admin and (stretch.after or stretch.before):
            continue  # a cursor is good for one account alone
        found = await trail.cursor_pages(actor, token_ids, stretch)
        assert list(found) == token_ids
        for token_id, window in found.items():
            alone = await trail.cursor_page(
                actor,
                first=stretch.first,
                after=stretch.after,
                last=stretch.last,
                before=stretch.before,
                wanted=AuditFilter(object_id=token_id),
            )
            assert window == alone, (stretch, token_id)


async def test_stretches_show_no_other_account(
    desk: Desk, world: World, token_ids: list[str]
) -> None:
    found = await desk.audit_trail.cursor_pages(world.admin, [token_ids[3]], CursorArgs())
    assert found[token_ids[3]].total == 0
    assert found[token_ids[3]].items == []
    with pytest.raises(SignInNeeded):
        await desk.audit_trail.cursor_pages(NOBODY, token_ids, CursorArgs())
    with pytest.raises(Invalid):
        await desk.audit_trail.cursor_pages(world.admin, token_ids, CursorArgs(first=101))
    with pytest.raises(Invalid):
        await desk.audit_trail.cursor_pages(world.admin, token_ids, CursorArgs(after="forged"))


async def test_accounts_modules_and_records_by_their_ids(desk: Desk, world: World) -> None:
    accounts = [world.client.id, world.vendor.id, "ACC-0000-0000"]
    modules = ["MOD-1756", "MOD-2003", "nonsense"]
    record = (await desk.audit_trail.cursor_page(world.operations_admin, first=1)).items[0]
    mine = (await desk.audit_trail.cursor_page(world.admin, first=1)).items[0]

    async def seen(actor: Actor) -> tuple[set[str], ...]:
        return (
            set(await desk.accounts.named(actor, accounts)),
            set(await desk.modules.named(actor, modules)),
            set(await desk.audit_trail.named(actor, [record.id, mine.id, "nonsense"])),
        )

    assert await seen(world.viewer) == (
        {world.client.id},
        {"MOD-1756"},
        {mine.id} | ({record.id} if record.account_id == world.client.id else set()),
    )
    assert await seen(world.operations_admin) == (
        {world.client.id, world.vendor.id},
        {"MOD-1756", "MOD-2003"},
        {record.id, mine.id},
    )
    with pytest.raises(SignInNeeded):
        await seen(NOBODY)


@pytest.mark.parametrize("search", ["", "bill", "manage tokens", "MOD-2003"])
async def test_modules_enabled_in_many_accounts(search: str, desk: Desk, world: World) -> None:
    both = [world.client.id, world.vendor.id]
    found = await desk.modules.enabled_in(world.operations_admin, both, search)
    for account_id in both:
        alone = await desk.modules.enabled(world.operations_admin, search, account_id=account_id)
        assert found[account_id] == alone
    of_client = await desk.modules.enabled_in(world.viewer, both, search)
    assert of_client == {world.client.id: found[world.client.id], world.vendor.id: []}
    with pytest.raises(SignInNeeded):
        await desk.modules.enabled_in(NOBODY, both, search)

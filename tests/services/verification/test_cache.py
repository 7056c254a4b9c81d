"""The memory of verification: bounded, emptied by changes, and never believed while deaf."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.domain.tokens.secret import Secret
from server.domain.tokens.secret_policy import Grace
from server.domain.verification.verdict import Outcome
from server.services.verification.verifier import Verifier
from tests.support.clock import TurnableClock
from tests.support.factories import made
from tests.support.world import ORIGIN, World

NOBODY = "-none"
"""How ids end that are looked up although no token can have them."""


class Reads:
    """Counts the queries that verification makes."""

    def __init__(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        self._rows = desk.verifier._rows
        monkeypatch.setattr(desk.verifier, "_rows", self)

    @property
    def count(self) -> int:
        return len(self.asked)

    async def __call__(self, token_id: str) -> Sequence[Mapping[str, Any]]:
        self.asked.append(NOBODY if token_id.endswith(NOBODY) else token_id)
        return await self._rows(token_id)


@pytest.fixture
def reads(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Reads:
    return Reads(desk, monkeypatch)


async def test_a_first_refusal_costs_the_same_look_ups_whatever_there_is(
    desk: Desk, world: World, value: str, reads: Reads, clock: TurnableClock
) -> None:
    """One that finds a token and one that finds none; a second refusal costs neither."""
    other = (await made(desk, world.admin)).token.id
    mine = value[4:17]
    await outcome(desk, value)

    async def cost(token_id: str) -> list[str]:
        reads.asked.clear()
        assert await outcome(desk, Secret.generate(token_id).reveal()) is Outcome.UNKNOWN
        return reads.asked.copy()

    assert await cost("TKN-0000-0001") == ["TKN-0000-0001", mine]
    assert await cost(mine) == [mine, NOBODY]
    assert await cost(other) == [other, NOBODY]
    for again in ("TKN-0000-0001", mine, other):
        assert await cost(again) == []
    assert await outcome(desk, value) is Outcome.VALID
    desk.events.lose(clock())
    for _ in range(2):
        unknown, found = await cost("TKN-0000-0001")
        assert unknown == "TKN-0000-0001"
        assert found in (mine, other)
        assert await cost(other) == [other, NOBODY]


@pytest.fixture
async def value(desk: Desk, world: World) -> str:
    """A valid secret, on a desk that hears of every change."""
    desk.events.begin()
    minted = await made(desk, world.admin)
    assert minted.secret is not None
    return minted.secret.reveal()


async def outcome(desk: Desk, value: str, *modules: str) -> Outcome:
    return (await desk.verifier.verify(value, modules)).outcome


async def test_a_token_is_read_once(desk: Desk, value: str, reads: Reads) -> None:
    for _ in range(3):
        assert await outcome(desk, value) is Outcome.VALID
    assert reads.count == 1


async def test_nothing_is_believed_while_changes_may_be_missed(
    desk: Desk, value: str, reads: Reads, clock: TurnableClock
) -> None:
    await outcome(desk, value)
    desk.events.lose(clock())
    for expected in (2, 3):
        assert await outcome(desk, value) is Outcome.VALID
        assert reads.count == expected
    assert desk.verifier.verify_cached(value.encode(), None, b"") is None
    desk.events.begin()
    assert value[4:17] not in desk.verifier.memory
    await outcome(desk, value)
    await outcome(desk, value)
    assert reads.count == 4


async def test_an_unknown_id_is_read_once_and_known_as_soon_as_it_is_made(
    desk: Desk, value: str, reads: Reads
) -> None:
    made_up = Secret.generate("TKN-0000-0001").reveal()
    for _ in range(5):
        assert await outcome(desk, made_up) is Outcome.UNKNOWN
    assert reads.asked == ["TKN-0000-0001", "TKN-0000-0001"]  # nothing was found that it could ask
    assert desk.verifier.memory.is_missing("TKN-0000-0001")


async def test_what_is_recognised_is_counted_and_never_outlives_its_expiry(
    desk: Desk, world: World, clock: TurnableClock, value: str
) -> None:
    ends = clock() + timedelta(hours=1)
    minted = await desk.tokens.create(
        world.admin, name="Brief", module_ids=["MOD-2001"], expires_at=ends
    )
    assert minted.secret is not None
    text = minted.secret.reveal()
    assert desk.verifier.verify_cached(text.encode(), None, b"") is None  # it was not right yet
    await desk.verifier.verify(text, used_from=ORIGIN)
    assert desk.verifier.verify_cached(text.encode(), ("192.0.2.1", 1), b"curl") is not None
    await desk.usage.write()
    assert (await desk.tokens.get(world.admin, minted.token.id)).last_access_at == clock()
    for wrong in ("", "x", "idt:", text[:-1], text + "x", text[:-7] + "0000000", "ä" * 82):
        assert desk.verifier.verify_cached(wrong.encode(), None, b"") is None
    clock.advance(timedelta(hours=1))
    assert desk.verifier.verify_cached(text.encode(), None, b"") is None
    assert await outcome(desk, text) is Outcome.EXPIRED


@pytest.mark.parametrize("change", ["disable", "delete", "rotate", "account", "modules"])
async def test_a_change_is_heard_at_once(desk: Desk, world: World, value: str, change: str) -> None:
    token_id = value[4:17]
    await desk.verifier.verify(value, used_from=ORIGIN)
    assert desk.verifier.verify_cached(value.encode(), None, b"") is not None
    match change:
        case "disable":
            await desk.tokens.disable(world.admin, token_id)
        case "delete":
            await desk.tokens.delete(world.admin, token_id)
        case "rotate":
            await desk.secrets.rotate(world.admin, token_id, Grace.NONE)
        case "account":
            await desk.accounts.disable(OPERATOR, world.client.id)
        case "modules":
            await desk.modules.set_enabled(OPERATOR, world.client.id, [])
    assert desk.verifier.verify_cached(value.encode(), None, b"") is None
    assert await outcome(desk, value, "MOD-2001") is not Outcome.VALID


async def test_what_was_read_before_a_change_is_not_kept_after_it(
    desk: Desk, world: World, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = desk.verifier._rows

    async def slow(token_id: str) -> Sequence[Mapping[str, Any]]:
        found = await rows(token_id)
        await desk.tokens.disable(world.admin, token_id)
        return found

    monkeypatch.setattr(desk.verifier, "_rows", slow)
    await outcome(desk, value)
    monkeypatch.undo()
    assert value[4:17] not in desk.verifier.memory
    assert await outcome(desk, value) is Outcome.DISABLED


async def test_the_least_recently_used_leaves_first(desk: Desk, world: World) -> None:
    small = Verifier(
        desk.verifier._key_ring,
        desk.events,
        desk.usage,
        desk.clock,
        desk.token_lookup.rows,
        desk.verification_metrics,
        remembered_tokens=2,
        outage_grace=timedelta(0),
    )
    desk.events.begin()
    values = []
    for _ in range(3):
        minted = await made(desk, world.admin)
        assert minted.secret is not None
        values.append(minted.secret.reveal())
    for text in (values[0], values[1], values[0], values[2]):
        assert (await small.verify(text)).valid
    assert small.memory.ids() == [values[0][4:17], values[2][4:17]]
    assert not any(text[18:] in repr(vars(small.memory)) for text in values)

"""Followings of changes are bounded: of a caller, of an account, in all, and in time."""

from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from server.domain.actor import NOBODY
from server.domain.errors import SignInNeeded, TooMany, Unavailable
from server.services.events.bus import EventBus
from server.services.subscriptions import stream
from server.services.subscriptions.stream import ChangeStream
from tests.services.subscriptions.following import ACTOR, Caller
from tests.support.clock import TurnableClock


@pytest.fixture
def feed(clock: TurnableClock) -> ChangeStream:
    """Passes on what is heard."""
    announcements = EventBus()
    feed = ChangeStream(announcements, clock)
    announcements.begin()
    return feed


async def test_followings_are_bounded(
    feed: ChangeStream, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "MOST_PER_CALLER", 2)
    monkeypatch.setattr(stream, "MOST_IN_ALL", 3)
    others = [replace(ACTOR, id=f"TKN-0000-000{number}") for number in (2, 3)]
    first, second = Caller(clock, others[0]), Caller(clock, others[1])
    async with feed.follow(others[0], first), feed.follow(others[0], first):
        with pytest.raises(TooMany):
            async with feed.follow(others[0], first):
                raise AssertionError("a third of the same caller")
        async with feed.follow(others[1], second):
            with pytest.raises(TooMany):
                async with feed.follow(ACTOR, Caller(clock)):
                    raise AssertionError("a fourth of all")
        async with feed.follow(ACTOR, Caller(clock)):
            assert len(feed) == 3
    assert len(feed) == 0


async def test_an_account_leaves_room_for_others(
    feed: ChangeStream, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, number in {"MOST_PER_ACCOUNT": 2, "MOST_IN_ALL": 6, "KEPT": 2, "FEW": 1}.items():
        monkeypatch.setattr(stream, name, number)
    callers = [
        replace(ACTOR, id=f"TKN-0000-00{account}{each}", account_id=f"ACC-0000-000{account}")
        for account in range(4)
        for each in range(3)
    ]
    followed = []
    async with AsyncExitStack() as stack:
        for each in callers:
            try:
                await stack.enter_async_context(feed.follow(each, Caller(clock, each)))
            except TooMany:
                continue
            followed.append(each.account_id)
        assert followed == [
            *["ACC-0000-0000"] * 2,
            *["ACC-0000-0001"] * 2,
            "ACC-0000-0002",
            "ACC-0000-0003",
        ]
    assert len(feed) == 0


async def test_nobody_follows(feed: ChangeStream, clock: TurnableClock) -> None:
    with pytest.raises(SignInNeeded):
        async with feed.follow(NOBODY, Caller(clock, NOBODY)):
            raise AssertionError("nobody may")
    assert len(feed) == 0


async def test_nothing_begins_when_the_process_is_about_to_stop(
    feed: ChangeStream, clock: TurnableClock
) -> None:
    feed.close()
    with pytest.raises(Unavailable):
        async with feed.follow(ACTOR, Caller(clock)):
            raise AssertionError("it is about to stop")

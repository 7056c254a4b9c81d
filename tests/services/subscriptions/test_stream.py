"""Followers of changes: bounded, told once, and no longer than they may."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from server.domain.actor import OPERATOR, AccountType, Actor
from server.domain.errors import (
    ChangesMissed,
    DomainError,
    SignInNeeded,
    TooSlow,
    Unavailable,
)
from server.services.events.bus import ChangeEvent, EventBus
from server.services.subscriptions import stream
from server.services.subscriptions.stream import (
    MOST_WAITING,
    ChangeFilter,
    ChangeStream,
    ChangeSubscription,
)
from tests.services.subscriptions.following import ACTOR, OTHER, OWN, Caller, news
from tests.support.clock import TurnableClock


@pytest.fixture
def announcements() -> EventBus:
    """What a process hears."""
    return EventBus()


@pytest.fixture
def feed(announcements: EventBus, clock: TurnableClock) -> ChangeStream:
    """Passes on what is heard."""
    feed = ChangeStream(announcements, clock)
    announcements.begin()
    return feed


@pytest.fixture
def caller(clock: TurnableClock) -> Caller:
    """A program of an account."""
    return Caller(clock)


async def end_of(following: ChangeSubscription) -> DomainError:
    """Why it ends, with nothing told before."""
    with pytest.raises(DomainError) as end:
        await asyncio.wait_for(anext(following), 5)
    return end.value


async def test_a_change_of_this_process_is_told_once(
    feed: ChangeStream, announcements: EventBus, caller: Caller
) -> None:
    own, other = news(), news()
    async with feed.follow(ACTOR, caller) as following:
        announcements.publish_local(own)  # as it is made, and then again as it is heard
        announcements.hear(own)
        announcements.hear(other)
        assert [await anext(following), await anext(following)] == [own, other]
        feed.close()
        assert isinstance(await end_of(following), ChangesMissed)


@pytest.mark.parametrize(
    ("actor", "seen"),
    [
        (ACTOR, [OWN]),
        (replace(ACTOR, account_type=AccountType.OPERATIONS), [OTHER, "platform", OWN]),
        (OPERATOR, [OTHER, "platform", OWN]),
    ],
)
async def test_who_sees_what(
    actor: Actor, seen: list[str], feed: ChangeStream, announcements: EventBus, clock: TurnableClock
) -> None:
    async with feed.follow(actor, Caller(clock, actor)) as following:
        for chain in (OTHER, "platform", OWN):  # what is not to be seen comes first
            announcements.hear(news(chain=chain))
        told = [(await anext(following)).chain for _ in seen]
        feed.close()
        assert (told, type(await end_of(following))) == (seen, ChangesMissed)


async def test_only_what_is_wanted_is_told(
    feed: ChangeStream, announcements: EventBus, caller: Caller
) -> None:
    wanted = ChangeFilter(about=("token.", "account."), object_id="TKN-0000-0002")
    async with feed.follow(ACTOR, caller, wanted) as following:
        announcements.hear(news())
        announcements.hear(news("user.joined", "TKN-0000-0002"))
        right = news("token.deleted", "TKN-0000-0002")
        announcements.hear(right)
        assert await anext(following) == right


async def test_a_slow_follower_is_let_go_and_nothing_is_kept(
    feed: ChangeStream, announcements: EventBus, caller: Caller
) -> None:
    async with (
        feed.follow(ACTOR, caller) as slow,
        feed.follow(ACTOR, caller) as quick,
    ):
        for _ in range(MOST_WAITING):
            announcements.hear(news())
            await anext(quick)
        assert len(slow._waiting) == MOST_WAITING
        last = news()
        announcements.hear(last)
        assert await anext(quick) == last, "another follower is not bothered"
        assert len(slow._waiting) == 0
        for _ in range(1_000):
            announcements.hear(news())
        assert len(slow._waiting) == 0
        assert isinstance(await end_of(slow), TooSlow)


async def test_what_may_have_been_missed_is_told(
    feed: ChangeStream,
    announcements: EventBus,
    caller: Caller,
    clock: TurnableClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with feed.follow(ACTOR, caller) as following:
        waiting = asyncio.create_task(end_of(following))
        await asyncio.sleep(0)
        announcements.lose(clock())
        assert isinstance(await waiting, ChangesMissed)
    with monkeypatch.context() as impatient:
        impatient.setattr(stream, "HEARING_WITHIN_SECONDS", 0.01)
        with pytest.raises(Unavailable):
            async with feed.follow(ACTOR, caller):
                raise AssertionError("nothing can be followed while nothing is heard")
    again = asyncio.create_task(_follow_one(feed, caller))
    await asyncio.sleep(0.01)
    announcements.begin()
    while not len(feed):
        await asyncio.sleep(0)
    heard = news()
    announcements.hear(heard)
    assert await asyncio.wait_for(again, 5) == heard, "it waits until all is heard again"


async def _follow_one(feed: ChangeStream, caller: Caller) -> ChangeEvent:
    async with feed.follow(ACTOR, caller) as following:
        return await anext(following)


async def test_nothing_is_told_once_the_right_to_it_has_ended(
    feed: ChangeStream, announcements: EventBus, caller: Caller
) -> None:
    async with feed.follow(ACTOR, caller) as following:
        announcements.hear(news())
        await anext(following)
        announcements.hear(news())  # waits, and is not told any more
        caller.actor = None
        announcements.hear(news("token.deleted", ACTOR.id))
        assert isinstance(await end_of(following), SignInNeeded)


@pytest.mark.parametrize(
    "concerning",
    [
        news("token.disabled", ACTOR.id),
        news("account.disabled", OWN),
        news("account.module_disabled", OWN),
        news("user.signed_out", ACTOR.id, OTHER),
    ],
)
async def test_what_concerns_the_follower_is_asked_at_once(
    concerning: ChangeEvent,
    feed: ChangeStream,
    announcements: EventBus,
    caller: Caller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stream, "LOOK_EVERY_SECONDS", 3600)
    wanted = ChangeFilter(event="nothing")
    async with feed.follow(ACTOR, caller, wanted) as following:
        waiting = asyncio.create_task(end_of(following))
        while not caller.asked:
            await asyncio.sleep(0)
        for _ in range(3):
            announcements.hear(news())
        await asyncio.sleep(0.01)
        assert caller.asked == 1, "it is not asked for what concerns others"
        caller.actor = None
        announcements.hear(concerning)
        assert isinstance(await waiting, SignInNeeded)


async def test_what_ends_by_itself_is_noticed(
    feed: ChangeStream, caller: Caller, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "LOOK_EVERY_SECONDS", 0.005)
    async with feed.follow(ACTOR, caller) as following:
        waiting = asyncio.create_task(end_of(following))
        await asyncio.sleep(0.05)
        assert caller.asked == 1, "an answer counts for as long as it is certain"
        caller.actor = None
        clock.advance(timedelta(seconds=1))
        assert isinstance(await waiting, SignInNeeded)


async def test_an_actor_is_followed_into_what_they_have_become(
    feed: ChangeStream, announcements: EventBus, caller: Caller
) -> None:
    async with feed.follow(ACTOR, caller) as following:
        caller.actor = replace(ACTOR, module_ids=ACTOR.module_ids | {"MOD-2001"})
        announcements.hear(news("token.updated", ACTOR.id))
        await anext(following)
        assert following.actor == caller.actor

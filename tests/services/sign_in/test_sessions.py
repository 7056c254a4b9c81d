"""A session's life: resumed, switched, confirmed, ended; and the one-time links."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR, Origin, Role
from server.domain.errors import Expired, NotFound, SignInNeeded, TooMany
from server.models.accounts import Account, Membership, Session, SignInLink, User
from server.services.people.views import LinkOwner, MembershipView, UserView
from server.services.sign_in.sessions import SignedIn
from tests.support.clock import TurnableClock
from tests.support.evidence import dump, holds, last_record
from tests.support.world import ORIGIN, World

INSTANT = timedelta(microseconds=1)
ELSEWHERE = Origin("198.51.100.1", "Elsewhere/2.0")


async def cookie_of(desk: Desk, world: World) -> str:
    return await desk.sessions.sign_in(world.admin_email, world.password, ORIGIN)


async def resumed(desk: Desk, cookie: str) -> SignedIn:
    signed_in = await desk.sessions.resume(cookie, ORIGIN)
    assert signed_in is not None
    return signed_in


async def test_resume_answers_actor_person_and_account(desk: Desk, world: World) -> None:
    cookie = await cookie_of(desk, world)
    signed_in = await desk.sessions.resume(cookie, ELSEWHERE)
    client = MembershipView(world.client, Role.ADMINISTRATOR)
    assert signed_in == SignedIn(
        actor=replace(world.admin, origin=ELSEWHERE),
        user=UserView(world.admin.id, world.admin_email, "Ada Admin", True, (client,)),
        current=client,
        ends_at=desk.clock() + timedelta(hours=8),
    )


@pytest.mark.parametrize("cookie", ["", "x", "\x00", "\ud800", "x" * 10_000, "' OR 1=1 --"])
async def test_no_other_cookie_resumes_a_session(desk: Desk, world: World, cookie: str) -> None:
    await cookie_of(desk, world)
    assert await desk.sessions.resume(cookie, ORIGIN) is None
    digest = (await Session.get()).digest
    assert await desk.sessions.resume(digest, ORIGIN) is None


async def test_a_session_ends_after_8_idle_hours(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    cookie = await cookie_of(desk, world)
    clock.advance(timedelta(hours=8) - INSTANT)
    await resumed(desk, cookie)
    clock.advance(timedelta(hours=8) - INSTANT)
    await resumed(desk, cookie)
    clock.advance(timedelta(hours=8))
    assert await desk.sessions.resume(cookie, ORIGIN) is None


async def test_a_session_ends_after_7_days_however_busy(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    cookie = await cookie_of(desk, world)
    for _ in range(27):
        clock.advance(timedelta(hours=6))
        await resumed(desk, cookie)
    clock.advance(timedelta(hours=6) - INSTANT)
    await resumed(desk, cookie)
    clock.advance(INSTANT)
    assert await desk.sessions.resume(cookie, ORIGIN) is None


async def test_being_seen_is_written_at_most_once_a_minute(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    cookie = await cookie_of(desk, world)
    before = await dump(desk)
    clock.advance(timedelta(minutes=1) - INSTANT)
    await resumed(desk, cookie)
    assert await dump(desk) == before
    clock.advance(INSTANT)
    await resumed(desk, cookie)
    assert (await Session.get()).seen_at == clock()


async def test_sweep_forgets_what_is_over_and_nothing_else(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    await cookie_of(desk, world)
    await desk.users.create_sign_in_link(OPERATOR, world.viewer_email)
    clock.advance(timedelta(minutes=10))
    await desk.sessions.sweep()
    assert (await Session.all().count(), await SignInLink.all().count()) == (1, 1)
    clock.advance(timedelta(hours=7, minutes=50) + INSTANT)
    kept = await cookie_of(desk, world)
    await desk.sessions.sweep()
    assert (await Session.all().count(), await SignInLink.all().count()) == (1, 0)
    await resumed(desk, kept)


async def test_disabling_a_user_ends_the_session_at_once(desk: Desk, world: World) -> None:
    cookie = await cookie_of(desk, world)
    await User.filter(id=world.admin.id).update(active=False)
    assert await desk.sessions.resume(cookie, ORIGIN) is None


async def test_disabling_the_account_ends_the_session_at_once(desk: Desk, world: World) -> None:
    await desk.users.create(OPERATOR, world.admin_email, "Ada", world.vendor.id, Role.VIEWER)
    cookie = await cookie_of(desk, world)
    await Account.filter(id=world.client.id).update(active=False)
    assert await desk.sessions.resume(cookie, ORIGIN) is None
    signed_in = await resumed(desk, await cookie_of(desk, world))
    assert signed_in.current == MembershipView(world.vendor, Role.VIEWER)


async def test_leaving_the_account_ends_the_session_at_once(desk: Desk, world: World) -> None:
    cookie = await cookie_of(desk, world)
    await Membership.filter(user_id=world.admin.id).delete()
    assert await desk.sessions.resume(cookie, ORIGIN) is None


async def test_a_changed_role_counts_at_once(desk: Desk, world: World) -> None:
    cookie = await cookie_of(desk, world)
    await Membership.filter(user_id=world.admin.id).update(role=Role.VIEWER)
    assert (await resumed(desk, cookie)).actor.may_manage_tokens is False


async def test_sign_out_ends_the_session_for_good(desk: Desk, world: World) -> None:
    cookie, other = await cookie_of(desk, world), await cookie_of(desk, world)
    await desk.sessions.sign_out(cookie, await resumed(desk, cookie))
    assert await desk.sessions.resume(cookie, ORIGIN) is None
    await resumed(desk, other)
    record = await last_record(desk, world.client.id)
    assert (record.event, record.actor_id) == ("user.signed_out", world.admin.id)


async def test_switching_gives_a_new_cookie_in_the_other_account(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    await desk.users.create(OPERATOR, world.admin_email, "Ada", world.vendor.id, Role.VIEWER)
    cookie = await cookie_of(desk, world)
    signed_in_at = clock()
    clock.advance(timedelta(minutes=3))
    fresh = await desk.sessions.switch(cookie, await resumed(desk, cookie), world.vendor.id)
    assert await desk.sessions.resume(cookie, ORIGIN) is None
    switched = await resumed(desk, fresh)
    assert (switched.actor.account_id, switched.actor.role) == (world.vendor.id, Role.VIEWER)
    assert switched.actor.signed_in_at == signed_in_at
    assert len(switched.user.memberships) == 2
    assert not holds(await dump(desk), fresh)
    record = await last_record(desk, world.vendor.id)
    assert (record.event, record.actor_id) == ("user.account_switched", world.admin.id)


async def test_nobody_switches_to_an_account_that_is_not_theirs(desk: Desk, world: World) -> None:
    cookie = await cookie_of(desk, world)
    signed_in = await resumed(desk, cookie)
    before = await dump(desk)
    for account_id in (world.vendor.id, "ACC-0000-0000", "", "\x00"):
        with pytest.raises(NotFound, match="You have no active account"):
            await desk.sessions.switch(cookie, signed_in, account_id)
    assert await dump(desk) == before


async def test_confirming_the_password_makes_the_sign_in_fresh(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    cookie = await cookie_of(desk, world)
    clock.advance(timedelta(hours=1))
    signed_in = await resumed(desk, cookie)
    with pytest.raises(SignInNeeded, match="The password is wrong"):
        await desk.sessions.confirm_password(cookie, signed_in, "wrong password")
    assert (await last_record(desk, world.client.id)).event == "user.sign_in_failed"
    assert (await resumed(desk, cookie)).actor.signed_in_at == clock() - timedelta(hours=1)
    await desk.sessions.confirm_password(cookie, signed_in, world.password)
    assert (await resumed(desk, cookie)).actor.signed_in_at == clock()
    assert (await last_record(desk, world.client.id)).event == "user.password_confirmed"
    assert (await Session.get()).signed_in_at == clock() - timedelta(hours=1)


async def test_a_session_that_ended_in_the_meantime_is_neither_switched_nor_confirmed(
    desk: Desk, world: World
) -> None:
    await desk.users.create(OPERATOR, world.admin_email, "Ada", world.vendor.id, Role.ADMINISTRATOR)
    cookie = await cookie_of(desk, world)
    signed_in = await resumed(desk, cookie)
    await Session.all().delete()
    before = await dump(desk)
    with pytest.raises(SignInNeeded, match="Your session has ended"):
        await desk.sessions.switch(cookie, signed_in, world.vendor.id)
    with pytest.raises(SignInNeeded, match="Your session has ended"):
        await desk.sessions.confirm_password(cookie, signed_in, world.password)
    assert await dump(desk) == before


async def test_confirming_cannot_be_used_to_guess(desk: Desk, world: World) -> None:
    cookie = await cookie_of(desk, world)
    signed_in = await resumed(desk, cookie)
    for _ in range(10):
        with pytest.raises(SignInNeeded):
            await desk.sessions.confirm_password(cookie, signed_in, "wrong password")
    with pytest.raises(TooMany):
        await desk.sessions.confirm_password(cookie, signed_in, world.password)


async def test_a_link_signs_in_once_even_when_sent_ten_times_at_once(
    desk: Desk, world: World
) -> None:
    link, _ = await desk.users.create_sign_in_link(OPERATOR, world.admin_email)
    ada = UserView(world.admin.id, world.admin_email, "Ada Admin", active=True)
    assert await desk.sessions.link_owner(link) == LinkOwner(ada, may_choose_password=False)
    answers = await asyncio.gather(
        *(desk.sessions.sign_in_by_link(link, ORIGIN) for _ in range(10)), return_exceptions=True
    )
    cookies = [answer for answer in answers if isinstance(answer, str)]
    assert len(cookies) == 1
    assert [type(answer) for answer in answers].count(Expired) == 9
    assert (await resumed(desk, cookies[0])).actor == replace(world.admin, signed_in_at=None)
    assert await Session.all().count() == 1
    assert (await last_record(desk, world.client.id)).event == "user.signed_in"


async def test_a_link_works_for_ten_minutes(desk: Desk, world: World, clock: TurnableClock) -> None:
    link, expires_at = await desk.users.create_sign_in_link(OPERATOR, world.admin_email)
    clock.now = expires_at
    for use in (desk.sessions.link_owner(link), desk.sessions.sign_in_by_link(link, ORIGIN)):
        with pytest.raises(Expired, match="too old"):
            await use
    clock.advance(-INSTANT)
    assert await desk.sessions.sign_in_by_link(link, ORIGIN)


async def test_a_newer_link_ends_the_older(desk: Desk, world: World) -> None:
    older, _ = await desk.users.create_sign_in_link(OPERATOR, world.admin_email)
    newer, _ = await desk.users.create_sign_in_link(OPERATOR, world.admin_email)
    with pytest.raises(Expired):
        await desk.sessions.sign_in_by_link(older, ORIGIN)
    assert await desk.sessions.sign_in_by_link(newer, ORIGIN)


async def test_a_link_does_not_let_in_who_is_disabled(desk: Desk, world: World) -> None:
    link, _ = await desk.users.create_sign_in_link(OPERATOR, world.admin_email)
    await User.filter(id=world.admin.id).update(active=False)
    with pytest.raises(Expired, match="may no longer sign in"):
        await desk.sessions.sign_in_by_link(link, ORIGIN)
    assert await Session.all().count() == 0


async def test_a_link_that_could_not_sign_in_is_not_used_up(desk: Desk, world: World) -> None:
    link, _ = await desk.users.create_sign_in_link(OPERATOR, world.admin_email)
    await Account.filter(id=world.client.id).update(active=False)
    before = await dump(desk)
    with pytest.raises(SignInNeeded, match="You belong to no active account"):
        await desk.sessions.sign_in_by_link(link, ORIGIN)
    assert await dump(desk) == before
    await Account.filter(id=world.client.id).update(active=True)
    assert await desk.sessions.sign_in_by_link(link, ORIGIN)


@pytest.mark.parametrize("link", ["", "\x00", "\ud800", "x" * 10_000])
async def test_a_made_up_link_is_refused(desk: Desk, world: World, link: str) -> None:
    with pytest.raises(Expired):
        await desk.sessions.sign_in_by_link(link, ORIGIN)

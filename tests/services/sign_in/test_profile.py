"""One's own password and sessions, and what Operations does about those of others."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR, ActorKind, Origin, Role
from server.domain.errors import (
    ConfirmPassword,
    Expired,
    Invalid,
    NotAllowed,
    NotFound,
    SignInNeeded,
    TooMany,
)
from server.models.accounts import Session
from server.models.audit import AuditRecord
from server.services.people.users import digest_of
from server.services.sign_in.session_rows import session_id
from server.services.sign_in.sessions import SignedIn
from tests.support.clock import TurnableClock
from tests.support.evidence import dump, holds, last_record
from tests.support.world import ORIGIN, World

NEW = "a wholly new password"
PHONE = Origin("198.51.100.9", "Phone/3.0")
LIN = "lin@client.example"


async def enter(
    desk: Desk, world: World, origin: Origin = ORIGIN, password: str = ""
) -> tuple[str, SignedIn]:
    password = password or world.password
    cookie = await desk.sessions.sign_in(world.admin_email, password, origin)
    return cookie, await resumed(desk, cookie)


async def resumed(desk: Desk, cookie: str) -> SignedIn:
    signed_in = await desk.sessions.resume(cookie, ORIGIN)
    assert signed_in is not None
    return signed_in


async def by_link(desk: Desk, world: World) -> tuple[str, SignedIn]:
    """Somebody without a password, signed in by a link."""
    await desk.users.create(OPERATOR, LIN, "Lin", world.client.id, Role.ADMINISTRATOR)
    link, _ = await desk.users.create_sign_in_link(OPERATOR, LIN)
    cookie = await desk.sessions.sign_in_by_link(link, ORIGIN)
    return cookie, await resumed(desk, cookie)


async def test_sessions_tell_when_and_from_where_this_one_first(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    cookie, person = await enter(desk, world)
    begun = clock()
    clock.advance(timedelta(minutes=5))
    await enter(desk, world, PHONE)
    await desk.sessions.sign_in(world.viewer_email, world.password, ORIGIN)
    mine, phone = await desk.profile.sessions(cookie, person)
    assert (mine.is_current, mine.begun_at, mine.last_seen_at) == (True, begun, begun)
    assert (mine.address, mine.user_agent) == (ORIGIN.address, ORIGIN.user_agent)
    assert mine.ends_at == begun + timedelta(hours=8)
    assert (phone.is_current, phone.address, phone.user_agent) == (False, *_of(PHONE))
    await desk.sessions.resume(cookie, Origin("192.0.2.3", "x" * 1_000))
    [mine, _] = await desk.profile.sessions(cookie, person)
    assert (mine.address, mine.user_agent, mine.last_seen_at) == (
        "192.0.2.3",
        "x" * 255,
        clock(),
    )


def _of(origin: Origin) -> tuple[str, str]:
    return origin.address, origin.user_agent


async def test_a_changed_password_ends_all_other_sessions_and_links(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    cookie, person = await enter(desk, world)
    other, _ = await enter(desk, world, PHONE)
    link, _ = await desk.users.create_sign_in_link(OPERATOR, world.admin_email)
    clock.advance(timedelta(hours=1))
    assert await desk.profile.change_password(cookie, person, world.password, NEW) == 1
    assert await desk.sessions.resume(other, ORIGIN) is None
    assert (await resumed(desk, cookie)).actor.signed_in_at == clock()
    with pytest.raises(Expired):
        await desk.sessions.link_owner(link)
    with pytest.raises(SignInNeeded):
        await enter(desk, world)
    await enter(desk, world, password=NEW)
    record = await AuditRecord.get(event="user.password_changed")
    assert (record.actor_id, record.object_id, record.chain, record.after) == (
        world.admin.id,
        world.admin.id,
        world.client.id,
        {"sessions": 1},
    )
    assert not holds(await dump(desk), NEW)


async def test_other_sessions_can_be_kept(desk: Desk, world: World) -> None:
    cookie, person = await enter(desk, world)
    other, _ = await enter(desk, world, PHONE)
    kept = await desk.profile.change_password(cookie, person, world.password, NEW, keep_others=True)
    assert kept == 0
    assert await desk.sessions.resume(other, ORIGIN) is not None


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [
        ("wrong password", NEW, "current_password"),
        ("", NEW, "current_password"),
        (None, "x" * 11, "new_password"),
        (None, "x" * 1_001, "new_password"),
    ],
)
async def test_a_refused_change_changes_nothing(
    desk: Desk, world: World, current: str | None, new: str, field: str
) -> None:
    cookie, person = await enter(desk, world)
    before = await dump(desk)
    given = world.password if current is None else current
    with pytest.raises(Invalid) as refusal:
        await desk.profile.change_password(cookie, person, given, new)
    assert refusal.value.path == (field,)
    assert await dump(desk) == before


async def test_changing_cannot_be_used_to_guess(desk: Desk, world: World) -> None:
    cookie, person = await enter(desk, world)
    for _ in range(10):
        with pytest.raises(Invalid):
            await desk.profile.change_password(cookie, person, "wrong password", NEW)
    with pytest.raises(TooMany):
        await desk.profile.change_password(cookie, person, world.password, NEW)


async def test_a_session_that_ended_meanwhile_changes_nothing(desk: Desk, world: World) -> None:
    cookie, person = await enter(desk, world)
    await desk.profile.end_sessions_of(OPERATOR, world.admin_email)
    before = await dump(desk)
    with pytest.raises(SignInNeeded):
        await desk.profile.change_password(cookie, person, world.password, NEW)
    assert await dump(desk) == before


async def test_one_session_ends_by_its_id_and_only_ones_own(desk: Desk, world: World) -> None:
    cookie, person = await enter(desk, world)
    other, _ = await enter(desk, world, PHONE)
    await desk.profile.end_session(cookie, person, session_id(digest_of(other)))
    assert await desk.sessions.resume(other, ORIGIN) is None
    record = await last_record(desk, world.client.id)
    assert (record.event, record.after) == ("user.sessions_ended", {"sessions": 1})
    foreign = await desk.sessions.sign_in(world.viewer_email, world.password, ORIGIN)
    before = await dump(desk)
    for named in (session_id(digest_of(foreign)), session_id(digest_of(other)), "", "%"):
        with pytest.raises(NotFound):
            await desk.profile.end_session(cookie, person, named)
    assert await dump(desk) == before


async def test_signed_out_everywhere_or_in_all_other_browsers(desk: Desk, world: World) -> None:
    cookie, person = await enter(desk, world)
    await enter(desk, world, PHONE)
    viewer = await desk.sessions.sign_in(world.viewer_email, world.password, ORIGIN)
    assert await desk.profile.sign_out_everywhere(cookie, person, keep_this=True) == 1
    before = await dump(desk)
    assert await desk.profile.sign_out_everywhere(cookie, person, keep_this=True) == 0
    assert await dump(desk) == before
    assert await desk.profile.sign_out_everywhere(cookie, person) == 1
    assert await desk.sessions.resume(cookie, ORIGIN) is None
    await resumed(desk, viewer)


async def test_a_link_is_no_confirmation(desk: Desk, world: World) -> None:
    minted = await desk.tokens.create(world.admin, name="A", module_ids=["MOD-2001"])
    link, _ = await desk.users.create_sign_in_link(OPERATOR, world.admin_email)
    cookie = await desk.sessions.sign_in_by_link(link, ORIGIN)
    person = await resumed(desk, cookie)
    assert person.actor.signed_in_at is None
    with pytest.raises(ConfirmPassword):
        await desk.secrets.reveal(person.actor, minted.token.id)
    await desk.sessions.confirm_password(cookie, person, world.password)
    assert await desk.secrets.reveal((await resumed(desk, cookie)).actor, minted.token.id)


async def test_a_password_chosen_with_the_link_is_one(desk: Desk, world: World) -> None:
    await desk.users.create(OPERATOR, LIN, "Lin", world.client.id, Role.ADMINISTRATOR)
    link, _ = await desk.users.create_sign_in_link(OPERATOR, LIN)
    cookie = await desk.sessions.sign_in_by_link(link, ORIGIN, NEW)
    assert (await resumed(desk, cookie)).actor.signed_in_at == desk.clock()


async def test_a_first_password_is_chosen_within_ten_minutes_of_the_link(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    cookie, person = await by_link(desk, world)
    assert not person.has_password
    with pytest.raises(SignInNeeded, match="You have no password yet"):
        await desk.sessions.confirm_password(cookie, person, "anything at all")
    profile = await desk.profile.get(cookie, person)
    assert (profile.has_password, profile.may_choose_password) == (False, True)
    clock.advance(timedelta(minutes=10))
    assert await desk.profile.change_password(cookie, person, "", NEW) == 0
    assert (await resumed(desk, cookie)).actor.signed_in_at == clock()
    assert (await last_record(desk, world.client.id)).event == "user.password_set"
    assert await desk.sessions.sign_in(LIN, NEW, ORIGIN)


async def test_later_it_needs_a_further_link(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    cookie, person = await by_link(desk, world)
    clock.advance(timedelta(minutes=10, microseconds=1))
    assert not (await desk.profile.get(cookie, person)).may_choose_password
    before = await dump(desk)
    with pytest.raises(NotAllowed):
        await desk.profile.change_password(cookie, person, "", NEW)
    assert await dump(desk) == before


async def test_operations_resets_a_password_by_a_link_for_an_hour(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    cookie, _ = await enter(desk, world)
    older, _ = await desk.users.create_sign_in_link(OPERATOR, world.admin_email)
    reset = await desk.profile.reset_password(world.operations_admin, world.admin_email)
    assert reset.link is not None
    assert reset.expires_at == clock() + timedelta(hours=1)
    with pytest.raises(Expired):
        await desk.sessions.link_owner(older)
    await resumed(desk, cookie)
    await enter(desk, world)
    owner = await desk.sessions.link_owner(reset.link)
    assert (owner.may_choose_password, owner.must_choose_password) == (True, True)
    before = await dump(desk)
    for bad in (None, "x" * 11):
        with pytest.raises(Invalid):
            await desk.sessions.sign_in_by_link(reset.link, ORIGIN, bad)
    assert await dump(desk) == before
    fresh = await desk.sessions.sign_in_by_link(reset.link, ORIGIN, NEW)
    assert (await resumed(desk, fresh)).actor.signed_in_at == clock()
    assert await desk.sessions.resume(cookie, ORIGIN) is None
    assert await Session.all().count() == 1
    with pytest.raises(SignInNeeded):
        await enter(desk, world)
    with pytest.raises(Expired):
        await desk.sessions.sign_in_by_link(reset.link, ORIGIN, NEW)
    assert not holds(await dump(desk), reset.link)


async def test_operations_sets_a_password_at_once(desk: Desk, world: World) -> None:
    cookie, _ = await enter(desk, world)
    reset = await desk.profile.reset_password(OPERATOR, world.admin_email, NEW)
    assert (reset.link, reset.ended_sessions) == (None, 1)
    assert await desk.sessions.resume(cookie, ORIGIN) is None
    await enter(desk, world, password=NEW)
    record = await AuditRecord.get(event="user.password_reset")
    assert (record.actor_id, record.object_id) == ("operator", world.admin.id)


async def test_operations_ends_sessions_and_links(desk: Desk, world: World) -> None:
    cookie, _ = await enter(desk, world)
    link, _ = await desk.users.create_sign_in_link(OPERATOR, world.admin_email)
    assert await desk.profile.end_sessions_of(world.operations_admin, world.admin_email) == 1
    assert await desk.sessions.resume(cookie, ORIGIN) is None
    with pytest.raises(Expired):
        await desk.sessions.link_owner(link)
    before = await dump(desk)
    assert await desk.profile.end_sessions_of(OPERATOR, world.admin_email) == 0
    assert await dump(desk) == before


async def test_nobody_else_does_so(desk: Desk, world: World) -> None:
    program = replace(world.operations_admin, kind=ActorKind.TOKEN, role=None)
    program = replace(program, module_ids=frozenset({"MOD-1756"}))
    before = await dump(desk)
    for actor in (world.admin, world.viewer, world.other_admin, program):
        with pytest.raises(NotAllowed):
            await desk.profile.reset_password(actor, world.viewer_email)
        with pytest.raises(NotAllowed):
            await desk.profile.end_sessions_of(actor, world.viewer_email)
    for email in ("nobody@client.example", "", "x" * 100_000):
        with pytest.raises(NotFound):
            await desk.profile.reset_password(OPERATOR, email)
    assert await dump(desk) == before

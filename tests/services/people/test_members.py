"""The people of an account: invited, given a role, shut out; never without an administrator."""

from datetime import timedelta

import pytest

from server.desk import Desk
from server.domain.actor import NOBODY, OPERATOR, Actor, Role
from server.domain.errors import (
    Expired,
    IllegalTransition,
    Invalid,
    NotAllowed,
    NotFound,
    SignInNeeded,
    Taken,
)
from server.domain.member_rules import MemberStatus
from server.models.accounts import Membership, Session, SignInLink, User
from server.services.people.views import InvitationView
from tests.support.clock import TurnableClock
from tests.support.evidence import dump, holds, last_record, records
from tests.support.factories import made, text_of
from tests.support.world import ORIGIN, World

ADMINISTRATOR, VIEWER = Role.ADMINISTRATOR, Role.VIEWER
EVE = "eve@client.example"


async def invited(desk: Desk, world: World, role: Role = VIEWER) -> InvitationView:
    """Somebody new, Eve, with a link."""
    invitation = await desk.members.invite(world.admin, EVE, "Eve", role)
    assert invitation.link is not None
    return invitation


async def test_somebody_new_gets_a_link_for_three_days(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    before = await records(desk)
    invitation = await invited(desk, world, ADMINISTRATOR)
    assert invitation.expires_at == clock() + timedelta(days=3)
    member = invitation.member
    assert (member.user.email, member.user.name, member.role, member.status) == (
        EVE,
        "Eve",
        ADMINISTRATOR,
        MemberStatus.INVITED,
    )
    assert member.last_sign_in_at is None
    assert [each.user.name for each in await desk.members.all(world.viewer)] == [
        "Ada Admin",
        "Eve",
        "Vera Viewer",
    ]
    known = {record.id for record in before}
    new = [record for record in await records(desk) if record.id not in known]
    assert [(record.event, record.object_id, record.chain) for record in new] == [
        ("user.invited", member.user.id, world.client.id),
        ("user.sign_in_link_created", member.user.id, world.client.id),
    ]
    assert invitation.link is not None
    assert not holds(await dump(desk), invitation.link)
    clock.advance(timedelta(days=3) - timedelta(microseconds=1))
    cookie = await desk.sessions.sign_in_by_link(invitation.link, ORIGIN)
    signed_in = await desk.sessions.resume(cookie, ORIGIN)
    assert signed_in is not None
    assert (signed_in.actor.account_id, signed_in.actor.role) == (world.client.id, ADMINISTRATOR)
    came = await desk.members.get(world.admin, member.user.id)
    assert (came.status, came.last_sign_in_at) == (MemberStatus.ACTIVE, clock())


async def test_a_known_person_joins_without_a_link_where_operations_vouches(
    desk: Desk, world: World
) -> None:
    invitation = await desk.members.invite(
        world.operations_admin,
        world.other_admin_email.upper(),
        "Whoever",
        VIEWER,
        world.client.id,
    )
    assert (invitation.link, invitation.expires_at) == (None, None)
    assert (invitation.member.user.id, invitation.member.user.name) == (
        world.other_admin.id,
        "Otto Other",
    )
    record = await last_record(desk, world.client.id)
    assert (record.event, record.object_id) == ("user.joined", world.other_admin.id)
    assert await SignInLink.all().count() == 0
    before = await dump(desk)
    with pytest.raises(Taken, match="belongs to Blue Client already"):
        await desk.members.invite(world.admin, world.viewer_email, "Vera", ADMINISTRATOR)
    with pytest.raises(Invalid):
        await desk.members.invite(world.admin, "no address", "", VIEWER)
    with pytest.raises(IllegalTransition, match="Only Operations can make a sign-in link"):
        await desk.members.renew_link(world.admin, world.other_admin.id)
    assert await dump(desk) == before


async def test_a_new_link_ends_the_old_one_until_the_person_came(desk: Desk, world: World) -> None:
    first = await invited(desk, world)
    assert first.link is not None
    second = await desk.members.renew_link(world.admin, first.member.user.id)
    assert second.link is not None
    with pytest.raises(Expired):
        await desk.sessions.sign_in_by_link(first.link, ORIGIN)
    await desk.sessions.sign_in_by_link(second.link, ORIGIN)
    before = await dump(desk)
    with pytest.raises(IllegalTransition, match="Vera Viewer signs in on their own"):
        await desk.members.renew_link(world.admin, world.viewer.id)
    assert await dump(desk) == before


async def test_an_account_gives_its_own_person_a_new_password(desk: Desk, world: World) -> None:
    eve = await invited(desk, world)
    assert eve.link is not None
    old = await desk.sessions.sign_in_by_link(eve.link, ORIGIN, "the first password")
    lost = await desk.members.renew_link(world.admin, eve.member.user.id)
    assert lost.link is not None
    assert await desk.sessions.resume(old, ORIGIN) is not None
    fresh = await desk.sessions.sign_in_by_link(lost.link, ORIGIN, "the second password")
    assert await desk.sessions.resume(old, ORIGIN) is None
    assert await desk.sessions.resume(fresh, ORIGIN) is not None
    with pytest.raises(SignInNeeded):
        await desk.sessions.sign_in(EVE, "the first password", ORIGIN)
    assert await desk.sessions.sign_in(EVE, "the second password", ORIGIN)


async def test_a_role_is_changed_and_counts_at_once(desk: Desk, world: World) -> None:
    changed = await desk.members.set_role(world.admin, world.viewer.id, ADMINISTRATOR)
    assert (changed.user.id, changed.role) == (world.viewer.id, ADMINISTRATOR)
    record = await last_record(desk, world.client.id)
    assert (record.event, record.object_id, record.object_name, record.before, record.after) == (
        "user.role_changed",
        world.viewer.id,
        "Vera Viewer",
        {"role": "viewer"},
        {"role": "administrator"},
    )
    before = await dump(desk)
    assert await desk.members.set_role(world.admin, world.viewer.id, ADMINISTRATOR) == changed
    assert await dump(desk) == before
    await desk.members.set_role(world.admin, world.admin.id, VIEWER)
    roles = {each.user.name: each.role for each in await desk.members.all(world.viewer)}
    assert roles == {"Ada Admin": VIEWER, "Vera Viewer": ADMINISTRATOR}


async def test_the_last_administrator_stays_one(desk: Desk, world: World) -> None:
    invitation = await invited(desk, world, ADMINISTRATOR)
    eve, link = invitation.member.user.id, invitation.link
    assert link is not None
    # Whoever is merely invited cannot act, and is nobody's administrator either.
    with pytest.raises(IllegalTransition, match="last administrator"):
        await desk.members.deactivate(world.admin, world.admin.id)
    await desk.sessions.sign_in_by_link(link, ORIGIN)
    await desk.members.deactivate(world.admin, eve)
    before = await dump(desk)
    for actor in (world.admin, world.operations_admin, OPERATOR):
        named = world.client.id
        said = "Ada Admin is the last administrator of Blue Client. Make somebody else"
        with pytest.raises(IllegalTransition, match=said):
            await desk.members.set_role(actor, world.admin.id, VIEWER, named)
        with pytest.raises(IllegalTransition, match=said):
            await desk.members.deactivate(actor, world.admin.id, named)
    assert await dump(desk) == before
    await desk.members.reactivate(world.admin, eve)
    # Whoever may not sign in anywhere is nobody's administrator.
    await User.filter(id=eve).update(active=False)
    with pytest.raises(IllegalTransition, match="last administrator"):
        await desk.members.deactivate(world.admin, world.admin.id)
    # Viewers come and go, also where nobody administers the account.
    await Membership.filter(account_id=world.client.id, role=ADMINISTRATOR).update(active=False)
    gone = await desk.members.deactivate(OPERATOR, world.viewer.id, world.client.id)
    assert not gone.active


async def test_who_is_deactivated_is_out_at_once(desk: Desk, world: World) -> None:
    await desk.users.create(OPERATOR, world.viewer_email, "Vera", world.vendor.id, VIEWER)
    here = await desk.sessions.sign_in(world.viewer_email, world.password, ORIGIN)
    signed_in = await desk.sessions.resume(here, ORIGIN)
    assert signed_in is not None
    assert signed_in.current.account.id == world.client.id
    other = await desk.sessions.sign_in(world.viewer_email, world.password, ORIGIN)
    elsewhere = await desk.sessions.switch(other, signed_in, world.vendor.id)
    gone = await desk.members.deactivate(world.admin, world.viewer.id)
    assert not gone.active
    record = await last_record(desk, world.client.id)
    assert (record.event, record.object_id, record.before, record.after) == (
        "user.deactivated",
        world.viewer.id,
        {"status": "active"},
        {"status": "deactivated"},
    )
    assert await desk.sessions.resume(here, ORIGIN) is None
    assert [each.account_id for each in await Session.all()] == [world.vendor.id]
    assert await desk.sessions.resume(elsewhere, ORIGIN) is not None
    again = await desk.sessions.sign_in(world.viewer_email, world.password, ORIGIN)
    resumed = await desk.sessions.resume(again, ORIGIN)
    assert resumed is not None
    assert [each.account.id for each in resumed.user.memberships] == [world.vendor.id]
    with pytest.raises(NotFound, match="You have no active account"):
        await desk.sessions.switch(again, resumed, world.client.id)
    before = await dump(desk)
    with pytest.raises(IllegalTransition, match="Vera Viewer is deactivated already"):
        await desk.members.deactivate(world.admin, world.viewer.id)
    assert await dump(desk) == before
    back = await desk.members.reactivate(world.admin, world.viewer.id)
    assert (back.active, back.role) == (True, VIEWER)
    assert (await last_record(desk, world.client.id)).event == "user.reactivated"
    with pytest.raises(IllegalTransition, match="Vera Viewer is active already"):
        await desk.members.reactivate(world.admin, world.viewer.id)
    assert await desk.sessions.resume(here, ORIGIN) is None


async def test_a_deactivated_newcomer_gets_no_link(desk: Desk, world: World) -> None:
    eve = (await invited(desk, world)).member.user.id
    await desk.members.deactivate(world.admin, eve)
    with pytest.raises(IllegalTransition, match=r"Eve is deactivated\. Activate them first"):
        await desk.members.renew_link(world.admin, eve)


async def test_people_are_managed_by_administrators_who_are_people(
    desk: Desk, world: World
) -> None:
    program = await desk.verifier.actor(text_of(await made(desk, world.admin)), ORIGIN)
    assert program is not None
    assert program.may_manage_tokens
    before = await dump(desk)
    refused: list[tuple[Actor, type[Exception], str]] = [
        (program, NotAllowed, "not a program"),
        (world.viewer, NotAllowed, "You are a viewer"),
        (NOBODY, Exception, "Sign in"),
    ]
    for actor, refusal, said in refused:
        for call in (
            desk.members.invite(actor, EVE, "Eve", VIEWER),
            desk.members.renew_link(actor, world.viewer.id),
            desk.members.set_role(actor, world.viewer.id, ADMINISTRATOR),
            desk.members.deactivate(actor, world.viewer.id),
            desk.members.reactivate(actor, world.viewer.id),
        ):
            with pytest.raises(refusal, match=said):
                await call
    for call in (
        desk.members.invite(world.other_admin, EVE, "Eve", VIEWER, world.client.id),
        desk.members.set_role(world.other_admin, world.viewer.id, ADMINISTRATOR, world.client.id),
    ):
        with pytest.raises(NotFound, match=f"There is no account {world.client.id}"):
            await call
    with pytest.raises(NotFound):
        await desk.members.all(world.viewer, world.vendor.id)
    for user_id in (world.other_admin.id, "nonsense", "\x00", "\ud800", "x" * 999):
        with pytest.raises(NotFound, match="There is no user"):
            await desk.members.deactivate(world.admin, user_id)
    assert await dump(desk) == before

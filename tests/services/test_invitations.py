"""Invitations: seen, accepted and declined by the person whose address is proved."""

from dataclasses import replace

import pytest

from server.desk import Desk
from server.domain.actor import NOBODY, OPERATOR, Role
from server.domain.errors import Expired, NotAllowed, NotFound, SignInNeeded
from server.domain.member_rules import MemberStatus
from server.models.accounts import Membership, User
from server.services.people.views import InvitationView
from tests.support.evidence import dump, records
from tests.support.factories import made, text_of
from tests.support.world import ORIGIN, World

ADMINISTRATOR, VIEWER = Role.ADMINISTRATOR, Role.VIEWER
EVE = "eve@nowhere.example"


@pytest.fixture
async def offer(desk: Desk, world: World) -> InvitationView:
    """The client invites the vendor's administrator."""
    return await desk.members.invite(world.admin, world.other_admin_email, "Typed", VIEWER)


async def test_accepting_takes_the_place_of_the_invited_sign_in(
    desk: Desk, world: World, offer: InvitationView
) -> None:
    assert offer.link is not None
    stolen = await desk.sessions.sign_in_by_link(offer.link, ORIGIN, "the inviter's own one")
    spare = await desk.members.renew_link(world.admin, offer.member.user.id)
    cookie = await desk.sessions.sign_in(world.other_admin_email, world.password, ORIGIN)
    [invitation] = await desk.invitations.open(world.other_admin)
    assert (invitation.account_id, invitation.account_name, invitation.role) == (
        world.client.id,
        "Blue Client",
        VIEWER,
    )
    assert await desk.invitations.accept(world.other_admin, invitation.id) == invitation
    assert await desk.invitations.open(world.other_admin) == []
    record = (await records(desk, of=offer.member.user.id))[-1]
    assert (record.event, record.actor_id, record.chain) == (
        "user.invitation_accepted",
        world.other_admin.id,
        world.client.id,
    )
    listed = {each.user.id: each for each in await desk.members.all(world.admin)}
    assert offer.member.user.id not in listed
    assert listed[world.other_admin.id].status is MemberStatus.ACTIVE
    # What the account had set up opens nothing any more.
    assert await desk.sessions.resume(stolen, ORIGIN) is None
    with pytest.raises(SignInNeeded):
        await desk.sessions.sign_in(world.other_admin_email, "the inviter's own one", ORIGIN)
    with pytest.raises(Expired):
        await desk.sessions.sign_in_by_link(str(spare.link), ORIGIN)
    signed_in = await desk.sessions.resume(cookie, ORIGIN)
    assert signed_in is not None
    assert {each.account.id for each in signed_in.user.memberships} == {
        world.client.id,
        world.vendor.id,
    }


async def test_a_link_is_accepted_by_the_person_of_its_address_alone(
    desk: Desk, world: World, offer: InvitationView
) -> None:
    assert offer.link is not None
    before = await dump(desk)
    with pytest.raises(NotAllowed, match=r"This invitation is for otto@vendor\.example\."):
        await desk.invitations.accept_by_link(world.operations_admin, offer.link)
    with pytest.raises(Expired):
        await desk.invitations.accept_by_link(world.other_admin, "made up")
    proof, _ = await desk.users.create_sign_in_link(OPERATOR, world.other_admin_email)
    before = await dump(desk)
    with pytest.raises(Expired):
        await desk.invitations.accept_by_link(world.other_admin, proof)
    assert await dump(desk) == before
    await desk.invitations.accept_by_link(world.other_admin, offer.link)
    assert (await Membership.get(user_id=world.other_admin.id, account_id=world.client.id)).active


async def test_declining_tells_the_inviter_nothing(
    desk: Desk, world: World, offer: InvitationView
) -> None:
    seen = await desk.members.all(world.admin)
    trail = [each.id for each in await records(desk) if each.chain == world.client.id]
    await desk.invitations.decline(world.other_admin, offer.member.user.id)
    assert await desk.members.all(world.admin) == seen
    assert [each.id for each in await records(desk) if each.chain == world.client.id] == trail
    assert await desk.invitations.open(world.other_admin) == []
    with pytest.raises(NotFound):
        await desk.invitations.accept(world.other_admin, offer.member.user.id)
    # Whoever declined by mistake still has the link.
    await desk.invitations.accept_by_link(world.other_admin, str(offer.link))


async def test_nobody_else_has_a_say(desk: Desk, world: World, offer: InvitationView) -> None:
    program = await desk.verifier.actor(text_of(await made(desk, world.other_admin)), ORIGIN)
    assert program is not None
    local = replace(world.other_admin, id=offer.member.user.id)
    offered = offer.member.user.id
    before = await dump(desk)
    assert await desk.invitations.open(program) == []
    assert await desk.invitations.open(local) == []
    for actor, refusal in (
        (NOBODY, SignInNeeded),
        (program, NotAllowed),
        (local, NotAllowed),
        (world.admin, NotFound),
        (world.operations_admin, NotFound),
    ):
        for answer in (desk.invitations.accept, desk.invitations.decline):
            with pytest.raises(refusal):
                await answer(actor, offered)
    for nonsense in ("", "\x00", "\ud800", "x" * 999, "USR-0000-0000"):
        with pytest.raises(NotFound, match="There is no invitation"):
            await desk.invitations.accept(world.other_admin, nonsense)
    assert await dump(desk) == before


async def test_a_link_of_operations_proves_the_oldest_identity_when_it_is_used(
    desk: Desk, world: World
) -> None:
    first = await desk.members.invite(world.admin, EVE, "Eve", VIEWER)
    second = await desk.members.invite(world.other_admin, EVE, "Evelyn", VIEWER)
    assert first.link is not None
    squatted = await desk.sessions.sign_in_by_link(first.link, ORIGIN, "the inviter's own one")
    link, _ = await desk.users.create_sign_in_link(OPERATOR, EVE)
    assert await desk.sessions.resume(squatted, ORIGIN) is not None
    assert (await desk.sessions.link_owner(link)).may_choose_password
    cookie = await desk.sessions.sign_in_by_link(link, ORIGIN, "chosen by herself")
    assert await desk.sessions.resume(squatted, ORIGIN) is None
    signed_in = await desk.sessions.resume(cookie, ORIGIN)
    assert signed_in is not None
    assert (signed_in.user.id, signed_in.user.proved) == (first.member.user.id, True)
    assert [each.account.id for each in signed_in.user.memberships] == [world.client.id]
    offered = await desk.invitations.open(signed_in.actor)
    assert [each.id for each in offered] == [second.member.user.id]
    with pytest.raises(SignInNeeded):
        await desk.sessions.sign_in(EVE, "the inviter's own one", ORIGIN)
    assert await desk.sessions.sign_in(EVE, "chosen by herself", ORIGIN)
    assert (await User.get(id=first.member.user.id)).home_account_id is None


async def test_operations_vouches_for_an_accounts_own_person_in_place(
    desk: Desk, world: World
) -> None:
    eve = await desk.members.invite(world.admin, EVE, "Eve", VIEWER)
    assert eve.link is not None
    squatted = await desk.sessions.sign_in_by_link(eve.link, ORIGIN, "the inviter's own one")
    user = await desk.users.create(OPERATOR, EVE, "Ignored", world.client.id, ADMINISTRATOR)
    assert (user.id, user.name, user.proved) == (eve.member.user.id, "Eve", True)
    assert await desk.sessions.resume(squatted, ORIGIN) is None
    with pytest.raises(SignInNeeded):
        await desk.sessions.sign_in(EVE, "the inviter's own one", ORIGIN)
    member = await desk.members.get(world.admin, user.id)
    assert (member.status, member.role) == (MemberStatus.ACTIVE, ADMINISTRATOR)

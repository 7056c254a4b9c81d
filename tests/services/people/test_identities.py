"""Two accounts invite one address: neither gets into the other, nor learns of it."""

from dataclasses import replace

import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR, Role
from server.domain.errors import Expired, NotFound, SignInNeeded, Taken
from server.domain.tokens.secret_policy import Grace
from server.models.accounts import Session, SignInLink, User
from server.services.people.views import MemberView
from tests.support.evidence import dump, records
from tests.support.factories import made
from tests.support.world import ORIGIN, World

ADMINISTRATOR, VIEWER = Role.ADMINISTRATOR, Role.VIEWER
EVE = "eve@nowhere.example"
PASSWORD = "chosen by the squatter"


async def test_what_the_first_inviter_set_up_opens_nothing_of_the_second(
    desk: Desk, world: World
) -> None:
    token_id = (await made(desk, world.admin)).token.id
    squatted = await desk.members.invite(world.other_admin, EVE, "Eve", ADMINISTRATOR)
    assert squatted.link is not None
    cookie = await desk.sessions.sign_in_by_link(squatted.link, ORIGIN, PASSWORD)
    await desk.members.invite(world.admin, EVE, "Eve", ADMINISTRATOR)
    squatter = await desk.sessions.resume(cookie, ORIGIN)
    assert squatter is not None
    assert [each.account.id for each in squatter.user.memberships] == [world.vendor.id]
    before = await dump(desk)
    with pytest.raises(NotFound, match="You have no active account"):
        await desk.sessions.switch(cookie, squatter, world.client.id)
    with pytest.raises(NotFound):
        await desk.secrets.rotate(squatter.actor, token_id, Grace.NONE)
    assert await dump(desk) == before
    again = await desk.sessions.sign_in(EVE, PASSWORD, ORIGIN)
    resumed = await desk.sessions.resume(again, ORIGIN)
    assert resumed is not None
    assert [each.account.id for each in resumed.user.memberships] == [world.vendor.id]


async def test_a_second_inviter_ends_no_link_of_the_first(desk: Desk, world: World) -> None:
    first = await desk.members.invite(world.other_admin, EVE, "Eve", VIEWER)
    second = await desk.members.invite(world.admin, EVE, "Evelyn", ADMINISTRATOR)
    assert first.link is not None
    assert second.link is not None
    for link, account_id, role in (
        (first.link, world.vendor.id, VIEWER),
        (second.link, world.client.id, ADMINISTRATOR),
    ):
        signed_in = await desk.sessions.resume(
            await desk.sessions.sign_in_by_link(link, ORIGIN), ORIGIN
        )
        assert signed_in is not None
        assert (signed_in.actor.account_id, signed_in.actor.role) == (account_id, role)
        assert len(signed_in.user.memberships) == 1
    renewed = await desk.members.renew_link(world.other_admin, first.member.user.id)
    assert renewed.link is not None


async def test_a_known_and_an_unknown_address_look_the_same(desk: Desk, world: World) -> None:
    cookie = await desk.sessions.sign_in(world.other_admin_email, world.password, ORIGIN)
    known_link, _ = await desk.users.create_sign_in_link(OPERATOR, world.other_admin_email)
    otto = await _rows_of(world.other_admin.id)
    known = await desk.members.invite(world.admin, world.other_admin_email, "Typed", VIEWER)
    unknown = await desk.members.invite(world.admin, EVE, "Typed", VIEWER)
    assert known.link is not None
    assert unknown.link is not None
    assert known.member.user.id != world.other_admin.id
    assert _without_address(known.member) == _without_address(unknown.member)
    assert known.expires_at == unknown.expires_at
    listed = {each.user.email: each for each in await desk.members.all(world.admin)}
    assert listed[world.other_admin_email] == known.member
    assert listed[EVE] == unknown.member
    owners = [await desk.sessions.link_owner(each) for each in (known.link, unknown.link)]
    assert len({(each.user.name, each.may_choose_password) for each in owners}) == 1
    told = [
        [(each.event, each.actor_id, each.object_name) for each in await records(desk, of=id_)]
        for id_ in (known.member.user.id, unknown.member.user.id)
    ]
    assert told[0] == told[1]
    # Nothing of the known person was touched: not their session, and not their link.
    assert await _rows_of(world.other_admin.id) == otto
    assert await desk.sessions.resume(cookie, ORIGIN) is not None
    assert await desk.sessions.sign_in_by_link(known_link, ORIGIN)
    for email in (world.other_admin_email.upper(), EVE):
        with pytest.raises(Taken, match="belongs to Blue Client already"):
            await desk.members.invite(world.admin, email, "Typed", VIEWER)


async def test_an_inviter_does_not_see_who_tries_to_sign_in(desk: Desk, world: World) -> None:
    """A failed sign-in is told to the account that the proved person belongs to alone."""
    for email in (world.other_admin_email, EVE):
        invited = await desk.members.invite(world.admin, email, "Typed", VIEWER)
        assert invited.link is not None
        await desk.sessions.sign_in_by_link(invited.link, ORIGIN, PASSWORD)
        before = {each.id for each in await records(desk)}
        with pytest.raises(SignInNeeded):
            await desk.sessions.sign_in(email, "a wrong password", ORIGIN)
        [record] = [each for each in await records(desk) if each.id not in before]
        assert record.event == "user.sign_in_failed"
        assert record.chain == (world.vendor.id if email != EVE else "platform")


async def _rows_of(user_id: str) -> list[object]:
    user = await User.filter(id=user_id).values()
    sessions = await Session.filter(user_id=user_id).order_by("id").values()
    links = await SignInLink.filter(user_id=user_id).order_by("id").values()
    return [user, sessions, links]


def _without_address(member: MemberView) -> MemberView:
    return replace(member, user=replace(member.user, id="", email=""))


async def test_a_password_of_an_account_leaves_the_link_of_operations(
    desk: Desk, world: World
) -> None:
    invited = await desk.members.invite(world.other_admin, EVE, "Eve", VIEWER)
    vouching, _ = await desk.users.create_sign_in_link(OPERATOR, EVE)
    assert invited.link is not None
    cookie = await desk.sessions.sign_in_by_link(invited.link, ORIGIN, PASSWORD)
    chosen = await desk.sessions.resume(cookie, ORIGIN)
    assert chosen is not None
    await desk.profile.change_password(cookie, chosen, PASSWORD, f"{PASSWORD} again")
    assert await desk.sessions.sign_in_by_link(vouching, ORIGIN)
    assert (await User.get(id=invited.member.user.id)).proved
    assert await desk.sessions.resume(cookie, ORIGIN) is None


async def test_a_link_for_a_new_password_leaves_the_invitation(desk: Desk, world: World) -> None:
    invited = await desk.members.invite(world.other_admin, EVE, "Eve", VIEWER)
    await desk.profile.reset_password(OPERATOR, EVE)
    assert invited.link is not None
    assert await desk.sessions.sign_in_by_link(invited.link, ORIGIN)


async def test_a_password_of_operations_lets_who_was_invited_in(desk: Desk, world: World) -> None:
    invited = await desk.members.invite(world.other_admin, EVE, "Eve", VIEWER)
    assert invited.link is not None
    await desk.profile.reset_password(OPERATOR, EVE, PASSWORD)
    cookie = await desk.sessions.sign_in(EVE, PASSWORD, ORIGIN)
    signed_in = await desk.sessions.resume(cookie, ORIGIN)
    assert signed_in is not None
    assert (signed_in.actor.account_id, signed_in.actor.role) == (world.vendor.id, VIEWER)
    with pytest.raises(Expired):
        await desk.sessions.sign_in_by_link(invited.link, ORIGIN)


async def test_a_link_that_ends_a_password_says_so_beforehand(desk: Desk, world: World) -> None:
    invited = await desk.members.invite(world.admin, EVE, "Eve", VIEWER)
    assert invited.link is not None
    assert not (await desk.sessions.link_owner(invited.link)).ends_password
    await desk.sessions.sign_in_by_link(invited.link, ORIGIN, PASSWORD)
    proving, _ = await desk.users.create_sign_in_link(OPERATOR, EVE)
    assert (await desk.sessions.link_owner(proving)).ends_password
    await desk.sessions.sign_in(EVE, PASSWORD, ORIGIN)
    await desk.sessions.sign_in_by_link(proving, ORIGIN)
    with pytest.raises(SignInNeeded):
        await desk.sessions.sign_in(EVE, PASSWORD, ORIGIN)

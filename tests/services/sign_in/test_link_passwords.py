"""A password chosen with a one-time link, in the step that uses the link up."""

import asyncio

import pytest

from server.desk import Desk
from server.domain.actor import Role
from server.domain.errors import Expired, Invalid
from tests.support.evidence import dump, records
from tests.support.world import ORIGIN, World

EMAIL = "nora@client.example"


@pytest.fixture
async def link(desk: Desk, world: World) -> str:
    """A one-time link of somebody who was invited a moment ago."""
    invited = await desk.members.invite(world.admin, EMAIL, "Nora New", Role.VIEWER)
    assert invited.member.needs_link
    assert invited.link is not None
    return invited.link


async def test_of_ten_uses_at_once_one_chooses_the_password(
    desk: Desk, world: World, link: str
) -> None:
    owner = await desk.sessions.link_owner(link)
    assert (owner.may_choose_password, owner.user.email) == (True, EMAIL)
    passwords = [f"a long password {number}" for number in range(10)]
    answers = await asyncio.gather(
        *(desk.sessions.sign_in_by_link(link, ORIGIN, each) for each in passwords),
        return_exceptions=True,
    )
    won = [number for number, answer in enumerate(answers) if isinstance(answer, str)]
    assert len(won) == 1
    assert [type(answer) for answer in answers].count(Expired) == 9
    assert await desk.sessions.sign_in(EMAIL, passwords[won[0]], ORIGIN)
    found = [record.event for record in await records(desk, of=owner.user.id)]
    assert found[-3:] == ["user.password_set", "user.signed_in", "user.signed_in"]
    assert found.count("user.password_set") == 1
    [nora] = [each for each in await desk.members.all(world.admin) if each.user.email == EMAIL]
    assert not nora.needs_link


@pytest.mark.parametrize("password", ["x" * 11, "x" * 1_001])
async def test_a_password_that_cannot_be_leaves_the_link_unused(
    desk: Desk, link: str, password: str
) -> None:
    before = await dump(desk)
    with pytest.raises(Invalid, match=r"A password needs 12 to 1,000 characters\."):
        await desk.sessions.sign_in_by_link(link, ORIGIN, password)
    assert await dump(desk) == before
    assert await desk.sessions.sign_in_by_link(link, ORIGIN)


async def test_without_a_password_the_link_signs_in_as_ever(
    desk: Desk, world: World, link: str
) -> None:
    assert await desk.sessions.sign_in_by_link(link, ORIGIN)
    [nora] = [each for each in await desk.members.all(world.admin) if each.user.email == EMAIL]
    assert nora.last_sign_in_at == desk.clock()
    assert "user.password_set" not in {each.event for each in await records(desk)}

"""People changed at once: an account is never left without an administrator."""

import asyncio

import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR, Role
from server.domain.errors import IllegalTransition
from server.models.accounts import Membership
from server.services.people.views import MemberView
from tests.support.evidence import records
from tests.support.world import World


async def administrators(desk: Desk, world: World) -> set[str]:
    """The client's, as they are now."""
    return {
        member.user.id
        for member in await desk.members.all(world.operations_admin, world.client.id)
        if member.active and member.role is Role.ADMINISTRATOR
    }


@pytest.mark.parametrize("demoted", [False, True])
async def test_of_the_last_two_administrators_one_stays(
    desk: Desk, world: World, demoted: bool
) -> None:
    for _ in range(5):
        await Membership.filter(account_id=world.client.id).update(
            role=Role.ADMINISTRATOR, active=True
        )
        both = {world.admin.id, world.viewer.id}
        assert await administrators(desk, world) == both
        before = {record.id for record in await records(desk)}
        first, second = await asyncio.gather(
            desk.members.deactivate(world.admin, world.viewer.id),
            desk.members.set_role(OPERATOR, world.admin.id, Role.VIEWER, world.client.id)
            if demoted
            else desk.members.deactivate(OPERATOR, world.admin.id, world.client.id),
            return_exceptions=True,
        )
        assert {isinstance(answer, MemberView) for answer in (first, second)} == {True, False}
        refusal = first if isinstance(first, Exception) else second
        assert isinstance(refusal, IllegalTransition)
        assert "is the last administrator of Blue Client" in refusal.message
        assert len(await administrators(desk, world)) == 1
        assert len([each for each in await records(desk) if each.id not in before]) == 1
    assert await desk.audit_trail.verify(OPERATOR) == []


async def test_twenty_deactivations_of_one_person_are_one(desk: Desk, world: World) -> None:
    answers = await asyncio.gather(
        *(desk.members.deactivate(world.admin, world.viewer.id) for _ in range(20)),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, MemberView) for answer in answers) == 1
    assert sum(isinstance(answer, IllegalTransition) for answer in answers) == 19
    left = [record for record in await records(desk) if record.event == "user.deactivated"]
    assert [record.object_id for record in left] == [world.viewer.id]

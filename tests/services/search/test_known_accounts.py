"""What a service told of a moment ago is not read again; who may see it is asked every time."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest

from server.desk import Desk
from server.domain.actor import NOBODY, OPERATOR
from server.domain.errors import NotAllowed, NotFound, SignInNeeded
from server.domain.tokens.secret_policy import Grace
from server.services.accounts.views import ModuleOffer
from tests.schema.test_query_counts import counted
from tests.support.factories import made
from tests.support.world import World

Ask = Callable[..., Awaitable[Any]]

OF_A_TOKEN: Final = {
    "milestones": lambda desk: desk.tokens.milestones,
    "old secrets": lambda desk: desk.secrets.old,
    "usage": lambda desk: desk.usage.for_token,
}


@pytest.mark.parametrize("detail", OF_A_TOKEN)
async def test_a_token_is_not_read_again(detail: str, desk: Desk, world: World) -> None:
    token_id = (await made(desk, world.admin)).token.id
    await desk.secrets.rotate(world.admin, token_id, Grace.ONE_DAY)
    token = await desk.tokens.get(world.admin, token_id)
    ask: Ask = OF_A_TOKEN[detail](desk)
    for actor in (world.viewer, world.operations_admin, OPERATOR):
        with counted() as statements:
            told = await ask(actor, token)
        assert len(statements) == 1
        assert told == await ask(actor, token_id) != []
    with pytest.raises(NotFound, match=f"There is no API token {token_id}"):
        await ask(world.other_admin, token)
    with pytest.raises(SignInNeeded):
        await ask(NOBODY, token)


async def test_an_account_is_not_read_again(desk: Desk, world: World) -> None:
    for actor in (world.admin, world.operations_admin, OPERATOR):
        with counted() as statements:
            people = await desk.members.all(actor, world.client)
        assert len(statements) == 1
        assert people == await desk.members.all(actor, world.client.id)
        assert len(people) == 2
    with pytest.raises(NotFound, match=f"There is no account {world.client.id}"):
        await desk.members.all(world.other_admin, world.client)
    for nothing in ("ACC-0000-0000", "nonsense", "\x00"):
        with pytest.raises(NotFound):
            await desk.members.all(world.operations_admin, nothing)
    with pytest.raises(NotFound):
        await desk.members.all(OPERATOR)  # it acts for no account


async def test_operations_sees_every_module_and_which_of_them_an_account_has(
    desk: Desk, world: World
) -> None:
    every = await desk.modules.all(world.operations_admin)
    of_client = [ModuleOffer(each, each in world.modules.of_client) for each in every]
    for account in (world.client, world.client.id):
        assert await desk.modules.offered(world.operations_admin, account) == of_client
    of_vendor = await desk.modules.offered(OPERATOR, world.vendor)
    assert [each.module.id for each in of_vendor if each.enabled] == ["MOD-1756", "MOD-2003"]
    with pytest.raises(NotFound):
        await desk.modules.offered(world.operations_admin, "ACC-0000-0000")
    for actor in (world.admin, world.other_admin):
        with pytest.raises(NotAllowed):
            await desk.modules.offered(actor, world.client)
    with pytest.raises(SignInNeeded):
        await desk.modules.offered(NOBODY, world.client)

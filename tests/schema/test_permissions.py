"""Every mutation by every sort of actor; whoever is refused has changed nothing."""

from typing import Any, cast

import pytest

from server.desk import Desk
from tests.pictures import picture
from tests.schema.conftest import Client
from tests.schema.matrix import ACTORS, ALLOWED, ROWS, Scene
from tests.schema.operations import members, mutation, mutations
from tests.services.evidence import dump
from tests.world import World


def document(name: str) -> str:
    """A document that sends a mutation and asks how it ended."""
    bulk = members(name)[0] in {"ApiTokensPayload", "DeleteApiTokensPayload"}
    return mutation(name, "refused { error { code } }" if bulk else "__typename")


def outcome(answer: dict[str, Any]) -> str:
    """How it ended: a code, of the one item where there was a list, or allowed."""
    if "errors" in answer:
        [error] = answer["errors"]
        assert answer["data"] is None
        return cast(str, error["extensions"]["code"])
    result = answer["data"]["result"]
    for refused in result.get("refused", []):
        return cast(str, refused["error"]["code"])
    return cast(str, result.get("code", ALLOWED))


async def send(client: Client, name: str, wish: dict[str, Any]) -> str:
    """How the mutation with this input ended."""
    if ROWS[name].sends_file:
        answer = await client.send_file(document(name), picture(), input=wish)
    else:
        answer = await client.send(document(name), input=wish)
    return outcome(answer)


def test_every_mutation_has_a_row() -> None:
    assert set(ROWS) == set(mutations())


@pytest.mark.parametrize("name", sorted(ROWS))
async def test_each_actor_may_do_what_the_matrix_says(
    name: str,
    desk: Desk,
    world: World,
    nobody: Client,
    signed_in: dict[str, Client],
    programs: dict[str, Client],
) -> None:
    scene, clients = Scene(desk, world), {"nobody": nobody} | signed_in | programs
    found: dict[str, str] = {}
    for actor in ACTORS:
        wish = await ROWS[name].wish(scene)
        before = await dump(desk)
        found[actor] = await send(clients[actor], name, wish)
        changed = await dump(desk) != before
        assert changed == (found[actor] == ALLOWED), (actor, found[actor])
    assert found == dict(zip(ACTORS, ROWS[name].outcomes, strict=True))

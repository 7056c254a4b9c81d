"""Every mutation by every sort of actor, here and elsewhere; who is refused changed nothing."""

from typing import Any

import pytest

from server.desk import Desk
from tests.schema.conftest import Client
from tests.schema.matrix import ROWS
from tests.schema.operations import members, mutation, mutations
from tests.schema.reads import LETTERS
from tests.support.cast import Cast, Cell
from tests.support.evidence import dump
from tests.support.pictures import picture

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def document(name: str) -> str:
    """A document that sends a mutation and asks how it ended."""
    bulk = members(name)[0].endswith("ApiTokensPayload")
    return mutation(name, "refused { error { code } }" if bulk else "__typename")


def outcome(answer: dict[str, Any]) -> str:
    """The letter of how it ended: of the one item where there was a list."""
    if "errors" in answer:
        [error] = answer["errors"]
        assert answer["data"] is None
        return LETTERS[error["extensions"]["code"]]
    result = answer["data"]["result"]
    for refused in result.get("refused", []):
        return LETTERS[refused["error"]["code"]]
    return LETTERS[result["code"]] if "code" in result else "A"


async def send(client: Client, row: str, wish: dict[str, Any]) -> str:
    """How the mutation with this input ended."""
    name = row.partition(":")[0]
    if ROWS[row].sends_file:
        answer = await client.send_file(document(name), picture(), input=wish)
    else:
        answer = await client.send(document(name), input=wish)
    return outcome(answer)


def test_every_mutation_has_a_row(database_url: str) -> None:
    assert {name.partition(":")[0] for name in ROWS} == set(mutations())


@pytest.mark.parametrize("name", sorted(ROWS))
async def test_each_actor_may_do_what_the_matrix_says(
    name: str, desk: Desk, everybody: Cast, clients: dict[str, Client]
) -> None:
    row, found, wanted = ROWS[name], dict[str, str](), dict[str, str]()
    done, refused = list[Cell](), list[tuple[Cell, dict[str, Any]]]()
    for cell in everybody.cells():
        wanted[str(cell)] = row.outcomes.of(cell)
        if wanted[str(cell)] == "A":
            done.append(cell)
        else:
            refused.append((cell, await row.wish(desk, cell)))
    before = await dump(desk)
    for cell, wish in refused:
        found[str(cell)] = await send(clients[cell.name], name, wish)
    assert await dump(desk) == before, found
    for cell in done:
        wish = await row.wish(desk, cell)
        before = await dump(desk)
        found[str(cell)] = await send(clients[cell.name], name, wish)
        if cell.place == "own":
            assert await dump(desk) != before, (cell.name, "nothing was done")
    assert found == wanted

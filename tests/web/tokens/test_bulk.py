"""Many tokens at once: asked, done, and told of each that was left as it is."""

import httpx
import pytest

from server.desk import Desk
from server.domain.tokens.lifecycle import TokenStatus
from tests.support.evidence import dump
from tests.support.world import World
from tests.web.pages import LIST, PARTIAL, make, text_of

BULK = f"{LIST}/bulk"


async def statuses(desk: Desk, world: World) -> dict[str, TokenStatus]:
    return {info.name: info.status for info in await desk.token_list.all(world.admin)}


async def test_the_selected_are_asked_for_and_then_disabled(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    one, two, _ = [await make(desk, world, name) for name in ("One", "Two", "Three")]
    wish = {"action": "disable", "ids": [one.id, two.id], "state": "sort=name"}
    before = await dump(desk)
    asked = await admin.post(BULK, data=wish, headers=PARTIAL)
    assert (asked.status_code, "Disable 2 API tokens?" in asked.text) == (200, True)
    assert await dump(desk) == before
    done = await admin.post(BULK, data=wish | {"confirmed": "1"})
    assert (done.status_code, done.headers["location"]) == (303, f"{LIST}?sort=name")
    assert "2 API tokens disabled." in (await admin.get(done.headers["location"])).text
    assert await statuses(desk, world) == {
        "One": TokenStatus.DISABLED,
        "Two": TokenStatus.DISABLED,
        "Three": TokenStatus.ACTIVE,
    }


async def test_a_form_in_parts_is_understood_as_well(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    token = await make(desk, world, "One")
    sent = {"action": "delete", "ids": token.id, "confirmed": "1", "typed": "delete 1"}
    parts = {name: (None, value) for name, value in sent.items()}
    done = await admin.post(BULK, files=parts)
    assert done.request.headers["content-type"].startswith("multipart/form-data")
    assert (done.status_code, await statuses(desk, world)) == (303, {})


async def test_all_that_was_found_can_be_meant(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    for number in range(12):
        await make(desk, world, f"Robot {number}")
    await make(desk, world, "Other")
    wish = {"action": "disable", "scope": "all", "state": "search=robot", "confirmed": "1"}
    done = await admin.post(BULK, data=wish)
    assert "12 API tokens disabled." in (await admin.get(done.headers["location"])).text
    found = await statuses(desk, world)
    assert [name for name, status in found.items() if status is TokenStatus.ACTIVE] == ["Other"]


async def test_each_that_is_refused_is_told_of(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    one, two = [await make(desk, world, name) for name in ("One", "Two")]
    foreign = await desk.tokens.create(world.other_admin, name="F", module_ids=["MOD-2003"])
    await desk.tokens.disable(world.admin, two.id)
    ids = [one.id, two.id, foreign.token.id]
    wish = {"action": "disable", "ids": ids, "confirmed": "1", "state": ""}
    told = await admin.post(BULK, data=wish, headers=PARTIAL)
    page = text_of(told.text)
    assert (told.status_code, "1 of 3 disabled" in page) == (200, True)
    assert f"{two.id} : API token {two.id} is disabled; it cannot be disabled." in page
    assert f"{foreign.token.id} : There is no API token {foreign.token.id}." in page
    assert (await desk.tokens.get(world.other_admin, foreign.token.id)).status is TokenStatus.ACTIVE


async def test_deleting_many_needs_their_number(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    ids = [(await make(desk, world, name)).id for name in ("One", "Two")]
    wish = {"action": "delete", "ids": ids, "confirmed": "1", "state": ""}
    before = await dump(desk)
    for typed in ("", "delete", "delete 3"):
        refused = await admin.post(BULK, data=wish | {"typed": typed})
        assert (refused.status_code, "Type delete 2 to go on." in refused.text) == (422, True)
    assert await dump(desk) == before
    await admin.post(BULK, data=wish | {"typed": "delete 2"})
    assert await statuses(desk, world) == {}


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"action": "disable"}, "Select at least one API token first."),
        ({"action": "explode", "ids": ["TKN-1234-5678"]}, "Choose whether to enable"),
        ({"ids": ["TKN-1234-5678"]}, "Choose whether to enable"),
        (
            {"action": "enable", "ids": [f"TKN-0000-{n:04d}" for n in range(1_001)]},
            "Select at most 1,000 API tokens at once.",
        ),
    ],
)
async def test_what_cannot_be_meant_is_told(
    admin: httpx.AsyncClient, wish: dict[str, object], said: str
) -> None:
    refused = await admin.post(BULK, data=wish)
    assert (refused.status_code, said in refused.text) == (422, True)

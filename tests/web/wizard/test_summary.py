"""The Summary: examples with the value, trying the token out, leaving under `reveal: once`."""

import html
import re

import httpx

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.domain.tokens.secret_policy import RevealPolicy
from server.models.tokens import Token
from tests.support.world import World
from tests.web.conftest import PARTIAL, SignIn
from tests.web.pages import LIST, make, text_of
from tests.web.walk import errors_in, send, walk_to_overview

NOTHING: dict[str, object] = {}


async def add(admin: httpx.AsyncClient, world: World, name: str = "Robot") -> str:
    """A draft that was added; its address."""
    draft = await walk_to_overview(admin, [world.modules.access.id], name)
    await send(admin, f"{draft}/overview", {"version": "2"}, to=f"{draft}/summary")
    return draft


def examples_in(page: str) -> dict[str, str]:
    """Each example as a person copies it."""
    found = re.findall(r'<code id="example-(\w+)">(.*?)</code>', page, re.DOTALL)
    return {key: html.unescape(re.sub(r"<[^>]+>", "", text)) for key, text in found}


async def test_four_examples_carry_the_value_each_once(
    admin: httpx.AsyncClient, world: World
) -> None:
    draft = await add(admin, world)
    page = (await admin.get(f"{draft}/summary")).text
    value = re.search(r'id="secret-value" type="text" value="([^"]+)"', page)
    assert value is not None
    examples = examples_in(page)
    assert list(examples) == ["curl", "python", "javascript", "http"]
    assert [text.count(value[1]) for text in examples.values()] == [1] * 4
    assert [text.count("/graphql") for text in examples.values()] == [1] * 4
    assert 'aria-label="Copy the example in Python"' in page


async def test_the_tokens_page_has_them_with_the_environments_variable(
    admin: httpx.AsyncClient, viewer: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    token = await make(desk, world)
    for person in (admin, viewer):
        page = (await person.get(f"{LIST}/{token.id}")).text
        examples = examples_in(page)
        assert [text.count("TOKENDESK_TOKEN") for text in examples.values()] == [1] * 4
        assert "idt:TKN" not in "".join(examples.values())


async def test_a_token_is_tried_and_the_answer_told_in_words(
    admin: httpx.AsyncClient, world: World
) -> None:
    draft = await add(admin, world, name="Røbot <1>")
    answer = await admin.post(f"{draft}/try", headers=PARTIAL)
    assert (answer.status_code, "<html" in answer.text) == (200, False)
    token = await Token.get()
    told = text_of(answer.text)
    assert "It works. GET /verify answered 200 OK." in told
    for words in (
        "API token X-Token-Name Røbot <1>",
        f"Its id X-Token-Id {token.id}",
        f"Account X-Account-Id {world.client.id}",
        "Account type X-Account-Type Client",
        f"Modules X-Token-Modules {world.modules.access.id}",
    ):
        assert words in told
    assert "idt:" not in answer.text
    page = await admin.post(f"{draft}/try")
    assert (page.status_code, "It works." in text_of(page.text)) == (200, True)
    assert "<title>Summary - Add API token" in page.text


async def test_a_refusal_is_told_with_its_reason(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    draft = await add(admin, world)
    await desk.tokens.disable(world.admin, (await Token.get()).id)
    told = text_of((await admin.post(f"{draft}/try", headers=PARTIAL)).text)
    assert told == ("It is refused. The token is disabled. GET /verify answered 401 Unauthorized.")


async def test_only_who_added_it_can_try_it_and_only_an_added_draft(
    admin: httpx.AsyncClient, sign_in: SignIn, viewer: httpx.AsyncClient, world: World
) -> None:
    draft = await add(admin, world)
    other = await sign_in(world.other_admin_email)
    assert (await other.post(f"{draft}/try")).status_code == 404
    assert (await viewer.post(f"{draft}/try")).status_code == 403
    unfinished = await walk_to_overview(admin, [world.modules.access.id])
    assert (await admin.post(f"{unfinished}/try")).status_code == 409
    assert (await admin.post(f"{unfinished}/summary")).status_code == 409


async def test_under_reveal_once_leaving_needs_the_tick_and_says_so_in_our_words(
    admin: httpx.AsyncClient, desk: Desk, world: World
) -> None:
    await desk.accounts.set_reveal(OPERATOR, world.client.id, RevealPolicy.ONCE)
    draft = await add(admin, world)
    for go in ("close", "details"):
        answer = await admin.post(f"{draft}/summary", data={"go": go})
        assert (answer.status_code, errors_in(answer.text)) == (
            422,
            ["Copy the API token first, then tick “I have copied it”. Nobody can show it again."],
        )
        assert 'href="#f-copied"' in answer.text
        assert 'aria-invalid="true" aria-describedby="e-copied"' in answer.text
        assert "idt:TKN-" in answer.text
        assert " required" not in answer.text
    token = await Token.get()
    copied: dict[str, object] = {"copied": "1", "go": "close"}
    await send(admin, f"{draft}/summary", copied, to=LIST)
    await send(admin, f"{draft}/summary", copied | {"go": "details"}, to=f"{LIST}/{token.id}")
    moved = await admin.post(
        f"{draft}/summary", data={"copied": "1", "go": "details"}, headers=PARTIAL
    )
    assert (moved.status_code, moved.headers["hx-redirect"]) == (204, f"{LIST}/{token.id}")


async def test_under_reveal_always_leaving_asks_nothing(
    admin: httpx.AsyncClient, world: World
) -> None:
    draft = await add(admin, world)
    page = (await admin.get(f"{draft}/summary")).text
    assert "I have copied it" not in page
    await send(admin, f"{draft}/summary", NOTHING, to=LIST)

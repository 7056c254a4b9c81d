"""The page of the design system: in demos alone, complete, and made of the product's own pieces."""

import re
from collections.abc import Mapping

import httpx
import pytest

from server.http.pages.assets import STATIC
from server.settings import Settings
from tests.web.pages import LIST, text_of
from tests.web.walk import errors_in

ASK = "/design/ask"
SHEET = (STATIC / "css" / "base.css").read_text()
TEMPLATES = STATIC.parent / "templates"


@pytest.fixture
def demo() -> bool:
    """Whether the desk is a demo; a test may say otherwise."""
    return True


@pytest.fixture
def settings(settings: Settings, demo: bool) -> Settings:
    """The test's settings, with that."""
    return settings.model_copy(update={"demo": demo})


def partial(target: str) -> Mapping[str, str]:
    """What htmx sends from the page."""
    return {
        "HX-Request": "true",
        "HX-Request-Type": "partial",
        "HX-Target": target,
        "HX-Current-URL": "http://desk.test/design",
    }


@pytest.mark.parametrize("demo", [True, False])
async def test_it_is_there_in_demos_alone(
    admin: httpx.AsyncClient, nobody: httpx.AsyncClient, demo: bool
) -> None:
    for path in ("/design", f"{ASK}/typed"):
        assert (await admin.get(path)).status_code == (200 if demo else 404)
        assert (await admin.post(path, data={"typed": "x"})).status_code == (422 if demo else 404)
        answer = await nobody.get(path)
        expected = (303, f"/sign-in?next={path}") if demo else (404, None)
        assert (answer.status_code, answer.headers.get("location")) == expected
    assert ('href="/design"' in (await admin.get(LIST)).text) is demo


async def test_it_shows_every_colour_size_and_icon(admin: httpx.AsyncClient) -> None:
    page = (await admin.get("/design")).text
    own = (STATIC / "css" / "design.css").read_text()
    colours = re.findall(r"--([\w-]+): light-dark\(", SHEET)
    assert {"page", "brand", "off-soft"} <= set(colours)
    assert re.findall(r'"swatch swatch-([\w-]+)"', page) == [*colours, *colours]
    for name in colours:
        assert f".swatch-{name} {{\n    background: var(--{name});" in own
    sizes = re.findall(r"--(\w+): [\d.]+rem;", SHEET)
    for name in sizes:
        shown = f'class="size-{name}"' in page and f"font-size: var(--{name});" in own
        spaced = f'class="space space-{name}"' in page and f"width: var(--{name});" in own
        assert shown or spaced or name in {"target", "top", "round", "rounder"}, name
    icons = re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text())
    listed = page[page.index('<ul class="icons">') :]
    assert re.findall(r"#([\w-]+)\"></use></svg><code>\1</code>", listed) == icons


def test_every_icon_that_is_named_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text()))
    named = {
        name
        for file in TEMPLATES.rglob("*.html")
        for name in re.findall(r"\bicon\(\"([\w-]+)\"", file.read_text())
    }
    assert len(named) > 20
    assert named - drawn == set()


async def test_light_and_dark_have_the_same_and_no_id_twice(admin: httpx.AsyncClient) -> None:
    page = (await admin.get("/design")).text
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    pairs = page.split('<div class="scheme light" role="group" aria-label="Light">')[1:]
    assert len(pairs) == 7
    for pair in pairs:
        light, _, dark = pair.partition(
            '</div>\n  <div class="scheme dark" role="group" aria-label="Dark">'
        )
        assert dark.startswith(light.replace("-light", "-dark")), light


async def test_its_form_says_what_is_wrong_and_keeps_what_was_typed(
    admin: httpx.AsyncClient,
) -> None:
    answer = await admin.post("/design", data={"name": "", "description": "Typed", "module": ""})
    assert answer.status_code == 422
    assert errors_in(answer.text) == ["Enter a name.", "Choose a module."]
    assert "<title>Error: Design system - Tokendesk</title>" in answer.text
    assert ">\nTyped</textarea>" in answer.text
    answer = await admin.post("/design", data={"name": "x", "module": "billing"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/design")
    assert "Sent. Nothing was kept." in text_of((await admin.get("/design")).text)


async def test_its_list_has_pages(admin: httpx.AsyncClient) -> None:
    for query, rows, said in (
        ("", (1, 4), "Rows 1 to 4 of 12"),
        ("?page=3", (9, 12), "Rows 9 to 12 of 12"),
        ("?size=6&page=2", (7, 12), "Rows 7 to 12 of 12"),
        ("?size=5&page=99", (9, 12), "Rows 9 to 12 of 12"),
        ("?size=x&page=x", (1, 4), "Rows 1 to 4 of 12"),
    ):
        page = (await admin.get(f"/design{query}")).text
        shown = [int(number) for number in re.findall(r"Robot (\d+)<small>", page)]
        assert shown == list(range(rows[0], rows[1] + 1)), query
        assert said in text_of(page)
    part = (await admin.get("/design?page=2", headers=partial("div#sample"))).text
    assert part.strip().startswith('<div id="sample">')
    assert "<html" not in part


async def test_its_dialogs_ask_and_say_what_was_done(admin: httpx.AsyncClient) -> None:
    asked = await admin.get(f"{ASK}/typed", headers=partial("div#dialog-slot"))
    assert 'role="alertdialog"' in asked.text
    assert "Type its name to go on" in asked.text
    wrong = await admin.post(
        f"{ASK}/typed", data={"typed": "Robot"}, headers=partial("dialog#dialog")
    )
    assert wrong.status_code == 422
    assert "Type the name to go on: Robot 1" in text_of(wrong.text)
    for kind, form in (("typed", {"typed": "Robot 1"}), ("choice", {"grace": "none"})):
        done = await admin.post(f"{ASK}/{kind}", data=form, headers=partial("dialog#dialog"))
        assert done.status_code == 200
        assert "Done. Nothing was changed." in done.headers["hx-trigger"]
    for method in ("GET", "POST"):
        assert (await admin.request(method, f"{ASK}/other")).status_code == 404

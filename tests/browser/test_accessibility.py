"""Every page and state, at its usual size and at 320 px: axe, valid HTML, policy, console."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Browser, Route

from tests.support.node import Node
from tests.ui_review.everything import STATES
from tests.ui_review.failing import failing_server
from tests.ui_review.looks import FAST_VISITS
from tests.ui_review.scene import NOBODY, Scene, scene
from tests.ui_review.states import Stage, State
from tests.ui_review.validity import Sent, validate
from tests.ui_review.visiting import Tour


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the world that is looked at."""
    return tmp_path_factory.mktemp("audit") / "data"


@pytest.fixture(scope="module")
def world(folder: Path) -> Iterator[Scene]:
    """The demo world with enough tokens for several pages, served."""
    with scene(folder, more_tokens=40) as made:
        yield made


async def test_no_state_of_the_product_breaks_a_rule(
    chromium: Browser, world: Scene, folder: Path, node: Node
) -> None:
    async with failing_server(folder) as failing:
        tour = Tour(chromium, world, failing, pictures=False)
        await tour.make(STATES, FAST_VISITS)
    reached = {name for name, _ in tour.judged}
    wrong = [*tour.findings, *validate(tour.pages.values(), node, thorough=False)]
    assert [f"{each.rule}: {each.what} on {each.place}" for each in wrong] == []
    assert len(reached) > 100


FAULTY: Final = """<!doctype html><html lang="en"><head><title>Faulty</title></head><body>
<main><h1>Faulty</h1><img src="/logo.png"><p style="width: 2000px">Too wide</p></main>
<script src="http://elsewhere.example/x.js"></script></body></html>"""


async def test_the_audit_sees_what_is_wrong(chromium: Browser, world: Scene) -> None:
    async def faulty(route: Route) -> None:
        policy = {"Content-Security-Policy": "default-src 'none'"}
        await route.fulfill(body=FAULTY, content_type="text/html", headers=policy)

    async def reach(stage: Stage) -> None:
        await stage.page.route("**/faulty", faulty)
        await stage.page.goto(f"{stage.scene.url}/faulty")
        await stage.page.evaluate("document.querySelector('p').style.width = '2000px'")

    tour = Tour(chromium, world, world.url, pictures=False)
    await tour.make([State("faulty", NOBODY, (reach,))], FAST_VISITS)
    found = {(each.rule.partition(":")[0], each.look) for each in tour.findings}
    assert {(rule, "light") for rule in ("policy", "another origin", "image-alt")} <= found
    assert {look for rule, look in found if rule == "the page scrolls sideways"} == {
        "light",
        "320 px",
    }


async def test_the_audit_sees_html_that_is_not_valid(node: Node) -> None:
    page = Sent("faulty", "http://desk.test/faulty", FAULTY)
    fragment = Sent("faulty", "http://desk.test/faulty", "<title>Part</title><ul><p>x</p></ul>")
    found = {each.rule for each in validate([page, fragment], node, thorough=False)}
    assert {"html-validate no-inline-style", "html-validate element-permitted-content"} <= found

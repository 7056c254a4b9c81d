"""Every page and state, at its usual size and at 320 px: axe, valid HTML, policy, console."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.audit.everything import STATES
from tests.audit.failing import failing_server
from tests.audit.looks import FAST_VISITS
from tests.audit.scene import Scene, scene
from tests.audit.validity import validate
from tests.audit.visiting import Tour
from tests.debian import Missing
from tests.node import AUDIT, Node, find_node


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the world that is looked at."""
    return tmp_path_factory.mktemp("audit") / "data"


@pytest.fixture(scope="module")
def world(folder: Path) -> Iterator[Scene]:
    """The demo world with enough tokens for several pages, served."""
    with scene(folder, more_tokens=40) as made:
        yield made


@pytest.fixture(scope="module")
def node() -> Node:
    """Node with axe-core and html-validate; skips where there is none."""
    found = find_node(AUDIT)
    if isinstance(found, Missing):
        pytest.skip(found.reason)
    return found


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

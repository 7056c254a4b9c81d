"""Firefox, driven over WebDriver BiDi by Puppeteer: Playwright drives a build of its own only."""

import json
from pathlib import Path

import httpx
import pytest

from server.demo.world import PASSWORD, SARAH
from tests.support.debian import Missing, find_program
from tests.support.live import LiveServer
from tests.support.node import Node


@pytest.fixture(scope="module")
def firefox() -> Path:
    """The browser's program."""
    found = find_program("firefox-esr", ("firefox-esr", "firefox"), "TOKENDESK_FIREFOX")
    if isinstance(found, Missing):
        pytest.skip(found.reason)
    return found


def test_a_person_makes_tries_and_disables_a_token(
    firefox: Path, node: Node, server: LiveServer, artefacts: Path
) -> None:
    printed = node.output("firefox.mjs", firefox, server.url, SARAH.email, PASSWORD, artefacts)
    seen = json.loads(printed)
    bearer = {"Authorization": f"Bearer {seen.pop('secret')}"}
    verdict = httpx.get(f"{server.url}/verify", headers=bearer)
    assert (verdict.status_code, verdict.json()["error"]) == (401, "The token is disabled.")
    assert seen == {
        "steps": [
            f"{name} (step {number} of 4)"
            for number, name in enumerate(("General", "Modules", "Overview", "Summary"), start=1)
        ],
        "masked": True,
        "tried": "It works. GET /verify answered 200 OK. A gateway learns this from its headers:",
        "state": "Disabled",
        "errors": [],
        "violations": [],
    }

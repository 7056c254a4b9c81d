"""The audits of GraphQL over HTTP, by the working group's own suite: all of them pass.

They ask with introspection and queries by GET, as they are by default. The suite's words: MUST
is required of every server, SHOULD is recommended, MAY is what a server can do at all.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.live import live_server
from tests.support.node import Node

BY_WORD: Final = {"MUST": 13, "SHOULD": 23, "MAY": 25}


@pytest.fixture(scope="module")
def audits(node: Node, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What each audit found of a server as it is out of the box."""
    folder: Path = tmp_path_factory.mktemp("audits")
    with live_server(folder) as server:
        found = node.output("audits.mjs", environment={"DESK_URL": server.url})
    assert "Traceback" not in (folder / "server.log").read_text()
    audits: list[dict[str, Any]] = json.loads(found)
    return audits


def test_every_audit_is_passed(audits: list[dict[str, Any]]) -> None:
    wrong = [f"{each['id']} {each['name']}: {each['reason']}" for each in audits]
    wrong = [text for text, each in zip(wrong, audits, strict=True) if each["status"] != "ok"]
    assert wrong == []


def test_none_was_left_out(audits: list[dict[str, Any]]) -> None:
    assert len({each["id"] for each in audits}) == 61
    assert Counter(each["name"].split()[0] for each in audits) == BY_WORD

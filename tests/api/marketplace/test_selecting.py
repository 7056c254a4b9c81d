"""Selections, by themselves."""

from typing import Any

import pytest

from server.api.marketplace.query_string import parse_list_query
from server.api.marketplace.sparse_fields import omitted, pick, select

FIELDS = ("id", "name", "token", "parts")
OBJECT = {
    "id": "1",
    "name": "x",
    "parts": [{"id": "2", "size": {"high": 1, "wide": 2}}, {"id": "3", "size": None}],
}


@pytest.mark.parametrize(
    ("sent", "shown", "left_out"),
    [
        ("", {"id": "1", "name": "x"}, ["token", "parts"]),
        ("+parts", OBJECT, ["token"]),
        ("*", OBJECT, ["token"]),
        ("*,-parts", {"id": "1", "name": "x"}, ["token", "parts"]),
        ("-*", {"id": "1"}, ["name", "token", "parts"]),
        ("name,-*", {"id": "1", "name": "x"}, ["token", "parts"]),
        ("-*,-name,name", {"id": "1"}, ["name", "token", "parts"]),
        (
            "-*,parts.size.high",
            {"id": "1", "parts": [{"id": "2", "size": {"high": 1}}, {"id": "3", "size": None}]},
            ["name", "token"],
        ),
        (
            "-*,parts,-parts.size.high,-parts.id,-parts.a.b",
            {
                "id": "1",
                "parts": [{"id": "2", "size": {"wide": 2}}, {"id": "3", "size": None}],
            },
            ["name", "token"],
        ),
        ("parts.size,parts", OBJECT, ["token"]),
        ("parts,parts.size", OBJECT, ["token"]),
    ],
)
def test_what_is_shown(sent: str, shown: dict[str, Any], left_out: list[str]) -> None:
    selection = parse_list_query(f"select={sent}".encode()).selection
    chosen = pick(FIELDS, {"parts"}, selection)
    found = select({**OBJECT, "parts": [dict(each) for each in _parts()]}, chosen, selection)
    assert found == shown
    assert omitted(FIELDS, chosen, [found]) == left_out


def _parts() -> list[dict[str, Any]]:
    return [{"id": "2", "size": {"high": 1, "wide": 2}}, {"id": "3", "size": None}]

"""Any filter: printed, parsed, and run on each database, finds what plain Python finds."""

from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.domain.filters import Compare, Condition, Operator, Text
from tests.api.marketplace.agreement import filled_scene
from tests.api.marketplace.awkward_tokens import MOMENTS, TEXTS
from tests.api.marketplace.random_conditions import DELTAS, conditions

EXAMPLES = 250
ORDERS = [
    "id",
    "name",
    "description",
    "status",
    "lastAccessAt",
    "account.name",
    "account.type",
    "audit.created.at",
    "audit.created.by.name",
]
PLAIN = [each for each in Operator if "like" not in each]


def test_any_condition(database_url: str, tmp_path: Path) -> None:
    signed = st.sampled_from([sign + path for path in ORDERS for sign in ("", "-")])
    orders = st.lists(signed, min_size=1, max_size=3, unique_by=lambda each: each.strip("-"))
    with filled_scene(database_url, tmp_path) as scene:

        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
        @given(conditions(), orders)
        def any_condition(condition: Condition, order: list[str]) -> None:
            scene.must_agree(condition, order)

        any_condition()


def patterns(text: str) -> list[str]:
    """What finds the text, by its start, its end, its middle and as a whole."""
    return [text, f"{text[:2]}*", f"*{text[-2:]}", f"*{text[1:-1]}*"]


@pytest.mark.parametrize("path", ["name", "description"])
def test_every_text_is_found_by_its_parts_in_either_case(
    database_url: str, tmp_path: Path, path: str
) -> None:
    with filled_scene(database_url, tmp_path) as scene:
        for text in TEXTS:
            if {"'", '"'} <= set(text):
                continue
            for wanted in [*patterns(text), *patterns(text.swapcase())]:
                scene.must_agree(Compare(Operator.LIKE, path, Text(wanted)))
                scene.must_agree(Compare(Operator.ILIKE, path, Text(wanted)))


def test_every_text_has_its_place_among_all(database_url: str, tmp_path: Path) -> None:
    with filled_scene(database_url, tmp_path) as scene:
        for number, text in enumerate(TEXTS):
            for operator in PLAIN:
                path = "name" if number % 2 else "description"
                scene.must_agree(Compare(operator, path, Text(text)))
                # The desk keeps composed characters, and so compares with them.
                scene.must_agree(Compare(operator, path, Text(normalize("NFD", text))))


@pytest.mark.parametrize("path", ["lastAccessAt", "audit.created.at", "audit.updated.at"])
def test_every_moment_has_its_place_among_all(database_url: str, tmp_path: Path, path: str) -> None:
    with filled_scene(database_url, tmp_path) as scene:
        for moment in MOMENTS:
            for delta in DELTAS:
                for operator in PLAIN:
                    wanted = Text((moment + delta).isoformat())
                    scene.must_agree(Compare(operator, path, wanted))

"""How much a browser likes a language (RFC 9110, section 12.5.4)."""

import pytest

from server.http.accept import MOST_RANGES
from server.http.pages.accepted_language import quality


@pytest.mark.parametrize(
    ("accepted", "english", "german"),
    [
        ("", 0, 0),
        ("de", 0, 1),
        ("DE-at", 0, 1),
        ("de;q=0.5, en", 1, 0.5),
        ("en;q=0.25,de;q=0.75", 0.25, 0.75),
        ("de;q=0", 0, 0),
        ("*", 1, 1),
        ("*;q=0.5, de", 0.5, 1),
        ("en;q=0, *", 0, 1),
        ("de ; q=0.5", 0, 0.5),
        ("de;q=1.000", 0, 1),
        ("de;q=1.5", 0, 0),
        ("de;q=0.1234", 0, 0),
        ("deu", 0, 0),
        ("de_DE", 0, 0),
        (";;, ,de", 0, 1),
        ("x" * 100_000, 0, 0),
        ("fr," * MOST_RANGES + "de", 0, 0),
    ],
)
def test_a_quality(accepted: str, english: float, german: float) -> None:
    assert quality(accepted, "en") == pytest.approx(english, abs=1e-4)
    assert quality(accepted, "de") == pytest.approx(german, abs=1e-4)


def test_of_equals_the_first_is_liked_best() -> None:
    assert quality("de,en", "de") > quality("de,en", "en")
    assert quality("en;q=0.5,de;q=0.5", "en") > quality("en;q=0.5,de;q=0.5", "de")

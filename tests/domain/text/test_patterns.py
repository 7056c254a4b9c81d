"""Stars in patterns, and texts compared without case."""

import pytest

from server.domain.filters import Operator
from server.domain.text.patterns import Pattern, evaluate_text, fold_case, parse_pattern


@pytest.mark.parametrize(
    ("text", "pattern", "part"),
    [
        ("abc", Pattern.WHOLE, "abc"),
        ("abc*", Pattern.START, "abc"),
        ("*abc", Pattern.END, "abc"),
        ("*abc*", Pattern.ANYWHERE, "abc"),
        ("a*c", Pattern.WHOLE, "a*c"),
        ("*a*c*", Pattern.ANYWHERE, "a*c"),
        ("*", Pattern.END, ""),
        ("**", Pattern.ANYWHERE, ""),
        ("", Pattern.WHOLE, ""),
        ("\\*", Pattern.WHOLE, "*"),
        ("\\*abc", Pattern.WHOLE, "*abc"),
        ("abc\\*", Pattern.WHOLE, "abc*"),
        ("The\\**", Pattern.START, "The*"),
        ("*\\*The", Pattern.END, "*The"),
        ("a\\*c", Pattern.WHOLE, "a\\*c"),
        ("50%_", Pattern.WHOLE, "50%_"),
    ],
)
def test_a_star_counts_at_the_ends_alone(text: str, pattern: Pattern, part: str) -> None:
    assert parse_pattern(text) == (pattern, part)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ABC", "abc"),
        ("ÉCLAIR", "éclair"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("STRAẞE", "straße"),
        ("\u212aelvin", "kelvin"),
        ("ЖЁЛТЫЙ", "жёлтый"),
    ],
)
def test_upper_and_lower_case_are_alike_in_every_script(one: str, other: str) -> None:
    assert fold_case(one) == fold_case(other)


@pytest.mark.parametrize("text", ["STRASSE", "ß", "İ", "ﬁ"])
def test_a_text_without_case_keeps_its_length(text: str) -> None:
    assert len(fold_case(text)) == len(text)
    assert fold_case("STRASSE") != fold_case("straße")


@pytest.mark.parametrize(
    ("operator", "text", "wanted", "expected"),
    [
        (Operator.EQ, "Alpha", "alpha", False),
        (Operator.NE, "Alpha", "alpha", True),
        (Operator.LT, "B", "a", True),
        (Operator.GT, "é", "z", True),
        (Operator.LE, "a", "a", True),
        (Operator.GE, "a", "b", False),
        (Operator.LIKE, "Alpha", "alpha*", False),
        (Operator.LIKE, "Alpha", "*ph*", True),
        (Operator.ILIKE, "Alpha", "*PH*", True),
        (Operator.ILIKE, "Alpha", "PH", False),
        (Operator.ILIKE, "50%", "*%", True),
    ],
)
def test_operators_on_texts(operator: Operator, text: str, wanted: str, expected: bool) -> None:
    assert evaluate_text(operator, text, wanted) is expected

"""What people may write in names, descriptions and search fields."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from server.domain.errors import FieldErrors
from server.domain.text.validation import (
    TOKEN_NAME,
    compose,
    name_key,
    normalize_search,
    validate_description,
    validate_name,
)

EMPTY = "Enter an API token name."
CONTROL = "An API token name cannot contain line breaks or control characters."


def name(raw: str) -> tuple[str, list[str]]:
    field_errors = FieldErrors()
    cleaned = validate_name(raw, field_errors, field="name", noun=TOKEN_NAME)
    assert all(complaint.path == ("name",) for complaint in field_errors.found)
    return cleaned, [complaint.message for complaint in field_errors.found]


def description(raw: str) -> tuple[str, list[str]]:
    field_errors = FieldErrors()
    cleaned = validate_description(raw, field_errors)
    assert all(complaint.path == ("description",) for complaint in field_errors.found)
    return cleaned, [complaint.message for complaint in field_errors.found]


@pytest.mark.parametrize(
    "raw",
    [
        "",
        " ",
        "\t\n ",
        "\u00a0\u2003\u3000",
        "\u2028",
        "\u200b",
        "\u200d\u200c\ufeff",
        "\u2060 \u200b",
        "\u3164",
        "\u115f\uffa0",
        "\ufe0f",
        "\u0301",
    ],
)
def test_a_name_that_nobody_can_see_is_empty(raw: str) -> None:
    assert name(raw)[1] == [EMPTY]


@pytest.mark.parametrize(
    "raw",
    [
        "a\nb",
        "a\r\nb",
        "a\tb",
        "a\x00b",
        "\x00",
        "a\x7fb",
        "a\x85b",
        "a\u2028b",
        "a\u2029b",
        "a\u202eb",
        "\u202aabc\u202c",
        "a\u2066b\u2069",
        "a\ud800b",
        "\udfff",
        "\x1b[31mred",
    ],
)
def test_a_name_has_no_control_characters(raw: str) -> None:
    assert name(raw)[1] == [CONTROL]


@pytest.mark.parametrize(
    "raw",
    [
        "Nightly export",
        "0",
        "名前",
        "اسم",
        "שם",
        "👩‍👩‍👧‍👦 family",
        "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
        "<script>alert(1)</script>",
        "'; DROP TABLE tokens; --",
        "{{ 7 * 7 }}",
        "क्षि",
        "a\u200bb",
    ],
)
def test_a_name_is_kept_as_written(raw: str) -> None:
    assert name(raw) == (raw, [])


def test_a_name_is_trimmed_and_composed() -> None:
    assert name("  Cafe\u0301 \n") == ("Caf\u00e9", [])
    assert name("\u212bngstro\u0308m") == ("\u00c5ngstr\u00f6m", [])


def test_a_name_can_have_255_characters() -> None:
    assert name("x" * 255) == ("x" * 255, [])
    assert name(" " + "\U0001f600" * 255 + " ") == ("\U0001f600" * 255, [])
    assert name("e\u0301" * 255) == ("\u00e9" * 255, [])
    assert name("x" * 256)[1] == [
        "An API token name can have at most 255 characters; this one has 256."
    ]
    # U+0958 has no composed form: NFC makes two characters of it, and these are what is kept.
    assert name("\u0958" * 128)[1] == [
        "An API token name can have at most 255 characters; this one has 256."
    ]


def test_a_description_can_have_2000_characters() -> None:
    assert description("x" * 2_000) == ("x" * 2_000, [])
    assert description("x" * 2_001)[1] == [
        "The description can have at most 2,000 characters; this one has 2,001."
    ]


def test_a_line_break_counts_as_one_character_however_a_browser_sends_it() -> None:
    lines = "\r\n".join(["x" * 999, "y" * 1_000])
    assert description(lines) == ("x" * 999 + "\n" + "y" * 1_000, [])
    assert description("a\rb\nc\r\n") == ("a\nb\nc", [])


def test_a_description_may_be_empty_and_have_tabs() -> None:
    assert description("") == ("", [])
    assert description(" \r\n ") == ("", [])
    assert description("a\tb") == ("a\tb", [])


@pytest.mark.parametrize("raw", ["a\x00b", "\x1b[0m", "a\u202eb", "a\ud800b", "a\u2028b"])
def test_a_description_has_no_control_characters(raw: str) -> None:
    assert description(raw)[1] == ["The description cannot contain control characters."]


def test_search_words_are_made_harmless() -> None:
    assert normalize_search("  a\x00b\nc ") == "a b c"
    assert normalize_search("\ud800") == ""
    assert normalize_search("cafe\u0301") == "caf\u00e9"
    assert normalize_search("x" * 300) == "x" * 255


@given(st.text(st.characters(exclude_categories=())))
def test_what_was_cleaned_can_be_stored_and_cleaned_again(raw: str) -> None:
    for clean in (name, description):
        cleaned, messages = clean(raw)
        if not messages:
            assert "\x00" not in cleaned
            cleaned.encode()
            assert clean(cleaned) == (cleaned, [])
    search = normalize_search(raw)
    search.encode()
    assert len(search) <= 255
    assert "\x00" not in search
    assert normalize_search(search) == search


@given(st.text(st.characters(exclude_categories=())))
@example("\u01f0\u0390 Stra\u00dfe")
@example("x" * 254 + "\u00df y")
@example("x" * 254 + " y")
def test_a_key_to_order_names_by_can_be_looked_up_as_it_is(raw: str) -> None:
    key = name_key(raw)
    assert normalize_search(key) == key
    assert len(key) <= 255


def test_names_that_differ_in_case_have_one_key() -> None:
    assert name_key("ALPHA") == name_key("Alpha") == "alpha"
    assert name_key("Stra\u00dfe") == name_key("STRASSE")


def test_a_text_far_beyond_its_limit_is_refused_unlooked_at() -> None:
    marks = "\u0301\u0323" * 500_000
    assert name(marks) == (
        "",
        ["An API token name can have at most 255 characters; this one has 1,000,000."],
    )
    assert description(marks) == (
        "",
        ["The description can have at most 2,000 characters; this one has 1,000,000."],
    )
    assert normalize_search("a" + marks) == normalize_search("a" + marks[:1_019])
    assert name_key("a" + marks) == name_key("a" + marks[:1_019])


def test_a_character_has_at_most_30_accents() -> None:
    most, too_many = "a" + "\u0323" * 30, "a" + "\u0323" * 31
    assert name(most) == ("\u1ea1" + "\u0323" * 29, [])
    assert description(most) == ("\u1ea1" + "\u0323" * 29, [])
    assert name(too_many) == (
        "",
        ["An API token name can have at most 30 accents on one character."],
    )
    assert description(too_many) == (
        "",
        ["The description can have at most 30 accents on one character."],
    )
    assert normalize_search(too_many) == normalize_search(most) == "\u1ea1" + "\u0323" * 29
    assert normalize_search("\u0344" * 31 + "b") == "\u0308\u0301" * 15 + "b"


def test_texts_are_compared_as_they_are_written() -> None:
    assert compose("cafe\u0301") == "caf\u00e9"
    assert compose("e" + "\u0301" * 31) == "e" + "\u0301" * 31

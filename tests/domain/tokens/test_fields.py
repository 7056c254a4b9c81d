"""The fields of a token: one declaration, and all that follows from it."""

from dataclasses import fields
from datetime import UTC, datetime

from server.domain.errors import FieldErrors
from server.domain.tokens.fields import (
    EMPTY,
    FIELDS,
    SPECS,
    TEXTS,
    TYPED,
    UNSET,
    TokenFields,
    TypedFields,
    recorded,
    search_columns,
    validate_typed,
    values_of,
    without_unset,
)
from server.models.tokens import Token, TokenDraft

NOW = datetime(2026, 3, 15, 10, tzinfo=UTC)


def test_every_field_is_a_column_of_tokens_and_of_drafts() -> None:
    for model in (Token, TokenDraft):
        assert [name for name in FIELDS if name not in model._meta.fields_map] == []


def test_arguments_are_the_fields_that_are_typed() -> None:
    assert tuple(TypedFields.__annotations__) == TYPED
    assert TYPED == ("name", "description", "expires_at")


def test_a_field_that_is_declared_is_all_that_is_known_of_it() -> None:
    assert [each.name for each in fields(TokenFields)] == list(SPECS) == list(FIELDS)
    assert values_of(TokenFields()) == EMPTY
    assert set(TEXTS) <= set(TYPED)


def test_what_is_required_may_be_missing_while_it_is_unfinished() -> None:
    field_errors = FieldErrors()
    assert validate_typed({"name": "  "}, NOW, field_errors, unfinished=True) == {"name": ""}
    assert field_errors.found == []
    validate_typed({"name": "  "}, NOW, field_errors)
    assert [each.field for each in field_errors.found] == ["name"]


def test_texts_are_recorded_before_modules_and_the_rest_after() -> None:
    values = values_of(TokenFields(name="Robot", expires_at=NOW))
    assert list(recorded(values, ["MOD-1"]).items()) == [
        ("name", "Robot"),
        ("description", ""),
        ("modules", ["MOD-1"]),
        ("expires_at", "2026-03-15T10:00:00+00:00"),
        ("logo", None),
    ]


def test_every_text_is_searched() -> None:
    values = values_of(TokenFields(name="Robot", description="Nightly"))
    assert search_columns(values, "TKN-1") == {
        "name_key": "robot",
        "search_key": "robot\nnightly\ntkn-1",
    }


def test_unset_says_nothing() -> None:
    assert without_unset({"name": "Robot", "description": UNSET}) == {"name": "Robot"}

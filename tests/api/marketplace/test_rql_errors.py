"""Everything that is wrong with a query is told at once, under the piece that it is about."""

import pytest

from server.api.marketplace.query_string import parse_list_query
from server.domain.errors import Invalid


def field_errors(query: bytes) -> dict[str, list[str]]:
    """As the face answers them; a query without any fails the test."""
    with pytest.raises(Invalid) as refused:
        parse_list_query(query)
    found: dict[str, list[str]] = {}
    for each in refused.value.field_errors:
        found.setdefault(each.field, []).append(each.message)
    return found


NOT_CLOSED = "A quote (') is not closed; the other sort can hold it."
WHOLE_NUMBER = "has to be a whole number from 0 to 999999999999999."


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("mistake", {"mistake": ["Expression expected."]}),
        ("mistake(id,'A')", {"mistake": ["Unknown expression group."]}),
        ("gte(n,5)", {"gte": ["Unknown expression group."]}),
        ("filter(other)", {"filter": ["Unknown expression group."]}),
        ("eq(id,foo(1))", {"foo": ["Unknown expression group."]}),
        ("null()", {"null": ["Expression expected."]}),
        ("in(id,())", {"id": ["Value has to be a non empty array."]}),
        ("in(id,'A')", {"id": ["Value has to be a non empty array."]}),
        ("out(id,())", {"id": ["Value has to be a non empty array."]}),
        (f"in(id,({','.join('A' * 101)}))", {"id": ["At most 100 values can be given."]}),
        ("and()", {"and": ["Expression group cannot be empty."]}),
        ("or()", {"or": ["Expression group cannot be empty."]}),
        ("not()", {"not": ["Expression group cannot be empty."]}),
        ("()", {")": ["Expression expected."]}),
        ("not(a=1,b=2)", {"not": ["')' expected before ','."]}),
        ("rql=eq(id,'A')", {"rql": ["A value is expected after '='; a filter has no name."]}),
        ("name=", {"name": ["A value is expected; empty() is an empty one."]}),
        ("eq(name,)", {"name": ["A value is expected; empty() is an empty one."]}),
        ("eq(name)", {"eq": ["',' expected before ')'."]}),
        ("eq('name','A')", {"eq": ["A property is expected first."]}),
        ("eq()", {"eq": ["A property is expected first."]}),
        ("=3", {"=": ["Expression expected."]}),
        ("a=1|", {"query": ["Expression expected."]}),
        ("a=1 b=2", {"=": ["Expression expected."]}),
        ("eq(id,'A')eq(id,'B')", {"eq": ["Expression expected."]}),
        ("eq(name,'a", {"eq(name": [NOT_CLOSED]}),
        ("eq(name,'O'Brien')", {"eq(name": [NOT_CLOSED]}),
        ("eq(name,'O'Brien'x')", {"eq": ["')' expected before 'Brien'."]}),
        ("eq(name,'a'", {"eq(name": ["A '(' is not closed."]}),
        ("eq(name,'a'))", {"eq(name": ["A ')' closes nothing."]}),
        ("limit=-1", {"limit": [f"limit {WHOLE_NUMBER}"]}),
        (
            "limit=ten&offset=1.5",
            {"limit": [f"limit {WHOLE_NUMBER}"], "offset": [f"offset {WHOLE_NUMBER}"]},
        ),
        ("offset=" + "9" * 5_000, {"offset": [f"offset {WHOLE_NUMBER}"]}),
        ("limit=", {"limit": [f"limit {WHOLE_NUMBER}"]}),
        ("limit=٣", {"limit": [f"limit {WHOLE_NUMBER}"]}),
        ("limit=1&LIMIT=2", {"limit": ["limit can be given once."]}),
        (f"order={'a,' * 10}b", {"order": ["At most 10 properties can be ordered by."]}),
        ("|".join(["a=1"] * 201), {"query": ["At most 200 expressions can be given."]}),
        ("not(" * 33 + "id=A" + ")" * 33, {"not": ["Expressions can be nested at most 32 deep."]}),
        ("(" * 33 + "id=A" + ")" * 33, {"(": ["Expressions can be nested at most 32 deep."]}),
        ("name=%FF", {"query": ["The query is not UTF-8."]}),
        ("name=%00", {"query": ["The query has a zero character."]}),
        ("a" * 8_193, {"query": ["The query can have at most 8,192 bytes."]}),
    ],
)
def test_what_is_wrong(query: str, expected: dict[str, list[str]]) -> None:
    assert field_errors(query.encode()) == expected


def test_everything_at_once() -> None:
    assert field_errors(b"limit=x&foo(eq(id,'A'),bar())&mistake&in(id,())&and()") == {
        "limit": [f"limit {WHOLE_NUMBER}"],
        "foo": ["Unknown expression group."],
        "mistake": ["Expression expected."],
        "id": ["Value has to be a non empty array."],
        "and": ["Expression group cannot be empty."],
    }


@pytest.mark.parametrize(
    "query",
    [
        "idt:TKN-1234-5678:S3cret",
        "token='idt:TKN-1234-5678:S3cret",
        "eq(token,'idt:TKN-1234-5678:S3cret'",
        "TKN-1234-5678:S3cret(1)",
        "eq(id,TKN-1234-5678:S3cret(1))",
        "eq(id,'A'TKN-1234-5678:S3cret)",
    ],
)
def test_no_error_repeats_a_secret(query: str) -> None:
    assert "S3cret" not in repr(field_errors(query.encode()))


def test_errors_repeat_a_piece_in_part() -> None:
    assert field_errors(b"x" * 500) == {"x" * 40 + "…": ["Expression expected."]}


@pytest.mark.parametrize("opened", ["not(", "(", "and(", "any(m,", "eq(a,", "in(a,("])
def test_no_depth_is_too_much_for_the_parser(opened: str) -> None:
    text = opened * (8_000 // len(opened))
    assert field_errors((text + ")" * min(text.count("("), 8_192 - len(text))).encode())
    assert field_errors(text.encode())

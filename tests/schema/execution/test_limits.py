"""Documents beyond all measure are refused before anything looks at them; real ones are not."""

from typing import Any

import pytest
from graphql import GraphQLError, get_introspection_query, parse

from schema.execution import limits
from schema.execution.limits import MOST_TOKENS, check_size, too_many_values
from tests.schema import hostile
from tests.schema.conftest import Client


def complaint(text: str) -> str | None:
    errors = check_size(parse(text, max_tokens=MOST_TOKENS))
    assert len(errors) <= 1
    return errors[0].message if errors else None


DEEP = "The query nests deeper than 15 levels."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (hostile.nested(14), None),
        (hostile.nested(15), DEEP),
        (hostile.nested(60), DEEP),
        (hostile.inline(44), None),
        (hostile.inline(45), DEEP),
        (hostile.inline(180), DEEP),
        (hostile.chained(3, 13), None),
        (hostile.chained(5, 60), DEEP),
        (hostile.introspection_nest(30), DEEP),
        (hostile.aliases(20), None),
        (hostile.aliases(21), "The query selects more than 20 fields at its root."),
        (hostile.repeated(20, 1), None),
        (hostile.repeated(21, 1), "The query selects viewer.account more than 20 times."),
        (hostile.repeated(5, 4), None),
        (hostile.repeated(5, 5), "The query selects viewer.account.id more than 20 times."),
        (hostile.CYCLE, "Cannot spread fragment 'f' within itself."),
        (hostile.LONG_CYCLE, "Cannot spread fragment 'f0' within itself."),
        (hostile.CYCLIC_NEST, "Cannot spread fragment 'f' within itself."),
        (hostile.crossed(20, 20), "Fragment 'all' is never used."),
        (hostile.fragment_bomb(4), None),
        (hostile.fragment_bomb(8), "The query selects more than 20 fields at its root."),
        (hostile.fragment_bomb(40), "The query selects more than 500 fields."),
        (hostile.fragment_bomb(49), DEEP),
        (hostile.fragment_bomb(50), "There are more than 50 fragments."),
        (hostile.fragment_bomb(90), "There are more than 50 fragments."),
        (hostile.OPERATIONS, "There are more than 20 operations."),
        (hostile.DIRECTIVES, "The query has more than 100 directives."),
        ("{ viewer {" + " ".join(f"a{i}: id" for i in range(50)) + "} }", None),
        (
            "{ viewer {" + " ".join(f"a{i}: id" for i in range(51)) + "} }",
            "The query has more than 50 aliases.",
        ),
        (
            "{ viewer {" + " ".join(f"b{i}" for i in range(500)) + "} }",
            "The query selects more than 500 fields.",
        ),
        (
            "{ ...f } fragment f on Query { viewer {" + "...g " * 200 + "} }"
            " fragment g on Viewer { id }",
            "The query spreads fragments more than 200 times.",
        ),
        ("{ ...unknown }", None),
        (get_introspection_query(input_value_deprecation=True), None),
    ],
)
def test_what_is_too_much_is_said(text: str, message: str | None) -> None:
    assert complaint(text) == message


def test_all_operations_of_a_document_are_measured() -> None:
    many = " ".join(
        f"query q{i} {{ viewer {{ " + " ".join(f"b{n}" for n in range(60)) + "} }" for i in range(9)
    )
    assert complaint(many) == "The query selects more than 500 fields."
    last = "query a { __typename } query b " + hostile.aliases(21)
    assert complaint(last) == "The query selects more than 20 fields at its root."


def test_a_fragment_that_is_spread_often_is_measured_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measured = []
    measure = limits._DocumentMeasurer._measure

    def counting(self: Any, selections: Any, level: int = 1) -> limits.Size:
        measured.append(selections)
        return measure(self, selections, level)

    monkeypatch.setattr(limits._DocumentMeasurer, "_measure", counting)
    assert complaint(hostile.fragment_bomb(40)) is not None
    assert len(measured) == 1 + 41


@pytest.mark.parametrize(
    ("variables", "too_many"),
    [
        (None, False),
        ({}, False),
        ({"ids": ["a"] * 4_000}, False),
        ({"ids": ["a"] * 5_000}, True),
        ({"ids": [["a"] * 100] * 60}, True),
        ({f"v{i}": i for i in range(5_001)}, True),
        ({"a": {"b": [{"c": ["d"] * 5_000}]}}, True),
        ({"text": "x" * 1_000_000}, False),
    ],
)
def test_values_of_variables_are_counted(variables: Any, too_many: bool) -> None:
    assert too_many_values(variables) == too_many


async def test_a_text_is_refused_before_it_is_parsed(
    nobody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parse_nothing(*_: object, **__: object) -> None:
        raise AssertionError("it was parsed")

    for module in ("schema.execution.document_cache", "strawberry.schema.schema"):
        monkeypatch.setattr(f"{module}.parse", parse_nothing)
    request = {"query": hostile.COMMENT, "operationName": "x"}
    answer = await nobody.http.post("/graphql", json=request)
    assert [each["message"] for each in answer.json()["errors"]] == [
        "The query is longer than 50,000 characters."
    ]


async def test_what_is_too_much_is_not_shown_to_the_rules_of_graphql(
    nobody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(*_: object, **__: object) -> list[GraphQLError]:
        raise AssertionError("it was looked at")

    monkeypatch.setattr("schema.execution.document_cache.validate_document", look)
    answer = await nobody.http.post("/graphql", json={"query": hostile.repeated(30, 10)})
    assert [each["message"] for each in answer.json()["errors"]] == [
        "The query selects viewer.account.id more than 20 times."
    ]


async def test_too_many_values_are_refused_before_they_are_coerced(admin: Client) -> None:
    query = "query ($ids: [ID!]) { apiTokens(filter: {moduleIds: $ids}) { totalCount } }"
    request = {"query": query, "variables": {"ids": ["MOD-1756"] * 5_001}}
    answer = await admin.http.post("/graphql", json=request)
    assert answer.json() == {
        "errors": [
            {
                "message": "The variables hold more than 5,000 values.",
                "extensions": {"code": "BAD_REQUEST"},
            }
        ]
    }
    assert await admin.run(query, ids=["MOD-1756"] * 50) == {"apiTokens": {"totalCount": 0}}

"""Wishes that a list cannot fulfil, each told under its piece; and hard ones that it can."""

import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.domain.errors import Invalid
from server.domain.filters import (
    All,
    And,
    Any,
    Compare,
    Condition,
    Not,
    OneOf,
    Operator,
    Or,
    Special,
    Text,
    depth,
)
from server.services.search.list_query import OrderBy
from tests.support.factories import made
from tests.support.list_queries import eq, list_query
from tests.support.world import World


async def field_errors(desk: Desk, condition: Condition, **more: object) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        await desk.resource_lists.tokens(OPERATOR, list_query(condition, **more))
    return {each.field: each.message for each in refused.value.field_errors}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (eq("nme", "x"), {"nme": "Invalid property path."}),
        (eq("account", "x"), {"account": "Invalid property path."}),
        (eq("audit.created", "x"), {"audit.created": "Invalid property path."}),
        (eq("modules.code", "x"), {"modules.code": "Invalid property path."}),
        (eq("name.id", "x"), {"name.id": "Invalid property path."}),
        (eq("modules", "x"), {"modules": "Operator 'Eq' is not permitted"}),
        (Any("modules", eq("self()", "x")), {"self()": "Invalid property path."}),
        (Any("modules", eq("status", "x")), {"status": "Invalid property path."}),
        (Any("moduls"), {"moduls": "Invalid property path."}),
        (All("name"), {"name": "Operator 'All' is not permitted"}),
        (eq("audit.created.at", "soon"), {"audit.created.at": "Cannot convert value: 'soon'."}),
        (eq("audit.created.at", ""), {"audit.created.at": "Cannot convert value: ''."}),
        (
            eq("audit.created.at", "2026-02-30"),
            {"audit.created.at": "Cannot convert value: '2026-02-30'."},
        ),
        (
            eq("audit.created.at", "0001-01-01T00:00:00+14:00"),
            {"audit.created.at": "Cannot convert value: '0001-01-01T00:00:00+14:00'."},
        ),
        (eq("status", "active"), {"status": "Cannot convert value: 'active'."}),
        (
            Compare(Operator.GT, "status", Text("Active")),
            {"status": "Operator 'Gt' is not permitted"},
        ),
        (
            Compare(Operator.LIKE, "lastAccessAt", Text("2026*")),
            {"lastAccessAt": "Operator 'Like' is not permitted"},
        ),
        (
            Compare(Operator.LT, "lastAccessAt", Special.NULL),
            {"lastAccessAt": "Operator 'Lt' is not permitted"},
        ),
        (OneOf("icon", (Text(""),)), {"icon": "Operator 'In' is not permitted"}),
        (eq("icon", "x.png"), {"icon": "It can be compared with null() and empty() alone."}),
        (Compare(Operator.EQ, "name", Special.NULL), {"name": "It is never null."}),
        (Compare(Operator.EQ, "status", Special.NULL), {"status": "It is never null."}),
        (OneOf("id", (Special.NULL,), excluded=True), {"id": "It is never null."}),
        (
            Compare(Operator.NE, "audit.created.at", Special.NULL),
            {"audit.created.at": "It is never null."},
        ),
        (
            Compare(Operator.EQ, "name", Text("description", quoted=False)),
            {"description": "Two properties cannot be compared. Put a text into quotes."},
        ),
        (
            Any("modules", Compare(Operator.EQ, "name", Text("account.id", quoted=False))),
            {"account.id": "Two properties cannot be compared. Put a text into quotes."},
        ),
    ],
)
async def test_what_a_list_does_not_know(
    desk: Desk, condition: Condition, expected: dict[str, str]
) -> None:
    assert await field_errors(desk, condition) == expected
    assert await field_errors(desk, Not(Or((eq("name", "x"), condition)))) == expected


async def test_everything_that_is_wrong_is_told_at_once(desk: Desk) -> None:
    order = (OrderBy("size"), OrderBy("icon"), OrderBy("modules"), OrderBy("name"))
    condition = And((eq("a", "x"), Any("modules", eq("b", "x")), eq("status", "c")))
    assert await field_errors(desk, condition, order=order, limit=0) == {
        "a": "Invalid property path.",
        "b": "Invalid property path.",
        "status": "Cannot convert value: 'c'.",
        "size": "Invalid property path.",
        "icon": "It has no order.",
        "modules": "Invalid property path.",
    }


@pytest.mark.parametrize(
    "condition",
    [
        eq("token", "idt:TKN-1234-5678:S3cret"),
        Compare(Operator.LIKE, "token", Text("idt:TKN-1234-5678:S3cret*")),
        OneOf("token", (Text("idt:TKN-1234-5678:S3cret"),)),
        eq("audit.created.at", "idt:TKN-1234-5678:S3cret"),
        eq("idt:TKN-1234-5678:S3cret", "x"),
        Compare(Operator.EQ, "status", Text("TKN-1234-5678:S3cret", quoted=False)),
    ],
)
async def test_no_token_is_found_by_its_value_and_no_error_repeats_it(
    desk: Desk, condition: Condition
) -> None:
    assert "S3cret" not in repr(await field_errors(desk, condition))


@pytest.mark.parametrize(
    "moment", ["9999-12-31T23:59:59.999999Z", "0001-01-01", "2026-01-31T23:00:00.1234567Z"]
)
@pytest.mark.parametrize("operator", [each for each in Operator if "like" not in each])
async def test_any_moment_of_the_calendar(
    desk: Desk, world: World, operator: Operator, moment: str
) -> None:
    await made(desk, world.admin, "One")
    for path in ("audit.created.at", "lastAccessAt", "audit.updated.at"):
        await desk.resource_lists.tokens(
            OPERATOR, list_query(Compare(operator, path, Text(moment)))
        )


async def test_long_patterns_are_taken(desk: Desk, world: World) -> None:
    await made(desk, world.admin, "k" * 255, description="[K]" * 600)
    for text in ("k" * 2_000, "k" * 8_000, "[k]" * 600, "\\" * 2_000, "k" * 255, "*" * 8_000):
        for operator in (Operator.LIKE, Operator.ILIKE):
            for form in (text, f"{text}*", f"*{text}", f"*{text}*"):
                for path in ("name", "description"):
                    condition = Compare(operator, path, Text(form))
                    found = await desk.resource_lists.tokens(OPERATOR, list_query(condition))
                    expected = (path == "name" and text == "k" * 255) or (
                        path == "description" and text == "[k]" * 600 and operator is Operator.ILIKE
                    )
                    assert found.total == expected, (operator, path, form[:5], len(form))


def nested(*words: str) -> Condition:
    """As deep as the language allows, the deep part last and beside shallower ones."""
    condition: Condition = Any("modules", eq("name", "Billing"))
    shallow = Not(Or((eq("name", "x"), eq("id", "x"))))
    for level in range(31):
        beside = [Not(shallow), shallow] if level > 4 else []
        match words[level % len(words)]:
            case "and":
                condition = And((eq("name", "One"), *beside, condition))
            case "or":
                condition = Or((*beside[1:], eq("name", "x"), condition))
            case "not":
                condition = Not(condition)
    return condition


@pytest.mark.parametrize(
    "words", [["and"], ["or"], ["not"], ["and", "or"], ["not", "and"], ["or", "not", "not"]]
)
async def test_deep_conditions_are_taken(desk: Desk, world: World, words: list[str]) -> None:
    await made(desk, world.admin, "One")
    condition = nested(*words)
    assert depth(condition) == 33
    counted = [
        (await desk.resource_lists.tokens(OPERATOR, list_query(each))).total
        for each in (condition, Not(condition))
    ]
    assert sorted(counted) == [0, 1]


async def test_many_conditions_are_taken(desk: Desk, world: World) -> None:
    await made(desk, world.admin, "One")
    many = tuple(OneOf("name", (Text(str(n)), Text("One"))) for n in range(200))
    for condition in (Or(many), And(many)):
        assert (await desk.resource_lists.tokens(OPERATOR, list_query(condition))).total == 1
    listed = tuple(Text(str(n)) for n in range(100))
    wide = Or(tuple(OneOf("description", listed) for _ in range(200)))
    assert (await desk.resource_lists.tokens(OPERATOR, list_query(wide))).total == 0

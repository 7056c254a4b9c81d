"""Random conditions on tokens that the language can say and the desk can answer."""

from datetime import UTC, timedelta, timezone
from typing import Final

from hypothesis import strategies as st

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
    Value,
)
from tests.api.marketplace.awkward_tokens import MOMENTS, TEXTS

_ORDERS: Final = [Operator.LT, Operator.LE, Operator.GT, Operator.GE]
_EQUAL: Final = [Operator.EQ, Operator.NE]
_LACKING: Final[st.SearchStrategy[Value]] = st.sampled_from([Special.NULL, Special.EMPTY, Text("")])
_CHARACTERS: Final = sorted({each for text in TEXTS for each in text} | set("*%_\u0301\u212a"))
_IDS: Final = ["TKN-0000-0001", "TKN-0000-0020", "ACC-0000-0001", "MOD-0002", "USR-0000-0001"]


def _printable(text: str) -> bool:
    return not {"'", '"'} <= set(text)


@st.composite
def _texts(draw: st.DrawFn) -> Text:
    """A text of the rows, a part of one, or any; with stars at times."""
    text = draw(st.one_of(st.sampled_from([*TEXTS, *_IDS]), st.text(_CHARACTERS, max_size=6)))
    if draw(st.booleans()):
        start = draw(st.integers(0, len(text)))
        text = text[start : start + draw(st.integers(0, 6))]
    if draw(st.booleans()):
        text = draw(st.sampled_from([text.upper(), text.lower(), text.title()]))
    before, after = draw(st.sampled_from(["", "*", "\\*"])), draw(st.sampled_from(["", "*", "\\*"]))
    return Text(before + text + after)


TEXT: Final = _texts().filter(lambda value: _printable(value.text))
BARE: Final = st.sampled_from([Text(each, quoted=False) for each in [*_IDS, "Alpha", "a+b", "50%"]])
DELTAS: Final = (
    timedelta(0),
    timedelta(microseconds=1),
    timedelta(milliseconds=1),
    -timedelta(milliseconds=1),
)


@st.composite
def _moments(draw: st.DrawFn) -> Text:
    moment = draw(st.sampled_from(MOMENTS)) + draw(st.sampled_from(DELTAS))
    form = draw(st.sampled_from(["exact", "shown", "east", "day"]))
    if form == "shown":
        return Text(moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z")
    if form == "east":
        return Text(moment.astimezone(timezone(timedelta(hours=5, minutes=30))).isoformat())
    return Text(str(moment.date()) if form == "day" else moment.isoformat())


def _compared(
    paths: list[str], operators: list[Operator], values: st.SearchStrategy[Value]
) -> st.SearchStrategy[Condition]:
    return st.builds(Compare, st.sampled_from(operators), st.sampled_from(paths), values)


def _listed(paths: list[str], values: st.SearchStrategy[Value]) -> st.SearchStrategy[Condition]:
    several = st.lists(values, min_size=1, max_size=4).map(tuple)
    return st.builds(OneOf, st.sampled_from(paths), several, st.booleans())


def _text_conditions(always: list[str], lacking: list[str]) -> st.SearchStrategy[Condition]:
    every = [*always, *lacking]
    any_text: st.SearchStrategy[Value] = st.one_of(TEXT, BARE)
    return st.one_of(
        _compared(every, list(Operator), any_text),
        _compared(lacking, _EQUAL, _LACKING),
        _listed(every, any_text),
        _listed(lacking, st.one_of(TEXT, _LACKING)),
    )


def _word_conditions(words: dict[str, list[str]]) -> st.SearchStrategy[Condition]:
    kinds: list[st.SearchStrategy[Condition]] = []
    for path, known in words.items():
        value: st.SearchStrategy[Value] = st.builds(Text, st.sampled_from(known), st.booleans())
        kinds += [_compared([path], _EQUAL, value), _listed([path], value)]
    return st.one_of(kinds)


_MODULE: Final = _text_conditions(["id", "name"], ["description"])
_PLAIN: Final = st.one_of(
    _text_conditions(
        ["id", "name", "account.id", "account.name", "audit.created.by.name", "modules.name"],
        ["description", "modules.description"],
    ),
    _compared(["icon"], _EQUAL, _LACKING),
    _word_conditions(
        {
            "status": ["Active", "Disabled", "Deleted"],
            "account.status": ["Active", "Enabled", "Disabled"],
            "account.type": ["Client", "Vendor", "Operations"],
        }
    ),
    _compared(
        ["lastAccessAt", "audit.created.at", "audit.updated.at"], [*_EQUAL, *_ORDERS], _moments()
    ),
    _listed(["lastAccessAt", "audit.created.at"], _moments()),
    _compared(["lastAccessAt", "audit.updated.at"], _EQUAL, st.just(Special.NULL)),
)


def _combined(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(parts, min_size=1, max_size=4).map(tuple)
    return st.one_of(st.builds(And, several), st.builds(Or, several), st.builds(Not, parts))


def conditions() -> st.SearchStrategy[Condition]:
    """Any condition on tokens."""
    of_module = st.recursive(_MODULE, _combined, max_leaves=4)
    within = st.one_of(st.none(), of_module)
    elements = st.one_of(
        st.builds(Any, st.just("modules"), within), st.builds(All, st.just("modules"), within)
    )
    return st.recursive(st.one_of(_PLAIN, _PLAIN, elements), _combined, max_leaves=8)

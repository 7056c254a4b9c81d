"""Texts that know how they were made."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta, timezone

import orjson

from server.domain.errors import FieldError, Invalid
from server.domain.i18n.messages import (
    DateMessage,
    JoinedMessage,
    Message,
    PluralMessage,
    Translator,
)

AT = datetime(2026, 3, 9, 1, 5, tzinfo=timezone(timedelta(hours=2)))


class Shouting(Translator):
    """A language of which everything can be told from English."""

    def text(self, text: str) -> str:
        return text.upper().replace("S", "s") if "%" in text else text.upper()

    def counted(self, one: str, many: str, count: int) -> str:
        return many if count == 1 else one

    def number(self, number: int) -> str:
        return f"<{number}>"

    def moment(self, moment: datetime) -> str:
        return f"{moment.astimezone(UTC):%Y}!"


def test_a_phrase_is_english_until_a_language_says_it() -> None:
    phrase = Message("%(A)s of %(B)s, %(C)s, %(D)s", A=Message("one"), B="two", C=12345, D=AT)
    assert phrase == "one of two, 12,345, 08 Mar 2026 23:05 UTC"
    assert phrase.said(Shouting()) == "ONE OF two, <12345>, 2026!"
    assert orjson.dumps({"said": phrase}) == b'{"said":"%s"}' % phrase.encode()


def test_what_people_wrote_is_never_a_template() -> None:
    odd = "100 %(name)s {0} %"
    assert Message("%(A)s is here", A=odd) == f"{odd} is here"
    assert Message("100 % sure") == "100 % sure"
    assert Message("%(A)s", A=odd).said(Shouting()) == odd


def test_a_count_takes_its_form() -> None:
    counts: Mapping[int, str] = {0: "0 days", 1: "1 day", 2: "2 days", 1000: "1,000 days"}
    assert {n: PluralMessage("%(num)s day", "%(num)s days", n) for n in counts} == counts
    assert PluralMessage("%(num)s day", "%(num)s days", 1).said(Shouting()) == "<1> days"


def test_moments_and_rows_of_phrases_are_said_in_a_language() -> None:
    assert DateMessage(AT) == "08 Mar 2026 23:05 UTC"
    row = JoinedMessage("; ", [Message("one"), "two", DateMessage(AT)])
    assert row == "one; two; 08 Mar 2026 23:05 UTC"
    assert row.said(Shouting()) == "ONE; two; 2026!"


def test_a_refusal_of_several_fields_keeps_its_phrases() -> None:
    refusal = Invalid(FieldError(("a",), Message("One.")), FieldError(("b",), Message("Two.")))
    assert refusal.message == "One. Two."
    assert Shouting().say(refusal.message) == "ONE. TWO."


def test_a_copy_is_the_phrase_itself() -> None:
    for phrase in (
        Message("%(A)s", A="x"),
        PluralMessage("one", "many", 2),
        JoinedMessage("", ["a"]),
        DateMessage(AT),
    ):
        assert deepcopy(phrase) is phrase

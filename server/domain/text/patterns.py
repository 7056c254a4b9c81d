"""How a text is compared with another: exactly, by code points, or by a pattern with stars."""

from enum import Enum
from typing import Final

from server.domain.filters import Operator


class Pattern(Enum):
    """Where a `like` looks for its text."""

    WHOLE = "whole"
    START = "start"
    END = "end"
    ANYWHERE = "anywhere"


_STAR: Final = "*"
_LITERAL_STAR: Final = "\\*"


def parse_pattern(text: str) -> tuple[Pattern, str]:
    """Where to look, and for what: a star counts as first and as last character alone.

    A star after a backslash, at either end of what is left, is a star itself.
    """
    before = text.startswith(_STAR)
    text = text.removeprefix(_STAR)
    after = text.endswith(_STAR) and not text.endswith(_LITERAL_STAR)
    text = text.removesuffix(_STAR) if after else text
    if text.startswith(_LITERAL_STAR):
        text = text[1:]
    if text.endswith(_LITERAL_STAR):
        text = text.removesuffix(_LITERAL_STAR) + _STAR
    if before and after:
        return Pattern.ANYWHERE, text
    return (Pattern.END if before else Pattern.START if after else Pattern.WHOLE), text


def fold_case(text: str) -> str:
    """The text as `ilike` compares it: character by character, upper and lower case alike.

    A character whose counterpart is several characters stays what it is, so that a text keeps
    its length and two databases can agree.
    """
    return "".join(map(_fold_character, text))


def _fold_character(character: str) -> str:
    for folded in (character.casefold(), character.lower()):
        if len(folded) == 1:
            return folded
    return character


def evaluate_text(operator: Operator, text: str, wanted: str) -> bool:
    """Whether a text stands in the operator's relation to another; its order is by code points."""
    match operator:
        case Operator.EQ:
            return text == wanted
        case Operator.NE:
            return text != wanted
        case Operator.LT:
            return text < wanted
        case Operator.LE:
            return text <= wanted
        case Operator.GT:
            return text > wanted
        case Operator.GE:
            return text >= wanted
        case Operator.LIKE:
            pattern, part = parse_pattern(wanted)
        case Operator.ILIKE:
            pattern, part = parse_pattern(fold_case(wanted))
            text = fold_case(text)
    match pattern:
        case Pattern.WHOLE:
            return text == part
        case Pattern.START:
            return text.startswith(part)
        case Pattern.END:
            return text.endswith(part)
    return part in text

"""Text comparison: exact, by code points, or by a pattern with stars."""

from enum import Enum
from typing import Final

from server.domain.filters import Operator


class Pattern(Enum):
    """Where a `like` pattern searches for its text."""

    WHOLE = "whole"
    START = "start"
    END = "end"
    ANYWHERE = "anywhere"


_STAR: Final = "*"
_LITERAL_STAR: Final = "\\*"


def parse_pattern(text: str) -> tuple[Pattern, str]:
    """Return where to search, and for what. Only a leading or trailing star is a wildcard.

    A backslash before a star, at either end of the rest, makes it a literal star.
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
    """Fold case for `ilike`, character by character.

    A character whose counterpart has several characters is left alone, so that the text keeps its
    length and both databases agree.
    """
    return "".join(map(_fold_character, text))


def _fold_character(character: str) -> str:
    for folded in (character.casefold(), character.lower()):
        if len(folded) == 1:
            return folded
    return character


def evaluate_text(operator: Operator, text: str, wanted: str) -> bool:
    """Return whether the comparison holds; texts are ordered by code points."""
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

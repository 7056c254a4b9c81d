"""Text comparisons that give the same result on SQLite and PostgreSQL, whatever the collation.

The order is by code points. No character of the search text is a wildcard: no `%`, `_`, `?` or
bracket. Each condition expects a column that is never NULL.
"""

from collections import defaultdict
from functools import cache
from typing import Final

from server.database.queries.sql import ALWAYS, NEVER, SqlBuilder
from server.domain.text.patterns import Pattern, fold_case

LONGEST: Final = 2_000
"""Characters. No stored text is longer than a description, so no longer text can match."""

_LAST: Final = chr(0x10FFFF)
_CASED: Final = 0x1F000
"""No character from here on has an upper and a lower case."""


def ordered(column: str, sql: SqlBuilder) -> str:
    """Return the column with a collation that compares and sorts by code points."""
    return f'{column} COLLATE "C"' if sql.postgres else column


def matches(column: str, pattern: Pattern, text: str, sql: SqlBuilder) -> str:
    """Return a case-sensitive match; for a prefix, an index can be used."""
    match pattern:
        case Pattern.WHOLE:
            return f"{column} = {sql.mark(text)}"
        case Pattern.START:
            return starts_with(column, text, sql)
        case Pattern.END:
            if not 0 < len(text) <= LONGEST:
                return NEVER if text else ALWAYS
            ending = "right({}, {})" if sql.postgres else "substr({}, -{})"
            return f"{ending.format(column, len(text))} = {sql.mark(text)}"
    found = "strpos" if sql.postgres else "instr"
    return f"{found}({column}, {sql.mark(text)}) > 0"


def starts_with(column: str, text: str, sql: SqlBuilder) -> str:
    """Return a prefix match as a range: from the text to the first one beyond the prefix."""
    column = ordered(column, sql)
    since = f"{column} >= {sql.mark(text)}"
    beyond = _beyond(text)
    return since if beyond is None else f"{since} AND {column} < {sql.mark(beyond)}"


def matches_any_case(column: str, pattern: Pattern, text: str, sql: SqlBuilder) -> str:
    """Return a case-insensitive match, character by character, in every script."""
    if len(text) > LONGEST:
        return NEVER
    variants = [_variants().get(each, each) for each in fold_case(text)]
    before = pattern in (Pattern.END, Pattern.ANYWHERE)
    after = pattern in (Pattern.START, Pattern.ANYWHERE)
    if sql.postgres:
        regex = "".join(map(_in_regex, variants))
        regex = f"{'' if before else '^'}{regex}{'' if after else '$'}"
        return f"{column} ~ {sql.mark(regex)}"
    glob = "".join(map(_in_glob, variants))
    return f"{column} GLOB {sql.mark('*' * before + glob + '*' * after)}"


def _in_regex(variants: str) -> str:
    if len(variants) > 1:
        return f"[{variants}]"
    return variants if variants.isalnum() or not variants.isascii() else "\\" + variants


def _in_glob(variants: str) -> str:
    return f"[{variants}]" if len(variants) > 1 or variants in "*?[" else variants


def _beyond(text: str) -> str | None:
    """Return the first text after all texts with this prefix; None if there is none."""
    text = text.rstrip(_LAST)
    if not text:
        return None
    following = ord(text[-1]) + 1
    # Surrogates are not characters.
    return text[:-1] + chr(0xE000 if following == 0xD800 else following)


@cache
def _variants() -> dict[str, str]:
    """Return, by folded character, the characters that differ in case only, if several."""
    alike: dict[str, str] = defaultdict(str)
    for character in map(chr, range(_CASED)):
        alike[fold_case(character)] += character
    return {character: all_of_it for character, all_of_it in alike.items() if len(all_of_it) > 1}

"""Names are the field's own words: the private ones that once stood here stay away."""

import ast
import re
from collections.abc import Iterator
from typing import Final

from tests.support.source_tree import ROOT, nothing, our_files

RETIRED: Final = {
    "wish": "ListQuery, NewToken, BulkAction",
    "tally": "VerificationMetrics",
    "gathered": "json_subquery",
    "gathering": "json_rows",
    "told": "reported, written, sent",
    "complaint": "FieldError",
    "complaints": "field_errors",
    "stretch": "CursorArgs, CursorPage",
    "announcement": "ChangeEvent",
    "announcements": "EventBus",
    "recognise": "verify_cached",
    "glance": "peek",
    "recall": "get",
    "oversize": "check_size",
    "ledger": "UsageBuffer",
    "throttle": "RateLimiter",
    "allowance": "RateLimitResult",
    "shapes": "models, view_models",
}
"""Word of an identifier -> what it is called now."""

_WORDS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def words(identifier: str) -> set[str]:
    return {word.lower() for word in _WORDS.findall(identifier)}


def identifiers(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every name that a file binds: definitions, arguments, variables, attributes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr


def test_retired_words_stay_away() -> None:
    back = []
    for path in our_files(".py"):
        file = path.relative_to(ROOT)
        if file.parts[0] == "tests":
            continue
        for part in file.with_suffix("").parts:
            back += [f"{file}: a path with {word!r}" for word in words(part) & set(RETIRED)]
        for line, name in identifiers(ast.parse(path.read_text(encoding="utf-8"))):
            for word in sorted(words(name) & set(RETIRED)):
                back.append(f"{file}:{line} {name}: say {RETIRED[word]}")
    nothing(back, "These words are private; the field has its own:")


def test_a_retired_word_is_found() -> None:
    tree = ast.parse("def read_wish(told): ...\nclass WishList: ...\nx.tally = 1")
    found = {word for _, name in identifiers(tree) for word in words(name) & set(RETIRED)}
    assert found == {"wish", "told", "tally"}

"""Whether two executors agree on a document.

Where errors empty an object, the specification leaves open which of those below it are told: fields
that wait for the database may be given up before they fail. All else must be equal.
"""

from collections.abc import Sequence
from typing import Any

import orjson

Path = tuple[str | int, ...]


def agree(one: tuple[Any, Sequence[Any]], other: tuple[Any, Sequence[Any]]) -> bool:
    """Of two answers, each its data and its errors as GraphQL formats them."""
    data, errors = one
    if orjson.dumps(data) != orjson.dumps(other[0]):
        return False
    mine, theirs = _by_text(errors), _by_text(other[1])
    emptied = _places(data, mine) & _places(data, theirs)
    return all(
        _emptied(data, path) in emptied
        for text, path in (mine | theirs).items()
        if (text in mine) != (text in theirs)
    )


def _by_text(errors: Sequence[Any]) -> dict[bytes, Path]:
    found = {orjson.dumps(each): tuple(each.get("path") or ()) for each in errors}
    assert len(found) == len(errors), "an error is told once"
    return found


def _places(data: Any, errors: dict[bytes, Path]) -> set[Path]:
    """The places that at least one of the errors has emptied."""
    found = {_emptied(data, path) for path in errors.values()}
    return {place for place in found if place is not None}


def _emptied(data: Any, path: Path) -> Path | None:
    """The place on the way to a field that is null; None where the field itself is told of."""
    for depth, step in enumerate(path):
        if data is None:
            return path[:depth]
        data = data[step]
    return None

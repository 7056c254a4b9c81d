"""`select`: which fields of an object are shown, and which are listed as omitted."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeAlias

from server.services.search.list_query import Selection

ID: Final = "id"
"""Always shown, of an object and of every object in it."""

Pick: TypeAlias = dict[str, "Pick | None"]
"""Fields to show; None includes everything below the field."""

Shown: TypeAlias = dict[str, Any]


def pick(fields: Sequence[str], left_out: Iterable[str], selection: Selection) -> Pick:
    """Return the fields to show of an object that has `fields`; `left_out` are omitted by default.

    Fields that are named win over `-*`, wherever it stands, and the id always stays. Unknown names
    have no effect.
    """
    hidden = set(left_out)
    usual = () if selection.no_defaults else (each for each in fields if each not in hidden)
    chosen: Pick = dict.fromkeys(fields if selection.everything else (ID, *usual))
    for path in selection.added:
        _add(chosen, path.split("."))
    for path in selection.removed:
        if path != ID:
            chosen.pop(path, None)
    return chosen


def select(full: Shown, chosen: Pick, selection: Selection) -> Shown:
    """Return the object with only the chosen fields, and without removed nested ones."""
    shown: Shown = _within(full, chosen)
    for path in selection.removed:
        if "." in path:
            _remove(shown, path.split("."))
    return shown


def omitted(fields: Sequence[str], chosen: Pick, objects: Sequence[Shown]) -> list[str]:
    """Return the fields that are missing from any of the objects, or were not chosen."""
    return [
        name for name in fields if name not in chosen or any(name not in each for each in objects)
    ]


def _add(chosen: Pick, path: list[str]) -> None:
    *outer, last = path
    for name in outer:
        within = chosen.setdefault(name, {})
        if within is None:
            return
        chosen = within
    chosen[last] = None


def _within(value: Any, chosen: "Pick | None") -> Any:
    if chosen is None or value is None:
        return value
    if isinstance(value, list):
        return [_within(each, chosen) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _within(part, chosen.get(name))
        for name, part in value.items()
        if name in chosen or name == ID
    }


def _remove(value: Any, path: list[str]) -> None:
    if isinstance(value, list):
        for each in value:
            _remove(each, path)
        return
    name, *rest = path
    if not isinstance(value, dict) or name not in value:
        return
    if rest:
        _remove(value[name], rest)
    elif name != ID:
        del value[name]

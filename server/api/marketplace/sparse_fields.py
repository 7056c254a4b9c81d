"""`select`: which fields of an object are shown, and which are said to be left out."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeAlias

from server.services.search.list_query import Selection

ID: Final = "id"
"""What stays of an object and of what is within it, whatever is selected."""

Pick: TypeAlias = dict[str, "Pick | None"]
"""The fields to show; None stands for all that is within."""

Shown: TypeAlias = dict[str, Any]


def pick(fields: Sequence[str], left_out: Iterable[str], selection: Selection) -> Pick:
    """The fields to show of an object that has these, of which some are usually left out.

    Names that are explicit win over `-*`, wherever it stands; the id always stays. Names of
    fields that are not there change nothing.
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
    """The object with the chosen fields, without what was removed within them."""
    shown: Shown = _within(full, chosen)
    for path in selection.removed:
        if "." in path:
            _remove(shown, path.split("."))
    return shown


def omitted(fields: Sequence[str], chosen: Pick, objects: Sequence[Shown]) -> list[str]:
    """The fields that are not in each of the objects; of none, those that were not chosen."""
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

"""Writes the generated blocks of docs/: settings, commands, audit events and rooms.

`make docs` runs it. With `--check` it writes nothing, and fails where a page is out of date.
"""

import ast
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any, Final, get_args

import typer

from server.cli.commands import app
from server.cli.serving import DERIVED
from server.domain.audit.events import EVENTS
from server.settings import PREFIX, Settings

ROOT: Final = Path(__file__).parents[1]
DOCS: Final = ROOT / "docs"
LAYERS: Final = {Path("server/api/marketplace"), Path("server/models/migrations")}
"""Rooms that the map of the tree explains."""
_KINDS: Final = {str: "TEXT", int: "NUMBER", datetime: "DATE", Path: "FILE"}


def main() -> None:
    """Write the pages, or check them."""
    check = sys.argv[1:] == ["--check"]
    outdated = [name for name in PAGES if not _is_current(name, check=check)]
    if check and outdated:
        sys.exit(f"Out of date, run `make docs`: {', '.join(outdated)}")


def _is_current(name: str, *, check: bool) -> bool:
    page = DOCS / name
    text = page.read_text(encoding="utf-8")
    fresh = filled(text, *PAGES[name])
    if not check:
        page.write_text(fresh, encoding="utf-8")
    return fresh == text


def filled(text: str, block: str, write: Callable[[], str]) -> str:
    """The page with its block written anew."""
    begin, end = f"<!-- begin {block} -->\n", f"<!-- end {block} -->"
    before, found_begin, rest = text.partition(begin)
    _, found_end, after = rest.partition(end)
    if not found_begin or not found_end:
        raise SystemExit(f"The page has no block {block}.")
    return f"{before}{begin}\n{write()}\n{end}{after}"


def settings() -> str:
    """A table of all settings."""
    rows = [
        [
            f"`{PREFIX}{name.upper()}`",
            _default(name, field.default),
            _allowed(field),
            field.description or "",
        ]
        for name, field in Settings.model_fields.items()
    ]
    return table(["setting", "default", "values", "meaning"], rows)


def _default(name: str, value: Any) -> str:
    if name in DERIVED:
        return DERIVED[name]
    if value is None or value == ():
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _allowed(field: Any) -> str:
    """Which values are taken, where it is not any text."""
    bounds = {
        kind: getattr(each, kind)
        for each in field.metadata
        for kind in ("ge", "le")
        if hasattr(each, kind)
    }
    if {"ge", "le"} == set(bounds):
        return f"{bounds['ge']:,} to {bounds['le']:,}"
    if field.annotation is bool:
        return "`true`, `false`"
    words = get_args(field.annotation)
    return ", ".join(f"`{each}`" for each in words if isinstance(each, str))


def events() -> str:
    """A table of all events."""
    return table(["event", "what happened"], [[f"`{event}`", EVENTS[event]] for event in EVENTS])


def rooms() -> str:
    """A table of the rooms below each layer: the first sentence of each `__init__`."""
    return table(["room", "contents"], sorted(_rooms()))


def _rooms() -> Iterator[list[str]]:
    for top in ("server", "schema"):
        for init in (ROOT / top).glob("*/**/__init__.py"):
            room = init.parent.relative_to(ROOT)
            if room.parts[0] == "server" and (len(room.parts) == 2 or room in LAYERS):
                continue
            said = ast.get_docstring(ast.parse(init.read_text(encoding="utf-8"))) or ""
            yield [f"`{room.as_posix()}/`", _plain(said.partition("\n\n")[0]).rstrip(".")]


def commands() -> str:
    """A section for each command, groups after the commands that stand alone."""
    root = typer.main.get_command(app)
    return "\n".join(_sections(root, ["tokendesk"])).strip() + "\n"


def _sections(group: Any, path: list[str]) -> Iterator[str]:
    children = sorted(group.commands.items(), key=lambda each: hasattr(each[1], "commands"))
    for name, command in children:
        here = [*path, name]
        if hasattr(command, "commands"):
            yield f"## {' '.join(here)}\n\n{command.help}\n"
            yield from _sections(command, here)
        else:
            depth = "#" * len(here)
            yield f"{depth} {' '.join(here)}\n\n{_plain(command.help)}\n"
            yield f"```\n{_usage(command, here)}\n```\n"
            if rows := [_row(each) for each in command.params if _is_explained(each)]:
                yield table(["argument", "value", "meaning"], rows)


def _usage(command: Any, path: Sequence[str]) -> str:
    options = [each for each in command.params if each.param_type_name == "option"]
    arguments = [each for each in command.params if each not in options]
    words = [*path, *map(_word, arguments), *(_word(each) for each in options if each.required)]
    words += ["[options]"] if any(_is_choice(each) for each in options) else []
    return " ".join([*words, *(["[--json]"] if any(map(_is_json, options)) else [])])


def _word(parameter: Any) -> str:
    if parameter.param_type_name == "option":
        return f"{parameter.opts[0]} {_value(parameter)}".strip()
    name = (parameter.metavar or parameter.name).upper()
    return name if parameter.required else f"[{name}]"


def _row(parameter: Any) -> list[str]:
    if parameter.param_type_name == "option":
        names = ", ".join(f"`{each}`" for each in [*parameter.opts, *parameter.secondary_opts])
    else:
        names = f"`{_word(parameter)}`"
    value = _value(parameter) if parameter.param_type_name == "option" else ""
    meaning = _plain(parameter.help or "")
    if parameter.required:
        meaning = f"Required. {meaning}".strip()
    return [names, f"`{value}`" if value else "", meaning]


def _value(parameter: Any) -> str:
    """What is to be written for a parameter; empty for a flag."""
    kind = parameter.type_descriptor.annotation
    if kind is bool:
        return ""
    if parameter.param_type_name == "option" and parameter.metavar:
        return str(parameter.metavar)
    [kind] = get_args(kind) or [kind]
    if issubclass(kind, Enum):
        return "|".join(str(each.value) for each in kind)
    return _KINDS[kind]


def _is_json(parameter: Any) -> bool:
    return parameter.name == "json"


def _is_explained(parameter: Any) -> bool:
    """An argument without help says all by its name."""
    return not _is_json(parameter) and (parameter.param_type_name == "option" or parameter.help)


def _is_choice(parameter: Any) -> bool:
    return not parameter.required and not _is_json(parameter)


def _plain(text: str) -> str:
    return " ".join(text.split())


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown; a vertical bar in a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(_cell(each) for each in line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return str(text).replace("|", r"\|")


PAGES: Final[dict[str, tuple[str, Callable[[], str]]]] = {
    "configuration.md": ("settings", settings),
    "cli.md": ("commands", commands),
    "operations.md": ("events", events),
    "architecture.md": ("rooms", rooms),
}

if __name__ == "__main__":
    main()

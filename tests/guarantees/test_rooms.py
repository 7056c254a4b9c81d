"""Rooms: each has its place, says what is inside, stays small, and looks only downwards."""

import ast
from collections.abc import Iterator
from typing import Final

import pytest

from tests.support.source_tree import ROOT, imports, module_name, nothing, product_modules

MOST_FILES: Final = 12
LARGER_ROOMS: Final = {
    "server/http": "What the faces share has no nouns of its own to be divided by.",
}
"""Rooms with more files, each with its reason."""

ORDER: Final = {
    "server.domain": "i18n errors actor ids filters text tokens audit verification",
    "server.services": (
        "clock crypto events pagination audit media accounts people tokens usage search"
        " platform_events rate_limits sign_in subscriptions verification"
    ),
    "server.web": "html audit settings sign_in administration tokens wizard developer",
    "server.api": "verify health marketplace metrics",
    "server.cli": "base",
    "schema": "base accounts audit usage tokens drafts execution people root persisted http",
}
"""The rooms of a layer from the ground up: a room imports only those before it."""


def room_of(module: str, layer: str) -> str:
    return module.removeprefix(f"{layer}.").partition(".")[0]


def rooms(layer: str) -> set[str]:
    folder = ROOT / layer.replace(".", "/")
    return {path.parent.name for path in folder.glob("*/__init__.py")}


@pytest.mark.parametrize("layer", ORDER)
def test_every_room_has_its_place(layer: str) -> None:
    assert rooms(layer) <= set(ORDER[layer].split())


@pytest.mark.parametrize("layer", ORDER)
def test_rooms_look_downwards(layer: str) -> None:
    order = ORDER[layer].split()
    against = []
    for each in imports():
        if not (each.importer.startswith(f"{layer}.") and each.module.startswith(f"{layer}.")):
            continue
        above, below = room_of(each.importer, layer), room_of(each.module, layer)
        if above == below or above not in order:
            continue
        if below not in order or order.index(below) > order.index(above):
            against.append(str(each))
    nothing(against, f"The rooms of {layer} stand in this order: {ORDER[layer]}:")


def test_no_module_imports_itself_by_a_circle() -> None:
    graph: dict[str, set[str]] = {}
    for each in imports():
        if each.module in product_modules() and each.module != each.importer:
            graph.setdefault(each.importer, set()).add(each.module)
    nothing([" -> ".join(circle) for circle in circles(graph)], "Imports go in a circle:")


def circles(graph: dict[str, set[str]]) -> Iterator[list[str]]:
    done: set[str] = set()

    def walk(module: str, way: list[str]) -> Iterator[list[str]]:
        if module in way:
            yield [*way[way.index(module) :], module]
        elif module not in done:
            for next_one in sorted(graph.get(module, ())):
                yield from walk(next_one, [*way, module])
            done.add(module)

    for start in sorted(graph):
        yield from walk(start, [])


def test_a_circle_is_found() -> None:
    assert list(circles({"a": {"b"}, "b": {"c"}, "c": {"a"}})) == [["a", "b", "c", "a"]]
    assert list(circles({"a": {"b", "c"}, "b": {"c"}})) == []


def test_rooms_are_small() -> None:
    large = []
    for folder in sorted({path.parent for path in product_modules().values()}):
        room = folder.relative_to(ROOT).as_posix()
        files = [file for file in folder.glob("*.py") if file.name != "__init__.py"]
        if len(files) > MOST_FILES and room not in LARGER_ROOMS:
            large.append(f"{room} has {len(files)} files")
    nothing(large, f"A room has at most {MOST_FILES} files; open another by its noun:")


def test_rooms_say_what_is_inside() -> None:
    silent = []
    for name, path in product_modules().items():
        text = path.read_text(encoding="utf-8")
        if path.name == "__init__.py" and not ast.get_docstring(ast.parse(text)):
            silent.append(name)
    nothing(silent, "A room's __init__ says what is inside, and what must not be done here:")


def test_every_folder_of_code_is_a_package() -> None:
    folders = {path.parent for path in product_modules().values()}
    bare = [str(f.relative_to(ROOT)) for f in sorted(folders) if not (f / "__init__.py").exists()]
    nothing(bare, "A folder without __init__ is no room:")
    assert module_name(ROOT / "server" / "__init__.py") == "server"

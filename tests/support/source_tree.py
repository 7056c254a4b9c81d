"""The project's own source files, and what each of them imports."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
OUR_FOLDERS: Final = ("server", "schema", "templates", "static", "tests")
OUR_KINDS: Final = {".py", ".html", ".css", ".js"}
NOT_OURS: Final = (
    "static/vendor/",
    "server/models/migrations/0",
    "tests/artefacts/",
    "tests/clients/node_modules/",
    "tests/ui_review/node_modules/",
)


@dataclass(frozen=True)
class Import:
    """One module that a file imports, wherever in the file the statement stands."""

    file: str
    line: int
    importer: str
    module: str

    @property
    def package(self) -> str:
        """The top-level package that is imported."""
        return self.module.partition(".")[0]

    @property
    def part(self) -> str:
        """The part of the product that imports: `services`, `web`, `schema` …"""
        return part_of(self.importer)

    @property
    def ours(self) -> str | None:
        """The part of the product that is imported; None for a library."""
        return part_of(self.module) if self.package in {"server", "schema"} else None

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.module}"


def our_files(*kinds: str) -> list[Path]:
    """Every file we wrote, of the given endings or of all kinds."""
    files = [path for folder in OUR_FOLDERS for path in sorted((ROOT / folder).rglob("*"))]
    return [
        path
        for path in files
        if path.suffix in (kinds or OUR_KINDS)
        and not path.relative_to(ROOT).as_posix().startswith(NOT_OURS)
    ]


def module_name(path: Path) -> str:
    """`server.services.clock` for its file; a package's name for its `__init__`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def part_of(module: str) -> str:
    """`services` for what lies in `server.services`, `schema` for what lies in `schema`."""
    first, *rest = module.split(".")
    return rest[0] if first == "server" and rest else first


@cache
def product_modules() -> dict[str, Path]:
    """Every module of `server` and `schema` by name, migrations left out."""
    files = [*ROOT.glob("server/**/*.py"), *ROOT.glob("schema/**/*.py")]
    return {module_name(file): file for file in sorted(files) if "migrations" not in file.parts}


@cache
def imports() -> tuple[Import, ...]:
    """Every import of the product, those inside functions and `TYPE_CHECKING` blocks included."""
    found = []
    for name, path in product_modules().items():
        file = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for module in _imported(node, file):
                found.append(Import(file, getattr(node, "lineno", 0), name, module))
    return tuple(found)


def _imported(node: ast.AST, file: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (name.name for name in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"{file}:{node.lineno}: a relative import hides where it leads"
        assert node.module is not None
        for name in node.names:
            whole = f"{node.module}.{name.name}"
            yield whole if whole in product_modules() else node.module


def nothing(found: list[str], reason: str) -> None:
    """Fail with the reason and every finding, if there is one."""
    assert not found, "\n".join([reason, *found])

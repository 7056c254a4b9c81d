"""The rules of the code itself, read from its syntax trees and templates."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from typing import Final

import pytest

from tests.support.source_tree import ROOT, imports, nothing, our_files

LONGEST_FILE: Final = 300

FACES: Final = frozenset({"web", "api", "schema"})
OPEN_TO_FACES: Final = frozenset(
    {"domain", "services", "settings", "database", "desk", "http", "private_files"}
)
DIRECTION: Final = {
    "domain": set[str](),
    "private_files": set[str](),
    "models": {"domain"},
    "database": {"domain", "private_files"},
    "settings": {"database", "private_files"},
    "services": {"domain", "models", "database", "private_files"},
    "desk": {"domain", "services", "settings", "database"},
    "jobs": {"desk", "database", "services"},
    "lifespan": {"desk", "jobs"},
    "demo": {"domain", "services", "desk"},
    "http": {"domain", "services", "settings", "desk"},
    "web": OPEN_TO_FACES,
    "api": OPEN_TO_FACES | {"jobs", "protocol"},
    "schema": OPEN_TO_FACES,
    "protocol": {"domain"},
    "app": OPEN_TO_FACES | FACES | {"lifespan", "jobs"},
    "cli": OPEN_TO_FACES | {"app", "demo", "schema", "protocol"},
    "__main__": {"cli"},
}
"""What each part may import, besides itself. Faces do not see each other."""

KNOW_TORTOISE: Final = {"models", "services", "database"}
TONGUES: Final = {"starlette", "strawberry", "jinja2", "graphql", "typer", "uvicorn"}
KNOW_NO_TONGUE: Final = {"domain", "models", "services", "settings", "database", "desk"}


def test_every_part_has_its_place() -> None:
    parts = {each.part for each in imports()} - {"server"}
    nothing(sorted(parts - set(DIRECTION)), "New parts of server/ need a place in DIRECTION:")


def test_imports_go_one_way() -> None:
    against = [
        str(each)
        for each in imports()
        if each.ours is not None
        and each.ours != each.part
        and each.ours not in DIRECTION.get(each.part, set())
    ]
    nothing(
        against,
        "Imports go domain <- models <- services <- desk <- faces <- app, cli, so that a rule"
        " can be read and tested without what is built on it:",
    )


def test_the_domain_needs_the_standard_library_alone() -> None:
    foreign = [
        str(each)
        for each in imports()
        if each.part == "domain"
        and each.ours is None
        and each.package not in sys.stdlib_module_names
    ]
    nothing(foreign, "The domain is pure rules; time and data are arguments, not libraries:")


@pytest.mark.parametrize("module", ["time", "asyncio", "os", "pathlib", "socket", "sqlite3"])
def test_the_domain_reaches_for_nothing_outside(module: str) -> None:
    reaching = [str(each) for each in imports() if each.part == "domain" and each.package == module]
    nothing(reaching, "The domain asks no clock, file or network; it is given what it judges:")


def test_only_models_services_and_database_know_tortoise() -> None:
    knowing = [
        str(each)
        for each in imports()
        if each.package == "tortoise" and each.part not in KNOW_TORTOISE
    ]
    nothing(knowing, "A face that queries goes round permission and audit; ask a service:")


def test_only_services_import_models() -> None:
    knowing = [
        str(each)
        for each in imports()
        if each.ours == "models" and each.part not in {"models", "services"}
    ]
    nothing(
        knowing, "Rows do not leave the services; they answer with the views of server/services:"
    )


def test_services_know_no_face() -> None:
    knowing = [
        str(each) for each in imports() if each.part in KNOW_NO_TONGUE and each.package in TONGUES
    ]
    nothing(knowing, "One service serves every face; HTTP, GraphQL and HTML are the faces' words:")


def test_every_library_that_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[^\w-]", each)[0].lower() for each in project["dependencies"]}
    found = packages_distributions()
    undeclared = {
        each.package
        for each in imports()
        if each.ours is None
        and each.package not in sys.stdlib_module_names
        and not declared & {name.lower().replace("_", "-") for name in found.get(each.package, [])}
    }
    nothing(sorted(undeclared), "What we import ourselves is named in pyproject.toml:")


def test_no_file_is_longer_than_300_lines() -> None:
    long = []
    for path in our_files():
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LONGEST_FILE:
            long.append(f"{path.relative_to(ROOT)} has {lines} lines")
    nothing(long, f"A file is one subject, at most {LONGEST_FILE} lines; split it by meaning:")


FORBIDDEN: Final = {
    r"<[^>]*\sstyle\s*=": "style= (the Content-Security-Policy forbids it; write a class)",
    r"<style\b": "an inline style sheet (write a sheet in static/css)",
    r"<script\b(?![^>]*\ssrc=)": "an inline script (write static/app.js)",
    r"<[^>]*\son[a-z]+\s*=": "an inline event handler (write static/app.js)",
    r"\bhx-on\b": "hx-on (it needs eval, which the policy forbids)",
    r"['\"{\s]js:": "js: in an hx- attribute (it needs eval)",
    r"javascript:": "a javascript: link",
    r"\|\s*safe\b": "the filter safe (it lets input become markup)",
    r"autoescape\s+false": "autoescape false (it lets input become markup)",
}


@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_templates_contain_nothing_that_the_policy_forbids(pattern: str) -> None:
    found = []
    for path in our_files(".html"):
        text = path.read_text(encoding="utf-8")
        for match in re.finditer(pattern, text, re.IGNORECASE):
            line = text.count("\n", 0, match.start()) + 1
            found.append(f"{path.relative_to(ROOT)}:{line}: {match[0][-60:]!r}")
    nothing(found, f"Templates must not contain {FORBIDDEN[pattern]}:")


@pytest.mark.parametrize(
    ("pattern", "wrong", "right"),
    [
        (r"<[^>]*\sstyle\s*=", '<p class="a" style="x">', '<p class="style">style = x</p>'),
        (
            r"<script\b(?![^>]*\ssrc=)",
            "<script>x()</script>",
            '<script defer src="/a.js"></script>',
        ),
        (r"<[^>]*\son[a-z]+\s*=", '<a href="/" onclick="x()">', '<a href="/?on=1" data-on="1">'),
        (r"['\"{\s]js:", "hx-vals='js:{a: 1}'", 'src="/app.js"'),
    ],
)
def test_the_patterns_tell_wrong_from_right(pattern: str, wrong: str, right: str) -> None:
    assert pattern in FORBIDDEN
    assert re.search(pattern, wrong)
    assert not re.search(pattern, right)


CONNECTING: Final = {"connect", "create_pool", "create_connection"}
DRIVERS: Final = {"asyncpg", "sqlite3", "aiosqlite"}
ONE_PLACE: Final = "server/database/connections.py"


def _connects(node: ast.AST) -> bool:
    """Whether a driver's connecting function is named, or a URL is left to Tortoise to read."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.value.id in DRIVERS and node.attr in CONNECTING
    if isinstance(node, ast.ImportFrom):
        names = {name.name for name in node.names}
        if (node.module or "").partition(".")[0] in DRIVERS:
            return bool(names & CONNECTING)
        return "expand_db_url" in names
    return False


def _connecting(source: str) -> list[int]:
    return [getattr(node, "lineno", 0) for node in ast.walk(ast.parse(source)) if _connects(node)]


def test_one_place_connects_to_databases() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{line}"
        for path in [*ROOT.glob("server/**/*.py"), *ROOT.glob("schema/**/*.py")]
        for line in _connecting(path.read_text(encoding="utf-8"))
    }
    here = {each for each in found if each.startswith(ONE_PLACE)}
    assert here, "the rule finds the place that it allows"
    nothing(
        sorted(found - here),
        f"Only {ONE_PLACE} connects, so that TLS, schema and file modes hold for all connections:",
    )


@pytest.mark.parametrize(
    "source",
    [
        "import asyncpg\nasyncpg.connect('x')",
        "import asyncpg\nmake = asyncpg.create_pool",
        "from asyncpg import connect",
        "from sqlite3 import connect as c",
        "import aiosqlite\nasync def f():\n    await aiosqlite.connect('x')",
        "from tortoise.backends.base.config_generator import expand_db_url",
    ],
)
def test_the_rule_sees_each_way_to_connect(source: str) -> None:
    assert len(_connecting(source)) == 1


def test_cookies_are_read_in_linear_time() -> None:
    """Starlette's `request.cookies` unquotes every cookie in quadratic time."""
    reads = []
    for path in our_files(".py"):
        file = path.relative_to(ROOT)
        if file.parts[0] == "tests":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr == "cookies":
                reads.append(f"{file}:{node.lineno}")
    nothing(reads, "Read cookies by server/http/cookies.py:")

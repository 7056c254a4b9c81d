"""Every setting, command, metric, error code and event is documented, and nothing else is."""

import ast
import re
import runpy
from collections.abc import Iterator
from typing import Any, Final

import pytest
import typer

from schema.base.enums import ErrorCode
from server.cli.commands import app
from server.domain.audit.events import EVENTS
from server.domain.errors import DomainError
from server.settings import PREFIX, Settings
from tests.docs.pages import DOCS, Page, documentation
from tests.support.live import ROOT

TOOL: Final[dict[str, Any]] = runpy.run_path(str(ROOT / ".ci" / "reference.py"))
GRAPHQL: Final = Page(DOCS / "graphql.md")
NO_CODES: Final = {"GET", "POST", "JSON", "HEAD"}
"""Words in capital letters that stand in schema/ and are no codes of errors."""
OF_OTHERS: Final = {
    "TOKENDESK_TEST_DATABASE_URL",
    "TOKENDESK_FUZZ_CASES",
    "TOKENDESK_CHROMIUM",
    "TOKENDESK_FIREFOX",
    "TOKENDESK_NGINX",
    "TOKENDESK_CADDY",
}
"""Variables of the tests."""


@pytest.mark.parametrize("name", TOOL["PAGES"])
def test_a_generated_block_is_as_its_tool_writes_it(name: str) -> None:
    block, write = TOOL["PAGES"][name]
    text = Page(DOCS / name).text
    assert TOOL["filled"](text, block, write) == text, "run `make docs`"


def test_every_setting_is_documented() -> None:
    page = Page(DOCS / "configuration.md").text
    for name, field in Settings.model_fields.items():
        assert f"| `{PREFIX}{name.upper()}` |" in page
        assert field.description
        assert field.description.replace("|", r"\|") in page


def test_the_documentation_names_no_other_setting() -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    named = set(re.findall(rf"\b{PREFIX}[A-Z_]+[A-Z]", documentation()))
    assert named - known == OF_OTHERS


def commands(group: Any, path: str) -> Iterator[str]:
    """Every command that does something."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}"


def test_every_command_is_documented() -> None:
    page = Page(DOCS / "cli.md").text
    known = list(commands(typer.main.get_command(app), "tokendesk"))
    for command in known:
        assert re.search(rf"^##+ {command}$", page, re.MULTILINE), command
    documented = re.findall(r"^```\n(tokendesk [a-z -]+[a-z])", page, re.MULTILINE)
    assert len(documented) == len(known)


def test_the_documentation_names_no_other_command() -> None:
    known = set(commands(typer.main.get_command(app), "tokendesk"))
    groups = {command.rpartition(" ")[0] for command in known}
    named = re.findall(r"(?:^|`)(tokendesk(?: [a-z][a-z-]*){1,2})", documentation(), re.MULTILINE)
    for words in map(str.strip, named):
        first = " ".join(words.split()[:2])
        assert words in known or first in known or words in groups, words


def codes() -> set[str]:
    """Every code that an error can have."""
    found = {str(code) for code in ErrorCode}
    found |= {each.code for each in DomainError.__subclasses__()}
    for file in (ROOT / "schema").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= set(re.findall(r"\A[A-Z][A-Z_]{3,}\Z", node.value))
    return found - NO_CODES


def test_every_code_of_an_error_is_documented_and_no_other() -> None:
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", GRAPHQL.text, re.MULTILINE))
    assert documented == codes()


def test_codes_that_are_data_are_told_from_those_in_errors() -> None:
    section = GRAPHQL.section("## Change")
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", section, re.MULTILINE))
    assert documented == {str(code) for code in ErrorCode}


def test_every_event_is_documented() -> None:
    section = Page(DOCS / "operations.md").section("### Events")
    assert set(re.findall(r"^\| `([a-z_.]+)` \|", section, re.MULTILINE)) == set(EVENTS)


async def test_no_page_names_a_metric_that_there_is_not() -> None:
    section = Page(DOCS / "operations.md").section("## Metrics")
    known = set(re.findall(r"^\| `(tokendesk_\w+)[`{]", section, re.MULTILINE))
    named = set(re.findall(r"\b(tokendesk_[a-z_]+)\b", documentation()))
    assert named <= known

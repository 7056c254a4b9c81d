"""The catalogues hold a translation of every marked text, and nothing else."""

import re
import runpy
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT: Final = Path(__file__).parents[3]
TOOL: Final[dict[str, Any]] = runpy.run_path(str(ROOT / ".ci" / "texts.py"))
FILES: Final = sorted((ROOT / "server" / "http" / "pages" / "catalogues").glob("*.po"))

_SLOT: Final = re.compile(r"%\(\w+\)s|\{\w+\}|%%|</?\w+[^>]*>")
_TAG: Final = re.compile(r"</?\w+[^>]*>")

ENGLISH_ONLY: Final = {"public/v1/reference.html"}
"""For programmers, as the API that it describes."""
NAMES: Final = {"Tokendesk", "Esc", "Access", "Billing", "Catalog"}
"""The same in every language; the last three are samples."""
_MARKED_OR_CODE: Final = re.compile(
    r"\{#.*?#\}|\{%-? trans.*?endtrans -?%\}|<(code|pre|script)\b.*?</\1>|\{%.*?%\}|\{\{.*?\}\}",
    re.DOTALL,
)
_IN_ATTRIBUTE: Final = re.compile(r'\b(?:aria-label|title|placeholder|alt|content)="([^"]*)"')
_META: Final = re.compile(r"<meta\b(?![^>]*description)[^>]*>")


@pytest.fixture(scope="module")
def texts() -> Catalog:
    """What the code says."""
    gathered: Catalog = TOOL["gathered"]()
    return gathered


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    """Each of the catalogues."""
    file: Path = request.param
    with file.open("rb") as stream:
        return read_po(stream, locale=file.stem)


def pairs(catalogue: Catalog) -> Iterator[tuple[str, str]]:
    """Each form of a text beside its translation."""
    for message in catalogue:
        if message.id:
            yield from zip(_forms(message.id), _forms(message.string), strict=True)


def test_every_text_of_the_code_is_translated(texts: Catalog, catalogue: Catalog) -> None:
    is_translated: Callable[[Message], bool] = TOOL["is_translated"]
    done = {message.id for message in catalogue if message.id and is_translated(message)}
    assert {message.id for message in texts if message.id} - done == set()


def test_no_text_is_translated_that_nobody_says(texts: Catalog, catalogue: Catalog) -> None:
    assert {each.id for each in catalogue} - {each.id for each in texts} == set()
    assert not catalogue.obsolete
    assert not any(message.fuzzy for message in catalogue if message.id)


def test_a_translation_fills_in_and_marks_up_the_same(catalogue: Catalog) -> None:
    wrong = [
        (text, said)
        for text, said in pairs(catalogue)
        if sorted(set(_SLOT.findall(text))) != sorted(set(_SLOT.findall(said)))
    ]
    assert wrong == []


def test_a_translation_can_stand_in_an_attribute(catalogue: Catalog) -> None:
    plain = [said for _, said in pairs(catalogue) if not _TAG.search(said)]
    assert [said for said in plain if re.search(r'["<>]|&(?!\w+;)', said)] == []


def test_a_translation_begins_and_ends_as_the_text(catalogue: Catalog) -> None:
    wrong = [
        (text, said)
        for text, said in pairs(catalogue)
        if said != said.strip() + text[len(text.rstrip()) :]
        or (text.endswith(".") and not said.endswith("."))
    ]
    assert wrong == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_catalogue_is_as_its_tool_writes_it(file: Path, texts: Catalog, tmp_path: Path) -> None:
    copy = tmp_path / file.name
    copy.write_bytes(file.read_bytes())
    TOOL["update"](copy, texts)
    assert copy.read_bytes() == file.read_bytes()


@pytest.mark.parametrize(
    "template",
    sorted(
        file.relative_to(ROOT / "templates").as_posix()
        for file in (ROOT / "templates").rglob("*.html")
    ),
)
def test_every_text_of_a_template_is_marked(template: str) -> None:
    if template in ENGLISH_ONLY:
        return
    source = _META.sub("", _MARKED_OR_CODE.sub("", (ROOT / "templates" / template).read_text()))
    said = [*_IN_ATTRIBUTE.findall(source), *re.sub(r"<[^>]*>", "\n", source).splitlines()]
    words = {word for text in said for word in re.findall(r"\b[A-Z][a-z]+", text)}
    assert words - NAMES == set()


def _forms(text: str | Sequence[str] | None) -> Sequence[str]:
    return [text] if isinstance(text, str) else text or []

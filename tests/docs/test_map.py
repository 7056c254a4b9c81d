"""The README stays short, and its map and the architecture's rooms are those of the tree."""

import re
import subprocess
from pathlib import Path
from typing import Final

from tests.docs.pages import DOCS, README, Page
from tests.support.live import ROOT

MOST_LINES: Final = 150
ARCHITECTURE: Final = Page(DOCS / "architecture.md")
_PATH: Final = re.compile(r"`((?:\.ci|server|schema|templates|static|tests|docs)/[\w./-]*)`")
BUILT: Final = {"static/vendor/", "tests/clients/node_modules"}


def committed_folders() -> set[Path]:
    """Every folder with a file that git knows, or would."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    files = [Path(line) for line in listed.stdout.splitlines() if (ROOT / line).exists()]
    return {parent for file in files for parent in file.parents} - {Path()}


def mapped_folders() -> set[Path]:
    """The folders of the README's map; those indented belong to the one before."""
    block = README.section("## Where things are").partition("```\n")[2].partition("```")[0]
    found, outer = set(), Path()
    for line in block.splitlines():
        name = line.split()[0].rstrip("/")
        outer = outer if line.startswith(" ") else Path(name)
        found.add(outer / name if line.startswith(" ") else outer)
    return found


def test_the_readme_is_short() -> None:
    assert len(README.text.splitlines()) <= MOST_LINES


def test_the_map_is_that_of_the_tree() -> None:
    folders = committed_folders()
    assert {each for each in folders if len(each.parts) == 1} == {
        each for each in mapped_folders() if len(each.parts) == 1
    }


def test_the_map_has_the_rooms_of_the_server() -> None:
    rooms = {each for each in committed_folders() if each.parent == Path("server")}
    assert rooms == {each for each in mapped_folders() if each.parent == Path("server")}


def test_every_path_in_the_documentation_is_there() -> None:
    for page in [README, *map(Page, DOCS.rglob("*.md"))]:
        missing = [path for path in _PATH.findall(page.text) if not (ROOT / path).exists()]
        assert set(missing) <= BUILT, page.name


def test_the_architecture_names_every_room() -> None:
    packages = {
        each
        for each in committed_folders()
        if each.parts[0] in {"server", "schema", "tests"} and (ROOT / each / "__init__.py").exists()
    }
    named = {Path(path) for path in _PATH.findall(ARCHITECTURE.section("## Rooms"))}
    deep = {each for each in packages if len(each.parts) > 2 and each.parts[0] == "tests"}
    assert packages - deep - {Path("server"), Path("tests")} - named == set()


def test_the_architecture_names_every_file_of_the_server_itself() -> None:
    files = {each.name for each in (ROOT / "server").glob("*.py")}
    named = {Path(path).name for path in _PATH.findall(ARCHITECTURE.section("## Rooms"))}
    assert files - named - {"__init__.py", "__main__.py"} == set()


def test_every_target_of_make_is_explained_to_contributors() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE)) - {"help", "setup"}
    commands = Page(DOCS / "contributing.md").section("## Commands")
    assert set(re.findall(r"^\| `make ([a-z]+)` \|", commands, re.MULTILINE)) == targets

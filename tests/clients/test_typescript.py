"""Types that gql.tada builds from the SDL, and a program that tsc holds to them."""

import shutil
from pathlib import Path

import pytest

from schema.root.sdl import SDL_FILE
from tests.support.node import CLIENTS, Node

PACKAGES = CLIENTS / "node_modules"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The typed program beside the printed schema."""
    folder = tmp_path / "project"
    shutil.copytree(CLIENTS / "types", folder)
    shutil.copy(SDL_FILE, folder / "schema.graphql")
    (folder / "node_modules").symlink_to(PACKAGES)
    return folder


def replace(file: Path, text: str, other: str) -> None:
    """The same file with one other passage."""
    content = file.read_text()
    assert content.count(text) == 1, f"{file.name} has {text!r} {content.count(text)} times"
    file.write_text(content.replace(text, other))


def compiled(node: Node, project: Path) -> str:
    """What tsc says of the program, under types built anew: nothing where all is well."""
    node.output(PACKAGES / ".bin" / "gql.tada", "generate-output", cwd=project)
    return node.run(PACKAGES / ".bin" / "tsc", "--project", ".", cwd=project).stdout


def test_a_program_fits_the_types_of_the_schema(node: Node, project: Path) -> None:
    assert compiled(node, project) == ""
    checked = node.output(PACKAGES / ".bin" / "gql.tada", "check", cwd=project)
    assert "No problems found" in checked


@pytest.mark.parametrize(
    ("text", "other", "complaint"),
    [
        ("id name status expiresAt", "id name state expiresAt", "'status'"),
        ("return result.secret;", "return result.code;", "'code'"),
    ],
)
def test_a_program_that_does_not_fit_is_refused(
    node: Node, project: Path, text: str, other: str, complaint: str
) -> None:
    replace(project / "program.ts", text, other)
    assert complaint in compiled(node, project)


def test_the_types_follow_the_schema(node: Node, project: Path) -> None:
    replace(project / "schema.graphql", "  status: ApiTokenStatus!\n", "  state: ApiTokenStatus!\n")
    field_errors = compiled(node, project)
    assert field_errors.startswith("program.ts")
    assert "does not satisfy the constraint 'true'" in field_errors

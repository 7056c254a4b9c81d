"""`tokendesk schema`: the printed schema, what breaks clients, and registered documents."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from schema.root.sdl import SDL_FILE, Changes, compare
from tests.cli.conftest import Command

VIEWER = "query Viewer { viewer { __typename } }\n"
TWO = "query A { __typename }\nmutation B { discardTokenDraft(input: {id: 1}) { __typename } }"


@pytest.fixture
def command(make_command: Callable[..., Command]) -> Command:
    return make_command()


def sha256(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def stored(tmp_path: Path) -> dict[str, str]:
    """All that was registered, by file."""
    return {file.name: file.read_text() for file in tmp_path.glob("data/trusted-documents/*")}


def write(tmp_path: Path, name: str, content: object) -> str:
    """A file with this text or JSON."""
    file = tmp_path / name
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(file)


def test_the_schema_is_printed_as_committed(command: Command) -> None:
    assert command.run("schema", "print").stdout == SDL_FILE.read_text()
    assert command.json("schema", "print") == {"sdl": SDL_FILE.read_text()}


def test_a_current_schema_breaks_nobody(command: Command) -> None:
    answer = command.json("schema", "check")
    assert answer == {"current": True, "breaking": [], "dangerous": []}
    assert command.run("schema", "check").stderr == ""


def test_what_breaks_clients_is_named(command: Command, tmp_path: Path) -> None:
    gone = SDL_FILE.read_text().replace("type Query {\n", "type Query {\n  gone: ID\n", 1)
    file = write(tmp_path, "older.graphql", gone)
    told = command.refused("schema", "check", "--against", file)
    assert told == "Breaking: Field Query.gone was removed."
    run = command.run("schema", "check", "--against", file, "--json")
    assert (run.returncode, run.stderr) == (1, "")
    breaking = ["Field Query.gone was removed."]
    assert json.loads(run.stdout) == {"current": True, "breaking": breaking, "dangerous": []}


def test_what_is_dangerous_is_told_and_no_failure(command: Command, tmp_path: Path) -> None:
    newest = SDL_FILE.read_text()
    enum = newest[newest.index("enum AccountStatus {") :].partition("}")[0]
    older = newest.replace(enum, "enum AccountStatus {\n  ACTIVE\n", 1)
    file = write(tmp_path, "older.graphql", older)
    run = command.run("schema", "check", "--against", file)
    assert run.returncode == 0
    assert run.stderr == "Dangerous: Enum value AccountStatus.DISABLED was added.\n"


def test_breaking_is_told_from_dangerous() -> None:
    older = "type Query { a(b: Int = 1, c: Int): E } enum E { X Z }"
    newer = "type Query { a(b: Int = 2, c: Int!): E } enum E { X Y }"
    told = compare(older, newer)
    assert sorted(told.breaking) == [
        "Argument Query.a(c:) has changed type from Int to Int!.",
        "Enum value E.Z was removed.",
    ]
    assert sorted(told.dangerous) == [
        "Enum value E.Y was added.",
        "Query.a(b:) has changed defaultValue from 1 to 2.",
    ]
    assert compare(newer, newer) == Changes([], [])


@pytest.mark.parametrize("text", ["", "type", "type Query { a: Nothing }", "query { a }"])
def test_what_is_no_schema_is_said(command: Command, tmp_path: Path, text: str) -> None:
    file = write(tmp_path, "older.graphql", text + "\n")
    message = command.refused("schema", "check", "--against", file)
    assert message.startswith("This is no GraphQL schema")


def test_a_document_is_registered_under_its_hash(command: Command, tmp_path: Path) -> None:
    file = write(tmp_path, "viewer.graphql", VIEWER)
    expected = {"id": sha256(VIEWER), "operations": ["Viewer"], "alsoKnownAs": []}
    assert command.json("schema", "register", file) == [expected]
    assert stored(tmp_path) == {sha256(VIEWER).replace(":", "+") + ".graphql": VIEWER}
    assert command.json("schema", "register", file) == [expected], "again is no harm"
    assert sha256(VIEWER) in command.run("schema", "register", file).stdout


MANIFESTS: dict[str, tuple[Any, str]] = {
    "GraphQL Code Generator": ({"c0ffee": VIEWER}, "c0ffee"),
    "Relay": ({"0123456789abcdef0123456789abcdef": VIEWER}, "0123456789abcdef0123456789abcdef"),
    "Apollo": (
        {
            "format": "apollo-persisted-query-manifest",
            "version": 1,
            "operations": [{"id": "abc", "name": "Viewer", "type": "query", "body": VIEWER}],
        },
        "abc",
    ),
}


@pytest.mark.parametrize("client", MANIFESTS)
def test_manifests_of_clients_are_taken(command: Command, tmp_path: Path, client: str) -> None:
    manifest, name = MANIFESTS[client]
    file = write(tmp_path, "persisted-documents.json", manifest)
    expected = {"id": sha256(VIEWER), "operations": ["Viewer"], "alsoKnownAs": [name]}
    assert command.json("schema", "register", file) == [expected]
    assert stored(tmp_path) == {
        sha256(VIEWER).replace(":", "+") + ".graphql": VIEWER,
        f"{name}.graphql": VIEWER,
    }


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "a.graphql",
            "{",
            "a.graphql: Syntax Error: Expected Name, found <EOF>. (line 1, column 2)",
        ),
        ("a.graphql", "", "a.graphql: Syntax Error: Unexpected <EOF>. (line 1, column 1)"),
        (
            "a.graphql",
            "{ nothing }",
            "a.graphql: Cannot query field 'nothing' on type 'Query'. (line 1, column 3)",
        ),
        ("a.graphql", "fragment f on Query { __typename }", "Fragment 'f' is never used."),
        ("a.graphql", "type Query { a: Int }", "is not executable."),
        ("a.graphql", "{" * 200 + "x" + "}" * 200, "a.graphql: "),
        ("a.graphql", "#" * 60_000 + "\n{ __typename }", "has more than 50,000 characters."),
        ("a.json", "{", "a.json is no manifest: write an object"),
        ("a.json", [VIEWER], "a.json is no manifest"),
        ("a.json", {"a": 1}, "a.json is no manifest"),
        ("a.json", {"format": "apollo-persisted-query-manifest"}, "a.json is no manifest"),
        ("a.json", {"../up": VIEWER}, "a.json, ../up: An id has at most 200 letters"),
        ("a.json", {"": VIEWER}, "An id has at most 200 letters"),
        ("a.json", {"x" * 201: VIEWER}, "An id has at most 200 letters"),
        ("a.json", {"sha256:" + "0" * 64: VIEWER}, "This is not the hash of the document."),
        ("a.json", {"md5:1": VIEWER}, "An id has at most 200 letters"),
    ],
)
def test_what_cannot_be_registered_is_named_and_nothing_is(
    command: Command, tmp_path: Path, name: str, content: object, message: str
) -> None:
    good = write(tmp_path, "good.graphql", VIEWER)
    wrong = write(tmp_path, name, content)
    assert message in command.refused("schema", "register", good, wrong)
    assert stored(tmp_path) == {}


def test_everything_wrong_is_told_at_once(command: Command, tmp_path: Path) -> None:
    file = write(tmp_path, "a.json", {"a": "{ one }", "b": "{ two }", "c": VIEWER})
    lines = command.refused("schema", "register", file).splitlines()
    assert [line.partition(":")[0] for line in lines] == ["a.json, a", "a.json, b"]


def test_an_id_names_one_document_for_good(command: Command, tmp_path: Path) -> None:
    first = write(tmp_path, "first.json", {"viewer": VIEWER})
    command.json("schema", "register", first)
    before = stored(tmp_path)
    other = write(tmp_path, "other.json", {"viewer": VIEWER + " "})
    message = command.refused("schema", "register", other)
    assert message == "other.json, viewer: viewer names another document already."
    assert stored(tmp_path) == before
    twice = write(tmp_path, "twice.json", {"new": VIEWER})
    again = write(tmp_path, "again.json", {"new": VIEWER + " "})
    assert "names another document" in command.refused("schema", "register", twice, again)
    assert stored(tmp_path) == before


def test_several_operations_are_one_document(command: Command, tmp_path: Path) -> None:
    [registered] = command.json("schema", "register", write(tmp_path, "two.graphql", TWO))
    assert registered["operations"] == ["A", "B"]


def test_files_that_are_not_there_are_a_usage_error(command: Command) -> None:
    assert "does not exist" in command.misused("schema", "register", "/nowhere.graphql")
    assert "Missing argument" in command.misused("schema", "register")

"""The Relay compiler over the printed schema, and its compiled operations against a live desk."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from schema.root.sdl import SDL_FILE
from tests.support.live import ROOT
from tests.support.live_tokens import Tokendesk, live_tokendesk
from tests.support.node import CLIENTS, Node

Send = Callable[..., dict[str, Any]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A page's documents beside the printed schema, nothing compiled yet."""
    folder = tmp_path / "project"
    (folder / "src").mkdir(parents=True)
    (folder / "artifacts").mkdir()
    shutil.copy(CLIENTS / "relay" / "tokens.js", folder / "src")
    shutil.copy(CLIENTS / "relay" / "relay.config.json", folder)
    shutil.copy(SDL_FILE, folder / "schema.graphql")
    (folder / "documents.json").write_text("{}")
    return folder


def compiled(node: Node, project: Path) -> dict[str, str]:
    """The operations that Relay would send, by name."""
    node.output(CLIENTS / "node_modules" / "relay-compiler" / "cli.js", cwd=project)
    texts = json.loads((project / "documents.json").read_text()).values()
    return {re.split(r"\W+", text, maxsplit=2)[1]: text for text in texts}


@pytest.fixture
def send(node: Node, project: Path, tokendesk: Tokendesk) -> Send:
    """Sends a compiled operation by its name; the answer must be without errors."""
    operations = compiled(node, project)
    bearer = {"Authorization": f"Bearer {tokendesk.tokens.manager}"}

    def send(name: str, **variables: object) -> dict[str, Any]:
        request = {"query": operations[name], "variables": variables}
        answer = httpx.post(f"{tokendesk.server.url}/graphql", json=request, headers=bearer).json()
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    return send


def test_the_compiler_takes_the_schema(node: Node, project: Path) -> None:
    assert set(compiled(node, project)) == {
        "tokensQuery",
        "tokensListQuery",
        "tokensTokenQuery",
        "tokensTrailQuery",
        "tokensDeleteMutation",
    }


@pytest.mark.parametrize(
    "line",
    [
        "  hasNextPage: Boolean!\n",  # a connection needs it
        "type ApiToken implements Node {\n",  # what is fetched again must be a Node
    ],
)
def test_the_compiler_would_miss_what_relay_needs(node: Node, project: Path, line: str) -> None:
    schema = (project / "schema.graphql").read_text()
    assert schema.count(line) == 1
    without = line.replace(" implements Node", "") if "implements" in line else ""
    (project / "schema.graphql").write_text(schema.replace(line, without))
    cli = CLIENTS / "node_modules" / "relay-compiler" / "cli.js"
    assert node.run(cli, cwd=project).returncode != 0


def ids(connection: dict[str, Any]) -> list[str]:
    return [edge["node"]["id"] for edge in connection["edges"]]


def test_its_pages_make_the_list_in_both_directions(send: Send) -> None:
    everything = send("tokensQuery")["apiTokens"]
    assert len(ids(everything)) == everything["totalCount"] >= 4

    forwards: list[str] = []
    info = {"endCursor": None, "hasNextPage": True}
    while info["hasNextPage"]:
        page = send("tokensListQuery", first=2, after=info["endCursor"])["apiTokens"]
        forwards, info = forwards + ids(page), page["pageInfo"]
    assert forwards == ids(everything)

    backwards: list[str] = []
    info = {"startCursor": None, "hasPreviousPage": True}
    while info["hasPreviousPage"]:
        page = send("tokensListQuery", last=2, before=info["startCursor"])["apiTokens"]
        backwards, info = ids(page) + backwards, page["pageInfo"]
    assert backwards == ids(everything)


def test_a_fragment_is_fetched_again_by_its_node(send: Send, tokendesk: Tokendesk) -> None:
    token_id = tokendesk.tokens.billing_id
    trail = send("tokensTokenQuery", id=token_id)["apiToken"]["auditTrail"]
    assert [edge["node"]["event"] for edge in trail["edges"]] == ["token.created"]
    end = trail["pageInfo"]["endCursor"]
    again = send("tokensTrailQuery", id=token_id, count=1, cursor=end)["node"]
    assert (again["__typename"], again["auditTrail"]["edges"]) == ("ApiToken", [])


def test_a_deletion_answers_with_the_id_that_leaves_the_list(
    send: Send, tokendesk: Tokendesk
) -> None:
    token_id = tokendesk.tokens.doomed_id
    deleted = send("tokensDeleteMutation", input={"id": token_id})["deleteApiToken"]
    assert deleted == {"__typename": "DeleteApiTokenPayload", "id": token_id}
    assert token_id not in ids(send("tokensQuery")["apiTokens"])
    missed = send("tokensDeleteMutation", input={"id": token_id})["deleteApiToken"]
    assert (missed["__typename"], missed["code"]) == ("IllegalStateError", "ILLEGAL_STATE")


def test_its_documents_are_registered_and_then_nothing_else_is_accepted(
    node: Node, project: Path, tmp_path: Path
) -> None:
    compiled(node, project)
    manifest = project / "documents.json"
    document_ids = {
        re.split(r"\W+", text, maxsplit=2)[1]: document_id
        for document_id, text in json.loads(manifest.read_text()).items()
    }
    data_dir = tmp_path / "data"
    with live_tokendesk(data_dir, {"TOKENDESK_TRUSTED_DOCUMENTS": "only"}) as tokendesk:

        def ask(**request: object) -> Any:
            bearer = {"Authorization": f"Bearer {tokendesk.tokens.manager}"}
            url = f"{tokendesk.server.url}/graphql"
            return httpx.post(url, json=request, headers=bearer).json()

        def refusals(answer: Any) -> list[str]:
            assert set(answer) == {"errors"}
            return [error["extensions"]["code"] for error in answer["errors"]]

        asked = {"documentId": document_ids["tokensQuery"], "variables": {"filter": None}}
        assert refusals(ask(**asked)) == ["DOCUMENT_NOT_FOUND"]
        subprocess.run(
            [sys.executable, "-m", "server", "schema", "register", manifest],
            cwd=ROOT,
            env=os.environ | {"TOKENDESK_DATA_DIR": str(data_dir)},
            check=True,
            capture_output=True,
        )
        assert ask(**asked)["data"]["viewer"]["name"] == "Manager"
        assert refusals(ask(query="{ viewer { name } }")) == ["DOCUMENT_NOT_TRUSTED"]

"""Apollo Client and urql, set up as their documentation says, against a live desk."""

import hashlib
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.clients.programs import Program
from tests.support.live_tokens import Tokendesk
from tests.support.node import Node


@pytest.fixture(params=["apollo.mjs", "urql.mjs"])
def client(request: pytest.FixtureRequest, node: Node, tokendesk: Tokendesk, logo: Path) -> Program:
    """Each of the clients in turn."""
    return Program(node, request.param, tokendesk, logo)


def names(tokendesk: Tokendesk) -> list[str]:
    """The names of all tokens, in one page."""
    query = (
        "{ apiTokens(first: 100, orderBy: {field: NAME, descending: false}) { nodes { name } } }"
    )
    bearer = {"Authorization": f"Bearer {tokendesk.tokens.manager}"}
    answer = httpx.post(f"{tokendesk.server.url}/graphql", json={"query": query}, headers=bearer)
    return [node["name"] for node in answer.json()["data"]["apiTokens"]["nodes"]]


def without_typenames(value: Any) -> Any:
    """What a client asked for, without what it added to every selection."""
    if isinstance(value, dict):
        return {key: without_typenames(each) for key, each in value.items() if key != "__typename"}
    return [without_typenames(each) for each in value] if isinstance(value, list) else value


def test_the_pages_make_the_list(client: Program) -> None:
    expected = names(client.tokendesk)
    assert len(expected) >= 5
    assert client.run("pages") == {
        "total": len(expected),
        "names": expected,
        "requests": (len(expected) + 1) // 2,
    }


def test_a_mutation_answers_with_its_payload(client: Program) -> None:
    wish = {"name": f"By {client.file}", "moduleIds": ["MOD-2001"]}
    made = client.run("create", wish)
    assert made["__typename"] == "CreateApiTokenPayload"
    assert made["apiToken"]["name"] == wish["name"]
    bearer = {"Authorization": f"Bearer {made['secret']}"}
    verdict = httpx.get(f"{client.tokendesk.server.url}/verify?module=MOD-2001", headers=bearer)
    assert (verdict.status_code, verdict.headers["X-Token-Id"]) == (200, made["apiToken"]["id"])


def test_a_refusal_is_data_and_changes_nothing(client: Program) -> None:
    before = names(client.tokendesk)
    refused = client.run("create", {"name": "", "moduleIds": []})
    assert refused["__typename"] == "ValidationError"
    assert without_typenames(refused) == {
        "code": "INVALID",
        "message": "Enter an API token name. Select at least one module.",
        "path": ["input", "name"],
        "fieldErrors": [
            {"message": "Enter an API token name.", "path": ["input", "name"]},
            {"message": "Select at least one module.", "path": ["input", "moduleIds"]},
        ],
    }
    assert names(client.tokendesk) == before


def test_a_wrong_document_is_an_error_of_the_clients_own_kind(client: Program) -> None:
    wrong = client.run("wrong")
    assert wrong["codes"] == ["BAD_REQUEST"]
    assert wrong["message"] == "Cannot query field 'shoeSize' on type 'Viewer'."
    assert wrong.get("combined", wrong.get("data") is None)


def test_an_invalid_token_is_an_error_with_a_code(client: Program) -> None:
    assert client.run("stranger") == ["SIGN_IN_NEEDED"]


def test_a_query_is_registered_once_and_then_asked_for_by_its_hash(client: Program) -> None:
    first, second = client.run("persisted", f"By_{client.file.partition('.')[0]}")
    by_hash = {"method": "GET", "query": False, "multipart": False}
    assert (first["kind"], second["kind"]) == ("TOKEN", "TOKEN")
    assert [each["query"] for each in first["requests"]] == [False, True]
    assert first["requests"][0] == by_hash
    assert second["requests"] == [by_hash]


def test_a_file_is_uploaded(client: Program, logo: Path) -> None:
    tokens = client.tokendesk.tokens
    uploaded = client.run("upload", tokens.billing_id)
    assert uploaded["requests"] == [{"method": "POST", "query": False, "multipart": True}]
    changed = uploaded["result"]["apiToken"]
    assert changed["id"] == tokens.billing_id
    picture = httpx.get(f"{client.tokendesk.server.url}{changed['logoUrl']}")
    assert picture.headers["Content-Type"] == "image/png"
    digest = re.fullmatch(r"/logos/(\w{64})\.png", changed["logoUrl"])
    assert digest is not None
    assert hashlib.sha256(picture.content).hexdigest() == digest[1]


def test_a_subscription_hears_of_a_change(client: Program) -> None:
    token_id = client.tokendesk.tokens.billing_id
    heard = client.run("subscription", token_id)
    assert heard == {"id": token_id, "description": "Change N"}


def test_urql_hears_of_a_change_by_server_sent_events(
    node: Node, tokendesk: Tokendesk, logo: Path
) -> None:
    token_id = tokendesk.tokens.billing_id
    heard = Program(node, "urql.mjs", tokendesk, logo).run("events", token_id)
    assert heard == {"id": token_id, "description": "Change N"}

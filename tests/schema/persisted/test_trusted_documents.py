"""Documents named by their id: registered ones, remembered ones, and nothing else where so set."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from schema.base.http_error import HTTPError
from schema.base.request import GraphQLRequest
from schema.http.negotiation import GRAPHQL_JSON, JSON
from schema.persisted.documents import (
    LONGEST_REMEMBERED,
    MOST_REMEMBERED,
    Registry,
    TrustedDocuments,
    id_of,
    is_id,
)
from schema.persisted.register import Found, register
from schema.root.schema import build_schema
from server.app import create_app
from server.desk import Desk
from server.settings import Settings
from tests.schema.conftest import Client, connect
from tests.support.world import World

HELLO = "query Hello { hello: __typename }\n"
HELLO_SAID = {"data": {"hello": "Query"}}
PICK = "query ($id: ID!) { node(id: $id) { id } }"
PLANT = 'mutation { createTokenDraft(input: {name: "Planted"}) { __typename } }'
PERSISTED_NOT_FOUND = {
    "errors": [
        {
            "message": "PersistedQueryNotFound",
            "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"},
        }
    ]
}


@pytest.fixture
def registry(settings: Settings) -> Registry:
    """The desk's registered documents: three of them, one under a name too."""
    registry = Registry(settings.document_dir)
    found = [Found("a", HELLO, "hello"), Found("b", PICK), Found("c", PLANT)]
    register(registry, build_schema(), found)
    return registry


@pytest.fixture
async def strict(
    settings: Settings, registry: Registry, desk: Desk, world: World
) -> AsyncIterator[httpx.AsyncClient]:
    """The administrator, at a desk that runs registered documents only."""
    only = settings.model_copy(update={"trusted_documents": "only"})
    same = Desk(**(vars(desk) | {"settings": only}))
    transport = httpx.ASGITransport(create_app(same), raise_app_exceptions=False)
    async with connect(transport) as http:
        form = {"email": world.admin_email, "password": world.password}
        assert (await http.post("/sign-in", data=form)).status_code == 303
        yield http


def persisted(sha256_hash: str) -> dict[str, Any]:
    """Apollo's extension for a hash."""
    return {"persistedQuery": {"version": 1, "sha256Hash": sha256_hash}}


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def asked(query: str | None = None, **others: Any) -> GraphQLRequest:
    """GraphQLRequest as a request has them."""
    return GraphQLRequest.of({"query": query, **others})


@pytest.mark.parametrize("document_id", [id_of(HELLO), "hello"])
async def test_a_registered_document_runs_by_its_id(
    admin: Client, registry: Registry, document_id: str
) -> None:
    posted = await admin.http.post("/graphql", json={"documentId": document_id})
    assert (posted.status_code, posted.json()) == (200, HELLO_SAID)
    got = await admin.http.get("/graphql", params={"documentId": document_id})
    assert (got.status_code, got.json()) == (200, HELLO_SAID)


async def test_it_runs_with_variables(admin: Client, registry: Registry) -> None:
    named = {"documentId": id_of(PICK), "variables": {"id": "TKN-0000-0000"}}
    answer = await admin.http.post("/graphql", json=named)
    assert answer.json() == {"data": {"node": None}}


async def test_apollo_names_it_by_its_hash(admin: Client, registry: Registry) -> None:
    for name in (hash_of(HELLO), "hello"):
        answer = await admin.http.post("/graphql", json={"extensions": persisted(name)})
        assert answer.json() == HELLO_SAID


async def test_a_mutation_does_not_run_by_get_whatever_it_is_named(
    admin: Client, registry: Registry
) -> None:
    answer = await admin.http.get("/graphql", params={"documentId": id_of(PLANT)})
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert (await admin.run("{ tokenDrafts { id } }"))["tokenDrafts"] == []


@pytest.mark.parametrize(("accept", "status"), [(JSON, 200), (GRAPHQL_JSON, 400)])
@pytest.mark.parametrize(
    "document_id", ["other", "sha256:" + "0" * 64, "", "../secret-keys", "a/b", "x" * 5_000, "\0"]
)
async def test_an_unknown_id_is_a_single_error(
    admin: Client, registry: Registry, document_id: str, accept: str, status: int
) -> None:
    headers = {"Accept": accept}
    named = {"documentId": document_id}
    answer = await admin.http.post("/graphql", json=named, headers=headers)
    assert answer.status_code == status
    message = "No document is registered under this documentId."
    error = {"message": message, "extensions": {"code": "DOCUMENT_NOT_FOUND"}}
    assert answer.json() == {"errors": [error]}


async def test_a_document_has_one_name_in_a_request(admin: Client, registry: Registry) -> None:
    both = {"documentId": "hello", "query": HELLO}
    answer = await admin.http.post("/graphql", json=both)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"] == "Send the query or a documentId, not both."


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_document_is_remembered_once_it_was_sent_with_its_hash(
    nobody: Client, method: str
) -> None:
    extensions = persisted(hash_of(HELLO))
    by_url = {
        "extensions": '{"persistedQuery":{"version":1,"sha256Hash":"' + hash_of(HELLO) + '"}}'
    }

    async def send(**more: str) -> httpx.Response:
        if method == "GET":
            return await nobody.http.get("/graphql", params={**by_url, **more})
        return await nobody.http.post("/graphql", json={"extensions": extensions, **more})

    first = await send()
    assert (first.status_code, first.json()) == (200, PERSISTED_NOT_FOUND)
    whole = await send(query=HELLO)
    assert (whole.status_code, whole.json()) == (200, HELLO_SAID)
    again = await send()
    assert (again.status_code, again.json()) == (200, HELLO_SAID)


async def test_an_unknown_hash_has_a_status_where_the_media_type_allows_it(nobody: Client) -> None:
    headers = {"Accept": GRAPHQL_JSON}
    answer = await nobody.http.post(
        "/graphql", json={"extensions": persisted("0" * 64)}, headers=headers
    )
    assert (answer.status_code, answer.json()) == (400, PERSISTED_NOT_FOUND)


async def test_a_wrong_hash_is_refused_and_not_remembered(nobody: Client) -> None:
    wrong = persisted(hash_of("{ other }"))
    answer = await nobody.http.post("/graphql", json={"query": HELLO, "extensions": wrong})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"] == "The sha256Hash is not that of the query."
    answer = await nobody.http.post("/graphql", json={"extensions": wrong})
    assert answer.json() == PERSISTED_NOT_FOUND


async def test_only_registered_documents_run_where_it_is_so_set(
    strict: httpx.AsyncClient,
) -> None:
    for way in (
        {"documentId": "hello"},
        {"documentId": id_of(HELLO)},
        {"extensions": persisted(hash_of(HELLO))},
        {"query": HELLO, "extensions": persisted(hash_of(HELLO))},
        {"query": HELLO},
    ):
        answer = await strict.post("/graphql", json=way)
        assert (answer.status_code, answer.json()) == (200, HELLO_SAID), way
    message = "Only registered documents are accepted here: send the id of one."
    refusal = {"errors": [{"message": message, "extensions": {"code": "DOCUMENT_NOT_TRUSTED"}}]}
    other = PLANT + " "
    for way in ({"query": other}, {"query": other, "extensions": persisted(hash_of(other))}):
        for media_type in (JSON, GRAPHQL_JSON):
            answer = await strict.post("/graphql", json=way, headers={"Accept": media_type})
            assert (answer.status_code, answer.json()) == (403, refusal)
    got = await strict.get("/graphql", params={"query": "{ __typename }"})
    assert (got.status_code, got.json()) == (403, refusal)
    unknown = await strict.post("/graphql", json={"extensions": persisted(hash_of(other))})
    assert unknown.json() == PERSISTED_NOT_FOUND
    assert (await strict.get("/settings/api-tokens")).status_code == 200


async def test_a_form_does_not_go_round_it(strict: httpx.AsyncClient) -> None:
    parts = {"operations": (None, '{"query": "{ __typename }"}'), "map": (None, "{}")}
    headers = {"GraphQL-Require-Preflight": "1"}
    answer = await strict.post("/graphql", files=parts, headers=headers)
    assert answer.status_code == 403


def test_what_is_registered_counts_at_once_in_every_process(tmp_path: Path) -> None:
    here, there = Registry(tmp_path / "documents"), Registry(tmp_path / "documents")
    assert there.text("hello") is None
    here.register({"hello": HELLO})
    assert there.text("hello") == HELLO
    here.register({"bye": PICK})
    assert (there.text("hello"), there.text("bye")) == (HELLO, PICK)
    (tmp_path / "documents" / "hello.graphql").unlink()
    assert (there.text("hello"), there.text("bye")) == (None, PICK)


def test_an_altered_document_is_not_trusted(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    registry.register({id_of(HELLO): HELLO, id_of(PICK): PICK})
    for altered in (b"{ other }", b"\xff", b""):
        (tmp_path / (id_of(HELLO).replace(":", "+") + ".graphql")).write_bytes(altered)
        assert Registry(tmp_path).text(id_of(HELLO)) is None
    assert Registry(tmp_path).text(id_of(PICK)) == PICK


def test_the_folder_is_the_owners(tmp_path: Path) -> None:
    Registry(tmp_path / "documents").register({"hello": HELLO})
    assert (tmp_path / "documents").stat().st_mode & 0o777 == 0o700
    assert [file.name for file in (tmp_path / "documents").iterdir()] == ["hello.graphql"]


def test_what_is_remembered_is_bounded(tmp_path: Path) -> None:
    documents = TrustedDocuments(Registry(tmp_path), only_registered=False)

    def remember(text: str) -> None:
        assert documents.text(asked(text, extensions=persisted(hash_of(text)))) == text

    def is_remembered(text: str) -> bool:
        try:
            return documents.text(asked(extensions=persisted(hash_of(text)))) == text
        except HTTPError:
            return False

    texts = [f"{{ a{number}: __typename }}" for number in range(MOST_REMEMBERED + 1)]
    remember(texts[0])
    remember(texts[1])
    assert is_remembered(texts[0])
    for text in texts[2:]:
        remember(text)
    assert is_remembered(texts[0]), "it was used last"
    assert not is_remembered(texts[1])
    assert is_remembered(texts[-1])
    long = "{ __typename }" + " " * LONGEST_REMEMBERED
    remember(long)
    assert not is_remembered(long)


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("hello", True),
        ("0123456789abcdef0123456789abcdef", True),
        ("a.b-c_d~e", True),
        ("x-mine:a.b", True),
        ("sha256:" + "a" * 64, True),
        ("sha256:" + "A" * 64, False),
        ("sha256:" + "a" * 63, False),
        ("md5:abc", False),
        ("x-:a", False),
        ("a:b:c", False),
        ("a+b", False),
        ("a/b", False),
        ("é", False),
        ("", False),
        ("a\n", False),
        ("a" * 200, True),
        ("a" * 201, False),
    ],
)
def test_the_form_of_an_id(text: str, fine: bool) -> None:
    assert is_id(text) == fine

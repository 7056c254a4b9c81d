"""Whatever malformed is sent to a real server is the client's error, and leaves no traceback."""

import json
import select
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from schema.http.negotiation import BODIES, GRAPHQL_JSON, JSON
from schema.http.request import LARGEST_JSON
from server.app import UPLOAD_BODY
from tests.support.live import LiveServer, live_server

HEADERS = {"Content-Type": "application/json"}
TINY = b'{"query": "{ __typename }"}'
SET_LOGO = """mutation ($input: SetApiTokenLogoInput!) {
    setApiTokenLogo(input: $input) { __typename } }"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server whose log holds no traceback when all is done."""
    folder = tmp_path_factory.mktemp("malformed")
    with live_server(folder, {"TOKENDESK_RATE_LIMIT": "0"}) as server:
        yield server
    assert "Traceback" not in (folder / "server.log").read_text()


@pytest.fixture
def client(server: LiveServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url) as client:
        yield client


def must_be_refused(answer: httpx.Response, status: int = 400) -> str:
    """It is refused as GraphQL refuses; the message."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] in {f"{each}; charset=utf-8" for each in BODIES}
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json().keys() == {"errors"}
    [error] = answer.json()["errors"]
    assert error.keys() == {"message", "extensions"}
    assert error["extensions"] == {"code": "BAD_REQUEST"}
    message: str = error["message"]
    return message


MALFORMED: dict[str, bytes] = {
    "nothing": b"",
    "null": b"null",
    "number": b"1",
    "text": b'"x"',
    "empty list": b"[]",
    "list": b"[" + TINY + b"]",
    "list of numbers": b"[1]",
    "cut off": b"{",
    "empty": b"{}",
    "not utf-8": b'{"query": "\xff\xfe"}',
    "utf-16": '{"query": "{ __typename }"}'.encode("utf-16"),
    "utf-8 with a mark": b"\xef\xbb\xbf" + TINY,
    "half a surrogate": b'{"query": "{ __typename }", "operationName": "\\ud800"}',
    "deep list": b"[" * 200_000,
    "deep object": b'{"a":' * 100_000,
    "deep variables": b'{"query": "{ __typename }", "variables": ' + b'{"a":' * 5_000,
    "long integer": b'{"query": "{ __typename }", "variables": {"a": ' + b"9" * 5_000 + b"}}",
    "not a number": b'{"query": "{ __typename }", "variables": {"a": NaN}}',
    "query: number": b'{"query": 1}',
    "query: null": b'{"query": null}',
    "query: empty": b'{"query": ""}',
    "query: object": b'{"query": {}}',
    "variables: number": b'{"query": "{ __typename }", "variables": 1}',
    "variables: text": b'{"query": "{ __typename }", "variables": "{}"}',
    "variables: list": b'{"query": "{ __typename }", "variables": []}',
    "variables: false": b'{"query": "{ __typename }", "variables": false}',
    "extensions: number": b'{"query": "{ __typename }", "extensions": 1}',
    "operationName: number": b'{"query": "{ __typename }", "operationName": 1}',
    "operationName: unknown": b'{"query": "{ __typename }", "operationName": "other"}',
    "documentId: number": b'{"documentId": 1}',
    "persistedQuery: text": b'{"extensions": {"persistedQuery": "x"}}',
    "persistedQuery: version": b'{"extensions": {"persistedQuery": {"version": 2}}}',
    "persistedQuery: no hash": b'{"extensions": {"persistedQuery": {"version": 1}}}',
    "persistedQuery: path": b'{"extensions": {"persistedQuery": {"version": 1,'
    b' "sha256Hash": "../secret-keys"}}}',
}


@pytest.mark.parametrize("accept", BODIES)
@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_body_is_a_bad_request(client: httpx.Client, name: str, accept: str) -> None:
    headers = HEADERS | {"Accept": accept}
    must_be_refused(client.post("/graphql", content=MALFORMED[name], headers=headers))


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"query": ""},
        {"query": "{ __typename }", "variables": "{"},
        {"query": "{ __typename }", "variables": "[" * 2_000},
        {"query": "{ __typename }", "variables": "1"},
        {"query": "{ __typename }", "extensions": "null x"},
        {"query": "{ __typename }", "operationName": "other"},
    ],
    ids=range(7),
)
def test_a_malformed_url_is_too(client: httpx.Client, params: dict[str, str]) -> None:
    must_be_refused(client.get("/graphql", params=params))


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": ""},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/jsonx"},
        {"Content-Type": "application/graphql"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
        {"Content-Type": "multipart/mixed; boundary=x", "GraphQL-Require-Preflight": "1"},
    ],
)
def test_other_media_types_are_told_which_ones_are_read(
    client: httpx.Client, headers: dict[str, str]
) -> None:
    answer = client.post("/graphql", content=TINY, headers=headers)
    must_be_refused(answer, 415)
    assert answer.headers["accept"] == "application/json, multipart/form-data"


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"', "utf8"])
def test_utf_8_may_be_named(client: httpx.Client, charset: str) -> None:
    headers = {"Content-Type": f"Application/JSON; charset={charset}"}
    assert client.post("/graphql", content=TINY, headers=headers).status_code == 200


def form(operations: object, places: object, **files: bytes) -> dict[str, Any]:
    """A multipart request's parts."""
    parts: dict[str, Any] = {
        "operations": (None, json.dumps(operations)),
        "map": (None, json.dumps(places)),
    }
    return parts | {name: ("f", content, "image/png") for name, content in files.items()}


ASKED = {"query": "{ __typename }", "variables": {"a": None, "b": [None]}}

MULTIPART: dict[str, dict[str, Any]] = {
    "neither": {"x": (None, b"y")},
    "no map": {"operations": (None, json.dumps(ASKED))},
    "operations: null": form(None, {}),
    "operations: list": form([], {}),
    "operations: list of one": form([ASKED], {"f": ["0.variables.a"]}, f=b"x"),
    "operations: not json": form(ASKED, {}) | {"operations": (None, b"{")},
    "operations: a file": form(ASKED, {}) | {"operations": ("f", b"{}", "text/plain")},
    "map: null": form(ASKED, None),
    "map: list": form(ASKED, []),
    "map: number": form(ASKED, {"f": 1}, f=b"x"),
    "map: text": form(ASKED, {"f": "variables.a"}, f=b"x"),
    "map: list of numbers": form(ASKED, {"f": [1]}, f=b"x"),
    "map: no such file": form(ASKED, {"g": ["variables.a"]}, f=b"x"),
    "map: text for a file": form(ASKED, {"map": ["variables.a"]}),
    "map: no such place": form(ASKED, {"f": ["a.b.c"]}, f=b"x"),
    "map: no such item": form(ASKED, {"f": ["variables.b.7"]}, f=b"x"),
    "map: no item": form(ASKED, {"f": ["variables.b.x"]}, f=b"x"),
    "map: into a text": form(ASKED, {"f": ["query.a"]}, f=b"x"),
    "map: the query": form(ASKED, {"f": ["query"]}, f=b"x"),
    "map: the variables": form(ASKED, {"f": ["variables"]}, f=b"x"),
    "map: nowhere": form(ASKED, {"f": [""]}, f=b"x")
    | {"operations": (None, json.dumps(ASKED["variables"]))},
    "map: deep": form(ASKED, {"f": ["variables.a"]}, f=b"x")
    | {"operations": (None, b'{"query": "{ __typename }", "variables": {"a": ' + b"[" * 900)},
}


@pytest.mark.parametrize("name", MULTIPART)
def test_a_malformed_form_is_a_bad_request(client: httpx.Client, name: str) -> None:
    headers = {"GraphQL-Require-Preflight": "1"}
    must_be_refused(client.post("/graphql", files=MULTIPART[name], headers=headers))


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b"x"),
        ("multipart/form-data; boundary=b", b"--b\r\nno headers\r\n"),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data\r\n\r\n"),
        ("multipart/form-data; boundary=b", b""),
    ],
)
def test_a_broken_form_is_too(client: httpx.Client, content_type: str, body: bytes) -> None:
    headers = {"Content-Type": content_type, "GraphQL-Require-Preflight": "1"}
    must_be_refused(client.post("/graphql", content=body, headers=headers))


def test_multipart_needs_a_header_that_other_sites_cannot_send(client: httpx.Client) -> None:
    answer = client.post("/graphql", files=form(ASKED, {}))
    message = "A multipart request needs the header GraphQL-Require-Preflight: 1."
    assert must_be_refused(answer) == message


@pytest.mark.parametrize(("accept", "status"), [(JSON, 200), (GRAPHQL_JSON, 400)])
@pytest.mark.parametrize("logo", ["a string", 1, {}, ["x"]])
def test_a_string_is_no_file(client: httpx.Client, logo: object, accept: str, status: int) -> None:
    wish = {"query": SET_LOGO, "variables": {"input": {"id": "TKN-1111-2222", "logo": logo}}}
    answer = client.post("/graphql", json=wish, headers={"Accept": accept})
    assert answer.status_code == status
    [error] = answer.json()["errors"]
    assert "Send a file here, in a multipart request." in error["message"]
    assert "data" not in answer.json()


def pieces(size: int) -> Iterator[bytes]:
    """So many bytes, of which nobody says beforehand how many they are."""
    yield b'{"query": "'
    for _ in range(size // 65_536):
        yield b" " * 65_536
    yield b'{ __typename }"}'


@pytest.mark.parametrize("whole", [True, False], ids=["told", "chunked"])
def test_a_body_is_bounded_however_it_is_sent(client: httpx.Client, whole: bool) -> None:
    sent = list(pieces(LARGEST_JSON))
    answer = client.post(
        "/graphql", content=b"".join(sent) if whole else iter(sent), headers=HEADERS
    )
    assert must_be_refused(answer, 413) == f"The body is larger than {LARGEST_JSON:,} bytes."
    # A page of blanks is no more than any other query.
    fits = client.post("/graphql", content=pieces(LARGEST_JSON // 32), headers=HEADERS)
    assert fits.json() == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize("chunked", [True, False])
def test_an_upload_is_bounded_too(client: httpx.Client, chunked: bool) -> None:
    wish = {"query": SET_LOGO, "variables": {"input": {"id": "TKN-1111-2222", "logo": None}}}
    parts = form(wish, {"f": ["variables.input.logo"]}, f=b"x" * UPLOAD_BODY)
    request = client.build_request(
        "POST", "/graphql", files=parts, headers={"GraphQL-Require-Preflight": "1"}
    )
    body = request.read()
    headers = {
        "Content-Type": request.headers["content-type"],
        "GraphQL-Require-Preflight": "1",
    }
    sent = (body[at : at + 65_536] for at in range(0, len(body), 65_536))
    answer = client.post("/graphql", content=sent if chunked else body, headers=headers)
    assert must_be_refused(answer, 413) == f"The body is larger than {UPLOAD_BODY:,} bytes."


def test_an_endless_body_is_answered_before_its_end(server: LiveServer) -> None:
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=30) as endless:
        endless.sendall(
            b"POST /graphql HTTP/1.1\r\nHost: desk\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        sent = 0
        while not select.select([endless], [], [], 0)[0] and sent < 64 * LARGEST_JSON:
            endless.sendall(b"10000\r\n" + b" " * 65_536 + b"\r\n")
            sent += 65_536
        answer = endless.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert sent > LARGEST_JSON


def test_a_body_that_is_said_to_be_too_large_is_not_waited_for(server: LiveServer) -> None:
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=30) as patient:
        patient.sendall(
            b"POST /graphql HTTP/1.1\r\nHost: desk\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n" % (LARGEST_JSON + 1)
        )
        assert patient.recv(65_536).startswith(b"HTTP/1.1 413 ")


def test_who_hangs_up_in_the_middle_leaves_the_server_well(
    server: LiveServer, client: httpx.Client
) -> None:
    address = urlsplit(server.url)
    for _ in range(3):
        with socket.create_connection((address.hostname, address.port)) as short:
            short.sendall(
                b"POST /graphql HTTP/1.1\r\nHost: desk\r\nContent-Type: application/json\r\n"
                b"Content-Length: 1000\r\n\r\n{"
            )
    assert client.post("/graphql", content=TINY, headers=HEADERS).status_code == 200

"""GraphQL over HTTP: malformed requests, limits, masking, and the printed schema."""

from typing import Any, cast

import httpx
import pytest
from graphql import IntrospectionQuery, build_client_schema, get_introspection_query
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.utils.str_converters import to_camel_case

from schema.build import build_schema
from schema.limits import LOOKED_UP
from schema.printed import SDL_FILE, print_sdl
from server.services.token_grid import TokenGrid
from tests.schema.conftest import Client

JSON = {"Content-Type": "application/json"}

MALFORMED: list[bytes] = [
    b"",
    b"null",
    b"1",
    b'"x"',
    b"[]",
    b"[1]",
    b"{",
    b"{}",
    b'{"query": 1}',
    b'{"query": null}',
    b'{"query": "{ __typename }", "variables": 1}',
    b'{"query": "{ __typename }", "variables": "x"}',
    b'{"query": "{ __typename }", "extensions": 1}',
    b'{"query": "\xff\xfe"}',
    b"[" * 20_000,
    b'{"a":' * 20_000,
    b'{"query": "{ __typename }", "operationName": 1}',
    b'{"query": "{ __typename }", "operationName": "other"}',
]


@pytest.mark.parametrize("body", MALFORMED, ids=range(len(MALFORMED)))
async def test_a_malformed_request_is_the_clients_error(nobody: Client, body: bytes) -> None:
    answer = await nobody.http.post("/graphql", content=body, headers=JSON)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    assert [set(error) for error in answer.json()["errors"]] == [{"message"}]


MULTIPART: list[dict[str, Any]] = [
    {},
    {"operations": (None, b"null"), "map": (None, b"{}")},
    {"operations": (None, b"[]"), "map": (None, b"{}")},
    {"operations": (None, b"{"), "map": (None, b"{}")},
    {"operations": (None, b'{"query": "{ __typename }"}'), "map": (None, b"null")},
    {"operations": (None, b'{"query": "{ __typename }"}'), "map": (None, b'{"0": 1}')},
    {"operations": (None, b'{"query": "{ __typename }"}'), "map": (None, b'{"0": ["a.b.c"]}')},
    {"operations": ("f", b"{}", "text/plain"), "map": (None, b"{}")},
]


@pytest.mark.parametrize("parts", MULTIPART, ids=range(len(MULTIPART)))
async def test_a_malformed_multipart_request_is_too(nobody: Client, parts: dict[str, Any]) -> None:
    files = parts or {"x": (None, b"y")}
    headers = {"GraphQL-Require-Preflight": "1"}
    answer = await nobody.http.post("/graphql", files=files, headers=headers)
    assert answer.status_code == 400, answer.text


async def test_multipart_needs_a_header_that_other_sites_cannot_send(admin: Client) -> None:
    parts = {"operations": (None, b'{"query": "{ __typename }"}'), "map": (None, b"{}")}
    answer = await admin.http.post("/graphql", files=parts)
    assert (answer.status_code, answer.json()) == (
        400,
        {
            "errors": [
                {"message": "A multipart request needs the header GraphQL-Require-Preflight: 1."}
            ]
        },
    )


async def test_mutations_do_not_run_by_get(admin: Client) -> None:
    query = 'mutation { createTokenDraft(input: {name: "Planted"}) { __typename } }'
    answer = await admin.http.get("/graphql", params={"query": query})
    assert answer.status_code == 400
    assert (await admin.run("{ tokenDrafts { id } }"))["tokenDrafts"] == []


async def test_other_methods_are_told_which_ones_work(nobody: Client) -> None:
    answer = await nobody.http.put("/graphql")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


@pytest.mark.parametrize(
    ("moment", "fine"),
    [
        ("2031-01-01T00:00:00Z", True),
        ("2031-01-01T00:00:00.5+05:30", True),
        ("2031-01-01T00:00:00", False),
        ("2031-01-01", False),
        ("soon", False),
        ("9999-12-31T23:59:59-12:00", False),
        ("0001-01-01T00:00:00+12:00", False),
        (5, False),
    ],
)
async def test_a_moment_needs_its_offset(admin: Client, moment: object, fine: bool) -> None:
    query = """mutation ($at: DateTime) {
        createTokenDraft(input: {name: "Robot", expiresAt: $at}) { __typename } }"""
    answer = await admin.send(query, at=moment)
    assert ("errors" not in answer) == fine
    if not fine:
        assert answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


def fragment_bomb(count: int) -> str:
    """A document in which each fragment spreads the next one twice."""
    spreads = " ".join(
        f"fragment f{i} on Query {{ ...f{i + 1} ...f{i + 1} }}" for i in range(count)
    )
    return f"{{ ...f0 }} {spreads} fragment f{count} on Query {{ __typename }}"


def look_ups(times: int, window: str, *others: str) -> str:
    """A document that asks three look-ups of each token of some lists."""
    windows = [f"({each})" if each else "" for each in [*[window] * times, *others]]
    lists = " ".join(
        f"a{i}: apiTokens{each} {{ nodes {{ ...t }} }}" for i, each in enumerate(windows)
    )
    fragment = """fragment t on ApiToken {
        milestones { rotated { at } } oldSecrets { works } auditTrail { totalCount } }"""
    return f"query ($n: Int = 1) {{ n: apiTokens(first: $n) {{ totalCount }} {lists} }} {fragment}"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (fragment_bomb(60), "The query selects more than 500 fields."),
        ("{" + " ".join(f"a{i}: __typename" for i in range(1_000)) + "}", "1000"),
        ("{" + "x{" * 60 + "y" + "}" * 61, "The query nests deeper than 15 levels."),
        ("{ ...f } fragment f on Query { ...f }", "Cannot spread fragment 'f' within itself."),
        (look_ups(4, "first: 100"), "The query asks for more than 1,000 look-ups."),
        (look_ups(4, "first: $n"), "The query asks for more than 1,000 look-ups."),
        (look_ups(4, "last: 99999999999999999999"), "asks for more than 1,000 look-ups."),
        (look_ups(4, "first: 100", "first: -100"), "asks for more than 1,000 look-ups."),
        (look_ups(14, ""), "The query asks for more than 1,000 look-ups."),
    ],
    ids=[
        "fragment bomb",
        "aliases",
        "depth",
        "cycle",
        "work",
        "variable",
        "number",
        "less",
        "default",
    ],
)
async def test_a_document_beyond_all_measure_is_refused(
    nobody: Client, query: str, message: str
) -> None:
    answer = await nobody.http.post("/graphql", json={"query": query})
    assert answer.json()["data"] is None
    assert any(message in error["message"] for error in answer.json()["errors"])


@pytest.mark.parametrize("window", ["first: 100", "first: $n", "last: 0", ""])
async def test_three_look_ups_of_each_token_of_a_full_window_are_fine(
    admin: Client, window: str
) -> None:
    assert (await admin.run(look_ups(3, window)))["a0"] == {"nodes": []}


def test_every_field_that_looks_something_up_is_measured() -> None:
    objects = {
        definition
        for type_ in build_schema().schema_converter.type_map.values()
        if isinstance(definition := type_.definition, StrawberryObjectDefinition)
        if definition.name not in {"Query", "Mutation"}
    }
    looking = {
        field.name for each in objects for field in each.fields if field.base_resolver is not None
    }
    costly_roots = {"tokenUsage"}  # aliases can repeat them
    assert {to_camel_case(name) for name in looking} | costly_roots == LOOKED_UP


async def test_tools_can_ask_for_the_schema(nobody: Client) -> None:
    data = await nobody.run(get_introspection_query())
    assert build_client_schema(cast(IntrospectionQuery, data)).query_type is not None


async def test_a_crash_is_masked_under_an_id_that_the_log_has(
    admin: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def crash(*_: object, **__: object) -> None:
        raise RuntimeError("the inside")

    monkeypatch.setattr(TokenGrid, "window", crash)
    answer = await admin.send("{ apiTokens { totalCount } }")
    [error] = answer["errors"]
    assert error["message"].startswith("Internal error ")
    assert error["extensions"] == {"code": "INTERNAL"}
    crash_id = error["message"].removeprefix("Internal error ").removesuffix(".")
    assert crash_id in caplog.text
    assert "the inside" not in str(answer)


async def test_failing_storage_is_said_plainly(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on /secret/path")

    monkeypatch.setattr(TokenGrid, "window", fail)
    [error] = (await admin.send("{ apiTokens { totalCount } }"))["errors"]
    assert error["extensions"] == {"code": "UNAVAILABLE"}
    assert "/secret/path" not in str(error)


async def test_without_introspection_no_name_is_hinted_at() -> None:
    schema = build_schema(introspection=False)
    hidden = await schema.execute("{ __schema { queryType { name } } }")
    assert hidden.errors
    typo = await schema.execute("{ apiToken { id } viewr { id } }")
    assert typo.errors
    assert not any("Did you mean" in error.message for error in typo.errors)


def test_the_committed_schema_is_the_one_that_is_served() -> None:
    assert SDL_FILE.read_text() == print_sdl()


async def test_the_explorer_is_for_browsers(http: httpx.AsyncClient) -> None:
    page = await http.get("/graphql", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert '<main id="graphiql">' in page.text
    assert "unsafe" not in page.headers["content-security-policy"]
    assert (await http.get("/schema.graphql")).text == SDL_FILE.read_text()

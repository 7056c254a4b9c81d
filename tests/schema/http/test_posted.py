"""What programs post to `/graphql` is answered before all routing, and no worse for that."""

import logging
import re
from typing import Any, Final

import httpx
import pytest

from schema.base.request_headers import RequestHeaders
from schema.http.authentication import FOREIGN, Authenticator
from tests.schema.conftest import Client

QUERY: Final = {"query": "{ __typename }"}
WAYS: Final[dict[str, dict[str, Any]]] = {"GET": {"params": QUERY}, "POST": {"json": QUERY}}

ON_SQLITE: Final = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def sent(client: Client, method: str, **headers: str) -> httpx.Response:
    return await client.http.request(method, "/graphql", headers=headers, **WAYS[method])


@ON_SQLITE
async def test_its_headers_are_those_of_what_is_routed(nobody: Client) -> None:
    told = [dict((await sent(nobody, method)).headers) for method in WAYS]
    for each in told:
        assert each.pop("ratelimit")
    assert told[0] == told[1]
    assert told[1]["x-content-type-options"] == "nosniff"
    assert told[1]["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


@ON_SQLITE
async def test_it_is_counted(nobody: Client) -> None:
    for number in range(3):
        told = (await nobody.http.get("/metrics")).text
        found = re.search(r'http_requests_total\{face="graphql",status="2xx"\} (\S+)', told)
        assert float(found[1] if found else "nan") == number
        await sent(nobody, "POST")


@ON_SQLITE
@pytest.mark.parametrize("method", WAYS)
async def test_a_crash_beside_the_schema_is_masked_as_well(
    method: str, nobody: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def crash(*_: object) -> None:
        raise RuntimeError("the inside")

    monkeypatch.setattr(Authenticator, "of_request", crash)
    with caplog.at_level(logging.ERROR, "tokendesk.graphql"):
        answer = await sent(nobody, method)
    assert answer.status_code == 500
    assert answer.headers["x-content-type-options"] == "nosniff"
    [error] = answer.json()["errors"]
    found = re.fullmatch(r"Internal error ([0-9a-f]{12})\.", error["message"])
    assert found, error
    assert error["extensions"] == {"code": "INTERNAL"}
    [record] = caplog.records
    assert found[1] in record.getMessage()
    assert record.exc_info
    assert "the inside" not in answer.text


@ON_SQLITE
@pytest.mark.parametrize(
    "foreign", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}]
)
async def test_a_page_of_another_site_may_post_nothing_even_with_a_token(
    foreign: dict[str, str], programs: dict[str, Client]
) -> None:
    program = programs["manager"]
    assert (await sent(program, "POST")).status_code == 200
    answer = await sent(program, "POST", **foreign)
    assert answer.status_code == 403
    assert answer.json() == {
        "errors": [{"message": FOREIGN, "extensions": {"code": "NOT_ALLOWED"}}]
    }


def head(*headers: tuple[str, str]) -> RequestHeaders:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    return RequestHeaders.of({"type": "http", "headers": raw, "client": ("10.0.0.1", 1)})


def test_of_a_header_that_was_sent_again_the_first_counts() -> None:
    told = head(
        ("host", "desk.test"),
        ("content-type", "Application/JSON; charset=utf-8"),
        ("content-type", "text/plain"),
        ("accept", "text/html"),
        ("accept", "*/*;q=0.1"),
        ("authorization", "Bearer a"),
        ("authorization", "Bearer ü"),
    )
    assert told.headers["host"] == "desk.test"
    assert told.body_type == "application/json"
    assert told.accept == "text/html,*/*;q=0.1"
    assert told.credentials == ["Bearer a", "Bearer ü"]
    assert (told.origin.address, told.origin.user_agent) == ("10.0.0.1", "")


def test_an_empty_head_says_nothing() -> None:
    told = head()
    assert (told.headers, told.accept, told.credentials, told.body_type) == ({}, "", [], "")

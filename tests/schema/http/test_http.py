"""GraphQL over HTTP: media types by `Accept`, statuses, methods, and who may ask from where."""

from typing import Any

import httpx
import pytest

from schema.http.negotiation import BODIES, EVENTS, GRAPHQL_JSON, HTML, JSON, negotiate
from schema.http.sse import NEEDS_STREAM
from server.services.search.token_list import TokenList
from tests.schema.conftest import Client

TINY = {"query": "{ __typename }"}
DATA = {"data": {"__typename": "Query"}}

PLANT = 'mutation { createTokenDraft(input: {name: "Planted"}) { __typename } }'
DRAFTS = "{ tokenDrafts { id } }"


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        ("APPLICATION/JSON; charset=utf-8", JSON),
        (GRAPHQL_JSON, GRAPHQL_JSON),
        (f"{GRAPHQL_JSON}, {JSON};q=0.9", GRAPHQL_JSON),
        (f"{JSON};q=0.9, {GRAPHQL_JSON}", GRAPHQL_JSON),
        (f"{JSON};q=0.5, {GRAPHQL_JSON};q=0.4", JSON),
        (f"*/*;q=0.1, {GRAPHQL_JSON};q=0.05", JSON),
        (f"{JSON}, {GRAPHQL_JSON}", JSON),
        (f"{GRAPHQL_JSON}, {JSON}", GRAPHQL_JSON),
        (f"*/*, {GRAPHQL_JSON}", GRAPHQL_JSON),
        (f"*/*, {JSON};q=0", GRAPHQL_JSON),
        (f"{JSON};q=0, application/*;q=0.1", GRAPHQL_JSON),
        ("text/html, application/xhtml+xml, */*;q=0.8", JSON),
        (f"{JSON};q=2", JSON),
        (f"{JSON};q=nan, {GRAPHQL_JSON};q=0.999", JSON),
        ("text/html", None),
        ("*/*;q=0", None),
        (f"{JSON};q=0.000", None),
        (",;,", None),
    ],
)
def test_the_best_liked_media_type_is_chosen(accept: str, chosen: str | None) -> None:
    assert negotiate(accept, BODIES) == chosen


def test_streams_and_pages_are_chosen_only_where_they_are_liked_best() -> None:
    urql = f"{GRAPHQL_JSON}, application/graphql+json, {JSON}, {EVENTS}, multipart/mixed"
    assert negotiate(urql, (*BODIES, EVENTS)) == GRAPHQL_JSON
    assert negotiate(f"{EVENTS}, multipart/mixed", (*BODIES, EVENTS)) == EVENTS
    assert negotiate("*/*", (*BODIES, EVENTS)) == JSON
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    assert negotiate(browser, (*BODIES, HTML)) == HTML


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("media_type", BODIES)
async def test_a_result_is_utf_8_in_the_media_type_that_is_liked(
    nobody: Client, method: str, media_type: str
) -> None:
    way: dict[str, Any] = {"params": TINY} if method == "GET" else {"json": TINY}
    headers = {"Accept": f"{media_type}, */*;q=0.1"}
    answer = await nobody.http.request(method, "/graphql", headers=headers, **way)
    assert (answer.status_code, answer.json()) == (200, DATA)
    assert answer.headers["content-type"] == f"{media_type}; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"


async def test_two_accept_headers_are_read_as_one(nobody: Client) -> None:
    headers = [("Accept", f"{JSON};q=0.1"), ("Accept", GRAPHQL_JSON)]
    answer = await nobody.http.post("/graphql", json=TINY, headers=headers)
    assert answer.headers["content-type"] == f"{GRAPHQL_JSON}; charset=utf-8"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_who_takes_no_json_is_told_that_there_is_nothing_else(
    admin: Client, method: str
) -> None:
    way: dict[str, Any] = {"params": TINY} if method == "GET" else {"json": {"query": PLANT}}
    headers = {"Accept": "application/xml, image/*"}
    answer = await admin.http.request(method, "/graphql", headers=headers, **way)
    assert answer.status_code == 406
    [error] = answer.json()["errors"]
    assert JSON in error["message"]
    assert GRAPHQL_JSON in error["message"]
    assert (await admin.run(DRAFTS))["tokenDrafts"] == []


REQUEST_ERRORS: dict[str, dict[str, Any]] = {
    "syntax": {"query": "{"},
    "unknown field": {"query": "{ nothing }"},
    "variable": {"query": "query ($id: ID!) { node(id: $id) { id } }", "variables": {"id": None}},
    "wrong variable": {
        "query": "query ($n: Int) { apiTokens(first: $n) { totalCount } }",
        "variables": {"n": "many"},
    },
    "long number": {"query": f"{{ apiTokens(first: {'9' * 5_000}) {{ totalCount }} }}"},
}


@pytest.mark.parametrize("name", REQUEST_ERRORS)
@pytest.mark.parametrize(("media_type", "status"), [(JSON, 200), (GRAPHQL_JSON, 400)])
async def test_a_wrong_document_is_told_by_status_where_the_media_type_allows_it(
    admin: Client, name: str, media_type: str, status: int
) -> None:
    asked = REQUEST_ERRORS[name]
    answer = await admin.http.post("/graphql", json=asked, headers={"Accept": media_type})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == f"{media_type}; charset=utf-8"
    assert answer.json().keys() == {"errors"}
    assert {each["extensions"]["code"] for each in answer.json()["errors"]} == {"BAD_REQUEST"}


@pytest.mark.parametrize(("media_type", "status"), [(JSON, 200), (GRAPHQL_JSON, 400)])
async def test_a_query_that_fails_for_its_input_is_a_bad_request(
    admin: Client, media_type: str, status: int
) -> None:
    asked = {"query": '{ apiTokens(after: "tampered") { totalCount } }'}
    answer = await admin.http.post("/graphql", json=asked, headers={"Accept": media_type})
    assert answer.status_code == status
    assert answer.json()["data"] is None
    assert [each["extensions"]["code"] for each in answer.json()["errors"]] == ["INVALID"]


async def test_what_was_executed_is_a_success_however_it_ended(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(TokenList, "cursor_page", crash)
    asked = {"query": "{ viewer { __typename } apiTokens { totalCount } }"}
    answer = await admin.http.post("/graphql", json=asked, headers={"Accept": GRAPHQL_JSON})
    assert answer.status_code == 200
    assert answer.json()["data"] is None
    partly = {"query": '{ __typename node(id: "TKN-0000-0000") { id } }'}
    answer = await admin.http.post("/graphql", json=partly, headers={"Accept": GRAPHQL_JSON})
    assert (answer.status_code, answer.json()["data"]["__typename"]) == (200, "Query")


async def test_an_unknown_operation_is_a_bad_request(nobody: Client) -> None:
    for media_type in BODIES:
        asked = {"query": "query A { __typename } query B { __typename }", "operationName": "C"}
        answer = await nobody.http.post("/graphql", json=asked, headers={"Accept": media_type})
        assert answer.status_code == 400
        assert answer.json()["errors"] == [
            {"message": 'Unknown operation named "C".', "extensions": {"code": "BAD_REQUEST"}}
        ]
        two = {"query": asked["query"]}
        answer = await nobody.http.post("/graphql", json=two, headers={"Accept": media_type})
        assert answer.status_code == 400


async def test_mutations_do_not_run_by_get(admin: Client) -> None:
    answer = await admin.http.get("/graphql", params={"query": PLANT})
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.json()["errors"][0]["message"] == "Send mutations by POST."
    assert (await admin.run(DRAFTS))["tokenDrafts"] == []


async def test_nor_do_they_as_an_event_stream(admin: Client) -> None:
    headers = {"Accept": EVENTS}
    answer = await admin.http.get("/graphql", params={"query": PLANT}, headers=headers)
    assert answer.headers["content-type"].startswith(EVENTS)
    assert "mutations are not allowed" in answer.text
    assert (await admin.run(DRAFTS))["tokenDrafts"] == []
    foreign = headers | {"Sec-Fetch-Site": "cross-site"}
    answer = await admin.http.get("/graphql", params=TINY, headers=foreign)
    assert (answer.status_code, answer.json().keys()) == (403, {"errors"})


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("media_type", BODIES)
async def test_a_subscription_is_told_what_it_needs(
    admin: Client, method: str, media_type: str
) -> None:
    asked = {"query": "subscription { apiTokenChanged { id } }"}
    way: dict[str, Any] = {"params": asked} if method == "GET" else {"json": asked}
    headers = {"Accept": media_type}
    answer = await admin.http.request(method, "/graphql", headers=headers, **way)
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert error["message"] == NEEDS_STREAM
    assert error["extensions"] == {"code": "BAD_REQUEST"}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
async def test_other_methods_are_told_which_ones_work(admin: Client, method: str) -> None:
    answer = await admin.http.request(method, "/graphql", params={"query": PLANT})
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")
    if method != "HEAD":
        assert answer.json()["errors"][0]["message"] == "GraphQL takes GET and POST."
    assert (await admin.run(DRAFTS))["tokenDrafts"] == []


FOREIGN = [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}]


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_pages_of_other_sites_are_refused(
    admin: Client, method: str, headers: dict[str, str]
) -> None:
    way: dict[str, Any] = {"params": {"query": "{ viewer { __typename } }"}}
    if method == "POST":
        way = {"json": {"query": PLANT}}
    answer = await admin.http.request(method, "/graphql", headers=headers, **way)
    assert answer.status_code == 403
    message = "This request came from another site and was refused."
    assert answer.json() == {
        "errors": [{"message": message, "extensions": {"code": "NOT_ALLOWED"}}]
    }
    assert (await admin.run(DRAFTS))["tokenDrafts"] == []


async def test_a_link_from_another_site_opens_the_explorer(admin: Client) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Accept": "text/html,*/*;q=0.8"}
    assert (await admin.http.get("/graphql", headers=headers)).status_code == 200


async def test_a_token_counts_wherever_it_is_sent_from(programs: dict[str, Client]) -> None:
    asked = {"query": "{ viewer { __typename } }"}
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = await programs["reader"].http.get("/graphql", params=asked, headers=headers)
    assert (answer.status_code, answer.json().keys()) == (200, {"data"})


@pytest.mark.parametrize("media_type", BODIES)
async def test_a_wrong_token_never_falls_back_to_the_session(
    admin: Client, media_type: str
) -> None:
    headers = {"Authorization": "Bearer idt:TKN-0000-0000:nonsense", "Accept": media_type}
    answer = await admin.http.post("/graphql", json={"query": PLANT}, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert answer.headers["content-type"] == f"{media_type}; charset=utf-8"
    error = {"message": "The token is invalid.", "extensions": {"code": "SIGN_IN_NEEDED"}}
    assert answer.json() == {"errors": [error]}
    assert (await admin.run(DRAFTS))["tokenDrafts"] == []


async def test_the_explorer_is_for_browsers(http: httpx.AsyncClient) -> None:
    for_people = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    page = await http.get("/graphql", headers=for_people)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert '<main id="graphiql">' in page.text
    assert "unsafe" not in page.headers["content-security-policy"]
    asked = await http.get("/graphql", params=TINY, headers=for_people)
    assert (asked.status_code, asked.json()) == (200, DATA)
    program = await http.get("/graphql")
    assert (program.status_code, program.json().keys()) == (400, {"errors"})

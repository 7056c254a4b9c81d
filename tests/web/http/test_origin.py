"""Requests of other sites are refused before anything happens; answers carry their guards."""

import httpx
import pytest

from server.http.origin import is_own_page
from server.models.accounts import Session
from server.models.tokens import TokenDraft
from tests.support.world import World
from tests.web.walk import begin

FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://desk.test"},
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "https://desk.test"},
    {"Origin": "http://desk.test:8080"},
    {"Origin": "http://desk.test@evil.example"},
    {"Origin": "http://["},
    {"Origin": "ftp://desk.test"},
    {"Origin": "http://evil.example", "Host": "evil.example"},
    {"Origin": "http://evil.example", "Host": "evil.example", "Sec-Fetch-Site": "same-origin"},
    {"Origin": "http://evil.example", "Sec-Fetch-Site": "none"},
    {"Origin": "null", "Sec-Fetch-Site": "none"},
]
OWN = [
    {},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://desk.test"},
    {"Origin": "http://desk.test:80"},
    {"Origin": "http://desk.test", "Host": "127.0.0.1:8000"},
    {"Origin": "http://desk.test", "Sec-Fetch-Site": "same-origin"},
    {"Origin": "http://desk.test", "Sec-Fetch-Site": "none"},
]
UNSET = [
    ({"origin": "http://desk.test", "host": "desk.test"}, True),
    ({"origin": "https://desk.test", "host": "desk.test"}, True),
    ({"origin": "https://desk.test", "host": "desk.test:443"}, True),
    ({"origin": "http://desk.test:8000", "host": "desk.test:8000"}, True),
    ({"origin": "http://desk.test", "host": "desk.test:8000"}, False),
    ({"origin": "http://127.0.0.1:8000", "host": "desk.test"}, False),
    ({"origin": "http://desk.test"}, False),
    ({"origin": "null", "host": "null"}, False),
    ({"origin": "ftp://desk.test", "host": "desk.test"}, False),
    ({"origin": "http://evil.example", "host": "desk.test", "sec-fetch-site": "none"}, False),
    ({"origin": "https://public", "host": "inner", "sec-fetch-site": "same-origin"}, True),
    ({"host": "desk.test"}, True),
]


@pytest.mark.parametrize("headers", FOREIGN)
async def test_an_unsafe_request_from_elsewhere_changes_nothing(
    admin: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    draft = await begin(admin)
    form = {"version": "0", "name": "Planted"}
    answer = await admin.post(f"{draft}/general", data=form, headers=headers)
    assert answer.status_code == 403
    assert "This request came from another site and was refused." in answer.text
    assert await TokenDraft.all().count() == 0
    assert (await admin.post("/sign-out", headers=headers)).status_code == 403
    assert await Session.all().count() == 1


@pytest.mark.parametrize("headers", OWN)
async def test_our_own_pages_and_programs_pass(
    admin: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    draft = await begin(admin)
    form = {"version": "0", "name": "Mine"}
    answer = await admin.post(f"{draft}/general", data=form, headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{draft}/modules")


@pytest.mark.parametrize(("headers", "is_own"), UNSET)
def test_without_a_public_origin_the_host_asked_for_is_ours(
    headers: dict[str, str], is_own: bool
) -> None:
    assert is_own_page(headers, None) is is_own


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/settings/api-tokens/", "/settings/api-tokens"),
        ("/settings/api-tokens///?page=2&q=%C3%A4", "/settings/api-tokens?page=2&q=%C3%A4"),
        ("/sign-in/", "/sign-in"),
    ],
)
async def test_a_slash_too_many_leads_nowhere_else(
    admin: httpx.AsyncClient, path: str, target: str
) -> None:
    answer = await admin.get(path, headers={"Host": "evil.example"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, target)


@pytest.mark.parametrize("path", ["/nowhere/", "//evil.example/", "/\\evil.example/"])
async def test_where_nothing_is_meant_nothing_is_found(
    nobody: httpx.AsyncClient, world: World, path: str
) -> None:
    url = httpx.URL("http://desk.test").copy_with(raw_path=path.encode())
    assert (await nobody.get(url)).status_code == 404


async def test_graphql_refuses_other_sites_in_its_own_form(admin: httpx.AsyncClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = await admin.post("/graphql", json={"query": "{ __typename }"}, headers=headers)
    assert answer.status_code == 403
    message = "This request came from another site and was refused."
    error = {"message": message, "extensions": {"code": "NOT_ALLOWED"}}
    assert answer.json() == {"errors": [error]}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
async def test_gateways_ask_with_the_original_request_headers(
    nobody: httpx.AsyncClient, world: World, method: str
) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "http://evil.example"}
    answer = await nobody.request(method, "/verify", headers=headers)
    assert (answer.status_code, answer.json()) == (
        401,
        {"active": False, "error": "No token was sent."},
    )


@pytest.mark.parametrize(
    "path", ["/sign-in", "/nowhere", "/static/css/base.css", "/healthz", "/graphql"]
)
async def test_every_answer_carries_the_security_headers(
    nobody: httpx.AsyncClient, world: World, path: str
) -> None:
    headers = (await nobody.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "unsafe" not in headers["content-security-policy"]


async def test_pages_are_not_stored_and_vary_by_htmx(admin: httpx.AsyncClient) -> None:
    headers = (await admin.get("/settings/api-tokens")).headers
    assert headers["cache-control"] == "no-store"
    assert headers["vary"] == "HX-Request, HX-Request-Type, Accept-Language, Accept-Encoding"

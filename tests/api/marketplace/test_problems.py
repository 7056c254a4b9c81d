"""How this face says no: before routing, by methods and types, in size, and under which trace."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from server.api.marketplace.request_bodies import LARGEST
from server.app import create_app
from tests.api.marketplace.conftest import ACCOUNTS, RECORDS, TOKENS, Market
from tests.api.marketplace.wire import READS, Answer, Wire
from tests.support.evidence import dump

BASE = "/public/v1"
TRACE = re.compile("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


def is_problem(answer: Answer, status: int, title: str) -> dict[str, Any]:
    """The problem, in the form that clients can read."""
    assert answer.status == status, answer.body
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json
    assert (body["status"], body["title"]) == (status, title)
    assert body["type"].startswith("https://tools.ietf.org/html/rfc")
    assert body["detail"]
    assert TRACE.fullmatch(body["traceId"])
    assert set(body) <= {"type", "title", "status", "detail", "traceId", "errors"}
    return body


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    "path",
    ["/accounts/api-tokens", "/accounts/api-tokens/TKN-0000-0000", "/nowhere", "/a/b/c/d"],
)
async def test_who_asks_comes_before_what_is_asked(market: Market, method: str, path: str) -> None:
    answer = await market.nobody.send(method, BASE + path, b"{")
    assert answer.status == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    if method != "HEAD":
        is_problem(answer, 401, "Authentication Failed")


async def test_tokens_that_are_none(market: Market) -> None:
    value = market.client.value
    disabled = market.vendor
    await market.desk.tokens.disable(market.world.other_admin, disabled.id)
    for sent in ("x", value[:-1], value[:-1] + ("0" if value[-1] != "0" else "1"), disabled.value):
        answer = await Wire(market.url, sent).get(TOKENS)
        is_problem(answer, 401, "Authentication Failed")
        assert answer.headers["www-authenticate"].startswith('Bearer error="invalid_token"')
    for scheme in (f"Basic {value}", "Bearer", f"Bearer {value} x", value):
        headers = {**READS, "Authorization": scheme}
        answer = await market.nobody.send("GET", TOKENS, headers=headers)
        is_problem(answer, 401, "Authentication Failed")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
async def test_the_scheme_in_any_case(market: Market, scheme: str) -> None:
    sent = {**READS, "Authorization": f"{scheme} {market.client.value}"}
    assert (await market.nobody.send("GET", TOKENS, headers=sent)).status == 200


async def test_cookies_and_origins_do_not_count(market: Market) -> None:
    world = market.world
    value = await market.desk.sessions.sign_in(
        world.admin_email, world.password, world.admin.origin
    )
    cookie = {**READS, "Cookie": f"tokendesk={value}"}
    is_problem(
        await market.nobody.send("GET", TOKENS, headers=cookie), 401, "Authentication Failed"
    )
    foreign = {**READS, "Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    path = f"{TOKENS}/{await market.made(market.world.admin)}/disable"
    assert (await market.client.wire.send("POST", path, headers=foreign)).status == 200


async def test_methods_that_a_path_does_not_take(market: Market) -> None:
    wire = market.client.wire
    for method, path, allowed in (
        ("PATCH", TOKENS, "GET, POST, HEAD"),
        ("DELETE", TOKENS, "GET, POST, HEAD"),
        ("PATCH", f"{TOKENS}/x", "GET, PUT, DELETE, HEAD"),
        ("GET", f"{TOKENS}/x/enable", "POST"),
        ("POST", f"{BASE}/openapi.json", "GET, HEAD"),
        ("DELETE", f"{BASE}/reference", "GET, HEAD"),
        ("PUT", f"{ACCOUNTS}/x/icon", "GET, HEAD"),
    ):
        answer = await wire.send(method, path)
        is_problem(answer, 405, "Method Not Allowed")
        assert answer.headers["allow"] == allowed


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/accounts",
        "/accounts/api-tokens/x/y",
        "/accounts/api-tokens/x/",
        "//",
        "/a%2Fb",
        "/%0A",
        "/accounts/%FF%0d%00/icons",
    ],
)
async def test_what_is_nowhere(market: Market, path: str) -> None:
    is_problem(await market.client.wire.get(BASE + path), 404, "Not Found")


async def test_a_slash_may_end_a_path(market: Market) -> None:
    assert (await market.client.wire.get(f"{TOKENS}/?limit=1")).status == 200
    assert (await market.client.wire.get(f"{TOKENS}/{market.client.id}/")).status == 200


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "application/json; charset=latin-1",
        "application/jsonp",
    ],
)
async def test_other_types_of_bodies(market: Market, kind: str) -> None:
    before = await dump(market.desk)
    headers = {**READS, "Content-Type": kind} if kind else READS
    for path in (TOKENS, RECORDS):
        answer = await market.client.wire.send("POST", path, b"{}", headers)
        is_problem(answer, 415, "Unsupported Media Type")
    answer = await market.client.wire.send("PUT", f"{TOKENS}/{market.client.id}", b"{}", headers)
    is_problem(answer, 415, "Unsupported Media Type")
    assert await dump(market.desk) == before


async def test_forms_are_for_accounts_alone_and_they_for_forms(market: Market) -> None:
    wire, before = market.operations.wire, await dump(market.desk)
    is_problem(await wire.post(ACCOUNTS, {"name": "x"}), 415, "Unsupported Media Type")
    for body, kind in (
        (b"nothing", "multipart/form-data; boundary=x"),
        (b"--x--\r\n", "multipart/form-data; boundary=x"),
        (b"--x", "multipart/form-data"),
        (b'--x\r\nContent-Disposition: form-data; name="logo"\r\n\r\n{}\r\n--x--\r\n',) * 1
        + ("multipart/form-data; boundary=x",),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\n{}\r\n--x--\r\n",) * 1
        + ("multipart/form-data; boundary=x",),
        (
            b'--x\r\nContent-Disposition: form-data; name="account"\r\n\r\n\xff\xfe\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
    ):
        answer = await wire.send("POST", ACCOUNTS, body, {**READS, "Content-Type": kind})
        is_problem(answer, 400, "Bad Request")
    for charset in ("hex", "utf-16", "idna"):
        kind = f"multipart/form-data; boundary=x; charset={charset}"
        answer = await wire.send("POST", ACCOUNTS, b"--x--", {**READS, "Content-Type": kind})
        is_problem(answer, 415, "Unsupported Media Type")
    assert await dump(market.desk) == before


@pytest.mark.parametrize(
    "kind", ["application/json; charset=UTF-8", "text/json", "application/vnd.api+json"]
)
async def test_all_types_of_json(market: Market, kind: str) -> None:
    path = f"{TOKENS}/{market.client.id}"
    headers = {**READS, "Content-Type": kind}
    answer = await market.client.wire.send("PUT", path, b'{"name":"Other"}', headers)
    assert (answer.status, answer.json["name"]) == (200, "Other")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"x"',
        b"\xff",
        b'{"name": "\\ud800"}',
        b"[" * 100_000,
        b'{"name": NaN}',
        b'{"name": "x", "modules": ' + b"[" * 10_000,
    ],
)
async def test_bodies_that_are_not_what_they_say(market: Market, body: bytes) -> None:
    before = await dump(market.desk)
    headers = {**READS, "Content-Type": "application/json"}
    path = f"{TOKENS}/{market.client.id}"
    is_problem(await market.client.wire.send("PUT", path, body, headers), 400, "Bad Request")
    is_problem(await market.client.wire.send("POST", TOKENS, body, headers), 400, "Bad Request")
    assert await dump(market.desk) == before


async def test_a_body_that_says_that_it_is_too_large(market: Market) -> None:
    headers = {**READS, "Content-Type": "application/json", "Content-Length": str(LARGEST + 1)}
    answer = await market.client.wire.send("GET", TOKENS, headers=headers)
    assert answer.status == 200, "nobody reads it"
    answer = await market.client.wire.send("POST", TOKENS, headers=headers)
    is_problem(answer, 413, "Content Too Large")


async def test_a_body_that_turns_out_to_be_too_large(market: Market) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b'{"name": "'
        for _ in range(9):
            yield b"x" * 1024 * 1024

    bearer = {"Authorization": f"Bearer {market.client.value}"}
    transport = httpx.ASGITransport(create_app(market.desk))
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
        headers = {**bearer, "Content-Type": "application/json"}
        answer = await client.post(TOKENS, content=parts(), headers=headers)
    assert (answer.status_code, answer.json()["title"]) == (413, "Content Too Large")


async def test_the_trace_of_the_request_is_the_problems(market: Market) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    headers = {**READS, "traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    answer = await market.nobody.get(TOKENS, headers)
    told = is_problem(answer, 401, "Authentication Failed")["traceId"].split("-")
    assert (told[1], told[3]) == (trace, "01")
    assert told[2] != "b7ad6b7169203331"
    wrong = {**READS, "traceparent": "00-x-y-01"}
    is_problem(await market.nobody.get(TOKENS, wrong), 401, "Authentication Failed")


async def test_a_problem_repeats_no_secret(market: Market) -> None:
    value = market.client.value
    for answer in (
        await market.client.wire.get(f"{TOKENS}?eq(name,'{value}"),
        await market.client.wire.get(f"{TOKENS}?{value}"),
        await market.client.wire.get(f"{TOKENS}/{value}"),
        await market.client.wire.get(f"{BASE}/{value}"),
        await market.client.wire.post(TOKENS, {"name": [value], "modules": value}),
        await market.client.wire.put(f"{TOKENS}/{market.client.id}", {"icon": value}),
    ):
        assert answer.status in {400, 404}
        assert value.encode() not in answer.body
        assert value[-40:].encode() not in answer.body

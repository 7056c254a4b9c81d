"""`/oauth/introspect`: how it must be asked, and what it says to everything else."""

import itertools
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from server.desk import Desk
from tests.api.programs import INTROSPECT, Program, ask, make
from tests.support.world import World


@pytest.fixture
async def ours(desk: Desk, world: World) -> Program:
    """A program of the client, in Billing alone; it may manage nothing."""
    return await make(desk, world.admin, "MOD-2001")


async def test_without_credentials_no_error_is_named(
    gateway: httpx.AsyncClient, ours: Program
) -> None:
    answer = await gateway.post(INTROSPECT, data={"token": ours.value})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.json() == {"error_description": "No token was sent."}
    assert answer.headers["cache-control"] == "no-store"


async def test_a_token_in_the_form_or_address_is_no_credential(
    gateway: httpx.AsyncClient, ours: Program
) -> None:
    named = {"access_token": ours.value}
    form = await gateway.post(INTROSPECT, data={"token": ours.value, **named})
    query = await gateway.post(INTROSPECT, params=named, data={"token": ours.value})
    assert {each.headers["www-authenticate"] for each in (form, query)} == {"Bearer"}
    assert {each.status_code for each in (form, query)} == {401}


async def test_only_post_is_taken(gateway: httpx.AsyncClient, ours: Program) -> None:
    for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"):
        answer = await gateway.request(
            method, INTROSPECT, params={"token": ours.value}, headers=ours.bearer
        )
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
        assert answer.headers["cache-control"] == "no-store"
        assert ours.value not in answer.text


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ONCE = "Send the form field token, once."


NOT_ONE_TOKEN = [
    b"",
    b"token=",
    b"token",
    b"Token={value}",
    b"token_type_hint=access_token",
    b"token={value}&token={value}",
    b"token={value}&token=x",
    b"&".join([b"token={value}", *[b"a=b"] * 30]),
    b'{"token": "{value}"}',
    b"\xff\xfe\x00",
]


async def test_a_form_without_one_token_is_refused(
    gateway: httpx.AsyncClient, ours: Program
) -> None:
    for body in NOT_ONE_TOKEN:
        content = body.replace(b"{value}", ours.value.encode())
        answer = await gateway.post(INTROSPECT, content=content, headers=ours.bearer | FORM)
        assert answer.status_code == 400
        assert answer.json() == {"error": "invalid_request", "error_description": ONCE}


async def test_the_address_is_not_the_form(gateway: httpx.AsyncClient, ours: Program) -> None:
    params = {"token": ours.value}
    answer = await gateway.post(INTROSPECT, params=params, headers=ours.bearer | FORM)
    assert (answer.status_code, answer.json()["error_description"]) == (400, ONCE)


TYPES = [
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-8",
    "Application/X-WWW-Form-URLencoded;charset=UTF-8",
]
HINTS = ["", "&token_type_hint=refresh_token", "&token_type_hint=%00&x="]


async def test_a_form_is_known_by_its_type_and_the_hint_changes_nothing(
    gateway: httpx.AsyncClient, ours: Program
) -> None:
    for form_type, hint in itertools.product(TYPES, HINTS):
        headers = ours.bearer | {"Content-Type": form_type}
        content = f"token={ours.value}{hint}"
        answer = await gateway.post(INTROSPECT, content=content, headers=headers)
        assert answer.json()["sub"] == ours.id


NO_FORMS: list[dict[str, Any]] = [
    {"json": {"token": "x"}},
    {"files": {"token": (None, "x")}},
    {"content": b"token=x"},
    {"content": b"token=x", "headers": {"Content-Type": "text/plain"}},
]


async def test_another_kind_of_body_is_refused(gateway: httpx.AsyncClient, ours: Program) -> None:
    for wish in NO_FORMS:
        headers = ours.bearer | wish.get("headers", {})
        answer = await gateway.post(INTROSPECT, **(wish | {"headers": headers}))
        assert (answer.status_code, answer.json()) == (
            415,
            {
                "error": "invalid_request",
                "error_description": "Send the form as application/x-www-form-urlencoded.",
            },
        )


async def test_a_form_beyond_all_measure_is_refused(
    gateway: httpx.AsyncClient, ours: Program
) -> None:
    body = f"token={ours.value}&x=".encode() + b"x" * 20_000

    async def parts() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 1_000):
            yield body[start : start + 1_000]

    for content in (body, parts()):
        answer = await gateway.post(INTROSPECT, content=content, headers=ours.bearer | FORM)
        assert (answer.status_code, answer.json()) == (
            413,
            {"error": "invalid_request", "error_description": "The form is too large."},
        )
        assert answer.headers["cache-control"] == "no-store"


FOREIGN: list[dict[str, str]] = [
    {"Origin": "http://app.example"},
    {"Sec-Fetch-Site": "cross-site"},
]


async def test_programs_of_every_origin_may_ask(gateway: httpx.AsyncClient, ours: Program) -> None:
    form = {"token": ours.value}
    for headers in FOREIGN:
        answer = await gateway.post(INTROSPECT, data=form, headers=ours.bearer | headers)
        assert answer.json()["active"] is True
        refused = await gateway.post(INTROSPECT, data=form, headers=headers)
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")


async def test_a_signed_in_person_is_no_program(
    gateway: httpx.AsyncClient, world: World, ours: Program
) -> None:
    person = {"email": world.operations_email, "password": world.password}
    assert (await gateway.post("/sign-in", data=person)).status_code == 303
    assert set(gateway.cookies) == {"tokendesk", "tokendesk-device"}
    answer = await gateway.post(INTROSPECT, data={"token": ours.value})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


async def test_while_storage_is_away_nothing_is_said_of_the_token(
    gateway: httpx.AsyncClient, desk: Desk, ours: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise OSError("disk of " + ours.value)

    monkeypatch.setattr(type(desk.introspection), "about", fail)
    answer = await ask(gateway, ours, ours.value)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json() == {"error_description": "Tokendesk cannot reach its storage right now."}

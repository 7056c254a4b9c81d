"""No text, wherever it is put, holds the event loop, or is answered with a 5xx."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from time import thread_time
from typing import Final

import httpx
import orjson
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from schema.http.request import LARGEST_JSON
from server.app import USUAL_BODY, create_app
from server.desk import Desk
from server.domain.actor import OPERATOR, Actor
from server.services.tokens.patch import TokenPatch
from server.settings import Settings
from tests.guarantees.inputs import (
    form_fields,
    header_names,
    operations,
    parameters,
    put,
    rest_requests,
    routes,
)
from tests.guarantees.loop_steps import Steps, served, watched_loop
from tests.guarantees.sending import Sender
from tests.guarantees.texts import IN_HEADS, LARGEST_HEAD, READ, TEXTS, WRITTEN, escaped, fitting
from tests.schema.operations import printed_schema
from tests.support import databases
from tests.support.clock import TurnableClock
from tests.support.world import World


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One engine is enough: texts are read before they reach it."""
    databases.forget_statements()
    return databases.copy_template(sqlite_template, tmp_path)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Without a limit of requests, so that each is looked at."""
    return Settings(
        data_dir=tmp_path / "data",
        database_url=SecretStr(database_url),
        secret_keys=SecretStr(databases.KEYS),
        base_url="http://desk.test",
        rate_limit=0,
        demo=False,
    )


@pytest.fixture
def app(desk: Desk) -> Starlette:
    """The whole application, without a server."""
    return create_app(desk)


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[Steps]:
    """The longest step of the loop."""
    with watched_loop(monkeypatch) as steps:
        yield steps


@pytest.fixture
async def client(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who is not signed in."""
    transport = httpx.ASGITransport(served(app), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
        yield client


@pytest.fixture
def nobody(client: httpx.AsyncClient, steps: Steps, clock: TurnableClock) -> Sender:
    """Somebody who is not signed in."""
    return Sender(client, steps, clock)


@pytest.fixture
async def operator(nobody: Sender, world: World) -> Sender:
    """An administrator of Operations, who may do the most."""
    form = {"email": world.operations_email, "password": world.password}
    answer = await nobody.client.post("/sign-in", data=form)
    assert answer.status_code == 303
    return nobody


async def names_of(desk: Desk, world: World) -> dict[str, str]:
    """What stands in the paths of pages: things that are there, as texts are read for them."""
    actor = world.operations_admin
    await desk.modules.enable(OPERATOR, "MOD-1756", world.operations.id)
    made = await desk.tokens.create(actor, name="Robot", module_ids=["MOD-1756"])
    draft = await desk.drafts.create(actor, TokenPatch(name="Draft"))
    return {
        "token": made.token.id,
        "draft": draft.id,
        "view": "1",
        "user": world.operations_admin.id,
        "account": world.operations.id,
        "policy": "once",
        "role": "viewer",
        "kind": "typed",
        "step": "general",
        "link": "x",
        "record": "AUD-1234",
        "session": "0123456789abcdef",
        "invitation": world.operations_admin.id,
        "name": "x",
    }


async def test_only_what_the_application_does_is_timed(steps: Steps) -> None:
    async def burn(scope: Scope, receive: Receive, send: Send) -> None:
        begun = thread_time()
        while thread_time() - begun < 0.02:
            pass
        await PlainTextResponse("done")(scope, receive, send)

    transport = httpx.ASGITransport(served(burn))
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
        begun = thread_time()
        while thread_time() - begun < 0.5:
            pass
        await client.get("/")
    assert 0.02 <= steps.longest < 0.5


SIGNED_OUT_BY: Final = {"/sign-out", "/settings/profile/sign-out-everywhere"}


@pytest.mark.parametrize("kind", TEXTS)
async def test_forms(app: Starlette, desk: Desk, world: World, operator: Sender, kind: str) -> None:
    names, fields = await names_of(desk, world), form_fields()
    written = escaped(TEXTS[kind], USUAL_BODY - 1_000)
    each = fitting(written, (USUAL_BODY - 10_000) // len(fields)).rsplit("%", 1)[0]
    urlencoded = {"Content-Type": "application/x-www-form-urlencoded"}
    multipart = {"Content-Type": "multipart/form-data; boundary=x"}
    plain = fitting(TEXTS[kind], USUAL_BODY - 1_000)
    for path in routes(app, "POST"):
        if path in {*SIGNED_OUT_BY, "/graphql", "/oauth/introspect"}:
            continue
        url = path.format(**names)
        content = "&".join(f"{name}={each}" for name in fields)
        await operator.send(f"{path} all", "POST", url, content=content, headers=urlencoded)
        for name in _fields_of(path, fields):
            body = f"version=0&{name}={written}"
            await operator.send(f"{path} {name}", "POST", url, content=body, headers=urlencoded)
        head = '--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n'
        parts = f"{head}{plain}\r\n--x--\r\n".encode()
        await operator.send(f"{path}, multipart", "POST", url, content=parts, headers=multipart)
    assert operator.wrong == []
    assert {422, 303} & operator.statuses
    still = await operator.client.get("/settings/profile")
    assert still.status_code == 200, "all forms but the first few were sent by nobody"


def _fields_of(path: str, fields: list[str]) -> list[str]:
    """The fields that such a form may have: all, where what it is for is not said by its path."""
    few = {
        "enable",
        "disable",
        "activate",
        "deactivate",
        "discard",
        "keep",
        "summary",
        "try",
        "link",
    }
    usual = [
        "name",
        "email",
        "password",
        "search",
        "description",
        "modules",
        "version",
        "url",
        "next",
    ]
    return [] if path.rpartition("/")[2] in few else [each for each in fields if each in usual]


@pytest.mark.parametrize("kind", TEXTS)
async def test_pages(app: Starlette, desk: Desk, world: World, operator: Sender, kind: str) -> None:
    names, known = await names_of(desk, world), parameters()
    whole = escaped(TEXTS[kind], LARGEST_HEAD)
    part = fitting(whole, LARGEST_HEAD // len(known)).rsplit("%", 1)[0]
    for path in routes(app, "GET"):
        if path in {"/settings/api-tokens/changes", "/graphql"}:
            continue
        url = path.format(**names)
        await operator.send(path, "GET", f"{url}?{'&'.join(f'{n}={part}' for n in known)}")
        await operator.send(f"{path}, bare", "GET", f"{url}?{whole}")
        for name in _places(path):
            wild = path.format(**{**names, name: whole})
            await operator.send(f"{path}, {name}", "GET", wild)
    for path in ("/settings/api-tokens", "/settings/audit-trail", "/sign-in"):
        for name in known:
            await operator.send(f"{path}?{name}", "GET", f"{path}?{name}={whole}")
    assert operator.wrong == []


def _places(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


@pytest.mark.parametrize("kind", TEXTS)
async def test_graphql(operator: Sender, kind: str) -> None:
    text = fitting(TEXTS[kind], LARGEST_JSON - 2_000)
    for _, document, variables, place in operations(printed_schema()):
        sent = {"query": document, "variables": put(variables, place, text)}
        accept = "text/event-stream" if document.startswith("subscription") else "application/json"
        headers = {"Content-Type": "application/json", "Accept": accept}
        body = orjson.dumps(sent)[:LARGEST_JSON]
        label = f"{document} {place}"
        await operator.send(label, "POST", "/graphql", content=body, headers=headers)
    for name in ("query", "operationName", "documentId", "variables", "extensions"):
        body = orjson.dumps({"query": "{ viewer { __typename } }", name: text})
        headers = {"Content-Type": "application/json"}
        await operator.send(name, "POST", "/graphql", content=body, headers=headers)
        url = f"/graphql?query=%7B__typename%7D&{name}={escaped(TEXTS[kind], LARGEST_HEAD)}"
        await operator.send(f"{name} in the address", "GET", url)
    assert operator.wrong == []


async def bearer(desk: Desk, actor: Actor) -> str:
    """A value that may manage tokens of Operations."""
    await desk.modules.enable(OPERATOR, "MOD-1756", actor.account_id)
    minted = await desk.tokens.create(actor, name="Robot", module_ids=["MOD-1756"])
    assert minted.secret is not None
    return minted.secret.reveal()


@pytest.mark.parametrize("kind", TEXTS)
async def test_rest(desk: Desk, world: World, nobody: Sender, kind: str) -> None:
    value = await bearer(desk, world.operations_admin)
    document = (await nobody.client.get("/public/v1/openapi.json")).json()
    text, short = fitting(TEXTS[kind], USUAL_BODY), escaped(TEXTS[kind], LARGEST_HEAD)
    nobody.client.headers["Authorization"] = f"Bearer {value}"
    for method, url, more in rest_requests(document, text, short):
        await nobody.send(f"{method} {url[:80]}", method, url, **more)
    await nobody.send("introspect", "POST", "/oauth/introspect", data={"token": text[:5_000]})
    assert nobody.wrong == []


@pytest.mark.parametrize("kind", IN_HEADS)
async def test_headers(desk: Desk, world: World, operator: Sender, kind: str) -> None:
    value = await bearer(desk, world.operations_admin)
    text = IN_HEADS[kind].encode()[:LARGEST_HEAD].strip()
    cookie = operator.client.cookies["tokendesk"].encode()
    for name in header_names():
        sent = [(name.encode(), text), (b"content-type", b"application/x-www-form-urlencoded")]
        if name != "authorization":
            sent.append((b"x-unused", b"x"))
        if name == "cookie":
            sent[0] = (b"cookie", b"tokendesk=" + cookie + b"; a=" + text)
        if name == "content-type":
            sent[:2] = [(b"content-type", b"multipart/form-data; boundary=" + text)]
        for url in READ:
            await operator.send(f"{name}: GET {url}", "GET", url, headers=sent)
        for url in WRITTEN:
            known = [*sent, (b"authorization", b"Bearer " + value.encode())]
            headers = known if url.startswith(("/oauth", "/public")) else sent
            label = f"{name}: POST {url}"
            await operator.send(label, "POST", url, headers=headers, content=b"search=x")
    assert operator.wrong == []


def test_inputs_are_found() -> None:
    assert {"name", "description", "search", "email", "password"} <= set(form_fields())
    assert {"search", "module", "page", "next"} <= set(parameters())
    known = {"accept", "accept-language", "accept-encoding", "cookie", "hx-current-url", "referer"}
    assert known <= set(header_names())

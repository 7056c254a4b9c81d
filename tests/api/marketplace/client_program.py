"""A program of the Marketplace's Python client; it runs in an environment of its own.

`python client_program.py sync|async`, with the desk and the tokens in the environment. It ends
with a failed assertion or with `done`.
"""

import asyncio
import inspect
import os
import re
import sys
from typing import Any
from urllib.request import urlopen

from mpt_api_client import AsyncMPTClient, MPTClient, RQLQuery
from mpt_api_client.auth import BearerTokenAuthentication
from mpt_api_client.exceptions import MPTAPIError

URL = os.environ["DESK"]
ACCOUNT = os.environ["ACCOUNT"]
PICTURE = bytes.fromhex(os.environ["PICTURE"])


async def done(answer: Any) -> Any:
    """The answer of either client."""
    return await answer if inspect.isawaitable(answer) else answer


async def everything(found: Any) -> list[Any]:
    """What either client iterates over."""
    return [each async for each in found] if hasattr(found, "__aiter__") else list(found)


async def refused(answer: Any, told: str) -> None:
    """The client must know the refusal by its status and title."""
    said = "not refused"
    try:
        await done(answer())
    except MPTAPIError as error:
        said = str(error)
    assert re.search(told, said), said


async def tokens(client: Any) -> None:
    """A token's whole life, and lists of many."""
    service = client.accounts.api_tokens
    body = {
        "account": {"id": ACCOUNT},
        "name": "E2E Test API Token",
        "description": "Created by a client's program",
        "icon": "",
        "modules": [{"id": "MOD-1756"}],
    }
    made = await done(service.create(body))
    assert made.token.startswith(f"idt:{made.id}:")
    found = await done(service.get(made.id))
    assert (found.name, found.account.id, found.modules[0].id) == (
        body["name"],
        ACCOUNT,
        "MOD-1756",
    )
    found = await done(service.get(made.id, select=["+audit", "-name"]))
    assert found.audit.created.at.endswith("Z")
    assert "name" not in found.to_dict()

    same = service.filter(RQLQuery(id=made.id)).filter(RQLQuery(name=body["name"])).select("-name")
    assert [each.id for each in await everything(same.iterate())] == [made.id]
    either = RQLQuery(id=made.id) & (RQLQuery(status="Active") | RQLQuery(status="Disabled"))
    assert (await done(service.filter(either).fetch_one())).id == made.id
    since = RQLQuery(audit__created__at__ge="2020-01-01T00:00:00.000Z")
    page = await done(service.filter(since).order_by("-audit.created.at", "name").fetch_page(5))
    assert len(page) == 5
    assert page[0].id == made.id
    assert page.meta.pagination.limit == 5

    many = service.filter(RQLQuery("name").like("Many *")).order_by("name")
    names = [each.name for each in await everything(many.iterate())]
    assert names == [f"Many {number:03}" for number in range(250)], names

    changed = await done(service.update(made.id, {**body, "name": "Renamed"}))
    assert changed.name == "Renamed"
    assert (await done(service.disable(made.id))).status == "Disabled"
    await refused(lambda: service.disable(made.id), "400 Bad Request")
    assert (await done(service.enable(made.id))).status == "Active"
    await refused(lambda: service.update(made.id, {"name": ""}), "400 Bad Request")
    await done(service.delete(made.id))
    await refused(lambda: service.delete(made.id), "404 Not Found")
    for ask in (service.get, service.enable, service.disable, service.delete):
        await refused(lambda ask=ask: ask("TKN-0000-0000"), "404 Not Found")


async def modules(client: Any) -> None:
    """Modules, with a token of Operations."""
    service = client.accounts.modules
    query = service.filter(RQLQuery(id="MOD-1756")).filter(RQLQuery(name="Access management"))
    [found] = await everything(query.select("-description").iterate())
    assert found.id == "MOD-1756"
    assert "description" not in found.to_dict()
    assert (await done(service.get("MOD-1756"))).settings.configurable is True
    await refused(lambda: service.get("MOD-0000"), "404 Not Found")


async def accounts(client: Any) -> None:
    """Accounts, with a token of Operations."""
    service = client.accounts.accounts
    logo = ("logo.png", PICTURE, "image/png")
    made = await done(service.create({"name": "New Väendor", "type": "Vendor"}, logo))
    assert (made.name, made.icon) == ("New Väendor", f"/v1/accounts/accounts/{made.id}/icon")
    with urlopen(f"{URL}/public{made.icon}") as shown:
        assert shown.headers["Content-Type"] == "image/png"
    changed = await done(service.update(made.id, {"name": "Updated", "type": "Vendor"}, logo))
    assert (changed.id, changed.name) == (made.id, "Updated")
    await refused(lambda: service.update(made.id, {"name": ""}, logo), "400 Bad Request")
    await refused(lambda: service.update("ACC-0000-0000", {"name": "x"}, logo), "404 Not Found")
    assert (await done(service.disable(made.id))).status == "Disabled"
    assert (await done(service.enable(made.id))).status == "Active"
    await refused(lambda: service.enable("ACC-0000-0000"), "404 Not Found")
    await refused(lambda: service.get("INVALID-ID"), "404 Not Found")
    [found] = await everything(service.filter(RQLQuery(id=made.id)).select("-address").iterate())
    assert found.name == "Updated"


async def records(client: Any) -> None:
    """Audit records."""
    service = client.audit.records
    told = {
        "event": "extensions.e2e.test",
        "object": {"id": ACCOUNT, "name": "e2e test account"},
        "details": "About {{ object.name }}",
        "summary": "A test",
        "actor": {"type": "system", "id": "system"},
        "payload": {"key": "value"},
    }
    made = await done(service.create(told))
    assert (made.event, made.object.id) == (told["event"], ACCOUNT)
    about = service.filter(RQLQuery(object__id=ACCOUNT)).options(render=True)
    found = await everything(about.iterate())
    assert made.id in [each.id for each in found]
    assert not any(brace in each.details for each in found for brace in ("{{", "}}"))
    one = await done(
        service.options(render=True).get(made.id, select=["object", "actor", "details"])
    )
    assert one.details == "About Blue Client"
    assert one.actor.id == os.environ["CLIENT_ID"]
    await refused(lambda: service.get("REC-000-000-000"), "404 Not Found")
    types = client.audit.event_types
    [created] = await everything(
        types.filter(RQLQuery(key="platform.accounts.api-token.created")).iterate()
    )
    assert (await done(types.get(created.id))).name == "API token created"


async def event_types(client: Any) -> None:
    """Types of events are described, with a token of Operations."""
    types = client.audit.event_types
    key = "platform.accounts.api-token.enabled"
    [known] = await everything(types.filter(RQLQuery(key=key)).iterate())
    for words in ("Described by a test", known.description):
        changed = await done(types.update(known.id, {"description": words}))
        assert (changed.id, changed.description) == (known.id, words)
    await refused(lambda: types.update("EVT-000-000", {"description": "x"}), "404 Not Found")


async def main(kind: Any) -> None:
    """All of it, and a token that is none."""

    def client(value: str) -> Any:
        return kind.from_config(authentication=BearerTokenAuthentication(value), base_url=URL)

    own, operations = client(os.environ["CLIENT"]), client(os.environ["OPERATIONS"])
    await tokens(own)
    await modules(operations)
    await accounts(operations)
    await records(own)
    await event_types(operations)
    wrong = client("idt:TKN-0000-0000:" + "x" * 64)
    await refused(lambda: wrong.accounts.api_tokens.get("x"), "401 Authentication Failed")
    print("done")


asyncio.run(main({"sync": MPTClient, "async": AsyncMPTClient}[sys.argv[1]]))

"""Lists as the clients ask for them: pages, orders, selections, and each filter they can send."""

from datetime import timedelta
from typing import Any

import pytest

from server.domain.actor import OPERATOR
from server.services.tokens.patch import TokenPatch
from tests.api.marketplace.conftest import TOKENS, Market
from tests.support.clock import TurnableClock

NAMES = ("Alpha", "E2E Seeded Token", "R&D", "a+b", "mobile-e2e-setup-1", "The*")


@pytest.fixture
async def ids(market: Market, clock: TurnableClock) -> dict[str, str]:
    """Tokens by their names, each made a second after the one before."""
    found = {}
    for name in NAMES:
        clock.advance(timedelta(seconds=1))
        found[name] = await market.made(market.world.admin, name)
    await market.desk.tokens.disable(OPERATOR, found["Alpha"])
    patch = TokenPatch(description="Said", module_ids=["MOD-1756", "MOD-2001"])
    await market.desk.tokens.update(OPERATOR, found["R&D"], patch)
    return found


async def names(market: Market, query: str) -> list[str]:
    """The names of the tokens that a query finds."""
    answer = await market.client.wire.get(f"{TOKENS}?{query}&order=audit.created.at&limit=100")
    assert answer.status == 200, answer.body
    return [each["name"] for each in answer.json["data"]]


ALL = ["Client manager", "Reader", *NAMES]
MANAGERS = ["Client manager", *NAMES]


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ("eq(name,'E2E%20Seeded%20Token')", ["E2E Seeded Token"]),
        ("eq(account.id,'{client}')", ALL),
        ("eq(account.id,'ACC-0000-0000')", []),
        ("eq(status,'Active')", [each for each in ALL if each != "Alpha"]),
        ("ne(status,'Deleted')", ALL),
        ("lt(name,'B')", ["Alpha"]),
        ("le(name,'Alpha')", ["Alpha"]),
        ("gt(name,'b')", ["mobile-e2e-setup-1"]),
        ("ge(name,'a+b')", ["a+b", "mobile-e2e-setup-1"]),
        ("eq(name,'a+b')", ["a+b"]),
        ("eq(name,'R&D')", ["R&D"]),
        ("ge(audit.created.at,'2030-03-14T09:26:58.000Z')", list(NAMES)),
        ("ge(audit.created.at,'2030-03-14T10:26:58.000+01:00')", list(NAMES)),
        ("lt(audit.created.at,'2030-03-14')", []),
        ("eq(audit.created.at,'2030-03-14T09:26:58.589+00:00')", ["Alpha"]),
        ("like(name,'mobile-e2e-setup-*')", ["mobile-e2e-setup-1"]),
        ("ilike(name,'*TOKEN*')", ["E2E Seeded Token"]),
        ("like(name,'*TOKEN*')", []),
        ("like(name,'The\\**')", ["The*"]),
        ("in(status,('Active','Disabled'))", ALL),
        ("in(id,('{Alpha}'))", ["Alpha"]),
        ("out(status,('Deleted'))", ALL),
        ("out(id,('{Alpha}','{R&D}'))", [each for each in ALL if each not in {"Alpha", "R&D"}]),
        ("eq(description,null())", [each for each in ALL if each != "R&D"]),
        ("ne(description,null())", ["R&D"]),
        ("eq(icon,empty())", ALL),
        ("ne(icon,empty())", []),
        ("and(eq(id,'{Alpha}'),in(status,('Active','Disabled')),eq(name,'Alpha'))", ["Alpha"]),
        ("or(eq(name,'Alpha'),eq(name,'R&D'))", ["Alpha", "R&D"]),
        (
            "and(eq(account.id,'{client}'),or(eq(status,'Disabled'),eq(name,'a+b')))",
            ["Alpha", "a+b"],
        ),
        ("not(eq(status,'Active'))", ["Alpha"]),
        ("not(and(eq(id,'{Alpha}'),eq(name,'B')))", ALL),
        ("any(modules,eq(id,'MOD-1756'))", MANAGERS),
        ("any(modules,and(eq(id,'MOD-2001'),eq(name,'Billing')))", ["Reader", "R&D"]),
        ("all(modules,eq(id,'MOD-1756'))", [each for each in MANAGERS if each != "R&D"]),
        ("eq(account.id,%22{client}%22)", ALL),
        ("eq(account.id,%20{client})&status=Disabled", ["Alpha"]),
        (
            'eq(account.id,"{client}")&eq(status,"Active")&like(name,"mobile-e2e-setup-*")',
            ["mobile-e2e-setup-1"],
        ),
        ("select=-name,+name&eq(name,'Alpha')", ["Alpha"]),
    ],
)
async def test_every_filter_that_clients_write(
    market: Market, ids: dict[str, str], sent: str, found: list[str]
) -> None:
    places = {"client": market.world.client.id, **ids}
    for name, text in places.items():
        sent = sent.replace(f"{{{name}}}", text)
    if "-name" in sent:
        sent = sent.replace("-name,+name", "+name")
    assert await names(market, sent) == found


@pytest.mark.parametrize(
    ("sent", "piece"),
    [
        ("in(id,())", "id"),
        ("eq(name,'O'Brien')", "eq(name"),
        ("eq(name,'a", "eq(name"),
        ("rql=eq(id,'x')", "rql"),
        ("unknown(id,'x')", "unknown"),
        ("eq(unknown,'x')", "unknown"),
        ("gt(status,'x')", "status"),
        ("eq(status,'Lost')", "status"),
        ("eq(audit.created.at,'yesterday')", "audit.created.at"),
        ("and()", "and"),
        ("eq(name,'x'", "eq(name"),
        ("limit=-1", "limit"),
        ("limit=x", "limit"),
        ("offset=1.5", "offset"),
        ("order=unknown", "unknown"),
        ("not(" * 33 + "eq(id,'x')" + ")" * 33, "not"),
        ("eq(name,'" + "x" * 9 * 1024 + "')", "query"),
    ],
)
async def test_what_cannot_be_understood_is_said_by_its_piece(
    market: Market, sent: str, piece: str
) -> None:
    answer = await market.client.wire.get(f"{TOKENS}?{sent}")
    assert list(answer.errors) == [piece]


@pytest.mark.parametrize("sent", ["eq(token,'{value}')", "token={value}", "in(token,('{value}'))"])
async def test_tokens_are_not_found_by_their_value(market: Market, sent: str) -> None:
    value = market.client.value
    answer = await market.client.wire.get(f"{TOKENS}?limit=2&{sent.replace('{value}', value)}")
    assert list(answer.errors) == ["token"]
    assert value.encode() not in answer.body


def envelope(answer_json: dict[str, Any]) -> dict[str, int]:
    """The pagination, of which the client takes these three keys and no other."""
    pagination: dict[str, int] = answer_json["$meta"]["pagination"]
    assert list(pagination) == ["offset", "limit", "total"]
    return pagination


async def test_a_list_in_its_envelope(market: Market, ids: dict[str, str]) -> None:
    wire = market.client.wire
    sent = f"limit=5&offset=0&and(eq(id,'{ids['Alpha']}'),eq(name,'Alpha'))"
    answer = await wire.get(f"{TOKENS}?{sent}")
    assert answer.status == 200
    assert answer.json == {
        "$meta": {
            "pagination": {"offset": 0, "limit": 5, "total": 1},
            "omitted": ["token", "modules", "audit"],
        },
        "data": [
            {
                "id": ids["Alpha"],
                "status": "Disabled",
                "name": "Alpha",
                "description": None,
                "icon": None,
                "lastAccessAt": None,
                "account": {
                    "id": market.world.client.id,
                    "type": "Client",
                    "status": "Active",
                    "icon": None,
                    "name": "Blue Client",
                },
            }
        ],
    }


async def test_the_wire_forms_of_the_contract(market: Market, ids: dict[str, str]) -> None:
    wire, alpha = market.client.wire, ids["Alpha"]
    everything = (
        f"{TOKENS}?limit=5&offset=0&order=-audit.created.at,name"
        f"&select=+id,name,-description,audit&eq(id,'{alpha}')&render()"
    )
    [found] = (await wire.get(everything)).json["data"]
    assert list(found) == ["id", "status", "name", "icon", "lastAccessAt", "account", "audit"]
    without_name = (
        f"{TOKENS}?limit=100&offset=0&select=-name&and(eq(id,'{alpha}'),eq(name,'Alpha'))"
    )
    answer = (await wire.get(without_name)).json
    assert [each["id"] for each in answer["data"]] == [alpha]
    assert "name" not in answer["data"][0]
    assert answer["$meta"]["omitted"] == ["name", "token", "modules", "audit"]
    one = (await wire.get(f"{TOKENS}/{alpha}?select=%2Baudit%2C-name")).json
    assert one["$meta"]["omitted"] == ["name", "token"]
    assert "audit" in one


async def test_pages(market: Market, ids: dict[str, str]) -> None:
    wire = market.client.wire
    whole = (await wire.get(TOKENS)).json
    assert envelope(whole) == {"offset": 0, "limit": 10, "total": 8}
    assert [each["id"] for each in whole["data"]] == sorted(each["id"] for each in whole["data"])
    paged: list[str] = []
    for offset in range(0, 9, 3):
        page = await wire.get(f"{TOKENS}?limit=3&offset={offset}&order=status")
        assert envelope(page.json) == {"offset": offset, "limit": 3, "total": 8}
        paged += page.ids
    assert len(set(paged)) == 8
    for sent, limit in (("limit=0", 0), ("limit=101", 100), ("offset=8", 10)):
        answer = (await wire.get(f"{TOKENS}?{sent}")).json
        assert envelope(answer)["limit"] == limit
        assert envelope(answer)["total"] == 8
    assert (await wire.get(f"{TOKENS}?limit=0")).ids == []
    assert (await wire.get(f"{TOKENS}?offset=1000000")).ids == []
    assert (await wire.get(f"{TOKENS}?limit=101")).ids == [each["id"] for each in whole["data"]]


async def test_orders(market: Market, ids: dict[str, str]) -> None:
    wire = market.client.wire
    for sent, expected in (
        ("order=name", sorted(ALL)),
        ("order=+name", sorted(ALL)),
        ("order=%2Bname", sorted(ALL)),
        ("order=%20name", sorted(ALL)),
        ("order=-name", sorted(ALL, reverse=True)),
        ("order=-audit.created.at,name", [*reversed(NAMES), "Reader", "Client manager"]),
    ):
        answer = await wire.get(f"{TOKENS}?{sent}&limit=100")
        assert [each["name"] for each in answer.json["data"]] == expected, sent


USUAL = ["id", "status", "name", "description", "icon", "lastAccessAt", "account"]


@pytest.mark.parametrize(
    ("sent", "fields"),
    [
        ("", USUAL),
        ("select=", USUAL),
        ("select=name", USUAL),
        ("select=+modules", [*USUAL, "modules"]),
        ("select=*", [*USUAL, "modules", "audit"]),
        ("select=-*,id,name,status,icon", ["id", "status", "name", "icon"]),
        ("select=id,name,-*", ["id", "name"]),
        ("select=-*", ["id"]),
        ("select=-id,-name,-status", ["id", "description", "icon", "lastAccessAt", "account"]),
        ("select=nothing,-nowhere,a.b.c", USUAL),
        ("select=name.first", USUAL),
    ],
)
async def test_selections(
    market: Market, ids: dict[str, str], sent: str, fields: list[str]
) -> None:
    answer = (await market.client.wire.get(f"{TOKENS}?{sent}&eq(name,'R&D')")).json
    assert list(answer["data"][0]) == fields
    left = [*USUAL[:6], "token", "account", "modules", "audit"]
    assert answer["$meta"]["omitted"] == [name for name in left if name not in fields]


async def test_selections_within(market: Market, ids: dict[str, str]) -> None:
    wire = market.client.wire

    async def selected(select: str) -> Any:
        answer = await wire.get(f"{TOKENS}?select={select}&eq(name,'R&D')")
        return answer.json["data"][0]

    shown = await selected("+modules.id")
    assert shown["modules"] == [{"id": "MOD-1756"}, {"id": "MOD-2001"}]
    shown = await selected("-*,modules.name,account.name")
    assert list(shown) == ["id", "account", "modules"]
    assert shown["account"] == {"id": market.world.client.id, "name": "Blue Client"}
    assert shown["modules"][1] == {"id": "MOD-2001", "name": "Billing"}
    shown = await selected("+modules,-modules.settings,-account.name,-account.id")
    assert "settings" not in shown["modules"][0]
    assert list(shown["account"]) == ["id", "type", "status", "icon"]
    shown = await selected("audit.created.at")
    assert list(shown["audit"]) == ["created"]
    assert list(shown["audit"]["created"]) == ["at"]

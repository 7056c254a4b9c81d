"""Filters of the list of tokens: each alone, and all together; what is made up finds nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from server.desk import Desk
from server.domain.actor import NOBODY, ActorKind, ActorView
from server.domain.errors import SignInNeeded
from server.domain.tokens.lifecycle import TokenStatus
from server.services.search import token_list
from server.services.search.token_list import TokenFilter, search_words
from tests.support.clock import START, TurnableClock
from tests.support.factories import made, text_of
from tests.support.world import ORIGIN, World

DAY = timedelta(days=1)
NUMBERS = ["zero", "one", "two", "three", "four"]
INSTANT = timedelta(microseconds=1)


@pytest.fixture
async def secrets(desk: Desk, world: World, clock: TurnableClock) -> dict[str, str]:
    """Five tokens on five days, by name; now it is the start of the sixth. Their secrets."""
    texts: dict[str, str] = {}
    for n, (name, module_ids, ends_in) in enumerate(
        [
            ("off", ["MOD-1756"], None),
            ("old", ["MOD-1756", "MOD-2001"], 2 * DAY),
            ("soon", ["MOD-2001"], 4 * DAY),
            ("later", ["MOD-2001", "MOD-2002"], 40 * DAY),
            ("program", ["MOD-2002"], None),
        ]
    ):
        actor = world.admin
        if name == "program":
            program = await desk.verifier.actor(texts["old"], ORIGIN)
            assert program is None, "it expired"
            program = await desk.verifier.actor(texts["off"], ORIGIN)
            assert program is not None
            # It grants what it has itself.
            actor = replace(program, module_ids=frozenset(module_ids) | program.module_ids)
        minted = await made(
            desk,
            actor,
            name,
            module_ids=module_ids,
            expires_at=clock() + ends_in if ends_in else None,
            description=f"number {NUMBERS[n]}",
        )
        texts[name] = text_of(minted)
        if name in {"off", "soon"}:
            assert await desk.verifier.actor(texts[name], ORIGIN)
            await desk.usage.write()
        clock.advance(DAY)
    await desk.usage.write()
    await desk.tokens.disable(world.admin, texts["off"][4:17])
    await made(desk, world.other_admin, "foreign", module_ids=["MOD-2003"])
    return texts


async def found(desk: Desk, world: World, **wanted: Any) -> set[str]:
    """The names that all ways of asking agree upon."""
    list_query = TokenFilter(**wanted)
    page = await desk.token_list.page(world.viewer, number=1, size=100, wanted=list_query)
    window = await desk.token_list.cursor_page(world.viewer, first=100, wanted=list_query)
    everything = await desk.token_list.all(world.viewer, list_query)
    assert list(page.items) == list(window.items) == everything
    assert await desk.token_list.ids(world.viewer, list_query) == [token.id for token in everything]
    assert page.total == window.total == len(everything)
    return {token.name for token in everything}


EXPIRED, ACTIVE = TokenStatus.EXPIRED, TokenStatus.ACTIVE


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({}, {"off", "old", "soon", "later", "program"}),
        ({"statuses": []}, {"off", "old", "soon", "later", "program"}),
        ({"statuses": [TokenStatus.DISABLED]}, {"off"}),
        ({"statuses": [EXPIRED]}, {"old"}),
        ({"statuses": [ACTIVE]}, {"soon", "later", "program"}),
        ({"statuses": [EXPIRED, TokenStatus.DISABLED, EXPIRED]}, {"old", "off"}),
        ({"statuses": list(TokenStatus)}, {"off", "old", "soon", "later", "program"}),
        ({"module_ids": ["MOD-2001"]}, {"old", "soon", "later"}),
        ({"module_ids": ["MOD-1756", "MOD-2002"]}, {"off", "old", "later", "program"}),
        ({"module_ids": ["MOD-1756", "MOD-2001"], "all_modules": True}, {"old"}),
        ({"module_ids": ["MOD-1756", "MOD-2002"], "all_modules": True}, set()),
        ({"module_ids": [], "all_modules": True}, {"off", "old", "soon", "later", "program"}),
        ({"module_ids": ["MOD-9999"]}, set()),
        ({"module_ids": ["nonsense", "\x00", "x" * 999]}, set()),
        ({"module_ids": ["nonsense", "MOD-2001"]}, {"old", "soon", "later"}),
        ({"module_ids": ["nonsense", "MOD-2001"], "all_modules": True}, set()),
        ({"created_since": START + 3 * DAY}, {"later", "program"}),
        ({"created_until": START + 3 * DAY}, {"off", "old", "soon"}),
        ({"created_since": START + DAY, "created_until": START + 2 * DAY}, {"old"}),
        ({"never_used": True}, {"old", "later", "program"}),
        ({"unused_since": START + 2 * DAY}, {"old", "later", "program"}),
        ({"unused_since": START + 2 * DAY + INSTANT}, {"old", "soon", "later", "program"}),
        ({"unused_since": START + 9 * DAY}, {"off", "old", "soon", "later", "program"}),
        ({"expiring_within": DAY}, {"soon"}),
        ({"expiring_within": DAY - INSTANT}, set()),
        ({"expiring_within": 38 * DAY}, {"soon", "later"}),
        ({"expiring_within": timedelta.max}, {"soon", "later"}),
        ({"expiring_within": timedelta(0)}, set()),
        ({"expiring_within": -DAY}, set()),
        ({"created_by_id": "operator"}, set()),
        ({"created_by_id": "x" * 999}, set()),
        ({"created_by_id": "\x00"}, set()),
        ({"account_id": "ACC-0000-0000"}, set()),
        ({"account_id": "x" * 999}, set()),
        ({"account_id": "\ud800"}, set()),
        ({"search": "NUMBER one"}, {"old"}),
        (
            {"search": "number", "statuses": [ACTIVE], "module_ids": ["MOD-2001"]},
            {"soon", "later"},
        ),
        (
            {
                "search": "number",
                "statuses": [ACTIVE],
                "module_ids": ["MOD-2001"],
                "never_used": True,
                "created_since": START,
                "created_until": START + 9 * DAY,
                "expiring_within": 99 * DAY,
            },
            {"later"},
        ),
    ],
)
async def test_filters(
    desk: Desk, world: World, secrets: dict[str, str], wanted: dict[str, Any], names: set[str]
) -> None:
    assert await found(desk, world, **wanted) == names


async def test_by_account_and_by_creator(desk: Desk, world: World, secrets: dict[str, str]) -> None:
    program = secrets["off"][4:17]
    assert await found(desk, world, created_by_id=world.admin.id) == set(secrets) - {"program"}
    assert await found(desk, world, created_by_id=program) == {"program"}
    assert await found(desk, world, account_id=world.client.id) == set(secrets)
    assert await found(desk, world, account_id=world.vendor.id) == set()
    foreign = TokenFilter(account_id=world.vendor.id)
    everywhere = await desk.token_list.all(world.operations_admin, foreign)
    assert [token.name for token in everywhere] == ["foreign"]
    ada = ActorView(world.admin.id, "Ada Admin", ActorKind.USER)
    its = ActorView(program, "off", ActorKind.TOKEN)
    otto = ActorView(world.other_admin.id, "Otto Other", ActorKind.USER)
    assert await desk.token_list.creators(world.viewer) == [ada, its]
    assert await desk.token_list.creators(world.operations_admin) == [ada, otto, its]
    for name in ("soon", "program"):
        await desk.tokens.delete(world.admin, secrets[name][4:17])
    assert await desk.token_list.creators(world.viewer) == [ada]
    with pytest.raises(SignInNeeded):
        await desk.token_list.creators(NOBODY)


async def test_a_pasted_secret_finds_its_token_and_its_value_goes_nowhere(
    desk: Desk, world: World, secrets: dict[str, str]
) -> None:
    for name, text in secrets.items():
        value = text.split(":")[2]
        for pasted in (
            text,
            text.lower(),
            text.upper(),
            text.removeprefix("idt:"),
            text.removeprefix("idt:").lower(),
            f"  {text}\n",
            text[:40],
            text[:17] + ":",
            text[4:17],
        ):
            assert search_words(pasted) == [text[4:17]]
            assert value.lower() not in " ".join(search_words(pasted)).lower()
            assert await found(desk, world, search=pasted) == {name}
        assert await found(desk, world, search=f"{text} {name}") == {name}
        assert await found(desk, world, search=f"{text} nothing") == set()
    wrong = secrets["off"][:-1] + "!"
    assert await found(desk, world, search=wrong) == {"off"}


async def test_ids_are_at_most_one_more_than_may_change_at_once(
    desk: Desk, world: World, secrets: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_list, "MOST_AT_ONCE", 2)
    newest = [secrets[name][4:17] for name in ("program", "later", "soon")]
    assert await desk.token_list.ids(world.viewer, TokenFilter()) == newest


async def test_a_page_tells_of_tokens_what_every_other_way_tells(desk: Desk, world: World) -> None:
    """It reads values where the others read models: expiry, withdrawn modules and all."""
    ends = desk.clock() + timedelta(days=3)
    kept = await made(desk, world.admin, "Kept", module_ids=["MOD-1756", "MOD-2002"])
    await made(desk, world.admin, "Ends", expires_at=ends)
    await desk.tokens.disable(world.admin, kept.token.id)
    await desk.modules.disable(world.operations_admin, "MOD-2002", world.client.id)
    page = await desk.token_list.page(world.viewer, number=1, size=10)
    assert page.items == await desk.token_list.all(world.viewer)
    assert {each.expires_at for each in page.items} == {None, ends}
    assert [len(each.withdrawn_modules) for each in page.items if each.name == "Kept"] == [1]
    for each in page.items:
        assert each == await desk.tokens.get(world.viewer, each.id)

"""Lists of tokens: numbered pages for people, windows with cursors for programs."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from server.desk import Desk
from server.domain.errors import Invalid
from server.domain.tokens.lifecycle import TokenState, TokenStatus
from server.models.tokens import Token
from server.services.pagination.pages import CursorPage
from server.services.search.token_list import TokenFilter, TokenOrder
from server.services.tokens.views import TokenView
from tests.support.clock import TurnableClock
from tests.support.world import World


async def fill(desk: Desk, world: World, clock: TurnableClock, count: int) -> list[str]:
    """Tokens named 0, 1, 2 …, two at each moment; their names, newest first."""
    made = []
    for n in range(count):
        if n % 2 == 0:
            clock.advance(timedelta(seconds=1))
        made.append(
            (await desk.tokens.create(world.admin, name=f"{n}", module_ids=["MOD-1756"])).token
        )
    made.sort(key=lambda token: (token.created_at, token.id), reverse=True)
    return [token.name for token in made]


def by(text: str) -> TokenFilter:
    return TokenFilter(search=text)


def names(window: CursorPage[TokenView]) -> list[str]:
    return [token.name for token in window.items]


async def test_pages(desk: Desk, world: World, clock: TurnableClock) -> None:
    empty = await desk.token_list.page(world.viewer, number=7, size=10)
    assert (empty.items, empty.number, empty.pages, empty.total) == ([], 1, 1, 0)
    assert (empty.first_row, empty.last_row) == (0, 0)
    newest_first = await fill(desk, world, clock, 7)
    found = [await desk.token_list.page(world.viewer, number=n, size=3) for n in (1, 2, 3)]
    assert [[token.name for token in page.items] for page in found] == [
        newest_first[:3],
        newest_first[3:6],
        newest_first[6:],
    ]
    assert [(page.first_row, page.last_row, page.total, page.pages) for page in found] == [
        (1, 3, 7, 3),
        (4, 6, 7, 3),
        (7, 7, 7, 3),
    ]
    for number in (4, 10**30):
        assert await desk.token_list.page(world.viewer, number=number, size=3) == found[2]
    for number in (0, -5):
        assert await desk.token_list.page(world.viewer, number=number, size=3) == found[0]
    assert (await desk.token_list.page(world.other_admin, number=1, size=3)).total == 0
    assert (await desk.token_list.page(world.operations_admin, number=1, size=3)).total == 7


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
async def test_a_walk_in_either_direction_meets_each_once(
    desk: Desk, world: World, clock: TurnableClock, size: int
) -> None:
    expected = await fill(desk, world, clock, 7)
    for order, descending in ((TokenOrder.CREATED_AT, True), (TokenOrder.NAME, False)):
        if order is TokenOrder.NAME:
            expected = sorted(expected)
        ask: dict[str, Any] = {"order": order, "descending": descending}
        met: list[str] = []
        cursor, more = None, True
        while more:
            window = await desk.token_list.cursor_page(world.admin, first=size, after=cursor, **ask)
            assert window.total == 7
            assert window.has_previous == (cursor is not None)
            met += names(window)
            cursor, more = window.cursors[-1], window.has_next
        assert met == expected
        met, cursor, more = [], None, True
        while more:
            window = await desk.token_list.cursor_page(world.admin, last=size, before=cursor, **ask)
            assert window.has_next == (cursor is not None)
            met = names(window) + met
            cursor, more = window.cursors[0], window.has_previous
        assert met == expected


async def test_a_walk_is_not_disturbed_by_what_comes_and_goes(
    desk: Desk, world: World, clock: TurnableClock
) -> None:
    expected = await fill(desk, world, clock, 6)
    window = await desk.token_list.cursor_page(world.admin, first=3)
    await fill(desk, world, clock, 1)
    await Token.filter(id=window.items[-1].id).update(state=TokenState.DELETED)
    rest = await desk.token_list.cursor_page(world.admin, first=10, after=window.cursors[-1])
    assert names(rest) == expected[3:]


async def test_sizes(desk: Desk, world: World, clock: TurnableClock) -> None:
    await fill(desk, world, clock, 27)
    assert len((await desk.token_list.cursor_page(world.admin)).items) == 25
    nothing = await desk.token_list.cursor_page(world.admin, first=0)
    assert (nothing.items, nothing.has_next, nothing.total) == ([], True, 27)
    assert len((await desk.token_list.cursor_page(world.admin, first=100)).items) == 27
    refused: list[dict[str, Any]] = [{"first": 101}, {"first": -1}, {"last": 101}, {"last": -1}]
    for wrong in refused:
        with pytest.raises(Invalid, match="must be between 0 and 100"):
            await desk.token_list.cursor_page(world.admin, **wrong)
    with pytest.raises(Invalid, match="first or last, not both"):
        await desk.token_list.cursor_page(world.admin, first=1, last=1)


def made_up(*parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "!!!!",
        "ä",
        "\x00",
        "\ud800",
        "x" * 10_000,
        made_up(),
        made_up("created_at", "2030-01-01T00:00:00+00:00"),
        made_up("name", "a", "TKN-1234-5678"),
        made_up("created_at", 1, "TKN-1234-5678"),
        made_up("created_at", "2030-01-01T00:00:00+00:00", 1),
        made_up("created_at", "yesterday", "TKN-1234-5678"),
        made_up("created_at", "2030-01-01T00:00:00", "TKN-1234-5678"),
        made_up("created_at", "0001-01-01T00:00:00+14:00", "TKN-1234-5678"),
        made_up("created_at", "2030-01-01T00:00:00+00:00", "\x00"),
        made_up("created_at", "2030-01-01T00:00:00+00:00", "x" * 200),
        base64.urlsafe_b64encode(b"[" * 5_000).decode(),
    ],
)
async def test_a_cursor_is_of_this_list_in_this_order(
    desk: Desk, world: World, cursor: str
) -> None:
    for argument in ("after", "before"):
        with pytest.raises(Invalid, match="not one of this list") as refusal:
            await desk.token_list.cursor_page(world.admin, **{argument: cursor})  # type: ignore[arg-type]
        assert refusal.value.path == (argument,)


async def test_search_finds_all_words_in_name_description_and_id(desk: Desk, world: World) -> None:
    wanted = await desk.tokens.create(
        world.admin, name="Über_nacht 100%", module_ids=["MOD-1756"], description="Nightly \\ run"
    )
    await desk.tokens.create(world.admin, name="Other", module_ids=["MOD-1756"])
    await desk.tokens.create(world.other_admin, name="Übernacht", module_ids=["MOD-1756"])
    for search in (
        "über",
        "ÜBER",
        "U\u0308ber",
        "nightly NACHT",
        wanted.token.id.lower(),
        "100%",
        "_",
        "\\",
        "r_n",
        " \x00 über ",
    ):
        assert names(await desk.token_list.cursor_page(world.admin, wanted=by(search))) == [
            wanted.token.name
        ]
    for search in ("nacht other", "Ubernacht", "%%", "'", "x" * 5_000):
        assert names(await desk.token_list.cursor_page(world.admin, wanted=by(search))) == []
    for search in ("", " ", "\x00", "o "):
        assert (await desk.token_list.cursor_page(world.admin, wanted=by(search))).total >= 1
    assert (await desk.token_list.cursor_page(world.admin, wanted=by("r " * 500))).total == 2


async def test_filter_by_status(desk: Desk, world: World, clock: TurnableClock) -> None:
    for name, expires_in in (("Plain", None), ("Long", 60), ("Short", 1), ("Off", 1)):
        expires_at = clock() + timedelta(minutes=expires_in) if expires_in else None
        await desk.tokens.create(
            world.admin, name=name, module_ids=["MOD-1756"], expires_at=expires_at
        )
    await Token.filter(name="Off").update(state=TokenState.DISABLED)
    clock.advance(timedelta(minutes=1))
    found = {
        status: sorted(
            names(
                await desk.token_list.cursor_page(
                    world.admin, wanted=TokenFilter(statuses=[status])
                )
            )
        )
        for status in TokenStatus
    }
    assert found == {
        TokenStatus.ACTIVE: ["Long", "Plain"],
        TokenStatus.DISABLED: ["Off"],
        TokenStatus.EXPIRED: ["Short"],
    }
    for status, expected in found.items():
        window = await desk.token_list.cursor_page(
            world.admin, wanted=TokenFilter(statuses=[status])
        )
        assert {token.status for token in window.items} == {status}
        assert window.total == len(expected)

"""Tokens in every order, both ways: a walk by cursors meets each exactly once, in that order."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from server.desk import Desk
from server.domain.errors import Invalid
from server.domain.text.validation import name_key
from server.domain.tokens.lifecycle import TokenState
from server.models.tokens import Token
from server.services.search.token_list import TokenOrder
from server.services.tokens.views import TokenView
from tests.services.search.test_token_lists import made_up
from tests.support.clock import TurnableClock
from tests.support.factories import made
from tests.support.world import World

DAY = timedelta(days=1)
NEVER_USED: Final = datetime.min.replace(tzinfo=UTC)
ENDLESS: Final = datetime.max.replace(tzinfo=UTC)

KEYS: dict[TokenOrder, Callable[[TokenView], Any]] = {
    TokenOrder.CREATED_AT: lambda token: token.created_at,
    TokenOrder.NAME: lambda token: name_key(token.name),
    TokenOrder.CREATED_BY: lambda token: token.created_by.name,
    TokenOrder.UPDATED_AT: lambda token: token.updated_at,
    TokenOrder.LAST_ACCESS_AT: lambda token: token.last_access_at or NEVER_USED,
    TokenOrder.EXPIRES_AT: lambda token: token.expires_at or ENDLESS,
    TokenOrder.STATUS: lambda token: (
        token.status.value == "disabled",
        token.expires_at or ENDLESS,
    ),
}

NAMES = ["beta", "Alpha", "ALPHA", "ǰ", "Straße", "ΐ", "x" * 254 + "ß", "Über", "beta", "alpha"]
"""Among them: equal but for case, and such as lower case makes longer or takes apart."""


@pytest.fixture
async def tokens(desk: Desk, world: World, clock: TurnableClock) -> list[TokenView]:
    """Tokens with equal, different and missing values in every column."""
    for n, name in enumerate(NAMES):
        actor = world.admin if n % 3 else world.operations_admin
        expires_at = clock() + n % 4 * DAY if n % 4 else None
        token_id = (await made(desk, world.admin, name, expires_at=expires_at)).token.id
        row = Token.filter(id=token_id)
        await row.update(created_by_id=actor.id, created_by_name=actor.name)
        if n % 2:
            await row.update(last_access_at=clock() + n // 4 * DAY)
        if n % 5 == 0:
            await row.update(state=TokenState.DISABLED)
        if n % 2 == 0:
            clock.advance(timedelta(hours=1))
        await row.update(updated_at=clock())
    clock.advance(DAY)
    found = await desk.token_list.all(world.admin)
    assert len(found) == len(NAMES)
    assert {token.status.value for token in found} == {"active", "disabled", "expired"}
    return found


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("order", TokenOrder)
async def test_pages_and_walks_in_every_order(
    desk: Desk, world: World, tokens: list[TokenView], order: TokenOrder, descending: bool
) -> None:
    key = KEYS[order]
    ordered = sorted(tokens, key=lambda token: (key(token), token.id), reverse=descending)
    ids = [token.id for token in ordered]
    ask: dict[str, Any] = {"order": order, "descending": descending}
    page = await desk.token_list.page(world.viewer, number=1, size=100, **ask)
    assert [token.id for token in page.items] == ids
    numbered = [
        token.id
        for number in (1, 2, 3, 4)
        for token in (await desk.token_list.page(world.viewer, number=number, size=3, **ask)).items
    ]
    assert numbered == ids
    for size in (1, 3, 10):
        met: list[str] = []
        cursor, more = None, True
        while more:
            window = await desk.token_list.cursor_page(
                world.viewer, first=size, after=cursor, **ask
            )
            met += [token.id for token in window.items]
            cursor, more = window.cursors[-1], window.has_next
        assert met == ids
    met, cursor, more = [], None, True
    while more:
        window = await desk.token_list.cursor_page(world.viewer, last=3, before=cursor, **ask)
        met = [token.id for token in window.items] + met
        cursor, more = window.cursors[0], window.has_previous
    assert met == ids


async def test_never_used_comes_first_and_endless_last(
    desk: Desk, world: World, tokens: list[TokenView]
) -> None:
    by_use = await desk.token_list.page(
        world.admin, number=1, size=100, order=TokenOrder.LAST_ACCESS_AT, descending=False
    )
    assert [token.last_access_at is None for token in by_use.items] == [True] * 5 + [False] * 5
    by_end = await desk.token_list.page(
        world.admin, number=1, size=100, order=TokenOrder.EXPIRES_AT, descending=False
    )
    assert [token.expires_at is None for token in by_end.items] == [False] * 7 + [True] * 3


async def test_by_status_come_expired_then_active_then_disabled(
    desk: Desk, world: World, tokens: list[TokenView]
) -> None:
    page = await desk.token_list.page(
        world.admin, number=1, size=100, order=TokenOrder.STATUS, descending=False
    )
    met = list(dict.fromkeys(token.status.value for token in page.items))
    assert met == ["expired", "active", "disabled"]


@pytest.mark.parametrize(
    ("order", "values"),
    [
        (TokenOrder.NAME, ["a\x00"]),
        (TokenOrder.NAME, ["\ud800"]),
        (TokenOrder.NAME, ["x" * 300]),
        (TokenOrder.CREATED_BY, ["x" * 300]),
        (TokenOrder.STATUS, ["x" * 200, "2030-01-01T00:00:00+00:00"]),
        (TokenOrder.STATUS, ["nonsense", "2030-01-01T00:00:00+00:00"]),
        (TokenOrder.STATUS, ["active", "tomorrow"]),
        (TokenOrder.EXPIRES_AT, ["2030-01-01T00:00:00"]),
        (TokenOrder.LAST_ACCESS_AT, ["0001-01-01T00:00:00+14:00"]),
    ],
)
async def test_a_made_up_cursor_of_the_right_columns_is_refused(
    desk: Desk, world: World, order: TokenOrder, values: list[str]
) -> None:
    cursor = made_up(*order.value, *values, "TKN-1234-5678")
    with pytest.raises(Invalid, match="not one of this list"):
        await desk.token_list.cursor_page(world.admin, order=order, after=cursor)


async def test_a_cursor_is_of_one_order(desk: Desk, world: World, tokens: list[TokenView]) -> None:
    for order in TokenOrder:
        [cursor] = (await desk.token_list.cursor_page(world.admin, first=1, order=order)).cursors
        for other in set(TokenOrder) - {order}:
            with pytest.raises(Invalid, match="not one of this list in this order"):
                await desk.token_list.cursor_page(world.admin, order=other, after=cursor)

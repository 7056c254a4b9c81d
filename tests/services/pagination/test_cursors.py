"""Cursors: signed, so that only those that the desk gave out are taken, for their list alone."""

import base64
import string
from typing import Final

import pytest
from pydantic import SecretStr

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.domain.errors import Invalid
from server.services.crypto.key_ring import KeyRing
from server.services.pagination.cursors import cursors_of
from server.services.search.token_list import TokenOrder
from server.settings import Settings
from tests.support.databases import KEYS
from tests.support.factories import made
from tests.support.world import World

NEWER: Final = "another-key-" * 4
ALPHABET: Final = string.ascii_letters + string.digits + "-_"


@pytest.fixture
async def cursor(desk: Desk, world: World) -> str:
    """After the first of two tokens of the client, newest first."""
    for name in ("First", "Second"):
        await made(desk, world.admin, name)
    [cursor] = (await desk.token_list.cursor_page(world.admin, first=1)).cursors
    return cursor


async def taken(desk: Desk, cursor: str, **ask: object) -> bool:
    """Whether the client's list takes it; a refusal must be a complaint about the argument."""
    actor = ask.pop("actor")
    try:
        await desk.token_list.cursor_page(actor, after=cursor, **ask)  # type: ignore[arg-type]
    except Invalid as refusal:
        told = (refusal.message, refusal.path)
    else:
        return True
    assert told == ("This cursor is not one of this list in this order.", ("after",))
    return False


async def test_any_changed_character_is_noticed(desk: Desk, world: World, cursor: str) -> None:
    assert await taken(desk, cursor, actor=world.admin)
    for place, character in enumerate(cursor):
        other = ALPHABET[(ALPHABET.index(character) + 1) % len(ALPHABET)]
        changed = cursor[:place] + other + cursor[place + 1 :]
        assert not await taken(desk, changed, actor=world.admin), place
    for changed in (cursor[:-1], cursor + "A", cursor + "=", f" {cursor}", cursor + "\n"):
        assert not await taken(desk, changed, actor=world.admin), changed


async def test_what_it_says_cannot_be_said_by_others(desk: Desk, world: World, cursor: str) -> None:
    signed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    assert signed[16:].startswith(b'["20')
    for signature in (b"", signed[:15], bytes(16), signed[:16]):
        forged = signature + signed[16:].replace(b'["20', b'["21')
        text = base64.urlsafe_b64encode(forged).decode().rstrip("=")
        assert not await taken(desk, text, actor=world.admin)


async def test_it_is_of_one_account(desk: Desk, world: World, cursor: str) -> None:
    assert await taken(desk, cursor, actor=world.viewer)
    assert not await taken(desk, cursor, actor=world.other_admin)
    assert not await taken(desk, cursor, actor=world.operations_admin)


async def test_it_is_of_one_list(desk: Desk, world: World, cursor: str) -> None:
    assert not await taken(desk, cursor, actor=world.admin, order=TokenOrder.NAME)
    with pytest.raises(Invalid, match="not one of this list"):
        await desk.audit_trail.cursor_page(world.admin, after=cursor)
    [record, *_] = (await desk.audit_trail.cursor_page(world.admin, first=1)).cursors
    await desk.audit_trail.cursor_page(world.admin, after=record)
    assert not await taken(desk, record, actor=world.admin)


@pytest.fixture
def rotated(desk: Desk, settings: Settings) -> Desk:
    """The same desk after a new key came before the old one."""
    keys = SecretStr(f"{NEWER},{KEYS}")
    return Desk.build(settings.model_copy(update={"secret_keys": keys}), desk.clock)


async def test_a_rotation_of_the_key_ring_breaks_no_cursor(
    rotated: Desk, desk: Desk, world: World, cursor: str
) -> None:
    assert await taken(rotated, cursor, actor=world.admin)
    [newer] = (await rotated.token_list.cursor_page(world.admin, first=1)).cursors
    assert newer != cursor
    assert await taken(rotated, newer, actor=world.admin)
    assert not await taken(desk, newer, actor=world.admin), "it has not got the new key"


def test_the_longest_values_come_back() -> None:
    cursors = cursors_of(KeyRing(KEYS), "tokens", OPERATOR)
    columns = ("name_key", "id")
    for name in ("ß" * 255, "\U0001f600" * 255, '\x1f"\\' * 85, "", "a b"):
        values = [name, "TKN-1234-5678"]
        assert cursors.read(columns, cursors.write(columns, values)) == values
    assert cursors.read(columns, "A" * 1_000_000) is None

"""Every method of the desk that is told who acts, by every sort of actor, here and elsewhere.

Whoever is refused has changed nothing.
"""

import inspect
from typing import Final, get_type_hints

import pytest

from server.desk import Desk
from server.domain.errors import (
    DomainError,
    IllegalTransition,
    Invalid,
    NotAllowed,
    NotFound,
    SignInNeeded,
    Unavailable,
)
from server.services.tokens.views import BulkOutcome
from tests.guarantees.test_contract import public_methods
from tests.services import permission_rows, permission_token_rows
from tests.services.permission_things import Row
from tests.support.cast import Cast, Cell, build_cast
from tests.support.evidence import dump
from tests.support.world import World

ROWS: Final = permission_rows.ROWS | permission_token_rows.ROWS

UNGUARDED: Final = {
    "audit.change": "Services write through it when they have asked for permission.",
    "users.enter": "For services that have asked for permission already.",
}
ASKED_BY_NOBODY: Final = {
    "accounts.logo": "Logos are public.",
    "audit_trail.verify_chain": "A part of `verify`.",
    "changes.close": "The server is told to stop.",
    "drafts.sweep": "Housekeeping of the server.",
    "profile.change_password": "It takes the session's cookie and the password.",
    "profile.end_session": "It takes the session's cookie.",
    "profile.get": "It takes the session's cookie.",
    "profile.sessions": "It takes the session's cookie.",
    "profile.sign_out_everywhere": "It takes the session's cookie.",
    "secrets.note_refused": "The verifier's own note.",
    "sessions.confirm_password": "It takes the session's cookie and the password.",
    "sessions.link_owner": "It takes the link.",
    "sessions.resume": "It takes the session's cookie.",
    "sessions.sign_in": "It takes a password.",
    "sessions.sign_in_by_link": "It takes the link.",
    "sessions.sign_out": "It takes the session's cookie.",
    "sessions.sweep": "Housekeeping of the server.",
    "sessions.switch": "It takes the session's cookie.",
    "verification_metrics.count": "The verifier's own note.",
    "verification_metrics.verifications": "Who may is asked before.",
}
INNER: Final = {
    "events",
    "audit_seals",
    "erasure",
    "known_devices",
    "logos",
    "rate_limiter",
    "usage",
    "verifier",
}
"""Services that others are made of; what of them takes an actor has a row all the same."""

LETTERS: Final[dict[type[DomainError], str]] = {
    SignInNeeded: "S",
    NotAllowed: "N",
    NotFound: "U",
    IllegalTransition: "M",
    Invalid: "I",
    Unavailable: "W",
}
DONE: Final = "AE"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def outcome(row: Row, desk: Desk, cell: Cell, thing: object) -> str:
    """The letter of how a call ended."""
    try:
        found = await row.act(desk, cell, thing)
    except DomainError as refusal:
        return LETTERS[type(refusal)]
    if isinstance(found, BulkOutcome) and found.refused:
        return LETTERS[type(found.refused[0].refusal)]
    return "A" if row.sought is None or row.sought(cell) in repr(found) else "E"


async def fresh(row: Row, desk: Desk, cell: Cell) -> object:
    """What the call of a cell is about."""
    return None if row.prepare is None else await row.prepare(desk, cell)


def wants_an_actor(name: str) -> bool:
    """Whether the method is told who acts."""
    service, _, method = name.partition(".")
    called = getattr(get_type_hints(Desk)[service], method)
    return "actor" in inspect.signature(called).parameters


@pytest.fixture
async def cast(desk: Desk, world: World) -> Cast:
    """Everybody."""
    return await build_cast(desk, world)


def test_every_method_has_a_row(database_url: str) -> None:
    asked = {name for name in public_methods() if wants_an_actor(name)}
    assert {name.partition(":")[0] for name in ROWS} == asked - set(UNGUARDED)
    others = {each for each in public_methods() - asked if each.partition(".")[0] not in INNER}
    assert others == set(ASKED_BY_NOBODY)


@pytest.mark.parametrize("name", ROWS)
async def test_each_actor_may_do_what_the_matrix_says(name: str, desk: Desk, cast: Cast) -> None:
    row, found, wanted = ROWS[name], dict[str, str](), dict[str, str]()
    refused, done = list[Cell](), list[Cell]()
    for cell in cast.cells():
        wanted[str(cell)] = row.outcomes.of(cell)
        (done if wanted[str(cell)] in DONE else refused).append(cell)
    things = {str(cell): await fresh(row, desk, cell) for cell in refused}
    before = await dump(desk)
    for cell in refused:
        found[str(cell)] = await outcome(row, desk, cell, things[str(cell)])
    assert await dump(desk) == before, found
    for cell in done:
        found[str(cell)] = await outcome(row, desk, cell, await fresh(row, desk, cell))
    assert found == wanted

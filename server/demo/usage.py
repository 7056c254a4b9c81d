"""Weeks of usage by the demo's programs, identical each time the demo is created."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from server.demo.content import DemoToken
from server.desk import Desk
from server.domain.actor import Origin
from server.domain.verification.verdict import Grant, Outcome

HOUR: Final = timedelta(hours=1)
_NIGHT_HOUR: Final = 2


class Rhythm(Enum):
    """When a program sends requests."""

    OFFICE = "office"
    NIGHTLY = "nightly"
    HOURLY = "hourly"


@dataclass(frozen=True)
class _Program:
    """A program that uses a token.

    `calls` is the number of calls in a busy hour; one in `one_wrong_of` asks for a module that the
    token lacks.
    """

    rhythm: Rhythm
    calls: int
    origin: Origin
    one_wrong_of: int = 0


_PROGRAMS: Final = {
    "CRM robot": _Program(Rhythm.OFFICE, 420, Origin("203.0.113.7", "crm-robot/4.2"), 90),
    "Nightly billing export": _Program(Rhythm.NIGHTLY, 64, Origin("203.0.113.9", "curl/8.5.0")),
    "Terraform": _Program(Rhythm.OFFICE, 6, Origin("203.0.113.20", "Terraform/1.9.5")),
    "Load test": _Program(Rhythm.OFFICE, 9_000, Origin("198.51.100.4", "k6/0.52.0")),
    "Price list sync": _Program(Rhythm.HOURLY, 12, Origin("203.0.113.7", "python-httpx/0.28")),
    "Data warehouse": _Program(Rhythm.HOURLY, 150, Origin("203.0.113.31", "dbt/1.8"), 40),
    "Onboarding bot": _Program(Rhythm.OFFICE, 3, Origin("203.0.113.7", "onboarding/1.0")),
    "Chat assistant": _Program(Rhythm.OFFICE, 35, Origin("198.51.100.77", "node"), 12),
    "File drop": _Program(Rhythm.NIGHTLY, 18, Origin("203.0.113.9", "rclone/1.67")),
}
_UNTIL_TODAY: Final = frozenset({"Chat assistant", "Load test"})
"""Tokens whose programs keep calling although they are refused."""


def origin_of(token: DemoToken) -> Origin:
    """Return the address and user agent of the token's program."""
    program = _PROGRAMS.get(token.name)
    return program.origin if program else Origin("203.0.113.7", "demo-program/1.0")


def note_past(
    desk: Desk, token: DemoToken, grant: Grant, outcome: Outcome, today: datetime
) -> None:
    """Record all past calls of a token's program; the desk's next write of usage stores them."""
    program = _PROGRAMS.get(token.name)
    if program is None or not token.used_days_ago:
        return
    modules = sorted(grant.module_ids)[:1]
    begins = today - timedelta(days=max(token.made_days_ago - 1, token.used_days_ago[-1]))
    last_use = today - timedelta(days=token.used_days_ago[-1])
    ends = today if token.name in _UNTIL_TODAY else last_use
    for at, calls in _calls(token.name, program, begins, ends):
        if at > last_use:
            desk.usage.note(grant, outcome, (), program.origin, at, calls=max(1, calls // 20))
            continue
        desk.usage.note(grant, Outcome.VALID, modules, program.origin, at, calls=calls)
        if program.one_wrong_of and calls >= program.one_wrong_of:
            wrong, scope = calls // program.one_wrong_of, Outcome.INSUFFICIENT_SCOPE
            desk.usage.note(grant, scope, (), program.origin, at, calls=wrong)


def _calls(
    name: str, program: _Program, begins: datetime, ends: datetime
) -> Iterator[tuple[datetime, int]]:
    """Yield each hour in which the program calls, and the number of calls."""
    at = begins
    while at <= ends:
        calls = program.calls * _busy(program.rhythm, at) * (50 + _chance(name, at)) // 10_000
        if calls:
            yield at, calls
        at += HOUR


def _busy(rhythm: Rhythm, at: datetime) -> int:
    """Return the share of a busy hour's calls that fall into this hour, in percent."""
    if rhythm is Rhythm.NIGHTLY:
        return 100 if at.hour == _NIGHT_HOUR else 0
    if rhythm is Rhythm.HOURLY:
        return 100
    weekend = at.weekday() >= 5
    return max(0, 100 - 12 * abs(at.hour - 13)) // (8 if weekend else 1)


def _chance(name: str, at: datetime) -> int:
    """Return a pseudo-random number from 0 to 99 that depends only on name and hour."""
    return hashlib.sha256(f"{name}{at:%j%H}".encode()).digest()[0] * 100 // 256

"""What every command does: open a desk, and print its answer for people or for programs."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, NoReturn, TypeVar

import typer

from server.desk import Desk
from server.domain.actor import OPERATOR, Actor, Origin
from server.domain.errors import Invalid, Refusal
from server.settings import Settings

Json = Annotated[bool, typer.Option("--json", help="Print one JSON value, for programs.")]
AccountOption = Annotated[str, typer.Option("--account", help="The account's id.")]

OPERATOR_HERE: Actor = replace(OPERATOR, origin=Origin("", "tokendesk command line"))

Answer = TypeVar("Answer")


def with_desk(work: Callable[[Desk], Awaitable[Answer]]) -> Answer:
    """Run some work on a desk that is open meanwhile."""
    return _run(work)[0]


def open_once() -> list[str]:
    """Open the desk and close it; the migrations that were applied."""

    async def nothing(_: Desk) -> None:
        return None

    return _run(nothing)[1]


def _run(work: Callable[[Desk], Awaitable[Answer]]) -> tuple[Answer, list[str]]:
    async def run() -> tuple[Answer, list[str]]:
        desk = Desk.build(Settings())
        try:
            migrated = await desk.open()
            return await work(desk), migrated
        finally:
            await desk.close()

    return asyncio.run(run())


async def operator_of(desk: Desk, account_id: str) -> Actor:
    """The operator acting for an account, which must exist."""
    account = await desk.accounts.get(OPERATOR_HERE, account_id)
    return replace(OPERATOR_HERE, account_id=account.id, account_type=account.type)


def print_json(value: Any) -> None:
    """Exactly one JSON value on stdout."""
    print(json.dumps(value, ensure_ascii=False, default=_as_json))


def show(fields: Mapping[str, Any], *, as_json: bool) -> None:
    """One object: a JSON object, or a line for each field."""
    if as_json:
        print_json(fields)
        return
    width = max(map(len, fields))
    for name, value in fields.items():
        print(f"{name:<{width}}  {_as_text(value)}")


def show_all(rows: Iterable[Mapping[str, Any]], *, as_json: bool) -> None:
    """Many objects: a JSON array, or a table."""
    rows = list(rows)
    if as_json:
        print_json(rows)
        return
    if not rows:
        print("none")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*rows[0], header_style="bold")
    for row in rows:
        table.add_row(*map(_as_text, row.values()))
    Console().print(table, markup=False)


def complain(refusal: Refusal) -> NoReturn:
    """The refusal on stderr, each complaint on its line; exit code 1."""
    complaints = refusal.complaints if isinstance(refusal, Invalid) else ()
    for message in [each.message for each in complaints] or [refusal.message]:
        print(message, file=sys.stderr)
    sys.exit(1)


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    raise TypeError(f"{type(value).__name__} is not for JSON")


def _as_text(value: Any) -> str:
    if value is None or value == "":
        return "-"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)

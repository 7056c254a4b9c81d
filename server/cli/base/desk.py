"""Opening a desk for one command as its operator, with readable errors."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Final, TypeVar

import typer

from server.cli.base.database_url import mask, must_name_a_database
from server.domain.actor import OPERATOR, Actor, Origin
from server.domain.errors import Invalid, Unavailable

if TYPE_CHECKING:
    from server.desk import Desk
    from server.settings import Settings

AccountOption = Annotated[str, typer.Option("--account", help="The account's id.")]

OPERATOR_HERE: Final = replace(OPERATOR, origin=Origin("", "tokendesk command line"))
_LONGEST_REASON: Final = 200

Answer = TypeVar("Answer")


def load_settings() -> "Settings":
    """Load and validate the settings; raise `Invalid` if the URL names no database."""
    from server.settings import Settings

    settings = Settings()
    must_name_a_database(settings.database_location)
    return settings


def with_desk(work: Callable[["Desk"], Awaitable[Answer]]) -> Answer:
    """Run `work` on an open desk and return its result; raise `Unavailable` if storage fails."""
    return _run(work)[0]


def open_once() -> list[str]:
    """Open the desk and close it again; return the migrations that were applied."""

    async def nothing(_: "Desk") -> None:
        return None

    return _run(nothing)[1]


async def operator_of(desk: "Desk", account_id: str) -> Actor:
    """Return the operator as an actor for an account; `NotFound` if it does not exist."""
    account = await desk.accounts.get(OPERATOR_HERE, account_id)
    return replace(OPERATOR_HERE, account_id=account.id, account_type=account.type)


def _run(work: Callable[["Desk"], Awaitable[Answer]]) -> tuple[Answer, list[str]]:
    from server.database import STORAGE_FAILURES

    settings = load_settings()

    async def run() -> tuple[Answer, list[str]]:
        desk = _build(settings)
        try:
            migrated = await desk.open()
            return await work(desk), migrated
        finally:
            await desk.close()

    try:
        return asyncio.run(run())
    except STORAGE_FAILURES as error:
        raise Unavailable(_say(error, settings)) from None


def _build(settings: "Settings") -> "Desk":
    from server.desk import Desk
    from server.settings import KEY_FILE

    try:
        return Desk.build(settings)
    except ValueError as error:
        place = f" ({settings.data_dir / KEY_FILE})" if settings.secret_keys is None else ""
        reason = "it is not ASCII text" if isinstance(error, UnicodeError) else error
        message = f"TOKENDESK_SECRET_KEYS{place}: {reason}."
        raise Invalid.one("TOKENDESK_SECRET_KEYS", message) from None


def _say(error: Exception, settings: "Settings") -> str:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    reason = reason.partition("\n")[0][:_LONGEST_REASON] or type(error).__name__
    if isinstance(error, OSError) and error.filename:
        return f"Tokendesk cannot use {error.filename}: {reason}."
    return f"Tokendesk cannot use its database {mask(settings.database_location)}: {reason}."

"""`tokendesk serve`, `migrate`, `settings` and `demo`."""

import errno
import socket
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from server.cli.output import OPERATOR_HERE, Json, open_once, print_json, show, show_all, with_desk
from server.database import Database
from server.demo import PASSWORD, PEOPLE, build_demo_world
from server.desk import Desk
from server.settings import PREFIX, Settings


def serve() -> None:
    """Serve Tokendesk; migrates first, and makes the demo world where it is wanted."""
    settings = Settings()
    _must_be_free(settings.host, settings.port)
    welcome = with_desk(_prepare)
    print(welcome, flush=True)
    import uvicorn

    uvicorn.run(
        "server.app:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=10,
    )


def migrate(
    check: Annotated[
        bool, typer.Option("--check", help="Only tell whether models and migrations agree.")
    ] = False,
    json: Json = False,
) -> None:
    """Bring the database to the newest form."""
    if check:
        _check_migrations()
        return

    show({"applied": open_once()}, as_json=json)


def settings(json: Json = False) -> None:
    """Print each setting with its value, default and meaning; secrets are masked."""
    current = Settings()
    rows = [
        {
            "name": PREFIX + name.upper(),
            "value": _printable(getattr(current, name)),
            "default": _printable(field.default),
            "meaning": field.description,
        }
        for name, field in Settings.model_fields.items()
    ]
    show_all(rows, as_json=json)


def demo(json: Json = False) -> None:
    """Create the demo world, if there is no account yet."""
    made = with_desk(build_demo_world)
    if json:
        print_json({"created": made})
    else:
        print("The demo world was created." if made else "There are accounts already: left alone.")


async def _prepare(desk: Desk) -> str:
    lines = [f"Tokendesk   {desk.settings.origin}"]
    if desk.settings.demo:
        await build_demo_world(desk)
        known = [
            person for person in PEOPLE if await desk.users.exists(OPERATOR_HERE, person.email)
        ]
        for person in known:
            lines.append(f"{person.what:<28}{person.email}")
        if known:
            link, _ = await desk.users.create_sign_in_link(OPERATOR_HERE, known[0].email)
            lines.insert(1, "")
            lines += [f"{'Password of all three':<28}{PASSWORD}", ""]
            lines += [f"One-time sign-in link for {known[0].email}, good for 10 minutes:"]
            lines += [f"{desk.settings.origin}/sign-in/link/{link}"]
    width = max(map(len, lines))
    edge = "-" * (width + 2)
    return "\n".join([f"+{edge}+", *(f"| {line:<{width}} |" for line in lines), f"+{edge}+"])


def _must_be_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            reason = "is in use: choose another with TOKENDESK_PORT" if taken else "cannot be used"
            print(f"Port {port} of {host} {reason} (make run PORT=9000).", file=sys.stderr)
            raise typer.Exit(1) from None


def _check_migrations() -> None:
    async def work() -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            database = Database(f"sqlite://{Path(folder) / 'check.sqlite3'}")
            await database.open()
            try:
                return await database.unwritten_changes()
            finally:
                await database.close()

    import asyncio

    missing = asyncio.run(work())
    if missing:
        print("The models have changes without a migration:", *missing, file=sys.stderr)
        raise typer.Exit(1)


def _printable(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int)):
        return value
    return ",".join(value) if isinstance(value, tuple) else str(value)

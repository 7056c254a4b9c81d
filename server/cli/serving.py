"""`tokendesk serve`, `migrate`, `settings` and `demo`."""

import asyncio
import errno
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from server.cli.base.database_url import MASK, mask
from server.cli.base.desk import OPERATOR_HERE, load_settings, open_once, with_desk
from server.cli.base.output import Json, print_json, say_error, show, show_all, show_panel
from server.protocol.descriptors import backlog, connection_ceiling, raise_limit

if TYPE_CHECKING:
    from server.desk import Desk
    from server.settings import Settings

GRACE_SECONDS: Final = 10
HUNG_AFTER_SECONDS: Final = 30
"""A worker that is silent for longer is replaced; a busy machine causes short delays."""

SOCKETS: Final[dict[str, Any]] = {
    "ws": "server.protocol.bounded_socket:BoundedSocket",
    "ws_max_size": 1024 * 1024,
    "ws_ping_interval": 15.0,
    "ws_ping_timeout": 15.0,
    "ws_per_message_deflate": False,
}
"""Limits of WebSockets: message size in bytes; seconds to answer a ping before it is closed."""

PROTOCOL: Final = "server.api.verify.protocol:VerifyFirstProtocol"
NUMBERS: Final = "PROMETHEUS_MULTIPROC_DIR"

DERIVED: Final = {
    "database_url": "SQLite file in the data folder",
    "secret_keys": "generated into the data folder",
    "base_url": "from HOST and PORT",
}


def serve(json: Json = False) -> None:
    """Serve Tokendesk; migrates first, and makes the demo world where it is wanted."""
    settings = load_settings()
    _must_be_free(settings.host, settings.port)
    welcome = with_desk(_prepare)
    if json:
        print_json(welcome)
    else:
        _greet(welcome)
    import uvicorn

    raise_limit()
    with shared_numbers(settings.workers):
        uvicorn.run(
            "server.app:create_app",
            factory=True,
            host=settings.host,
            port=settings.port,
            workers=settings.workers,
            loop="uvloop",
            http=PROTOCOL,
            access_log=False,
            log_level="warning",
            server_header=False,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=list(settings.trusted_proxies),
            timeout_graceful_shutdown=GRACE_SECONDS,
            timeout_worker_healthcheck=HUNG_AFTER_SECONDS,
            backlog=backlog(),
            # One more than there are connections: a last resort behind the protocol's own limit.
            limit_concurrency=connection_ceiling() + 1,
            **SOCKETS,
        )


def migrate(
    check: Annotated[
        bool, typer.Option("--check", help="Only tell whether models and migrations agree.")
    ] = False,
    json: Json = False,
) -> None:
    """Bring the database to the newest form, and list what that took."""
    if not check:
        show({"applied": open_once()}, as_json=json)
        return
    missing = asyncio.run(_unwritten_changes())
    if json:
        print_json({"unwritten": missing})
    if missing:
        say_error("The models have changes without a migration: " + ", ".join(missing))
        raise typer.Exit(1)


def settings(json: Json = False) -> None:
    """Print each setting with its value, default and meaning; secrets are masked."""
    from server.settings import PREFIX, Settings

    current = load_settings()
    rows = [
        {
            "name": PREFIX + name.upper(),
            "value": _value(current, name),
            "default": DERIVED.get(name, _printable(field.default)),
            "meaning": field.description,
        }
        for name, field in Settings.model_fields.items()
    ]
    show_all(rows, as_json=json)


def demo(json: Json = False) -> None:
    """Create the demo world, if there is no account yet."""

    async def work(desk: "Desk") -> bool:
        from server.demo.world import build

        return (await build(desk)).created

    created = with_desk(work)
    if json:
        print_json({"created": created})
    else:
        print("The demo world was created." if created else "There are accounts: left alone.")


async def _prepare(desk: "Desk") -> dict[str, Any]:
    """Return the URL; in demo mode also the people, their password and a sign-in link."""
    origin = desk.settings.origin
    if not desk.settings.demo:
        return {"url": origin}
    from server.demo.world import PASSWORD, build

    people = (await build(desk)).people
    if not people:
        return {"url": origin}
    link, _ = await desk.users.create_sign_in_link(OPERATOR_HERE, people[0].email)
    return {
        "url": origin,
        "people": [{"email": each.email, "role": each.role} for each in people],
        "password": PASSWORD,
        "signInLink": f"{origin}/sign-in/link/{link}",
    }


def _greet(welcome: dict[str, Any]) -> None:
    people = [(each["role"], each["email"]) for each in welcome.get("people", [])]
    named = [("URL", welcome["url"]), *people]
    if people:
        named.append(("Password of each", welcome["password"]))
    width = max(len(name) for name, _ in named)
    lines = [f"{name:<{width}}  {value}" for name, value in named]
    if people:
        # On a line of its own, so that a terminal with 80 columns does not break the link.
        lines += ["", f"Sign in as {people[0][1]}, once, within 10 minutes:"]
        lines.append(welcome["signInLink"])
    show_panel(lines, title="Tokendesk")
    # Flush now: the server takes over and nothing else flushes.
    print(end="", flush=True)


@contextmanager
def shared_numbers(workers: int) -> Iterator[None]:
    """Name a folder in the environment where workers combine their metrics, if there are several.

    The folder is temporary, and none is created if the environment names one already.
    """
    if workers == 1 or NUMBERS in os.environ:
        yield
        return
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="tokendesk-"))
            os.environ[NUMBERS] = folder
        except OSError as error:
            say_error(f"/metrics will tell of one worker, not of all: {error.strerror}.")
        yield


def _must_be_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            say_error(_say_taken(host, port, error))
            raise typer.Exit(1) from None


def _say_taken(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} of {host} is in use. "
            "Choose another: TOKENDESK_PORT=9000, or PORT=9000 make run."
        )
    reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
    return f"Tokendesk cannot listen on port {port} of {host}: {reason}."


async def _unwritten_changes() -> list[str]:
    from server.database import Database

    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite://{Path(folder) / 'check.sqlite3'}")
        await database.open()
        try:
            return await database.unwritten_changes()
        finally:
            await database.close()


def _value(current: "Settings", name: str) -> Any:
    """Return the effective value of a setting, even if it is derived."""
    match name:
        case "database_url":
            return mask(current.database_location)
        case "secret_keys":
            return None if current.secret_keys is None else MASK
        case "base_url":
            return mask(current.origin)
    return _printable(getattr(current, name))


def _printable(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int)):
        return value
    return ",".join(value) if isinstance(value, tuple) else str(value)

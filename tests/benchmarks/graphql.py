"""GraphQL by the server's CPU per request, against plain routes that send the same bytes."""

import asyncio
import json
import sys
import tempfile
import urllib.request
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from tests.benchmarks import filling, load, rounds
from tests.benchmarks.goals import Goal
from tests.benchmarks.processes import UVICORN, Served, desk, floor, free_port, serving
from tests.benchmarks.rounds import Target
from tests.support.postgres import create_database, postgres_server

COUNT: Final = 5_000
GRANTED: Final = (0, 7, 13)
READER: Final = 1
"""The number of the token that asks; its account has tokens enough."""

TOKENS: Final = """query Tokens {
  apiTokens(first: 20) {
    totalCount
    nodes {
      id name description status logoUrl createdAt updatedAt version
      modules { id name description }
    }
  }
}"""
TINY: Final = "{ __typename }"
VIEWER: Final = "{ viewer { id name kind } }"


def measure() -> list[Goal]:
    """Measure on PostgreSQL in one run, and print the table; what must be reached."""
    with postgres_server() as server_url, ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        url = asyncio.run(create_database(server_url, "bench_graphql"))
        asyncio.run(filling.make(url, COUNT, granted=GRANTED))
        ours = stack.enter_context(desk(_settings(folder, "desk", url)))
        plain = stack.enter_context(_floors(_settings(folder, "floors", url)))
        bearer = f"Bearer {filling.secret(READER)}"
        files = {
            name: load.write(folder / name, [_post(path, body, bearer)])
            for name, path, body in (
                ("tokens", "/graphql", _query(TOKENS)),
                ("tiny", "/graphql", _query(TINY)),
                ("viewer", "/graphql", _query(VIEWER)),
                ("service", "/tokens", "{}"),
                ("driver", "/driver", "{}"),
            )
        }
        plain_get = load.write(folder / "plain", [load.get("/")])
        targets = {
            "bare": Target(
                "Starlette Route, JSONResponse", stack.enter_context(floor("routed")), plain_get
            ),
            "tiny": Target("{ __typename }", ours, files["tiny"]),
            "viewer": Target("{ viewer { id name kind } }", ours, files["viewer"]),
            "driver": Target("20 tokens: driver and JSONResponse", plain, files["driver"]),
            "service": Target("20 tokens: service and JSONResponse", plain, files["service"]),
            "tokens": Target("20 tokens: GraphQL", ours, files["tokens"]),
        }
        _same_bytes(ours, plain, bearer)
        rounds.measure(list(targets.values()))
        return _report(targets)


def _settings(folder: Path, name: str, url: str) -> dict[str, str]:
    data = folder / f"data-{name}"
    data.mkdir()
    return {
        "TOKENDESK_DATA_DIR": str(data),
        "TOKENDESK_DATABASE_URL": url,
        "TOKENDESK_SECRET_KEYS": filling.KEYS,
        # Counted, but never reached.
        "TOKENDESK_RATE_LIMIT": "10000000",
    }


def _floors(environment: dict[str, str]) -> AbstractContextManager[Served]:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "tests.benchmarks.graphql_floors:floors"]
    return serving([*command, *UVICORN, f"--port={port}"], port=port, environment=environment)


def _query(text: str) -> str:
    return json.dumps({"query": text})


def _post(path: str, body: str, authorization: str) -> str:
    return (
        f"POST {path} HTTP/1.1\r\n{load.HOST}Authorization: {authorization}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    )


def _same_bytes(ours: Served, plain: Served, bearer: str) -> None:
    """A floor that sends something else would measure something else."""
    sent = {
        _body(ours, "/graphql", _query(TOKENS), bearer),
        _body(plain, "/tokens", "{}", bearer),
        _body(plain, "/driver", "{}", bearer),
    }
    if len(sent) != 1:
        raise RuntimeError(f"the floors do not send what GraphQL sends: {sent}")


def _body(served: Served, path: str, body: str, authorization: str) -> bytes:
    request = urllib.request.Request(
        f"http://127.0.0.1:{served.port}{path}",
        body.encode(),
        {"Content-Type": "application/json", "Authorization": authorization},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        content: bytes = answer.read()
    return content


def _report(targets: dict[str, Target]) -> list[Goal]:
    bare, service, driver = (targets[name].cpu for name in ("bare", "service", "driver"))
    table = Table("GraphQL, PostgreSQL", "req/s", "CPU us/req", "x bare", "x service", "x driver")
    for each in targets.values():
        table.add_row(
            each.name,
            f"{each.rate:,.0f}",
            f"{each.cpu:.0f}",
            *(f"{each.cpu / measure:.2f}" for measure in (bare, service, driver)),
        )
    Console().print(table)
    tokens = targets["tokens"].cpu
    return [
        Goal("20 tokens with modules, of service and JSONResponse", tokens / service, at_most=2.5),
        Goal(
            "cached { __typename }, of a bare JSONResponse", targets["tiny"].cpu / bare, at_most=5
        ),
        Goal("cached { viewer }, of a bare JSONResponse", targets["viewer"].cpu / bare, at_most=5),
    ]

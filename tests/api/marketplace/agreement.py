"""A desk with awkward tokens, and whether it finds what plain Python finds."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import quote

from pydantic import SecretStr

from server.api.marketplace.query_string import parse_list_query
from server.desk import Desk
from server.domain.actor import OPERATOR
from server.domain.filters import Condition
from server.settings import Settings
from tests.api.marketplace import awkward_tokens
from tests.api.marketplace.plain_evaluation import Row, holds
from tests.support import databases

BY_ID: Final = ["id"]


def as_sent(condition: Condition) -> bytes:
    """Percent-escaped as clients do, and besides what would end the query or stand for another."""
    return quote(str(condition), safe="!$&'()*+,-./:;=?@[\\]^_`{|}~").encode()


@dataclass(frozen=True)
class Scene:
    """One database, filled once, and what its tokens show."""

    runner: asyncio.Runner
    desk: Desk
    rows: list[Row]

    def must_agree(self, condition: Condition, order: list[str] = BY_ID) -> None:
        """The condition is read as it was meant, and finds the same tokens in the same order."""
        list_query = parse_list_query(
            as_sent(condition) + b"&limit=100&order=" + ",".join(order).encode()
        )
        assert list_query.condition == condition
        found = self.runner.run(self.desk.resource_lists.tokens(OPERATOR, list_query))
        expected = [row for row in self.rows if holds(condition, row)]
        tie = "-id" if order[-1].startswith("-") else "id"
        for each in reversed([*order, tie]):
            place = partial(_place, each.removeprefix("-"))
            expected.sort(key=place, reverse=each.startswith("-"))
        told = f"{condition} by {order}"
        assert [item.token.id for item in found.items] == [row["id"] for row in expected], told
        assert found.total == len(expected), told


def _place(path: str, row: Row) -> tuple[bool, str]:
    """What is missing comes first."""
    return row[path] is not None, str(row[path])


@contextmanager
def filled_scene(url: str, folder: Path) -> Iterator[Scene]:
    """On an empty, migrated database."""
    databases.forget_statements()
    with asyncio.Runner() as runner:
        desk = Desk.build(
            Settings(
                data_dir=folder / "data",
                database_url=SecretStr(url),
                secret_keys=SecretStr(databases.KEYS),
            ),
            lambda: awkward_tokens.NOW,
        )
        runner.run(desk.open())
        try:
            yield Scene(runner, desk, runner.run(awkward_tokens.build()))
        finally:
            runner.run(desk.close())

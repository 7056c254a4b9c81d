"""Ids that clients use as unknown are never given to anything."""

import secrets
from collections.abc import Iterator

import pytest

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.domain.errors import Invalid
from server.domain.ids import IdKind


@pytest.mark.parametrize("kind", IdKind)
def test_zeros_alone_are_drawn_again(kind: IdKind, monkeypatch: pytest.MonkeyPatch) -> None:
    groups = kind.value[1]
    drawn: Iterator[int] = iter([0] * groups + [0] * (groups - 1) + [7])
    monkeypatch.setattr(secrets, "randbelow", lambda _: next(drawn))
    assert kind.new() == "-".join([kind.prefix, *["0000"] * (groups - 1), "0007"])


async def test_no_module_is_made_of_zeros(desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        await desk.modules.create(OPERATOR, "MOD-0000", "Nothing")
    assert [each.field for each in refused.value.field_errors] == ["id"]
    assert await desk.modules.all(OPERATOR) == []

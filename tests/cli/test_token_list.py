"""The list of tokens: of one account alone, filtered and ordered."""

from datetime import timedelta

import pytest

from server.desk import Desk
from server.domain.actor import Actor
from server.services.search import token_list
from server.services.search.token_list import TokenOrder
from tests.cli.conftest import Command
from tests.support.clock import TurnableClock
from tests.support.evidence import run_sql
from tests.support.world import World


async def test_the_list_is_filtered_and_ordered(
    tokendesk: Command, desk: Desk, world: World, clock: TurnableClock
) -> None:
    async def make(actor: Actor, name: str, *modules: str, days: int | None = None) -> str:
        clock.advance(timedelta(milliseconds=1))
        until = None if days is None else clock() + timedelta(days=days)
        minted = await desk.tokens.create(actor, name=name, module_ids=modules, expires_at=until)
        if name == "beta":
            assert minted.secret is not None
            secrets.append(minted.secret.reveal())
        return minted.token.id

    secrets: list[str] = []
    clock.advance(timedelta(days=-3))
    ended = await make(world.admin, "gone", "MOD-1756", days=1)
    alpha = await make(world.admin, "alpha", "MOD-2001", "MOD-2002")
    beta = await make(world.admin, "beta", "MOD-2001", days=13)
    gamma = await make(world.admin, "Gamma", "MOD-2002", days=60)
    await make(world.other_admin, "theirs", "MOD-2003")
    await desk.tokens.disable(world.admin, gamma)
    used = f"UPDATE tokens SET last_access_at = created_at WHERE id IN ('{alpha}', '{beta}')"
    await run_sql(desk, used)

    def listed(*words: str) -> list[str]:
        rows = tokendesk.json("token", "list", "--account", world.client.id, *words)
        return [row["id"] for row in rows]

    assert listed() == [gamma, beta, alpha, ended]
    assert listed("--sort", "name") == [alpha, beta, gamma, ended]
    assert listed("--sort", "expires-at", "--descending") == [alpha, gamma, beta, ended]
    assert listed("--status", "disabled", "--status", "expired") == [gamma, ended]
    assert listed("--module", "MOD-2001", "--module", "MOD-2002", "--sort", "created-at") == [
        alpha,
        beta,
        gamma,
    ]
    assert listed("--module", "MOD-2001", "--module", "MOD-2002", "--all-modules") == [alpha]
    assert listed("--search", "ALPH") == [alpha]
    assert listed("--search", secrets[0]) == [beta]
    assert listed("--never-used") == [gamma, ended]
    assert listed("--unused-since", (clock() + timedelta(days=1)).date().isoformat()) == [
        gamma,
        beta,
        alpha,
        ended,
    ]
    assert listed("--unused-since", "2001-01-01", "--status", "active") == []
    assert listed("--expiring-within", "30d") == [beta]
    assert listed("--created-by", world.admin.id, "--search", "beta") == [beta]
    assert listed("--created-by", world.viewer.id) == []


async def test_wrong_filters_are_told(tokendesk: Command, world: World) -> None:
    wish = ("token", "list", "--account", world.client.id)
    assert "'--sort'" in tokendesk.misused(*wish, "--sort", "colour")
    assert "'--status'" in tokendesk.misused(*wish, "--status", "deleted")
    assert "'--unused-since'" in tokendesk.misused(*wish, "--unused-since", "yesterday")
    assert "'--expiring-within'" in tokendesk.misused(*wish, "--expiring-within", "-1d")
    nobody = tokendesk.refused("token", "list", "--account", "ACC-0000-0000")
    assert nobody == "There is no account ACC-0000-0000."


async def test_a_list_longer_than_a_statement_takes_is_complete(
    desk: Desk, world: World, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_list, "MOST_AT_ONCE", 2)
    made = []
    for name in "cadbe":
        clock.advance(timedelta(seconds=1))
        minted = await desk.tokens.create(world.admin, name=name, module_ids=["MOD-2001"])
        made.append(minted.token)
    assert await desk.token_list.all(world.admin) == made[::-1]
    ordered = await desk.token_list.all(world.admin, order=TokenOrder.NAME, descending=False)
    assert [token.name for token in ordered] == list("abcde")

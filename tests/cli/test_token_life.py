"""A token's whole life, from the shell."""

import json
from collections.abc import Callable

from server.desk import Desk
from tests.cli.conftest import Command
from tests.support.evidence import dump, run_sql
from tests.support.world import World


def refusal(tokendesk: Command, secret: str) -> str | None:
    """Why the secret is refused; None when it may pass."""
    done = tokendesk.run("token", "verify", "--json", stdin=secret)
    answer: dict[str, str] = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0 if answer["active"] else 3, "")
    return answer.get("reason")


def create(tokendesk: Command, world: World, name: str, *more: str) -> dict[str, str]:
    words = ("token", "create", "--account", world.client.id, "--name", name)
    made: dict[str, str] = tokendesk.json(*words, "--module", world.modules.billing.id, *more)
    return made


async def test_a_token_from_its_making_to_its_end(
    tokendesk: Command, desk: Desk, world: World
) -> None:
    made = create(tokendesk, world, "CRM robot", "--description", "Reads")
    token_id, secret = made["id"], made.pop("secret")
    shown = tokendesk.json("token", "show", token_id)
    assert shown == made | {"oldSecrets": [], "milestones": {}}

    words = ("--name", "CRM reader", "--module", "MOD-2002", "--module", "MOD-1756")
    edited = tokendesk.json("token", "edit", token_id, *words, "--expires-in", "90d")
    assert edited.pop("expiresAt") > edited.pop("updatedAt")
    changed = {"name": "CRM reader", "modules": ["MOD-1756", "MOD-2002"], "version": 2}
    assert (
        edited
        == {key: value for key, value in made.items() if key not in {"expiresAt", "updatedAt"}}
        | changed
    )
    assert tokendesk.refused("token", "edit", token_id, "--version", "1", "--name", "Late") == (
        "This API token was changed in another tab or by somebody else since you opened it."
    )

    assert tokendesk.json("token", "disable", token_id)["status"] == "disabled"
    assert refusal(tokendesk, secret) == "The token is disabled."
    before = await dump(desk)
    again = tokendesk.refused("token", "disable", token_id)
    assert again == f"API token {token_id} is disabled; it cannot be disabled."
    rotation = tokendesk.refused("token", "rotate", token_id, "--grace", "1h")
    assert rotation == f"API token {token_id} is disabled; it cannot be rotated."
    assert await dump(desk) == before
    assert tokendesk.json("token", "enable", token_id)["status"] == "active"

    rotated = tokendesk.json("token", "rotate", token_id, "--grace", "24h")
    assert rotated["secret"] != secret
    [old] = rotated["oldSecrets"]
    assert (old["works"], old["lastUsedAt"], old["refusedAt"]) == (True, None, None)
    assert refusal(tokendesk, secret) is None
    assert refusal(tokendesk, rotated["secret"]) is None
    told = tokendesk.run("token", "show", token_id).stdout
    assert "An old secret works until " in told
    assert rotated["secret"] not in told
    ended = tokendesk.json("token", "end-grace", token_id)
    assert [each["works"] for each in ended["oldSecrets"]] == [False]
    assert refusal(tokendesk, secret) == "The token's secret was rotated."
    assert tokendesk.refused("token", "end-grace", token_id) == (
        f"API token {token_id} has no old secret that still works."
    )

    await run_sql(desk, "UPDATE tokens SET expires_at = created_at")
    assert refusal(tokendesk, rotated["secret"]) == "The token is expired."
    assert tokendesk.refused("token", "rotate", token_id, "--grace", "none") == (
        f"API token {token_id} is expired; it cannot be rotated. Change its expiry first."
    )
    assert tokendesk.json("token", "edit", token_id, "--no-expiry")["expiresAt"] is None
    assert refusal(tokendesk, rotated["secret"]) is None
    milestones = tokendesk.json("token", "show", token_id)["milestones"]
    assert set(milestones) == {"updated", "enabled", "disabled", "expiry_set", "rotated"}
    assert milestones["rotated"]["by"] == {"id": "operator", "name": "Command line"}

    deleted = tokendesk.json("token", "delete", token_id, "--yes")
    assert deleted == {"id": token_id, "status": "deleted"}
    assert tokendesk.json("token", "list", "--account", world.client.id) == []
    assert refusal(tokendesk, rotated["secret"]) == "The token is invalid."
    assert tokendesk.refused("token", "enable", token_id) == (
        f"API token {token_id} is deleted; it cannot be enabled."
    )
    assert tokendesk.refused("token", "show", token_id) == (
        f"API token {token_id} was deleted. The audit trail tells when and by whom."
    )
    assert tokendesk.run("audit", "verify").returncode == 0


async def test_a_disabled_accounts_tokens_are_refused(
    tokendesk: Command, desk: Desk, world: World
) -> None:
    secret = create(tokendesk, world, "CRM robot")["secret"]
    client = world.client.id
    assert tokendesk.json("account", "disable", client)["status"] == "disabled"
    answer = tokendesk.json("token", "verify", stdin=secret, code=3)
    assert answer == {"active": False, "reason": "The token is disabled."}
    before = await dump(desk)
    assert tokendesk.refused("account", "disable", client) == (
        "The account Blue Client is disabled; it cannot be disabled."
    )
    words = ("token", "create", "--account", client, "--name", "X", "--module", "MOD-2001")
    assert tokendesk.refused(*words) == "The account Blue Client is disabled."
    assert await dump(desk) == before
    assert tokendesk.json("account", "enable", client)["status"] == "active"
    assert tokendesk.json("token", "verify", stdin=secret)["active"] is True


async def test_deleting_asks_whoever_sits_at_a_terminal(
    tokendesk: Command, desk: Desk, world: World
) -> None:
    first, second, third = (create(tokendesk, world, name)["id"] for name in ("Ä 1", "B", "C"))
    before = await dump(desk)
    assert "add --yes" in tokendesk.misused("token", "delete", first)
    wrong = tokendesk.afresh.typed("A 1", "token", "delete", first)
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert wrong.stderr == (
        "Deleting cannot be undone. Type the token's name to go on: "
        "That is not the token's name. Nothing was deleted.\n"
    )
    several = tokendesk.typed("yes", "token", "delete", second, third)
    assert (several.returncode, several.stdout) == (1, "")
    assert await dump(desk) == before
    right = tokendesk.afresh.typed("Ä 1", "token", "delete", first, "--json")
    assert (right.returncode, right.stdout) == (0, f'{{"id": "{first}", "status": "deleted"}}\n')
    several = tokendesk.typed("delete 2", "token", "delete", second, third)
    assert several.returncode == 0
    assert tokendesk.json("token", "list", "--account", world.client.id) == []


async def test_many_at_once_tell_of_each(tokendesk: Command, desk: Desk, world: World) -> None:
    first, second = (create(tokendesk, world, name)["id"] for name in "AB")
    tokendesk.json("token", "disable", first)
    outcome = tokendesk.json("token", "disable", first, second, "TKN-1", code=1)
    assert [(each["id"], each["status"]) for each in outcome["changed"]] == [(second, "disabled")]
    assert outcome["refused"] == [
        {
            "id": first,
            "code": "ILLEGAL_STATE",
            "message": f"API token {first} is disabled; it cannot be disabled.",
        },
        {"id": "TKN-1", "code": "NOT_FOUND", "message": "There is no API token TKN-1."},
    ]
    for_people = tokendesk.run("token", "enable", first, "TKN-1")
    assert (for_people.returncode, for_people.stderr) == (1, "There is no API token TKN-1.\n")
    assert first in for_people.stdout
    outcome = tokendesk.json("token", "delete", first, second, "--yes")
    assert outcome == {
        "changed": [{"id": first, "status": "deleted"}, {"id": second, "status": "deleted"}],
        "refused": [],
    }


async def test_wrong_use_is_told_and_changes_nothing(
    tokendesk: Command, desk: Desk, world: World
) -> None:
    token_id = create(tokendesk, world, "A")["id"]
    before = await dump(desk)
    edit = ("token", "edit", token_id)
    assert "name at least one thing to change" in tokendesk.misused(*edit)
    both = tokendesk.misused(*edit, "--no-expiry", "--expires-in", "1d")
    assert "not both" in both
    assert "'--expires-in'" in tokendesk.misused(*edit, "--expires-in", "soon")
    assert "'--grace'" in tokendesk.misused("token", "rotate", token_id, "--grace", "2h")
    words = (*edit, "--name", " ", "--expires-in", "99999d")
    assert tokendesk.refused(*words).splitlines() == [
        "Enter an API token name.",
        "The expiry can lie at most 100 years ahead.",
    ]
    other = tokendesk.refused(*edit, "--module", world.modules.orders.id)
    assert other == "The module MOD-2003 is not enabled for this account."
    assert tokendesk.refused("token", "rotate", "TKN-0000-0000", "--grace", "1h") == (
        "There is no API token TKN-0000-0000."
    )
    assert await dump(desk) == before


def test_words_that_are_no_text_are_refused(make_command: Callable[..., Command]) -> None:
    assert (
        make_command().afresh.misused("token", "show", "\udcff")
        == "The arguments must be UTF-8 text."
    )

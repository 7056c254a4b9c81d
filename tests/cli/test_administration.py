"""Accounts renamed and set, their people, and exactly their modules, from the shell."""

import re
from datetime import datetime, timedelta

from server.desk import Desk
from server.models.tokens import TokenSecret
from tests.cli.conftest import Command
from tests.support.clock import TurnableClock
from tests.support.evidence import dump, records
from tests.support.world import World


async def test_an_account_gets_another_name_policy_and_language(
    tokendesk: Command, desk: Desk, world: World
) -> None:
    await desk.tokens.create(world.admin, name="A", module_ids=["MOD-2001"])
    client = world.client.id
    wish = ("--name", "Navy", "--reveal", "once", "--language", "de")
    changed = tokendesk.json("account", "set", client, *wish)
    assert (changed["name"], changed["reveal"], changed["language"]) == ("Navy", "once", "de")
    assert await TokenSecret.filter(sealed__isnull=False).count() == 0
    trail = [record.event for record in await records(desk, of=client)]
    changes = ["account.renamed", "account.reveal_changed", "account.language_changed"]
    assert trail[-3:] == changes
    before = await dump(desk)
    assert "give --name, --reveal or --language" in tokendesk.misused("account", "set", client)
    assert tokendesk.refused("account", "set", client, "--name", "", "--reveal", "always") == (
        "Enter an account name."
    )
    assert tokendesk.refused("account", "enable", client) == (
        "The account Navy is active; it cannot be enabled."
    )
    assert tokendesk.refused("account", "disable", "ACC-1") == "There is no account ACC-1."
    assert await dump(desk) == before


async def test_the_people_of_an_account(
    tokendesk: Command, world: World, clock: TurnableClock
) -> None:
    here = ("--account", world.client.id)
    words = ("invite", "new@client.example", "--name", "Nora New", "--role", "viewer", *here)
    invited = tokendesk.json("user", *words)
    link, until = invited.pop("url"), datetime.fromisoformat(invited.pop("expiresAt"))
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/sign-in/link/[\w-]{32}", link)
    assert timedelta(days=2) < until - clock() < timedelta(days=4)
    nora = invited["id"]
    assert invited == {
        "id": nora,
        "email": "new@client.example",
        "name": "Nora New",
        "role": "viewer",
        "status": "active",
        "lastSignInAt": None,
    }
    assert tokendesk.json("user", "renew-link", nora, *here)["url"] != link
    ada = world.admin.id
    assert tokendesk.refused("user", "set-role", ada, *here, "--role", "viewer") == (
        "Ada Admin is the last administrator of Blue Client. "
        "Make somebody else an administrator first."
    )
    promoted = tokendesk.json("user", "set-role", nora, *here, "--role", "administrator")
    assert promoted == invited | {"role": "administrator"}
    assert tokendesk.json("user", "deactivate", ada, *here)["status"] == "deactivated"
    people = tokendesk.json("user", "list", *here)
    assert [(each["name"], each["role"], each["status"]) for each in people] == [
        ("Ada Admin", "administrator", "deactivated"),
        ("Nora New", "administrator", "active"),
        ("Vera Viewer", "viewer", "active"),
    ]
    assert tokendesk.json("user", "reactivate", ada, *here)["status"] == "active"
    assert tokendesk.refused("user", "reactivate", ada, *here) == "Ada Admin is active already."
    otto = world.other_admin.id
    assert tokendesk.refused("user", "deactivate", otto, *here) == (
        f"There is no user {otto} in this account."
    )
    assert tokendesk.misused("user", "set-role", ada, *here, "--role", "owner")


async def test_exactly_these_modules(tokendesk: Command, desk: Desk, world: World) -> None:
    minted = await desk.tokens.create(world.admin, name="A", module_ids=["MOD-2001", "MOD-2002"])
    wish = ("module", "set", "--account", world.client.id)
    enabled = tokendesk.json(*wish, "--module", "MOD-2002", "--module", "MOD-2003")
    assert [module["id"] for module in enabled] == ["MOD-2002", "MOD-2003"]
    token = tokendesk.json("token", "show", minted.token.id)
    assert (token["modules"], token["withdrawnModules"]) == (["MOD-2002"], ["MOD-2001"])
    before = await dump(desk)
    unknown = tokendesk.refused(*wish, "--module", "MOD-2001", "--module", "MOD-9999")
    assert unknown == "There is no module MOD-9999."
    assert "or --none" in tokendesk.misused(*wish)
    assert "or --none" in tokendesk.misused(*wish, "--none", "--module", "MOD-2001")
    assert await dump(desk) == before
    assert tokendesk.json(*wish, "--none") == []

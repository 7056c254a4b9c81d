"""Each command's answer for programs, its refusals, and its exit codes."""

import re
import socket
from collections.abc import Callable

from tests.cli.conftest import Command
from tests.support.live import ROOT


def test_the_operator_sets_up_an_account_and_makes_a_token(tokendesk: Command) -> None:
    account = tokendesk.json("account", "create", "Stark", "--type", "client")
    stark = account["id"]
    assert account == {
        "id": stark,
        "name": "Stark",
        "type": "client",
        "status": "active",
        "reveal": "always",
        "language": "automatic",
    }
    words = ("MOD-1425", "Marketplace", "--description", "Buy things")
    module = tokendesk.json("module", "create", *words)
    assert module == {"id": "MOD-1425", "name": "Marketplace", "description": "Buy things"}
    tokendesk.json("module", "enable", "MOD-1425", "--account", stark)
    assert tokendesk.json("module", "list", "--account", stark) == [module]
    wish = ("--account", stark, "--name", "CRM robot", "--module", "MOD-1425")
    token = tokendesk.json("token", "create", *wish, "--expires-in", "90d")
    secret = token["secret"]
    assert re.fullmatch(rf"idt:{token['id']}:[0-9A-Za-z]{{64}}", secret)
    assert (token["name"], token["status"], token["modules"]) == (
        "CRM robot",
        "active",
        ["MOD-1425"],
    )
    [listed] = tokendesk.json("token", "list", "--account", stark)
    assert listed["id"] == token["id"]
    assert secret not in tokendesk.run("token", "show", token["id"]).stdout
    verified = tokendesk.afresh.json("token", "verify", stdin=secret)
    assert (verified["active"], verified["tokenId"]) == (True, token["id"])
    typo = secret[:-9] + ("A" if secret[-9] != "A" else "B") + secret[-8:]
    assert tokendesk.afresh.json("token", "verify", stdin=typo, code=3)["active"] is False
    events = [record["event"] for record in tokendesk.json("audit", "list", "--account", stark)]
    assert events == ["token.created", "account.module_enabled", "account.created"]
    assert tokendesk.run("audit", "verify").returncode == 0


def test_people_are_added_and_get_a_link(tokendesk: Command) -> None:
    stark = tokendesk.json("account", "create", "Stark", "--type", "client")["id"]
    role = ("--name", "Ann", "--account", stark, "--role", "administrator")
    person = tokendesk.json(
        "user", "create", "ann@stark.example", *role, "--password-stdin", stdin="a long password\n"
    )
    assert (person["email"], person["name"]) == ("ann@stark.example", "Ann")
    url = tokendesk.json("user", "login-link", "ANN@stark.example")["url"]
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/sign-in/link/[\w-]{32}", url)
    message = tokendesk.afresh.refused("user", "create", "ann@stark.example", *role)
    assert message == "ann@stark.example belongs to Stark already."


def test_refusals_are_messages_on_stderr(tokendesk: Command) -> None:
    stark = tokendesk.json("account", "create", "Stark", "--type", "client")["id"]
    assert tokendesk.refused("account", "show", "ACC-0000-0000") == (
        "There is no account ACC-0000-0000."
    )
    assert tokendesk.refused("account", "create", " ", "--type", "client") == (
        "Enter an account name."
    )
    wish = ("token", "create", "--account", stark, "--name", "", "--module", "MOD-9999")
    assert tokendesk.refused(*wish) == "Enter an API token name."
    assert tokendesk.refused("user", "login-link", "nobody@stark.example") == (
        "There is no active user nobody@stark.example."
    )
    assert tokendesk.json("token", "list", "--account", stark) == []
    assert tokendesk.afresh.run("account", "create").returncode == 2
    assert tokendesk.run("account", "create", "X", "--type", "other").returncode == 2
    assert tokendesk.run(*wish, "--expires-in", "soon").returncode == 2


def test_settings_are_told_with_secrets_masked(make_command: Callable[..., Command]) -> None:
    command = make_command(TOKENDESK_DATABASE_URL="postgres://me:hidden-word@127.0.0.1/x")
    rows = {row["name"]: row for row in command.json("settings")}
    assert rows["TOKENDESK_PORT"]["value"] == 8000
    assert len(rows) == 16
    everything = command.run("settings").stdout + command.run("settings", "--json").stdout
    assert "hidden-word" not in everything
    assert "test-key" not in everything


def test_wrong_settings_are_named(make_command: Callable[..., Command]) -> None:
    workers = make_command(TOKENDESK_WORKERS="2").afresh.refused("serve")
    assert "more than one worker needs PostgreSQL" in workers
    keys = make_command(TOKENDESK_SECRET_KEYS="short-word").refused("account", "list")
    assert "TOKENDESK_SECRET_KEYS" in keys
    assert "short-word" not in keys
    folder = make_command(TOKENDESK_DATA_DIR="/proc/nowhere").refused("account", "list")
    assert "/proc/nowhere" in folder
    gone = make_command(TOKENDESK_DATABASE_URL="postgres://me:hidden-word@127.0.0.1:1/x")
    assert "hidden-word" not in gone.refused("account", "list")


def test_a_port_in_use_is_said(make_command: Callable[..., Command]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert f"Port {port}" in make_command(TOKENDESK_PORT=port).refused("serve")


def test_the_demo_world_is_made_once(tokendesk: Command) -> None:
    assert tokendesk.json("demo") == {"created": True}
    assert tokendesk.json("demo") == {"created": False}
    accounts = tokendesk.json("account", "list")
    assert sorted(account["type"] for account in accounts) == ["client", "operations", "vendor"]
    assert len(tokendesk.json("module", "list")) == 10
    client = next(account["id"] for account in accounts if account["type"] == "client")
    assert len(tokendesk.json("token", "list", "--account", client)) == 12


def test_migrations_and_schema_agree_with_the_code(make_command: Callable[..., Command]) -> None:
    command = make_command()
    assert command.run("migrate", "--check").returncode == 0
    assert command.run("schema", "check").returncode == 0
    every = sorted(file.stem for file in (ROOT / "server/models/migrations").glob("0*.py"))
    assert command.json("migrate") == {"applied": every}
    assert command.json("migrate") == {"applied": []}

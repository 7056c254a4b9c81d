"""What the endpoint tells beside data: moments, introspection, masked crashes, the SDL."""

from typing import cast

import pytest
from graphql import IntrospectionQuery, build_client_schema, get_introspection_query

from schema.root.schema import build_schema
from schema.root.sdl import SDL_FILE, print_sdl
from server.services.search.token_list import TokenList
from tests.schema.conftest import Client


@pytest.mark.parametrize(
    ("moment", "fine"),
    [
        ("2031-01-01T00:00:00Z", True),
        ("2031-01-01T00:00:00.5+05:30", True),
        ("2031-01-01T00:00:00", False),
        ("2031-01-01", False),
        ("soon", False),
        ("9999-12-31T23:59:59-12:00", False),
        ("0001-01-01T00:00:00+12:00", False),
        (5, False),
    ],
)
async def test_a_moment_needs_its_offset(admin: Client, moment: object, fine: bool) -> None:
    query = """mutation ($at: DateTime) {
        createTokenDraft(input: {name: "Robot", expiresAt: $at}) { __typename } }"""
    answer = await admin.send(query, at=moment)
    assert ("errors" not in answer) == fine
    if not fine:
        assert answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_tools_can_ask_for_the_schema(nobody: Client) -> None:
    data = await nobody.run(get_introspection_query())
    assert build_client_schema(cast(IntrospectionQuery, data)).query_type is not None


async def test_a_crash_is_masked_under_an_id_that_the_log_has(
    admin: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def crash(*_: object, **__: object) -> None:
        raise RuntimeError("the inside")

    monkeypatch.setattr(TokenList, "cursor_page", crash)
    answer = await admin.send("{ apiTokens { totalCount } }")
    [error] = answer["errors"]
    assert error["message"].startswith("Internal error ")
    assert error["extensions"] == {"code": "INTERNAL"}
    crash_id = error["message"].removeprefix("Internal error ").removesuffix(".")
    assert crash_id in caplog.text
    assert "the inside" not in str(answer)


async def test_failing_storage_is_said_plainly(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on /secret/path")

    monkeypatch.setattr(TokenList, "cursor_page", fail)
    [error] = (await admin.send("{ apiTokens { totalCount } }"))["errors"]
    assert error["extensions"] == {"code": "UNAVAILABLE"}
    assert "/secret/path" not in str(error)


async def test_without_introspection_no_name_is_hinted_at() -> None:
    schema = build_schema(introspection=False)
    hidden = await schema.execute("{ __schema { queryType { name } } }")
    assert hidden.errors
    typo = await schema.execute("{ apiToken { id } viewr { id } }")
    assert typo.errors
    assert not any("Did you mean" in error.message for error in typo.errors)


def test_the_committed_schema_is_the_one_that_is_served() -> None:
    assert SDL_FILE.read_text() == print_sdl()

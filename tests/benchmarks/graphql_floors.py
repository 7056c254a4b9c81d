"""What GraphQL is measured by: plain Starlette routes that send the same bytes.

Served by uvicorn, over the desk that the environment's settings describe.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from schema.tokens.types import logo_url
from server.desk import Desk
from server.domain.actor import AccountType, Actor, ActorKind
from server.services.pagination.pages import CursorPage
from server.services.tokens.views import TokenView
from server.settings import Settings
from tests.benchmarks.filling import ACCOUNTS

ACCOUNT: Final = ACCOUNTS[1]
TOKENS: Final = 20
READER: Final = Actor(
    ActorKind.TOKEN,
    "TKN-0000-0001",
    "Robot 0000001",
    account_id=ACCOUNT,
    account_type=AccountType.CLIENT,
)

STATEMENTS: Final = (
    'SELECT SUM("token_count") "total" FROM "accounts" WHERE "id"=$1',
    'SELECT t.*, a."name" "account_name", a."type", a."active", a."reveal" FROM "tokens" t'
    ' JOIN "accounts" a ON a."id"=t."account_id"'
    " WHERE t.\"account_id\"=$1 AND t.\"state\" IN ('active','disabled')"
    ' ORDER BY t."created_at" DESC, t."id" DESC LIMIT 21',
    'SELECT g."token_id", m."id", m."name", m."description",'
    ' EXISTS (SELECT 1 FROM "enabled_modules" e JOIN "tokens" t ON t."account_id"=e."account_id"'
    ' WHERE t."id"=g."token_id" AND e."module_id"=g."module_id") "usable"'
    ' FROM "token_grants" g JOIN "modules" m ON m."id"=g."module_id"'
    ' WHERE g."token_id"=ANY($1) ORDER BY m."name", g."module_id"',
)
"""The questions of `apiTokens`, written for the driver."""


async def _tokens(request: Request) -> JSONResponse:
    """What `apiTokens(first: 20)` answers, from the same call of the same service."""
    desk: Desk = request.app.state.desk
    return JSONResponse(_shaped(await desk.token_list.cursor_page(READER, first=TOKENS)))


def _shaped(window: CursorPage[TokenView]) -> dict[str, Any]:
    nodes = [
        {
            "id": token.id,
            "name": token.name,
            "description": token.description,
            "status": token.status.name,
            "logoUrl": logo_url(token.logo),
            "createdAt": token.created_at.isoformat().replace("+00:00", "Z"),
            "updatedAt": token.updated_at.isoformat().replace("+00:00", "Z"),
            "version": token.version,
            "modules": [
                {"id": module.id, "name": module.name, "description": module.description}
                for module in token.modules
            ],
        }
        for token in window.items
    ]
    return {"data": {"apiTokens": {"totalCount": window.total, "nodes": nodes}}}


async def _by_driver(request: Request) -> JSONResponse:
    """The same bytes from three prepared statements of the driver, without any service."""
    pool: asyncpg.Pool = request.app.state.pool
    async with pool.acquire() as connection:
        total = await connection.fetchval(STATEMENTS[0], ACCOUNT)
        rows = await connection.fetch(STATEMENTS[1], ACCOUNT)
        rows = rows[:TOKENS]
        grants = await connection.fetch(STATEMENTS[2], [row["id"] for row in rows])
    modules: dict[str, list[dict[str, str]]] = {}
    for grant in grants:
        if grant["usable"]:
            modules.setdefault(grant["token_id"], []).append(
                {"id": grant["id"], "name": grant["name"], "description": grant["description"]}
            )
    nodes = [
        {
            "id": row["id"],
            "name": row["name"],
            "description": row["description"],
            "status": row["state"].upper(),
            "logoUrl": row["logo"],
            "createdAt": row["created_at"].isoformat().replace("+00:00", "Z"),
            "updatedAt": row["updated_at"].isoformat().replace("+00:00", "Z"),
            "version": row["version"],
            "modules": modules[row["id"]],
        }
        for row in rows
    ]
    return JSONResponse({"data": {"apiTokens": {"totalCount": total, "nodes": nodes}}})


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    settings = Settings()
    desk = Desk.build(settings)
    await desk.open()
    app.state.desk = desk
    assert settings.database_url is not None, "the bench names a database"
    async with asyncpg.create_pool(
        settings.database_url.get_secret_value(), min_size=1, max_size=5
    ) as app.state.pool:
        yield
    await desk.close()


floors: Final = Starlette(
    routes=[
        Route("/tokens", _tokens, methods=["POST"]),
        Route("/driver", _by_driver, methods=["POST"]),
    ],
    lifespan=_lifespan,
)

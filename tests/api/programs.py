"""Programs with tokens, and what they ask about other tokens."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import httpx

from server.desk import Desk
from server.domain.actor import Actor

INTROSPECT: Final = "/oauth/introspect"
INVALID: Final = 'Bearer error="invalid_token", error_description="The token is invalid."'


@dataclass(frozen=True)
class Program:
    """A token: its id, its value, and when it was made."""

    id: str
    value: str
    created_at: datetime

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.value}"}


async def make(desk: Desk, actor: Actor, *modules: str, days: int | None = None) -> Program:
    minted = await desk.tokens.create(
        actor,
        name="Robot Ünit 🤖",
        module_ids=modules,
        expires_at=desk.clock() + timedelta(days=days) if days else None,
    )
    assert minted.secret is not None
    return Program(minted.token.id, minted.secret.reveal(), minted.token.created_at)


async def ask(gateway: httpx.AsyncClient, caller: Program, token: str) -> httpx.Response:
    return await gateway.post(INTROSPECT, data={"token": token}, headers=caller.bearer)

"""Short ways to tokens and their secrets, for tests of what becomes of them."""

from typing import Any

from server.desk import Desk
from server.domain.actor import OPERATOR, Actor
from server.domain.tokens.secret import Secret
from server.models.audit import AuditRecord
from server.services.tokens.views import MintedToken
from tests.support.world import World


async def made(desk: Desk, actor: Actor, name: str = "Export", **more: Any) -> MintedToken:
    """A token with one module, unless said otherwise."""
    return await desk.tokens.create(
        actor, name=name, module_ids=more.pop("module_ids", ["MOD-1756"]), **more
    )


def text_of(minted: MintedToken) -> str:
    """The value that a program sends."""
    assert isinstance(minted.secret, Secret)
    return minted.secret.reveal()


async def chain_of_tokens(desk: Desk, world: World, count: int) -> list[AuditRecord]:
    """The client's whole chain, so many `token.created` at its end."""
    for n in range(count):
        await made(desk, world.admin, f"Token {n}")
    chain = await AuditRecord.filter(chain=world.client.id).order_by("position")
    assert await desk.audit_trail.verify(OPERATOR) == []
    return chain

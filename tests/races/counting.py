"""A round of uses of many tokens, as each of several writers makes it."""

from collections.abc import Sequence

from server.desk import Desk
from server.models.tokens import TokenSecret


async def count_round(desk: Desk, token_ids: Sequence[str]) -> None:
    """Use each token once, in this order, ask for a module, and write it all."""
    secrets = {row.token_id: row.id for row in await TokenSecret.all()}
    for token_id in token_ids:
        counter = desk.usage.counter(token_id, secrets[token_id], used_before=True)
        counter.accept(desk.clock(), ("203.0.113.7", 4711), b"Tests/1.0")
        desk.usage.ask(token_id, ["MOD-1756"], desk.clock())
    await desk.usage.write()

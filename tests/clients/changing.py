"""Changes for those who follow a token."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Final

import httpx

from tests.support.live_tokens import Tokendesk

_DESCRIBE: Final = """
mutation ($input: UpdateApiTokenInput!) { updateApiToken(input: $input) { __typename } }"""


@asynccontextmanager
async def changing(tokendesk: Tokendesk, token_id: str) -> AsyncIterator[None]:
    """Changes the token again and again meanwhile: nothing tells when a subscription began."""

    async def change() -> None:
        headers = {"Authorization": f"Bearer {tokendesk.tokens.manager}"}
        async with httpx.AsyncClient(base_url=tokendesk.server.url, headers=headers) as http:
            for number in count():
                wish = {"id": token_id, "description": f"Change {number}"}
                request = {"query": _DESCRIBE, "variables": {"input": wish}}
                answer = await http.post("/graphql", json=request)
                result = answer.json()["data"]["updateApiToken"]
                assert result == {"__typename": "UpdateApiTokenPayload"}
                await asyncio.sleep(0.05)

    task = asyncio.create_task(change())
    try:
        yield
    finally:
        task.cancel()
        (ended,) = await asyncio.gather(task, return_exceptions=True)
    assert isinstance(ended, asyncio.CancelledError), ended

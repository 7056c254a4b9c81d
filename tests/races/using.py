"""A process that counts uses of every token of the database, and writes them, round after round.

`python -m tests.races.using ROUNDS`, with the desk's settings in the environment. It waits for a
line on its input before it begins, so that it works at the same time as somebody else.
"""

import asyncio
import sys

from server.desk import Desk
from server.domain.actor import OPERATOR
from server.settings import Settings
from tests.races.counting import count_round


async def main() -> None:
    """Count and write."""
    desk = Desk.build(Settings())
    await desk.open()
    try:
        tokens = await desk.token_list.all(OPERATOR)
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        for _ in range(int(sys.argv[1])):
            await count_round(desk, [token.id for token in reversed(tokens)])
    finally:
        await desk.close()


if __name__ == "__main__":
    asyncio.run(main())

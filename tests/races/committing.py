"""A process that makes drafts and commits them in a loop, and prints each token it was promised.

`python -m tests.races.committing [count]`, with the desk's settings in the environment. It acts
for the first Client account, and goes on for ever where no count is given.
"""

import asyncio
import itertools
import sys
from dataclasses import replace

from server.desk import Desk
from server.domain.actor import OPERATOR, AccountType
from server.services.tokens.patch import TokenPatch
from server.settings import Settings


async def main() -> None:
    """Commit, and only then say so."""
    desk = Desk.build(Settings())
    await desk.open()
    try:
        accounts = await desk.accounts.all(OPERATOR)
        client = next(each for each in accounts if each.type is AccountType.CLIENT)
        actor = replace(OPERATOR, account_id=client.id, account_type=client.type)
        modules = await desk.modules.enabled(actor)
        patch = TokenPatch(name="Robot", module_ids=[module.id for module in modules])
        rounds = range(int(sys.argv[1])) if len(sys.argv) > 1 else itertools.count()
        for _ in rounds:
            draft = await desk.drafts.create(actor, patch)
            minted = await desk.drafts.commit(actor, draft.id, draft.version)
            print(minted.token.id, flush=True)
    finally:
        await desk.close()


if __name__ == "__main__":
    asyncio.run(main())

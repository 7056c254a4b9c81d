"""Short ways to a draft, for tests of what comes after it."""

from typing import Any

from server.desk import Desk
from server.domain.actor import Actor
from server.services.tokens.patch import TokenPatch
from server.services.tokens.views import DraftView


def full_patch(**changes: Any) -> TokenPatch:
    """All that a token needs, but for what shall be otherwise."""
    full = {
        "name": "Nightly export",
        "description": "Runs at two.",
        "module_ids": ["MOD-1756", "MOD-2001"],
    }
    return TokenPatch(**(full | changes))


FULL = full_patch()


async def ready_draft(desk: Desk, actor: Actor, patch: TokenPatch = FULL) -> DraftView:
    """A draft that only has to be committed."""
    draft = await desk.drafts.create(actor, patch)
    assert draft.general_done
    assert draft.modules_done
    return draft

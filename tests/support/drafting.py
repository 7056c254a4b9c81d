"""Short ways to a draft, for tests of what comes after it."""

from server.desk import Desk
from server.domain.actor import Actor
from server.services.tokens.patch import TokenPatch
from server.services.tokens.views import DraftView

FULL = TokenPatch(
    name="Nightly export",
    description="Runs at two.",
    module_ids=["MOD-1756", "MOD-2001"],
)


async def ready_draft(desk: Desk, actor: Actor, patch: TokenPatch = FULL) -> DraftView:
    """A draft that only has to be committed."""
    draft = await desk.drafts.create(actor, patch)
    assert draft.general_done
    assert draft.modules_done
    return draft

"""Limits of drafts and tokens."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from server.domain.errors import Complaints
from server.domain.i18n.messages import Phrase
from server.domain.ids import IdKind

DRAFT_LIFE: Final = timedelta(hours=24)
"""How long an untouched draft is kept."""


MOST_MODULES: Final = 1_000


def clean_module_choice(module_ids: Iterable[str], complaints: Complaints) -> list[str]:
    """At least one module id, each once, in the order given; forms of ids are checked."""
    chosen = list(dict.fromkeys(module_ids))
    if not chosen:
        complaints.add("modules", Phrase("Select at least one module."))
    elif len(chosen) > MOST_MODULES:
        complaints.add("modules", Phrase("Select at most %(most)s modules.", most=MOST_MODULES))
        return []
    for module_id in chosen:
        if not IdKind.MODULE.matches(module_id):
            wrong = Phrase("%(id)s is not a module id.", id=repr(module_id[:40]))
            complaints.add("modules", wrong)
            return []
    return chosen

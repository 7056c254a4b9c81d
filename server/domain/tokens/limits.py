"""Limits of drafts and tokens."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from server.domain.errors import FieldErrors
from server.domain.i18n.messages import Message
from server.domain.ids import IdKind

DRAFT_LIFE: Final = timedelta(hours=24)
"""How long a draft is kept after its last change."""


MOST_MODULES: Final = 1_000


def validate_module_ids(module_ids: Iterable[str], field_errors: FieldErrors) -> list[str]:
    """Return the module ids without duplicates, in the given order; at least one is required.

    Add an error to `field_errors` if there are none, too many, or one has the wrong form.
    """
    chosen = list(dict.fromkeys(module_ids))
    if not chosen:
        field_errors.add("modules", Message("Select at least one module."))
    elif len(chosen) > MOST_MODULES:
        field_errors.add("modules", Message("Select at most %(most)s modules.", most=MOST_MODULES))
        return []
    for module_id in chosen:
        if not IdKind.MODULE.matches(module_id):
            wrong = Message("%(id)s is not a module id.", id=repr(module_id[:40]))
            field_errors.add("modules", wrong)
            return []
    return chosen

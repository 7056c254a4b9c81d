"""A patch: the fields of a token or draft to change, and their validation."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Unpack

from server.domain.errors import FieldErrors
from server.domain.tokens.fields import UNSET, TypedFields, Unset, validate_typed, without_unset
from server.domain.tokens.limits import validate_module_ids


class TokenPatch:
    """The fields to change in a token or draft. A field left out, or `UNSET`, stays as it is.

    An `unfinished` patch is for a draft: name and modules may still be missing.
    """

    def __init__(
        self,
        *,
        module_ids: Iterable[str] | Unset = UNSET,
        without_logo: bool = False,
        unfinished: bool = False,
        **fields: Unpack[TypedFields],
    ) -> None:
        self.fields: Final[Mapping[str, Any]] = without_unset(fields)
        self.module_ids: Final = module_ids
        self.without_logo: Final = without_logo
        self.unfinished: Final = unfinished

    def cleaned(
        self, now: datetime, field_errors: FieldErrors, *, current_expiry: datetime | None = None
    ) -> dict[str, Any]:
        """Validate the fields and return the columns to write; add errors to `field_errors`.

        An expiry that equals the current one to the minute, as forms show it, is left out. It may
        have passed: all other fields of an expired token can still be changed.
        """
        fields = dict(self.fields)
        if _is_same(fields.get("expires_at"), current_expiry):
            del fields["expires_at"]
        values = validate_typed(fields, now, field_errors, unfinished=self.unfinished)
        if not isinstance(self.module_ids, Unset):
            chosen = list(self.module_ids)
            missing = self.unfinished and not chosen
            values["module_ids"] = [] if missing else validate_module_ids(chosen, field_errors)
        if self.without_logo:
            values["logo"] = None
        return values


def _is_same(wanted: object, current: datetime | None) -> bool:
    if current is None or not isinstance(wanted, datetime) or wanted.tzinfo is None:
        return False
    return timedelta(0) <= current - wanted < timedelta(minutes=1)

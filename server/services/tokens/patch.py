"""What to change in a token or a draft, and the rules it must keep."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Self

from server.domain.errors import FieldErrors
from server.domain.text.validation import TOKEN_NAME, validate_description, validate_name
from server.domain.tokens.expiry import validate_expiry
from server.domain.tokens.limits import validate_module_ids


class Unset:
    """The value of a field that a patch leaves as it is."""


UNSET: Final = Unset()


@dataclass(frozen=True)
class TokenPatch:
    """What to change in a token or a draft; a field left `UNSET` stays.

    An `unfinished` one is put aside: name and modules may be missing yet.
    """

    name: str | Unset = UNSET
    description: str | Unset = UNSET
    expires_at: datetime | Unset | None = UNSET
    module_ids: Iterable[str] | Unset = UNSET
    without_logo: bool = False
    unfinished: bool = False

    def unless_same_expiry(self, current: datetime | None) -> Self:
        """Without an expiry that is the current one to the minute, as forms show it.

        It need not lie ahead any more: an expired token can be changed in all else.
        """
        wanted = self.expires_at
        if current is None or not isinstance(wanted, datetime) or wanted.tzinfo is None:
            return self
        same = timedelta(0) <= current - wanted < timedelta(minutes=1)
        return replace(self, expires_at=UNSET) if same else self

    def cleaned(self, now: datetime, field_errors: FieldErrors) -> dict[str, Any]:
        """The columns to write, by the rules; complaints are added to those found already."""
        values: dict[str, Any] = {}
        if not isinstance(self.name, Unset):
            values["name"] = self._clean_name(self.name, field_errors)
        if not isinstance(self.description, Unset):
            values["description"] = validate_description(self.description, field_errors)
        if not isinstance(self.expires_at, Unset):
            values["expires_at"] = validate_expiry(self.expires_at, now, field_errors)
        if not isinstance(self.module_ids, Unset):
            chosen = list(self.module_ids)
            missing = self.unfinished and not chosen
            values["module_ids"] = [] if missing else validate_module_ids(chosen, field_errors)
        if self.without_logo:
            values["logo"] = None
        return values

    def _clean_name(self, name: str, field_errors: FieldErrors) -> str:
        if self.unfinished and not name.strip():
            return ""
        return validate_name(name, field_errors, field="name", noun=TOKEN_NAME)

"""The fields of a token that people fill in. Each is declared here once.

Readers, drafts, patches, forms and the audit trail go through `dataclasses.fields(TokenFields)`,
once, when they are imported. docs/contributing.md lists what else a new field needs.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import datetime
from operator import attrgetter
from typing import Any, Final, TypedDict

from server.domain.errors import FieldErrors
from server.domain.i18n.messages import Message
from server.domain.text.validation import (
    TOKEN_NAME,
    name_key,
    search_key,
    validate_description,
    validate_name,
)
from server.domain.tokens.expiry import parse_expiry, validate_expiry

Validator = Callable[[Any, datetime, FieldErrors], Any]
"""Validates a value as of a given time, adds field errors, and returns what to store."""


class Unset:
    """The type of a field's value in a patch that does not change the field."""


UNSET: Final = Unset()


@dataclass(frozen=True, kw_only=True)
class FieldSpec:
    """The declaration of a field.

    `label` is for pages about a token, `recorded_label` for the audit trail's tables and
    `label_within` for its sentences. A `text` is searched, and quoted in sentences. A field without
    `validate` is uploaded, not typed. `parse` reads a form's text, `form_text` writes it, and
    `record` turns the value into JSON.
    """

    label: str
    recorded_label: str
    label_within: str
    validate: Validator | None = None
    required: bool = False
    text: bool = False
    parse: Callable[[str, FieldErrors], Any] = lambda typed, _: typed
    form_text: Callable[[Any], str] = lambda value: value or ""
    record: Callable[[Any], Any] = lambda value: value


def _as(**spec: Any) -> dict[str, FieldSpec]:
    return {"spec": FieldSpec(**spec)}


def _name(value: str, _: datetime, field_errors: FieldErrors) -> str:
    return validate_name(value, field_errors, field="name", noun=TOKEN_NAME)


def _description(value: str, _: datetime, field_errors: FieldErrors) -> str:
    return validate_description(value, field_errors)


@dataclass(frozen=True, kw_only=True)
class TokenFields:
    """The fields of a token and of a draft. The defaults are those of an empty draft."""

    name: str = field(
        default="",
        metadata=_as(
            label=Message("API token name"),
            recorded_label=Message("Name"),
            label_within=Message("name"),
            validate=_name,
            required=True,
            text=True,
        ),
    )
    description: str = field(
        default="",
        metadata=_as(
            label=Message("Description"),
            recorded_label=Message("Description"),
            label_within=Message("description"),
            validate=_description,
            text=True,
        ),
    )
    expires_at: datetime | None = field(
        default=None,
        metadata=_as(
            label=Message("Expiry"),
            recorded_label=Message("Expiry"),
            label_within=Message("expiry"),
            validate=validate_expiry,
            parse=parse_expiry,
            form_text=lambda value: f"{value:%Y-%m-%dT%H:%M}" if value else "",
            record=lambda value: value.isoformat() if value else None,
        ),
    )
    logo: str | None = field(
        default=None,
        metadata=_as(
            label=Message("Logo"),
            recorded_label=Message("Logo"),
            label_within=Message("logo"),
        ),
    )


class TypedFields(TypedDict, total=False):
    """The typed fields as keyword arguments; `UNSET` means the same as leaving one out."""

    name: str | Unset
    description: str | Unset
    expires_at: datetime | Unset | None


SPECS: Final[Mapping[str, FieldSpec]] = {
    each.name: each.metadata["spec"] for each in fields(TokenFields)
}
FIELDS: Final = tuple(SPECS)
TYPED: Final = tuple(name for name, spec in SPECS.items() if spec.validate is not None)
TEXTS: Final = tuple(name for name, spec in SPECS.items() if spec.text)
EMPTY: Final[Mapping[str, Any]] = {
    each.name: each.default for each in fields(TokenFields) if each.default is not MISSING
}

_values = attrgetter(*FIELDS)
_typed = attrgetter(*TYPED)


def values_of(source: object) -> dict[str, Any]:
    """Return the fields of an object that has them: a row, a view, a new token."""
    return dict(zip(FIELDS, _values(source), strict=True))


def typed_values_of(source: object) -> dict[str, Any]:
    """Return the typed fields of an object."""
    return dict(zip(TYPED, _typed(source), strict=True))


def without_unset(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values without those that are `UNSET`."""
    return {name: value for name, value in values.items() if not isinstance(value, Unset)}


def validate_typed(
    values: Mapping[str, Any],
    now: datetime,
    field_errors: FieldErrors,
    *,
    unfinished: bool = False,
) -> dict[str, Any]:
    """Validate the typed fields; an `unfinished` draft may lack required ones."""
    return {
        name: _validated(name, values[name], now, field_errors, unfinished=unfinished)
        for name in TYPED
        if name in values
    }


def _validated(
    name: str, value: Any, now: datetime, field_errors: FieldErrors, *, unfinished: bool
) -> Any:
    spec = SPECS[name]
    assert spec.validate is not None, "only what is typed is validated"
    if unfinished and spec.required and not value.strip():
        return EMPTY[name]
    return spec.validate(value, now, field_errors)


def recorded(values: Mapping[str, Any], module_ids: Iterable[str] | None = None) -> dict[str, Any]:
    """Return the values as the audit trail records them: texts, modules if given, then the rest."""
    written = {name: SPECS[name].record(value) for name, value in values.items()}
    texts = {name: value for name, value in written.items() if name in TEXTS}
    modules = {} if module_ids is None else {"modules": list(module_ids)}
    return texts | modules | {name: written[name] for name in written if name not in TEXTS}


def search_columns(values: Mapping[str, Any], token_id: str) -> dict[str, Any]:
    """Return the columns for sorting by name and for searching, made from all texts."""
    texts = (values[name] for name in TEXTS)
    return {
        "name_key": name_key(values["name"]),
        "search_key": search_key(*texts, token_id),
    }

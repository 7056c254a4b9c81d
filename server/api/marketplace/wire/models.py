"""Objects as the Marketplace's clients read them, and the source of the OpenAPI document."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic.alias_generators import to_camel


def written(moment: datetime) -> str:
    """Format a time in UTC, truncated to milliseconds: `2026-03-15T10:00:00.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Moment = Annotated[
    datetime,
    PlainSerializer(written, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$",
            "examples": ["2026-03-15T10:00:00.000Z"],
        }
    ),
]


AccountType: TypeAlias = Literal["Client", "Vendor", "Operations"]
Status: TypeAlias = Literal["Active", "Disabled"]


def _only_the_id_is_certain(schema: dict[str, Any]) -> None:
    """Require only the id: `select` and permissions can omit every other field."""
    schema["required"] = [name for name in schema["properties"] if name == "id"]


class Shape(BaseModel):
    """A serialized object; a field that was not set is absent."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        json_schema_extra=_only_the_id_is_certain,
    )

    def shown(self) -> dict[str, Any]:
        """Return the object as JSON-compatible values."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class Omitted(BaseModel):
    """The `$meta` of a single object."""

    omitted: list[str] = Field(description="Fields that were left out; `select=+name` adds them.")


class Reference(Shape):
    """A reference to a person or an object, with its name."""

    id: str
    name: str | None
    icon: str | None


class AccountReference(Shape):
    """A reference to an account."""

    id: str = Field(examples=["ACC-9042-0088"])
    type: AccountType
    status: Status
    icon: str | None
    name: str


class Happened(Shape):
    """When something last happened to an object, and who did it, if known."""

    at: Moment
    by: Reference | None = None


class Events(Shape):
    """When each event last happened. An event that never happened is absent."""

    created: Happened
    updated: Happened | None = None


class ModuleSettings(Shape):
    """How a module is offered. It is the same for all modules of this desk."""

    shared_account: bool
    configurable: bool
    default: bool
    paid: bool
    type: list[str]


class Module(Shape):
    """A part of the platform that tokens can be granted access to."""

    id: str = Field(examples=["MOD-1756"])
    name: str
    description: str | None
    paid: bool
    settings: ModuleSettings
    filters: dict[str, list[str]]
    account_types: list[AccountType] = Field(
        default=[], description="Of the accounts that it is enabled for now."
    )
    audit: Events | None = None


class ApiToken(Shape):
    """An API token."""

    id: str = Field(examples=["TKN-8857-1729"])
    status: Status = Field(description="Disabled is also one whose time is over.")
    name: str
    description: str | None
    icon: str | None = Field(description="An absolute URL of a picture.")
    last_access_at: Moment | None
    token: str = Field(
        default="",
        description="The value: when the token is made, and to a caller who sends this very value.",
    )
    account: AccountReference
    modules: list[Module]
    audit: Events


class Account(Shape):
    """An account."""

    id: str = Field(examples=["ACC-9042-0088"])
    type: AccountType
    status: Status
    name: str
    icon: str | None = Field(
        description="A path after `/public` that leads to the picture.",
        examples=["/v1/accounts/accounts/ACC-9042-0088/icon"],
    )
    audit: Events


class RecordObject(Shape):
    """The object of an audit record."""

    id: str
    name: str | None
    icon: str | None
    object_type: str | None = Field(examples=["ApiToken"])


class ApiRequest(Shape):
    """The request that caused an audit record."""

    ip: str | None
    user_agent: str | None


class RecordRequest(Shape):
    """What caused an audit record."""

    api: ApiRequest


class AuditRecord(Shape):
    """An audit record."""

    id: str = Field(examples=["AUD-5681-1729-3068-0895"])
    event: str = Field(examples=["platform.accounts.api-token.created"])
    summary: str
    details: str = Field(description="A text with places such as `{{ object.name }}`.")
    object: RecordObject
    timestamp: Moment
    actor: Reference
    type: Literal["Private"]
    request: RecordRequest
    documents: dict[str, Any] = Field(description="The object `before` and `after`.")
    viewers: list[Reference]


class EventType(Shape):
    """A type of audit records."""

    id: str = Field(examples=["AET-8784-9237"])
    key: str = Field(examples=["platform.accounts.api-token.created"])
    name: str
    description: str


class Problem(BaseModel):
    """Problem details (RFC 9457)."""

    type: str = Field(examples=["https://tools.ietf.org/html/rfc9110#section-15.5.1"])
    title: str = Field(examples=["Bad Request"])
    status: int = Field(examples=[400])
    detail: str
    trace_id: str = Field(
        alias="traceId", examples=["00-9e02a91b64ac56904703a3a69ea9101d-56be90a29d0b0b25-00"]
    )
    errors: dict[str, list[str]] | None = Field(
        default=None, description="By field, or by piece of the query."
    )


LEFT_OUT_OF_LISTS: Final[Mapping[type[Shape], frozenset[str]]] = {
    ApiToken: frozenset({"modules", "audit"}),
    Module: frozenset({"accountTypes", "audit"}),
    Account: frozenset({"audit"}),
    AuditRecord: frozenset({"request", "documents", "viewers"}),
}
"""Fields that a list omits unless they are selected, by type of object."""

LEFT_OUT_ALONE: Final[Mapping[type[Shape], frozenset[str]]] = {
    Module: frozenset({"accountTypes", "audit"}),
    Account: frozenset({"audit"}),
}
"""Fields that a single object omits unless they are selected, by type of object."""


def fields_of(shape: type[Shape]) -> list[str]:
    """Return the names of a model's fields in JSON, in their order."""
    return [field.alias or name for name, field in shape.model_fields.items()]

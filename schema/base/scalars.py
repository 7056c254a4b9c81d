"""Scalars that are stricter than Strawberry's own."""

from datetime import UTC, datetime
from typing import Any, NewType

import strawberry
from starlette.datastructures import UploadFile
from strawberry.exceptions import StrawberryInputCoercionError
from strawberry.file_uploads import Upload

Count = NewType("Count", int)
"""A number that can exceed the 32 bits of GraphQL's Int."""


def _parse_moment(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise StrawberryInputCoercionError(
            "A DateTime is a string with an offset, such as 2027-01-31T18:00:00Z (RFC 3339)."
        )
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise StrawberryInputCoercionError("This DateTime is out of range.") from None


def _write_moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _parse_upload(value: object) -> UploadFile:
    if not isinstance(value, UploadFile):
        raise StrawberryInputCoercionError("Send a file here, in a multipart request.")
    return value


SCALARS: dict[object, Any] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="A time with its offset, as RFC 3339 defines it. Answers are in UTC.",
        specified_by_url="https://datatracker.ietf.org/doc/html/rfc3339",
        serialize=_write_moment,
        parse_value=_parse_moment,
    ),
    Count: strawberry.scalar(
        name="Count",
        description="A whole number from 0 up that can be larger than an Int.",
        serialize=int,
        parse_value=int,
    ),
    Upload: strawberry.scalar(
        name="Upload",
        description="A file, sent by the GraphQL multipart request specification.",
        parse_value=_parse_upload,
    ),
}

"""Errors as data: every refusal that a client can act on is a member of the mutation's union."""

from collections.abc import Callable
from typing import Any, Final

import strawberry
from strawberry.schema import ExceptionHandler
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from schema.base.described import interface_type, object_type
from schema.base.enums import ErrorCode
from server.domain import errors

_NAMES: Final = {"modules": "moduleIds"}


@interface_type
class UserError:
    """Why a mutation was refused. It changed nothing."""

    message: str = strawberry.field(description="What went wrong, in English, for a person.")
    path: list[str] = strawberry.field(
        description="Path of the input field at fault, such as `[input, name]`. Empty if no single"
        " field is."
    )
    code: ErrorCode = strawberry.field(description="What went wrong, for a program.")


@object_type
class FieldError:
    """What is wrong with one input field."""

    message: str = strawberry.field(description="What is wrong, in English, for a person.")
    path: list[str] = strawberry.field(
        description="Path of the input field, such as `[input, name]`. Empty if no single field is"
        " at fault."
    )


@object_type
class ValidationError(UserError):
    """The input is invalid (INVALID), or a value that must be unique is in use (TAKEN)."""

    field_errors: list[FieldError] = strawberry.field(
        description="Every fault of the input, not only the first."
    )


@object_type
class NotFoundError(UserError):
    """No such object exists, or you cannot see it."""


@object_type
class NotAllowedError(UserError):
    """You are not allowed to do this."""


@object_type
class StaleError(UserError):
    """The object has changed since you read the version that you sent."""

    current_version: int = strawberry.field(
        description="The version that the object has now. Read it again before you retry."
    )


@object_type
class IllegalStateError(UserError):
    """The object's state forbids this (ILLEGAL_STATE), or the object has expired (EXPIRED)."""


@object_type
class ConfirmationRequiredError(UserError):
    """Send your password: you signed in more than 5 minutes ago, or the password was wrong."""


@object_type
class TooManyAttemptsError(UserError):
    """You tried too often."""

    retry_after_seconds: int = strawberry.field(
        description="Seconds to wait before the next attempt."
    )


def user_error(refusal: errors.DomainError) -> UserError:
    """Return the error type that stands for a refusal."""
    return _ERRORS[type(refusal)](refusal)


def _path(path: tuple[str, ...]) -> list[str]:
    return ["input", *(_NAMES.get(part, to_camel_case(part)) for part in path)] if path else []


def _common(refusal: errors.DomainError) -> dict[str, Any]:
    return {
        "message": refusal.message,
        "path": _path(refusal.path),
        "code": ErrorCode(refusal.code),
    }


def _invalid(refusal: errors.Invalid) -> ValidationError:
    field_errors = [
        FieldError(message=each.message, path=_path(each.path)) for each in refusal.field_errors
    ]
    return ValidationError(**_common(refusal), field_errors=field_errors)


def _taken(refusal: errors.Taken) -> ValidationError:
    common = _common(refusal)
    field_error = FieldError(message=refusal.message, path=common["path"])
    return ValidationError(**common, field_errors=[field_error])


def _stale(refusal: errors.Stale) -> StaleError:
    return StaleError(**_common(refusal), current_version=refusal.current_version)


def _too_many(refusal: errors.TooMany) -> TooManyAttemptsError:
    seconds = int(refusal.retry_after.total_seconds())
    return TooManyAttemptsError(**_common(refusal), retry_after_seconds=seconds)


def _plain(error_type: type[UserError]) -> Callable[[errors.DomainError], UserError]:
    return lambda refusal: error_type(**_common(refusal))


_ERRORS: Final[dict[type[errors.DomainError], Callable[[Any], UserError]]] = {
    errors.Invalid: _invalid,
    errors.Taken: _taken,
    errors.NotFound: _plain(NotFoundError),
    errors.NotAllowed: _plain(NotAllowedError),
    errors.Stale: _stale,
    errors.IllegalTransition: _plain(IllegalStateError),
    errors.Expired: _plain(IllegalStateError),
    errors.ConfirmPassword: _plain(ConfirmationRequiredError),
    errors.TooMany: _too_many,
}
"""Every refusal but SignInNeeded, which is a top-level error: it concerns the whole request."""


class _Handler:
    """Turns refusals into one member of the mutation's union."""

    def __init__(self, error_type: type[UserError], *refusals: type[errors.DomainError]) -> None:
        self.error_type = error_type
        self.exception_type = refusals

    def handle(
        self, exception: errors.DomainError, *, field: StrawberryField, info: Any
    ) -> UserError:
        """Return the member."""
        return user_error(exception)


HANDLERS: Final[list[ExceptionHandler[Any, Any]]] = [
    _Handler(ValidationError, errors.Invalid, errors.Taken),
    _Handler(NotFoundError, errors.NotFound),
    _Handler(NotAllowedError, errors.NotAllowed),
    _Handler(StaleError, errors.Stale),
    _Handler(IllegalStateError, errors.IllegalTransition, errors.Expired),
    _Handler(ConfirmationRequiredError, errors.ConfirmPassword),
    _Handler(TooManyAttemptsError, errors.TooMany),
]

"""Errors as data: every refusal that a client can act on is a member of the field's union."""

from collections.abc import Callable
from typing import Any, Final

import strawberry
from strawberry.schema import ExceptionHandler
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from schema.base.enums import ErrorCode
from server.domain import errors

_NAMES: Final = {"modules": "moduleIds"}


@strawberry.interface(description="A refusal: nothing was changed.")
class UserError:
    """What every error member has."""

    message: str = strawberry.field(description="For a person.")
    path: list[str] = strawberry.field(
        description="Leads to the field, as input, name; empty where it is about no field alone."
    )
    code: ErrorCode = strawberry.field(description="For a program.")


@strawberry.type(description="One thing wrong with one field.")
class FieldError:
    """A complaint."""

    message: str = strawberry.field(description="For a person.")
    path: list[str] = strawberry.field(
        description="Leads to the field, as input, name; empty where it is about no field alone."
    )


@strawberry.type(
    description="The input breaks rules, or a value is TAKEN; `fieldErrors` names every fault."
)
class ValidationError(UserError):
    """Invalid input."""

    field_errors: list[FieldError] = strawberry.field(description="Everything that is wrong.")


@strawberry.type(description="There is no such object, or it is not yours to see.")
class NotFoundError(UserError):
    """Not found."""


@strawberry.type(description="You may see it, but not do this.")
class NotAllowedError(UserError):
    """Not allowed."""


@strawberry.type(description="It was changed since you read it.")
class StaleError(UserError):
    """A version that is not the newest."""

    current_version: int = strawberry.field(description="The version it has now.")


@strawberry.type(description="Its state does not allow this, or its time is over (EXPIRED).")
class IllegalStateError(UserError):
    """An illegal move."""


@strawberry.type(
    description="Send your password: the sign-in is too old for this, or the password was wrong."
)
class ConfirmationRequiredError(UserError):
    """A confirmation is needed."""


@strawberry.type(description="Too many attempts.")
class TooManyAttemptsError(UserError):
    """A throttled caller."""

    retry_after_seconds: int = strawberry.field(description="Wait so long before the next one.")


def user_error(refusal: errors.DomainError) -> UserError:
    """The schema's word for a refusal."""
    return _WORDS[type(refusal)](refusal)


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


_WORDS: Final[dict[type[errors.DomainError], Callable[[Any], UserError]]] = {
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
"""`SignInNeeded` is not among them: nobody is told in the answer's top-level errors."""


class _Handler:
    """Answers refusals with a member of the field's union."""

    def __init__(self, error_type: type[UserError], *refusals: type[errors.DomainError]) -> None:
        self.error_type = error_type
        self.exception_type = refusals

    def handle(
        self, exception: errors.DomainError, *, field: StrawberryField, info: Any
    ) -> UserError:
        """The union's member."""
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

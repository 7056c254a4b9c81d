"""Errors as data: every refusal that a client can act on is a member of the field's union."""

from enum import StrEnum
from typing import Annotated, Any

import strawberry
from strawberry.schema import ExceptionHandler
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from schema.types import ApiToken, TokenDraft
from server.domain import errors

_NAMES = {"modules": "moduleIds"}


@strawberry.enum(description="Why a wish was refused, for programs.")
class ErrorCode(StrEnum):
    """The codes of refusals."""

    INVALID = errors.Invalid.code
    TAKEN = errors.Taken.code
    NOT_FOUND = errors.NotFound.code
    NOT_ALLOWED = errors.NotAllowed.code
    STALE = errors.Stale.code
    ILLEGAL_STATE = errors.IllegalMove.code
    EXPIRED = errors.Expired.code
    CONFIRM_PASSWORD = errors.ConfirmPassword.code


@strawberry.interface(description="A refusal: nothing was changed.")
class UserError:
    """What every error member has."""

    message: str = strawberry.field(description="For a person.")
    path: list[str] = strawberry.field(description="Leads to the field, as input, name.")
    code: ErrorCode = strawberry.field(description="For a program.")


@strawberry.type(description="One thing wrong with one field.")
class Complaint:
    """A complaint."""

    message: str = strawberry.field(description="For a person.")
    path: list[str] = strawberry.field(description="Leads to the field, as input, name.")


@strawberry.type(description="The input breaks rules; all complaints are there at once.")
class ValidationError(UserError):
    """Invalid input."""

    complaints: list[Complaint] = strawberry.field(description="Everything that is wrong.")


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


@strawberry.type(description="The password must be confirmed first.")
class ConfirmationRequiredError(UserError):
    """A confirmation is needed."""


@strawberry.type(description="A draft, begun or changed.")
class TokenDraftPayload:
    """A draft."""

    token_draft: TokenDraft = strawberry.field(description="The draft as it is now.")


@strawberry.type(description="A draft thrown away.")
class DiscardTokenDraftPayload:
    """Its id."""

    id: strawberry.ID = strawberry.field(description="The id it had.")


@strawberry.type(description="The token that a draft became.")
class CommitTokenDraftPayload:
    """Token and value."""

    api_token: ApiToken = strawberry.field(description="The token.")
    secret: str | None = strawberry.field(
        description="Its value: for ten minutes, for whoever committed."
    )


@strawberry.type(description="A new token.")
class CreateApiTokenPayload:
    """Token and value."""

    api_token: ApiToken = strawberry.field(description="The token.")
    secret: str = strawberry.field(description="Its value, here and now.")


_Errors = ValidationError | NotFoundError | NotAllowedError | StaleError | IllegalStateError
TokenDraftResult = Annotated[
    TokenDraftPayload | _Errors,
    strawberry.union("TokenDraftResult", description="A draft, or why not."),
]
DiscardTokenDraftResult = Annotated[
    DiscardTokenDraftPayload | _Errors,
    strawberry.union("DiscardTokenDraftResult", description="Done, or why not."),
]
CommitTokenDraftResult = Annotated[
    CommitTokenDraftPayload | _Errors,
    strawberry.union("CommitTokenDraftResult", description="The token, or why not."),
]
CreateApiTokenResult = Annotated[
    CreateApiTokenPayload | ValidationError | NotAllowedError,
    strawberry.union("CreateApiTokenResult", description="The token, or why not."),
]


def _path(path: tuple[str, ...]) -> list[str]:
    return ["input", *(_NAMES.get(part, to_camel_case(part)) for part in path)] if path else []


def _common(refusal: errors.Refusal) -> dict[str, Any]:
    return {
        "message": refusal.message,
        "path": _path(refusal.path),
        "code": ErrorCode(refusal.code),
    }


class InvalidHandler(ExceptionHandler[errors.Invalid, ValidationError]):
    """Invalid input, with each complaint's path into the input."""

    def handle(
        self, exception: errors.Invalid, *, field: StrawberryField, info: Any
    ) -> ValidationError:
        """The union's member."""
        complaints = [
            Complaint(message=each.message, path=_path(each.path)) for each in exception.complaints
        ]
        return ValidationError(**_common(exception), complaints=complaints)


class StaleHandler(ExceptionHandler[errors.Stale, StaleError]):
    """An old version."""

    def handle(self, exception: errors.Stale, *, field: StrawberryField, info: Any) -> StaleError:
        """The union's member."""
        return StaleError(**_common(exception), current_version=exception.current_version)


class PlainHandler:
    """A refusal that says all in its message."""

    def __init__(self, exception_type: Any, error_type: Any) -> None:
        self.exception_type = exception_type
        self.error_type = error_type

    def handle(self, exception: errors.Refusal, *, field: StrawberryField, info: Any) -> Any:
        """The union's member."""
        return self.error_type(**_common(exception))


HANDLERS: list[ExceptionHandler[Any, Any]] = [
    InvalidHandler(),
    StaleHandler(),
    PlainHandler(errors.NotFound, NotFoundError),
    PlainHandler(errors.NotAllowed, NotAllowedError),
    PlainHandler([errors.IllegalMove, errors.Expired], IllegalStateError),
    PlainHandler(errors.ConfirmPassword, ConfirmationRequiredError),
]

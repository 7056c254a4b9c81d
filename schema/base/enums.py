"""Enums of the schema: the domain's own, described, and what only clients see."""

from enum import Enum, StrEnum
from typing import Any, cast

import strawberry

from server.domain import errors
from server.domain.actor import AccountType, ActorKind, Role
from server.domain.i18n.language import Language
from server.domain.member_rules import MemberStatus
from server.domain.tokens.lifecycle import TokenStatus
from server.domain.tokens.secret_policy import Grace, RevealPolicy
from server.domain.verification.verdict import Outcome
from server.services.search.token_list import TokenOrder
from server.services.usage.views import UsageStep


class AccountStatus(StrEnum):
    """A disabled account's tokens are refused everywhere."""

    ACTIVE = "active"
    DISABLED = "disabled"


class ErrorCode(StrEnum):
    """The codes of refusals."""

    INVALID = errors.Invalid.code
    TAKEN = errors.Taken.code
    NOT_FOUND = errors.NotFound.code
    NOT_ALLOWED = errors.NotAllowed.code
    STALE = errors.Stale.code
    ILLEGAL_STATE = errors.IllegalTransition.code
    EXPIRED = errors.Expired.code
    CONFIRM_PASSWORD = errors.ConfirmPassword.code
    TOO_MANY = errors.TooMany.code


class UsageOutcome(StrEnum):
    """How a call with a right secret can end."""

    ACCEPTED = Outcome.VALID.value
    DISABLED = Outcome.DISABLED.value
    EXPIRED = Outcome.EXPIRED.value
    ROTATED = Outcome.ROTATED.value
    INSUFFICIENT_SCOPE = Outcome.INSUFFICIENT_SCOPE.value


def _describe(enum: type[Enum], description: str, *, name: str | None = None, **of: str) -> None:
    """Make it an enum of the schema, in which each value is described, none forgotten."""
    strawberry.enum(enum, name=name, description=description)
    for value in cast(Any, enum).__strawberry_definition__.values:
        value.description = of[value.name]


_describe(
    AccountType,
    "What an account is to the platform.",
    CLIENT="It buys.",
    VENDOR="It sells.",
    OPERATIONS="It runs the platform, and sees every account.",
)
_describe(
    AccountStatus,
    "Whether an account's people and tokens may act.",
    ACTIVE="They may.",
    DISABLED="People are shut out, and tokens are refused everywhere.",
)
_describe(
    ActorKind,
    "What sort of actor stands behind a change.",
    NOBODY="Nobody who is known, as in a failed sign-in.",
    USER="A person.",
    TOKEN="A program with an API token.",  # noqa: S106 - a description
    OPERATOR="The operator's command line.",
)
_describe(
    Role,
    "What a person may do in an account.",
    ADMINISTRATOR="See and change everything of the account.",
    VIEWER="See everything but secrets, and change nothing.",
)
_describe(
    MemberStatus,
    "Whether a person may act for an account.",
    ACTIVE="They may.",
    INVITED="Not yet: they have not used their link, and not accepted.",
    DEACTIVATED="Not any more: an administrator shut them out.",
)
_describe(
    RevealPolicy,
    "Whether secrets can be shown again after creation.",
    ALWAYS="Administrators can see them again; every time is recorded.",
    ONCE="No: their values are not kept.",
)
_describe(
    Language,
    "What an account's pages are in. Messages of this schema are English.",
    AUTOMATIC="What each reader's browser asks for.",
    ENGLISH="English.",
    GERMAN="German.",
)
_describe(
    Grace,
    "How long the old secret is still accepted after a rotation.",
    name="RotationGrace",
    NONE="Not at all: it ends now.",
    ONE_HOUR="For 1 hour.",
    ONE_DAY="For 24 hours.",
    ONE_WEEK="For 7 days.",
)
_describe(
    TokenStatus,
    "What a token is at the moment of the answer.",
    name="ApiTokenStatus",
    ACTIVE="It is accepted.",
    DISABLED="It is refused until it is enabled.",
    EXPIRED="It is active, but refused as its expiry has passed.",
)
_describe(
    TokenOrder,
    "Columns to order tokens by.",
    name="ApiTokenOrderField",
    CREATED_AT="When it was made.",
    NAME="Its name; upper and lower case are the same.",
    CREATED_BY="The name of whoever made it.",
    UPDATED_AT="When it was last changed.",
    LAST_ACCESS_AT="When it was last used; never is before all.",
    EXPIRES_AT="Its expiry; none is after all.",
    STATUS="Expired, active, disabled.",
)
_describe(
    UsageStep,
    "How much time a point of usage stands for.",
    HOUR="An hour.",
    DAY="A day, in UTC.",
)
_describe(
    UsageOutcome,
    "How a call with a right secret can end.",
    ACCEPTED="It could pass.",
    DISABLED="Refused: the token or its account was disabled.",
    EXPIRED="Refused: the token was expired.",
    ROTATED="Refused: the secret was rotated out, and its time is over.",
    INSUFFICIENT_SCOPE="Refused: a module that was asked for is not granted.",
)
_describe(
    ErrorCode,
    "Why a wish was refused, for programs.",
    INVALID="The input breaks rules.",
    TAKEN="A value that must be unique is in use already.",
    NOT_FOUND="There is no such object, or it is not yours to see.",
    NOT_ALLOWED="You may see it, but not do this.",
    STALE="It was changed since you read it.",
    ILLEGAL_STATE="Its state does not allow this.",
    EXPIRED="It was there, but its time is over.",
    CONFIRM_PASSWORD="Your sign-in is too old for this, or the password was wrong.",  # noqa: S106
    TOO_MANY="Too many attempts.",
)


__all__ = [
    "AccountStatus",
    "AccountType",
    "ActorKind",
    "ErrorCode",
    "Grace",
    "Language",
    "MemberStatus",
    "RevealPolicy",
    "Role",
    "TokenOrder",
    "TokenStatus",
    "UsageOutcome",
    "UsageStep",
]

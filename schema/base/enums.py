"""Enums of the schema: those of the domain and services with descriptions, and three of its own."""

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
    """Whether an account is enabled."""

    ACTIVE = "active"
    DISABLED = "disabled"


class ErrorCode(StrEnum):
    """The codes of the refusals in server/domain/errors.py."""

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
    """The outcomes of a call that sent the right value."""

    ACCEPTED = Outcome.VALID.value
    DISABLED = Outcome.DISABLED.value
    EXPIRED = Outcome.EXPIRED.value
    ROTATED = Outcome.ROTATED.value
    INSUFFICIENT_SCOPE = Outcome.INSUFFICIENT_SCOPE.value


def _describe(enum: type[Enum], description: str, *, name: str | None = None, **of: str) -> None:
    """Declare an enum of the schema. KeyError if a value lacks its description."""
    strawberry.enum(enum, name=name, description=description)
    for value in cast(Any, enum).__strawberry_definition__.values:
        value.description = of[value.name]


_describe(
    AccountType,
    "An account's role on the platform.",
    CLIENT="Buys on the platform.",
    VENDOR="Sells on the platform.",
    OPERATIONS="Runs the platform, and sees every account.",
)
_describe(
    AccountStatus,
    "Whether an account's members can sign in and its tokens are accepted.",
    ACTIVE="Members can sign in, and tokens are accepted.",
    DISABLED="Members cannot sign in, and tokens are refused everywhere.",
)
_describe(
    ActorKind,
    "What kind of actor did something.",
    NOBODY="An unknown caller, as in a failed sign-in.",
    USER="A person.",
    TOKEN="A program with an API token.",  # noqa: S106 - a description
    OPERATOR="The operator's command line.",
)
_describe(
    Role,
    "What a person can do in an account.",
    ADMINISTRATOR="Sees and changes everything in the account.",
    VIEWER="Sees everything but values, and changes nothing.",
)
_describe(
    MemberStatus,
    "Whether a person can act for an account.",
    ACTIVE="They can act for it.",
    INVITED="They have neither used their link nor accepted the invitation yet.",
    DEACTIVATED="An administrator has shut them out.",
)
_describe(
    RevealPolicy,
    "Whether values of an account's tokens can be shown again after creation.",
    ALWAYS="Administrators can show them again. The audit trail records each time.",
    ONCE="Values are shown once, at creation, and not kept.",
)
_describe(
    Language,
    "The language of an account's pages. This API answers in English.",
    AUTOMATIC="The language that each reader's browser asks for.",
    ENGLISH="English.",
    GERMAN="German.",
)
_describe(
    Grace,
    "How long a token's old value is still accepted after a rotation.",
    name="RotationGrace",
    NONE="Not at all: the old value is refused immediately.",
    ONE_HOUR="1 hour.",
    ONE_DAY="24 hours.",
    ONE_WEEK="7 days.",
)
_describe(
    TokenStatus,
    "Whether a token is accepted at the time of the answer.",
    name="ApiTokenStatus",
    ACTIVE="The token is accepted.",
    DISABLED="The token is refused until an administrator enables it.",
    EXPIRED="The token is enabled, but its expiry has passed, so it is refused.",
)
_describe(
    TokenOrder,
    "What to order tokens by.",
    name="ApiTokenOrderField",
    CREATED_AT="The time of creation.",
    NAME="The name, ignoring case.",
    CREATED_BY="The name of the creator.",
    UPDATED_AT="The time of the last change.",
    LAST_ACCESS_AT="The time of the last access. Tokens that were never used come first.",
    EXPIRES_AT="The expiry. Tokens that never expire come last.",
    STATUS="The status: expired, then active, then disabled.",
)
_describe(
    UsageStep,
    "The time that one point of usage covers.",
    HOUR="One hour.",
    DAY="One day, in UTC.",
)
_describe(
    UsageOutcome,
    "The outcome of a call that sent the right value.",
    ACCEPTED="Accepted.",
    DISABLED="Refused: the token or its account was disabled.",
    EXPIRED="Refused: the token had expired.",
    ROTATED="Refused: the value was replaced and its grace period is over.",
    INSUFFICIENT_SCOPE="Refused: the token lacks a module that the service required.",
)
_describe(
    ErrorCode,
    "Why a mutation was refused, for a program.",
    INVALID="The input is invalid. `fieldErrors` lists every fault.",
    TAKEN="A value that must be unique is in use.",
    NOT_FOUND="No such object exists, or you cannot see it.",
    NOT_ALLOWED="You are not allowed to do this.",
    STALE="The object has changed since you read it.",
    ILLEGAL_STATE="The object's state forbids this.",
    EXPIRED="The object has expired.",
    CONFIRM_PASSWORD="Your password is needed, or it was wrong.",  # noqa: S106 - a description
    TOO_MANY="You tried too often.",
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

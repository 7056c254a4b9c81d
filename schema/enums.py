"""Enums of the schema: the domain's own, described, and what only clients see."""

from enum import StrEnum

import strawberry

from server.domain.actor import AccountType, ActorKind, Role
from server.domain.token_rules import RevealPolicy, TokenStatus
from server.services.token_grid import TokenOrder

strawberry.enum(AccountType, description="What an account is to the platform.")
strawberry.enum(ActorKind, description="What sort of actor stands behind a change.")
strawberry.enum(Role, description="What a person may do in an account.")
strawberry.enum(RevealPolicy, description="Whether secrets can be shown again after creation.")
strawberry.enum(
    TokenStatus,
    name="ApiTokenStatus",
    description="EXPIRED is an active token whose expiry has passed.",
)
strawberry.enum(TokenOrder, name="ApiTokenOrderField", description="Columns to order by.")


@strawberry.enum(description="Whether an account's people and tokens may act.")
class AccountStatus(StrEnum):
    """A disabled account's tokens are refused everywhere."""

    ACTIVE = "active"
    DISABLED = "disabled"


__all__ = [
    "AccountStatus",
    "AccountType",
    "ActorKind",
    "RevealPolicy",
    "Role",
    "TokenOrder",
    "TokenStatus",
]

"""Tokens as commands print them: for programs, as a row of a table, and in full."""

from collections.abc import Mapping, Sequence
from typing import Any

from server.domain.tokens.fields import TEXTS
from server.domain.tokens.lifecycle import Milestone
from server.services.tokens.views import MilestoneView, OldSecretView, TokenView


def fields(token: TokenView) -> dict[str, Any]:
    """Return a token's fields for JSON; `modules` are those it may use."""
    return {
        "id": token.id,
        **{_camel(name): getattr(token, name) for name in TEXTS},
        "status": token.status.value,
        "account": token.account.id,
        "modules": [module.id for module in token.modules],
        "withdrawnModules": [module.id for module in token.withdrawn_modules],
        "createdBy": token.created_by.name,
        "createdById": token.created_by.id,
        "createdAt": token.created_at,
        "updatedAt": token.updated_at,
        "lastAccessAt": token.last_access_at,
        "expiresAt": token.expires_at,
        "version": token.version,
    }


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def line(token: TokenView) -> dict[str, Any]:
    """Return the fields that fit into a row of a table."""
    wanted = ("id", "name", "status", "modules", "createdAt", "lastAccessAt", "expiresAt")
    all_fields = fields(token)
    return {name: all_fields[name] for name in wanted}


def old_secret_fields(old: Sequence[OldSecretView]) -> list[dict[str, Any]]:
    """Return rotated-out secrets for JSON."""
    return [
        {
            "acceptedUntil": secret.accepted_until,
            "works": secret.works,
            "lastUsedAt": secret.last_used_at,
            "refusedAt": secret.refused_at,
        }
        for secret in old
    ]


def milestone_fields(passed: Mapping[Milestone, MilestoneView]) -> dict[str, Any]:
    """Return the milestones that a token has reached, for JSON."""
    return {
        kind.value: {"at": point.at, "by": {"id": point.by.id, "name": point.by.name}}
        for kind, point in passed.items()
    }


def old_secret_lines(old: Sequence[OldSecretView]) -> list[str]:
    """Describe rotated-out secrets that still work or were tried after their end."""
    return [_old_secret(secret) for secret in old if secret.works or secret.refused_at]


def milestone_lines(passed: Mapping[Milestone, MilestoneView]) -> dict[str, str]:
    """Describe when and by whom the token reached each milestone."""
    return {
        kind.value.replace("_", " "): f"{point.at:%Y-%m-%d %H:%M} UTC by {point.by.name}"
        for kind, point in passed.items()
    }


def _old_secret(secret: OldSecretView) -> str:
    word = "works until" if secret.works else "ended"
    said = f"{word} {secret.accepted_until:%Y-%m-%d %H:%M} UTC"
    if secret.refused_at is not None:
        said += f" and was tried after its end, {secret.refused_at:%Y-%m-%d %H:%M} UTC"
    return said

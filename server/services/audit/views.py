"""The view of an audit record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.domain.actor import ActorView


@dataclass(frozen=True)
class AuditRecordView:
    """One record of the audit trail.

    `account_id` names its chain (`platform` if it belongs to no account) and `position` its place
    in it. The hash covers the record and the hash before it.
    """

    id: str
    at: datetime
    event: str
    summary: str
    actor: ActorView
    object_id: str
    object_name: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    address: str
    user_agent: str
    account_id: str
    position: int
    previous_hash: str
    hash: str

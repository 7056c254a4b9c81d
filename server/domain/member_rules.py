"""The status of a member."""

from enum import StrEnum
from typing import Final

from server.domain.i18n.messages import Message


class MemberStatus(StrEnum):
    """Whether a person may act for an account."""

    ACTIVE = "active"
    INVITED = "invited"
    DEACTIVATED = "deactivated"

    @property
    def label(self) -> str:
        """The text that people read."""
        return _STATUSES[self]


_STATUSES: Final = {
    MemberStatus.ACTIVE: Message("Active"),
    MemberStatus.INVITED: Message("Invited"),
    MemberStatus.DEACTIVATED: Message("Deactivated"),
}

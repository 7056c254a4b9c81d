"""What two accounts and Operations did about one address, told without looking at the desk.

It knows who handed out each way in, and so what that way may open: of an account, its own account;
of Operations, the accounts that admitted the address's owner. Of accounts it keeps what they did
themselves, which is all that they may see.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

ACCOUNTS: Final = ("first", "second")
OPERATIONS: Final = "operations"


@dataclass
class WayIn:
    """A link, a password or a session, and who handed it out: an account, or Operations.

    `proves` is the account whose identity a link of Operations would vouch for.
    """

    text: str
    source: str
    ended: bool = False
    proves: str | None = None
    resets: bool = False
    """Whether a link has its owner choose a password."""
    until: datetime | None = None
    """When a link of Operations is too old; an account's outlives everything here."""


@dataclass
class Place:
    """What an account knows of the address."""

    name: str
    user_id: str
    order: int
    own: bool
    """Whether the account's own identity holds it; else the proved person."""
    accepted: bool = False
    active: bool = True
    declined: bool = False
    last_sign_in_at: datetime | None = None

    @property
    def status(self) -> str:
        """The word that the account's people read."""
        if not self.active:
            return "deactivated"
        return "active" if self.accepted else "invited"

    @property
    def seen(self) -> tuple[str, str, str, datetime | None]:
        """What the account's list of people says."""
        return self.user_id, self.name, self.status, self.last_sign_in_at


@dataclass
class Model:
    """The truth."""

    places: dict[str, Place] = field(default_factory=dict)
    links: list[WayIn] = field(default_factory=list)
    passwords: list[WayIn] = field(default_factory=list)
    sessions: list[WayIn] = field(default_factory=list)
    proved_name: str | None = None
    proved_id: str | None = None
    made: int = 0

    def add(self, account: str, name: str, user_id: str, *, own: bool) -> Place:
        """The account knows the address from now on."""
        self.made += 1
        self.places[account] = Place(name, user_id, self.made, own, accepted=not own)
        return self.places[account]

    def opens(self, way: WayIn) -> set[str]:
        """Where a session may act at this moment."""
        if way.ended:
            return set()
        if way.source != OPERATIONS:
            place = self.places[way.source]
            return {way.source} if place.own and place.accepted and place.active else set()
        return {
            account
            for account, place in self.places.items()
            if not place.own and place.accepted and place.active
        }

    def ways_of(self, account: str) -> list[WayIn]:
        """All that an account ever handed out."""
        return [
            way
            for way in (*self.links, *self.passwords, *self.sessions)
            if way.source == account or way.proves == account
        ]

    def end_links(self, source: str) -> None:
        """A newer link of the same source ends those before."""
        for link in self.links:
            link.ended = link.ended or link.source == source

    def grow_old(self, now: datetime) -> None:
        """Links whose time is over end."""
        for link in self.links:
            link.ended = link.ended or (link.until is not None and link.until <= now)

    def end_sessions(self, account: str) -> None:
        """An account's sessions end."""
        for session in self.sessions:
            session.ended = session.ended or session.source == account

    def give_up(self, account: str) -> None:
        """What an account set up opens nothing any more, its own account included."""
        for way in self.ways_of(account):
            way.ended = True

    def prove(self, account: str) -> None:
        """The account's identity becomes the person."""
        place = self.places[account]
        self.give_up(account)
        for link in self.links:
            link.ended = link.ended or link.proves is not None
        self.proved_name, self.proved_id = place.name, place.user_id
        place.own, place.accepted = False, True

    def replace(self, account: str) -> None:
        """The person takes the place of the account's own identity."""
        assert self.proved_name is not None
        assert self.proved_id is not None
        self.give_up(account)
        place = self.places[account]
        place.name, place.user_id, place.own = self.proved_name, self.proved_id, False
        place.accepted, place.active, place.last_sign_in_at = True, True, None

    def oldest(self) -> str | None:
        """The account whose identity a link of Operations would vouch for."""
        own = [each for each in self.places if self.places[each].own and self.places[each].active]
        return min(own, key=lambda each: self.places[each].order, default=None)

    def offered(self) -> set[str]:
        """The accounts whose invitations the person sees."""
        return {
            account
            for account, place in self.places.items()
            if place.own and place.active and not place.declined and self.proved_id
        }

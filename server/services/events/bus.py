"""Changes told at once to whatever in this process keeps a memory of what they may alter."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tortoise.backends.base.client import TransactionalDBClient

CHANNEL: Final = "tokendesk"
"""PostgreSQL's channel; its messages are `Announcement.text`."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """That something happened to an object of a chain, as the audit trail records it."""

    event: str
    object_id: str
    chain: str
    record_id: str

    @property
    def text(self) -> str:
        """What travels through the database."""
        return json.dumps([self.event, self.object_id, self.chain, self.record_id])

    @classmethod
    def read(cls, text: str) -> "Announcement":
        """The announcement in a message."""
        event, object_id, chain, record_id = json.loads(text)
        return cls(event, object_id, chain, record_id)


@dataclass(frozen=True, slots=True)
class Follower:
    """Who hears each change exactly once, in the order in which they were committed."""

    heard: Callable[[Announcement], None]
    begun: Callable[[], None]
    """From now on every change is heard."""
    lost: Callable[[], None]
    """Changes may be missed from now on."""


class Announcements:
    """What was changed by any process, as long as this one listens; nothing is trusted before.

    Whoever keeps a memory subscribes, and is told of this process's own changes at once and of
    all changes as they are heard. Whoever passes changes on follows. `hears_all` tells whether
    every change, wherever it was made, arrives here within moments; while it does not, no
    memory may be believed.
    """

    def __init__(self) -> None:
        self.hears_all = False
        self.lost_at: datetime | None = None
        """Since when changes may be missed; None before the first and while all are heard."""
        self._told: list[Callable[[Announcement], None]] = []
        self._forgetting: list[Callable[[], None]] = []
        self._followers: list[Follower] = []

    def subscribe(self, told: Callable[[Announcement], None], forget: Callable[[], None]) -> None:
        """Have `told` called for each change, and `forget` when changes may have been missed."""
        self._told.append(told)
        self._forgetting.append(forget)

    def follow(self, follower: Follower) -> None:
        """Pass on what is heard, once each; a follower hears nothing before the memories do."""
        self._followers.append(follower)

    async def announce(self, connection: TransactionalDBClient, news: Announcement) -> None:
        """Tell all processes when the transaction commits, and nobody when it is rolled back."""
        if connection.capabilities.dialect == "postgres":
            await connection.execute_query("SELECT pg_notify($1, $2)", [CHANNEL, news.text])

    def deliver(self, news: Announcement) -> None:
        """Tell the memories of this process of its own change; they hear it again in its turn."""
        for told in self._told:
            told(news)

    def hear(self, news: Announcement) -> None:
        """Tell memories and followers of a change that was heard, whoever made it."""
        self.deliver(news)
        for follower in self._followers:
            follower.heard(news)

    def begin(self) -> None:
        """From now on everything is heard; what was remembered before is not to be believed."""
        for forget in self._forgetting:
            forget()
        self.hears_all, self.lost_at = True, None
        for follower in self._followers:
            follower.begun()

    def lose(self, now: datetime) -> None:
        """Changes may be missed from now on."""
        if self.hears_all:
            self.hears_all, self.lost_at = False, now
            for follower in self._followers:
                follower.lost()

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
class ChangeEvent:
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
    def read(cls, text: str) -> "ChangeEvent":
        """The announcement in a message."""
        event, object_id, chain, record_id = json.loads(text)
        return cls(event, object_id, chain, record_id)


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who hears each change exactly once, in the order in which they were committed."""

    heard: Callable[[ChangeEvent], None]
    begun: Callable[[], None]
    """From now on every change is heard."""
    lost: Callable[[], None]
    """Changes may be missed from now on."""


class EventBus:
    """What was changed by any process, as long as this one listens; nothing is trusted before.

    Whoever keeps a memory subscribes, and is told of this process's own changes at once and of
    all changes as they are heard. Whoever passes changes on follows. `hears_all` tells whether
    every change, wherever it was made, arrives here within moments; while it does not, no
    memory may be believed.
    """

    def __init__(self) -> None:
        self.is_synced = False
        self.lost_since: datetime | None = None
        """Since when changes may be missed; None before the first and while all are heard."""
        self._callbacks: list[Callable[[ChangeEvent], None]] = []
        self._forgetting: list[Callable[[], None]] = []
        self._followers: list[Subscriber] = []

    def subscribe(
        self, callback: Callable[[ChangeEvent], None], forget: Callable[[], None]
    ) -> None:
        """Have `told` called for each change, and `forget` when changes may have been missed."""
        self._callbacks.append(callback)
        self._forgetting.append(forget)

    def follow(self, follower: Subscriber) -> None:
        """Pass on what is heard, once each; a follower hears nothing before the memories do."""
        self._followers.append(follower)

    async def notify(self, connection: TransactionalDBClient, news: ChangeEvent) -> None:
        """Tell all processes when the transaction commits, and nobody when it is rolled back."""
        if connection.capabilities.dialect == "postgres":
            await connection.execute_query("SELECT pg_notify($1, $2)", [CHANNEL, news.text])

    def publish_local(self, news: ChangeEvent) -> None:
        """Tell the memories of this process of its own change; they hear it again in its turn."""
        for callback in self._callbacks:
            callback(news)

    def hear(self, news: ChangeEvent) -> None:
        """Tell memories and followers of a change that was heard, whoever made it."""
        self.publish_local(news)
        for follower in self._followers:
            follower.heard(news)

    def begin(self) -> None:
        """From now on everything is heard; what was remembered before is not to be believed."""
        for forget in self._forgetting:
            forget()
        self.is_synced, self.lost_since = True, None
        for follower in self._followers:
            follower.begun()

    def lose(self, now: datetime) -> None:
        """Changes may be missed from now on."""
        if self.is_synced:
            self.is_synced, self.lost_since = False, now
            for follower in self._followers:
                follower.lost()

"""The event bus: passes every change to this process's caches and subscriptions."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tortoise.backends.base.client import TransactionalDBClient

CHANNEL: Final = "tokendesk"
"""The PostgreSQL channel. Its messages are `ChangeEvent.text`."""


@dataclass(frozen=True, slots=True)
class ChangeEvent:
    """A change to an object, as the audit trail records it. `chain` is the account's chain."""

    event: str
    object_id: str
    chain: str
    record_id: str

    @property
    def text(self) -> str:
        """The JSON sent through the database."""
        return json.dumps([self.event, self.object_id, self.chain, self.record_id])

    @classmethod
    def read(cls, text: str) -> "ChangeEvent":
        """Parse a message that `text` wrote."""
        event, object_id, chain, record_id = json.loads(text)
        return cls(event, object_id, chain, record_id)


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Callbacks that get each change exactly once, in commit order."""

    heard: Callable[[ChangeEvent], None]
    begun: Callable[[], None]
    """Called when the bus is in sync: from now on no change is missed."""
    lost: Callable[[], None]
    """Called when the bus loses sync: from now on changes may be missed."""


class EventBus:
    """Delivers changes that any process made, while this one is in sync with the database.

    Caches `subscribe`: they get this process's own changes at once, and all changes when they are
    heard. Streams `follow`: they get each change once. While `is_synced` is False, changes may be
    missed, and no cache may be trusted.
    """

    def __init__(self) -> None:
        self.is_synced = False
        self.lost_since: datetime | None = None
        """When sync was lost; None while in sync and before the first sync."""
        self._callbacks: list[Callable[[ChangeEvent], None]] = []
        self._forgetting: list[Callable[[], None]] = []
        self._followers: list[Subscriber] = []

    def subscribe(
        self, callback: Callable[[ChangeEvent], None], forget: Callable[[], None]
    ) -> None:
        """Call `callback` for each change, and `forget` when changes may have been missed."""
        self._callbacks.append(callback)
        self._forgetting.append(forget)

    def follow(self, follower: Subscriber) -> None:
        """Pass on each change once, after the caches have got it."""
        self._followers.append(follower)

    async def notify(self, connection: TransactionalDBClient, news: ChangeEvent) -> None:
        """Notify all processes when the transaction commits; a rollback notifies none."""
        if connection.capabilities.dialect == "postgres":
            await connection.execute_query("SELECT pg_notify($1, $2)", [CHANNEL, news.text])

    def publish_local(self, news: ChangeEvent) -> None:
        """Pass this process's own change to its caches; they get it again when it is heard."""
        for callback in self._callbacks:
            callback(news)

    def hear(self, news: ChangeEvent) -> None:
        """Pass a change that was heard to caches and followers, whichever process made it."""
        self.publish_local(news)
        for follower in self._followers:
            follower.heard(news)

    def begin(self) -> None:
        """Mark the bus as in sync, and clear the caches, which may have missed changes before."""
        for forget in self._forgetting:
            forget()
        self.is_synced, self.lost_since = True, None
        for follower in self._followers:
            follower.begun()

    def lose(self, now: datetime) -> None:
        """Mark the bus as out of sync: changes may be missed from now on."""
        if self.is_synced:
            self.is_synced, self.lost_since = False, now
            for follower in self._followers:
                follower.lost()

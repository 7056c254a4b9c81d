"""Tortoise's client for PostgreSQL, connecting as the URL demands."""

from typing import Any

from tortoise.backends.asyncpg.client import AsyncpgDBClient

from server.database.connections import postgres_pool
from server.database.postgres_url import PostgresUrl


class PostgresClient(AsyncpgDBClient):
    """A client whose connection pool is created at the first query."""

    def __init__(self, url: PostgresUrl, **kwargs: Any) -> None:
        super().__init__(database=url.database, user=url.user, **kwargs)
        self._url = url

    async def create_connection(self, with_db: bool) -> None:
        """Create the pool. A server's refusal is raised unchanged."""
        self._pool = await postgres_pool(self._url, self.connection_class)
        await self._post_connect()


client_class = PostgresClient

"""The root of all queries."""

import strawberry

from schema.accounts.queries import AccountQueries
from schema.audit.queries import AuditQueries
from schema.base.context import Info
from schema.base.described import object_type, resolved_field
from schema.base.types import Id, Node
from schema.drafts.queries import DraftQueries
from schema.people.queries import PeopleQueries
from schema.root.node import NodeIds, look_up, look_up_all
from schema.tokens.queries import TokenQueries
from schema.usage.queries import UsageQueries

# ruff: noqa: A002 - `id` is the convention's name


@strawberry.type
class NodeQueries:
    """Relay's object identification."""

    @resolved_field
    async def node(self, info: Info, id: Id) -> Node | None:
        """Any object by its id; null if there is none, or if you cannot see it."""
        return await look_up(info.context, id)

    @resolved_field
    async def nodes(self, info: Info, ids: NodeIds) -> list[Node | None]:
        """Objects in the order of their ids; null for each that you cannot see."""
        return await look_up_all(info.context, ids)


@object_type
class Query(
    PeopleQueries,
    AccountQueries,
    NodeQueries,
    TokenQueries,
    UsageQueries,
    DraftQueries,
    AuditQueries,
):
    """What you can read."""

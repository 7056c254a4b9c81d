"""Lists for the Marketplace's API: filtered by RQL, sorted, with limit and offset."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from server.domain.actor import AccountType, Actor, ActorView
from server.domain.errors import NotFound
from server.domain.filters import Compare, Operator, Text
from server.domain.ids import IdKind
from server.domain.tokens.lifecycle import Milestone
from server.models.accounts import Account, EnabledModule, Module
from server.models.tokens import Token, TokenMilestone
from server.services.accounts.accounts import account_view
from server.services.accounts.modules import module_view
from server.services.audit.trail import audit_record_view
from server.services.audit.views import AuditRecordView
from server.services.clock import Clock
from server.services.pagination.pages import Item
from server.services.search.list_query import ListQuery
from server.services.search.resources import ACCOUNTS, MODULES, RECORDS, tokens
from server.services.search.sql.query import Join, Scope, SqlListQuery, everything, only
from server.services.search.totals import count_tokens
from server.services.search.views import AccountRow, ModuleRow, OffsetPage, TokenRow
from server.services.tokens.reader import actor_view, find_token, token_views

_WITH_ACCOUNT: Final = Join(Account, "JOIN accounts a ON a.id = t.account_id")
_CHANGES: Final = (Milestone.UPDATED, Milestone.ENABLED, Milestone.DISABLED, Milestone.ROTATED)

Rows = list[tuple[Any, Any]]


class ResourceLists:
    """Lists each resource for the actor; Operations sees those of every account.

    Raise `Invalid` for a query that the resource does not support, with an error for each part.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def tokens(self, actor: Actor, list_query: ListQuery) -> OffsetPage[TokenRow]:
        """Return tokens that are not deleted, in at most four queries.

        A program without Access management is refused: it may only read its own token.
        """
        actor.must_read_account()
        query = SqlListQuery(
            tokens(self._clock()), _live(_scope(actor, "t.account_id")), list_query
        )
        query.check()
        return await _part(query, await count_tokens(actor, query), self._tokens, _WITH_ACCOUNT)

    async def token(self, actor: Actor, token_id: str) -> TokenRow:
        """Return one token; a token may always read itself."""
        actor.must_read_account(token_id)
        found = await find_token(actor, token_id)
        [listed] = await self._tokens([(found, found.account)])
        return listed

    async def modules(self, actor: Actor, list_query: ListQuery) -> OffsetPage[ModuleRow]:
        """Return all modules. For actors that `may_operate`."""
        actor.require_operations()
        return await _listing(SqlListQuery(MODULES, everything, list_query), _modules)

    async def module(self, actor: Actor, module_id: str) -> ModuleRow:
        """Return one module. For actors that `may_operate`."""
        return _one(await self.modules(actor, _by_id(module_id)), IdKind.MODULE, module_id)

    async def accounts(self, actor: Actor, list_query: ListQuery) -> OffsetPage[AccountRow]:
        """Return all accounts for Operations, otherwise the actor's own."""
        actor.require_authenticated()
        return await _listing(SqlListQuery(ACCOUNTS, _scope(actor, "t.id"), list_query), _accounts)

    async def account(self, actor: Actor, account_id: str) -> AccountRow:
        """Return one account that the actor may see."""
        return _one(await self.accounts(actor, _by_id(account_id)), IdKind.ACCOUNT, account_id)

    async def records(self, actor: Actor, list_query: ListQuery) -> OffsetPage[AuditRecordView]:
        """Return audit records of the actor's account, or of every account for Operations.

        A program without Access management is refused.
        """
        actor.must_read_account()
        return await _listing(SqlListQuery(RECORDS, _scope(actor, "t.chain"), list_query), _records)

    async def record(self, actor: Actor, record_id: str) -> AuditRecordView:
        """Return one audit record that the actor may list."""
        found = await self.records(actor, _by_id(record_id))
        return _one(found, IdKind.AUDIT_RECORD, record_id)

    async def _tokens(self, rows: Rows) -> list[TokenRow]:
        found: list[Token] = []
        for token, account in rows:
            token.account = account
            found.append(token)
        changed = [token.id for token in found if token.updated_at > token.created_at]
        changers = await _changers(changed)
        return [
            TokenRow(
                token=info,
                updated_at=info.updated_at if info.updated_at > info.created_at else None,
                updated_by=changers.get(info.id),
            )
            for info in await token_views(found, self._clock())
        ]


def _scope(actor: Actor, column: str) -> Scope:
    return everything if actor.sees_every_account else only(column, actor.account_id)


def _live(scope: Scope) -> Scope:
    """Exclude deleted tokens. No index serves this: nearly all tokens are not deleted."""
    return lambda sql: f"{scope(sql)} AND t.state <> 'deleted'"


def _by_id(object_id: str) -> ListQuery:
    return ListQuery(condition=Compare(Operator.EQ, "id", Text(object_id)), limit=1)


def _one(found: OffsetPage[Item], kind: IdKind, object_id: str) -> Item:
    if not found.items or not kind.matches(object_id):
        word = kind.name.lower().replace("_", " ")
        raise NotFound(f"There is no {word} {object_id[:40]}.")
    return found.items[0]


async def _listing(
    query: SqlListQuery, to_items: Callable[[Rows], Awaitable[list[Item]]]
) -> OffsetPage[Item]:
    query.check()
    return await _part(query, await query.count(), to_items)


async def _part(
    query: SqlListQuery,
    total: int,
    to_items: Callable[[Rows], Awaitable[list[Item]]],
    joined: Join | None = None,
) -> OffsetPage[Item]:
    list_query = query.list_query
    wanted = list_query.limit and list_query.offset < total
    items = await to_items(await query.rows(total, joined)) if wanted else []
    return OffsetPage(items, total, list_query.limit, list_query.offset)


async def _changers(token_ids: Sequence[str]) -> dict[str, ActorView]:
    """Return who last changed each token."""
    if not token_ids:
        return {}
    marks = TokenMilestone.filter(token_id__in=token_ids, kind__in=_CHANGES).order_by("at", "id")
    return {row.token_id: actor_view(row.by_id, row.by_name) for row in await marks}


async def _modules(rows: Rows) -> list[ModuleRow]:
    found: list[Module] = [module for module, _ in rows]
    types: dict[str, set[AccountType]] = defaultdict(set)
    enabled = EnabledModule.filter(module_id__in=[module.id for module in found]).distinct()
    for module_id, account_type in await enabled.values_list("module_id", "account__type"):
        types[str(module_id)].add(AccountType(account_type))
    return [
        ModuleRow(
            module_view(module),
            module.created_at,
            tuple(each for each in AccountType if each in types[module.id]),
        )
        for module in found
    ]


async def _accounts(rows: Rows) -> list[AccountRow]:
    return [AccountRow(account_view(account), account.created_at) for account, _ in rows]


async def _records(rows: Rows) -> list[AuditRecordView]:
    return [audit_record_view(record) for record, _ in rows]

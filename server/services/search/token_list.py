"""The list of tokens: filtered, sorted, counted, in numbered pages or between cursors."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final

from tortoise.expressions import Q, Subquery
from tortoise.functions import Sum
from tortoise.queryset import CountQuery, QuerySet, ValuesQuery

from server.domain.actor import Actor, ActorView
from server.domain.ids import IdKind
from server.domain.text.validation import LONGEST_SEARCH_READ, normalize_search
from server.domain.tokens.expiry import LONGEST_LIFE
from server.domain.tokens.lifecycle import TokenState, TokenStatus
from server.models.accounts import Account
from server.models.moments import BEFORE_ALL
from server.models.tokens import Token, TokenGrant
from server.services.clock import Clock
from server.services.crypto.key_ring import KeyRing
from server.services.pagination.cursors import cursors_of
from server.services.pagination.keyset import Keyset, numbered_page, total_from_rows
from server.services.pagination.pages import CursorPage, Page
from server.services.tokens.lifecycle import MOST_AT_ONCE
from server.services.tokens.reader import (
    VIEW_COLUMNS,
    actor_view,
    token_views,
    view_from_row,
    visible_to,
    with_modules,
)
from server.services.tokens.views import TokenView

MOST_CREATORS: Final = 200

_NOTHING: Final = Q(id__in=[])
_LONGEST_ACTOR_ID: Final = 32

Total = CountQuery | ValuesQuery[Any]
"""A query that returns one number."""

_SECRET_LIKE: Final = re.compile(r"(?:idt:)?(TKN-[0-9]{4}-[0-9]{4}):\S*", re.IGNORECASE)


class TokenOrder(Enum):
    """The columns that a list of tokens can be sorted by, with their columns in the table."""

    CREATED_AT = ("created_at",)
    NAME = ("name_key",)
    CREATED_BY = ("created_by_name",)
    UPDATED_AT = ("updated_at",)
    LAST_ACCESS_AT = ("last_access_at",)
    EXPIRES_AT = ("expires_at",)
    STATUS = ("state", "expires_at")
    """Sorts expired, active, then disabled tokens; within each, the sooner expiry comes first."""


@dataclass(frozen=True)
class TokenFilter:
    """Filters tokens; all given conditions must hold. `created_until` is exclusive."""

    search: str = ""
    statuses: Sequence[TokenStatus] = ()
    module_ids: Sequence[str] = ()
    all_modules: bool = False
    created_by_id: str | None = None
    created_since: datetime | None = None
    created_until: datetime | None = None
    never_used: bool = False
    unused_since: datetime | None = None
    expiring_within: timedelta | None = None
    account_id: str | None = None


ALL_TOKENS: Final = TokenFilter()


class TokenList:
    """Lists the tokens of the actor's account, or of all accounts for Operations."""

    def __init__(self, key_ring: KeyRing, clock: Clock) -> None:
        self._key_ring = key_ring
        self._clock = clock

    async def page(
        self,
        actor: Actor,
        *,
        number: int,
        size: int,
        wanted: TokenFilter = ALL_TOKENS,
        order: TokenOrder = TokenOrder.CREATED_AT,
        descending: bool = True,
    ) -> Page[TokenView]:
        """Return a numbered page in one query; past the end, return the last page in three."""
        rows, by = self._found(actor, wanted), Keyset(order.value, "id", descending=descending)
        total, now = _total(actor, wanted, rows), self._clock()

        async def fetch(page: QuerySet[Token]) -> tuple[list[TokenView], int]:
            """Find the page's ids in an index alone, then read only these rows."""
            named = with_modules(Token.filter(id__in=Subquery(page.values("id"))))
            counted = named.annotate(total=Subquery(total)).order_by(*by.order())
            found = await counted.values(*VIEW_COLUMNS, "total")
            return [view_from_row(row, now) for row in found], total_from_rows(found)

        ordered = rows.order_by(*by.order())
        return await numbered_page(
            ordered, fetch, number=number, size=size, count=lambda: _number(total)
        )

    async def cursor_page(
        self,
        actor: Actor,
        *,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        wanted: TokenFilter = ALL_TOKENS,
        order: TokenOrder = TokenOrder.CREATED_AT,
        descending: bool = True,
    ) -> CursorPage[TokenView]:
        """Return a page between cursors."""
        keyset = Keyset(order.value, "id", descending=descending)
        rows = self._found(actor, wanted)
        return await keyset.cursor_page(
            rows.select_related("account"),
            self._infos,
            cursors=cursors_of(self._key_ring, "tokens", actor),
            total=await _number(_total(actor, wanted, rows)),
            first=first,
            after=after,
            last=last,
            before=before,
        )

    async def all(
        self,
        actor: Actor,
        wanted: TokenFilter = ALL_TOKENS,
        *,
        order: TokenOrder = TokenOrder.CREATED_AT,
        descending: bool = True,
    ) -> list[TokenView]:
        """Return every matching token, however many; by default newest first."""
        rows = self._found(actor, wanted)
        keyset = Keyset(order.value, "id", descending=descending)
        tokens = await rows.select_related("account").order_by(*keyset.order())
        infos: list[TokenView] = []
        # A statement takes about 32,000 ids at most.
        for start in range(0, len(tokens), MOST_AT_ONCE):
            infos += await self._infos(tokens[start : start + MOST_AT_ONCE])
        return infos

    async def ids(self, actor: Actor, wanted: TokenFilter) -> list[str]:
        """Return the matching ids, newest first: at most one more than a bulk action allows."""
        rows = self._found(actor, wanted).order_by("-created_at", "-id").limit(MOST_AT_ONCE + 1)
        return [token.id for token in await rows]

    async def creators(self, actor: Actor) -> list[ActorView]:
        """Return who created the tokens that the actor sees, by name; the first 200."""
        actor.must_read_account()
        found = await (
            visible_to(actor)
            .order_by("created_by_name", "created_by_id")
            .distinct()
            .limit(MOST_CREATORS)
            .values_list("created_by_id", "created_by_name")
        )
        names = {str(creator_id): str(name) for creator_id, name in found}
        return [actor_view(creator_id, name) for creator_id, name in names.items()]

    def _found(self, actor: Actor, wanted: TokenFilter) -> QuerySet[Token]:
        actor.must_read_account()
        conditions = [*_named(wanted), *_dated(wanted), *self._timed(wanted), *_granted(wanted)]
        return visible_to(actor).filter(*conditions)

    def _timed(self, wanted: TokenFilter) -> list[Q]:
        conditions = []
        now = self._clock()
        if wanted.statuses:
            any_of = [_with_status(status, now) for status in dict.fromkeys(wanted.statuses)]
            conditions.append(Q(*any_of, join_type=Q.OR))
        if wanted.expiring_within is not None:
            until = now + min(wanted.expiring_within, LONGEST_LIFE)
            conditions.append(Q(expires_at__gt=now) & Q(expires_at__lte=until))
        return conditions

    async def _infos(self, tokens: Sequence[Token]) -> list[TokenView]:
        return await token_views(tokens, self._clock())


def _total(actor: Actor, wanted: TokenFilter, rows: QuerySet[Token]) -> Total:
    """Return the query for the total; without a filter it adds up the accounts' token counts."""
    if replace(wanted, account_id=None) != ALL_TOKENS:
        return rows.count()
    accounts = Account.all() if actor.sees_every_account else Account.filter(id=actor.account_id)
    if wanted.account_id is not None:
        known = IdKind.ACCOUNT.matches(wanted.account_id)
        accounts = accounts.filter(id=wanted.account_id) if known else accounts.filter(id__in=[])
    return accounts.annotate(total=Sum("token_count")).values("total")


async def _number(total: Total) -> int:
    found = await total
    return found if isinstance(found, int) else int(found[0]["total"] or 0)


def search_words(text: str) -> list[str]:
    """Split a search into words. A pasted value is reduced to the id in it, so it leaks nowhere."""
    begun = text[:LONGEST_SEARCH_READ]
    return normalize_search(_SECRET_LIKE.sub(lambda match: match[1].upper(), begun)).split()


def _named(wanted: TokenFilter) -> list[Q]:
    conditions = [Q(search_key__contains=word.casefold()) for word in search_words(wanted.search)]
    if wanted.account_id is not None:
        known = IdKind.ACCOUNT.matches(wanted.account_id)
        conditions.append(Q(account_id=wanted.account_id) if known else _NOTHING)
    if wanted.created_by_id is not None:
        conditions.append(
            Q(created_by_id=normalize_search(wanted.created_by_id)[:_LONGEST_ACTOR_ID])
        )
    return conditions


def _dated(wanted: TokenFilter) -> list[Q]:
    conditions = []
    if wanted.created_since is not None:
        conditions.append(Q(created_at__gte=wanted.created_since))
    if wanted.created_until is not None:
        conditions.append(Q(created_at__lt=wanted.created_until))
    if wanted.unused_since is not None:
        conditions.append(Q(last_access_at__lt=wanted.unused_since))
    if wanted.never_used:
        conditions.append(Q(last_access_at__lte=BEFORE_ALL))
    return conditions


def _granted(wanted: TokenFilter) -> list[Q]:
    """Require any of the modules, or all of them, each found by the grants' index."""
    chosen = list(dict.fromkeys(wanted.module_ids))
    known = [module_id for module_id in chosen if IdKind.MODULE.matches(module_id)]
    if not known or (wanted.all_modules and known != chosen):
        return [_NOTHING] if chosen else []
    groups = [[module_id] for module_id in known] if wanted.all_modules else [known]
    return [
        Q(id__in=Subquery(TokenGrant.filter(module_id__in=group).values("token_id")))
        for group in groups
    ]


def _with_status(status: TokenStatus, now: datetime) -> Q:
    match status:
        case TokenStatus.DISABLED:
            return Q(state=TokenState.DISABLED)
        case TokenStatus.EXPIRED:
            return Q(state=TokenState.ACTIVE, expires_at__lte=now)
    return Q(state=TokenState.ACTIVE, expires_at__gt=now)

"""Finds token rows that an actor may see, and turns them into views."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.database.queries.json_rows import decode_rows, json_subquery, json_text
from server.domain.actor import Actor, ActorKind, ActorView
from server.domain.errors import NotFound
from server.domain.i18n.messages import Message
from server.domain.ids import IdKind, kind_of
from server.domain.tokens.fields import FIELDS
from server.domain.tokens.lifecycle import TokenState, effective_status
from server.models.tokens import Token
from server.services.accounts.accounts import account_view
from server.services.accounts.views import AccountView, ModuleView
from server.services.tokens.views import TokenView

LIVE: Final = Q(state__in=[TokenState.ACTIVE, TokenState.DISABLED])

_GRANTED: Final = """
    SELECT g.token_id, m.id, m.name, m.description, e.module_id IS NOT NULL AS usable
    FROM token_grants g JOIN modules m ON m.id = g.module_id JOIN tokens t ON t.id = g.token_id
    LEFT JOIN enabled_modules e ON e.module_id = g.module_id AND e.account_id = t.account_id
    WHERE g.token_id {among} ORDER BY m.name, m.id"""


_OWN: Final = ("id", "version", "created_at", "updated_at", "last_access_at", *FIELDS)
_own_values: Final = attrgetter(*_OWN)
_OF_ACCOUNT: Final = ("id", "name", "type", "active", "reveal", "logo", "language")
VIEW_COLUMNS: Final = (
    *_OWN,
    "state",
    "created_by_id",
    "created_by_name",
    "granted",
    *(f"account__{name}" for name in _OF_ACCOUNT),
)
"""The columns that `view_from_row` reads."""


def visible_to(actor: Actor) -> QuerySet[Token]:
    """Return a query for the tokens that the actor may see and that are not deleted."""
    return Token.filter(_scope(actor), LIVE)


def _scope(actor: Actor) -> Q:
    """Match every token for Operations, the account's, or only a program's own."""
    if actor.sees_every_account:
        return Q()
    own = Q(account_id=actor.account_id)
    return own if actor.may_read_account else own & Q(id=actor.id)


async def find_token(actor: Actor, token_id: str, *, deleted: bool = False) -> Token:
    """Return one token that the actor may see, ready for `token_view`, or raise `NotFound`."""
    named = with_modules(Token.filter(_scope(actor), id=token_id)).first()
    token = await named if IdKind.TOKEN.matches(token_id) else None
    if token is None:
        raise NotFound(Message("There is no API token %(id)s.", id=token_id[:40]))
    if not deleted:
        ensure_not_deleted(token)
    return token


def ensure_not_deleted(token: Token) -> None:
    """Raise `NotFound` if the token was deleted; the message points to the audit trail."""
    if token.state is TokenState.DELETED:
        raise NotFound(
            Message(
                "API token %(id)s was deleted. The audit trail tells when and by whom.", id=token.id
            )
        )


async def resolve_token(actor: Actor, token: TokenView | str, now: datetime) -> TokenView:
    """Return a token that the actor may see. A view is checked, not read again."""
    if isinstance(token, str):
        return token_view(await find_token(actor, token), now)
    if not actor.sees_every_account and token.account.id != actor.account_id:
        raise NotFound(Message("There is no API token %(id)s.", id=token.id))
    return token


async def find_tokens(actor: Actor, token_ids: Iterable[str]) -> dict[str, Token]:
    """Return the tokens that the actor may see among these ids, with their accounts, by id."""
    known = [token_id for token_id in dict.fromkeys(token_ids) if IdKind.TOKEN.matches(token_id)]
    found = visible_to(actor).filter(id__in=known).select_related("account")
    return {token.id: token for token in await found}


async def token_views(tokens: Sequence[Token], now: datetime) -> list[TokenView]:
    """Return the views of many tokens, in one further query."""
    granted = await _granted([token.id for token in tokens])
    return [_view(token, *granted[token.id], now) for token in tokens]


def with_modules(tokens: QuerySet[Token]) -> QuerySet[Token]:
    """Return a query for a few tokens, with everything that `token_view` needs."""
    rows = _GRANTED.format(among="= tokens.id")
    granted = json_subquery(Token, "id, name, description, usable", rows)
    return tokens.select_related("account").annotate(granted=granted)


def token_view(token: Token, now: datetime) -> TokenView:
    """Return the view of a token read by `with_modules`."""
    usable, withdrawn = _modules_in(json_text(token, "granted"))
    return _view(token, usable, withdrawn, now)


@lru_cache(maxsize=1_000)
def _modules_in(granted: str | None) -> tuple[Sequence[ModuleView], Sequence[ModuleView]]:
    """Return usable and withdrawn modules. Cached, because many tokens have the same grants."""
    usable, withdrawn = list[ModuleView](), list[ModuleView]()
    for module_id, name, description, still in decode_rows(granted):
        (usable if still else withdrawn).append(ModuleView(module_id, name, description))
    return tuple(usable), tuple(withdrawn)


def view_from_row(row: Mapping[str, Any], now: datetime) -> TokenView:
    """Return the view of a row of `VIEW_COLUMNS` read by `with_modules`.

    For lists: a hundred tokens as rows cost half as much as models.
    """
    usable, withdrawn = _modules_in(row["granted"])
    return TokenView(
        **{name: row[name] for name in _OWN},
        status=effective_status(row["state"], row["expires_at"], now),
        account=AccountView(**{name: row[f"account__{name}"] for name in _OF_ACCOUNT}),
        modules=tuple(usable),
        withdrawn_modules=tuple(withdrawn),
        created_by=actor_view(row["created_by_id"], row["created_by_name"]),
    )


async def _granted(token_ids: list[str]) -> dict[str, tuple[list[ModuleView], list[ModuleView]]]:
    """Return each token's usable and withdrawn modules, by name.

    Plain SQL, because a page's tokens have several each, and models would cost more than the rest.
    """
    granted: dict[str, tuple[list[ModuleView], list[ModuleView]]] = defaultdict(lambda: ([], []))
    if not token_ids:
        return granted
    client: BaseDBAsyncClient = Token._meta.db
    if client.capabilities.dialect == "postgres":
        _, rows = await client.execute_query(_GRANTED.format(among="= ANY($1)"), [token_ids])
    else:
        marks = ", ".join("?" for _ in token_ids)
        _, rows = await client.execute_query(_GRANTED.format(among=f"IN ({marks})"), token_ids)
    modules: dict[str, ModuleView] = {}
    for token_id, module_id, name, description, still in rows:
        module = modules.get(module_id)
        if module is None:
            module = modules[module_id] = ModuleView(module_id, name, description)
        granted[token_id][0 if still else 1].append(module)
    return granted


def _view(
    token: Token, usable: Sequence[ModuleView], withdrawn: Sequence[ModuleView], now: datetime
) -> TokenView:
    return TokenView(
        **dict(zip(_OWN, _own_values(token), strict=True)),
        status=effective_status(token.state, token.expires_at, now),
        account=account_view(token.account),
        modules=tuple(usable),
        withdrawn_modules=tuple(withdrawn),
        created_by=actor_view(token.created_by_id, token.created_by_name),
    )


def actor_view(actor_id: str, name: str) -> ActorView:
    """Return the view of a recorded actor; its kind follows from the id."""
    match kind_of(actor_id):
        case IdKind.USER:
            kind = ActorKind.USER
        case IdKind.TOKEN:
            kind = ActorKind.TOKEN
        case _:
            kind = ActorKind.OPERATOR
    return ActorView(actor_id, name, kind)

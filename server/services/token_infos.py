"""Token rows found for an actor, and made into answers with their account and modules."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from tortoise.expressions import Q, RawSQL
from tortoise.queryset import QuerySet

from server.domain.actor import Actor, ActorKind
from server.domain.errors import NotFound
from server.domain.ids import IdKind, kind_of
from server.domain.token_rules import TokenState, shown_status
from server.models.tokens import Token, TokenGrant
from server.services.accounts import account_info
from server.services.answers import ActorInfo, ModuleInfo, TokenInfo
from server.services.modules import module_info

LIVE: Final = Q(state__in=[TokenState.ACTIVE, TokenState.DISABLED])

_STILL_ENABLED: Final = RawSQL(
    "EXISTS (SELECT 1 FROM enabled_modules e JOIN tokens t ON t.account_id = e.account_id"
    " WHERE t.id = token_grants.token_id AND e.module_id = token_grants.module_id)"
)

Modules = tuple[ModuleInfo, ...]


def seen_by(actor: Actor) -> QuerySet[Token]:
    """The tokens of the actor's account, of every account for Operations, that are not deleted."""
    scope = Q() if actor.sees_every_account else Q(account_id=actor.account_id)
    return Token.filter(scope, LIVE)


async def find_token(actor: Actor, token_id: str, *, deleted: bool = False) -> Token:
    """One token that the actor may see, with its account; `NotFound` says what became of it."""
    scope = Q() if actor.sees_every_account else Q(account_id=actor.account_id)
    named = Token.filter(scope, id=token_id).select_related("account").first()
    token = await named if IdKind.TOKEN.matches(token_id) else None
    if token is None:
        raise NotFound(f"There is no API token {token_id[:40]}.")
    if token.state is TokenState.DELETED and not deleted:
        raise NotFound(f"API token {token_id} was deleted. The audit trail tells when and by whom.")
    return token


async def token_infos(tokens: Sequence[Token], now: datetime) -> list[TokenInfo]:
    """Tokens as services answer them, in one query more, however many there are."""
    granted = await _granted([token.id for token in tokens])
    return [_info(token, *granted[token.id], now) for token in tokens]


async def token_info(token: Token, now: datetime) -> TokenInfo:
    """One token as services answer it."""
    [info] = await token_infos([token], now)
    return info


async def _granted(token_ids: list[str]) -> dict[str, tuple[list[ModuleInfo], list[ModuleInfo]]]:
    """For each token the modules it may enter, and those withdrawn from its account, by name."""
    granted: dict[str, tuple[list[ModuleInfo], list[ModuleInfo]]] = defaultdict(lambda: ([], []))
    if token_ids:
        grants = TokenGrant.filter(token_id__in=token_ids).annotate(usable=_STILL_ENABLED)
        ordered = grants.select_related("module").order_by("module__name", "module_id")
        for grant in await ordered:
            usable, withdrawn = granted[grant.token_id]
            still = bool(getattr(grant, "usable"))  # noqa: B009 - an annotation of the query
            (usable if still else withdrawn).append(module_info(grant.module))
    return granted


def _info(
    token: Token, usable: list[ModuleInfo], withdrawn: list[ModuleInfo], now: datetime
) -> TokenInfo:
    return TokenInfo(
        id=token.id,
        version=token.version,
        name=token.name,
        description=token.description,
        logo=token.logo,
        status=shown_status(token.state, token.expires_at, now),
        account=account_info(token.account),
        modules=tuple(usable),
        withdrawn_modules=tuple(withdrawn),
        created_by=actor_info(token.created_by_id, token.created_by_name),
        created_at=token.created_at,
        updated_at=token.updated_at,
        last_access_at=token.last_access_at,
        expires_at=token.expires_at,
    )


def actor_info(actor_id: str, name: str) -> ActorInfo:
    """Who acted, from what was kept of them; the id says of which kind they are."""
    match kind_of(actor_id):
        case IdKind.USER:
            kind = ActorKind.USER
        case IdKind.TOKEN:
            kind = ActorKind.TOKEN
        case _:
            kind = ActorKind.OPERATOR
    return ActorInfo(actor_id, name, kind)

"""Tokens: made in one call, looked up, listed, and their secret shown again."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.domain.actor import Actor, ActorKind
from server.domain.errors import ConfirmPassword, IllegalMove, NotAllowed, NotFound
from server.domain.ids import IdKind, kind_of
from server.domain.secret import Secret
from server.domain.text_rules import clean_search
from server.domain.token_rules import (
    REVEAL_WITHOUT_PASSWORD,
    RevealPolicy,
    TokenState,
    TokenStatus,
    shown_status,
)
from server.models.tokens import Token, TokenGrant, TokenSecret
from server.services.accounts import account_info
from server.services.answers import ActorInfo, MintedToken, ModuleInfo, Page, TokenInfo, Window
from server.services.audit import Audit
from server.services.clock import Clock
from server.services.fresh_id import with_fresh_id
from server.services.key_ring import KeyRing
from server.services.keyset import Keyset
from server.services.minting import Minting, clean_wish
from server.services.modules import module_info


class TokenOrder(StrEnum):
    """The columns a list of tokens can be ordered by."""

    CREATED_AT = "created_at"
    NAME = "name"


class Tokens:
    """The tokens of the actor's account; of all accounts for Operations."""

    def __init__(self, audit: Audit, minting: Minting, key_ring: KeyRing, clock: Clock) -> None:
        self._audit = audit
        self._minting = minting
        self._key_ring = key_ring
        self._clock = clock

    async def create(
        self,
        actor: Actor,
        *,
        name: str,
        module_ids: Iterable[str],
        description: str = "",
        expires_at: datetime | None = None,
    ) -> MintedToken:
        """A token for the actor's account in one call, with its value: this once and here."""
        actor.must_manage_tokens()
        now = self._clock()
        wish = clean_wish(
            name=name,
            description=description,
            module_ids=module_ids,
            expires_at=expires_at,
            now=now,
        )

        async def make(token_id: str) -> Secret:
            async with self._audit.change(
                actor, "token.created", token_id, chain=actor.account_id
            ) as change:
                return await self._minting.mint(actor, change, token_id, wish, now)

        secret = await with_fresh_id(IdKind.TOKEN, Token, make)
        return MintedToken(await self.get(actor, secret.token_id), secret)

    async def get(self, actor: Actor, token_id: str) -> TokenInfo:
        """One token; `NotFound` also for one that was deleted or belongs to somebody else."""
        actor.must_be_known()
        named = self._seen_by(actor).filter(id=token_id).limit(1)
        found = await named if IdKind.TOKEN.matches(token_id) else []
        if not found:
            raise NotFound(f"There is no API token {token_id[:40]}.")
        [info] = await self._infos(found)
        return info

    async def of_account(self, actor: Actor) -> list[TokenInfo]:
        """All tokens of the account that the actor acts for, newest first."""
        actor.must_be_known()
        rows = self._seen_by(actor).filter(account_id=actor.account_id)
        return await self._infos(await rows.order_by("-created_at", "-id"))

    async def page(self, actor: Actor, *, number: int, size: int) -> Page[TokenInfo]:
        """A numbered page, newest first; a number past the end gives the last page."""
        actor.must_be_known()
        rows = self._seen_by(actor)
        total = await rows.count()
        number = max(1, min(number, -(-total // size)))
        found = await rows.order_by("-created_at", "-id").offset((number - 1) * size).limit(size)
        return Page(await self._infos(found), number, size, total)

    async def window(
        self,
        actor: Actor,
        *,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        search: str = "",
        status: TokenStatus | None = None,
        order: TokenOrder = TokenOrder.CREATED_AT,
        descending: bool = True,
    ) -> Window[TokenInfo]:
        """A stretch of the list between cursors, for programs."""
        actor.must_be_known()
        rows = self._seen_by(actor)
        for word in clean_search(search).split():
            rows = rows.filter(
                Q(name__icontains=word) | Q(description__icontains=word) | Q(id__icontains=word)
            )
        if status is not None:
            rows = rows.filter(self._with_status(status))
        keyset = Keyset(order.value, "id", descending=descending)
        return await keyset.window(
            rows, self._infos, first=first, after=after, last=last, before=before
        )

    async def reveal(self, actor: Actor, token_id: str) -> Secret:
        """The value again, where the account keeps values; asks for a fresh sign-in; audited."""
        actor.must_manage_tokens()
        token = await self.get(actor, token_id)
        if actor.kind is not ActorKind.USER or token.account.id != actor.account_id:
            raise NotAllowed("A secret is shown only to administrators of the token's account.")
        if token.account.reveal is RevealPolicy.ONCE:
            raise IllegalMove("This account shows a secret only once, when the token is made.")
        fresh = actor.signed_in_at
        if fresh is None or self._clock() - fresh > REVEAL_WITHOUT_PASSWORD:
            raise ConfirmPassword("Confirm your password to see the secret.")
        async with self._audit.change(
            actor, "token.secret_revealed", token_id, chain=actor.account_id
        ) as change:
            change.object_name = token.name
            current = await TokenSecret.filter(token_id=token_id, accepted_until__isnull=True).get()
            secret = self._key_ring.open(current.sealed, token_id) if current.sealed else None
            if secret is None:
                raise IllegalMove("The value was not kept and cannot be shown.")
        return secret

    def _seen_by(self, actor: Actor) -> QuerySet[Token]:
        scope = Q() if actor.sees_every_account else Q(account_id=actor.account_id)
        live = Q(state__in=[TokenState.ACTIVE, TokenState.DISABLED])
        return Token.filter(scope, live).select_related("account")

    def _with_status(self, status: TokenStatus) -> Q:
        over = Q(expires_at__lte=self._clock())
        match status:
            case TokenStatus.DISABLED:
                return Q(state=TokenState.DISABLED)
            case TokenStatus.EXPIRED:
                return Q(state=TokenState.ACTIVE) & over
        return Q(state=TokenState.ACTIVE) & (Q(expires_at__isnull=True) | ~over)

    async def _infos(self, tokens: Sequence[Token]) -> list[TokenInfo]:
        modules = await _granted([token.id for token in tokens])
        now = self._clock()
        return [_info(token, tuple(modules[token.id]), now) for token in tokens]


async def _granted(token_ids: list[str]) -> dict[str, list[ModuleInfo]]:
    granted: dict[str, list[ModuleInfo]] = defaultdict(list)
    if token_ids:
        grants = TokenGrant.filter(token_id__in=token_ids).select_related("module")
        for grant in await grants.order_by("module__name", "module_id"):
            granted[grant.token_id].append(module_info(grant.module))
    return granted


def _info(token: Token, modules: tuple[ModuleInfo, ...], now: datetime) -> TokenInfo:
    return TokenInfo(
        id=token.id,
        version=token.version,
        name=token.name,
        description=token.description,
        logo=token.logo,
        status=shown_status(token.state, token.expires_at, now),
        account=account_info(token.account),
        modules=modules,
        created_by=ActorInfo(
            token.created_by_id, token.created_by_name, kind_of_actor(token.created_by_id)
        ),
        created_at=token.created_at,
        updated_at=token.updated_at,
        last_access_at=token.last_access_at,
        expires_at=token.expires_at,
    )


def kind_of_actor(actor_id: str) -> ActorKind:
    """What an actor's id says about its kind."""
    match kind_of(actor_id):
        case IdKind.USER:
            return ActorKind.USER
        case IdKind.TOKEN:
            return ActorKind.TOKEN
    return ActorKind.OPERATOR

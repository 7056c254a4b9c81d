"""Drafts: tokens made step by step, and the commit that creates the token."""

from collections.abc import AsyncIterator
from typing import Any, Final

from tortoise.exceptions import IntegrityError

from server.database.queries.unique_ids import insert_with_unique_id
from server.domain.actor import Actor
from server.domain.errors import Expired, FieldErrors, IllegalTransition, Invalid, NotFound, Stale
from server.domain.i18n.messages import Message
from server.domain.ids import IdKind
from server.domain.tokens.fields import EMPTY, TokenFields, values_of
from server.domain.tokens.limits import DRAFT_LIFE
from server.domain.tokens.secret_policy import COMMIT_ANSWER_LIFE
from server.models.tokens import Token, TokenDraft
from server.services.audit.writer import AuditLog
from server.services.clock import Clock
from server.services.crypto.key_ring import KeyRing
from server.services.media.logos import Logos
from server.services.tokens.creation import TokenMinter, ensure_grantable, validate_new_token
from server.services.tokens.draft_reader import draft_view, drafts_with_modules
from server.services.tokens.own_modules import may_have_value
from server.services.tokens.patch import TokenPatch
from server.services.tokens.reader import ensure_not_deleted, token_view, with_modules
from server.services.tokens.views import DraftView, MintedToken

UNSAVED: Final = 0
"""The version of a draft that has an id but was never saved."""

_NO_VERSION: Final = 2**31 - 1
"""No draft reaches this version, and the column holds no larger number."""


class _CommittedMeanwhile(Exception):
    """Another request committed the same draft first."""


class Drafts:
    """The open drafts of the actor's account."""

    def __init__(
        self,
        audit: AuditLog,
        minting: TokenMinter,
        logos: Logos,
        key_ring: KeyRing,
        clock: Clock,
    ) -> None:
        self._audit = audit
        self._minting = minting
        self._logos = logos
        self._key_ring = key_ring
        self._clock = clock

    def new_id(self, actor: Actor) -> str:
        """Return an id for a new draft. It is stored by its first `save`, with version 0."""
        actor.require_token_management()
        return IdKind.DRAFT.new()

    async def create(self, actor: Actor, patch: TokenPatch) -> DraftView:
        """Create a draft and store it at once."""
        return await self.save(actor, self.new_id(actor), UNSAVED, patch)

    async def get(self, actor: Actor, draft_id: str) -> DraftView:
        """Return an open or committed draft. Raise `Expired` if it was discarded or is too old."""
        actor.require_token_management()
        draft = await self._own(actor, draft_id)
        if draft.token_id is None:
            self._must_be_open(draft)
        return draft_view(draft)

    async def all(self, actor: Actor) -> list[DraftView]:
        """Return the actor's own open drafts, the latest changed first."""
        actor.require_token_management()
        drafts = drafts_with_modules(
            account_id=actor.account_id,
            created_by_id=actor.id,
            token_id__isnull=True,
            discarded_at__isnull=True,
            updated_at__gt=self._clock() - DRAFT_LIFE,
        )
        return [draft_view(draft) for draft in await drafts.order_by("-updated_at")]

    async def save(
        self,
        actor: Actor,
        draft_id: str,
        version: int,
        patch: TokenPatch,
        *,
        upload: AsyncIterator[bytes] | None = None,
        field_errors: FieldErrors | None = None,
    ) -> DraftView:
        """Change a draft that still has `version`; version 0 stores it for the first time.

        Raise `Invalid` with all errors, those in `field_errors` included. A valid logo is kept even
        then, so that it need not be uploaded again. Raise `Stale` if the draft has changed, unless
        it already has these values.
        """
        actor.require_token_management()
        field_errors = field_errors or FieldErrors()
        values = patch.cleaned(self._clock(), field_errors)
        if upload is not None:
            try:
                values["logo"] = await self._logos.store(upload)
            except Invalid as refusal:
                field_errors.found += refusal.field_errors
        if "module_ids" in values:
            try:
                await ensure_grantable(actor, actor.account_id, values["module_ids"])
            except Invalid as refusal:
                field_errors.found += refusal.field_errors
        if not field_errors.found:
            draft = await self._write(actor, draft_id, version, values)
            return draft_view(draft)
        if "logo" in values:
            await self._write(actor, draft_id, version, {"logo": values["logo"]})
        raise Invalid(*field_errors.found)

    async def discard(self, actor: Actor, draft_id: str) -> None:
        """Discard a draft with its content. Discarding twice is fine."""
        actor.require_token_management()
        draft = await self._own(actor, draft_id)
        discarded = await TokenDraft.filter(id=draft.id, token_id__isnull=True).update(
            discarded_at=draft.discarded_at or self._clock(), **_NO_CONTENT
        )
        if not discarded:
            raise IllegalTransition(
                Message("This draft was added already; it cannot be discarded.")
            )

    async def commit(self, actor: Actor, draft_id: str, version: int) -> MintedToken:
        """Create the token, exactly once however often this is called.

        For ten minutes a repeat by the same person or program returns the same, with the value.
        """
        actor.require_token_management()
        draft = await self._own(actor, draft_id)
        if draft.token_id is None:
            try:
                await self._commit(actor, draft, version)
            except _CommittedMeanwhile:
                pass
        return await self.committed(actor, draft_id)

    async def committed(self, actor: Actor, draft_id: str) -> MintedToken:
        """Return the committed token, and for ten minutes its value if this actor committed it.

        A program does not get the value of a token that by now has modules it lacks.
        """
        actor.require_token_management()
        found = await self._made(actor, draft_id)
        draft, token = found.draft, token_view(found, self._clock())
        assert draft.committed_at is not None, "its token says that it was"
        until = draft.committed_at + COMMIT_ANSWER_LIFE
        may_see = draft.committed_by_id == actor.id and may_have_value(actor, token)
        if not may_see or self._clock() >= until or not draft.sealed_answer:
            return MintedToken(token, None)
        bound_to = f"{draft.id}:{token.id}"
        return MintedToken(token, self._key_ring.open(draft.sealed_answer, bound_to), until)

    async def sweep(self) -> None:
        """Destroy the values of commits older than ten minutes, and the content of old drafts."""
        now = self._clock()
        await TokenDraft.filter(
            committed_at__lte=now - COMMIT_ANSWER_LIFE, sealed_answer__isnull=False
        ).update(sealed_answer=None)
        await TokenDraft.filter(
            updated_at__lte=now - DRAFT_LIFE, token_id__isnull=True, discarded_at__isnull=True
        ).update(discarded_at=now, **_NO_CONTENT)

    async def _commit(self, actor: Actor, draft: TokenDraft, version: int) -> None:
        self._must_be_open(draft)
        if draft.version != version:
            raise _changed(draft)
        now = self._clock()
        new_token = validate_new_token(
            TokenFields(**values_of(draft)),
            account_id=draft.account_id,
            module_ids=draft.module_ids,
            now=now,
        )

        async def make(token_id: str) -> None:
            async with self._audit.change(
                actor, "token.created", token_id, chain=actor.account_id
            ) as change:
                if await TokenDraft.exists(id=draft.id, token_id__isnull=False):
                    raise _CommittedMeanwhile
                secret = await self._minting.mint(actor, change, token_id, new_token, now)
                committed = await TokenDraft.filter(
                    id=draft.id, version=version, token_id__isnull=True, discarded_at__isnull=True
                ).update(
                    token_id=token_id,
                    committed_at=now,
                    committed_by_id=actor.id,
                    sealed_answer=self._key_ring.seal(secret, f"{draft.id}:{token_id}"),
                    **_NO_CONTENT,
                )
                if not committed:
                    raise _changed(await TokenDraft.get(id=draft.id))

        await insert_with_unique_id(IdKind.TOKEN, Token, make)

    async def _write(
        self, actor: Actor, draft_id: str, version: int, values: dict[str, Any]
    ) -> TokenDraft:
        now = self._clock()
        if not IdKind.DRAFT.matches(draft_id):
            raise _no_draft(draft_id)
        if version == UNSAVED:
            try:
                await TokenDraft.create(
                    id=draft_id,
                    account_id=actor.account_id,
                    created_by_id=actor.id,
                    created_at=now,
                    updated_at=now,
                    **values,
                )
                return await self._own(actor, draft_id)
            except IntegrityError:
                pass  # already stored: by a double click, or for somebody else
        elif 0 < version < _NO_VERSION:
            await TokenDraft.filter(
                id=draft_id,
                account_id=actor.account_id,
                version=version,
                token_id__isnull=True,
                discarded_at__isnull=True,
                updated_at__gt=now - DRAFT_LIFE,
            ).update(version=version + 1, updated_at=now, **values)
        draft = await self._own(actor, draft_id)
        if draft.token_id is not None:
            raise IllegalTransition(
                Message("This draft was added already, as %(token_id)s.", token_id=draft.token_id)
            )
        self._must_be_open(draft)
        if any(getattr(draft, field) != value for field, value in values.items()):
            raise _changed(draft)
        return draft

    async def _made(self, actor: Actor, draft_id: str) -> Token:
        """Return the token that the draft became, with the draft."""
        known = IdKind.DRAFT.matches(draft_id)
        named = with_modules(Token.filter(draft__id=draft_id, draft__account_id=actor.account_id))
        token = await named.select_related("account", "draft").first() if known else None
        if token is None:
            await self._own(actor, draft_id)
            raise IllegalTransition(Message("This draft is not added yet."))
        ensure_not_deleted(token)
        return token

    async def _own(self, actor: Actor, draft_id: str) -> TokenDraft:
        named = drafts_with_modules(id=draft_id, account_id=actor.account_id).first()
        draft = await named if IdKind.DRAFT.matches(draft_id) else None
        if draft is None:
            raise _no_draft(draft_id)
        return draft

    def _must_be_open(self, draft: TokenDraft) -> None:
        if self._clock() - draft.updated_at >= DRAFT_LIFE:
            raise Expired(Message("This draft was not touched for 24 hours and has expired."))
        if draft.discarded_at is not None:
            raise Expired(Message("This draft was discarded."))


_NO_CONTENT: Final[dict[str, Any]] = {**EMPTY, "module_ids": []}


def _no_draft(draft_id: str) -> NotFound:
    return NotFound(Message("There is no draft %(id)s.", id=draft_id[:40]))


def _changed(draft: TokenDraft) -> Stale:
    return Stale(
        Message("This draft was changed in another tab or by somebody else since you opened it."),
        current_version=draft.version,
    )

"""Tokens: create, read, update, enable, disable and delete them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import datetime
from typing import Any, Final, Unpack

from tortoise.expressions import F

from server.database.queries.unique_ids import insert_with_unique_id
from server.domain.actor import Actor
from server.domain.errors import DomainError, FieldErrors, Invalid, NotFound, Stale
from server.domain.i18n.messages import Message
from server.domain.ids import IdKind
from server.domain.tokens.fields import (
    TEXTS,
    TokenFields,
    TypedFields,
    recorded,
    search_columns,
    values_of,
    without_unset,
)
from server.domain.tokens.lifecycle import Milestone, Transition
from server.domain.tokens.secret import Secret
from server.models.accounts import Account
from server.models.tokens import Token, TokenDraft, TokenGrant, TokenMilestone, TokenSecret
from server.services.accounts.accounts import visible_account
from server.services.audit.writer import AuditLog, NoChange
from server.services.clock import Clock
from server.services.media.logos import Logos
from server.services.tokens.creation import TokenMinter, ensure_grantable, validate_new_token
from server.services.tokens.own_modules import must_have_all_of
from server.services.tokens.patch import TokenPatch
from server.services.tokens.reader import actor_view, find_token, resolve_token, token_view
from server.services.tokens.views import (
    BulkFailure,
    BulkOutcome,
    MilestoneView,
    MintedToken,
    TokenView,
)

MOST_AT_ONCE: Final = 1_000
"""Tokens that one call may enable, disable or delete."""


class Tokens:
    """The tokens of the actor's account, or of all accounts for Operations."""

    def __init__(self, audit: AuditLog, minting: TokenMinter, logos: Logos, clock: Clock) -> None:
        self._audit = audit
        self._minting = minting
        self._logos = logos
        self._clock = clock

    async def create(
        self,
        actor: Actor,
        *,
        module_ids: Iterable[str],
        account_id: str | None = None,
        upload: AsyncIterator[bytes] | None = None,
        field_errors: FieldErrors | None = None,
        **fields: Unpack[TypedFields],
    ) -> MintedToken:
        """Create a token in one call, and return it with its value, which is given only here.

        The token is for the actor's account; Operations may name another. Raise `Invalid` with all
        errors, those in `field_errors` included.
        """
        actor.require_token_management()
        field_errors, now = field_errors or FieldErrors(), self._clock()
        if account_id is not None:
            account_id = await _named(actor, account_id, field_errors)
        logo = await self._logos.kept(upload, field_errors)
        new_token = validate_new_token(
            TokenFields(logo=logo, **without_unset(fields)),
            account_id=account_id or actor.account_id,
            module_ids=module_ids,
            now=now,
            field_errors=field_errors,
        )

        async def make(token_id: str) -> Secret:
            async with self._audit.change(
                actor, "token.created", token_id, chain=new_token.account_id
            ) as change:
                return await self._minting.mint(actor, change, token_id, new_token, now)

        secret = await insert_with_unique_id(IdKind.TOKEN, Token, make)
        return MintedToken(await self.get(actor, secret.token_id), secret)

    async def get(self, actor: Actor, token_id: str) -> TokenView:
        """Return one token. Raise `NotFound` if it was deleted or belongs to another account.

        A token may always read itself.
        """
        actor.must_read_account(token_id)
        return token_view(await find_token(actor, token_id), self._clock())

    async def milestones(
        self, actor: Actor, token: TokenView | str
    ) -> dict[Milestone, MilestoneView]:
        """Return when a token last reached each milestone, and who caused it."""
        actor.must_read_account()
        token = await resolve_token(actor, token, self._clock())
        rows = await TokenMilestone.filter(token_id=token.id)
        return {row.kind: MilestoneView(row.at, actor_view(row.by_id, row.by_name)) for row in rows}

    async def update(
        self,
        actor: Actor,
        token_id: str,
        patch: TokenPatch,
        *,
        version: int | None = None,
        upload: AsyncIterator[bytes] | None = None,
        field_errors: FieldErrors | None = None,
    ) -> TokenView:
        """Change a token. Raise `Stale` if `version` is given and no longer current.

        Modules that were withdrawn from the account may stay granted, but not be added. Raise
        `Invalid` with all errors, those in `field_errors` included. If nothing changes, write no
        audit record.
        """
        actor.require_token_management()
        field_errors, now = field_errors or FieldErrors(), self._clock()
        token = await find_token(actor, token_id, deleted=True)
        values = patch.cleaned(now, field_errors, current_expiry=token.expires_at)
        if upload is not None:
            values["logo"] = await self._logos.kept(upload, field_errors)
        field_errors.raise_if_any()
        async with self._audit.change(
            actor, Transition.EDIT.event, token_id, chain=token.account_id
        ) as change:
            token = await Token.get(id=token_id)
            Transition.EDIT.ensure_allowed_from(token_id, token.state)
            if version is not None and version != token.version:
                raise _changed(token)
            before = await _as_it_is(actor, token, values)
            after = _as_recorded(values)
            changed = [key for key in after if before[key] != after[key]]
            if not changed:
                raise NoChange
            change.object_name = values.get("name", token.name)
            change.before = {key: before[key] for key in changed}
            change.after = {key: after[key] for key in changed}
            await _write(token, {key: values[_COLUMNS.get(key, key)] for key in changed}, now)
            await milestone(token_id, Milestone.UPDATED, actor, now)
            if "expires_at" in changed:
                if _is_later(values["expires_at"], token.expires_at):
                    await must_have_all_of(actor, token_id, Transition.EDIT)
                await milestone(token_id, Milestone.EXPIRY_SET, actor, now)
        return await self.get(actor, token_id)

    async def enable(self, actor: Actor, token_id: str) -> TokenView:
        """Enable a disabled token, so that it is accepted again."""
        actor.require_token_management()
        await self._move(actor, token_id, Transition.ENABLE)
        return await self.get(actor, token_id)

    async def disable(self, actor: Actor, token_id: str) -> TokenView:
        """Disable a token: it is refused until it is enabled again."""
        actor.require_token_management()
        await self._move(actor, token_id, Transition.DISABLE)
        return await self.get(actor, token_id)

    async def delete(self, actor: Actor, token_id: str) -> str:
        """Delete a token for good, destroy its secrets, and return its id."""
        actor.require_token_management()
        await self._move(actor, token_id, Transition.DELETE)
        return token_id

    async def enable_all(self, actor: Actor, token_ids: Iterable[str]) -> BulkOutcome[TokenView]:
        """Enable each token. A refusal is reported and does not stop the rest."""
        actor.require_token_management()
        return await _each(token_ids, lambda token_id: self.enable(actor, token_id))

    async def disable_all(self, actor: Actor, token_ids: Iterable[str]) -> BulkOutcome[TokenView]:
        """Disable each token. A refusal is reported and does not stop the rest."""
        actor.require_token_management()
        return await _each(token_ids, lambda token_id: self.disable(actor, token_id))

    async def delete_all(self, actor: Actor, token_ids: Iterable[str]) -> BulkOutcome[str]:
        """Delete each token. A refusal is reported and does not stop the rest."""
        actor.require_token_management()
        return await _each(token_ids, lambda token_id: self.delete(actor, token_id))

    async def _move(self, actor: Actor, token_id: str, move: Transition) -> None:
        found = await find_token(actor, token_id, deleted=True)
        now = self._clock()
        async with self._audit.change(
            actor, move.event, token_id, chain=found.account_id
        ) as change:
            token = await Token.get(id=token_id)
            move.ensure_allowed_from(token_id, token.state)
            assert move.target is not None, "this move leads somewhere"
            if move is Transition.ENABLE:
                await must_have_all_of(actor, token_id, move)
            change.object_name = token.name
            change.before = {"status": token.state.value}
            change.after = {"status": move.target.value}
            await _write(token, {"state": move.target}, now)
            if move is Transition.DELETE:
                change.erases = True
                counted = Account.filter(id=found.account_id)
                await counted.update(token_count=F("token_count") - 1)
                await TokenSecret.filter(token_id=token_id).delete()
                await TokenDraft.filter(token_id=token_id).update(sealed_answer=None)
            else:
                reached = Milestone.ENABLED if move is Transition.ENABLE else Milestone.DISABLED
                await milestone(token_id, reached, actor, now)


async def milestone(token_id: str, kind: Milestone, actor: Actor, now: datetime) -> None:
    """Record that a token reaches a milestone. Call inside the change that causes it."""
    row = TokenMilestone(token_id=token_id, kind=kind, at=now, by_id=actor.id, by_name=actor.name)
    await TokenMilestone.bulk_create(
        [row], on_conflict=("token_id", "kind"), update_fields=("at", "by_id", "by_name")
    )


def _is_later(expires_at: datetime | None, before: datetime | None) -> bool:
    return before is not None and (expires_at is None or expires_at > before)


async def _named(actor: Actor, account_id: str, field_errors: FieldErrors) -> str:
    try:
        return (await visible_account(actor, account_id)).id
    except NotFound as refusal:
        field_errors.add("account", refusal.message)
        return actor.account_id


async def _each(token_ids: Iterable[str], act: Callable[[str], Awaitable[Any]]) -> BulkOutcome[Any]:
    chosen = list(dict.fromkeys(token_ids))
    if not chosen:
        raise Invalid.one("ids", Message("Select at least one API token."))
    if len(chosen) > MOST_AT_ONCE:
        raise Invalid.one(
            "ids", Message("Select at most %(most)s API tokens at once.", most=MOST_AT_ONCE)
        )
    changed, refused = [], []
    for token_id in chosen:
        try:
            changed.append(await act(token_id))
        except DomainError as refusal:
            refused.append(BulkFailure(token_id, refusal))
    return BulkOutcome(tuple(changed), tuple(refused))


_COLUMNS: Final = {"modules": "module_ids"}
"""Audit field names that differ from the patch's."""


async def _as_it_is(actor: Actor, token: Token, values: dict[str, Any]) -> dict[str, Any]:
    """Return the token's present values as they are recorded, and check the added modules."""
    current = {key: getattr(token, key) for key in values if key != "module_ids"}
    if "module_ids" in values:
        rows = TokenGrant.filter(token_id=token.id)
        granted = set(map(str, await rows.values_list("module_id", flat=True)))
        added = [each for each in values["module_ids"] if each not in granted]
        await ensure_grantable(actor, token.account_id, added)
        current["module_ids"] = granted
    return _as_recorded(current)


def _as_recorded(values: dict[str, Any]) -> dict[str, Any]:
    fields = {key: value for key, value in values.items() if key != "module_ids"}
    modules = {"modules": sorted(values["module_ids"])} if "module_ids" in values else {}
    return recorded(fields) | modules


async def _write(token: Token, values: dict[str, Any], now: datetime) -> None:
    module_ids = values.pop("modules", None)
    if module_ids is not None:
        await TokenGrant.filter(token_id=token.id, module_id__not_in=module_ids).delete()
        await TokenGrant.bulk_create(
            [TokenGrant(token_id=token.id, module_id=module_id) for module_id in module_ids],
            ignore_conflicts=True,
        )
    if not values.keys().isdisjoint(TEXTS):
        values |= search_columns(values_of(token) | values, token.id)
    await Token.filter(id=token.id).update(version=token.version + 1, updated_at=now, **values)


def _changed(token: Token) -> Stale:
    return Stale(
        Message(
            "This API token was changed in another tab or by somebody else since you opened it."
        ),
        current_version=token.version,
    )

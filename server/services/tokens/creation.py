"""Creates a token and its secret inside a change that is already open."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import F

from server.domain.actor import Actor
from server.domain.errors import FieldErrors, NotAllowed
from server.domain.i18n.messages import Message
from server.domain.tokens.fields import (
    TEXTS,
    TokenFields,
    recorded,
    search_columns,
    validate_typed,
    values_of,
)
from server.domain.tokens.lifecycle import Milestone
from server.domain.tokens.limits import validate_module_ids
from server.domain.tokens.secret import Secret
from server.domain.tokens.secret_policy import RevealPolicy
from server.models.accounts import Account, EnabledModule
from server.models.tokens import Token, TokenGrant, TokenMilestone, TokenSecret
from server.services.audit.writer import AuditEntry
from server.services.crypto.key_ring import KeyRing


@dataclass(frozen=True, kw_only=True)
class NewToken(TokenFields):
    """The validated fields of a new token. Its modules are checked when it is created."""

    account_id: str
    module_ids: tuple[str, ...]


def validate_new_token(
    fields: TokenFields,
    *,
    account_id: str,
    module_ids: Iterable[str],
    now: datetime,
    field_errors: FieldErrors | None = None,
) -> NewToken:
    """Validate a new token. Raise `Invalid` with all errors, those in `field_errors` included."""
    field_errors = field_errors or FieldErrors()
    values = values_of(fields)
    texts = {name: values[name] for name in TEXTS}
    others = {name: value for name, value in values.items() if name not in TEXTS}
    values |= validate_typed(texts, now, field_errors)
    chosen = tuple(validate_module_ids(module_ids, field_errors))
    values |= validate_typed(others, now, field_errors)
    field_errors.raise_if_any()
    return NewToken(account_id=account_id, module_ids=chosen, **values)


class TokenMinter:
    """Creates tokens. The caller's open change keeps what is checked here from changing."""

    def __init__(self, key_ring: KeyRing) -> None:
        self._key_ring = key_ring

    async def mint(
        self, actor: Actor, change: AuditEntry, token_id: str, new_token: NewToken, now: datetime
    ) -> Secret:
        """Write the token, its grants and its secret; the secret is never stored in plain text."""
        account = await Account.get(id=new_token.account_id)
        if not account.active:
            raise NotAllowed(Message("The account %(account)s is disabled.", account=account.name))
        await ensure_grantable(actor, account.id, new_token.module_ids)
        values = values_of(new_token)
        await Token.create(
            id=token_id,
            account_id=account.id,
            created_at=now,
            created_by_id=actor.id,
            created_by_name=actor.name,
            updated_at=now,
            **values,
            **search_columns(values, token_id),
        )
        await TokenGrant.bulk_create(
            TokenGrant(token_id=token_id, module_id=module_id) for module_id in new_token.module_ids
        )
        await Account.filter(id=account.id).update(token_count=F("token_count") + 1)
        if new_token.expires_at is not None:
            await TokenMilestone.create(
                token_id=token_id,
                kind=Milestone.EXPIRY_SET,
                at=now,
                by_id=actor.id,
                by_name=actor.name,
            )
        secret = await self.mint_secret(account, token_id, now)
        change.object_name = new_token.name
        change.after = recorded(values, new_token.module_ids)
        return secret

    async def mint_secret(self, account: Account, token_id: str, now: datetime) -> Secret:
        """Write a new current secret, with its sealed value only if the account allows reveals."""
        secret = Secret.generate(token_id)
        key_id, digest = self._key_ring.digest(secret)
        keeps_value = account.reveal is RevealPolicy.ALWAYS
        await TokenSecret.create(
            token_id=token_id,
            key_id=key_id,
            digest=digest,
            sealed=self._key_ring.seal(secret, token_id) if keeps_value else None,
            created_at=now,
        )
        return secret


async def ensure_grantable(actor: Actor, account_id: str, module_ids: Iterable[str]) -> None:
    """Raise `Invalid` naming each module that the actor may not grant to the account's tokens."""
    rows = EnabledModule.filter(account_id=account_id)
    enabled = set(map(str, await rows.values_list("module_id", flat=True)))
    field_errors = FieldErrors()
    for module_id in module_ids:
        if module_id not in enabled:
            field_errors.add(
                "modules",
                Message("The module %(id)s is not enabled for this account.", id=module_id),
            )
        elif not actor.may_grant(module_id):
            field_errors.add(
                "modules",
                Message(
                    "This token may not grant the module %(id)s: it lacks it itself.", id=module_id
                ),
            )
    field_errors.raise_if_any()

"""Accounts: creating, reading, changing and disabling them."""

from collections.abc import AsyncIterator, Iterable
from typing import Any

from tortoise.expressions import Q
from tortoise.functions import Count

from server.database.queries.unique_ids import insert_with_unique_id
from server.domain.actor import AccountType, Actor, ActorKind
from server.domain.errors import FieldErrors, IllegalTransition, NotFound
from server.domain.i18n.language import Language
from server.domain.i18n.messages import Message
from server.domain.ids import IdKind
from server.domain.text.validation import ACCOUNT_NAME, validate_name
from server.domain.tokens.secret_policy import RevealPolicy
from server.models.accounts import Account, EnabledModule
from server.models.tokens import TokenDraft, TokenSecret
from server.services.accounts.views import AccountOverview, AccountView
from server.services.audit.writer import AuditLog, NoChange
from server.services.clock import Clock
from server.services.media.logos import Logos


class Accounts:
    """Creates, reads and changes accounts."""

    def __init__(self, audit: AuditLog, logos: Logos, clock: Clock) -> None:
        self._audit = audit
        self._logos = logos
        self._clock = clock

    async def create(
        self,
        actor: Actor,
        name: str,
        account_type: AccountType,
        *,
        upload: AsyncIterator[bytes] | None = None,
    ) -> AccountView:
        """Create an active account that has no people and no modules yet.

        Raise one `Invalid` with all field errors. A program cannot create an Operations account.
        """
        actor.require_operations()
        actor.must_change_accounts_of(account_type)
        field_errors = FieldErrors()
        name = _validate_name(name, field_errors)
        logo = await self._logos.kept(upload, field_errors)
        field_errors.raise_if_any()

        async def make(account_id: str) -> Account:
            async with self._audit.change(
                actor, "account.created", account_id, chain=account_id
            ) as change:
                account = await Account.create(
                    id=account_id,
                    name=name,
                    type=account_type,
                    logo=logo,
                    created_at=self._clock(),
                )
                change.object_name = name
                change.after = {"name": name, "type": account_type.value}
                if logo is not None:
                    change.after = {**change.after, "logo": logo}
                return account

        return account_view(await insert_with_unique_id(IdKind.ACCOUNT, Account, make))

    async def get(self, actor: Actor, account_id: str) -> AccountView:
        """Return the actor's own account, or any account if the actor is of Operations."""
        actor.require_authenticated()
        return account_view(await visible_account(actor, account_id))

    async def logo(self, account_id: str) -> str:
        """Return the file name of an account's logo. Anybody may ask: logos are public."""
        known = IdKind.ACCOUNT.matches(account_id)
        account = await Account.get_or_none(id=account_id) if known else None
        if account is None or account.logo is None:
            raise NotFound(Message("There is no such logo."))
        return account.logo

    async def named(self, actor: Actor, account_ids: Iterable[str]) -> dict[str, AccountView]:
        """Return the accounts that the actor may see among these ids, by id."""
        actor.require_authenticated()
        known = [each for each in account_ids if IdKind.ACCOUNT.matches(each)]
        seen = Q() if actor.sees_every_account else Q(id=actor.account_id)
        return {row.id: account_view(row) for row in await Account.filter(seen, id__in=known)}

    async def all(self, actor: Actor) -> list[AccountView]:
        """Return the accounts that the actor may see, sorted by name."""
        actor.require_authenticated()
        seen = Q() if actor.sees_every_account else Q(id=actor.account_id)
        return [account_view(row) for row in await Account.filter(seen).order_by("name", "id")]

    async def overview(self, actor: Actor) -> list[AccountOverview]:
        """Return every account, sorted by name, with its number of modules. Needs `may_operate`."""
        actor.require_operations()
        counted = EnabledModule.all().group_by("account_id").annotate(number=Count("id"))
        numbers = dict(await counted.values_list("account_id", "number"))
        accounts = await Account.all().order_by("name", "id")
        return [AccountOverview(account_view(row), numbers.get(row.id, 0)) for row in accounts]

    async def rename(self, actor: Actor, account_id: str, name: str) -> AccountView:
        """Rename an account. For its administrators, Operations, and programs of Operations."""
        if not (actor.kind is ActorKind.TOKEN and actor.may_operate):
            actor.require_administrator()
        await visible_account(actor, account_id)
        field_errors = FieldErrors()
        values = {"name": _validate_name(name, field_errors)}
        field_errors.raise_if_any()
        return await self._write(actor, "account.renamed", account_id, values)

    async def update(
        self,
        actor: Actor,
        account_id: str,
        *,
        name: str | None = None,
        upload: AsyncIterator[bytes] | None = None,
        without_logo: bool = False,
    ) -> AccountView:
        """Change an account's name, logo or both in one change. For Operations and its programs.

        Arguments that are None leave their field as it is. Raise one `Invalid` with all field
        errors. If nothing differs, write no audit record.
        """
        actor.require_operations()
        await visible_account(actor, account_id)
        field_errors, values = FieldErrors(), dict[str, Any]()
        if name is not None:
            values["name"] = _validate_name(name, field_errors)
        if upload is not None or without_logo:
            values["logo"] = await self._logos.kept(upload, field_errors)
        field_errors.raise_if_any()
        event = "account.updated" if "logo" in values else "account.renamed"
        return await self._write(actor, event, account_id, values)

    async def set_language(self, actor: Actor, account_id: str, language: Language) -> AccountView:
        """Set the language of the account's pages; `AUTOMATIC` follows each reader's browser."""
        actor.require_administrator()
        await visible_account(actor, account_id)
        return await self._write(
            actor, "account.language_changed", account_id, {"language": language}
        )

    async def enable(self, actor: Actor, account_id: str) -> AccountView:
        """Enable a disabled account, so that its people and tokens can act again."""
        actor.require_operations()
        return await self._set_active(actor, account_id, active=True)

    async def disable(self, actor: Actor, account_id: str) -> AccountView:
        """Disable an account: its people are shut out and its tokens are refused."""
        actor.require_operations()
        if account_id == actor.account_id:
            raise IllegalTransition(Message("You cannot disable the account that you act for."))
        return await self._set_active(actor, account_id, active=False)

    async def set_reveal(self, actor: Actor, account_id: str, policy: RevealPolicy) -> AccountView:
        """Set whether values can be shown again. `once` destroys all sealed values as well."""
        actor.require_administrator()
        await visible_account(actor, account_id)
        async with self._audit.change(
            actor, "account.reveal_changed", account_id, chain=account_id
        ) as change:
            account = await Account.get(id=account_id)
            if account.reveal is policy:
                raise NoChange
            change.object_name = account.name
            change.before = {"reveal": account.reveal.value}
            change.after = {"reveal": policy.value}
            account.reveal = policy
            await account.save(update_fields=["reveal"])
            if policy is RevealPolicy.ONCE:
                change.erases = True
                sealed = TokenSecret.filter(token__account_id=account_id, sealed__isnull=False)
                await sealed.update(sealed=None)
                answers = TokenDraft.filter(account_id=account_id, sealed_answer__isnull=False)
                await answers.update(sealed_answer=None)
        return account_view(account)

    async def _write(
        self, actor: Actor, event: str, account_id: str, values: dict[str, Any]
    ) -> AccountView:
        async with self._audit.change(actor, event, account_id, chain=account_id) as change:
            account = await Account.get(id=account_id)
            changed = [key for key, value in values.items() if getattr(account, key) != value]
            if not changed:
                raise NoChange
            change.object_name = values.get("name", account.name)
            change.before = {key: getattr(account, key) for key in changed}
            change.after = {key: values[key] for key in changed}
            await Account.filter(id=account_id).update(**change.after)
        return account_view(await Account.get(id=account_id))

    async def _set_active(self, actor: Actor, account_id: str, *, active: bool) -> AccountView:
        actor.must_change_accounts_of((await visible_account(actor, account_id)).type)
        word = "enabled" if active else "disabled"
        async with self._audit.change(
            actor, f"account.{word}", account_id, chain=account_id
        ) as change:
            account = await Account.get(id=account_id)
            if account.active is active:
                raise IllegalTransition(
                    Message(
                        "The account %(account)s is %(state)s; it cannot be %(done)s.",
                        account=account.name,
                        state=Message("active") if active else Message("disabled"),
                        done=Message("enabled") if active else Message("disabled"),
                    )
                )
            change.object_name = account.name
            before, after = ("disabled", "active") if active else ("active", "disabled")
            change.before, change.after = {"status": before}, {"status": after}
            account.active = active
            await account.save(update_fields=["active"])
        return account_view(account)


async def visible_account(actor: Actor, account_id: str) -> Account:
    """Return the account. Raise `NotFound` if there is none or the actor may not see it."""
    visible = actor.sees_every_account or account_id == actor.account_id
    if visible and IdKind.ACCOUNT.matches(account_id):
        account = await Account.get_or_none(id=account_id)
        if account is not None:
            return account
    raise NotFound(Message("There is no account %(id)s.", id=account_id[:40]))


def _validate_name(name: str, field_errors: FieldErrors) -> str:
    return validate_name(name, field_errors, field="name", noun=ACCOUNT_NAME)


async def visible_account_id(actor: Actor, account: AccountView | str | None) -> str:
    """Return the id of an account that the actor may see; None means the actor's own.

    The actor's own account, and a view of one that the actor may see, cost no query.
    """
    named = account.id if isinstance(account, AccountView) else account or actor.account_id
    if named and named == actor.account_id:
        return named
    if isinstance(account, AccountView) and actor.sees_every_account:
        return named
    return (await visible_account(actor, named)).id


def account_view(account: Account) -> AccountView:
    """Return the view of an account."""
    return AccountView(
        account.id,
        account.name,
        account.type,
        account.active,
        account.reveal,
        account.logo,
        account.language,
    )

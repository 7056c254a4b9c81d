"""Accounts: the tenants, and what Operations sets for them."""

from collections.abc import Iterable

from tortoise.expressions import Q
from tortoise.functions import Count

from server.domain.actor import AccountType, Actor, ActorKind
from server.domain.errors import Complaints, IllegalMove, NotFound
from server.domain.ids import IdKind
from server.domain.text_rules import clean_name
from server.domain.token_rules import RevealPolicy
from server.models.accounts import Account, EnabledModule
from server.models.tokens import TokenDraft, TokenSecret
from server.services.answers import AccountInfo, AccountOverview
from server.services.audit import Audit, Unchanged
from server.services.clock import Clock
from server.services.fresh_id import with_fresh_id


class Accounts:
    """The tenants."""

    def __init__(self, audit: Audit, clock: Clock) -> None:
        self._audit = audit
        self._clock = clock

    async def create(self, actor: Actor, name: str, account_type: AccountType) -> AccountInfo:
        """A new, active account without people and modules."""
        actor.must_operate()
        complaints = Complaints()
        name = clean_name(name, complaints, field="name", noun="an account name")
        complaints.refuse()

        async def make(account_id: str) -> Account:
            async with self._audit.change(
                actor, "account.created", account_id, chain=account_id
            ) as change:
                account = await Account.create(
                    id=account_id, name=name, type=account_type, created_at=self._clock()
                )
                change.object_name = name
                change.after = {"name": name, "type": account_type.value}
                return account

        return account_info(await with_fresh_id(IdKind.ACCOUNT, Account, make))

    async def get(self, actor: Actor, account_id: str) -> AccountInfo:
        """The actor's account, or any for Operations."""
        actor.must_be_known()
        return account_info(await visible_account(actor, account_id))

    async def named(self, actor: Actor, account_ids: Iterable[str]) -> dict[str, AccountInfo]:
        """Those of the accounts that the actor may see, by id."""
        actor.must_be_known()
        known = [each for each in account_ids if IdKind.ACCOUNT.matches(each)]
        seen = Q() if actor.sees_every_account else Q(id=actor.account_id)
        return {row.id: account_info(row) for row in await Account.filter(seen, id__in=known)}

    async def all(self, actor: Actor) -> list[AccountInfo]:
        """The accounts that the actor may see, by name."""
        actor.must_be_known()
        seen = Q() if actor.sees_every_account else Q(id=actor.account_id)
        return [account_info(row) for row in await Account.filter(seen).order_by("name", "id")]

    async def overview(self, actor: Actor) -> list[AccountOverview]:
        """Every account there is, by name, with how much it may; for those who may operate."""
        actor.must_operate()
        counted = EnabledModule.all().group_by("account_id").annotate(number=Count("id"))
        numbers = dict(await counted.values_list("account_id", "number"))
        accounts = await Account.all().order_by("name", "id")
        return [AccountOverview(account_info(row), numbers.get(row.id, 0)) for row in accounts]

    async def rename(self, actor: Actor, account_id: str, name: str) -> AccountInfo:
        """Give an account another name: its administrators, and Operations with its programs."""
        if not (actor.kind is ActorKind.TOKEN and actor.may_operate):
            actor.must_administer()
        await visible_account(actor, account_id)
        complaints = Complaints()
        name = clean_name(name, complaints, field="name", noun="an account name")
        complaints.refuse()
        async with self._audit.change(
            actor, "account.renamed", account_id, chain=account_id
        ) as change:
            account = await Account.get(id=account_id)
            if account.name == name:
                raise Unchanged
            change.object_name = name
            change.before, change.after = {"name": account.name}, {"name": name}
            await Account.filter(id=account_id).update(name=name)
        return account_info(await Account.get(id=account_id))

    async def enable(self, actor: Actor, account_id: str) -> AccountInfo:
        """Let a disabled account's people and tokens act again."""
        actor.must_operate()
        return await self._set_active(actor, account_id, active=True)

    async def disable(self, actor: Actor, account_id: str) -> AccountInfo:
        """Shut an account's people out, and have its tokens refused, until it is enabled."""
        actor.must_operate()
        if account_id == actor.account_id:
            raise IllegalMove("You cannot disable the account that you act for.")
        return await self._set_active(actor, account_id, active=False)

    async def set_reveal(self, actor: Actor, account_id: str, policy: RevealPolicy) -> AccountInfo:
        """Whether secrets can be shown again. `once` destroys all sealed values with the change."""
        actor.must_administer()
        await visible_account(actor, account_id)
        async with self._audit.change(
            actor, "account.reveal_changed", account_id, chain=account_id
        ) as change:
            account = await Account.get(id=account_id)
            if account.reveal is policy:
                raise Unchanged
            change.object_name = account.name
            change.before = {"reveal": account.reveal.value}
            change.after = {"reveal": policy.value}
            account.reveal = policy
            await account.save(update_fields=["reveal"])
            if policy is RevealPolicy.ONCE:
                sealed = TokenSecret.filter(token__account_id=account_id, sealed__isnull=False)
                await sealed.update(sealed=None)
                answers = TokenDraft.filter(account_id=account_id, sealed_answer__isnull=False)
                await answers.update(sealed_answer=None)
        return account_info(account)

    async def _set_active(self, actor: Actor, account_id: str, *, active: bool) -> AccountInfo:
        await visible_account(actor, account_id)
        word = "enabled" if active else "disabled"
        async with self._audit.change(
            actor, f"account.{word}", account_id, chain=account_id
        ) as change:
            account = await Account.get(id=account_id)
            if account.active is active:
                state = "active" if active else "disabled"
                raise IllegalMove(f"The account {account.name} is {state}; it cannot be {word}.")
            change.object_name = account.name
            before, after = ("disabled", "active") if active else ("active", "disabled")
            change.before, change.after = {"status": before}, {"status": after}
            account.active = active
            await account.save(update_fields=["active"])
        return account_info(account)


async def visible_account(actor: Actor, account_id: str) -> Account:
    """The account, or `NotFound` where there is none or the actor may not know of it."""
    visible = actor.sees_every_account or account_id == actor.account_id
    if visible and IdKind.ACCOUNT.matches(account_id):
        account = await Account.get_or_none(id=account_id)
        if account is not None:
            return account
    raise NotFound(f"There is no account {account_id[:40]}.")


def account_info(account: Account) -> AccountInfo:
    """An account as services answer it."""
    return AccountInfo(account.id, account.name, account.type, account.active, account.reveal)

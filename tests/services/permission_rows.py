"""Who may call what: a row for each public method of the desk that is told who acts."""

from typing import Final

from server.desk import Desk
from server.domain.actor import AccountType, Role
from server.domain.i18n.language import Language
from server.domain.tokens.secret_policy import RevealPolicy
from server.services.audit.batch import CursorArgs
from server.services.audit.trail import AuditFilter
from server.services.platform_events.event_types import event_types
from server.services.platform_events.extension_records import ExtensionRecord
from server.services.search.list_query import ListQuery
from tests.services.permission_things import (
    ACCOUNT,
    ACCOUNTS,
    ADMINISTER,
    ALL,
    ITSELF,
    LIST,
    MODULE,
    MODULES,
    NUMBERS,
    OFFERED,
    OPERATE,
    OPERATE_ACCOUNTS,
    OPERATE_IN_PERSON,
    PEOPLE,
    READ,
    RENAME,
    TOKENS,
    Row,
    account,
    awaited,
    both_modules,
    described,
    email,
    everything,
    few_modules,
    follow,
    invitee,
    itself,
    left,
    offer,
    offered_link,
    offers_to,
    owner_of,
    person,
    shut,
    token,
    token_of,
)
from tests.support.cast import HELD, LACKED, Cell, Outcomes
from tests.support.world import PASSWORD


def records_of(cell: Cell) -> AuditFilter:
    return AuditFilter(object_id=cell.tenant.token_id)


def told(cell: Cell, thing: str) -> ExtensionRecord:
    return ExtensionRecord("extensions.e2e.test", thing)


MOST: Final = ListQuery(limit=100)
TYPE_ID: Final = event_types()[0].id


async def open_to(desk: Desk, cell: Cell) -> None:
    desk.verification_metrics.require_access(cell.actor)


ROWS: Final[dict[str, Row]] = {
    "accounts.all": Row(
        ACCOUNTS, lambda d, c, _: d.accounts.all(c.actor), sought=lambda c: c.tenant.id
    ),
    "accounts.create": Row(
        OPERATE, lambda d, c, _: d.accounts.create(c.actor, "New", AccountType.VENDOR)
    ),
    "accounts.create: of Operations": Row(
        OPERATE_IN_PERSON,
        lambda d, c, _: d.accounts.create(c.actor, "New", AccountType.OPERATIONS),
    ),
    "accounts.disable": Row(
        OPERATE_ACCOUNTS, lambda d, c, x: d.accounts.disable(c.actor, x), account
    ),
    "accounts.enable": Row(OPERATE_ACCOUNTS, lambda d, c, x: d.accounts.enable(c.actor, x), shut),
    "accounts.get": Row(ACCOUNT, lambda d, c, _: d.accounts.get(c.actor, c.tenant.id)),
    "accounts.named": Row(
        ACCOUNTS,
        lambda d, c, _: d.accounts.named(c.actor, [c.tenant.id]),
        sought=lambda c: c.tenant.id,
    ),
    "accounts.overview": Row(OPERATE, lambda d, c, _: d.accounts.overview(c.actor)),
    "accounts.rename": Row(
        RENAME, lambda d, c, x: d.accounts.rename(c.actor, c.tenant.id, x), email
    ),
    "accounts.set_language": Row(
        ADMINISTER, lambda d, c, _: d.accounts.set_language(c.actor, c.tenant.id, Language.GERMAN)
    ),
    "accounts.set_reveal": Row(
        ADMINISTER, lambda d, c, _: d.accounts.set_reveal(c.actor, c.tenant.id, RevealPolicy.ONCE)
    ),
    "accounts.update": Row(
        OPERATE, lambda d, c, x: d.accounts.update(c.actor, c.tenant.id, name=x), email
    ),
    "audit_trail.export": Row(
        LIST,
        lambda d, c, _: everything(d.audit_trail.export(c.actor, records_of(c))),
        sought=token_of,
    ),
    "audit_trail.get": Row(READ, lambda d, c, _: d.audit_trail.get(c.actor, c.tenant.record_id)),
    "audit_trail.named": Row(
        LIST,
        lambda d, c, _: d.audit_trail.named(c.actor, [c.tenant.record_id]),
        sought=lambda c: c.tenant.record_id,
    ),
    "audit_trail.page": Row(
        LIST,
        lambda d, c, _: d.audit_trail.page(c.actor, number=1, size=10, wanted=records_of(c)),
        sought=token_of,
    ),
    "audit_trail.verify": Row(OPERATE, lambda d, c, _: d.audit_trail.verify(c.actor)),
    "audit_trail.cursor_page": Row(
        LIST,
        lambda d, c, _: d.audit_trail.cursor_page(c.actor, wanted=records_of(c)),
        sought=token_of,
    ),
    "audit_trail.cursor_pages": Row(
        LIST,
        lambda d, c, _: d.audit_trail.cursor_pages(c.actor, [c.tenant.token_id], CursorArgs()),
        sought=lambda c: c.tenant.record_id,
    ),
    "changes.follow": Row(Outcomes(READ.own, READ.own), lambda d, c, _: follow(d, c)),
    "event_types.all": Row(ALL, lambda d, c, _: d.event_types.all(c.actor, MOST)),
    "event_types.describe": Row(
        OPERATE, lambda d, c, x: d.event_types.describe(c.actor, TYPE_ID, x), described
    ),
    "event_types.get": Row(ALL, lambda d, c, _: d.event_types.get(c.actor, TYPE_ID)),
    "extension_records.add": Row(
        Outcomes(TOKENS.own, "S ININ ANAN"),
        lambda d, c, x: d.extension_records.add(c.actor, told(c, x)),
        token,
    ),
    # Whoever holds a token's value may ask about it, of its own account; Operations of all.
    "introspection.about": Row(
        Outcomes(ALL.own, "S EEEE AAAA"),
        lambda d, c, _: d.introspection.about(c.actor, c.tenant.token_value),
        sought=token_of,
    ),
    "introspection.about_from_memory": Row(
        Outcomes("S WWWW WWWW", "S WWWW WWWW"),
        lambda d, c, _: awaited(d.introspection.about_from_memory(c.actor, c.tenant.token_value)),
    ),
    "invitations.accept": Row(OFFERED, lambda d, c, x: d.invitations.accept(c.actor, x), offer),
    "invitations.accept_by_link": Row(
        Outcomes(OFFERED.own, "S NNNN NNNN"),
        lambda d, c, x: d.invitations.accept_by_link(c.actor, x),
        offered_link,
    ),
    "invitations.decline": Row(OFFERED, lambda d, c, x: d.invitations.decline(c.actor, x), offer),
    "invitations.open": Row(
        Outcomes("S AAEE AAEE", "S EEEE EEEE"),
        lambda d, c, _: d.invitations.open(c.actor),
        offer,
        sought=lambda c: offers_to(owner_of(c)),
    ),
    "resource_lists.account": Row(
        ACCOUNT, lambda d, c, _: d.resource_lists.account(c.actor, c.tenant.id)
    ),
    "resource_lists.accounts": Row(
        ACCOUNTS,
        lambda d, c, _: d.resource_lists.accounts(c.actor, MOST),
        sought=lambda c: c.tenant.id,
    ),
    "resource_lists.module": Row(
        OPERATE, lambda d, c, _: d.resource_lists.module(c.actor, c.tenant.module.id)
    ),
    "resource_lists.modules": Row(OPERATE, lambda d, c, _: d.resource_lists.modules(c.actor, MOST)),
    "resource_lists.record": Row(
        READ, lambda d, c, _: d.resource_lists.record(c.actor, c.tenant.record_id)
    ),
    "resource_lists.records": Row(
        LIST, lambda d, c, _: d.resource_lists.records(c.actor, MOST), sought=token_of
    ),
    "resource_lists.token": Row(
        READ, lambda d, c, _: d.resource_lists.token(c.actor, c.tenant.token_id)
    ),
    "resource_lists.token: itself": Row(
        ITSELF, lambda d, c, x: d.resource_lists.token(c.actor, x), itself
    ),
    "resource_lists.tokens": Row(
        LIST, lambda d, c, _: d.resource_lists.tokens(c.actor, MOST), sought=token_of
    ),
    "members.all": Row(READ, lambda d, c, _: d.members.all(c.actor, c.tenant.id)),
    "members.deactivate": Row(
        ADMINISTER, lambda d, c, x: d.members.deactivate(c.actor, x, c.tenant.id), person
    ),
    "members.get": Row(
        READ, lambda d, c, _: d.members.get(c.actor, c.tenant.viewer.id, c.tenant.id)
    ),
    "members.invite": Row(
        ADMINISTER,
        lambda d, c, x: d.members.invite(c.actor, x, "New", Role.VIEWER, c.tenant.id),
        email,
    ),
    "members.reactivate": Row(
        ADMINISTER, lambda d, c, x: d.members.reactivate(c.actor, x, c.tenant.id), left
    ),
    "members.renew_link": Row(
        ADMINISTER, lambda d, c, x: d.members.renew_link(c.actor, x, c.tenant.id), invitee
    ),
    # For whom Operations vouched, it alone makes links.
    "members.renew_link: vouched for": Row(
        Outcomes("S MNNN ANNN", ADMINISTER.foreign),
        lambda d, c, x: d.members.renew_link(c.actor, x, c.tenant.id),
        person,
    ),
    "members.set_role": Row(
        ADMINISTER,
        lambda d, c, x: d.members.set_role(c.actor, x, Role.ADMINISTRATOR, c.tenant.id),
        person,
    ),
    "modules.all": Row(OPERATE, lambda d, c, _: d.modules.all(c.actor)),
    "modules.create": Row(
        OPERATE, lambda d, c, _: d.modules.create(c.actor, f"MOD-4{next(NUMBERS):03}", "New")
    ),
    "modules.disable": Row(
        OPERATE_ACCOUNTS, lambda d, c, x: d.modules.disable(c.actor, HELD, x), both_modules
    ),
    "modules.enable": Row(
        OPERATE_ACCOUNTS, lambda d, c, x: d.modules.enable(c.actor, HELD, x), few_modules
    ),
    "modules.enable: lacked": Row(
        OPERATE_IN_PERSON, lambda d, c, x: d.modules.enable(c.actor, LACKED, x), few_modules
    ),
    "modules.enabled": Row(
        ACCOUNT, lambda d, c, _: d.modules.enabled(c.actor, account_id=c.tenant.id)
    ),
    "modules.enabled_in": Row(
        ACCOUNTS,
        lambda d, c, _: d.modules.enabled_in(c.actor, [c.tenant.id]),
        sought=lambda c: c.tenant.module.id,
    ),
    "modules.get": Row(MODULE, lambda d, c, _: d.modules.get(c.actor, c.tenant.module.id)),
    "modules.named": Row(
        MODULES,
        lambda d, c, _: d.modules.named(c.actor, [c.tenant.module.id]),
        sought=lambda c: c.tenant.module.id,
    ),
    "modules.offered": Row(OPERATE, lambda d, c, _: d.modules.offered(c.actor, c.tenant.id)),
    "modules.set_enabled": Row(
        OPERATE_ACCOUNTS,
        lambda d, c, x: d.modules.set_enabled(c.actor, x, ["MOD-1756", HELD]),
        few_modules,
    ),
    "modules.set_enabled: lacked": Row(
        OPERATE_IN_PERSON,
        lambda d, c, x: d.modules.set_enabled(c.actor, x, [HELD, LACKED]),
        few_modules,
    ),
    "profile.end_sessions_of": Row(
        OPERATE_IN_PERSON, lambda d, c, _: d.profile.end_sessions_of(c.actor, c.tenant.viewer_email)
    ),
    "profile.reset_password": Row(
        OPERATE_IN_PERSON, lambda d, c, _: d.profile.reset_password(c.actor, c.tenant.viewer_email)
    ),
    "profile.reset_password: chosen": Row(
        OPERATE_IN_PERSON,
        lambda d, c, _: d.profile.reset_password(c.actor, c.tenant.viewer_email, PASSWORD),
    ),
    "quotas.take": Row(
        Outcomes("A AAAA AAAA", "A AAAA AAAA"), lambda d, c, _: d.quotas.take(c.actor, 1)
    ),
    # From elsewhere; nobody on this machine may: tests/api/metrics/test_access.py.
    "verification_metrics.require_access": Row(
        Outcomes("S NNNN AAAA", "S NNNN AAAA"),
        lambda d, c, _: open_to(d, c),
    ),
    "users.create": Row(
        OPERATE_IN_PERSON,
        lambda d, c, x: d.users.create(c.actor, x, "New", c.tenant.id, Role.VIEWER),
        email,
    ),
    "users.create_sign_in_link": Row(
        OPERATE_IN_PERSON,
        lambda d, c, _: d.users.create_sign_in_link(c.actor, c.tenant.viewer_email),
    ),
    "users.exists": Row(
        OPERATE_IN_PERSON, lambda d, c, _: d.users.exists(c.actor, c.tenant.viewer_email)
    ),
    # A program has no views.
    "views.all": Row(ALL, lambda d, c, _: d.views.all(c.actor)),
    "views.delete": Row(PEOPLE, lambda d, c, _: d.views.delete(c.actor, 1)),
    "views.save": Row(PEOPLE, lambda d, c, _: d.views.save(c.actor, "Mine", "")),
    "views.set_default": Row(PEOPLE, lambda d, c, _: d.views.set_default(c.actor, None)),
}

"""Every public method of the desk's services has its twin in GraphQL, or a reason for none."""

import dataclasses
import inspect
from typing import Final, get_type_hints

from graphql import GraphQLObjectType, build_schema

from schema.root.sdl import print_sdl
from server.desk import Desk

NO_SERVICES: Final = {"settings", "clock", "database", "token_lookup"}
"""What the desk holds beside its services."""

FIELDS: Final = {
    "accounts.all": "Query.accounts",
    "accounts.create": "Mutation.createAccount",
    "accounts.disable": "Mutation.disableAccount",
    "accounts.enable": "Mutation.enableAccount",
    "accounts.get": "Query.account",
    "accounts.named": "Query.nodes",
    "accounts.overview": "Account.enabledModules",
    "accounts.rename": "Mutation.renameAccount",
    "accounts.set_language": "Mutation.setAccountLanguage",
    "accounts.set_reveal": "Mutation.setAccountReveal",
    "audit_trail.export": "Query.auditTrail",
    "audit_trail.get": "Query.node",
    "audit_trail.named": "Query.nodes",
    "audit_trail.page": "Query.auditTrail",
    "audit_trail.cursor_page": "Query.auditTrail",
    "audit_trail.cursor_pages": "ApiToken.auditTrail",
    "changes.follow": "Subscription.auditRecordAdded",
    "drafts.all": "Query.tokenDrafts",
    "drafts.commit": "Mutation.commitTokenDraft",
    "drafts.committed": "Mutation.commitTokenDraft",
    "drafts.create": "Mutation.createTokenDraft",
    "drafts.discard": "Mutation.discardTokenDraft",
    "drafts.get": "Query.tokenDraft",
    "drafts.save": "Mutation.updateTokenDraft",
    "invitations.accept": "Mutation.acceptInvitation",
    "invitations.decline": "Mutation.declineInvitation",
    "invitations.open": "Viewer.invitations",
    "logos.store": "Mutation.setApiTokenLogo",
    "members.all": "Query.members",
    "members.deactivate": "Mutation.deactivateMember",
    "members.get": "Query.member",
    "members.invite": "Mutation.inviteMember",
    "members.reactivate": "Mutation.reactivateMember",
    "members.renew_link": "Mutation.renewMemberLink",
    "members.set_role": "Mutation.setMemberRole",
    "modules.all": "Query.modules",
    "modules.create": "Mutation.createModule",
    "modules.disable": "Mutation.disableModule",
    "modules.enable": "Mutation.enableModule",
    "modules.enabled": "Query.enabledModules",
    "modules.enabled_in": "Account.enabledModules",
    "modules.get": "Query.node",
    "modules.named": "Query.nodes",
    "modules.offered": "Account.enabledModules",
    "modules.set_enabled": "Mutation.setAccountModules",
    "profile.change_password": "Mutation.changePassword",
    "profile.end_session": "Mutation.endSession",
    "profile.end_sessions_of": "Mutation.endUserSessions",
    "profile.reset_password": "Mutation.resetPassword",
    "profile.sessions": "Viewer.sessions",
    "profile.sign_out_everywhere": "Mutation.signOutEverywhere",
    "secrets.end_grace": "Mutation.endApiTokenGrace",
    "secrets.old": "ApiToken.oldSecrets",
    "secrets.reveal": "Mutation.revealApiTokenSecret",
    "secrets.rotate": "Mutation.rotateApiToken",
    "sessions.confirm_password": "Mutation.revealApiTokenSecret",
    "token_batches.callers": "TokenUsage.lastCalls",
    "token_batches.milestones": "ApiToken.milestones",
    "token_batches.module_uses": "TokenUsage.moduleRequests",
    "token_batches.old_secrets": "ApiToken.oldSecrets",
    "token_batches.tokens": "Query.nodes",
    "token_batches.usage": "ApiToken.usage",
    "token_list.all": "Query.apiTokens",
    "token_list.creators": "Query.apiTokenCreators",
    "token_list.ids": "Query.apiTokens",
    "token_list.page": "Query.apiTokens",
    "token_list.cursor_page": "Query.apiTokens",
    "tokens.create": "Mutation.createApiToken",
    "tokens.delete": "Mutation.deleteApiToken",
    "tokens.delete_all": "Mutation.deleteApiTokens",
    "tokens.disable": "Mutation.disableApiToken",
    "tokens.disable_all": "Mutation.disableApiTokens",
    "tokens.enable": "Mutation.enableApiToken",
    "tokens.enable_all": "Mutation.enableApiTokens",
    "tokens.get": "Query.apiToken",
    "tokens.milestones": "ApiToken.milestones",
    "tokens.update": "Mutation.updateApiToken",
    "usage.for_token": "Query.tokenUsage",
    "users.create": "Mutation.createUser",
    "users.create_sign_in_link": "Mutation.createSignInLink",
}

UI_ONLY: Final = {
    "drafts.new_id": "A page's address holds the id before anything is stored.",
    "known_devices.remember": "It makes a browser's cookie; programs have tokens.",
    "logos.read": "Pictures are files with addresses of their own; see ApiToken.logoUrl.",
    "invitations.accept_by_link": "The page that a link leads to; acceptInvitation is its twin.",
    "profile.get": "What the page needs at once; see Viewer.user and Viewer.sessions.",
    "sessions.link_owner": "The page that a link leads to names its person.",
    "sessions.resume": "A browser's cookie says who asks, before GraphQL is reached.",
    "sessions.sign_in": "It makes a browser's cookie; programs have tokens.",
    "sessions.sign_in_by_link": "It makes a browser's cookie; programs have tokens.",
    "sessions.sign_out": "It ends a browser's cookie.",
    "sessions.switch": "It changes a browser's cookie.",
    "views.all": "A view is a query of the page.",
    "views.delete": "A view is a query of the page.",
    "views.save": "A view is a query of the page.",
    "views.set_default": "A view is a query of the page.",
}

INTERNAL: Final = {
    "accounts.logo": "The Marketplace's clients ask it by /public/v1; it leads to the picture.",
    "accounts.update": "The Marketplace's clients change it by /public/v1, in its form.",
    "audit.change": "Services write through it; nobody else may.",
    **{
        f"audit_seals.{method}": "Seals are made and checked by the trail itself."
        for method in (
            "fits_record",
            "of_head",
            "of_record",
            "proves_head",
            "proves_record",
            "renew",
            "seal_all",
        )
    },
    "erasure.begin": "The desk's own housekeeping.",
    "erasure.finish": "The desk's own housekeeping.",
    "audit_trail.verify": "It reads every record there is: the operator's command line alone.",
    "audit_trail.verify_chain": "A part of `verify`.",
    "changes.close": "The server is told to stop.",
    "drafts.sweep": "Housekeeping of the server.",
    "introspection.about": "Services ask it by /oauth/introspect, in the form that they know.",
    "introspection.about_from_memory": "Its last resort while the database is away.",
    "quotas.take": "Every operation is paid for before it is run.",
    "event_types.all": "The Marketplace's clients ask it by /public/v1, in its language.",
    "event_types.describe": "The Marketplace's clients change it by /public/v1, in its form.",
    "event_types.get": "The Marketplace's clients ask it by /public/v1, in its form.",
    "extension_records.add": "The Marketplace's extensions write by /public/v1.",
    "known_devices.knows": "Sign-ins ask it of a browser's note.",
    "known_devices.read": "Sign-ins ask it of a browser's note.",
    "logos.kept": "Services keep what is sent with other input.",
    "resource_lists.account": "The Marketplace's clients ask it by /public/v1, in its form.",
    "resource_lists.accounts": "The Marketplace's clients ask it by /public/v1, in its language.",
    "resource_lists.module": "The Marketplace's clients ask it by /public/v1, in its form.",
    "resource_lists.modules": "The Marketplace's clients ask it by /public/v1, in its language.",
    "resource_lists.record": "The Marketplace's clients ask it by /public/v1, in its form.",
    "resource_lists.records": "The Marketplace's clients ask it by /public/v1, in its language.",
    "resource_lists.token": "The Marketplace's clients ask it by /public/v1, in its form.",
    "resource_lists.tokens": "The Marketplace's clients ask it by /public/v1, in its language.",
    "secrets.note_refused": "The verifier's own note.",
    "sessions.sweep": "Housekeeping of the server.",
    "verification_metrics.count": "The verifier's own note.",
    "verification_metrics.require_access": (
        "Whoever asks for /metrics, in the form that Prometheus knows."
    ),
    "verification_metrics.verifications": (
        "Operators read it at /metrics, in the form that Prometheus knows."
    ),
    "rate_limiter.close": "Housekeeping of the server.",
    "rate_limiter.forget": "Sign-ins and rate limits count by it.",
    "rate_limiter.give_back": "Sign-ins count by it.",
    "rate_limiter.hit": "Sign-ins and rate limits count by it.",
    "usage.ask": "The verifier's own note.",
    "usage.counter": "The verifier's own note.",
    "usage.due": "Housekeeping of the server.",
    "usage.note": "The verifier's own note.",
    "usage.roll_up": "Housekeeping of the server.",
    "usage.write": "Housekeeping of the server.",
    "users.enter": "For services that have asked for permission already.",
    "users.exists": "The operator's command line asks it before it makes the demo world.",
    "verifier.verify_cached": "The short way of /verify, from memory alone.",
    "verifier.verify_from_memory": "The last resort of /verify while the database is away.",
    "events.notify": "Every audited change does it by itself.",
    "events.begin": "The ear of a process says that it hears.",
    "events.publish_local": "Every audited change does it by itself.",
    "events.follow": "Those who pass changes on follow when the desk is built.",
    "events.hear": "The ear of a process says what it heard.",
    "events.lose": "The ear of a process says that it is deaf.",
    "events.subscribe": "Memories within the desk subscribe when it is built.",
    "verifier.actor": "The bearer of a request says who asks, before GraphQL is reached.",
    "verifier.verify": "Gateways ask it by /verify, in the form that they know.",
}


def public_methods(desk: type = Desk) -> set[str]:
    """All public methods of a desk's services, as `service.method`."""
    hints = get_type_hints(desk)
    services = {
        field.name: hints[field.name]
        for field in dataclasses.fields(desk)
        if field.name not in NO_SERVICES
    }
    return {
        f"{name}.{method}"
        for name, service in services.items()
        for method, _ in inspect.getmembers(service, callable)
        if not method.startswith("_")
    }


def forgotten(desk: type = Desk) -> set[str]:
    """Methods with neither a field nor a reason."""
    return public_methods(desk) - set(FIELDS) - set(UI_ONLY) - set(INTERNAL)


def test_every_public_method_has_a_field_or_a_reason() -> None:
    assert not forgotten(), "Add the GraphQL twin, or say in this file why there is none:"


def test_every_entry_is_about_a_method_that_is_there() -> None:
    assert set(FIELDS) | set(UI_ONLY) | set(INTERNAL) <= public_methods()
    assert len(FIELDS) + len(UI_ONLY) + len(INTERNAL) == len({*FIELDS, *UI_ONLY, *INTERNAL})


def test_every_field_is_in_the_schema() -> None:
    schema = build_schema(print_sdl())
    missing = []
    for coordinates in FIELDS.values():
        type_name, _, field = coordinates.partition(".")
        type_ = schema.get_type(type_name)
        if not isinstance(type_, GraphQLObjectType) or field not in type_.fields:
            missing.append(coordinates)
    assert missing == []


def test_every_mutation_is_the_twin_of_a_method() -> None:
    mutation = build_schema(print_sdl()).mutation_type
    assert mutation is not None
    mapped = {field.removeprefix("Mutation.") for field in FIELDS.values()}
    variants = {"setTokenDraftLogo", "removeTokenDraftLogo", "removeApiTokenLogo"}
    assert set(mutation.fields) - mapped == variants, "the logo is a part of `save` and `update`"


class _Rooms:
    async def paint(self) -> None:
        """A service's method that nobody has mapped."""


@dataclasses.dataclass(frozen=True)
class _LargerDesk(Desk):
    rooms: _Rooms


def test_a_new_method_is_noticed() -> None:
    assert forgotten(_LargerDesk) - forgotten() == {"rooms.paint"}

"""The ASGI application: all faces around one desk."""

import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Receive, Scope, Send

from schema.http.endpoint import PATH as GRAPHQL_PATH
from schema.http.endpoint import Endpoint as GraphQL
from schema.http.endpoint import graphql_routes
from schema.http.negotiation import write_error
from server.api import health
from server.api.marketplace.endpoint import UnderPrefix
from server.api.metrics.endpoint import PATH as METRICS_PATH
from server.api.metrics.endpoint import Metrics
from server.api.metrics.registry import MetricsRegistry
from server.api.metrics.requests import RequestMetricsMiddleware
from server.api.verify import introspection as introspect
from server.api.verify.endpoint import PATH as VERIFY_PATH
from server.api.verify.endpoint import Verify
from server.desk import Desk
from server.http import static as files
from server.http.body_limits import TooLargeAsPage
from server.http.origin import OriginGuard, SecurityHeaders
from server.http.pages.assets import STATIC
from server.http.pages.i18n import AcceptLanguage
from server.http.trailing_slash import TrailingSlash
from server.jobs.registry import build_supervisor
from server.jobs.runs import JobRuns
from server.lifespan import lifespan
from server.settings import Settings
from server.web.administration import accounts as administration
from server.web.audit import export as record_export
from server.web.audit import list as audit_trail
from server.web.developer import design, explorer
from server.web.html.exception_handlers import HANDLERS, foreign, too_large
from server.web.html.view_models import LIST
from server.web.settings import account, invitations, profile, users
from server.web.settings.account import ACCOUNT
from server.web.settings.invitations import INVITATIONS
from server.web.settings.members_view import ADMINISTRATION, USERS
from server.web.settings.profile import PROFILE
from server.web.sign_in import handlers as sign_in
from server.web.sign_in import resume as sign_in_again
from server.web.tokens import actions as token_moves
from server.web.tokens import bulk
from server.web.tokens import details as token_page
from server.web.tokens import edit as token_edit
from server.web.tokens import list as grid
from server.web.tokens import live_updates as changes
from server.web.tokens import secret as token_secret
from server.web.tokens import usage as token_usage
from server.web.wizard import handlers as wizard
from server.web.wizard import summary as wizard_summary

USUAL_BODY: Final = 1024 * 1024
UPLOAD_BODY: Final = 16 * 1024 * 1024
WIZARD_UPLOAD_BODY: Final = 64 * 1024 * 1024
"""Far above the limit of a logo, so that a camera's picture gets its error beside the field."""

Endpoint = Callable[[Request], Awaitable[Response]]


class Application(Starlette):
    """Starlette, with two endpoints in front of it that routing and middleware must not slow down.

    These are `/verify`, and POST requests to `/graphql`.
    """

    def __init__(
        self, verify: Verify, graphql: GraphQL, desk: Desk, numbers: MetricsRegistry, **options: Any
    ) -> None:
        super().__init__(**options)
        self.router.redirect_slashes = False
        self.router.default = TrailingSlash(self.router)
        self.verify = verify
        self._graphql = graphql
        self._headers = SecurityHeaders(desk.settings.origin)
        self._counted = RequestMetricsMiddleware(self._answer, numbers.registry)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer `/verify` directly, and count every other request."""
        if scope["type"] == "http" and scope["path"] == VERIFY_PATH:
            await self.verify(scope, receive, send)
        else:
            await self._counted(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == GRAPHQL_PATH and scope["method"] == "POST":
            # GraphQL checks the origin, limits the body and masks crashes by itself.
            scope["app"] = self  # as Starlette sets it: it decides how a malformed form is reported
            await self._graphql(scope, receive, self._headers.added_to(send))
        else:
            await super().__call__(scope, receive, send)


def create_app(desk: Desk | None = None) -> Starlette:
    """Return the ASGI application of a desk; by default, of the environment's settings."""
    desk = desk or Desk.build(Settings())
    runs = JobRuns()
    numbers = MetricsRegistry(desk, runs)
    graphql = GraphQL(desk, explorer.show, largest_upload=UPLOAD_BODY)
    app = Application(
        Verify(desk),
        graphql,
        desk,
        numbers,
        routes=[
            # The most used come first: every route before them costs time per request.
            *graphql_routes(graphql),
            *_introspection(desk),
            UnderPrefix(desk),
            *_pages(),
            Route("/logos/{name}", files.logo),
            Route("/healthz", health.live),
            Route("/readyz", health.ready),
            Route(METRICS_PATH, Metrics(desk, numbers).answer),
            Mount("/static", files.VersionedFiles(directory=STATIC)),
        ],
        middleware=[
            Middleware(AcceptLanguage),
            Middleware(OriginGuard, settings=desk.settings, refuse=foreign),
            Middleware(TooLargeAsPage, tell=too_large),
            Middleware(RequestBodyLimitMiddleware, max_body_size=USUAL_BODY),
        ],
        exception_handlers=HANDLERS,
        lifespan=lifespan,
    )
    app.state.desk = desk
    app.state.error_writers = {GRAPHQL_PATH: write_error}
    app.state.supervisor = build_supervisor(desk, runs, numbers.jobs())
    return app


def _introspection(desk: Desk) -> list[BaseRoute]:
    endpoint = introspect.Introspect(desk)
    return [
        # It limits the form itself, so that it can report that in JSON.
        Route(introspect.PATH, endpoint, methods=None, max_body_size=sys.maxsize),
        Route(introspect.METADATA_PATH, introspect.metadata),
    ]


def _pages() -> list[BaseRoute]:
    new = f"{LIST}/new"
    return [
        Route(LIST, grid.show),
        Route(f"{LIST}/changes", changes.follow),
        Route(f"{LIST}/search", grid.search, methods=["POST"]),
        Route(f"{LIST}/filter", grid.show_filter),
        Route(f"{LIST}/views", grid.show_views, methods=["GET"]),
        Route(f"{LIST}/views", grid.save_view, methods=["POST"]),
        Route(LIST + "/views/{view:int}", grid.change_view, methods=["POST"]),
        Route(f"{LIST}/bulk", bulk.bulk, methods=["POST"]),
        Route(new, wizard.start),
        Route(
            new + "/{draft}/general",
            wizard.save_general,
            methods=["POST"],
            max_body_size=WIZARD_UPLOAD_BODY,
        ),
        Route(new + "/{draft}/modules", wizard.save_modules, methods=["POST"]),
        Route(new + "/{draft}/overview", wizard.add, methods=["POST"]),
        Route(new + "/{draft}/summary", wizard_summary.leave, methods=["POST"]),
        Route(new + "/{draft}/try", wizard_summary.try_out, methods=["POST"]),
        Route(new + "/{draft}/keep", wizard.keep, methods=["POST"]),
        Route(new + "/{draft}/discard", wizard.discard, methods=["POST"]),
        Route(new + "/{draft}/{step}", wizard.show),
        *_token_pages(),
        *_settings_pages(),
        *_administration_pages(),
        *_asked(design.VIEWS),
        Route("/", sign_in.home),
        Route("/sign-in", sign_in.show_sign_in, methods=["GET"]),
        Route("/sign-in", sign_in.sign_in, methods=["POST"]),
        Route("/sign-in/again", sign_in_again.sign_in_again, methods=["POST"]),
        Route("/sign-in/link/{link}", sign_in.show_link, methods=["GET"]),
        Route("/sign-in/link/{link}", sign_in.use_link, methods=["POST"]),
        Route("/sign-in/link/{link}/accept", invitations.accept_link, methods=["POST"]),
        Route("/sign-out", sign_in.sign_out, methods=["POST"]),
        Route("/switch-account", sign_in.switch_account, methods=["POST"]),
    ]


def _token_pages() -> list[BaseRoute]:
    token = LIST + "/{token}"
    asked = {
        "enable": (token_moves.ask_enable, token_moves.enable),
        "disable": (token_moves.ask_disable, token_moves.disable),
        "delete": (token_moves.ask_delete, token_moves.delete),
        "rotate": (token_moves.ask_rotate, token_moves.rotate),
        "end-grace": (token_moves.ask_end_grace, token_moves.end_grace),
    }
    return [
        Route(token, token_page.show_general),
        Route(f"{token}/modules", token_page.show_modules),
        Route(f"{token}/details", token_page.show_details),
        Route(f"{token}/usage", token_usage.show),
        Route(f"{token}/audit-trail", token_page.show_audit_trail),
        Route(f"{token}/secret", token_secret.show, methods=["POST"]),
        Route(f"{token}/edit", token_edit.show, methods=["GET"]),
        Route(
            f"{token}/edit",
            token_edit.save,
            methods=["POST"],
            max_body_size=WIZARD_UPLOAD_BODY,
        ),
        *(
            Route(f"{token}/{path}", view, methods=[method])
            for path, views in asked.items()
            for method, view in zip(("GET", "POST"), views, strict=True)
        ),
    ]


def _settings_pages() -> list[BaseRoute]:
    trail, user = "/settings/audit-trail", USERS + "/{user}"
    asked = {
        ACCOUNT + "/reveal/{policy}": (account.ask_reveal, account.set_reveal),
        f"{USERS}/invite": (users.show_invite, users.invite),
        user + "/role/{role}": (users.ask_role, users.set_role),
        f"{user}/link": (users.ask_link, users.renew_link),
        f"{user}/deactivate": (users.ask_deactivate, users.deactivate),
        f"{user}/activate": (users.ask_activate, users.activate),
        PROFILE + "/sessions/{session}/end": (profile.ask_end, profile.end),
        f"{PROFILE}/end-others": (profile.ask_end_others, profile.end_others),
        f"{PROFILE}/sign-out-everywhere": (profile.ask_everywhere, profile.sign_out_everywhere),
    }
    return [
        Route(trail, audit_trail.show),
        Route(f"{trail}/filter", audit_trail.show_filter),
        Route(f"{trail}/export", record_export.export),
        Route(trail + "/{record}", audit_trail.show_record),
        Route(ACCOUNT, account.show, methods=["GET"]),
        Route(ACCOUNT, account.rename, methods=["POST"]),
        Route(f"{ACCOUNT}/language", account.set_language, methods=["POST"]),
        Route(USERS, users.show),
        Route(PROFILE, profile.show),
        Route(f"{PROFILE}/password", profile.change_password, methods=["POST"]),
        Route(INVITATIONS, invitations.show),
        Route(INVITATIONS + "/{invitation}/accept", invitations.accept, methods=["POST"]),
        Route(INVITATIONS + "/{invitation}/decline", invitations.decline, methods=["POST"]),
        *_asked(asked),
    ]


def _administration_pages() -> list[BaseRoute]:
    one = ADMINISTRATION + "/{account}"
    asked = {
        f"{ADMINISTRATION}/new": (administration.show_create, administration.create),
        f"{one}/enable": (administration.ask_enable, administration.enable),
        f"{one}/disable": (administration.ask_disable, administration.disable),
    }
    return [
        Route(ADMINISTRATION, administration.show_accounts),
        *_asked(asked),
        Route(one, administration.show_account),
        Route(f"{one}/modules", administration.set_modules, methods=["POST"]),
    ]


def _asked(views: Mapping[str, tuple[Endpoint, Endpoint]]) -> list[BaseRoute]:
    """Return routes with a GET that shows a dialog and a POST that acts."""
    return [
        Route(path, view, methods=[method])
        for path, pair in views.items()
        for method, view in zip(("GET", "POST"), pair, strict=True)
    ]

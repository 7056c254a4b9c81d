"""The application: all faces around one desk."""

import sys
from typing import Any, Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
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
from server.web.administration.accounts import ONE_ACCOUNT
from server.web.audit import export as record_export
from server.web.audit import list as audit_trail
from server.web.developer import design, explorer
from server.web.developer.design import DESIGN
from server.web.html.confirmation import routes_of
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
from server.web.tokens.actions import TOKEN
from server.web.wizard import handlers as wizard
from server.web.wizard import summary as wizard_summary

USUAL_BODY: Final = 1024 * 1024
UPLOAD_BODY: Final = 16 * 1024 * 1024
WIZARD_UPLOAD_BODY: Final = 64 * 1024 * 1024
"""Far more than a logo may have, so that a camera's picture gets its message beside the field."""


class Application(Starlette):
    """Starlette behind what no routing and no middleware shall slow down.

    That is `/verify`, and what programs post to `/graphql`.
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
        """Verify, or all the rest."""
        if scope["type"] == "http" and scope["path"] == VERIFY_PATH:
            await self.verify(scope, receive, send)
        else:
            await self._counted(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == GRAPHQL_PATH and scope["method"] == "POST":
            # It refuses other sites, bounds the body and masks crashes by itself.
            scope["app"] = self  # as Starlette does: by that it tells how a form is malformed
            await self._graphql(scope, receive, self._headers.added_to(send))
        else:
            await super().__call__(scope, receive, send)


def create_app(desk: Desk | None = None) -> Starlette:
    """The ASGI application around a desk; without one, around the environment's settings."""
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
            # The most used first: each route before it costs a request.
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
        # It bounds the form itself, so that it can say so in JSON.
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
        Route(DESIGN, design.show, methods=["GET"]),
        Route(DESIGN, design.send, methods=["POST"]),
        *routes_of(design.ACTIONS),
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
    return [
        Route(TOKEN, token_page.show_general),
        Route(f"{TOKEN}/modules", token_page.show_modules),
        Route(f"{TOKEN}/details", token_page.show_details),
        Route(f"{TOKEN}/usage", token_usage.show),
        Route(f"{TOKEN}/audit-trail", token_page.show_audit_trail),
        Route(f"{TOKEN}/secret", token_secret.show, methods=["POST"]),
        Route(f"{TOKEN}/edit", token_edit.show, methods=["GET"]),
        Route(
            f"{TOKEN}/edit",
            token_edit.save,
            methods=["POST"],
            max_body_size=WIZARD_UPLOAD_BODY,
        ),
        *routes_of(token_moves.ACTIONS),
    ]


def _settings_pages() -> list[BaseRoute]:
    trail = "/settings/audit-trail"
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
        Route(f"{USERS}/invite", users.show_invite, methods=["GET"]),
        Route(f"{USERS}/invite", users.invite, methods=["POST"]),
        *routes_of([*account.ACTIONS, *users.ACTIONS, *profile.ACTIONS]),
    ]


def _administration_pages() -> list[BaseRoute]:
    return [
        Route(ADMINISTRATION, administration.show_accounts),
        Route(f"{ADMINISTRATION}/new", administration.show_create, methods=["GET"]),
        Route(f"{ADMINISTRATION}/new", administration.create, methods=["POST"]),
        *routes_of(administration.ACTIONS),
        Route(ONE_ACCOUNT, administration.show_account),
        Route(f"{ONE_ACCOUNT}/modules", administration.set_modules, methods=["POST"]),
    ]

"""The ASGI application: all faces around one desk."""

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
from server.web.developer import explorer
from server.web.html.exception_handlers import HANDLERS, foreign, too_large
from server.web.routes import ROUTES as PAGES

USUAL_BODY: Final = 1024 * 1024
UPLOAD_BODY: Final = 16 * 1024 * 1024


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
            *PAGES,
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

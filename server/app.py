"""The application: all faces around one desk."""

import logging
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Receive, Scope, Send

from schema.endpoint import graphql_routes
from server.api import files, health, introspect
from server.api.desk_numbers import DeskNumbers
from server.api.marketplace.endpoint import UnderPrefix
from server.api.metrics import PATH as METRICS_PATH
from server.api.metrics import Metrics
from server.api.request_numbers import RequestNumbers
from server.api.verify import PATH as VERIFY_PATH
from server.api.verify import Verify
from server.database import STORAGE_FAILURES
from server.desk import Desk
from server.domain.errors import Refusal
from server.lifetime import lifespan
from server.settings import Settings
from server.web import (
    account,
    administration,
    audit_trail,
    bulk,
    changes,
    explorer,
    grid,
    record_export,
    sign_in,
    token_edit,
    token_moves,
    token_page,
    token_secret,
    token_usage,
    users,
    wizard,
)
from server.web.account import ACCOUNT
from server.web.member_shapes import ADMINISTRATION, USERS
from server.web.origin_guard import OriginGuard
from server.web.refusals import error_page, http_error_page, refusal_page, unavailable_page
from server.web.render import STATIC
from server.web.shapes import LIST

USUAL_BODY: Final = 1024 * 1024
UPLOAD_BODY: Final = 16 * 1024 * 1024
WIZARD_UPLOAD_BODY: Final = 64 * 1024 * 1024
"""Far more than a logo may have, so that a camera's picture gets its message beside the field."""

Endpoint = Callable[[Request], Awaitable[Response]]

log = logging.getLogger("tokendesk")


class Application(Starlette):
    """Starlette behind `/verify`, which no routing and no middleware shall slow down."""

    def __init__(self, verify: Verify, numbers: DeskNumbers, **options: Any) -> None:
        super().__init__(**options)
        self.verify = verify
        self._rest = RequestNumbers(super().__call__, numbers.registry)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Verify, or all the rest."""
        if scope["type"] == "http" and scope["path"] == VERIFY_PATH:
            await self.verify(scope, receive, send)
        else:
            await self._rest(scope, receive, send)


def create_app(desk: Desk | None = None) -> Starlette:
    """The ASGI application around a desk; without one, around the environment's settings."""
    desk = desk or Desk.build(Settings())
    numbers = DeskNumbers(desk)
    app = Application(
        Verify(desk),
        numbers,
        routes=[
            # The most used first: each route before it costs a request.
            *graphql_routes(desk, explorer.show, largest_upload=UPLOAD_BODY),
            *_introspection(desk),
            UnderPrefix(desk),
            *_pages(),
            Route("/logos/{name}", files.logo),
            Route("/healthz", health.live),
            Route("/readyz", health.ready),
            Route(METRICS_PATH, Metrics(desk, numbers).answer),
            Mount("/static", files.VersionedFiles(directory=STATIC)),
        ],
        middleware=[Middleware(OriginGuard, origin=desk.settings.origin, refuse=_foreign)],
        exception_handlers={
            Refusal: _refused,
            HTTPException: _http_error,
            **dict.fromkeys(STORAGE_FAILURES, _storage_failed),
            Exception: _crashed,
        },
        lifespan=lifespan,
        max_body_size=USUAL_BODY,
    )
    app.state.desk = desk
    app.state.beside = [numbers.share]
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
        Route(new + "/{draft}/discard", wizard.discard, methods=["POST"]),
        Route(new + "/{draft}/{step}", wizard.show),
        *_token_pages(),
        *_settings_pages(),
        *_administration_pages(),
        Route("/", sign_in.home),
        Route("/sign-in", sign_in.show_sign_in, methods=["GET"]),
        Route("/sign-in", sign_in.sign_in, methods=["POST"]),
        Route("/sign-in/link/{link}", sign_in.show_link, methods=["GET"]),
        Route("/sign-in/link/{link}", sign_in.use_link, methods=["POST"]),
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
    }
    return [
        Route(trail, audit_trail.show),
        Route(f"{trail}/filter", audit_trail.show_filter),
        Route(f"{trail}/export", record_export.export),
        Route(trail + "/{record}", audit_trail.show_record),
        Route(ACCOUNT, account.show, methods=["GET"]),
        Route(ACCOUNT, account.rename, methods=["POST"]),
        Route(USERS, users.show),
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
    """Where a GET asks and a POST does."""
    return [
        Route(path, view, methods=[method])
        for path, pair in views.items()
        for method, view in zip(("GET", "POST"), pair, strict=True)
    ]


def _foreign(request: Request) -> Response:
    return error_page(request, 403, "This request came from another site and was refused.")


def _refused(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)
    return refusal_page(request, refusal)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return http_error_page(request, error)


def _storage_failed(request: Request, error: Exception) -> Response:
    log.error("storage failed: %s: %s", type(error).__name__, error)
    return unavailable_page(request)


def _crashed(request: Request, _: Exception) -> Response:
    return error_page(request, 500)

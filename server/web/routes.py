"""The routes of all pages, collected from the rooms."""

from typing import Final

from starlette.routing import BaseRoute

from server.web import administration, audit, developer, settings, sign_in, tokens, wizard

ROUTES: Final[tuple[BaseRoute, ...]] = (
    # Before the tokens, or its first address would be the id of one.
    *wizard.ROUTES,
    # The most used first: each route before it costs a request.
    *tokens.ROUTES,
    *audit.ROUTES,
    *settings.ROUTES,
    *administration.ROUTES,
    *developer.ROUTES,
    *sign_in.ROUTES,
)

"""The API tokens page, the pages of a token, and the actions on tokens.

Rules of tokens belong in `server/services/tokens`.
"""

from typing import Final

from starlette.routing import BaseRoute, Route

from server.web.html.confirmation import routes_of
from server.web.html.forms import LOGO_FORM_BYTES
from server.web.html.view_models import LIST
from server.web.tokens import actions, bulk, details, edit, live_updates, secret, usage
from server.web.tokens import list as page
from server.web.tokens.actions import TOKEN

ROUTES: Final[tuple[BaseRoute, ...]] = (
    Route(LIST, page.show),
    Route(f"{LIST}/changes", live_updates.follow),
    Route(f"{LIST}/search", page.search, methods=["POST"]),
    Route(f"{LIST}/filter", page.show_filter),
    Route(f"{LIST}/views", page.show_views, methods=["GET"]),
    Route(f"{LIST}/views", page.save_view, methods=["POST"]),
    Route(LIST + "/views/{view:int}", page.change_view, methods=["POST"]),
    Route(bulk.BULK, bulk.bulk, methods=["POST"]),
    # After all that is not the id of a token.
    Route(TOKEN, details.show_general),
    Route(f"{TOKEN}/modules", details.show_modules),
    Route(f"{TOKEN}/details", details.show_details),
    Route(f"{TOKEN}/usage", usage.show),
    Route(f"{TOKEN}/audit-trail", details.show_audit_trail),
    Route(f"{TOKEN}/secret", secret.show, methods=["POST"]),
    Route(f"{TOKEN}/edit", edit.show, methods=["GET"]),
    Route(f"{TOKEN}/edit", edit.save, methods=["POST"], max_body_size=LOGO_FORM_BYTES),
    *routes_of(actions.ACTIONS),
)

"""The wizard that adds an API token: handlers of its forms, and `rendering` of its steps.

Rules of drafts belong in `server/services/tokens`.
"""

from typing import Final

from starlette.routing import BaseRoute, Route

from server.web.html.forms import LOGO_FORM_BYTES
from server.web.html.view_models import LIST
from server.web.wizard import handlers, summary

_NEW: Final = f"{LIST}/new"
_DRAFT: Final = _NEW + "/{draft}"
ROUTES: Final[tuple[BaseRoute, ...]] = (
    Route(_NEW, handlers.start),
    Route(
        f"{_DRAFT}/general",
        handlers.save_general,
        methods=["POST"],
        max_body_size=LOGO_FORM_BYTES,
    ),
    Route(f"{_DRAFT}/modules", handlers.save_modules, methods=["POST"]),
    Route(f"{_DRAFT}/overview", handlers.add, methods=["POST"]),
    Route(f"{_DRAFT}/summary", summary.leave, methods=["POST"]),
    Route(f"{_DRAFT}/try", summary.try_out, methods=["POST"]),
    Route(f"{_DRAFT}/keep", handlers.keep, methods=["POST"]),
    Route(f"{_DRAFT}/discard", handlers.discard, methods=["POST"]),
    Route(_DRAFT + "/{step}", handlers.show),
)

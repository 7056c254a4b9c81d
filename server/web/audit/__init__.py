"""The audit trail's pages: the list, its filters, one record, and the export.

Nothing here may write a record.
"""

from typing import Final

from starlette.routing import BaseRoute, Route

from server.web.audit import export
from server.web.audit import list as trail
from server.web.audit.list_view import TRAIL

ROUTES: Final[tuple[BaseRoute, ...]] = (
    Route(TRAIL, trail.show),
    Route(f"{TRAIL}/filter", trail.show_filter),
    Route(f"{TRAIL}/export", export.export),
    Route(TRAIL + "/{record}", trail.show_record),
)

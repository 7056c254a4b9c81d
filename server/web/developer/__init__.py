"""GraphiQL, and the page that shows the design system.

No page here changes anything.
"""

from typing import Final

from starlette.routing import BaseRoute, Route

from server.web.developer import design
from server.web.developer.design import DESIGN
from server.web.html.confirmation import routes_of

ROUTES: Final[tuple[BaseRoute, ...]] = (
    Route(DESIGN, design.show, methods=["GET"]),
    Route(DESIGN, design.send, methods=["POST"]),
    *routes_of(design.ACTIONS),
)
"""GraphiQL has none: it is what `/graphql` shows to a browser."""

"""Signing in and out, and switching accounts.

Checking passwords and links is the services' work.
"""

from typing import Final

from starlette.routing import BaseRoute, Route

from server.web.settings import invitations
from server.web.sign_in import handlers, resume

_LINK: Final = "/sign-in/link/{link}"
ROUTES: Final[tuple[BaseRoute, ...]] = (
    Route("/", handlers.home),
    Route("/sign-in", handlers.show_sign_in, methods=["GET"]),
    Route("/sign-in", handlers.sign_in, methods=["POST"]),
    Route("/sign-in/again", resume.sign_in_again, methods=["POST"]),
    Route(_LINK, handlers.show_link, methods=["GET"]),
    Route(_LINK, handlers.use_link, methods=["POST"]),
    Route(f"{_LINK}/accept", invitations.accept_link, methods=["POST"]),
    Route("/sign-out", handlers.sign_out, methods=["POST"]),
    Route("/switch-account", handlers.switch_account, methods=["POST"]),
)

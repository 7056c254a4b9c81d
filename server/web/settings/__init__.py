"""Settings: an account's name and members, and a person's own profile and invitations.

Rules of people belong in `server/services/people` and `server/services/sign_in`.
"""

from typing import Final

from starlette.routing import BaseRoute, Route

from server.web.html.confirmation import routes_of
from server.web.settings import account, invitations, profile, users
from server.web.settings.account import ACCOUNT
from server.web.settings.invitations import INVITATIONS
from server.web.settings.members_view import USERS
from server.web.settings.profile import PROFILE

ROUTES: Final[tuple[BaseRoute, ...]] = (
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
)

"""Accounts and their modules, for Operations.

Every endpoint here refuses everyone else before it looks anything up.
"""

from typing import Final

from starlette.routing import BaseRoute, Route

from server.web.administration import accounts
from server.web.administration.accounts import ONE_ACCOUNT
from server.web.html.confirmation import routes_of
from server.web.settings.members_view import ADMINISTRATION

ROUTES: Final[tuple[BaseRoute, ...]] = (
    Route(ADMINISTRATION, accounts.show_accounts),
    # Before the accounts, or it would be the id of one.
    Route(f"{ADMINISTRATION}/new", accounts.show_create, methods=["GET"]),
    Route(f"{ADMINISTRATION}/new", accounts.create, methods=["POST"]),
    *routes_of(accounts.ACTIONS),
    Route(ONE_ACCOUNT, accounts.show_account),
    Route(f"{ONE_ACCOUNT}/modules", accounts.set_modules, methods=["POST"]),
)

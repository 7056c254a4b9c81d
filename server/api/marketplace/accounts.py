"""`/accounts/accounts`: accounts to read, and for Operations to make and change."""

from typing import Final

from starlette.responses import Response

from server.api.marketplace import showing
from server.api.marketplace.answering import EVERY_USUAL_FIELD, many, one
from server.api.marketplace.bodies import read_form
from server.api.marketplace.inputs import ChangedAccount, NewAccount
from server.api.marketplace.operations import Call, Operation, Reads
from server.api.marketplace.problems import Refused
from server.api.marketplace.shapes import Account
from server.domain.actor import AccountType
from server.domain.errors import NotFound
from server.domain.platform_words import account_type_word
from server.domain.wish import Selection

PATH: Final = "/accounts/accounts"
_TYPES: Final = {account_type_word(each): each for each in AccountType}


async def find(call: Call) -> Response:
    """A part of the list."""
    listing = await call.desk.listings.accounts(call.actor, call.wish)
    return many(listing, Account, showing.account, call.wish)


async def read(call: Call) -> Response:
    """One account."""
    selection = call.wish.selection
    return await _answer(call, call.id, selection=selection)


async def create(call: Call) -> Response:
    """A new account. A logo that comes with it is not kept: accounts have none."""
    sent = await read_form(call.request, NewAccount)
    info = await call.desk.accounts.create(call.actor, sent.name, _TYPES[sent.type])
    return await _answer(call, info.id, status=201)


async def update(call: Call) -> Response:
    """Another name. That there is no such account is said before anything else."""
    try:
        sent = await read_form(call.request, ChangedAccount)
    except Refused:
        await call.desk.listings.account(call.actor, call.id)
        raise
    if "name" in sent.model_fields_set:
        await call.desk.accounts.rename(call.actor, call.id, sent.name)
    return await _answer(call, call.id)


async def enable(call: Call) -> Response:
    """Let a disabled account's people and tokens act again."""
    await call.desk.accounts.enable(call.actor, call.id)
    return await _answer(call, call.id)


async def disable(call: Call) -> Response:
    """Shut an account's people and tokens out."""
    await call.desk.accounts.disable(call.actor, call.id)
    return await _answer(call, call.id)


async def icon(call: Call) -> Response:
    """There is none, of any account."""
    raise NotFound("Accounts have no icon.")


async def _answer(
    call: Call, account_id: str, *, status: int = 200, selection: Selection = EVERY_USUAL_FIELD
) -> Response:
    listed = await call.desk.listings.account(call.actor, account_id)
    return one(showing.account(listed), selection, status=status)


_ONE: Final = PATH + "/{id}"
_NO_LOGO: Final = "The part `logo` may be there and is not kept: accounts have no logo."
OPERATIONS: Final = (
    Operation(
        "GET",
        PATH,
        "listAccounts",
        "The caller's account; for Operations, all accounts",
        find,
        Account,
        reads=Reads.LIST,
    ),
    Operation(
        "POST",
        PATH,
        "createAccount",
        "Make an account; with a token of an Operations account",
        create,
        Account,
        status=201,
        description=_NO_LOGO,
        body=NewAccount,
        form=True,
        refusals=(403,),
    ),
    Operation(
        "GET",
        _ONE,
        "getAccount",
        "One account",
        read,
        Account,
        reads=Reads.SELECTION,
        refusals=(404,),
    ),
    Operation(
        "PUT",
        _ONE,
        "updateAccount",
        "Rename an account; with a token of an Operations account",
        update,
        Account,
        description=f"The type stays. {_NO_LOGO}",
        body=ChangedAccount,
        form=True,
        refusals=(403, 404),
    ),
    Operation(
        "POST",
        _ONE + "/enable",
        "enableAccount",
        "Let a disabled account act again; with a token of an Operations account",
        enable,
        Account,
        refusals=(400, 403, 404),
    ),
    Operation(
        "POST",
        _ONE + "/disable",
        "disableAccount",
        "Shut an account out; with a token of an Operations account",
        disable,
        Account,
        refusals=(400, 403, 404),
    ),
    Operation(
        "GET",
        _ONE + "/icon",
        "getAccountIcon",
        "The icon of an account: there is none",
        icon,
        None,
        status=404,
        open=True,
    ),
)

"""`/accounts/accounts`: reading accounts and, for Operations, creating and changing them."""

from collections.abc import AsyncIterator, Mapping
from typing import Final

from starlette.responses import Response

from server.api.marketplace.problems import ProblemError
from server.api.marketplace.request_bodies import once, read_form
from server.api.marketplace.responses import EVERY_USUAL_FIELD, many, one
from server.api.marketplace.routes import Operation, OperationCall, Reads
from server.api.marketplace.wire import serializers
from server.api.marketplace.wire.inputs import ChangedAccount, NewAccount
from server.api.marketplace.wire.models import Account
from server.domain.actor import AccountType
from server.domain.platform_words import account_type_word
from server.services.search.list_query import Selection

PATH: Final = "/accounts/accounts"
_TYPES: Final = {account_type_word(each): each for each in AccountType}


async def find(call: OperationCall) -> Response:
    """List accounts."""
    listing = await call.desk.resource_lists.accounts(call.actor, call.list_query)
    return many(listing, Account, serializers.account, call.list_query)


async def read(call: OperationCall) -> Response:
    """Return one account."""
    selection = call.list_query.selection
    return await _answer(call, call.id, selection=selection)


async def create(call: OperationCall) -> Response:
    """Create an account with the logo that was sent."""
    sent, logo = await read_form(call.request, NewAccount)
    info = await call.desk.accounts.create(
        call.actor, sent.name, _TYPES[sent.type], upload=_upload(logo)
    )
    where = {"Location": f"/public/v1{PATH}/{info.id}"}
    return await _answer(call, info.id, status=201, headers=where)


async def update(call: OperationCall) -> Response:
    """Change the name or the logo; an unknown account is 404 even if the body is invalid."""
    try:
        sent, logo = await read_form(call.request, ChangedAccount)
    except ProblemError:
        await call.desk.resource_lists.account(call.actor, call.id)
        raise
    given = sent.model_fields_set
    await call.desk.accounts.update(
        call.actor,
        call.id,
        name=sent.name if "name" in given else None,
        upload=_upload(logo),
        without_logo="icon" in given and not sent.icon,
    )
    return await _answer(call, call.id)


async def enable(call: OperationCall) -> Response:
    """Enable an account: its people and tokens can act again."""
    await call.desk.accounts.enable(call.actor, call.id)
    return await _answer(call, call.id)


async def disable(call: OperationCall) -> Response:
    """Disable an account: its people and tokens can no longer act."""
    await call.desk.accounts.disable(call.actor, call.id)
    return await _answer(call, call.id)


async def icon(call: OperationCall) -> Response:
    """Redirect to the logo, temporarily, as it may change; logos are public."""
    name = await call.desk.accounts.logo(call.id)
    return Response(status_code=307, headers={"Location": f"/logos/{name}"})


def _upload(logo: bytes | None) -> AsyncIterator[bytes] | None:
    return None if logo is None else once(logo)


async def _answer(
    call: OperationCall,
    account_id: str,
    *,
    status: int = 200,
    selection: Selection = EVERY_USUAL_FIELD,
    headers: Mapping[str, str] | None = None,
) -> Response:
    listed = await call.desk.resource_lists.account(call.actor, account_id)
    return one(serializers.account(listed), selection, status=status, headers=headers)


_ONE: Final = PATH + "/{id}"
_LOGO: Final = "The part `logo` is a PNG or JPEG of at most 5 MB; it may be absent."
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
        description=_LOGO,
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
        "Change an account's name and logo; with a token of an Operations account",
        update,
        Account,
        description=f"The type stays. {_LOGO}",
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
        "Where the logo of an account is; for everybody",
        icon,
        None,
        status=307,
        refusals=(404,),
        open=True,
    ),
)

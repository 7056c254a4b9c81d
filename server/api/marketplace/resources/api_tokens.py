"""`/accounts/api-tokens`: listing, creating, changing, enabling, disabling and deleting tokens."""

import base64
import binascii
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from starlette.responses import Response

from server.api.marketplace.problems import ProblemError
from server.api.marketplace.request_bodies import once, read_json
from server.api.marketplace.responses import EVERY_USUAL_FIELD, many, one
from server.api.marketplace.routes import Operation, OperationCall, Reads
from server.api.marketplace.wire import serializers
from server.api.marketplace.wire.inputs import ChangedToken, NewToken
from server.api.marketplace.wire.models import ApiToken
from server.domain.actor import Actor
from server.domain.errors import FieldErrors, IllegalTransition, Invalid
from server.domain.tokens.fields import UNSET
from server.services.search.list_query import Selection
from server.services.search.views import TokenRow
from server.services.tokens.patch import TokenPatch
from server.services.tokens.views import TokenView

PATH: Final = "/accounts/api-tokens"
_THEIR_WORDS: Final = {"logo": "icon", "account": "account.id"}
_DATA_URL: Final = re.compile(r"data:image/(png|jpeg);base64,(.*)", re.IGNORECASE | re.DOTALL)


async def find(call: OperationCall) -> Response:
    """List tokens."""
    listing = await call.desk.resource_lists.tokens(call.actor, call.list_query)
    return many(listing, ApiToken, lambda listed: _shape(call, listed), call.list_query)


async def read(call: OperationCall) -> Response:
    """Return one token."""
    return await _answer(call, call.list_query.selection)


async def create(call: OperationCall) -> Response:
    """Create a token; the response includes its value."""
    sent = await read_json(call.request, NewToken)
    field_errors = FieldErrors()
    upload = _picture(sent.icon, field_errors)
    try:
        minted = await call.desk.tokens.create(
            call.actor,
            account_id=sent.account.id,
            module_ids=[each.id for each in sent.modules],
            upload=upload,
            field_errors=field_errors,
            **sent.typed(),
        )
    except Invalid as refusal:
        raise ProblemError.by(refusal, _THEIR_WORDS) from None
    value = minted.secret.reveal() if minted.secret else None
    listed = TokenRow(minted.token, updated_at=None, updated_by=None)
    shape = serializers.token(listed, call.desk.settings.origin, value)
    where = {"Location": f"/public/v1{PATH}/{shape.id}"}
    return one(shape, status=201, headers=where)


async def update(call: OperationCall) -> Response:
    """Change the fields that were sent; an unknown token is 404 even if the body is invalid."""
    try:
        sent = await read_json(call.request, ChangedToken)
    except ProblemError:
        await call.desk.resource_lists.token(call.actor, call.id)
        raise
    given, field_errors = sent.model_fields_set, FieldErrors()
    upload, without_logo = None, False
    if "icon" in given:
        without_logo = not sent.icon
        if sent.icon and not await _is_current(call, sent.icon):
            upload = _picture(sent.icon, field_errors)
    patch = TokenPatch(
        module_ids=[each.id for each in sent.modules] if "modules" in given else UNSET,
        without_logo=without_logo,
        **sent.typed(),
    )
    try:
        await _unless_deleted(
            call,
            lambda actor, token_id: call.desk.tokens.update(
                actor, token_id, patch, upload=upload, field_errors=field_errors
            ),
        )
    except Invalid as refusal:
        raise ProblemError.by(refusal, _THEIR_WORDS) from None
    return await _answer(call)


async def delete(call: OperationCall) -> Response:
    """Delete a token permanently."""
    await _unless_deleted(call, call.desk.tokens.delete)
    return Response(status_code=204)


async def enable(call: OperationCall) -> Response:
    """Enable a token."""
    await _unless_deleted(call, call.desk.tokens.enable)
    return await _answer(call)


async def disable(call: OperationCall) -> Response:
    """Disable a token."""
    await _unless_deleted(call, call.desk.tokens.disable)
    return await _answer(call)


async def _unless_deleted(
    call: OperationCall, act: Callable[[Actor, str], Awaitable[TokenView | str]]
) -> None:
    """Act on the token; raise `NotFound` if it is deleted, as the Marketplace does."""
    try:
        await act(call.actor, call.id)
    except IllegalTransition:
        await call.desk.resource_lists.token(call.actor, call.id)
        raise


async def _answer(call: OperationCall, selection: Selection = EVERY_USUAL_FIELD) -> Response:
    return one(_shape(call, await call.desk.resource_lists.token(call.actor, call.id)), selection)


def _shape(call: OperationCall, listed: TokenRow) -> ApiToken:
    """Serialize a token; only a caller that authenticated with this token gets its value."""
    value = call.value if listed.token.id == call.actor.id else None
    return serializers.token(listed, call.desk.settings.origin, value)


async def _is_current(call: OperationCall, sent: str) -> bool:
    """Return whether the icon is the URL that the token's icon was read as."""
    listed = await call.desk.resource_lists.token(call.actor, call.id)
    return sent == serializers.icon(call.desk.settings.origin, listed.token.logo)


def _picture(sent: str | None, field_errors: FieldErrors) -> AsyncIterator[bytes] | None:
    """Decode the picture in a data URL; None if there is none, or with a field error if invalid."""
    if not sent:
        return None
    match = _DATA_URL.fullmatch(sent)
    try:
        if match is not None:
            return once(base64.b64decode(match[2], validate=True))
    except (binascii.Error, ValueError):
        pass
    field_errors.add("icon", 'Send "", null, or data:image/png;base64,… (or image/jpeg).')
    return None


_ONE: Final = PATH + "/{id}"
OPERATIONS: Final = (
    Operation(
        "GET",
        PATH,
        "listApiTokens",
        "API tokens of the account; for Operations, of every account",
        find,
        ApiToken,
        reads=Reads.LIST,
        refusals=(403,),
    ),
    Operation(
        "POST",
        PATH,
        "createApiToken",
        "Make an API token; the answer has its value",
        create,
        ApiToken,
        status=201,
        body=NewToken,
        refusals=(403,),
    ),
    Operation(
        "GET",
        _ONE,
        "getApiToken",
        "One API token; a token may always read itself",
        read,
        ApiToken,
        reads=Reads.SELECTION,
        refusals=(403, 404),
    ),
    Operation(
        "PUT",
        _ONE,
        "updateApiToken",
        "Change an API token; what is absent stays as it is",
        update,
        ApiToken,
        body=ChangedToken,
        refusals=(403, 404),
    ),
    Operation(
        "DELETE",
        _ONE,
        "deleteApiToken",
        "End an API token for good",
        delete,
        None,
        status=204,
        refusals=(403, 404),
    ),
    Operation(
        "POST",
        _ONE + "/enable",
        "enableApiToken",
        "Let a disabled API token be accepted again",
        enable,
        ApiToken,
        refusals=(400, 403, 404),
    ),
    Operation(
        "POST",
        _ONE + "/disable",
        "disableApiToken",
        "Have an API token refused until it is enabled again",
        disable,
        ApiToken,
        refusals=(400, 403, 404),
    ),
)

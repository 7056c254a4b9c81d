"""Exception handlers of the application."""

import logging
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from server.database import STORAGE_FAILURES
from server.domain.errors import DomainError
from server.domain.i18n.messages import Message
from server.web.html.error_pages import (
    error_page,
    framed_error_page,
    http_error_page,
    refusal_page,
    unavailable_page,
)

log = logging.getLogger("tokendesk")


def foreign(request: Request) -> Response:
    """Refuse a request that another site's page sent."""
    return error_page(request, 403, Message("This request came from another site and was refused."))


async def too_large(request: Request) -> Response:
    """Respond to a body larger than its route accepts."""
    return await framed_error_page(request, 413)


async def _refused(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, DomainError)
    return await refusal_page(request, refusal)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return await http_error_page(request, error)


def _storage_failed(request: Request, error: Exception) -> Response:
    log.error("storage failed: %s: %s", type(error).__name__, error)
    return unavailable_page(request)


async def _crashed(request: Request, _: Exception) -> Response:
    return await framed_error_page(request, 500)


HANDLERS: Final[dict[Any, Any]] = {
    DomainError: _refused,
    HTTPException: _http_error,
    **dict.fromkeys(STORAGE_FAILURES, _storage_failed),
    Exception: _crashed,
}
"""Starlette's exception handlers by class of exception."""

"""A server on the scene's data whose storage is away for the tokens, and whose trail crashes."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from unittest import mock

from server.desk import Desk
from server.services.accounts.accounts import Accounts
from server.services.audit.trail import AuditTrail
from server.services.search.token_list import TokenList
from tests.support import databases
from tests.support.serving import serving
from tests.ui_review.scene import settings_of


@asynccontextmanager
async def failing_server(folder: Path) -> AsyncIterator[str]:
    """Its URL. The tokens answer 503, the audit trail 500, a change of the reveal policy 503."""
    databases.forget_statements()
    desk = Desk.build(settings_of(folder))
    full = mock.AsyncMock(side_effect=OSError(28, "No space left on device"))
    crash = mock.AsyncMock(side_effect=RuntimeError("provoked by the review"))
    log = logging.getLogger("uvicorn.error")
    level = log.level
    await desk.open()
    try:
        with (
            mock.patch.object(TokenList, "page", full),
            mock.patch.object(Accounts, "set_reveal", full),
            mock.patch.object(AuditTrail, "page", crash),
        ):
            async with serving(desk) as url:
                log.setLevel(logging.CRITICAL)  # the crash is wanted
                yield url
    finally:
        log.setLevel(level)
        await desk.close()

"""Relay's object identification: any object by its id alone."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Final

import strawberry

from schema.accounts.types import Account, Module
from schema.audit.types import AuditRecord
from schema.base.context import Context
from schema.base.types import Node
from schema.drafts.types import TokenDraft
from schema.people.types import User
from schema.tokens.types import ApiToken
from server.domain.errors import Expired, Invalid, NotAllowed, NotFound
from server.domain.ids import IdKind, kind_of

MOST_NODES: Final = 100

NodeIds = Annotated[
    list[strawberry.ID], strawberry.argument(description=f"The objects' ids, at most {MOST_NODES}.")
]


async def look_up(context: Context, object_id: str) -> Node | None:
    """Return the object if the caller can see it, read in one batch with others of its kind."""
    context.actor.require_authenticated()
    try:
        return await _found(context, object_id)
    except (NotFound, Expired, NotAllowed):
        return None


async def look_up_all(context: Context, object_ids: Sequence[str]) -> list[Node | None]:
    """Return the objects in the order of their ids, each as `look_up` finds it."""
    if len(object_ids) > MOST_NODES:
        raise Invalid.one("ids", f"Name at most {MOST_NODES} ids.")
    return list(await asyncio.gather(*(look_up(context, each) for each in object_ids)))


async def _found(context: Context, object_id: str) -> Node | None:
    desk, actor, find = context.desk, context.actor, context.loaders.find
    match kind_of(object_id):
        case IdKind.TOKEN:
            return ApiToken.of(await find(desk.token_batches.tokens, object_id))
        case IdKind.ACCOUNT:
            return Account.of(await find(desk.accounts.named, object_id))
        case IdKind.MODULE:
            return Module.of(await find(desk.modules.named, object_id))
        case IdKind.AUDIT_RECORD:
            return AuditRecord.of(await find(desk.audit_trail.named, object_id))
        case IdKind.DRAFT:
            return TokenDraft.of(await desk.drafts.get(actor, object_id))
        case IdKind.USER:
            return User.of((await desk.members.get(actor, object_id)).user)
    return None

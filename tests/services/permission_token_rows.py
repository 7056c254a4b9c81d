"""Who may call what of tokens, their secrets and their drafts."""

from typing import Final

from server.domain.tokens.secret_policy import Grace
from server.services.search.token_list import TokenFilter
from server.services.tokens.patch import TokenPatch
from tests.services.permission_things import (
    DRAFTS,
    ITSELF,
    LIST,
    MANAGE,
    READ,
    REVEAL,
    ROTATE,
    STRONGER,
    TOKENS,
    Row,
    awaited,
    committed,
    disabled,
    draft,
    itself,
    rotated,
    strong_draft,
    stronger,
    stronger_disabled,
    token,
    token_of,
)
from tests.support.cast import HELD, LACKED, Cell, Outcomes

BOTH: Final = TokenPatch(module_ids=[HELD, LACKED])
NO_EXPIRY: Final = TokenPatch(expires_at=None)
RENAMED: Final = TokenPatch(name="Renamed")


def tokens_of(cell: Cell) -> TokenFilter:
    return TokenFilter(account_id=cell.tenant.id)


ROWS: Final[dict[str, Row]] = {
    "drafts.all": Row(MANAGE, lambda d, c, _: d.drafts.all(c.actor)),
    "drafts.commit": Row(DRAFTS, lambda d, c, x: d.drafts.commit(c.actor, x, 1), draft),
    "drafts.commit: of more": Row(
        Outcomes("S ANIN ANIN", DRAFTS.foreign),
        lambda d, c, x: d.drafts.commit(c.actor, x, 1),
        strong_draft,
    ),
    "drafts.committed": Row(DRAFTS, lambda d, c, x: d.drafts.committed(c.actor, x), committed),
    "drafts.create": Row(MANAGE, lambda d, c, _: d.drafts.create(c.actor, RENAMED)),
    "drafts.discard": Row(DRAFTS, lambda d, c, x: d.drafts.discard(c.actor, x), draft),
    "drafts.new_id": Row(MANAGE, lambda d, c, _: awaited(d.drafts.new_id(c.actor))),
    "drafts.get": Row(DRAFTS, lambda d, c, x: d.drafts.get(c.actor, x), draft),
    "drafts.save": Row(DRAFTS, lambda d, c, x: d.drafts.save(c.actor, x, 1, RENAMED), draft),
    "drafts.save: of more": Row(
        Outcomes("S ANIN ANIN", "S UNIN UNIN"),
        lambda d, c, x: d.drafts.save(c.actor, x, 1, BOTH),
        draft,
    ),
    "secrets.end_grace": Row(TOKENS, lambda d, c, x: d.secrets.end_grace(c.actor, x), rotated),
    "secrets.old": Row(READ, lambda d, c, _: d.secrets.old(c.actor, c.tenant.token_id)),
    "secrets.reveal": Row(REVEAL, lambda d, c, _: d.secrets.reveal(c.actor, c.tenant.token_id)),
    "secrets.rotate": Row(ROTATE, lambda d, c, x: d.secrets.rotate(c.actor, x, Grace.NONE), token),
    "secrets.rotate: stronger": Row(
        Outcomes(STRONGER.own, ROTATE.foreign),
        lambda d, c, x: d.secrets.rotate(c.actor, x, Grace.NONE),
        stronger,
    ),
    "token_batches.callers": Row(
        LIST, lambda d, c, _: d.token_batches.callers(c.actor, [c.tenant.token_id]), sought=token_of
    ),
    "token_batches.milestones": Row(
        LIST,
        lambda d, c, _: d.token_batches.milestones(c.actor, [c.tenant.token_id]),
        sought=token_of,
    ),
    "token_batches.module_uses": Row(
        LIST,
        lambda d, c, _: d.token_batches.module_uses(c.actor, [c.tenant.token_id]),
        sought=token_of,
    ),
    "token_batches.old_secrets": Row(
        LIST,
        lambda d, c, _: d.token_batches.old_secrets(c.actor, [c.tenant.token_id]),
        sought=token_of,
    ),
    "token_batches.tokens": Row(
        Outcomes("S AAAE AAAE", "S EEEE AAAE"),
        lambda d, c, _: d.token_batches.tokens(c.actor, [c.tenant.token_id]),
        sought=token_of,
    ),
    "token_batches.usage": Row(
        LIST, lambda d, c, _: d.token_batches.usage(c.actor, [c.tenant.token_id]), sought=token_of
    ),
    "token_list.all": Row(LIST, lambda d, c, _: d.token_list.all(c.actor), sought=token_of),
    "token_list.creators": Row(
        LIST,
        lambda d, c, _: d.token_list.creators(c.actor),
        sought=lambda c: c.tenant.administrator.id,
    ),
    "token_list.ids": Row(
        LIST, lambda d, c, _: d.token_list.ids(c.actor, tokens_of(c)), sought=token_of
    ),
    "token_list.page": Row(
        LIST,
        lambda d, c, _: d.token_list.page(c.actor, number=1, size=100, wanted=tokens_of(c)),
        sought=token_of,
    ),
    "token_list.cursor_page": Row(
        LIST,
        lambda d, c, _: d.token_list.cursor_page(c.actor, wanted=tokens_of(c)),
        sought=token_of,
    ),
    "tokens.create": Row(
        Outcomes(MANAGE.own, "S ININ ANAN"),
        lambda d, c, _: d.tokens.create(
            c.actor, name="New", module_ids=[HELD], account_id=c.tenant.id
        ),
    ),
    "tokens.create: of more": Row(
        Outcomes("S ANIN ANIN", "S ININ ANIN"),
        lambda d, c, _: d.tokens.create(
            c.actor, name="New", module_ids=[LACKED], account_id=c.tenant.id
        ),
    ),
    "tokens.delete": Row(TOKENS, lambda d, c, x: d.tokens.delete(c.actor, x), token),
    "tokens.delete_all": Row(TOKENS, lambda d, c, x: d.tokens.delete_all(c.actor, [x]), token),
    "tokens.disable": Row(TOKENS, lambda d, c, x: d.tokens.disable(c.actor, x), token),
    "tokens.disable_all": Row(TOKENS, lambda d, c, x: d.tokens.disable_all(c.actor, [x]), token),
    "tokens.enable": Row(TOKENS, lambda d, c, x: d.tokens.enable(c.actor, x), disabled),
    "tokens.enable: stronger": Row(
        STRONGER, lambda d, c, x: d.tokens.enable(c.actor, x), stronger_disabled
    ),
    "tokens.enable_all": Row(TOKENS, lambda d, c, x: d.tokens.enable_all(c.actor, [x]), disabled),
    "tokens.get": Row(READ, lambda d, c, _: d.tokens.get(c.actor, c.tenant.token_id)),
    "tokens.get: itself": Row(ITSELF, lambda d, c, x: d.tokens.get(c.actor, x), itself),
    "tokens.milestones": Row(READ, lambda d, c, _: d.tokens.milestones(c.actor, c.tenant.token_id)),
    "tokens.milestones: itself": Row(
        Outcomes(READ.own, "S UUAN AAAN"), lambda d, c, x: d.tokens.milestones(c.actor, x), itself
    ),
    "tokens.update": Row(TOKENS, lambda d, c, x: d.tokens.update(c.actor, x, RENAMED), token),
    "tokens.update: to more": Row(
        Outcomes("S ANIN ANIN", "S UNUN ANIN"),
        lambda d, c, x: d.tokens.update(c.actor, x, BOTH),
        token,
    ),
    "tokens.update: stronger": Row(
        STRONGER, lambda d, c, x: d.tokens.update(c.actor, x, NO_EXPIRY), stronger
    ),
    "usage.for_token": Row(READ, lambda d, c, _: d.usage.for_token(c.actor, c.tenant.token_id)),
}

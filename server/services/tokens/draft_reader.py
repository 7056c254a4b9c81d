"""Reads drafts and turns them into views, with the modules that can still be granted."""

from typing import Any, Final

from tortoise.queryset import QuerySet

from server.database.queries.json_rows import decode_column, dialect_of, json_subquery
from server.domain.tokens.fields import values_of
from server.models.tokens import TokenDraft
from server.services.accounts.views import ModuleView
from server.services.tokens.views import DraftView

_CHOSEN: Final = """
    SELECT m.id, m.name, m.description FROM {chosen} AS chosen JOIN modules m ON m.id = chosen.value
    JOIN enabled_modules e ON e.module_id = m.id AND e.account_id = token_drafts.account_id"""
_MODULE_IDS: Final = {
    "sqlite": "json_each(token_drafts.module_ids)",
    "postgres": "jsonb_array_elements_text(token_drafts.module_ids)",
}


def drafts_with_modules(**named: Any) -> QuerySet[TokenDraft]:
    """Return a query for a few drafts, annotated with their chosen modules that are enabled."""
    rows = _CHOSEN.format(chosen=_MODULE_IDS[dialect_of(TokenDraft)])
    enabled = json_subquery(TokenDraft, "id, name, description", rows)
    return TokenDraft.filter(**named).annotate(enabled=enabled)


def draft_view(draft: TokenDraft) -> DraftView:
    """Return the view of a draft read by `drafts_with_modules`."""
    enabled = {row[0]: ModuleView(*row) for row in decode_column(draft, "enabled")}
    return DraftView(
        id=draft.id,
        version=draft.version,
        module_ids=tuple(draft.module_ids),
        modules=tuple(enabled[id_] for id_ in draft.module_ids if id_ in enabled),
        created_at=draft.created_at,
        updated_at=draft.updated_at,
        token_id=draft.token_id,
        **values_of(draft),
    )

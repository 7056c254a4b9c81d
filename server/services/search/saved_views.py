"""Saved views: queries of the tokens page that a person keeps for an account, privately."""

from typing import Final

from tortoise.transactions import in_transaction

from server.domain.actor import Actor, ActorKind
from server.domain.errors import FieldErrors, Invalid, NotAllowed, NotFound
from server.domain.i18n.messages import Message
from server.domain.text.validation import VIEW_NAME, is_control, validate_name
from server.models.tokens import SavedView
from server.services.search.views import SavedViewView

MOST_VIEWS: Final = 50
LONGEST_QUERY: Final = 4_000
_LARGEST_ID: Final = 2**63 - 1


class SavedViews:
    """The signed-in person's saved views in the current account."""

    async def all(self, actor: Actor) -> list[SavedViewView]:
        """Return the person's views, sorted by name; a program has none."""
        actor.require_authenticated()
        rows = SavedView.filter(user_id=actor.id, account_id=actor.account_id)
        return [_info(row) for row in await rows.order_by("name")]

    async def save(
        self, actor: Actor, name: str, query: str, *, is_default: bool = False
    ) -> SavedViewView:
        """Save the page's query under a name, replacing the view of that name."""
        _must_be_a_person(actor)
        field_errors = FieldErrors()
        name = validate_name(name, field_errors, field="name", noun=VIEW_NAME)
        if len(query) > LONGEST_QUERY:
            field_errors.add("query", Message("This view has too many filters to be kept."))
        elif any(map(is_control, query)):
            field_errors.add("query", Message("A view with control characters cannot be kept."))
        field_errors.raise_if_any()
        own = SavedView.filter(user_id=actor.id, account_id=actor.account_id)
        async with in_transaction():
            if is_default:
                await own.update(is_default=False)
            await SavedView.bulk_create(
                [
                    SavedView(
                        user_id=actor.id,
                        account_id=actor.account_id,
                        name=name,
                        query=query,
                        is_default=is_default,
                    )
                ],
                on_conflict=("user_id", "account_id", "name"),
                update_fields=("query", "is_default"),
            )
            if await own.count() > MOST_VIEWS:
                raise Invalid.one(
                    "name",
                    Message("You can keep at most %(most)s views. Delete one.", most=MOST_VIEWS),
                )
            return _info(await own.get(name=name))

    async def set_default(self, actor: Actor, view_id: int | None) -> None:
        """Make a view the page's default; None restores the built-in view."""
        _must_be_a_person(actor)
        own = SavedView.filter(user_id=actor.id, account_id=actor.account_id)
        async with in_transaction():
            await own.update(is_default=False)
            if view_id is None:
                return
            named = own.filter(id=view_id)
            if not _possible(view_id) or not await named.update(is_default=True):
                raise NotFound(Message("There is no such view."))

    async def delete(self, actor: Actor, view_id: int) -> None:
        """Delete a view. Deleting twice is fine."""
        _must_be_a_person(actor)
        own = SavedView.filter(user_id=actor.id, account_id=actor.account_id)
        if _possible(view_id):
            await own.filter(id=view_id).delete()


def _possible(view_id: int) -> bool:
    """Return whether the column can hold this id: the database fails on a larger one."""
    return 0 < view_id <= _LARGEST_ID


def _must_be_a_person(actor: Actor) -> None:
    actor.require_authenticated()
    if actor.kind is not ActorKind.USER:
        raise NotAllowed(Message("Only people have views."))


def _info(row: SavedView) -> SavedViewView:
    return SavedViewView(row.id, row.name, row.query, row.is_default)

"""What a program may have others do: no more than it may itself."""

from collections.abc import Iterable
from typing import Final

from server.domain.actor import Actor
from server.domain.errors import NotAllowed
from server.domain.i18n.messages import Phrase
from server.domain.tokens.rules import Move
from server.models.tokens import TokenGrant
from server.services.answers import TokenInfo

_REFUSED: Final = {
    Move.ROTATE: Phrase(
        "This token may not rotate %(token)s: it lacks the module %(module)s itself."
    ),
    Move.ENABLE: Phrase(
        "This token may not enable %(token)s: it lacks the module %(module)s itself."
    ),
    Move.EDIT: Phrase(
        "This token may not prolong %(token)s: it lacks the module %(module)s itself."
    ),
}


async def must_have_all_of(actor: Actor, token_id: str, move: Move) -> None:
    """Refuse a program what makes a token work that may more than itself, now or later.

    Modules that are withdrawn count as well, as they may be enabled again.
    """
    if token_id == actor.id:
        return
    granted = await TokenGrant.filter(token_id=token_id).values_list("module_id", flat=True)
    lacked = lacked_by(actor, map(str, granted))
    if lacked:
        raise NotAllowed(Phrase(_REFUSED[move].template, token=token_id, module=lacked[0]))


def must_have(actor: Actor, module_ids: Iterable[str]) -> None:
    """Refuse a program that would enable modules that it lacks, naming the first."""
    lacked = lacked_by(actor, module_ids)
    if lacked:
        raise NotAllowed(
            Phrase("This token may not enable the module %(id)s: it lacks it itself.", id=lacked[0])
        )


def may_have_value(actor: Actor, token: TokenInfo) -> bool:
    """Whether the actor may as much as the token whose value it asks for."""
    modules = (*token.modules, *token.withdrawn_modules)
    return token.id == actor.id or not lacked_by(actor, [module.id for module in modules])


def lacked_by(actor: Actor, module_ids: Iterable[str]) -> list[str]:
    """The modules that the actor may not let others into, by id."""
    return sorted(each for each in module_ids if not actor.may_grant(each))

"""The rule that a program gains no value and no token with modules that it lacks."""

from server.domain.actor import Actor
from server.domain.errors import NotAllowed
from server.domain.i18n.messages import Message
from server.domain.tokens.lifecycle import Transition
from server.models.tokens import TokenGrant
from server.services.accounts.own_modules import _REFUSED, lacked_by
from server.services.tokens.views import TokenView


async def must_have_all_of(actor: Actor, token_id: str, move: Transition) -> None:
    """Raise `NotAllowed` if a program would make a token usable that has modules it lacks.

    Withdrawn modules count too, because they may be enabled again.
    """
    if token_id == actor.id:
        return
    granted = await TokenGrant.filter(token_id=token_id).values_list("module_id", flat=True)
    lacked = lacked_by(actor, map(str, granted))
    if lacked:
        raise NotAllowed(Message(_REFUSED[move].template, token=token_id, module=lacked[0]))


def may_have_value(actor: Actor, token: TokenView) -> bool:
    """Return whether the actor has all modules of the token whose value it asks for."""
    modules = (*token.modules, *token.withdrawn_modules)
    return token.id == actor.id or not lacked_by(actor, [module.id for module in modules])

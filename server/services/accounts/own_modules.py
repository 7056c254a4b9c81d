"""The rule that a program cannot pass on a module that it lacks."""

from collections.abc import Iterable
from typing import Final

from server.domain.actor import Actor
from server.domain.errors import NotAllowed
from server.domain.i18n.messages import Message
from server.domain.tokens.lifecycle import Transition

_REFUSED: Final = {
    Transition.ROTATE: Message(
        "This token may not rotate %(token)s: it lacks the module %(module)s itself."
    ),
    Transition.ENABLE: Message(
        "This token may not enable %(token)s: it lacks the module %(module)s itself."
    ),
    Transition.EDIT: Message(
        "This token may not prolong %(token)s: it lacks the module %(module)s itself."
    ),
}


def must_have(actor: Actor, module_ids: Iterable[str]) -> None:
    """Raise `NotAllowed` if a program would enable a module that it lacks; name the first one."""
    lacked = lacked_by(actor, module_ids)
    if lacked:
        raise NotAllowed(
            Message(
                "This token may not enable the module %(id)s: it lacks it itself.", id=lacked[0]
            )
        )


def lacked_by(actor: Actor, module_ids: Iterable[str]) -> list[str]:
    """Return the modules that the actor may not grant, sorted by id."""
    return sorted(each for each in module_ids if not actor.may_grant(each))

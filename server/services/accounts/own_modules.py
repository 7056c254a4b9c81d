"""What a program may have others do: no more than it may itself."""

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
    """Refuse a program that would enable modules that it lacks, naming the first."""
    lacked = lacked_by(actor, module_ids)
    if lacked:
        raise NotAllowed(
            Message(
                "This token may not enable the module %(id)s: it lacks it itself.", id=lacked[0]
            )
        )


def lacked_by(actor: Actor, module_ids: Iterable[str]) -> list[str]:
    """The modules that the actor may not let others into, by id."""
    return sorted(each for each in module_ids if not actor.may_grant(each))

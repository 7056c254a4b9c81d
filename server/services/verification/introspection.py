"""Token introspection (RFC 7662): what a program may learn about a token that it received."""

from server.domain.actor import Actor
from server.domain.errors import Unavailable
from server.domain.verification.verdict import Grant, Outcome, Verdict
from server.services.verification.verifier import Verifier


class Introspection:
    """Introspects tokens for services that receive them (RFC 7662)."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier

    async def about(self, actor: Actor, text: str) -> Grant | None:
        """Return the facts about a token that is valid now. This does not count as a use of it.

        Return None for any other text, whatever the reason, and for a token of an account that the
        actor may not see, so that the actor cannot tell them apart.
        """
        actor.require_authenticated()
        verdict = await self._verifier.verify(text, used_from=None)
        return verdict.grant if verdict.valid and _is_theirs(actor, verdict) else None

    def about_from_memory(self, actor: Actor, text: str) -> Grant | None:
        """Answer from the cache while the database is down, for as long as the operator allows.

        Raise `Unavailable` after that time, and for a wrong secret, a token that is not cached and
        a token that the actor may not see, so that the actor cannot tell them apart.
        """
        actor.require_authenticated()
        verdict = self._verifier.verify_from_memory(text, used_from=None)
        if verdict is None or (
            verdict.outcome is not Outcome.INVALID and not _is_theirs(actor, verdict)
        ):
            raise Unavailable("Tokendesk cannot reach its storage right now.")
        return verdict.grant if verdict.valid else None


def _is_theirs(actor: Actor, verdict: Verdict) -> bool:
    """Return whether the token is known and of an account that the actor may see."""
    grant = verdict.grant
    return grant is not None and (actor.is_of_operations or grant.account_id == actor.account_id)

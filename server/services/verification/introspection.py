"""What a program may learn about a token that it holds."""

from server.domain.actor import Actor
from server.domain.errors import Unavailable
from server.domain.verification.verdict import Grant, Outcome, Verdict
from server.services.verification.verifier import Verifier


class Introspection:
    """Tells services about the tokens that they receive (RFC 7662)."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier

    async def about(self, actor: Actor, text: str) -> Grant | None:
        """The facts about a token that would pass now; it does not count as a use of it.

        None for every other text, whatever the reason, and for tokens of accounts that are not
        the actor's to see: it cannot tell these apart.
        """
        actor.require_authenticated()
        verdict = await self._verifier.verify(text, used_from=None)
        return verdict.grant if verdict.valid and _is_theirs(actor, verdict) else None

    def about_from_memory(self, actor: Actor, text: str) -> Grant | None:
        """The same while the database is away, for as long as the operator allows.

        `Unavailable` after that time, and for every token that the actor would not be told of
        if it passed: a wrong secret, a foreign token and one not remembered are one answer.
        """
        actor.require_authenticated()
        verdict = self._verifier.verify_from_memory(text, used_from=None)
        if verdict is None or (
            verdict.outcome is not Outcome.INVALID and not _is_theirs(actor, verdict)
        ):
            raise Unavailable("Tokendesk cannot reach its storage right now.")
        return verdict.grant if verdict.valid else None


def _is_theirs(actor: Actor, verdict: Verdict) -> bool:
    """Whether the token is known, and of an account that is the actor's to see."""
    grant = verdict.grant
    return grant is not None and (actor.is_of_operations or grant.account_id == actor.account_id)

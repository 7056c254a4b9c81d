"""What a program may learn about a token that it holds."""

from server.domain.actor import Actor
from server.domain.verdict import Grant
from server.services.verification import Verifier


class Introspection:
    """Tells services about the tokens that they receive (RFC 7662)."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier

    async def about(self, actor: Actor, text: str) -> Grant | None:
        """The facts about a token that would pass now; it does not count as a use of it.

        None for every other text, whatever the reason, and for tokens of accounts that are not
        the actor's to see: it cannot tell these apart.
        """
        actor.must_be_known()
        verdict = await self._verifier.verify(text, used_from=None)
        grant = verdict.grant
        if grant is None or not verdict.valid:
            return None
        theirs = actor.sees_every_account or grant.account_id == actor.account_id
        return grant if theirs else None

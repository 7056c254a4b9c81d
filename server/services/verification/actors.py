"""The actor that a valid token stands for."""

from server.domain.actor import AccountType, Actor, ActorKind, Origin
from server.domain.verification.verdict import Verdict
from server.services.verification.facts import TokenFacts


def token_actor(verdict: Verdict, origin: Origin) -> Actor | None:
    """Return the verified token as an actor of its account; None if it was refused."""
    grant = verdict.grant
    if grant is None or not verdict.valid:
        return None
    return Actor(
        ActorKind.TOKEN,
        grant.token_id,
        grant.token_name,
        account_id=grant.account_id,
        account_type=AccountType(grant.account_type),
        module_ids=grant.module_ids,
        origin=origin,
    )


def actor_from_facts(facts: TokenFacts, origin: Origin) -> Actor:
    """Return a valid token as an actor of its account, from cached facts."""
    return Actor(
        ActorKind.TOKEN,
        facts.token_id,
        facts.name,
        account_id=facts.account.id,
        account_type=AccountType(facts.account.type),
        module_ids=facts.module_ids,
        origin=origin,
    )

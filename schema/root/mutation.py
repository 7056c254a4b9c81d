"""What clients can do, put together."""

import strawberry

from schema.accounts.mutations import AccountMutations
from schema.drafts.mutations import DraftMutations
from schema.people.invitations import InvitationMutations
from schema.people.mutations import MemberMutations
from schema.people.profile_mutations import ProfileMutations
from schema.tokens.mutations import TokenMutations
from schema.tokens.secret_mutations import SecretMutations


@strawberry.type(description="What clients can do; a refusal is an answer, not an error.")
class Mutation(
    DraftMutations,
    TokenMutations,
    SecretMutations,
    AccountMutations,
    MemberMutations,
    ProfileMutations,
    InvitationMutations,
):
    """The roots of all changes."""

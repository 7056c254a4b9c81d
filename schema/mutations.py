"""What clients can do, put together."""

import strawberry

from schema.account_mutations import AccountMutations
from schema.draft_mutations import DraftMutations
from schema.invitation_types import InvitationMutations
from schema.member_mutations import MemberMutations
from schema.profile_mutations import ProfileMutations
from schema.secret_mutations import SecretMutations
from schema.token_mutations import TokenMutations


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

"""The root of all mutations."""

from schema.accounts.mutations import AccountMutations
from schema.base.described import object_type
from schema.drafts.mutations import DraftMutations
from schema.people.invitations import InvitationMutations
from schema.people.mutations import MemberMutations
from schema.people.profile_mutations import ProfileMutations
from schema.tokens.mutations import TokenMutations
from schema.tokens.secret_mutations import SecretMutations


@object_type
class Mutation(
    DraftMutations,
    TokenMutations,
    SecretMutations,
    AccountMutations,
    MemberMutations,
    ProfileMutations,
    InvitationMutations,
):
    """What you can change. A refused mutation answers a UserError in its result union."""

"""Tokens, their grants and secrets, and the drafts that they are made from."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from server.domain.tokens.lifecycle import Milestone, TokenState
from server.models.accounts import Account, Module, User
from server.models.moments import AFTER_ALL, BEFORE_ALL, Moment, OpenMoment


class Token(Model):
    """An API token. Never deleted as a row, so that its id is never used again."""

    id = fields.CharField(max_length=13, primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "tokendesk.Account", related_name="tokens", on_delete=fields.RESTRICT
    )
    version = fields.IntField(default=1)
    name = fields.CharField(max_length=255)
    name_key = fields.CharField(max_length=255, default="")
    description = fields.TextField(default="")
    search_key = fields.TextField(default="")
    logo = fields.CharField(max_length=80, null=True)
    state = fields.CharEnumField(TokenState, max_length=16, default=TokenState.ACTIVE)
    expires_at = OpenMoment(missing=AFTER_ALL)
    created_at = Moment()
    created_by_id = fields.CharField(max_length=32)
    created_by_name = fields.CharField(max_length=255)
    updated_at = Moment()
    last_access_at = OpenMoment(missing=BEFORE_ALL)
    account_id: str
    grants: fields.ReverseRelation["TokenGrant"]
    draft: fields.BackwardOneToOneRelation["TokenDraft"]

    class Meta:
        table = "tokens"
        indexes = (
            # Each ends with the state, so that a page far down is found in the index alone.
            Index(fields=("account_id", "created_at", "id", "state"), name="tokens_by_creation"),
            Index(fields=("account_id", "name_key", "id", "state"), name="tokens_by_name"),
            Index(fields=("account_id", "last_access_at", "id", "state"), name="tokens_by_access"),
            Index(fields=("account_id", "expires_at", "id", "state"), name="tokens_by_expiry"),
            Index(fields=("account_id", "state", "expires_at", "id"), name="tokens_by_state"),
            Index(fields=("account_id", "created_by_id"), name="tokens_by_creator"),
            Index(fields=("account_id", "name", "id", "state"), name="tokens_by_exact_name"),
            # For Operations, whose lists cover all accounts.
            Index(fields=("created_at", "id", "state"), name="all_tokens_by_creation"),
            Index(fields=("name", "id", "state"), name="all_tokens_by_name"),
            Index(fields=("state", "expires_at", "id"), name="all_tokens_by_state"),
        )


class TokenMilestone(Model):
    """When a token last passed a point of its life, and who brought it there."""

    id = fields.BigIntField(primary_key=True)
    token: fields.ForeignKeyRelation[Token] = fields.ForeignKeyField(
        "tokendesk.Token", related_name="milestones", on_delete=fields.RESTRICT
    )
    kind = fields.CharEnumField(Milestone, max_length=16)
    at = fields.DatetimeField()
    by_id = fields.CharField(max_length=32)
    by_name = fields.CharField(max_length=255)
    token_id: str

    class Meta:
        table = "token_milestones"
        unique_together = (("token", "kind"),)


class TokenGrant(Model):
    """A module that a token may enter, as long as it stays enabled for the account."""

    id = fields.BigIntField(primary_key=True)
    token: fields.ForeignKeyRelation[Token] = fields.ForeignKeyField(
        "tokendesk.Token", related_name="grants", on_delete=fields.RESTRICT
    )
    module: fields.ForeignKeyRelation[Module] = fields.ForeignKeyField(
        "tokendesk.Module", related_name="grants", on_delete=fields.RESTRICT
    )
    token_id: str
    module_id: str

    class Meta:
        table = "token_grants"
        unique_together = (("token", "module"),)
        indexes = (Index(fields=("module_id", "token_id"), name="token_grants_by_module"),)


class TokenSecret(Model):
    """A secret of a token: a keyed digest, and sealed only where the account keeps values.

    The current secret has no `accepted_until`. A rotated-out one has, and records when it was last
    accepted, and when it was last refused after its end.
    """

    id = fields.BigIntField(primary_key=True)
    token: fields.ForeignKeyRelation[Token] = fields.ForeignKeyField(
        "tokendesk.Token", related_name="secrets", on_delete=fields.RESTRICT
    )
    key_id = fields.CharField(max_length=16)
    digest = fields.CharField(max_length=64, unique=True)
    sealed = fields.BinaryField(null=True)
    created_at = fields.DatetimeField()
    accepted_until = fields.DatetimeField(null=True)
    last_used_at = fields.DatetimeField(null=True)
    refused_at = fields.DatetimeField(null=True)
    token_id: str

    class Meta:
        table = "token_secrets"
        indexes = (Index(fields=("token_id",), name="token_secrets_by_token"),)


class TokenDraft(Model):
    """A token being made. Kept after its end, without content, so that its link can explain."""

    id = fields.CharField(max_length=23, primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "tokendesk.Account", related_name="drafts", on_delete=fields.RESTRICT
    )
    version = fields.IntField(default=1)
    name = fields.CharField(max_length=255, default="")
    description = fields.TextField(default="")
    logo = fields.CharField(max_length=80, null=True)
    expires_at = fields.DatetimeField(null=True)
    module_ids: list[str] = fields.JSONField(default=list)
    created_at = fields.DatetimeField()
    created_by_id = fields.CharField(max_length=32)
    updated_at = fields.DatetimeField()
    discarded_at = fields.DatetimeField(null=True)
    token: fields.OneToOneNullableRelation[Token] = fields.OneToOneField(
        "tokendesk.Token", related_name="draft", null=True, on_delete=fields.RESTRICT
    )
    committed_at = fields.DatetimeField(null=True)
    committed_by_id = fields.CharField(max_length=32, null=True)
    sealed_answer = fields.BinaryField(null=True)
    account_id: str
    token_id: str | None

    class Meta:
        table = "token_drafts"
        indexes = (
            Index(fields=("account_id", "updated_at"), name="token_drafts_by_account"),
            Index(fields=("committed_at",), name="token_drafts_by_commit"),
        )


class SavedView(Model):
    """How a person likes to see the tokens of an account: the query of the page, under a name."""

    id = fields.BigIntField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "tokendesk.User", related_name="saved_views", on_delete=fields.RESTRICT
    )
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "tokendesk.Account", related_name="saved_views", on_delete=fields.RESTRICT
    )
    name = fields.CharField(max_length=255)
    query = fields.TextField()
    is_default = fields.BooleanField(default=False)
    user_id: str
    account_id: str

    class Meta:
        table = "saved_views"
        unique_together = (("user", "account", "name"),)

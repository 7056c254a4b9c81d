"""Tokens, their grants and secrets, and the drafts they are made from."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from server.domain.token_rules import TokenState
from server.models.accounts import Account, Module


class Token(Model):
    """An API token. Never deleted as a row, so that its id is never used again."""

    id = fields.CharField(max_length=13, primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "tokendesk.Account", related_name="tokens", on_delete=fields.RESTRICT
    )
    version = fields.IntField(default=1)
    name = fields.CharField(max_length=255)
    description = fields.TextField(default="")
    logo = fields.CharField(max_length=80, null=True)
    state = fields.CharEnumField(TokenState, max_length=16, default=TokenState.ACTIVE)
    expires_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()
    created_by_id = fields.CharField(max_length=32)
    created_by_name = fields.CharField(max_length=255)
    updated_at = fields.DatetimeField()
    last_access_at = fields.DatetimeField(null=True)
    account_id: str
    grants: fields.ReverseRelation["TokenGrant"]

    class Meta:
        table = "tokens"
        indexes = (Index(fields=("account_id", "created_at", "id"), name="tokens_by_account"),)


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


class TokenSecret(Model):
    """A secret of a token: a keyed digest, and sealed only where the account keeps values."""

    id = fields.BigIntField(primary_key=True)
    token: fields.ForeignKeyRelation[Token] = fields.ForeignKeyField(
        "tokendesk.Token", related_name="secrets", on_delete=fields.RESTRICT
    )
    key_id = fields.CharField(max_length=16)
    digest = fields.CharField(max_length=64, unique=True)
    sealed = fields.BinaryField(null=True)
    created_at = fields.DatetimeField()
    accepted_until = fields.DatetimeField(null=True)
    token_id: str

    class Meta:
        table = "token_secrets"


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

"""Accounts, people, and the modules enabled for an account."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from server.domain.actor import AccountType, Role
from server.domain.i18n.language import Language
from server.domain.tokens.secret_policy import RevealPolicy
from server.models.moments import Moment


class Account(Model):
    """A tenant. Never deleted, only disabled, so that its id is never used again.

    `token_count` is the number of its tokens that are not deleted, because counting a hundred
    thousand takes too long.
    """

    id = fields.CharField(max_length=13, primary_key=True)
    name = fields.CharField(max_length=255)
    type = fields.CharEnumField(AccountType, max_length=16)
    active = fields.BooleanField(default=True)
    reveal = fields.CharEnumField(RevealPolicy, max_length=8, default=RevealPolicy.ALWAYS)
    language = fields.CharEnumField(
        Language, max_length=16, default=Language.AUTOMATIC, db_default=Language.AUTOMATIC
    )
    created_at = Moment()
    token_count = fields.IntField(default=0)
    logo = fields.CharField(max_length=80, null=True)

    class Meta:
        table = "accounts"


class User(Model):
    """An identity: a person whose address is proved, or one that is local to an account.

    `email` is stored as written. `address_key` is the same for all spellings and all identities of
    an address. `email_key` is unique: the `address_key` if proved, else a key of the account's own.
    """

    id = fields.CharField(max_length=13, primary_key=True)
    email = fields.CharField(max_length=254)
    email_key = fields.CharField(max_length=254, unique=True)
    address_key = fields.CharField(max_length=254, default="", db_default="")
    proved_at = fields.DatetimeField(null=True)
    home_account_id = fields.CharField(max_length=13, null=True)
    name = fields.CharField(max_length=255)
    password_hash = fields.CharField(max_length=255, null=True)
    active = fields.BooleanField(default=True)
    created_at = fields.DatetimeField()
    last_sign_in_at = fields.DatetimeField(null=True)

    class Meta:
        table = "users"
        indexes = (Index(fields=("address_key",), name="users_by_address"),)

    @property
    def proved(self) -> bool:
        """Whether the address is proved; if not, the identity is local to one account."""
        return self.proved_at is not None


class Membership(Model):
    """Ties a user to an account in a role. Never deleted, only deactivated.

    It counts once it is accepted; until then it is an invitation.
    """

    id = fields.BigIntField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "tokendesk.User", related_name="memberships", on_delete=fields.RESTRICT
    )
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "tokendesk.Account", related_name="memberships", on_delete=fields.RESTRICT
    )
    role = fields.CharEnumField(Role, max_length=16)
    active = fields.BooleanField(default=True)
    accepted_at = fields.DatetimeField(null=True)
    declined_at = fields.DatetimeField(null=True)
    last_sign_in_at = fields.DatetimeField(null=True)
    user_id: str
    account_id: str

    class Meta:
        table = "memberships"
        unique_together = (("user", "account"),)


class Session(Model):
    """A signed-in browser. Its cookie is kept only as a digest.

    `confirmed_at` is `BEFORE_ALL` if no password was ever given in it. `address` and `user_agent`
    are those of its last activity, and null for sessions from earlier releases.
    """

    id = fields.BigIntField(primary_key=True)
    digest = fields.CharField(max_length=64, unique=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "tokendesk.User", related_name="sessions", on_delete=fields.RESTRICT
    )
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "tokendesk.Account", related_name="sessions", on_delete=fields.RESTRICT
    )
    signed_in_at = fields.DatetimeField()
    confirmed_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()
    address = fields.CharField(max_length=64, null=True)
    user_agent = fields.CharField(max_length=255, null=True)
    user_id: str
    account_id: str

    class Meta:
        table = "sessions"


class SignInLink(Model):
    """A one-time way in. Its value is kept only as a digest.

    A link that Operations made for a local identity proves the address when it is used.
    """

    id = fields.BigIntField(primary_key=True)
    digest = fields.CharField(max_length=64, unique=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "tokendesk.User", related_name="sign_in_links", on_delete=fields.RESTRICT
    )
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)
    resets_password = fields.BooleanField(default=False, db_default=False)
    proves_address = fields.BooleanField(default=False, db_default=False)
    user_id: str

    class Meta:
        table = "sign_in_links"


class Module(Model):
    """A part of the platform that a token may be allowed into."""

    id = fields.CharField(max_length=8, primary_key=True)
    name = fields.CharField(max_length=255)
    description = fields.TextField(default="")
    created_at = fields.DatetimeField()

    class Meta:
        table = "modules"


class EnabledModule(Model):
    """A module that Operations has enabled for an account."""

    id = fields.BigIntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "tokendesk.Account", related_name="enabled_modules", on_delete=fields.RESTRICT
    )
    module: fields.ForeignKeyRelation[Module] = fields.ForeignKeyField(
        "tokendesk.Module", related_name="enabled_for", on_delete=fields.RESTRICT
    )
    account_id: str
    module_id: str

    class Meta:
        table = "enabled_modules"
        unique_together = (("account", "module"),)

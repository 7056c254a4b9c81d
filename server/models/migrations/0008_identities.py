from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

from hashlib import sha256

from server.domain.ids import IdKind


class Rows:
    """Executes statements with `?` placeholders on either engine."""

    def __init__(self, client):
        self._client = client
        self._sqlite = client.capabilities.dialect == "sqlite"

    async def __call__(self, statement, *values):
        if not self._sqlite:
            for number in range(1, len(values) + 1):
                statement = statement.replace("?", f"${number}", 1)
        return await self._client.execute_query_dict(statement, list(values))

    async def change(self, statement, *values):
        if not self._sqlite:
            for number in range(1, len(values) + 1):
                statement = statement.replace("?", f"${number}", 1)
        await self._client.execute_query(statement, list(values))


async def tell_identities_apart(apps, editor):
    """Prove the addresses that Operations vouched for; make all other people local identities."""
    rows = Rows(editor.client)
    await rows.change("UPDATE users SET address_key = email_key")
    vouchers = await _ids(rows, "SELECT m.user_id AS id FROM memberships m"
        " JOIN accounts a ON a.id = m.account_id"
        " WHERE a.type = 'operations' AND m.role = 'administrator'")
    vouchers |= await _ids(rows, "SELECT t.id FROM tokens t"
        " JOIN accounts a ON a.id = t.account_id WHERE a.type = 'operations'")
    of_operations = await _ids(rows, "SELECT m.user_id AS id FROM memberships m"
        " JOIN accounts a ON a.id = m.account_id WHERE a.type = 'operations' AND m.active")
    made_by_operations, made_in = set(), {}
    for record in await rows("SELECT object_id, chain, actor_kind, actor_id FROM audit_records"
                             " WHERE event = 'user.created' ORDER BY at, position"):
        made_in.setdefault(record["object_id"], record["chain"])
        if record["actor_kind"] == "operator" or record["actor_id"] in vouchers:
            made_by_operations.add(record["object_id"])
    belongs = {}
    for row in await rows("SELECT id, user_id, account_id FROM memberships ORDER BY id"):
        belongs.setdefault(row["user_id"], []).append(row)
    taken = await _ids(rows, "SELECT id FROM users")
    for user in await rows("SELECT id, email_key FROM users ORDER BY id"):
        mine = belongs.get(user["id"], [])
        if user["id"] in made_by_operations or user["id"] in of_operations or not mine:
            await _prove(rows, user, clean=user["id"] in made_by_operations)
            continue
        chain = made_in.get(user["id"])
        home = next((row for row in mine if row["account_id"] == chain), mine[0])
        await _keep_local(rows, user, home["account_id"])
        for row in mine:
            if row is not home:
                await _part(rows, user, row, taken)
        if len(mine) > 1:
            await rows.change("DELETE FROM sign_in_links WHERE user_id = ? AND used_at IS NULL",
                              user["id"])


async def _ids(rows, statement):
    return {row["id"] for row in await rows(statement)}


async def _prove(rows, user, *, clean):
    """Prove a person. Unless `clean`, end the password, sessions and links an account set up."""
    await rows.change("UPDATE users SET proved_at = created_at WHERE id = ?", user["id"])
    if not clean:
        await rows.change("UPDATE users SET password_hash = NULL WHERE id = ?", user["id"])
        await rows.change("DELETE FROM sessions WHERE user_id = ?", user["id"])
        await rows.change("DELETE FROM sign_in_links WHERE user_id = ? AND used_at IS NULL",
                          user["id"])
    await rows.change("UPDATE memberships SET accepted_at = (SELECT created_at FROM users"
        " WHERE users.id = memberships.user_id), last_sign_in_at = (SELECT last_sign_in_at"
        " FROM users WHERE users.id = memberships.user_id) WHERE user_id = ?", user["id"])


async def _keep_local(rows, user, account_id):
    """Make a person local to an account: invited if they never signed in, else unchanged."""
    await rows.change("UPDATE users SET home_account_id = ?, email_key = ? WHERE id = ?",
                      account_id, _local_key(account_id, user["email_key"]), user["id"])
    await rows.change("UPDATE memberships SET accepted_at = (SELECT created_at FROM users"
        " WHERE users.id = memberships.user_id AND (password_hash IS NOT NULL OR"
        " users.last_sign_in_at IS NOT NULL)), last_sign_in_at = (SELECT last_sign_in_at"
        " FROM users WHERE users.id = memberships.user_id) WHERE user_id = ? AND account_id = ?",
        user["id"], account_id)
    await rows.change("DELETE FROM sessions WHERE user_id = ? AND account_id <> ?",
                      user["id"], account_id)


async def _part(rows, user, membership, taken):
    """Give a further account its own local identity, which is invited to it."""
    account_id, drawn = membership["account_id"], IdKind.USER.new()
    while drawn in taken:
        drawn = IdKind.USER.new()
    taken.add(drawn)
    await rows.change("INSERT INTO users (id, email, email_key, address_key, name, active,"
        " created_at, home_account_id) SELECT ?, email, ?, address_key, name, active, created_at, ?"
        " FROM users WHERE id = ?",
        drawn, _local_key(account_id, user["email_key"]), account_id, user["id"])
    await rows.change("UPDATE memberships SET user_id = ?, accepted_at = NULL WHERE id = ?",
                      drawn, membership["id"])


def _local_key(account_id, address_key):
    """Return the same key as server/services/people/identities.py."""
    return f"{account_id}:{sha256(address_key.encode()).hexdigest()}"


class Migration(migrations.Migration):
    dependencies = [('tokendesk', '0007_language')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Membership',
            name='accepted_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Membership',
            name='declined_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Membership',
            name='last_sign_in_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='SignInLink',
            name='proves_address',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AlterModelOptions(
            name='User',
            options={'table': 'users', 'app': 'tokendesk', 'indexes': [Index(fields=['address_key'], name='users_by_address')], 'pk_attr': 'id', 'table_description': 'An identity: a person whose address is proved, or one that is local to an account.'},
        ),
        ops.AddField(
            model_name='User',
            name='address_key',
            field=fields.CharField(default='', db_default='', max_length=254),
        ),
        ops.AddField(
            model_name='User',
            name='home_account_id',
            field=fields.CharField(null=True, max_length=13),
        ),
        ops.AddField(
            model_name='User',
            name='proved_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddIndex(
            model_name='User',
            index=Index(fields=['address_key'], name='users_by_address'),
        ),
        ops.RunPython(tell_identities_apart),
    ]

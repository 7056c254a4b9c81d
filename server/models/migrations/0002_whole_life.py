from tortoise import migrations
from tortoise.migrations import operations as ops
from server.domain.tokens.lifecycle import Milestone
from server.domain.text.validation import (name_key, search_key)
from server.models.moments import AFTER_ALL, BEFORE_ALL, OpenMoment
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index



class AlterInPython(ops.AlterField):
    """Alter a field in Python only; the column stays, because SQLite would rebuild the table."""

    async def database_forward(self, *_):
        pass


async def fill(apps, editor):
    """Fill the new columns of existing rows."""
    sqlite = editor.client.capabilities.dialect == "sqlite"
    mark = ("?", "?", "?") if sqlite else ("$1", "$2", "$3")
    moment = str if sqlite else (lambda value: value)
    for column, missing in (("expires_at", AFTER_ALL), ("last_access_at", BEFORE_ALL)):
        await editor.client.execute_query(
            f"UPDATE tokens SET {column} = {mark[0]} WHERE {column} IS NULL", [moment(missing)]
        )
    await editor.client.execute_query(
        "UPDATE accounts SET token_count = (SELECT COUNT(*) FROM tokens"
        " WHERE tokens.account_id = accounts.id AND tokens.state <> 'deleted')"
    )
    _, rows = await editor.client.execute_query("SELECT id, name, description FROM tokens")
    for row in rows:
        keys = [name_key(row["name"]), search_key(row["name"], row["description"], row["id"])]
        await editor.client.execute_query(
            f"UPDATE tokens SET name_key = {mark[0]}, search_key = {mark[1]} WHERE id = {mark[2]}",
            [*keys, row["id"]],
        )


class Migration(migrations.Migration):
    dependencies = [('tokendesk', '0001_initial')]

    initial = False

    operations = [
        AlterInPython(
            model_name='Token',
            name='expires_at',
            field=OpenMoment(null=True, missing=AFTER_ALL),
        ),
        AlterInPython(
            model_name='Token',
            name='last_access_at',
            field=OpenMoment(null=True, missing=BEFORE_ALL),
        ),
        ops.CreateModel(
            name='SavedView',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('user', fields.ForeignKeyField('tokendesk.User', source_field='user_id', db_constraint=True, to_field='id', related_name='saved_views', on_delete=OnDelete.RESTRICT)),
                ('account', fields.ForeignKeyField('tokendesk.Account', source_field='account_id', db_constraint=True, to_field='id', related_name='saved_views', on_delete=OnDelete.RESTRICT)),
                ('name', fields.CharField(max_length=255)),
                ('query', fields.TextField(unique=False)),
                ('is_default', fields.BooleanField(default=False)),
            ],
            options={'table': 'saved_views', 'app': 'tokendesk', 'unique_together': (('user', 'account', 'name'),), 'pk_attr': 'id', 'table_description': 'How a person likes to see the tokens of an account: the query of the page, under a name.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TokenMilestone',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('token', fields.ForeignKeyField('tokendesk.Token', source_field='token_id', db_constraint=True, to_field='id', related_name='milestones', on_delete=OnDelete.RESTRICT)),
                ('kind', fields.CharEnumField(description='UPDATED: updated\nENABLED: enabled\nDISABLED: disabled\nEXPIRY_SET: expiry_set\nROTATED: rotated', enum_type=Milestone, max_length=16)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('by_id', fields.CharField(max_length=32)),
                ('by_name', fields.CharField(max_length=255)),
            ],
            options={'table': 'token_milestones', 'app': 'tokendesk', 'unique_together': (('token', 'kind'),), 'pk_attr': 'id', 'table_description': 'When a token last passed a point of its life, and who brought it there.'},
            bases=['Model'],
        ),
        ops.AddIndex(
            model_name='AuditRecord',
            index=Index(fields=['chain', 'actor_id', 'at'], name='audit_records_by_actor'),
        ),
        ops.AlterModelOptions(
            name='Membership',
            options={'table': 'memberships', 'app': 'tokendesk', 'unique_together': (('user', 'account'),), 'pk_attr': 'id', 'table_description': 'Ties a user to an account in a role. Never deleted, only deactivated.'},
        ),
        ops.AddField(
            model_name='Membership',
            name='active',
            field=fields.BooleanField(default=True),
        ),
        ops.AddField(
            model_name='Token',
            name='name_key',
            field=fields.CharField(default='', max_length=255),
        ),
        ops.AddIndex(
            model_name='Token',
            index=Index(fields=['account_id', 'state', 'expires_at', 'id'], name='tokens_by_state'),
        ),
        ops.AddIndex(
            model_name='Token',
            index=Index(fields=['account_id', 'created_by_id'], name='tokens_by_creator'),
        ),
        ops.AddIndex(
            model_name='TokenGrant',
            index=Index(fields=['module_id', 'token_id'], name='token_grants_by_module'),
        ),
        ops.AddField(
            model_name='TokenSecret',
            name='last_used_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='TokenSecret',
            name='refused_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddIndex(
            model_name='TokenSecret',
            index=Index(fields=['token_id'], name='token_secrets_by_token'),
        ),
        ops.AddField(
            model_name='User',
            name='last_sign_in_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Account',
            name='token_count',
            field=fields.IntField(default=0),
        ),
        ops.RemoveIndex(
            model_name='Token',
            name='tokens_by_account',
            fields=None,
        ),
        ops.AddField(
            model_name='Token',
            name='search_key',
            field=fields.TextField(default='', unique=False),
        ),
        ops.AddIndex(
            model_name='Token',
            index=Index(fields=['account_id', 'created_at', 'id', 'state'], name='tokens_by_creation'),
        ),
        ops.AddIndex(
            model_name='Token',
            index=Index(fields=['account_id', 'name_key', 'id', 'state'], name='tokens_by_name'),
        ),
        ops.AddIndex(
            model_name='Token',
            index=Index(fields=['account_id', 'last_access_at', 'id', 'state'], name='tokens_by_access'),
        ),
        ops.AddIndex(
            model_name='Token',
            index=Index(fields=['account_id', 'expires_at', 'id', 'state'], name='tokens_by_expiry'),
        ),
        ops.RunPython(fill),
    ]

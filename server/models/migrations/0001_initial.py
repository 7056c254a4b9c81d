from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from server.domain.actor import AccountType, Role
from server.domain.tokens.secret_policy import RevealPolicy
from server.domain.tokens.lifecycle import TokenState
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Account',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=13)),
                ('name', fields.CharField(max_length=255)),
                ('type', fields.CharEnumField(description='CLIENT: client\nVENDOR: vendor\nOPERATIONS: operations', enum_type=AccountType, max_length=16)),
                ('active', fields.BooleanField(default=True)),
                ('reveal', fields.CharEnumField(default=RevealPolicy.ALWAYS, description='ALWAYS: always\nONCE: once', enum_type=RevealPolicy, max_length=8)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'accounts', 'app': 'tokendesk', 'pk_attr': 'id', 'table_description': 'A tenant. Never deleted, only disabled, so that its id is never used again.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='AuditRecord',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=23)),
                ('chain', fields.CharField(max_length=16)),
                ('position', fields.BigIntField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('event', fields.CharField(max_length=64)),
                ('actor_kind', fields.CharField(max_length=16)),
                ('actor_id', fields.CharField(max_length=32)),
                ('actor_name', fields.CharField(max_length=255)),
                ('object_id', fields.CharField(max_length=32)),
                ('object_name', fields.CharField(max_length=255)),
                ('before', fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ('after', fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ('address', fields.CharField(max_length=64)),
                ('user_agent', fields.CharField(max_length=255)),
                ('previous_hash', fields.CharField(max_length=64)),
                ('hash', fields.CharField(max_length=64)),
            ],
            options={'table': 'audit_records', 'app': 'tokendesk', 'unique_together': (('chain', 'position'),), 'indexes': [Index(fields=['chain', 'at'], name='audit_records_by_time'), Index(fields=['object_id', 'at'], name='audit_records_by_object')], 'pk_attr': 'id', 'table_description': 'Who did what to which object, when, from where. The hash covers it and its predecessor.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ChainHead',
            fields=[
                ('chain', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=16)),
                ('position', fields.BigIntField(default=0)),
                ('hash', fields.CharField(default='', max_length=64)),
            ],
            options={'table': 'chain_heads', 'app': 'tokendesk', 'pk_attr': 'chain', 'table_description': 'The newest link of a chain. Every write updates the head of its chain first.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Module',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=8)),
                ('name', fields.CharField(max_length=255)),
                ('description', fields.TextField(default='', unique=False)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'modules', 'app': 'tokendesk', 'pk_attr': 'id', 'table_description': 'A part of the platform that a token may be allowed into.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='EnabledModule',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('account', fields.ForeignKeyField('tokendesk.Account', source_field='account_id', db_constraint=True, to_field='id', related_name='enabled_modules', on_delete=OnDelete.RESTRICT)),
                ('module', fields.ForeignKeyField('tokendesk.Module', source_field='module_id', db_constraint=True, to_field='id', related_name='enabled_for', on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'enabled_modules', 'app': 'tokendesk', 'unique_together': (('account', 'module'),), 'pk_attr': 'id', 'table_description': 'A module that Operations has enabled for an account.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Token',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=13)),
                ('account', fields.ForeignKeyField('tokendesk.Account', source_field='account_id', db_constraint=True, to_field='id', related_name='tokens', on_delete=OnDelete.RESTRICT)),
                ('version', fields.IntField(default=1)),
                ('name', fields.CharField(max_length=255)),
                ('description', fields.TextField(default='', unique=False)),
                ('logo', fields.CharField(null=True, max_length=80)),
                ('state', fields.CharEnumField(default=TokenState.ACTIVE, description='ACTIVE: active\nDISABLED: disabled\nDELETED: deleted', enum_type=TokenState, max_length=16)),
                ('expires_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('created_by_id', fields.CharField(max_length=32)),
                ('created_by_name', fields.CharField(max_length=255)),
                ('updated_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('last_access_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'tokens', 'app': 'tokendesk', 'indexes': [Index(fields=['account_id', 'created_at', 'id'], name='tokens_by_account')], 'pk_attr': 'id', 'table_description': 'An API token. Never deleted as a row, so that its id is never used again.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TokenDraft',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=23)),
                ('account', fields.ForeignKeyField('tokendesk.Account', source_field='account_id', db_constraint=True, to_field='id', related_name='drafts', on_delete=OnDelete.RESTRICT)),
                ('version', fields.IntField(default=1)),
                ('name', fields.CharField(default='', max_length=255)),
                ('description', fields.TextField(default='', unique=False)),
                ('logo', fields.CharField(null=True, max_length=80)),
                ('expires_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('module_ids', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('created_by_id', fields.CharField(max_length=32)),
                ('updated_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('discarded_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('token', fields.OneToOneField('tokendesk.Token', source_field='token_id', null=True, db_constraint=True, to_field='id', related_name='draft', on_delete=OnDelete.RESTRICT)),
                ('committed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('committed_by_id', fields.CharField(null=True, max_length=32)),
                ('sealed_answer', fields.BinaryField(null=True)),
            ],
            options={'table': 'token_drafts', 'app': 'tokendesk', 'indexes': [Index(fields=['account_id', 'updated_at'], name='token_drafts_by_account'), Index(fields=['committed_at'], name='token_drafts_by_commit')], 'pk_attr': 'id', 'table_description': 'A token being made. Kept after its end, without content, so that its link can explain.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TokenGrant',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('token', fields.ForeignKeyField('tokendesk.Token', source_field='token_id', db_constraint=True, to_field='id', related_name='grants', on_delete=OnDelete.RESTRICT)),
                ('module', fields.ForeignKeyField('tokendesk.Module', source_field='module_id', db_constraint=True, to_field='id', related_name='grants', on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'token_grants', 'app': 'tokendesk', 'unique_together': (('token', 'module'),), 'pk_attr': 'id', 'table_description': 'A module that a token may enter, as long as it stays enabled for the account.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TokenSecret',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('token', fields.ForeignKeyField('tokendesk.Token', source_field='token_id', db_constraint=True, to_field='id', related_name='secrets', on_delete=OnDelete.RESTRICT)),
                ('key_id', fields.CharField(max_length=16)),
                ('digest', fields.CharField(unique=True, max_length=64)),
                ('sealed', fields.BinaryField(null=True)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('accepted_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'token_secrets', 'app': 'tokendesk', 'pk_attr': 'id', 'table_description': 'A secret of a token: a keyed digest, and sealed only where the account keeps values.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='User',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=13)),
                ('email', fields.CharField(max_length=254)),
                ('email_key', fields.CharField(unique=True, max_length=254)),
                ('name', fields.CharField(max_length=255)),
                ('password_hash', fields.CharField(null=True, max_length=255)),
                ('active', fields.BooleanField(default=True)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'users', 'app': 'tokendesk', 'pk_attr': 'id', 'table_description': 'A person. The e-mail is kept as written, its key is what must be unique.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Membership',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('user', fields.ForeignKeyField('tokendesk.User', source_field='user_id', db_constraint=True, to_field='id', related_name='memberships', on_delete=OnDelete.RESTRICT)),
                ('account', fields.ForeignKeyField('tokendesk.Account', source_field='account_id', db_constraint=True, to_field='id', related_name='memberships', on_delete=OnDelete.RESTRICT)),
                ('role', fields.CharEnumField(description='ADMINISTRATOR: administrator\nVIEWER: viewer', enum_type=Role, max_length=16)),
            ],
            options={'table': 'memberships', 'app': 'tokendesk', 'unique_together': (('user', 'account'),), 'pk_attr': 'id', 'table_description': 'Ties a user to an account in a role.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Session',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('digest', fields.CharField(unique=True, max_length=64)),
                ('user', fields.ForeignKeyField('tokendesk.User', source_field='user_id', db_constraint=True, to_field='id', related_name='sessions', on_delete=OnDelete.RESTRICT)),
                ('account', fields.ForeignKeyField('tokendesk.Account', source_field='account_id', db_constraint=True, to_field='id', related_name='sessions', on_delete=OnDelete.RESTRICT)),
                ('signed_in_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('confirmed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('seen_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'sessions', 'app': 'tokendesk', 'pk_attr': 'id', 'table_description': 'A signed-in browser. Its cookie is kept only as a digest.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SignInLink',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('digest', fields.CharField(unique=True, max_length=64)),
                ('user', fields.ForeignKeyField('tokendesk.User', source_field='user_id', db_constraint=True, to_field='id', related_name='sign_in_links', on_delete=OnDelete.RESTRICT)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'sign_in_links', 'app': 'tokendesk', 'pk_attr': 'id', 'table_description': 'A one-time way in. Its value is kept only as a digest.'},
            bases=['Model'],
        ),
    ]

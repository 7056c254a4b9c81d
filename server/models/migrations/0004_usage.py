from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('tokendesk', '0003_final_records')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ModuleRequest',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('token', fields.ForeignKeyField('tokendesk.Token', source_field='token_id', db_constraint=True, to_field='id', related_name='module_requests', on_delete=OnDelete.RESTRICT)),
                ('module', fields.ForeignKeyField('tokendesk.Module', source_field='module_id', db_constraint=True, to_field='id', related_name='requests', on_delete=OnDelete.RESTRICT)),
                ('asked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'module_requests', 'app': 'tokendesk', 'unique_together': (('token', 'module'),), 'pk_attr': 'id', 'table_description': 'When a service last asked whether a token may enter a module that it is granted.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='UsageCaller',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('token', fields.ForeignKeyField('tokendesk.Token', source_field='token_id', db_constraint=True, to_field='id', related_name='usage_callers', on_delete=OnDelete.RESTRICT)),
                ('outcome', fields.CharField(max_length=32)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('address', fields.CharField(max_length=64)),
                ('user_agent', fields.CharField(max_length=255)),
            ],
            options={'table': 'usage_callers', 'app': 'tokendesk', 'unique_together': (('token', 'outcome'),), 'pk_attr': 'id', 'table_description': 'The last call of a token that ended in one way: when, from where, by which program.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='UsageCount',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('token', fields.ForeignKeyField('tokendesk.Token', source_field='token_id', db_constraint=True, to_field='id', related_name='usage_counts', on_delete=OnDelete.RESTRICT)),
                ('hour', fields.IntField()),
                ('outcome', fields.CharField(max_length=32)),
                ('calls', fields.BigIntField()),
            ],
            options={'table': 'usage_counts', 'app': 'tokendesk', 'unique_together': (('token', 'hour', 'outcome'),), 'indexes': [Index(fields=['hour'], name='usage_counts_by_hour')], 'pk_attr': 'id', 'table_description': 'How many calls of a token ended in one way within an hour.'},
            bases=['Model'],
        ),
    ]

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('tokendesk', '0005_listings')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Account',
            name='logo',
            field=fields.CharField(null=True, max_length=80),
        ),
        ops.CreateModel(
            name='EventDescription',
            fields=[
                ('event', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('description', fields.TextField(unique=False)),
            ],
            options={'table': 'event_descriptions', 'app': 'tokendesk', 'pk_attr': 'event', 'table_description': "What Operations says of a type of events, in place of the desk's own words."},
            bases=['Model'],
        ),
    ]

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('tokendesk', '0008_identities')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Session',
            name='address',
            field=fields.CharField(null=True, max_length=64),
        ),
        ops.AddField(
            model_name='Session',
            name='user_agent',
            field=fields.CharField(null=True, max_length=255),
        ),
        ops.AddField(
            model_name='SignInLink',
            name='resets_password',
            field=fields.BooleanField(default=False, db_default=False),
        ),
    ]

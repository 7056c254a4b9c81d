from tortoise import migrations
from tortoise.migrations import operations as ops
from server.domain.i18n.language import Language
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('tokendesk', '0006_marketplace')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Account',
            name='language',
            field=fields.CharEnumField(default=Language.AUTOMATIC, db_default=Language.AUTOMATIC, description='AUTOMATIC: automatic\nENGLISH: en\nGERMAN: de', enum_type=Language, max_length=16),
        ),
    ]

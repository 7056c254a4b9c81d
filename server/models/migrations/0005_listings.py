from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.indexes import Index


async def order_by_code_points(apps, editor):
    """Compare names by code points, as lists do, so that they can use the index below.

    SQLite does so by default. No row is rewritten.
    """
    if editor.client.capabilities.dialect == "postgres":
        await editor.client.execute_script(
            'ALTER TABLE tokens ALTER COLUMN name TYPE VARCHAR(255) COLLATE "C"'
        )


class Migration(migrations.Migration):
    dependencies = [('tokendesk', '0004_usage')]

    initial = False

    operations = [
        ops.RunPython(order_by_code_points),
        ops.AddIndex(
            model_name='Token',
            index=Index(fields=['account_id', 'name', 'id', 'state'], name='tokens_by_exact_name'),
        ),
        ops.AddIndex(
            model_name='Token',
            index=Index(fields=['created_at', 'id', 'state'], name='all_tokens_by_creation'),
        ),
        ops.AddIndex(
            model_name='Token',
            index=Index(fields=['name', 'id', 'state'], name='all_tokens_by_name'),
        ),
        ops.AddIndex(
            model_name='Token',
            index=Index(fields=['state', 'expires_at', 'id'], name='all_tokens_by_state'),
        ),
    ]

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from server.database.sealing import SEALER


async def seal_heads(apps, editor):
    """Seal all chain heads, once: from now on a chain without a seal counts as broken."""
    _, heads = await editor.client.execute_query("SELECT chain FROM chain_heads LIMIT 1")
    if not heads:
        return
    seal = SEALER.get()
    if seal is None:
        raise RuntimeError("an audit trail is sealed by the desk alone: run tokendesk migrate")
    await seal(editor.client)


class Migration(migrations.Migration):
    dependencies = [("tokendesk", "0009_sessions")]

    initial = False

    operations = [
        ops.AddField(
            model_name="ChainHead",
            name="sealed_from",
            field=fields.BigIntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name="ChainHead",
            name="seal",
            field=fields.CharField(default="", db_default="", max_length=72),
        ),
        ops.AddField(
            model_name="AuditRecord",
            name="seal",
            field=fields.CharField(default="", db_default="", max_length=72),
        ),
        ops.RunPython(seal_heads),
    ]

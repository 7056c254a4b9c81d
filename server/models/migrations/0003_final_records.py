from tortoise import migrations
from tortoise.migrations import operations as ops

SQLITE = [
    f"""
    CREATE TRIGGER audit_records_no_{verb.lower()} BEFORE {verb} ON audit_records
    BEGIN SELECT RAISE(ABORT, 'audit records are final'); END
    """
    for verb in ("UPDATE", "DELETE")
]
POSTGRES = [
    """
    CREATE FUNCTION refuse_change_of_audit_records() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'audit records are final'; END $$
    """,
    """
    CREATE TRIGGER audit_records_are_final BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_records
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit_records()
    """,
]


async def make_final(apps, editor):
    """Make the database itself refuse to change or delete an audit record."""
    sqlite = editor.client.capabilities.dialect == "sqlite"
    for statement in SQLITE if sqlite else POSTGRES:
        await editor.client.execute_script(statement)


class Migration(migrations.Migration):
    dependencies = [("tokendesk", "0002_whole_life")]

    initial = False

    operations = [ops.RunPython(make_final)]

"""The journal's locks: the application's role may add lines and read them, and nothing else.

The triggers are not pgtrigger's: those ask the setting ``pgtrigger.ignore``, which anybody may set. ENABLE ALWAYS: also
where session_replication_role says "replica". They stop the owner of the tables too; a superuser who disables them
leaves an edit that `manage.py verify_journal` finds.
"""

from django.db import migrations

TABLES = ("accounts_journalentry", "accounts_journallink", "accounts_journalanchor")

FUNCTIONS = """
CREATE FUNCTION journal_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE FUNCTION journal_entry_gets_its_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.txid := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END $$;
CREATE TRIGGER gets_its_transaction BEFORE INSERT ON accounts_journalentry
    FOR EACH ROW EXECUTE FUNCTION journal_entry_gets_its_transaction();
ALTER TABLE accounts_journalentry ENABLE ALWAYS TRIGGER gets_its_transaction;
"""
FUNCTIONS_BACK = """
DROP TRIGGER gets_its_transaction ON accounts_journalentry;
DROP FUNCTION journal_entry_gets_its_transaction();
DROP FUNCTION journal_never_changes();
"""
LOCK = """
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION journal_never_changes();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION journal_never_changes();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER never_changes;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER never_emptied;
REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM titian_app;
"""
LOCK_BACK = """
DROP TRIGGER never_changes ON {table};
DROP TRIGGER never_emptied ON {table};
GRANT UPDATE, DELETE ON {table} TO titian_app;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTIONS, FUNCTIONS_BACK),
        *(migrations.RunSQL(LOCK.format(table=table), LOCK_BACK.format(table=table)) for table in TABLES),
    ]

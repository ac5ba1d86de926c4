"""The journal's chain, and its locks: the application's role may add lines and read them, and nothing else.

The triggers are not pgtrigger's: those ask the setting ``pgtrigger.ignore``, which anybody may set. ENABLE ALWAYS: also
where session_replication_role says "replica". They stop the owner of the tables too; a superuser who disables them
leaves an edit that `manage.py verify_journal` finds.
"""

import django.db.models.deletion
import pgtrigger.migrations
from django.db import migrations, models

import accounts.models

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
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="JournalAnchor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("at", models.DateTimeField()),
                ("count", models.BigIntegerField()),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "ordering": ["count"],
            },
        ),
        migrations.CreateModel(
            name="JournalLink",
            fields=[
                ("sequence", models.BigIntegerField(primary_key=True, serialize=False)),
                ("sealed_at", models.DateTimeField()),
                ("content_hash", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "ordering": ["sequence"],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="journalentry",
            name="append_only",
        ),
        migrations.AddField(
            model_name="journalentry",
            name="reason",
            field=models.CharField(blank=True, max_length=300, verbose_name="alasan"),
        ),
        migrations.AddField(
            model_name="journalentry",
            name="relation",
            field=models.CharField(blank=True, max_length=20, verbose_name="hubungan"),
        ),
        migrations.AddField(
            model_name="journalentry",
            name="role",
            field=models.CharField(
                blank=True,
                choices=[
                    ("caseworker", "Petugas kasus"),
                    ("supervisor", "Pengawas"),
                    ("data_admin", "Admin data"),
                    ("analyst", "Analis"),
                    ("field_officer", "Petugas lapangan CSO"),
                    ("auditor", "Auditor"),
                    ("dpo", "Pejabat pelindungan data"),
                    ("system", "Sistem"),
                ],
                max_length=20,
                verbose_name="peran",
            ),
        ),
        migrations.AddField(
            model_name="journalentry",
            name="section",
            field=models.CharField(blank=True, max_length=20, verbose_name="bagian"),
        ),
        migrations.AddField(
            model_name="journalentry",
            name="txid",
            field=models.BigIntegerField(db_default=0, db_index=True, editable=False),
        ),
        migrations.AddField(
            model_name="journalentry",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.unit",
                verbose_name="unit kerja",
            ),
        ),
        migrations.AlterField(
            model_name="journalentry",
            name="action",
            field=models.CharField(choices=accounts.models.journal_actions, max_length=30, verbose_name="tindakan"),
        ),
        migrations.AddIndex(
            model_name="journalentry",
            index=models.Index(fields=["object_code", "-at"], name="journal_object"),
        ),
        migrations.AddIndex(
            model_name="journalentry",
            index=models.Index(fields=["actor", "-at"], name="journal_actor"),
        ),
        migrations.AddField(
            model_name="journallink",
            name="entry",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="link", to="accounts.journalentry"
            ),
        ),
        migrations.RunSQL(FUNCTIONS, FUNCTIONS_BACK),
        *(migrations.RunSQL(LOCK.format(table=table), LOCK_BACK.format(table=table)) for table in TABLES),
    ]

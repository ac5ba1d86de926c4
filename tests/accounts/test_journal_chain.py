"""The journal's chain: writers never wait, every line is tied in, and whoever touches one is found out."""

from __future__ import annotations

import datetime as dt
import io
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg2
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts import tasks, workflow
from accounts.enums import JournalAction
from accounts.models import JournalAnchor, JournalEntry, JournalLink
from accounts.workflow.journal import SEALING

TABLES = ["accounts_journalentry", "accounts_journallink", "accounts_journalanchor"]


@pytest.fixture
def cast(transactional_db):
    from tests.cast import make_cast

    return make_cast()


@pytest.fixture
def anchors(settings, tmp_path):
    settings.JOURNAL_ANCHORS_DIR = tmp_path / "anchors"
    return tmp_path / "anchors" / "journal.jsonl"


@pytest.fixture
def superuser(services):
    """What somebody with the server's own account may do: everything, triggers switched off."""

    @contextmanager
    def connected() -> Iterator[psycopg2.extensions.cursor]:
        own = psycopg2.connect(services.database_url("postgres", connection.settings_dict["NAME"]))
        try:
            with own, own.cursor() as cursor:
                for table in TABLES:
                    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
                yield cursor
                for table in TABLES:
                    cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")
        finally:
            own.close()

    return connected


def write(cast, number=1, **fields):
    return [
        workflow.write_journal(JournalAction.DOWNLOAD, by=cast.admin, object_code=f"LAP-{n}", ip="10.0.0.7", **fields)
        for n in range(number)
    ]


def verify():
    """The exit code and what was said."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("verify_journal", stdout=out, stderr=err)
    except SystemExit as end:
        return end.code, err.getvalue()
    return 0, out.getvalue()


# ---- writing and sealing --------------------------------------------------------------------------------------------


def test_fifty_writers_at_once_do_not_wait_and_all_lines_are_chained(cast):
    inside = threading.Barrier(51, timeout=30)
    done = threading.Barrier(51, timeout=30)

    def read_a_section(number):
        try:
            with transaction.atomic():
                workflow.write_journal(JournalAction.DOWNLOAD, by=cast.worker, object_code=f"K-{number}")
                inside.wait()  # everybody has written, nobody has committed: a writer that waited would never come
                done.wait()
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        waiting = [pool.submit(read_a_section, number) for number in range(50)]
        inside.wait()
        assert workflow.seal_journal() == 0
        done.wait()
        for one in waiting:
            one.result(timeout=30)
    assert tasks.seal_journal() == 50
    assert JournalLink.objects.count() == JournalEntry.objects.count() == 50
    assert list(JournalLink.objects.values_list("sequence", flat=True)) == list(range(1, 51))
    assert verify()[0] == 0


def test_a_line_that_is_committed_late_is_not_left_out(cast):
    begun, finish = threading.Event(), threading.Event()

    def slow():
        try:
            with transaction.atomic():
                write(cast, detail="lambat")
                begun.set()
                assert finish.wait(30)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert begun.wait(30)
    write(cast, 3, detail="cepat")
    assert workflow.seal_journal() == 0
    finish.set()
    thread.join(30)
    assert workflow.seal_journal() == 4
    assert JournalLink.objects.select_related("entry").first().entry.detail == "lambat"


def test_what_was_rolled_back_leaves_no_hole(cast):
    write(cast)
    with transaction.atomic():
        write(cast)
        transaction.set_rollback(True)
    write(cast)
    assert workflow.seal_journal() == 2
    assert verify()[0] == 0


def test_a_second_sealer_does_nothing(cast, services):
    write(cast)
    other = psycopg2.connect(services.database_url("titian_app", connection.settings_dict["NAME"]))
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [SEALING])
        assert workflow.seal_journal() == 0
        cursor.execute("SELECT pg_advisory_unlock(%s)", [SEALING])
    other.close()
    assert workflow.seal_journal() == 1


def test_the_chain_goes_on_over_many_batches(cast, monkeypatch):
    monkeypatch.setattr("accounts.workflow.journal.BATCH", 4)
    monkeypatch.setattr("accounts.verification.BATCH", 3)
    write(cast)
    assert workflow.seal_journal() == 1
    write(cast, 10)
    assert workflow.seal_journal() == 10
    assert verify() == (0, verify()[1])
    assert "11 lines in the chain" in verify()[1]


def test_the_chain_goes_on_after_a_restore_into_a_server_that_counts_from_its_start(cast, superuser):
    """A restored database carries transaction numbers that the new server will give again only much later."""
    write(cast, 2)
    with superuser() as cursor:
        cursor.execute("UPDATE accounts_journalentry SET txid = txid + 1000000000")
    assert workflow.seal_journal() == 2
    write(cast, 3)
    assert workflow.seal_journal() == 3
    write(cast)
    assert workflow.seal_journal() == 1
    assert verify()[0] == 0


def test_the_transaction_of_a_line_is_the_databases_word(cast):
    line = JournalEntry.objects.create(actor=cast.admin, action=JournalAction.DOWNLOAD, txid=5)
    assert JournalEntry.objects.get(pk=line.pk).txid > 5


# ---- nobody changes a line ------------------------------------------------------------------------------------------


CHANGES = ["UPDATE {table} SET {column} = {column}", "DELETE FROM {table}", "TRUNCATE {table} CASCADE"]
COLUMNS = dict(zip(TABLES, ["detail", "hash", "hash"], strict=True))


def test_neither_the_application_nor_the_owner_changes_the_journal(cast, anchors, services):
    write(cast)
    workflow.anchor_journal()
    for role in ("titian_app", "titian_owner"):
        own = psycopg2.connect(services.database_url(role, connection.settings_dict["NAME"]))
        own.autocommit = True
        with own.cursor() as cursor:
            cursor.execute("SELECT set_config('pgtrigger.ignore', '{all}', false)")
            for table in TABLES:
                for change in CHANGES:
                    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                        cursor.execute(change.format(table=table, column=COLUMNS[table]))
        own.close()


def test_the_application_has_no_right_to_change_the_journal(cast):
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(
                "SELECT has_table_privilege(%s, 'UPDATE'), has_table_privilege(%s, 'DELETE'), "
                "has_table_privilege(%s, 'TRUNCATE'), has_table_privilege(%s, 'INSERT')",
                [table] * 4,
            )
            assert cursor.fetchone() == (False, False, False, True)


# ---- crimes ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def chained(cast, anchors):
    """Ten lines in the chain and an anchor, two more lines after it."""
    write(cast, 10)
    workflow.anchor_journal()
    write(cast, 2)
    workflow.seal_journal()
    return anchors


def test_an_untouched_journal_is_whole(chained):
    code, said = verify()
    assert code == 0
    assert "12 lines in the chain, 2 anchors agree, 0 lines wait" in said


CRIMES = {
    "edit": ("changed at link 4", ["UPDATE accounts_journalentry SET detail = 'lain' WHERE id = (%(e)s + 3)"]),
    "edit the actor": ("changed at link 4", ["UPDATE accounts_journalentry SET actor_id = 1 WHERE id = %(e)s + 3"]),
    "edit the time": (
        "changed at link 1",
        ["UPDATE accounts_journalentry SET at = at - interval '1 second' WHERE id = %(e)s"],
    ),
    "delete a line": ("deleted at link 4", ["DELETE FROM accounts_journalentry WHERE id = %(e)s + 3"]),
    "delete a line and its link": (
        "missing at link 4",
        [
            "DELETE FROM accounts_journallink WHERE sequence = 4",
            "DELETE FROM accounts_journalentry WHERE id = %(e)s + 3",
        ],
    ),
    "delete a line and close the gap": (
        "order at link 4",
        [
            "DELETE FROM accounts_journallink WHERE sequence = 4",
            "DELETE FROM accounts_journalentry WHERE id = %(e)s + 3",
            "UPDATE accounts_journallink SET sequence = -sequence WHERE sequence > 4",
            "UPDATE accounts_journallink SET sequence = -sequence - 1 WHERE sequence < 0",
        ],
    ),
    "swap two lines": (
        "order at link 4",
        [
            "UPDATE accounts_journallink SET sequence = -5 WHERE sequence = 4",
            "UPDATE accounts_journallink SET sequence = 4 WHERE sequence = 5",
            "UPDATE accounts_journallink SET sequence = 5 WHERE sequence = -5",
        ],
    ),
    "lead two links to each other's lines": (
        "changed at link 4",
        [
            "UPDATE accounts_journallink SET entry_id = -1 WHERE sequence = 4",
            "UPDATE accounts_journallink SET entry_id = %(e)s + 3 WHERE sequence = 5",
            "UPDATE accounts_journallink SET entry_id = %(e)s + 4 WHERE sequence = 4",
        ],
    ),
    "cut the end off": (
        "anchor at link 8",
        [
            "DELETE FROM accounts_journallink WHERE sequence > 8",
            "DELETE FROM accounts_journalentry WHERE id > %(e)s + 7",
        ],
    ),
    "cut the end off, and the anchor in the database": (
        "anchor at link 8",
        [
            "DELETE FROM accounts_journallink WHERE sequence > 8",
            "DELETE FROM accounts_journalentry WHERE id > %(e)s + 7",
            "DELETE FROM accounts_journalanchor",
        ],
    ),
    "empty everything": (
        "anchor at link 0",
        ["TRUNCATE accounts_journallink, accounts_journalentry, accounts_journalanchor"],
    ),
    "move the sealing": (
        "order at link 4",
        ["UPDATE accounts_journallink SET sealed_at = sealed_at - interval '1 day' WHERE sequence = 4"],
    ),
    "put a line in behind the chain": (
        "unsealed at line",
        [
            "INSERT INTO accounts_journalentry (at, action, actor_id, role, object_code, section, relation, reason,"
            " detail, request_id, txid) SELECT at, action, actor_id, role, 'PALSU', '', '', '', '', '', 1"
            " FROM accounts_journalentry WHERE id = %(e)s",
        ],
    ),
}


@contextmanager
def undone(superuser):
    """The journal afterwards is the one before: a copy of each table, put back."""
    with superuser() as cursor:
        for table in TABLES:
            cursor.execute(f"CREATE TABLE kept_{table} AS TABLE {table}")
    yield
    with superuser() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)}")
        for table in TABLES:
            cursor.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")
            cursor.execute(f"DROP TABLE kept_{table}")


def test_each_crime_of_the_servers_superuser_is_found(chained, superuser):
    first = JournalEntry.objects.order_by("pk").values_list("pk", flat=True)[0]
    found = {}
    for crime, (expected, statements) in CRIMES.items():
        with undone(superuser):
            with superuser() as cursor:
                for statement in statements:
                    cursor.execute(statement, {"e": first})
            code, said = verify()
            found[crime] = expected if code == 1 and expected in said else said
        assert verify()[0] == 0, f"the journal is whole again after: {crime}"
    assert found == {crime: expected for crime, (expected, _statements) in CRIMES.items()}


def test_a_chain_written_anew_with_all_its_hashes_is_found_by_the_file(chained, superuser):
    """The thief knows the code: changes a line, seals everything again and makes a new anchor in the database."""
    with superuser() as cursor:
        cursor.execute("UPDATE accounts_journalentry SET detail = 'lain' WHERE object_code = 'LAP-3'")
        cursor.execute("DELETE FROM accounts_journallink")
        cursor.execute("DELETE FROM accounts_journalanchor")
    assert workflow.seal_journal() == 12
    code, said = verify()
    assert code == 1
    assert "anchor at link 10" in said
    assert "in the file has another hash" in said


def test_a_line_sealed_today_that_claims_to_be_old_is_found(chained, cast):
    JournalEntry._meta.get_field("at").auto_now_add = False
    try:
        JournalEntry.objects.create(
            actor=cast.admin, action=JournalAction.SIGN_OUT, at=timezone.now() - dt.timedelta(days=3)
        )
    finally:
        JournalEntry._meta.get_field("at").auto_now_add = True
    workflow.seal_journal()
    code, said = verify()
    assert code == 1
    assert "backdated at link 13" in said


def test_the_missing_or_broken_file_of_anchors_is_a_fault(chained):
    kept = chained.read_text()
    chained.write_text(kept + "{}\n")
    assert verify()[0] == 1
    chained.unlink()
    code, said = verify()
    assert code == 1
    assert "the file is missing" in said


def test_a_sealing_job_that_stands_still_is_a_fault(chained, cast, monkeypatch):
    write(cast)
    assert verify()[0] == 0
    monkeypatch.setattr("accounts.verification.SEALED_WITHIN", dt.timedelta(0))
    code, said = verify()
    assert code == 1
    assert "unsealed at line" in said


# ---- anchors --------------------------------------------------------------------------------------------------------


def test_an_anchor_a_day_in_the_database_and_in_the_file(chained):
    assert tasks.anchor_journal() == 10
    assert JournalAnchor.objects.count() == 1
    (line,) = chained.read_text().splitlines()
    anchor = JournalAnchor.objects.get()
    assert json.loads(line)["hash"] == anchor.hash == JournalLink.objects.get(sequence=10).hash


def test_a_line_of_the_file_that_could_not_be_written_is_written_the_next_time(chained):
    chained.unlink()
    workflow.anchor_journal()
    assert len(chained.read_text().splitlines()) == 1


def test_an_empty_journal_has_no_anchor(cast, anchors):
    assert tasks.anchor_journal() == 0
    assert not anchors.exists()
    assert verify()[0] == 0


def test_a_line_outside_any_transaction_is_refused_nothing(cast):
    """The journal's own role still adds lines after all these locks."""
    with pytest.raises(DatabaseError), transaction.atomic():
        JournalEntry.objects.create(actor=None, action=JournalAction.DOWNLOAD)
    assert write(cast)[0].pk

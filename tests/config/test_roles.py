"""The application's role reads and writes rows; tables, triggers and whole contents are the owner's."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

pytestmark = pytest.mark.django_db


def refused(statement: str) -> str:
    with pytest.raises(DatabaseError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return str(refusal.value)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE own (id integer)",
        "TRUNCATE accounts_agency CASCADE",
        "ALTER TABLE accounts_agency DISABLE TRIGGER ALL",
        "DROP TABLE accounts_agency",
        "CREATE TEMPORARY TABLE own (id integer)",
        "COPY accounts_agency TO '/tmp/out'",
        "CREATE ROLE other SUPERUSER",
        "SET ROLE titian_owner",
        "ALTER TABLE accounts_agency OWNER TO titian_app",
    ],
)
def test_the_application_may_not(statement: str) -> None:
    assert "permission denied" in refused(statement) or "must be" in refused(statement)


def test_the_application_owns_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("titian_app",)
        cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = 'titian_app'::regrole")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner <> 'titian_owner'")
        assert cursor.fetchone() == (0,)


def test_the_application_may_use_every_table_that_the_owner_made() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND NOT has_table_privilege('titian_app', format('%I.%I', schemaname, tablename), 'SELECT')"
        )
        assert cursor.fetchall() == []

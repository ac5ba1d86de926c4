"""The test databases: a template made once, a copy of it for each process, a fresh copy for each test that commits.

The application's role owns nothing and may not TRUNCATE, so a test that commits is not cleaned up after: its database
is thrown away. All of them are made by the real way in: config/provision.sql, then migrations as the owner.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from django.core.management import call_command
from django.db import connections

from config.embedded import Services
from config.keeper import provision
from config.prepare import fingerprint

TEMPLATE = "titian_template"


class Databases:
    """Makes, copies and drops databases on the private server of this test run."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._count = 0

    def build_template(self) -> None:
        """Under a lock: with pytest-xdist one process makes it, the others wait."""
        with (self._services.state / "template.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            wanted = fingerprint()
            if self._comment() == wanted:
                return
            self.drop(TEMPLATE)
            provision(self._services, TEMPLATE)
            self.use(TEMPLATE)
            call_command("migrate", database="owner", verbosity=0, interactive=False)
            call_command("load_reference", verbosity=0)
            with connections["owner"].cursor() as cursor:
                cursor.execute("ANALYZE")
            self.use("")
            with self._server() as cursor:
                cursor.execute(f"COMMENT ON DATABASE {TEMPLATE} IS %s", [wanted])

    def copy(self, name: str) -> str:
        with self._server() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {name} OWNER titian_owner TEMPLATE {TEMPLATE} STRATEGY file_copy")
            # What provision.sql says of a database; a copy does not take it over.
            cursor.execute(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
            cursor.execute(f"GRANT CONNECT ON DATABASE {name} TO titian_app")
        return name

    def drop(self, name: str) -> None:
        with self._server() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def use(self, name: str) -> None:
        """From now on both aliases mean this database, in every thread of this process.

        The tests' own code acts as the system user unless it says otherwise; requests act as who has signed in.
        """
        for alias in connections:
            connections[alias].close()
            connections.settings[alias]["NAME"] = name
            connections[alias].settings_dict["NAME"] = name
            for place in (connections.settings[alias], connections[alias].settings_dict):
                place["OPTIONS"] = {**place["OPTIONS"], "options": "-c titian.role=system"}

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """A database of its own for one test; afterwards the former one again."""
        former = str(connections.settings["default"]["NAME"])
        self._count += 1
        name = self.copy(f"{former}_{self._count}")
        self.use(name)
        try:
            yield name
        finally:
            self.use(former)
            self.drop(name)

    def _comment(self) -> str:
        with self._server() as cursor:
            cursor.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [TEMPLATE]
            )
            return (cursor.fetchone() or [""])[0] or ""

    @contextmanager
    def _server(self) -> Iterator[psycopg2.extensions.cursor]:
        connection = psycopg2.connect(self._services.database_url("postgres", "postgres"))
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

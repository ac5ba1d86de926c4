"""Row-level security, the second lock: each table with data of a person shows a row only to whom it concerns.

An app's ``row_policies.py`` declares ``POLICIES``: model -> SQL condition on one row (its table's own columns),
``FUNCTIONS``: SQL functions that the conditions call or that act beyond them, with the rights on tables, and
``EXEMPT``: model -> why its rows need no policy. A model in neither fails tests/test_row_security.py. The table of a
model's history gets the same condition, as its columns have the same names, unless ``HISTORY`` has another one for it.

``install`` writes all of it anew, as the owner of the tables, at the end of every ``manage.py migrate``; so the rule
stands once, in Python, and the database follows. The application's own predicate always stands first
(docs/decisions/0007): these policies only make a forgotten one harmless.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

# titian_act fills the settings that policies read. Traits are words about the person that conditions ask for.
ACT = """
CREATE OR REPLACE FUNCTION titian_act(staff bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    who record;
BEGIN
    SELECT * INTO who FROM titian_actor(staff);
    PERFORM set_config('titian.staff_id', coalesce(staff::text, ''), true),
            set_config('titian.role', coalesce(who.role, ''), true),
            set_config('titian.unit_id', coalesce(who.unit_id::text, ''), true),
            set_config('titian.agency_id', coalesce(who.agency_id::text, ''), true),
            set_config('titian.group_id', coalesce(who.group_id::text, ''), true),
            set_config('titian.traits', coalesce(who.traits, ''), true);
END $$
"""
# Constant for a whole query, so that the planner asks once: the system user counts and writes everything.
IS_SYSTEM = "(SELECT current_setting('titian.role', true)) = 'system'"


def mine(setting: str) -> str:
    """SQL of a number that ``titian_act`` set, asked once a query; NULL where nobody acts."""
    return f"(SELECT nullif(current_setting('titian.{setting}', true), '')::bigint)"


def role_is(*roles: str) -> str:
    """SQL: the acting person has one of these roles."""
    return f"(SELECT current_setting('titian.role', true)) IN ({listed(roles)})"


def has_trait(word: str) -> str:
    """SQL: this word is said of the acting person (``titian_act``), asked once a query."""
    return f"(SELECT '{word}' = ANY (string_to_array(current_setting('titian.traits', true), ' ')))"


def listed(words: Iterable[str]) -> str:
    """SQL of a list of code words of ours."""
    return ", ".join(f"'{word}'" for word in words)


def modules() -> Iterator[ModuleType]:
    for app in settings.OUR_APPS:
        if find_spec(f"{app}.row_policies"):
            yield import_module(f"{app}.row_policies")


def policies() -> dict[type[Model], str]:
    return {model: condition for module in modules() for model, condition in module.POLICIES.items()}


def histories() -> dict[type[Model], str]:
    found = policies()
    for module in modules():
        found |= getattr(module, "HISTORY", {})
    return found


def exempt() -> dict[type[Model], str]:
    return {model: reason for module in modules() for model, reason in module.EXEMPT.items()}


def tables() -> dict[str, str]:
    """Table -> condition, those of histories included."""
    found = {model._meta.db_table: condition for model, condition in policies().items()}
    for model, condition in histories().items():
        if history := getattr(model, "pgh_event_model", None):
            found[history._meta.db_table] = condition
    return found


def install(owner: BaseDatabaseWrapper) -> None:
    """Write every function and policy anew, all or nothing."""
    with transaction.atomic(using=owner.alias), owner.cursor() as cursor:
        for module in list(modules()):  # all are read before the first function is written
            for function in module.FUNCTIONS:
                cursor.execute(function)
        cursor.execute(ACT)
        cursor.execute(
            "SELECT format('DROP POLICY %I ON %I', policyname, tablename) FROM pg_policies WHERE schemaname = 'public'"
        )
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)
        wanted = tables()
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relnamespace = 'public'::regnamespace")
        for (table,) in cursor.fetchall():
            if table not in wanted:
                cursor.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
        for table, condition in wanted.items():
            visible = f"{IS_SYSTEM} OR {condition}"
            cursor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
            cursor.execute(f'CREATE POLICY titian_read ON "{table}" FOR SELECT USING ({visible})')
            # Django asks for the new row back, so adding one needs sight of it too; triggers add history without.
            cursor.execute(f'CREATE POLICY titian_add ON "{table}" FOR INSERT WITH CHECK (true)')
            cursor.execute(f'CREATE POLICY titian_change ON "{table}" FOR UPDATE USING ({visible}) WITH CHECK (true)')
            cursor.execute(f'CREATE POLICY titian_remove ON "{table}" FOR DELETE USING ({visible})')


def require_plain_role() -> None:
    """Refuse to serve over a connection that no row policy binds: a superuser, BYPASSRLS, or the tables' owner."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, r.rolsuper, r.rolbypassrls,"
            " EXISTS (SELECT FROM pg_class c WHERE c.relname = 'accounts_staff'"
            "         AND pg_has_role(current_user, c.relowner, 'USAGE'))"
            " FROM pg_roles r WHERE r.rolname = current_user"
        )
        name, is_super, bypasses, owns = cursor.fetchone()
    if is_super or bypasses or owns:
        raise ImproperlyConfigured(
            f"DATABASE_URL connects as {name}, whom row-level security does not bind. Use titian_app."
        )

"""Every domain table keeps its history by trigger; a new one without it needs a reason here."""

import pgtrigger
import pytest
from django.apps import apps
from django.db import connection

APPS = ["accounts", "cases", "assessments", "partners", "programs", "reports"]
WITHOUT = {
    "accounts.Region": "reference data of Kemendagri, loaded from files",
    "accounts.JournalEntry": "append-only itself",
    "accounts.JournalLink": "append-only itself",
    "accounts.JournalAnchor": "append-only itself",
    "accounts.ConductAcceptance": "append-only itself",
    "accounts.KnownDevice": "a convenience: what was signed in from where stands in the journal",
    "cases.CaseNumber": "a counter; every number it gave stands on a case",
    "cases.CaseStatusPeriod": "is the history of a status",
    "cases.CaseLeadPeriod": "is the history of unit and worker",
    "cases.CaseEvent": "the timeline itself; nothing in it is ever changed",
    "cases.DocumentPage": "pictures of a file, drawn by the program and drawn again at will",
    "cases.Draft": "unsent text; its history would keep what a person chose to throw away",
    "partners.ReferralPeriod": "is the history of a status",
    "reports.Rollup": "counted anew every night from rows that have their history",
    "programs.EnrolmentPeriod": "is the history of a status",
}


def domain_models():
    return [
        model
        for app in APPS
        for model in apps.get_app_config(app).get_models()
        if not hasattr(model, "pgh_tracked_model") and not model._meta.auto_created
    ]


@pytest.mark.parametrize("model", domain_models(), ids=lambda model: model._meta.label)
def test_a_domain_table_keeps_its_history(model):
    is_tracked = any(related.name == "history" for related in model._meta.related_objects)
    assert is_tracked != (model._meta.label in WITHOUT), "keep history with core.models.tracked, or say why not"


def test_no_reason_outlives_its_table():
    assert set(WITHOUT) <= {model._meta.label for model in domain_models()}


def test_the_triggers_stand_in_the_database(db):
    """What the models declare is installed and enabled: three for each table with a history."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE t.tgname ~ '(insert_insert|update_update|delete_delete)' AND t.tgenabled = 'O' GROUP BY 1"
        )
        installed = dict(cursor.fetchall())
    wanted = {model._meta.db_table for model in domain_models() if model._meta.label not in WITHOUT}
    assert {table: installed.get(table) for table in wanted} == dict.fromkeys(wanted, 3)


def test_the_database_has_the_triggers_of_the_code_and_no_others(db):
    """``migrate`` writes them anew: none is missing, older than the code, switched off, or left over."""
    states = {
        trigger.get_pgid(model): trigger.get_installation_status(model) for model, trigger in pgtrigger.registered()
    }
    assert {name: state for name, state in states.items() if state != ("INSTALLED", True)} == {}
    assert pgtrigger.prunable() == []

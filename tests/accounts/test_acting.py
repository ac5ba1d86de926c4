"""Every write knows who acts: the database's setting, the history tables, the roles of the connection."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Staff
from cases.models import CaseFile, Participant
from core.acting import acting_as
from tests.factories import make_case


def setting():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('titian.staff_id', true)")
        return cursor.fetchone()[0]


def test_the_acting_staff_is_set_for_the_transaction_alone(transactional_db):
    with acting_as(42):
        assert setting() == "42"
    assert setting() in (None, "")


def test_a_change_leaves_a_line_of_history_with_its_actor(cast):
    with acting_as(cast.worker.pk):
        case = make_case(cast.worker)
        Participant.objects.filter(pk=case.participant_id).update(full_name="Nama Baru")
    newest = case.participant.history.order_by("-pgh_id").first()
    assert newest.full_name == "Nama Baru"
    assert newest.pgh_context.metadata["staff"] == cast.worker.pk


def test_history_cannot_be_rewritten(cast):
    case = make_case(cast.worker)
    with pytest.raises(DatabaseError), transaction.atomic():
        case.participant.history.update(full_name="Lain")


def test_the_application_does_not_own_its_tables(cast):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE cases_casefile CASCADE")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("titian_app", False, False)


def test_a_superuser_gets_no_exemption_for_a_case(cast):
    case = make_case(cast.worker)
    Staff.objects.filter(pk=cast.neighbour.pk).update(is_superuser=True)
    neighbour = Staff.objects.get(pk=cast.neighbour.pk)
    assert not neighbour.has_perm("cases.view_casefile", case)
    assert cast.worker.has_perm("cases.view_casefile", case)


def test_an_expired_grant_gives_nothing_from_that_second(cast):
    case = make_case(cast.worker)
    now = timezone.now()
    case.user_grants.update(granted_at=now - dt.timedelta(minutes=5), expires_at=now)
    assert not cast.worker.has_perm("cases.view_casefile", case)


def test_a_request_that_fails_halfway_keeps_nothing(client, cast, monkeypatch):
    client.raise_request_exception = False

    def break_halfway(*args, **kwargs):
        Participant.objects.create(full_name="Setengah Jadi", sex="male")
        raise RuntimeError

    monkeypatch.setattr("accounts.views.own.render_page", break_halfway)
    client.force_login(cast.worker)
    answer = client.get(reverse("accounts:profile"))
    assert answer.status_code == 500
    assert "RuntimeError" not in answer.content.decode()
    assert not Participant.objects.filter(full_name="Setengah Jadi").exists()
    assert CaseFile.objects.count() == 0


def test_no_browser_keeps_a_page_for_whoever_sits_down_next(client, cast):
    client.force_login(cast.worker)
    assert "no-store" in client.get("/cases/").headers["Cache-Control"]

"""What was refused is written down, although the refused view's transaction is undone."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.enums import JournalAction
from accounts.models import JournalEntry
from cases.models import CaseFile
from tests.factories import make_case, make_note
from tests.world import UNKNOWN_CODE


def refusals():
    fields = ("action", "actor__username", "object_code", "detail")
    return list(JournalEntry.objects.exclude(action="section_read").order_by("pk").values_list(*fields))


def ask(user, name, *codes, method="get"):
    client = Client()
    client.force_login(user)
    return getattr(client, method)(reverse(name, args=codes)).status_code


def test_a_section_that_is_not_theirs(cast):
    case = make_case(cast.worker)
    assert ask(cast.analyst, "cases:legal", case.code) == 403
    assert refusals() == [("refused", cast.analyst.username, case.code, "403 cases:legal")]


def test_a_file_that_is_there_and_is_not_theirs(cast):
    case = make_case(cast.worker)
    assert ask(cast.neighbour, "cases:case-detail", case.code) == 404
    assert refusals() == [("refused", cast.neighbour.username, case.code, "404 cases:case-detail")]


def test_a_record_of_somebody_elses_file_is_written_under_the_files_code(cast):
    case = make_case(cast.worker)
    note, mine = make_note(case), make_case(cast.neighbour)
    assert ask(cast.neighbour, "cases:note-detail", mine.code, note.code) == 404
    assert refusals() == [("refused", cast.neighbour.username, case.code, "404 cases:note-detail")]


def test_a_code_that_nothing_has(cast):
    assert ask(cast.worker, "cases:case-detail", UNKNOWN_CODE) == 404
    assert refusals() == [("unknown_code", cast.worker.username, UNKNOWN_CODE, "404 cases:case-detail")]


def test_what_is_no_code_is_not_kept(cast):
    """People type names into addresses."""
    assert ask(cast.worker, "cases:case-detail", "imam-saputra") == 404
    assert refusals() == []


def test_a_page_of_another_role(cast):
    assert ask(cast.worker, "reports:dashboard") == 403
    assert refusals() == [("refused", cast.worker.username, "", "403 reports:dashboard")]


def test_a_refused_change_is_undone_and_its_refusal_stays(transactional_db, monkeypatch):
    """Committed for good: what the view wrote before it refused is gone, the line about it is not."""
    from django.core.exceptions import PermissionDenied

    from cases.views import casefile
    from tests.cast import make_cast

    cast = make_cast()
    case = make_case(cast.worker)

    def writes_then_refuses(*_args):
        CaseFile.objects.filter(pk=case.pk).update(closure_note="tidak boleh tinggal")
        raise PermissionDenied

    monkeypatch.setattr(casefile, "case_frame", writes_then_refuses)
    assert ask(cast.worker, "cases:case-detail", case.code) == 403
    assert not transaction.get_connection().in_atomic_block
    assert CaseFile.objects.get(pk=case.pk).closure_note == ""
    assert refusals() == [("refused", cast.worker.username, case.code, "403 cases:case-detail")]


@pytest.mark.parametrize("known", [True, False])
def test_a_failed_sign_in_leaves_a_line_without_the_name_that_was_typed(client, cast, known):
    login = cast.worker.username if known else "rahasia-saya-sendiri"
    client.post(reverse("account_login"), {"login": login, "password": "salah"})
    entry = JournalEntry.objects.get()
    assert (entry.action, entry.actor, entry.detail) == (JournalAction.SIGN_IN_FAILED, None, "password")

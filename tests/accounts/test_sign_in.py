"""Signing in and out, and the journal that keeps it."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.models import JournalEntry
from tests.factories import PASSWORD


def sign_in(client, username, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": username, "password": password})


def actions():
    return list(JournalEntry.objects.order_by("pk").values_list("action", "actor__username"))


def test_signing_in_and_out_is_journalled(client, cast):
    assert sign_in(client, cast.worker.username).status_code == 302
    client.post(reverse("account_logout"))
    assert actions() == [("sign_in", cast.worker.username), ("sign_out", cast.worker.username)]


def test_a_failed_sign_in_is_journalled_without_what_was_typed(client, cast):
    answer = sign_in(client, cast.worker.username, "salah-sekali-123")
    assert answer.status_code == 200
    assert actions() == [("sign_in_failed", None)]
    entry = JournalEntry.objects.get()
    assert (entry.detail, entry.object_code) == ("password", "")


def test_the_same_answer_for_a_wrong_name_and_a_wrong_password(client, cast):
    known = sign_in(client, cast.worker.username, "salah-sekali-123").context["form"].errors
    unknown = sign_in(client, "tidak.ada", "salah-sekali-123").context["form"].errors
    assert known == unknown


def test_nobody_signs_in_as_the_system(client, cast):
    cast.system.set_password(PASSWORD)
    cast.system.save()
    sign_in(client, "system")
    assert "_auth_user_id" not in client.session


def test_an_account_that_was_ended_cannot_sign_in(client, cast):
    cast.worker.is_active = False
    cast.worker.save()
    sign_in(client, cast.worker.username)
    assert "_auth_user_id" not in client.session


def test_there_is_no_sign_up(client, cast):
    page = client.get(reverse("account_signup"))
    assert "password1" not in page.content.decode()


def test_changing_the_password_is_journalled(client, cast):
    client.force_login(cast.worker)
    new = "jembatan-kayu-panjang-77"
    answer = client.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert answer.status_code == 302
    assert ("password_changed", cast.worker.username) in actions()


@pytest.mark.parametrize("change", [{"detail": "lain"}, None], ids=["update", "delete"])
def test_a_line_of_the_journal_never_changes(client, cast, change):
    sign_in(client, cast.worker.username)
    rows = JournalEntry.objects.all()
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(**change) if change else rows.delete()


@pytest.mark.parametrize("actor", ["auditor", "dpo"])
def test_oversight_reads_the_journal(client, cast, actor):
    sign_in(client, cast.worker.username)
    client.force_login(getattr(cast, actor))
    page = client.get(reverse("cases:journal"), {"action": "sign_in"})
    assert cast.worker.full_name in page.content.decode()


@pytest.mark.parametrize("actor", ["worker", "supervisor", "admin", "analyst", "cso"])
def test_nobody_else_reads_the_journal(client, cast, actor):
    client.force_login(getattr(cast, actor))
    assert client.get(reverse("cases:journal")).status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        "?since=x",
        "?action=apa",
        "?cursor=-1",
        "?until=9999-12-31",
        "?since=0001-01-01",
        "?person=%00",
        "?agency=²",
        "?code=%27",
    ],
)
def test_a_strange_query_is_no_error(client, cast, query):
    client.force_login(cast.auditor)
    assert client.get(reverse("cases:journal") + query).status_code == 200


def test_the_language_is_kept_and_never_taken_from_the_browser(client, cast):
    client.force_login(cast.worker)
    page = client.get(reverse("accounts:profile"), headers={"accept-language": "en"})
    assert '<html lang="id"' in page.content.decode()
    client.post(reverse("accounts:set-language"), {"language": "en", "next": "/accounts/profile/"})
    assert '<html lang="en"' in client.get(reverse("accounts:profile")).content.decode()


def test_the_language_switch_leads_nowhere_else(client, cast):
    answer = client.post(reverse("accounts:set-language"), {"language": "en", "next": "https://evil.test/"})
    assert answer.headers["location"] == "/"

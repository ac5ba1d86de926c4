"""Language by choice, and refusals that become messages."""

import pytest

from core.models import Holiday

pytestmark = pytest.mark.urls("tests.core.refusals")
PROFILE = "/accounts/profile/"
REASON = "Langkah ini tidak dapat dilakukan."


@pytest.fixture
def as_worker(client, cast):
    client.force_login(cast.worker)
    return client


def half_written():
    return Holiday.objects.filter(name="Setengah").exists()


def test_a_refused_form_leads_back_with_the_reason_as_a_message(as_worker):
    answer = as_worker.post("/refuse/", headers={"referer": f"http://testserver{PROFILE}"}, follow=True)
    assert answer.redirect_chain == [(f"http://testserver{PROFILE}", 302)]
    assert REASON in answer.content.decode()
    assert not half_written()


def test_a_refused_page_answers_409_with_reason_blockers_and_a_way_back(as_worker):
    answer = as_worker.get("/refuse/", headers={"referer": f"http://testserver{PROFILE}"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert REASON in page
    assert 'href="/cases/K7M4-29QX/"' in page
    assert PROFILE in page
    assert not half_written()


def test_the_way_back_from_a_refused_page_does_not_lead_to_it_again(as_worker):
    page = as_worker.get("/refuse/", headers={"referer": "http://testserver/refuse/"}).content.decode()
    assert 'href="/"' in page
    assert 'href="http://testserver/refuse/"' not in page


def test_a_refused_htmx_form_answers_409_in_place(as_worker):
    headers = {"referer": f"http://testserver{PROFILE}", "hx-request": "true"}
    answer = as_worker.post("/refuse/", headers=headers)
    assert (answer.status_code, REASON in answer.content.decode()) == (409, True)
    assert not half_written()


@pytest.mark.parametrize("referer", ["https://evil.test/", "javascript:alert(1)", "//evil.test", ""])
def test_a_refusal_never_leads_to_another_host(as_worker, referer):
    answer = as_worker.post("/refuse/", headers={"referer": referer})
    assert answer.status_code == 409
    assert "evil" not in answer.content.decode()
    assert "alert(1)" not in answer.content.decode()


def test_nothing_is_refused_to_a_stranger_but_the_way_in(client, db):
    assert client.post("/refuse/").headers["location"].startswith("/accounts/login/")
    assert not half_written()


@pytest.mark.parametrize(
    ("cookie", "language"), [("", "id"), ("en", "en"), ("id", "id"), ("fr", "id"), ("../../x", "id")]
)
def test_the_language_is_the_chosen_one_or_indonesian(client, db, settings, cookie, language):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = cookie
    answer = client.get("/accounts/login/", headers={"accept-language": "fr, en"})
    assert f'<html lang="{language}"' in answer.content.decode()
    assert answer.headers["content-language"] == language
    assert "Cookie" in answer.headers["vary"]

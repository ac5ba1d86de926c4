"""A form sent twice is carried out once: a double click, and a page that is sent again because no answer came."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from lxml import html

from cases import workflow
from cases.enums import CaseStatus
from cases.models import CaseFile, Complaint
from core import middleware
from core.workflow import TransitionError
from tests.cast import Cast
from tests.factories import make_case


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def browser(cast: Cast) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.worker)
    return client


def opened(browser: Client, url: str, **typed: str) -> dict[str, str]:
    form = html.fromstring(browser.get(url).content).xpath("//main//form[@method='post']")[0]
    return dict(form.form_values()) | typed


def test_a_double_click_stores_once_and_leads_to_the_same_page(browser: Client) -> None:
    url = reverse("cases:complaint-new")
    form = opened(browser, url, kind="error", words="Data saya salah tulis.")
    answers = [browser.post(url, form) for _click in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert Complaint.objects.count() == 1
    browser.post(url, opened(browser, url, kind="error", words="Data saya salah tulis."))
    assert Complaint.objects.count() == 2, "another page was opened: it is meant"


def test_what_was_refused_is_tried_again(browser: Client) -> None:
    url = reverse("cases:complaint-new")
    form = opened(browser, url, kind="error", words="")
    assert [browser.post(url, form).status_code for _click in range(2)] == [422, 422]
    assert browser.post(url, form | {"words": "Sekarang ada isinya."}).status_code == 302
    assert Complaint.objects.count() == 1


def test_somebody_elses_session_and_a_form_without_a_number_of_its_own_are_left_alone(cast: Cast) -> None:
    url, form = reverse("cases:complaint-new"), {"kind": "error", "words": "Data saya salah tulis."}
    client = Client()
    client.force_login(cast.worker)
    for _click in range(2):
        client.post(url, form)
    assert Complaint.objects.count() == 2


def test_while_the_first_is_being_stored_the_second_says_so(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "ASKED_AGAIN", 1)
    monkeypatch.setattr(middleware.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(middleware.cache, "add", lambda *given, **fields: False)
    url = reverse("cases:complaint-new")
    answer = browser.post(url, opened(browser, url, kind="error", words="Data saya salah tulis."))
    assert (answer.status_code, "sedang disimpan" in answer.content.decode()) == (409, True)
    assert Complaint.objects.count() == 0


# ---- two pages, one step --------------------------------------------------------------------------------------------


def test_the_next_stage_is_the_one_that_the_page_named(cast: Cast) -> None:
    case = make_case(cast.worker, status=CaseStatus.ASSESSING)
    url = reverse("cases:case-move-on", args=[case.code])
    client = Client()
    client.force_login(cast.worker)
    form = opened(client, url)
    del form["csrfmiddlewaretoken"]  # as from another page that was open
    assert client.post(url, form).status_code == 302
    late = client.post(url, form)
    assert (late.status_code, "Tahap kasus ini sudah berganti" in late.content.decode()) == (409, True)
    assert CaseFile.objects.get(pk=case.pk).status == CaseStatus.PLANNING
    with pytest.raises(TransitionError):
        workflow.move_on(case, by=cast.worker, since=CaseStatus.ASSESSING)

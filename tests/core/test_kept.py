"""A form that cannot be carried out any more gives back what was typed: nothing is lost, and nobody else sees it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from lxml import html

from cases import workflow
from cases.enums import ClosureReason
from cases.models import CaseFile, Participant
from tests.cast import Cast
from tests.factories import make_case

WORDS = "Tukang las <b>di bengkel</b> paman 😀"
HERE = {"origin": "http://testserver"}


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    cache.clear()


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return make_case(cast.worker)


@pytest.fixture
def url(case: CaseFile) -> str:
    return reverse("cases:identity-edit", args=[case.code])


def form_of(answer: Any, which: str = "//main//form[@method='post']") -> dict[str, str]:
    return dict(html.fromstring(answer.content).xpath(which)[0].form_values())


def browser(person: Any) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    return client


def kept(answer: Any) -> list[tuple[str, str]]:
    """Each field that the page shows again: its label, and what was filled in."""
    page = html.fromstring(answer.content)
    return [
        (page.xpath(f"//label[@for='{box.get('id')}']")[0].text_content(), box.get("value") or box.text)
        for box in page.xpath("//*[@readonly]")
    ]


def texts(answer: Any) -> list[str]:
    return [text for _label, text in kept(answer)]


def test_a_session_that_ended_gives_the_form_back_and_it_is_sent_after_signing_in(
    cast: Cast, case: CaseFile, url: str
) -> None:
    client = browser(cast.worker)
    form = form_of(client.get(url)) | {"occupation": WORDS}
    client.session.flush()
    out = client.post(url, form, headers=HERE)
    assert (out.status_code, texts(out), out.headers["cache-control"]) == (403, [], "private, no-store")
    client.force_login(cast.worker)
    client.cookies.pop("titian_csrf", None)
    client.get("/help/")  # signed in at another window: the page's token is an old one
    back = client.post(url, form_of(out), headers=HERE)
    assert (back.status_code, f"Kirim sebagai {cast.worker.full_name}" in back.content.decode()) == (403, True)
    assert WORDS in texts(back)
    assert "<b>di bengkel" not in back.content.decode()
    assert client.post(url, form_of(back), headers=HERE).status_code == 302
    assert Participant.objects.get(pk=case.participant_id).occupation == WORDS


def test_a_part_of_a_page_is_never_answered_with_the_sign_in_page(client: Client, url: str) -> None:
    for answer in (client.get(url, headers={"hx-request": "true"}), client.post(url, headers={"hx-request": "true"})):
        assert (answer.status_code, answer.content) == (401, b"")


@pytest.mark.parametrize("headers", [{}, {"origin": "https://lain.example"}, {"origin": "null"}])
def test_another_sites_form_is_shown_to_nobody(cast: Cast, url: str, headers: dict[str, str]) -> None:
    answer = browser(cast.worker).post(url, {"occupation": WORDS}, headers=headers)
    assert (answer.status_code, "paman" in answer.content.decode()) == (403, False)


def test_who_lost_the_case_or_finds_it_closed_gets_the_words_back(cast: Cast, case: CaseFile, url: str) -> None:
    client = browser(cast.worker)
    form = form_of(client.get(url)) | {"occupation": WORDS}
    workflow.close(case, by=cast.supervisor, reason=ClosureReason.MOVED, note="Pindah.")
    closed = client.post(url, form, headers=HERE | {"referer": f"http://testserver{url}"})
    assert (closed.status_code, WORDS in texts(closed)) == (409, True)
    case = workflow.reopen(CaseFile.objects.get(pk=case.pk), by=cast.supervisor, reason="Kembali.")
    workflow.assign(case, by=cast.supervisor, worker=cast.neighbour)
    lost = client.post(url, form, headers=HERE)
    assert (lost.status_code, WORDS in texts(lost)) == (404, True)


def test_a_form_with_a_password_is_never_shown_again(cast: Cast) -> None:
    client = browser(cast.worker)
    form = form_of(client.get(reverse("account_change_password")))
    client.session.flush()
    data = form | {"oldpassword": "titian demo lama", "password1": "kata sandi baru", "password2": "kata sandi baru"}
    answer = client.post(reverse("account_change_password"), data, headers=HERE)
    assert (answer.status_code, "sandi baru" in answer.content.decode()) == (302, False)


def test_a_button_alone_leads_to_the_sign_in(cast: Cast, case: CaseFile) -> None:
    client = browser(cast.worker)
    url = reverse("cases:case-resume", args=[case.code])
    token = form_of(client.get(reverse("cases:complaint-new")))["csrfmiddlewaretoken"]
    client.session.flush()
    assert client.post(url, {"csrfmiddlewaretoken": token}).headers["location"].startswith("/accounts/login/")


def test_every_field_is_shown_with_its_label_a_choice_by_its_words(cast: Cast, case: CaseFile) -> None:
    client = browser(cast.worker)
    url = reverse("cases:legal-event-new", args=[case.code])
    form = form_of(client.get(url)) | {"kind": "remisi", "happened_on": "2026-08-17", "authority": "Lapas"}
    workflow.assign(case, by=cast.supervisor, worker=cast.neighbour)
    lost = client.post(url, form, headers=HERE)
    assert (lost.status_code, kept(lost)) == (
        404,
        [("Peristiwa", "Remisi"), ("Tanggal", "2026-08-17"), ("Lembaga", "Lapas")],
    )


def test_fields_of_several_lines_say_which_line(cast: Cast, case: CaseFile) -> None:
    client = browser(cast.worker)
    url = reverse("cases:household-add", args=[case.code])
    form = form_of(client.get(url)) | {"m2-name": "Wati"}
    workflow.assign(case, by=cast.supervisor, worker=cast.neighbour)
    assert ("m2 Nama", "Wati") in kept(client.post(url, form, headers=HERE))


def test_a_nik_shows_its_last_four_digits(cast: Cast, case: CaseFile, url: str) -> None:
    client = browser(cast.worker)
    form = form_of(client.get(url)) | {"nik": "3507 1001 0190 0001", "occupation": WORDS}
    workflow.assign(case, by=cast.supervisor, worker=cast.neighbour)
    lost = client.post(url, form, headers=HERE)
    assert ("NIK", "•••• 0001") in kept(lost)
    assert "3507 1001" not in lost.content.decode()


def test_a_form_where_all_was_ticked_leads_to_the_sign_in(cast: Cast, case: CaseFile) -> None:
    client = browser(cast.worker)
    url = reverse("cases:legal-event-new", args=[case.code])
    form = form_of(client.get(url)) | {"kind": "remisi"}
    client.session.flush()
    assert client.post(url, form, headers=HERE).headers["location"].startswith("/accounts/login/")

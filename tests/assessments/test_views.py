"""The pages around the form: deciding, the lists of a case, and who sees what."""

import pytest
from django.urls import reverse

from assessments.enums import AssessmentStatus
from assessments.models import Assessment
from tests.assessments.filling import (
    REASON,
    adult_case,
    begin,
    fill,
    finalised,
    hand_in,
    judged,
    lapse,
    submitted,
)
from tests.assessments.reading import HTMX, as_user, post_answer, text, url
from tests.factories import say_why

S = AssessmentStatus

pytestmark = pytest.mark.django_db


# ---- deciding -------------------------------------------------------------------------------------------------------


def test_the_queue_puts_overrides_in_their_own_group_oldest_first(client, cast):
    first, second, third = (adult_case(cast.worker) for _ in range(3))
    submitted(first, cast.worker)
    submitted(second, cast.worker, final="kuning", reason=REASON)
    submitted(third, cast.worker)
    words = text(as_user(client, cast.supervisor).get(reverse("assessments:queue")))
    places = [
        words.index(part) for part in ("Berbeda dari petunjuk", second.code, "Sesuai petunjuk", first.code, third.code)
    ]
    assert places == sorted(places)


def test_the_queue_of_another_unit_is_empty(client, case, cast):
    submitted(case, cast.worker)
    assert "Tidak ada yang menunggu" in text(
        as_user(client, cast.other_unit_supervisor).get(reverse("assessments:queue"))
    )


def test_a_rater_sees_where_own_work_stands(worker, case, cast):
    submitted(case, cast.worker)
    begin(adult_case(cast.worker), cast.worker)
    words = text(worker.get(reverse("assessments:queue")))
    assert "Draf" in words
    assert "Menunggu pengawas" in words


@pytest.mark.parametrize("name", ["analyst", "admin", "cso", "auditor", "dpo"])
def test_the_queue_is_for_raters_and_supervisors(client, cast, name):
    assert as_user(client, getattr(cast, name)).get(reverse("assessments:queue")).status_code == 403


def test_review_shows_everything_and_final_takes_one_confirmation(client, case, cast):
    done = submitted(case, cast.worker, final="kuning", reason=REASON)
    as_user(client, cast.supervisor)
    words = text(client.get(url("review", done)))
    assert REASON in words
    assert "Dilihat pada kunjungan 3 November." in words
    assert client.get(url("finalise", done)).status_code == 200
    assert Assessment.objects.get(pk=done.pk).status == S.AWAITING_APPROVAL
    client.post(url("finalise", done))
    assert Assessment.objects.get(pk=done.pk).status == S.FINAL


def test_final_twice_is_told_without_a_traceback(client, case, cast):
    done = finalised(case, cast.worker, cast.supervisor)
    say_why(as_user(client, cast.supervisor), case)
    page = client.post(url("finalise", done))
    assert page.status_code == 409
    assert client.get(url("review", done), follow=True).redirect_chain[-1][0] == url("result", done)


def test_returning_with_comments_leads_the_rater_back_into_the_form(client, case, cast):
    done = submitted(case, cast.worker)
    as_user(client, cast.supervisor)
    assert client.post(url("review", done), {"comment": ""}).status_code == 422
    client.post(url("review", done), {"comment": "Tambah sumber untuk B2.", "item-B2": "Siapa yang mengatakan?"})
    as_user(client, cast.worker)
    words = text(client.get(url("form", done)))
    assert "Tambah sumber untuk B2." in words
    assert "Siapa yang mengatakan?" in words
    page = client.post(url("resume", done), follow=True)
    assert page.redirect_chain[-1][0] == url("domain", done, domain="B") + "#B2"
    assert text(page).count("Siapa yang mengatakan?") == 1
    assert "Tambah sumber untuk B2." in text(page)
    assert Assessment.objects.get(pk=done.pk).status == S.DRAFT


def test_cancelling_asks_a_reason(worker, draft, case):
    assert worker.get(url("cancel", draft)).status_code == 200
    assert worker.post(url("cancel", draft), {"reason": " "}).status_code == 422
    worker.post(url("cancel", draft), {"reason": "Dimulai dua kali."})
    assert Assessment.objects.get(pk=draft.pk).status == S.CANCELLED


# ---- lists of a case ------------------------------------------------------------------------------------------------


def panel(client, case):
    return text(client.get(reverse("assessments:summary-panel", args=[case.code]), **HTMX))


def test_the_panel_shows_the_final_judgement_and_how_long_it_holds(worker, case, cast):
    finalised(case, cast.worker, cast.supervisor)
    html = worker.get(reverse("assessments:summary-panel", args=[case.code]), **HTMX).content.decode()
    assert "t-band-hijau" in html
    assert "berlaku s.d." in html
    assert 'id="assessments-summary-panel"' in html


def test_the_panel_marks_what_lapsed_and_drops_it_after_thirty_days(worker, case, cast):
    done = finalised(case, cast.worker, cast.supervisor)
    lapse(done, 10)
    assert "lewat sejak" in panel(worker, case)
    lapse(done, 31)
    assert "Belum ada penilaian yang berlaku" in panel(worker, case)
    assert "Lewat masa" in text(worker.get(reverse("assessments:panel", args=[case.code])))


def test_the_panel_says_nothing_of_a_judgement_that_is_not_final(worker, case, cast):
    submitted(case, cast.worker)
    assert "Hijau" not in panel(worker, case)
    assert "sedang berjalan" in panel(worker, case)


def test_the_panel_without_script_leads_to_the_section(worker, case):
    page = worker.get(reverse("assessments:summary-panel", args=[case.code]))
    assert page["Location"] == reverse("assessments:panel", args=[case.code])


# ---- who sees what --------------------------------------------------------------------------------------------------

OWN_PAGES = ["form", "narratives", "first", "guidance", "result", "review", "finalise", "cancel"]


@pytest.mark.parametrize(
    "name",
    [
        "neighbour",
        "other_unit_supervisor",
        "other_agency",
        "psychologist",
        "analyst",
        "admin",
        "cso",
        "auditor",
        "dpo",
        "head_office",
    ],
)
def test_who_sees_nothing_of_the_case_finds_no_page(client, case, draft, cast, name):
    as_user(client, getattr(cast, name))
    for page in OWN_PAGES:
        assert client.get(url(page, draft)).status_code == 404, page
    assert client.get(url("domain", draft, domain="A")).status_code == 404
    for page in ("answer-save", "resume", "choice-save"):
        assert client.post(url(page, draft)).status_code == 404, page
    code = 403 if name == "analyst" or name == "admin" else 404
    for page in ("panel", "summary-panel", "new"):
        assert client.get(reverse(f"assessments:{page}", args=[case.code])).status_code == code, page


def test_a_draft_is_its_raters_alone(client, draft, cast):
    say_why(as_user(client, cast.supervisor), draft.case)
    for page in ("form", "narratives", "first", "guidance", "result"):
        assert client.get(url(page, draft)).status_code == 403, page
    assert client.get(url("domain", draft, domain="A")).status_code == 403
    assert post_answer(client, draft, "A1", value="1").status_code == 403


def test_the_rater_does_not_review_own_work(worker, draft):
    hand_in(judged(fill(draft)))
    for page in ("review", "finalise"):
        assert worker.get(url(page, draft)).status_code == 403
        assert worker.post(url(page, draft), {"comment": "x"}).status_code == 403


def test_submitted_pages_lead_to_the_result(worker, draft):
    hand_in(judged(fill(draft)))
    for page in ("form", "narratives", "first", "guidance"):
        assert worker.get(url(page, draft), follow=True).redirect_chain[-1][0] == url("result", draft)


def test_the_pages_exist_in_english(worker, case, cast, draft):
    worker.cookies["titian_language"] = "en"
    assert "Justifies violence" in text(worker.get(url("domain", draft, domain="A")))
    hand_in(judged(fill(draft)))
    assert "Attitudes to violence" in text(worker.get(url("result", draft)))

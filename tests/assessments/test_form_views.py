"""The rater's form: what is shown, asked and told; nothing typed is lost."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments import workflow
from assessments.enums import AssessmentStatus
from assessments.models import Assessment, ItemRating
from cases.enums import Priority, TaskKind
from cases.models import Task
from tests.assessments.filling import (
    REASON,
    answer,
    begin,
    child_case,
    family_case,
    fill,
    finalised,
    hand_in,
    judged,
)
from tests.assessments.reading import HTMX, as_user, post_answer, text, url
from tests.factories import say_why

S = AssessmentStatus

pytestmark = pytest.mark.django_db


# ---- starting -------------------------------------------------------------------------------------------------------


def test_only_what_fits_the_person_can_be_started(worker, case):
    page = worker.get(reverse("assessments:new", args=[case.code]))
    html = page.content.decode()
    assert 'value="PRK-D"' in html
    assert 'value="KRK"' in html
    assert 'value="PKA"' not in html
    assert "Hanya untuk peserta di bawah 18 tahun" in html


def test_a_child_is_offered_the_childrens_instrument(client, cast):
    case = child_case(cast.other_agency)
    html = as_user(client, cast.other_agency).get(reverse("assessments:new", args=[case.code])).content.decode()
    assert 'value="PKA"' in html
    assert 'value="PRK-D"' not in html


def test_starting_leads_into_the_first_domain(worker, case):
    page = worker.post(
        reverse("assessments:new", args=[case.code]), {"instrument": "PRK-D", "reason": "berkala"}, follow=True
    )
    assert page.redirect_chain[-1][0].endswith("/domain/A/")


def test_starting_without_a_reason_says_so(worker, case):
    page = worker.post(reverse("assessments:new", args=[case.code]), {"instrument": "PRK-D"})
    assert page.status_code == 422
    assert not Assessment.objects.exists()


def test_what_is_under_way_is_linked_instead_of_offered(worker, case, draft):
    page = worker.get(reverse("assessments:new", args=[case.code]))
    assert url("form", draft) in page.content.decode()
    assert 'value="PRK-D"' not in page.content.decode()


# ---- the form -------------------------------------------------------------------------------------------------------


def test_a_domain_shows_every_anchor_and_what_must_not_be_rated(worker, draft):
    html = worker.get(url("domain", draft, domain="A")).content.decode()
    for item in draft.definition.domains[0].items:
        assert item.text.id in html
        for anchor in item.anchors.values():
            assert anchor.id in html
    assert "Jangan menilai suku" in html


def test_values_without_an_anchor_have_the_scales_label_alone(client, cast):
    case = child_case(cast.other_agency)
    draft = begin(case, cast.other_agency, "PKA")
    html = as_user(client, cast.other_agency).get(url("domain", draft, domain="A")).content.decode()
    labels = {value.label.id for value in draft.definition.scale.values}
    assert all(label in html for label in labels)
    assert html.count('class="t-quiet"') >= sum(len(i.anchors) for i in draft.definition.domains[0].items)


def test_an_unknown_domain_is_not_found(worker, draft):
    assert worker.get(url("domain", draft, domain="Z")).status_code == 404


def test_a_domain_outside_the_mode_is_not_found(worker, cast):
    draft = begin(family_case(cast.worker), cast.worker)
    assert worker.get(url("domain", draft, domain="A")).status_code == 404
    assert worker.get(url("domain", draft, domain="D")).status_code == 200


def test_items_outside_the_age_are_shown_as_not_applicable(client, cast):
    draft = begin(child_case(cast.other_agency, age=3), cast.other_agency, "PKA")
    html = as_user(client, cast.other_agency).get(url("domain", draft, domain="D")).content.decode()
    assert html.count("tidak ditanyakan pada usia ini") == 3
    assert "D1-value" not in html


def test_not_applicable_is_not_offered_on_security_and_protection(worker, draft):
    html = worker.get(url("domain", draft, domain="A")).content.decode()
    assert re.search(r'name="A1-value"\s+value="not_applicable"', html)
    assert not re.search(r'name="A4-value"\s+value="not_applicable"', html)


def test_the_answer_before_is_there_but_folded(worker, case, cast):
    finalised(case, cast.worker, cast.supervisor, A1=1)
    html = worker.get(url("domain", begin(case, cast.worker), domain="A")).content.decode()
    assert "Lihat jawaban sebelumnya" in html
    assert "1 · Perhatian ringan" in html


def test_saving_a_domain_without_script_keeps_all_answers_and_goes_on(worker, draft):
    data = {"then": "next"}
    for item in ("A1", "A2", "A3"):
        data |= {f"{item}-value": "0", f"{item}-confidence": "sedang", f"{item}-sources": ["wawancara", "dokumen"]}
    data["A4-value"] = "unknown"
    page = worker.post(url("domain", draft, domain="A"), data)
    assert (page.status_code, page["Location"]) == (302, url("domain", draft, domain="B"))
    assert {r.item: r.value for r in draft.ratings.all()} == {"A1": "0", "A2": "0", "A3": "0", "A4": "unknown"}


def test_a_refused_answer_leaves_the_others_saved_and_stays_on_the_page(worker, draft):
    data = {"A1-value": "1", "A1-confidence": "sedang", "A2-value": "7", "A2-note": "Tulisan saya."}
    page = worker.post(url("domain", draft, domain="A"), data | {"then": "next"})
    assert page.status_code == 422
    assert "Tulisan saya." in page.content.decode()
    assert [r.item for r in draft.ratings.all()] == ["A1"]


def test_an_answer_without_its_evidence_is_kept_and_named(worker, draft):
    page = worker.post(url("domain", draft, domain="A"), {"A2-value": "2", "A2-confidence": "sedang", "then": "next"})
    assert page.status_code == 422
    assert "Satu isian perlu dilengkapi" in text(page)
    assert 'href="#A2"' in page.content.decode()
    assert draft.ratings.get().value == "2"


def test_leaving_is_always_possible(worker, draft, case):
    page = worker.post(url("domain", draft, domain="A"), {"A2-value": "2", "then": "exit"})
    assert (page.status_code, page["Location"]) == (302, reverse("assessments:panel", args=[case.code]))
    assert draft.ratings.count() == 1


# ---- autosave -------------------------------------------------------------------------------------------------------


def test_an_answer_is_saved_as_it_is_given_and_answered_in_one_line(worker, draft):
    answered = post_answer(worker, draft, "A1", value="1", confidence="sedang", sources=["wawancara"], seen="")
    rating = ItemRating.objects.get()
    html = answered.content.decode()
    assert "Draf tersimpan" in html
    assert f'value="{rating.stamp}"' in html
    assert "1/4" in html
    assert len(html) < 2_000


def test_an_urgent_answer_opens_its_task_from_the_page(worker, draft):
    post_answer(worker, draft, "B3", value="2", seen="")
    assert Task.objects.get(priority=Priority.URGENT).kind == TaskKind.URGENT


@pytest.mark.parametrize(
    ("item", "fields"),
    [
        ("A1", {"value": "9"}),
        ("A1", {"value": "1", "sources": ["gosip"]}),
        ("A1", {"value": "1", "confidence": "pasti"}),
        ("A1", {"value": "1", "note": "x" * 4_001}),
        ("A1", {"value": "1", "note": "a\x00b"}),
        ("A4", {"value": "not_applicable"}),
        ("Q1", {"value": "1"}),
        ("", {}),
    ],
    ids=["value", "source", "confidence", "long note", "null byte", "not applicable", "item", "nothing"],
)
def test_a_bad_answer_is_refused_with_its_reason(worker, draft, item, fields):
    page = post_answer(worker, draft, item, **fields)
    assert page.status_code == 422
    assert "Draf tersimpan" not in page.content.decode()
    assert not ItemRating.objects.exists()


def test_a_stale_tab_is_told_what_is_kept(worker, draft):
    post_answer(worker, draft, "A1", value="1", seen="")
    page = post_answer(worker, draft, "A1", value="0", seen="")
    assert page.status_code == 422
    assert "1 · Perhatian ringan" in page.content.decode()
    assert draft.ratings.get().value == "1"


def test_an_answer_to_a_submitted_assessment_is_refused(worker, draft):
    hand_in(judged(fill(draft)))
    page = post_answer(worker, draft, "A1", value="3", seen="")
    assert page.status_code == 422
    assert "terkunci" in page.content.decode()


@pytest.mark.parametrize("has_judged", [False, True], ids=["before", "after the first judgement"])
def test_saving_one_answer_costs_at_most_eight_queries(worker, case, draft, settings, has_judged):
    """Session, user and acting staff included, with sessions in the database: the rest is a lock, a read, a write."""
    fill(draft)
    if has_judged:
        judged(draft)
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"
    with CaptureQueriesContext(connection) as captured:
        answered = post_answer(worker, draft, "A2", value="1", confidence="sedang", note="Baru.")
    asked = [query["sql"] for query in captured.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert (answered.status_code, draft.ratings.get(item="A2").value) == (200, "1")
    assert any("django_session" in sql for sql in asked)
    assert len(asked) <= 8, "\n".join(asked)


@pytest.mark.parametrize("name", ["neighbour", "supervisor", "other_unit", "cso", "analyst"])
def test_nobody_else_saves_an_answer(client, cast, draft, name):
    page = post_answer(as_user(client, getattr(cast, name)), draft, "A2", value="1")
    assert page.status_code == (403 if name == "supervisor" else 404)
    assert not ItemRating.objects.exists()


# ---- texts and judgement --------------------------------------------------------------------------------------------


def test_texts_are_saved_one_by_one_from_any_page(worker, draft):
    page = worker.post(url("narratives", draft), {"formulasi": "Uraian saya."}, **HTMX)
    worker.post(url("narratives", draft), {"rekomendasi": "Bengkel."}, **HTMX)
    draft.refresh_from_db()
    assert "Draf tersimpan" in page.content.decode()
    assert draft.narratives == {"formulasi": "Uraian saya.", "rekomendasi": "Bengkel."}


def test_texts_of_a_stale_tab_are_shown_beside_what_is_kept(worker, draft):
    seen = draft.narratives_stamp
    worker.post(url("narratives", draft), {"rekomendasi": "Tab pertama.", "seen": seen}, **HTMX)
    page = worker.post(url("narratives", draft), {"rekomendasi": "Tab kedua.", "seen": seen, "then": "next"})
    assert page.status_code == 422
    assert "Tab pertama." in page.content.decode()
    assert "Tab kedua." in page.content.decode()
    draft.refresh_from_db()
    assert draft.narratives["rekomendasi"] == "Tab pertama."


def test_before_the_answers_are_complete_the_page_names_what_is_missing(worker, draft):
    answer(draft, "A1", 0)
    page = worker.get(url("first", draft))
    assert "perlu dilengkapi" in text(page)
    assert 'name="band"' not in page.content.decode()
    assert url("domain", draft, domain="A") + "#A2" in page.content.decode()


def test_guidance_is_nowhere_before_the_first_judgement(worker, draft):
    fill(draft, A4=3)
    for name in ("guidance", "result", "form"):
        page = worker.get(url(name, draft), follow=True)
        assert page.redirect_chain[-1][0] == url("first", draft)
        assert "Petunjuk Merah" not in page.content.decode()


def test_a_setting_shows_guidance_beside_the_first_judgement_which_is_recorded_all_the_same(worker, draft, settings):
    settings.GUIDANCE_AFTER_OWN_JUDGEMENT = False
    fill(draft, A1=3)
    shown = text(worker.get(url("first", draft)))
    assert "Petunjuk Kuning: sekurangnya 1 butir inti dinilai 3 (A1 = 3)." in shown
    assert "Petunjuk baru tampil setelah" not in shown
    assert worker.get(url("guidance", draft))["Location"] == url("first", draft)
    assert worker.post(url("first", draft), {"band": "kuning"}).status_code == 302
    draft.refresh_from_db()
    assert draft.first_band == "kuning"


def test_nothing_is_chosen_beforehand(worker, draft):
    fill(draft)
    assert "checked" not in worker.get(url("first", draft)).content.decode()
    judged(draft)
    assert "checked" not in worker.get(url("guidance", draft)).content.decode()


def test_without_a_choice_the_page_says_so_and_keeps_the_text(worker, draft):
    fill(draft)
    page = worker.post(url("first", draft), {"formulasi": "Uraian baru.", "reason": "Sebab."})
    assert page.status_code == 422
    assert "Pilih pertimbangan awal" in text(page)
    draft.refresh_from_db()
    assert (draft.narratives["formulasi"], draft.first_band) == ("Uraian baru.", "")


def test_after_the_first_judgement_guidance_tells_why(worker, draft):
    fill(draft, A2=2, B1=2, B4=2)
    answer(draft, "B1", 2, confidence="rendah", evidence_note="Kabar dari satu tetangga")
    page = worker.post(
        url("first", draft), {"band": "hijau", "reason": "Keluarga kuat.", "formulasi": "Uraian."}, follow=True
    )
    words = text(page)
    assert page.redirect_chain[-1][0] == url("guidance", draft)
    for expected in ("Kuning", "Sementara", "Kabar dari satu tetangga", "Keluarga kuat.", "keyakinan B1 rendah", "C1"):
        assert expected in words
    assert "Ajukan ke Tri Wahyuni" in words


def test_a_changed_answer_changes_guidance_and_clears_the_final_choice(worker, draft, cast):
    judged(fill(draft))
    workflow.choose(draft, by=cast.worker, final_band="hijau", override_reason="")
    answer(draft, "A4", 3)
    page = worker.get(url("guidance", draft))
    assert "Petunjuk Merah" in text(page)
    assert "checked" not in page.content.decode()


def test_an_answer_that_became_incomplete_hides_guidance_until_it_is_mended(worker, draft):
    judged(fill(draft))
    answer(draft, "A1", 2, evidence_note="")
    assert "perlu dilengkapi" in text(worker.get(url("guidance", draft)))


def submit_page(client, draft, **fields):
    draft.refresh_from_db()
    return client.post(url("guidance", draft), {"version": draft.version, "then": "submit"} | fields)


def test_a_difference_without_reason_stays_with_its_text(worker, draft):
    judged(fill(draft))
    page = submit_page(worker, draft, final_band="kuning", override_reason="Terlalu pendek.")
    assert page.status_code == 422
    assert "Terlalu pendek." in page.content.decode()
    assert "80 huruf" in text(page)
    html = page.content.decode()
    assert 'href="#override_reason"' in html
    assert 'aria-invalid="true" aria-describedby="override-hint override-error"' in html
    assert Assessment.objects.get(pk=draft.pk).is_draft


def test_submitting_tells_to_whom(worker, draft):
    judged(fill(draft))
    page = submit_page(worker, draft, final_band="kuning", override_reason=REASON)
    assert page["Location"] == url("result", draft)
    assert "Diajukan ke Tri Wahyuni. Isian terkunci." in text(worker.get(page["Location"]))


def test_a_stale_guidance_page_submits_nothing(worker, draft):
    judged(fill(draft))
    draft.refresh_from_db()
    opened = draft.version
    answer(draft, "A4", 3)
    page = worker.post(url("guidance", draft), {"version": opened, "then": "submit", "final_band": "hijau"})
    assert page.status_code == 409
    assert "Jawaban berubah" in text(page)
    assert Assessment.objects.get(pk=draft.pk).is_draft


def test_the_choice_is_saved_while_writing(worker, draft):
    judged(fill(draft))
    draft.refresh_from_db()
    fields = {"version": draft.version, "final_band": "kuning", "override_reason": "Karena"}
    page = worker.post(url("choice-save", draft), fields, **HTMX)
    draft.refresh_from_db()
    assert "Draf tersimpan" in page.content.decode()
    assert (draft.final_band, draft.override_reason) == ("kuning", "Karena")


def test_needs_alone_show_a_support_level_and_no_colour(worker, cast):
    draft = fill(begin(family_case(cast.worker), cast.worker))
    page = worker.get(url("form", draft), follow=True)
    html = page.content.decode()
    assert page.redirect_chain[-1][0] == url("guidance", draft)
    assert "t-band-" not in html
    assert 'name="final_band"' not in html
    done = submit_page(worker, draft)
    assert done["Location"] == url("result", draft)
    assert "t-band-" not in worker.get(done["Location"]).content.decode()


# ---- children -------------------------------------------------------------------------------------------------------


def test_no_page_of_a_child_has_a_colour_or_the_word_risk(client, cast):
    case = child_case(cast.other_agency)
    worker = as_user(client, cast.other_agency)
    draft = begin(case, cast.other_agency, "PKA")
    pages = [reverse("assessments:new", args=[case.code])]
    pages += [url("domain", draft, domain=domain.code) for domain in draft.definition.domains]
    pages += [url("narratives", draft)]
    seen = [worker.get(page) for page in pages]
    judged(fill(draft))
    seen.append(worker.get(url("guidance", draft)))
    hand_in(draft)
    seen.append(worker.get(url("result", draft)))
    say_why(as_user(client, cast.other_agency_supervisor), case)
    seen += [client.get(url("review", draft)), client.get(url("finalise", draft)), client.get("/assessments/queue/")]
    workflow.finalise(draft, by=cast.other_agency_supervisor)
    seen.append(client.get(reverse("assessments:panel", args=[case.code])))
    seen.append(client.get(reverse("assessments:summary-panel", args=[case.code]), **HTMX))
    full_name = case.participant.full_name
    for page in seen:
        assert page.status_code == 200
        words = page.content.decode()
        for forbidden in ("t-band-", "Hijau", "Kuning", "Merah", full_name):
            assert forbidden not in words, (page.request["PATH_INFO"], forbidden)
        if not page.request["PATH_INFO"].endswith("/new/"):
            assert "risiko" not in words.lower(), page.request["PATH_INFO"]


def test_a_childs_strengths_stand_before_needs(client, cast):
    case = child_case(cast.other_agency)
    finalised(case, cast.other_agency, cast.other_agency_supervisor, "PKA")
    page = as_user(client, cast.other_agency).get(reverse("assessments:summary-panel", args=[case.code]), **HTMX)
    words = text(page)
    assert 0 < words.index("Kekuatan anak") < words.index("Dukungan rutin")


def test_the_form_of_a_domain_asks_the_same_number_of_questions_however_full_it_is(
    worker, draft, django_assert_num_queries, django_assert_max_num_queries
):
    with django_assert_max_num_queries(30) as empty:
        worker.get(url("domain", draft, domain="G"))
    fill(draft)
    with django_assert_max_num_queries(len(empty.captured_queries) + 1):
        worker.get(url("domain", draft, domain="G"))

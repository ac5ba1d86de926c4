"""The pages of a contest and a second rating, and the result that the participant reads."""

import datetime as dt
import re
from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import JournalAction
from accounts.models import JournalEntry
from assessments import catalogue, letters, workflow
from assessments.catalogue import Text
from assessments.enums import SecondOutcome
from assessments.models import Assessment, OwnView, SecondRating
from cases import workflow as case_workflow
from cases.enums import ClosureReason
from core.acting import acting_as
from tests.assessments.filling import adult_case, child_case, family_case, hand_in, judged, quick
from tests.factories import make_final_assessment

pytestmark = pytest.mark.django_db

EVIL = "<script>alert(1)</script> '; DROP TABLE x; -- \u202egnp.exe 😀"


def at(name, row, **kwargs):
    return reverse(f"assessments:{name}", args=[row.code])


@pytest.fixture
def first(cast):
    return make_final_assessment(
        adult_case(cast.worker), approver=cast.supervisor, answers={"D1": 2, "E2": 3, "G1": 2}
    )


@pytest.fixture
def pair(first, cast):
    return workflow.contest(first, by=cast.worker, reason="Rahasia alasan.", received_on=timezone.localdate())


def rated(pair, by):
    with acting_as(by.pk):
        hand_in(judged(quick(workflow.start_second(pair, by=by))))
    return SecondRating.objects.get(pk=pair.pk)


def enter(client, person):
    client.force_login(person)
    return client


def page(client, person, url, status=200):
    answer = enter(client, person).get(url)
    assert answer.status_code == status, (url, answer.status_code)
    return answer.content.decode()


# ---- the participant's result ---------------------------------------------------------------------------------------


def test_every_item_that_is_told_has_words_for_its_reader():
    told = set()
    for instrument in catalogue.default().instruments.values():
        for item in instrument.items.values():
            told |= {("strength", item.text.id)} if letters.tells_strength(item) else set()
            told |= {("need", item.text.id)} if letters.tells_need(item) else set()
    assert set(letters.participant_words()) == told
    third = re.compile(r"\b(peserta\w*|anak|the participant\w*|the child)\b", re.IGNORECASE)
    of_others = ("orang tua, atau anak", "Pasangan, anak", "pasangan, anak")  # the reader's own children
    for text in letters.participant_words().values():
        assert not any(third.search(re.sub("|".join(of_others), "", words)) for words in (text.id, text.en)), text


def test_needs_are_told_to_the_reader_and_as_needs(client, first, cast):
    needs = page(client, cast.worker, at("participant", first)).split("perlu dibantu</h2>")[1].split("<h2>")[0]
    assert "Pulih dari peristiwa berat yang Anda alami." in needs
    assert "eserta" not in needs
    child = make_final_assessment(
        child_case(cast.other_agency), approver=cast.other_agency_supervisor, answers={"E3": 1}
    )
    text = page(client, cast.other_agency, at("participant", child))
    assert "Teman dan waktu bermain." in text.split("perlu dibantu</h2>")[1].split("<h2>")[0]
    assert "Kamu mempunyai teman" not in text


def test_a_version_with_other_words_is_told_by_its_items(first):
    item = first.definition.items["G1"]
    other = replace(item, text=Text("Baru.", "New."))
    assert letters._told("strength", [item, other]) == [
        "Anda mempunyai alasan sendiri untuk meninggalkan kekerasan.",
        "Baru.",
    ]


def test_an_adult_reads_strengths_needs_and_what_comes_next_in_both_languages(client, first, cast):
    text = page(client, cast.worker, at("participant", first))
    assert text.index("Kekuatan") < text.index("Hasilnya") < text.index("perlu dibantu")
    assert "belum divalidasi" in text
    assert "bukan ramalan" in text
    assert "14 hari" in text
    english = page(client, cast.worker, at("participant", first) + "?lang=en")
    assert '<html lang="en">' in english
    assert "not been validated" in english
    assert "Hasilnya" not in english


def test_nothing_that_points_to_a_source_stands_in_it(client, first, cast):
    text = page(client, cast.worker, at("participant", first))
    instrument = first.definition
    for code in ("A1", "B1", "C2", "E2", "D4", "B3"):
        assert f">{code}<" not in text
        assert instrument.items[code].text.id not in text
    for word in ("wawancara", "Bukti", "Petunjuk dari aturan", cast.worker.full_name):
        assert word not in text


def test_the_paper_is_a_pdf_in_the_language_asked_for_and_is_journalled(client, first, cast):
    answer = enter(client, cast.worker).get(at("participant-pdf", first) + "?lang=en")
    assert answer["Content-Type"] == "application/pdf"
    assert b"".join(answer).startswith(b"%PDF") if answer.streaming else answer.content.startswith(b"%PDF")
    entry = JournalEntry.objects.filter(action=JournalAction.DOWNLOAD).latest("pk")
    assert entry.object_code == first.case.code
    assert letters.result_letter(first, "id").content == letters.result_letter(first, "id").content


def test_a_child_is_addressed_without_a_colour_or_a_band(client, cast):
    done = make_final_assessment(child_case(cast.other_agency), approver=cast.other_agency_supervisor)
    text = page(client, cast.other_agency, at("participant", done))
    assert "orang tua atau wali" in text
    assert not re.search(r"\bAnda\b", text.split("<main")[1].split("</main>")[0])
    for word in ("Hijau", "Kuning", "Merah", "risiko"):
        assert word not in text


def test_needs_alone_show_no_judgement(client, cast):
    case = family_case(cast.worker)
    draft = quick(workflow.start(case, by=cast.worker, instrument="PRK-D", reason="awal"))
    done = workflow.finalise(hand_in(draft), by=cast.supervisor)
    text = page(client, cast.worker, at("participant", done))
    assert "dukungan" in text
    assert "disebut" not in text


def test_there_is_no_paper_of_what_is_not_final(client, cast):
    draft = workflow.start(adult_case(cast.worker), by=cast.worker, instrument="PRK-D", reason="awal")
    for name in ("participant", "participant-pdf"):
        assert enter(client, cast.worker).get(at(name, draft)).status_code == 302


def test_off_the_caseload_a_reason_comes_first(client, first, cast):
    answer = enter(client, cast.supervisor).get(at("participant", first))
    assert answer.status_code == 302
    assert enter(client, cast.other_unit).get(at("participant", first)).status_code == 404


# ---- own view -------------------------------------------------------------------------------------------------------


def word(first, **fields):
    today = f"{timezone.localdate():%Y-%m-%d}"
    return {"version": first.version, "text": "Saya tenang.", "said_on": today, "present": "PK"} | fields


def test_the_participants_word_is_kept_and_shown(client, first, cast):
    enter(client, cast.worker).post(at("own-view", first), word(first, text=EVIL))
    assert OwnView.objects.get().text == EVIL
    for name in ("result", "participant", "own-view"):
        text = page(client, cast.worker, at(name, first))
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)" in text


def test_a_stale_page_keeps_what_was_typed(client, first, cast):
    enter(client, cast.worker)
    client.post(at("own-view", first), word(first))
    answer = client.post(at("own-view", first), word(first, text="Dua kali."))
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Dua kali." in text
    assert "Saya tenang." in text
    first.refresh_from_db()
    assert f'value="{first.version}"' in text


@pytest.mark.parametrize("fields", [{"text": ""}, {"text": "x" * 4_001}, {"said_on": "kemarin"}, {"version": "x"}])
def test_a_wrong_word_is_refused_beside_its_field(client, first, cast, fields):
    answer = enter(client, cast.worker).post(at("own-view", first), word(first, **fields))
    assert answer.status_code == 422
    assert not OwnView.objects.exists()


# ---- contest and naming ---------------------------------------------------------------------------------------------


def test_a_closed_case_offers_no_second_look(client, first, cast):
    assert at("contest", first) in page(client, cast.worker, at("result", first))
    case_workflow.close(first.case, by=cast.supervisor, reason=ClosureReason.MOVED, note="Pindah ke luar negeri.")
    closed = page(client, cast.worker, at("result", first))
    assert [at(name, first) in closed for name in ("contest", "second-ask", "participant")] == [False, False, True]


def test_a_double_click_makes_one_contest(client, first, cast):
    enter(client, cast.worker)
    fields = {"reason": "Keterangannya lama.", "received_on": f"{timezone.localdate():%Y-%m-%d}"}
    assert client.post(at("contest", first), fields).status_code == 302
    again = client.post(at("contest", first), fields)
    assert again.status_code == 422
    assert "sudah dicatat" in again.content.decode()
    assert "Keterangannya lama." in again.content.decode()
    assert SecondRating.objects.count() == 1


def test_the_mark_stands_on_result_panel_and_summary(client, pair, first, cast):
    case = first.case.code
    for url in (at("result", first), reverse("assessments:panel", args=[case])):
        assert "Disanggah" in page(client, cast.worker, url)
    summary = client.get(reverse("assessments:summary-panel", args=[case]), headers={"hx-request": "true"})
    assert "Disanggah" in summary.content.decode()


def test_the_supervisor_names_and_the_rater_finds_the_task(client, pair, cast):
    assert pair.code in page(client, cast.supervisor, reverse("assessments:queue"))
    fields = {"version": pair.version, "rater": cast.neighbour.pk}
    assert client.post(at("second", pair), fields).status_code == 302
    again = client.post(at("second", pair), fields | {"rater": cast.other_unit.pk})
    assert again.status_code == 409
    assert pair.code in page(client, cast.neighbour, reverse("assessments:queue"))


@pytest.mark.parametrize("who", ["worker", "supervisor", "cso"])
def test_a_wrong_rater_is_refused_beside_the_field(client, pair, cast, who):
    fields = {"version": pair.version, "rater": getattr(cast, who).pk}
    answer = enter(client, cast.supervisor).post(at("second", pair), fields)
    assert answer.status_code == 422
    assert "tidak dapat dipilih" in answer.content.decode()


def test_an_overdue_contest_says_so(client, pair, cast):
    SecondRating.objects.filter(pk=pair.pk).update(due_on=timezone.localdate() - dt.timedelta(days=1))
    assert "Lewat tenggat" in page(client, cast.supervisor, at("second", pair))


# ---- blind ----------------------------------------------------------------------------------------------------------


def test_the_second_rater_sees_the_case_and_nothing_of_the_first(client, named, first, cast):
    text = page(client, cast.neighbour, at("second", named))
    assert "Rahasia alasan." not in text
    SecondRating.objects.filter(pk=named.pk).update(due_on=timezone.localdate() - dt.timedelta(days=1))
    for url in (at("second", named), reverse("assessments:queue"), reverse("home")):  # nor which way it went
        text = page(client, cast.neighbour, url)
        assert named.first.case.code in text
        assert not re.search("sanggah", text, re.IGNORECASE), url
    for name in ("result", "form", "participant", "own-view", "contest", "review", "cancel"):
        assert client.get(at(name, first)).status_code == 404, name
    assert client.get(reverse("assessments:panel", args=[first.case.code])).status_code in (403, 404)
    assert page(client, cast.neighbour, reverse("cases:case-detail", args=[first.case.code]))
    assert client.get(at("second-compare", named)).status_code == 302


def test_the_second_rater_fills_in_the_ordinary_form_without_a_reason(client, named, cast):
    enter(client, cast.neighbour)
    answer = client.post(at("second-start", named), follow=True)
    assert answer.status_code == 200
    second = Assessment.objects.get(kind="kedua")
    assert "Jawaban sebelumnya" not in answer.content.decode()
    saved = client.post(at("answer-save", second), {"item": "A1", "A1-value": "0", "A1-seen": ""})
    assert saved.status_code == 200
    assert enter(client, cast.worker).get(at("result", second)).status_code == 404
    assert second.code not in page(client, cast.worker, reverse("assessments:panel", args=[second.case.code]))


def test_both_are_laid_side_by_side_differences_first(client, named, cast):
    pair = rated(named, cast.neighbour)
    for person in (cast.worker, cast.neighbour, cast.supervisor):
        text = page(client, person, at("second-compare", pair))
        assert text.index("Yang berbeda") < text.index("Yang sama")
        assert "26 dari 29 butir sama" in text
    assert "Putuskan yang berlaku" in text
    assert enter(client, cast.worker).post(at("second-compare", pair), {}).status_code == 403


def test_the_raters_write_what_they_agree_on_beside_both_answers(client, named, cast):
    pair = rated(named, cast.neighbour)
    answer = enter(client, cast.neighbour).post(at("joint-start", pair), follow=True)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "t-beside" in text
    assert cast.worker.full_name in text


def test_the_supervisor_decides_and_a_stale_page_loses_nothing(client, named, cast):
    pair = rated(named, cast.neighbour)
    fields = {"version": pair.version, "outcome": SecondOutcome.UPHELD, "reason": "Dibahas berdua."}
    enter(client, cast.supervisor)
    stale = client.post(at("second-compare", pair), fields | {"version": pair.version - 1})
    assert stale.status_code == 409
    assert "Dibahas berdua." in stale.content.decode()
    assert client.post(at("second-compare", pair), fields | {"reason": ""}).status_code == 422
    assert client.post(at("second-compare", pair), fields)["Location"] == reverse("assessments:queue")
    assert "Keputusan dicatat." in page(client, cast.supervisor, reverse("assessments:queue"))
    assert "Disanggah, tetap berlaku" in page(client, cast.worker, at("result", pair.first))
    assert enter(client, cast.neighbour).get(at("second", pair)).status_code == 404


def test_a_contest_is_taken_back_by_its_page(client, pair, cast):
    enter(client, cast.worker)  # who rated first
    assert at("second-withdraw", pair) not in page(client, cast.worker, at("second", pair))
    assert client.get(at("second-withdraw", pair)).status_code == 403
    enter(client, cast.supervisor)
    assert client.get(at("second-withdraw", pair)).status_code == 200
    fields = {"version": pair.version, "reason": "Peserta sudah paham."}
    assert client.post(at("second-withdraw", pair), fields).status_code == 302
    assert SecondRating.objects.get().outcome == SecondOutcome.WITHDRAWN

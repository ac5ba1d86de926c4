"""Words that often stand for what must never be rated: found, asked about, never blocked, and kept (ET-8)."""

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from assessments import wording, workflow
from assessments.enums import WordAnswer
from assessments.models import WordCheck
from assessments.workflow.looking import FIRST_REASON, OVERRIDE_REASON
from tests.assessments.filling import REASON, answer, fill, hand_in, judged

HTMX = {"HTTP_HX_REQUEST": "true"}


# ---- finding --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Istrinya bercadar.", ["veil"]),
        ("Ia berjenggot, memakai CELANA CINGKRANG!", ["trousers", "beard"]),
        ("cadarnya; jenggotan", ["veil", "beard"]),
        ("c\u0301adar, ca\u200bdar", ["veil"]),
        ("celana\n\ncingkrang", ["trousers"]),
        ("Ia orang Jawa", ["javanese"]),
        ("Pindah ke Jawa Timur", []),
        ("Orang Jawa di Jawa Timur", ["javanese"]),
        ("belajar bahasa Arab", ["arab"]),
        ("arabika, disukai, rasa, batakan?", ["batak"]),
        ("Ia memukul tetangga dan mengancam polisi.", []),
        ("🙂 \u202e <b>cadar</b> '; drop table", ["veil"]),
        ("", []),
    ],
)
def test_words_are_found_whole_and_folded(text, codes):
    assert list(wording.find(text)) == codes


@given(st.text())
def test_any_text_can_be_read(text):
    assert set(wording.find(text)) <= {word.code for word in wording.word_list().words}


@given(st.text(alphabet="bcdfg .,\n"), st.sampled_from(["cadar", "jenggot", "salafi"]))
def test_a_word_is_found_wherever_it_stands(text, word):
    assert wording.find(f"{text} {word} {text}")


def test_every_form_of_the_list_finds_its_word():
    source = wording.LIST.read_text(encoding="utf-8")
    for word in wording.word_list().words:
        line = next(line for line in source.splitlines() if f"code: {word.code}," in line)
        for form in re.search(r"forms: \[(.*?)\]", line).group(1).split(", "):
            assert word.code in wording.find(f"Kata {form} di sini"), form


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("schema: other", "schema"),
        ("schema: [", "list.yaml"),
        ("schema: banned-words/1\nkinds: {dress: {id: a}}", "kinds.dress"),
        ("schema: banned-words/1\nkinds: {}\nwords: [{code: a, kind: dress, forms: [b]}]", "words[0].kind"),
        (
            "schema: banned-words/1\nkinds: {d: {id: a, en: b}}\nwords: [{code: A, kind: d, forms: [b]}]",
            "words[0].code",
        ),
        ("schema: banned-words/1\nkinds: {d: {id: a, en: b}}\nwords: [{code: a, kind: d, forms: [B]}]", "[0].forms"),
        ("schema: banned-words/1\nkinds: {d: {id: a, en: b}}\nwords: [{code: a, kind: d, forms: []}]", "[0].forms"),
        ("schema: banned-words/1\nkinds: {d: {id: a, en: b}}\nwords: [{code: a, kind: d}]", "words[0]"),
    ],
)
def test_a_broken_list_is_refused_with_its_place(source, place):
    with pytest.raises(wording.WordListError, match=re.escape(place)):
        wording.parse(source, "list.yaml")


# ---- asking and keeping ---------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


def check(place="A1"):
    return WordCheck.objects.get(place=place)


def test_a_text_without_such_words_makes_no_row(draft, django_assert_max_num_queries):
    answer(draft, "A1", 2, evidence_note="Mengancam polisi pada 3 November.")
    assert not WordCheck.objects.exists()


def test_a_word_is_asked_about_answered_and_reworded(draft, cast):
    answer(draft, "A1", 2, evidence_note="Istrinya bercadar.")
    assert (check().answer, check().words) == (WordAnswer.ASKED, ["veil"])
    workflow.about_violence(draft, by=cast.worker, place="A1", explanation="Ia memaksanya dengan pukulan.")
    assert check().answer == WordAnswer.VIOLENCE
    answer(draft, "A1", 2, evidence_note="Istrinya bercadar, dan ia berjenggot.")
    assert (check().answer, check().words) == (WordAnswer.ASKED, ["veil", "beard"])
    answer(draft, "A1", 2, evidence_note="Ia memukul istrinya.")
    assert (check().answer, check().words) == (WordAnswer.REWORDED, ["veil", "beard"])
    answer(draft, "A1", 2, evidence_note="cadar")
    assert (check().answer, check().words) == (WordAnswer.ASKED, ["veil"])


def test_an_explanation_of_a_few_letters_does_not_answer(draft, cast):
    answer(draft, "A1", 2, evidence_note="cadar")
    workflow.about_violence(draft, by=cast.worker, place="A1", explanation="ya")
    assert (check().answer, check().explanation) == (WordAnswer.ASKED, "ya")


def test_what_was_not_asked_about_is_not_answered(draft, cast):
    workflow.about_violence(draft, by=cast.worker, place="A1", explanation="Ia memukul istrinya.")
    assert not WordCheck.objects.exists()


@pytest.mark.parametrize("who", ["neighbour", "supervisor", "other_agency", "auditor"])
def test_only_the_rater_answers(draft, cast, who):
    answer(draft, "A1", 2, evidence_note="cadar")
    with pytest.raises(PermissionDenied):
        workflow.about_violence(draft, by=getattr(cast, who), place="A1", explanation="Ia memukul istrinya.")


def test_it_is_locked_with_its_assessment(draft, cast):
    fill(draft, A1=0)
    answer(draft, "A1", 0, evidence_note="cadar")
    hand_in(judged(draft))
    with pytest.raises(DatabaseError, match="locked"), transaction.atomic():
        WordCheck.objects.update(answer=WordAnswer.REWORDED)


def test_narratives_reasons_and_override_are_looked_at_but_not_the_participants_own_words(draft, cast):
    fill(draft)
    texts = {"formulasi": "Ia salafi.", "pendapat_peserta": "Saya orang Jawa."}
    workflow.save_narratives(draft, by=cast.worker, texts=texts)
    workflow.judge_first(draft, by=cast.worker, band="hijau", reason="Ia berjenggot.")
    draft.refresh_from_db()
    hand_in(draft, "kuning", f"{REASON} Ia bercadar.")
    assert set(WordCheck.objects.values_list("place", flat=True)) == {"formulasi", FIRST_REASON, OVERRIDE_REASON}


# ---- pages ----------------------------------------------------------------------------------------------------------


def url(name, draft, **kwargs):
    return reverse(f"assessments:{name}", kwargs={"code": draft.code, **kwargs})


def save(worker, draft, note, **more):
    data = {"item": "A1", "A1-value": "2", "A1-note": note, "A1-sources": ["wawancara"], "A1-confidence": "sedang"}
    return worker.post(url("answer-save", draft), data | more, **HTMX)


def test_autosave_saves_and_asks_once_beside_the_field(worker, draft):
    html = save(worker, draft, "Istrinya bercadar.").content.decode()
    assert 'id="A1-words-block"' in html
    assert "Apakah ini tentang kekerasan?" in html
    assert "“bercadar”" in html
    assert draft.ratings.get().evidence_note == "Istrinya bercadar."
    again = save(worker, draft, "Istrinya bercadar kini.", **{"A1-asked": "veil", "A1-words": ""}).content.decode()
    assert "A1-words-block" not in again  # what is being typed there is not drawn anew
    gone = save(worker, draft, "Ia memukul.", **{"A1-asked": "veil", "A1-words": ""}).content.decode()
    assert 'id="A1-words-block"' in gone
    assert "Apakah ini" not in gone
    assert check().answer == WordAnswer.REWORDED


def test_the_answer_is_kept_with_its_words_and_shown_again(worker, draft):
    save(worker, draft, "cadar")
    explanation = "Memaksa dengan pukulan & <b>ancaman</b>"
    save(worker, draft, "cadar", **{"A1-asked": "veil", "A1-words": explanation})
    assert check().explanation == explanation
    html = worker.get(url("domain", draft, domain="A")).content.decode()
    assert "Memaksa dengan pukulan &amp; &lt;b&gt;ancaman&lt;/b&gt;" in html


def test_too_long_an_answer_is_refused_beside_its_field_and_not_lost(worker, draft):
    save(worker, draft, "cadar")
    html = save(worker, draft, "cadar", **{"A1-asked": "veil", "A1-words": "a" * 10_000}).content.decode()
    assert "Paling banyak 1000 huruf" in html or "Paling banyak 1.000 huruf" in html
    assert check().explanation == ""


def domain_form(draft, **more):
    data = {"then": "next"}
    for item in draft.definition.domains[0].items:
        data |= {f"{item.code}-value": "0", f"{item.code}-confidence": "sedang", f"{item.code}-sources": ["wawancara"]}
    return data | more


def test_without_a_script_the_page_asks_once_and_then_lets_go_on(worker, draft):
    address = url("domain", draft, domain="A")
    first = worker.post(address, domain_form(draft, **{"A1-note": "Ia berjenggot."}))
    assert first.status_code == 422
    html = first.content.decode()
    assert "Apakah ini tentang kekerasan?" in html
    assert "Ia berjenggot." in html
    assert draft.ratings.get(item="A1").evidence_note == "Ia berjenggot."
    stamps = {f"{r.item}-seen": r.stamp for r in draft.ratings.all()}
    again = domain_form(draft, **{"A1-note": "Ia berjenggot.", "A1-asked": "beard", "A1-words": ""}, **stamps)
    assert worker.post(address, again).status_code == 302


def test_leaving_is_always_possible(worker, draft):
    left = worker.post(
        url("domain", draft, domain="A"), domain_form(draft, **{"A1-note": "Ia berjenggot.", "then": "exit"})
    )
    assert left.status_code == 302


def test_the_form_names_at_its_foot_what_is_never_rated(worker, draft):
    html = worker.get(url("domain", draft, domain="A")).content.decode()
    assert 'id="never"' in html


def test_narratives_are_asked_about_and_saved(worker, draft):
    page = worker.post(url("narratives", draft), {"rekomendasi": "Jauhkan dari kelompok salafi.", "then": "next"})
    assert page.status_code == 422
    assert "Apakah ini tentang kekerasan?" in page.content.decode()
    draft.refresh_from_db()
    assert draft.narratives["rekomendasi"] == "Jauhkan dari kelompok salafi."
    on = worker.post(
        url("narratives", draft),
        {"rekomendasi": "Jauhkan dari kelompok salafi.", "rekomendasi-asked": "school", "then": "next"},
    )
    assert on.status_code == 302


def test_the_first_reason_is_asked_about_before_it_is_locked(worker, draft):
    fill(draft)
    data = {"band": "hijau", "reason": "Ia berjenggot.", "formulasi": "Tenang."}
    page = worker.post(url("first", draft), data)
    draft.refresh_from_db()
    assert page.status_code == 422
    assert draft.first_band == ""
    assert "Ia berjenggot." in page.content.decode()
    assert worker.post(url("first", draft), data | {"first_reason-asked": "beard"}).status_code == 302
    draft.refresh_from_db()
    assert draft.first_reason == "Ia berjenggot."


def test_a_reworded_first_reason_counts_as_reworded(worker, draft):
    fill(draft)
    data = {"band": "hijau", "reason": "Ia berjenggot.", "formulasi": "Tenang."}
    worker.post(url("first", draft), data)
    worker.post(url("first", draft), data | {"reason": "Ia tenang.", "first_reason-asked": "beard"})
    assert check(FIRST_REASON).answer == WordAnswer.REWORDED


def test_an_override_is_asked_about_once_and_then_goes_to_the_supervisor(worker, draft):
    judged(fill(draft))
    draft.refresh_from_db()
    data = {
        "version": draft.version,
        "final_band": "kuning",
        "override_reason": f"{REASON} Ia bercadar.",
        "then": "submit",
    }
    page = worker.post(url("guidance", draft), data)
    assert page.status_code == 422
    assert "Apakah ini tentang kekerasan?" in page.content.decode()
    assert REASON in page.content.decode()
    told = data | {"override_reason-asked": "veil", "override_reason-words": "Ia memaksanya dengan pukulan."}
    assert worker.post(url("guidance", draft), told).status_code == 302
    assert check(OVERRIDE_REASON).answer == WordAnswer.VIOLENCE


def test_whoever_reads_the_assessment_sees_question_and_answer(client, cast, draft):
    fill(draft)
    answer(draft, "A1", 0, evidence_note="Ia bercadar.")
    workflow.about_violence(draft, by=cast.worker, place="A1", explanation="Memaksa dengan pukulan.")
    done = hand_in(judged(draft))
    client.force_login(cast.supervisor)
    html = client.get(url("review", done)).content.decode()
    assert "Memaksa dengan pukulan." in html

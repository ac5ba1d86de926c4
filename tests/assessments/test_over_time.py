"""History and change: what is compared, what never is, and when a rating leaves the summaries (ET-2, ET-18)."""

import datetime as dt
import re
from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from assessments.catalogue import NOT_APPLICABLE, UNKNOWN, Text
from assessments.models import Assessment
from assessments.over_time import Move, Reading, domains_of, move, moves
from assessments.views.course import band_course
from tests.assessments.answers import KRK, PKA, PRK_D, calm, ready, thriving
from tests.assessments.filling import (
    begin,
    child_case,
    family_case,
    finalised,
    lapse,
)
from tests.factories import say_why

HTMX = {"HTTP_HX_REQUEST": "true"}


def adult(**changes):
    return Reading(PRK_D, "lengkap", None, calm(**changes))


# ---- what became of an item -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        (1, 3, Move.ROSE),
        (3, 1, Move.FELL),
        (2, 2, Move.SAME),
        (UNKNOWN, 0, Move.KNOWN),
        (0, UNKNOWN, Move.UNKNOWN),
        (UNKNOWN, UNKNOWN, Move.SAME),
        (NOT_APPLICABLE, 2, Move.APPLIES),
        (UNKNOWN, NOT_APPLICABLE, Move.APPLIES),
    ],
)
def test_a_concern_rises_falls_becomes_known_or_unknown(was, now, expected):
    assert move("A1", adult(A1=was), adult(A1=now)) is expected


def test_protection_grows_and_weakens_the_other_way_round():
    assert move("G1", adult(G1=1), adult(G1=3)) is Move.STRONGER
    assert move("G1", adult(G1=3), adult(G1=1)) is Move.WEAKER
    child = [Reading(PKA, None, 10, thriving(A1=value)) for value in (1, 3)]
    assert move("A1", *child) is Move.STRONGER


def test_a_choice_without_an_order_only_changes():
    family = [Reading(KRK, None, None, ready(B1=value)) for value in ("yes", "no")]
    assert move("B1", *family) is Move.OTHER


def test_what_was_asked_once_is_not_compared():
    without = {code: value for code, value in calm().items() if code != "A1"}
    assert move("A1", Reading(PRK_D, "lengkap", None, without), adult()) is Move.NOT_COMPARED
    needs = Reading(PRK_D, "kebutuhan_saja", None, calm())
    assert move("A1", needs, adult()) is Move.NOT_COMPARED
    assert move("A1", needs, needs) is Move.NONE
    assert move("D1", needs, adult(D1=2)) is Move.ROSE


def version(number, code="A1", **item_changes):
    """PRK-D with one item worded or scaled otherwise."""
    domains = tuple(
        replace(d, items=tuple(replace(i, **item_changes) if i.code == code else i for i in d.items))
        for d in PRK_D.domains
    )
    return replace(PRK_D, version=number, domains=domains)


def test_another_question_or_scale_under_the_same_code_is_not_compared():
    reworded = Reading(version("9.9", text=Text("Lain", "Other")), "lengkap", None, calm(A1=3))
    assert move("A1", adult(), reworded) is Move.NOT_COMPARED
    assert move("A2", adult(), reworded) is Move.SAME
    rescaled = Reading(version("9.9", scale=PRK_D.items["G1"].scale), "lengkap", None, calm(A1=3))
    assert move("A1", adult(), rescaled) is Move.NOT_COMPARED


@given(st.dictionaries(st.sampled_from(sorted(PRK_D.items)), st.sampled_from([0, 1, 2, 3, UNKNOWN, NOT_APPLICABLE])))
def test_every_item_has_exactly_one_place_and_the_way_back_is_the_mirror(changes):
    then, now = adult(), adult(**changes)
    there, back = moves(then, now), moves(now, then)
    assert sorted(code for codes in there.values() for code in codes) == sorted(PRK_D.items)
    mirror = {Move.ROSE: Move.FELL, Move.STRONGER: Move.WEAKER, Move.KNOWN: Move.UNKNOWN, Move.SAME: Move.SAME}
    for kind, other in mirror.items():
        assert there.get(kind, []) == back.get(other, [])


def test_domains_take_the_words_of_the_newest_version():
    newest = Reading(version("9.9", text=Text("Lain", "Other")), "lengkap", None, calm())
    assert domains_of([newest, adult()])["A"][1]["A1"].text.id == "Lain"


# ---- pages ----------------------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


def text(response):
    html = response.content.decode()
    main = html[html.find("<main") : html.find("</main>")] or html
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def aged(assessment, days):
    """As if it had been made final so many days ago."""
    assessment.finalised_at = timezone.now() - dt.timedelta(days=days)
    assessment.save(update_fields=["finalised_at"])
    return assessment


@pytest.fixture
def two(case, cast):
    """Two finals: a year ago A1 was 2, G1 3 and D1 unknown; now A1 is 0, G1 2 and D1 1."""
    first = aged(finalised(case, cast.worker, cast.supervisor, A1=2, G1=3, D1="unknown"), 365)
    return first, finalised(case, cast.worker, cast.supervisor, A1=0, G1=2, D1=1)


def page(name, case, instrument="PRK-D"):
    return reverse(f"assessments:{name}", args=[case.code, instrument])


def test_history_shows_every_date_with_values_in_words(worker, case, two):
    found = worker.get(page("history", case))
    told = text(found)
    assert "Belum diketahui" in told
    assert "kini diketahui" in told
    assert "melemah" in told
    assert found.content.decode().count('role="columnheader">') > 10
    assert "jumlah" in told  # says that there is none
    assert worker.get(page("history", case, "PKA")).status_code == 200


def test_history_of_an_unknown_instrument_is_not_found(worker, case):
    assert worker.get(page("history", case, "XYZ")).status_code == 404


@pytest.mark.parametrize("asked", ["abc", "-1", "99", "²", "9" * 30])
def test_any_page_number_answers(worker, case, two, asked):
    assert worker.get(page("history", case), {"page": asked}).status_code == 200


def test_only_who_sees_assessments_sees_their_history(client, cast, case, two):
    for who, status in ((cast.neighbour, 404), (cast.other_agency, 404), (cast.auditor, 404), (cast.analyst, 403)):
        client.force_login(who)
        for name in ("history", "changes"):
            assert client.get(page(name, case)).status_code == status, who


def test_a_supervisor_off_the_caseload_gives_a_reason_first(client, cast, case, two):
    client.force_login(cast.supervisor)
    assert client.get(page("history", case)).status_code == 302
    say_why(client, case)
    assert client.get(page("history", case)).status_code == 200


def test_changes_say_what_rose_fell_and_became_known(worker, case, two):
    told = text(worker.get(page("changes", case)))
    assert "Turun: lebih sedikit perhatian" in told
    assert "Melemah" in told
    assert "Menjadi diketahui" in told
    assert "Naik: lebih banyak" not in told


def test_the_order_of_the_two_dates_does_not_matter(worker, case, two):
    first, second = two
    swapped = text(worker.get(page("changes", case), {"before": second.code, "after": first.code}))
    assert "Turun: lebih sedikit perhatian" in swapped


@pytest.mark.parametrize("before", ["XXXX-XXXX", "'; drop table", ""])
def test_a_date_that_is_not_there_is_refused_beside_the_field(worker, case, two, before):
    answer = worker.get(page("changes", case), {"before": before, "after": two[1].code})
    assert answer.status_code == 422
    assert "is-invalid" in answer.content.decode()


def test_one_date_twice_is_refused(worker, case, two):
    same = worker.get(page("changes", case), {"before": two[0].code, "after": two[0].code})
    assert same.status_code == 422
    assert "Pilih dua tanggal yang berbeda" in text(same)


def test_one_judgement_has_no_changes(worker, case, cast):
    finalised(case, cast.worker, cast.supervisor)
    assert worker.get(page("changes", case)).url == page("history", case)
    assert worker.get(page("history", case)).status_code == 200


def test_drafts_and_cancelled_ones_stay_out(worker, case, two, cast):
    begin(case, cast.worker)
    assert text(worker.get(page("history", case))).count("Baca") == 0
    assert len(worker.get(page("history", case)).context["rows"]) == 2


def test_history_takes_the_same_queries_for_two_and_for_five(worker, case, cast, two, django_assert_max_num_queries):
    with django_assert_max_num_queries(20) as first:
        worker.get(page("history", case))
    for _n in range(3):
        finalised(case, cast.worker, cast.supervisor)
    with django_assert_max_num_queries(len(first)):
        worker.get(page("history", case))


# ---- the path, and when it leaves -----------------------------------------------------------------------------------


def summary(client, case):
    return client.get(reverse("assessments:summary-panel", args=[case.code]), **HTMX).content.decode()


def test_the_case_page_shows_the_path_with_its_table(worker, case, two):
    html = summary(worker, case)
    assert 'id="band-course-t"' in html
    assert "<caption" in html
    assert html.count("<svg xmlns") == 2


def test_one_judgement_is_no_path(worker, case, cast):
    finalised(case, cast.worker, cast.supervisor)
    assert "band-course" not in summary(worker, case)


@pytest.mark.parametrize(
    ("days_ago", "is_marked", "is_shown"), [(0, False, True), (1, True, True), (30, True, True), (31, True, False)]
)
def test_a_lapsed_rating_is_marked_and_after_thirty_days_gone(worker, case, two, days_ago, is_marked, is_shown):
    lapse(two[1], days_ago)
    html = summary(worker, case)
    assert ("band-course" in html) is is_shown
    assert ("Hijau" in html) is is_shown
    assert ("lewat sejak" in html) is (is_marked and is_shown)
    # History keeps it, marked.
    assert ("Lewat masa" in text(worker.get(page("history", case)))) is is_marked


def test_a_former_judgement_is_drawn_no_longer_than_it_was_shown(case, two):
    lapse(two[0], 200)
    stays = band_course(list(Assessment.objects.judged().filter(case=case).with_page_data()))
    assert stays is not None
    assert [row[1] for row in stays.rows] == ["Hijau", "Hijau"]


def test_nothing_is_drawn_for_a_child_nor_for_needs_alone(client, cast):
    child = child_case(cast.other_agency)
    for _n in range(2):
        finalised(child, cast.other_agency, cast.other_agency_supervisor, "PKA")
    client.force_login(cast.other_agency)
    html = summary(client, child) + client.get(page("history", child, "PKA")).content.decode()
    assert "band-course" not in html
    assert "t-band" not in html
    member = family_case(cast.worker)
    for _n in range(2):
        finalised(member, cast.worker, cast.supervisor)
    client.force_login(cast.worker)
    html = client.get(page("history", member)).content.decode()
    assert "band-course" not in html
    assert "t-band" not in html


def test_the_form_shows_the_former_answer_with_its_date_and_marks_another_one(worker, case, two, cast):
    draft = begin(case, cast.worker)
    html = worker.get(reverse("assessments:domain", args=[draft.code, "A"])).content.decode()
    card = html[html.index('id="A1"') : html.index('id="A2"')]
    assert "Jawaban sebelumnya" in card
    assert card.count("t-changed") == 5  # four values and non-ratings, all but the former 0
    assert "t-if-changed" in card

"""Quality and fairness: what is counted, what is hidden, and who may read it."""

import datetime as dt
import itertools
import random
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from assessments import workflow
from assessments.enums import Band, InstrumentCode, WordAnswer
from assessments.models import SecondRating
from cases.enums import Sex
from cases.models import CaseLeadPeriod
from reports import policies, quality
from reports.agreement import weighted_kappa
from reports.disclosure import Why
from reports.enums import Scope
from reports.indicators import Area
from reports.quality import Asked, Counted
from reports.quarters import Half
from tests.assessments.answers import PRK_D
from tests.assessments.filling import adult_case, hand_in, quick
from tests.assessments.filling import judged as judge_first
from tests.cast import Cast
from tests.factories import make_final_assessment

JAKARTA = ZoneInfo("Asia/Jakarta")
HALF = Half(2026, 1)
FIRST, SECOND = HALF.quarters
ADULT = InstrumentCode.ADULT


def judged(n, band=Band.GREEN, *, differ=0, sex="male", region="35.73", rater=1, quarter=FIRST):
    return {
        "quarter": str(quarter.number),
        "region": region,
        "rater": rater,
        "final_band": band,
        "sex": sex,
        "n": n,
        "differ": differ,
    }


def read(*rows, quarter=None, by_name=True, answered=(), words=(), paired=()):
    raters = {row["rater"]: f"Penilai {row['rater']}" for row in rows}
    regions = {"35": "Jawa Timur", "72": "Sulawesi Tengah"}
    counted = Counted(list(rows), list(answered), list(words), list(paired), regions, raters, PRK_D.items)
    return quality.reading(counted, Asked(Area(Scope.NATIONAL), ADULT, HALF, quarter, by_name=by_name))


# ---- halves ---------------------------------------------------------------------------------------------------------


def test_only_half_years_that_have_ended_are_offered():
    offered = quality.offered(dt.datetime(2026, 11, 28, 12, tzinfo=JAKARTA))
    assert [(half.year, half.number) for half in offered] == [(2026, 1), (2025, 2), (2025, 1), (2024, 2)]
    at_new_year = quality.offered(dt.datetime(2027, 1, 1, 0, 0, tzinfo=JAKARTA))
    assert offered[0] == at_new_year[1]
    assert at_new_year[0] == Half(2026, 2)
    assert Half(2026, 2).end == Half(2027, 1).start


# ---- what is shown --------------------------------------------------------------------------------------------------


def test_ten_are_shown_and_nine_are_not():
    assert read(judged(10)).n.value == 10
    assert read(judged(9)).n.why is Why.SMALL
    assert read().n.is_hidden


def test_a_rate_is_shown_where_its_number_is():
    found = read(judged(20, differ=3), judged(12, sex="female", differ=6))
    assert found.differs.value == 28
    assert {group.label: group.differs.value for group in found.by_sex} == {"Laki-laki": 15, "Perempuan": 50}


def test_a_small_group_takes_its_neighbour_along():
    """Twenty in all and eleven men would tell of nine women."""
    found = read(judged(11, differ=2), judged(9, sex="female", differ=1))
    assert found.n.value == 20
    assert all(group.n.is_hidden and group.differs.is_hidden for group in found.by_sex)


def test_raters_stand_in_the_order_of_their_names_and_only_where_asked_for():
    rows = [judged(20, differ=9, rater=3), judged(40, differ=1, rater=1), judged(10, differ=4, rater=2)]
    assert [group.label for group in read(*rows).by_rater] == ["Penilai 1", "Penilai 2", "Penilai 3"]
    assert read(*rows, by_name=False).by_rater == []


def test_the_spread_tells_no_name_and_needs_three_raters():
    rows = [judged(20, differ=10, rater=3), judged(40, differ=2, rater=1), judged(10, differ=3, rater=2)]
    assert read(*rows).spread == (3, 5, 50)
    assert read(*rows, judged(9, differ=9, rater=4)).spread == (3, 5, 50)
    assert read(*rows[:2]).spread is None


def test_a_region_that_is_not_known_comes_last():
    found = read(judged(20, region=None), judged(30, region="72.71"), judged(10))
    assert [group.label for group in found.by_region] == ["Jawa Timur", "Sulawesi Tengah", ""]


def test_a_quarter_hides_what_the_other_quarter_hides():
    """Half-year less one quarter is the other: nine in the second hide the thirty of the first."""
    rows = [judged(30), judged(9, quarter=SECOND)]
    assert read(*rows).n.value == 39
    assert read(*rows, quarter=FIRST).n.is_hidden
    assert read(*rows, quarter=SECOND).n.is_hidden
    both = [judged(30), judged(10, quarter=SECOND)]
    assert read(*both, quarter=FIRST).n.value == 30


def test_unknown_answers_by_item_and_in_all():
    answered = [
        {"quarter": "1", "item": "A1", "n": 20, "unknown": 5},
        {"quarter": "1", "item": "A2", "n": 9, "unknown": 9},
        {"quarter": "2", "item": "A1", "n": 20, "unknown": 1},
    ]
    found = read(judged(40), answered=answered)
    assert found.unknown.value == 31  # 15 of 49
    assert [(item, n.value, share.value) for item, n, share in found.unknown_items] == [
        ("A1", 40, 15),
        ("A2", None, None),
    ]


def test_words_are_counted_by_their_answer():
    words = [{"quarter": "1", "answer": a, "n": n} for a, n in ((WordAnswer.VIOLENCE, 30), (WordAnswer.REWORDED, 20))]
    found = read(judged(60), words=words)
    assert found.words["all"].value == 50
    assert found.words[WordAnswer.ASKED].is_hidden  # none, which is fewer than ten


def pair(n, one, other, item="", quarter=FIRST):
    return {"quarter": str(quarter.number), "item": item, "one": str(one), "other": str(other), "n": n}


def test_agreement_is_told_of_ten_pairs_or_more():
    paired = [pair(8, "hijau", "hijau"), pair(2, "hijau", "kuning"), pair(1, "merah", "kuning")]
    [judgement] = read(judged(40), paired=paired).agreement
    assert (judgement.pairs.value, judgement.same.value) == (11, 73)
    elements = [("hijau", "hijau")] * 8 + [("hijau", "kuning")] * 2 + [("merah", "kuning")]
    assert judgement.kappa == weighted_kappa(elements, ["hijau", "kuning", "merah"])
    [few] = read(judged(40), paired=paired[:1]).agreement
    assert (few.pairs.is_hidden, few.same.is_hidden, few.kappa) == (True, True, None)


def test_agreement_on_items_leaves_what_is_not_known_out_of_kappa():
    paired = [pair(9, 1, 1, "A1"), pair(5, "unknown", 2, "A1")]
    _judgement, item = read(judged(40), paired=paired).agreement
    assert (item.item, item.pairs.value, item.same.value) == ("A1", 14, 64)
    assert item.on_scale.is_hidden
    assert item.kappa is None


def test_agreement_of_a_quarter_hides_with_the_other_quarter():
    paired = [pair(20, "hijau", "hijau"), pair(3, "hijau", "hijau", quarter=SECOND)]
    [judgement] = read(judged(40), paired=paired, quarter=FIRST).agreement
    assert judgement.pairs.is_hidden


def cells(found):
    """Everything of a page that is a number, by its place."""
    shown = {"n": found.n} | {("band", place): cell for place, cell in enumerate(found.bands)}
    for name, groups in (("sex", found.by_sex), ("region", found.by_region), ("rater", found.by_rater)):
        for group in groups:
            shown[name, group.label] = group.n
            shown |= {(name, group.label, place): cell for place, cell in enumerate(group.bands)}
    return shown


@pytest.mark.parametrize("seed", range(40))
def test_no_small_number_can_be_taken_off_a_larger_one(seed):
    """Of every sum on the half-year's page and its two quarters': never is one part alone hidden."""
    dice = random.Random(seed)
    rows = [
        judged(dice.choice([1, 2, 5, 9, 11, 14, 30]), band, sex=sex, region=region, rater=rater, quarter=quarter)
        for band, sex, region, rater, quarter in itertools.product(
            quality.BANDS[ADULT], ("male", "female"), ("35.73", "72.71"), (1, 2), HALF.quarters
        )
        if dice.random() < 0.5
    ]
    if not rows:
        return
    whole, first, second = (cells(read(*rows, quarter=quarter)) for quarter in (None, FIRST, SECOND))
    for key, cell in first.items():
        assert cell.is_hidden == second[key].is_hidden
        if whole[key].is_hidden:
            assert cell.is_hidden
    for page in (whole, first, second):
        for name, labels in (("sex", list(Sex.labels)), ("region", ["Jawa Timur", "Sulawesi Tengah"])):
            parts = [page[name, str(label)] for label in labels if (name, str(label)) in page]
            if not page["n"].is_hidden and len(parts) > 1:
                assert sum(part.is_hidden for part in parts) != 1
            for place in range(len(quality.BANDS[ADULT])):
                column = [page[name, str(label), place] for label in labels if (name, str(label), place) in page]
                if not page["band", place].is_hidden and len(column) > 1:
                    assert sum(part.is_hidden for part in column) != 1
        assert all(cell.value is None or cell.value >= 10 for cell in page.values())


# ---- who reads it ---------------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


def test_everybody_sees_the_area_that_they_watch_over(cast: Cast):
    assert policies.quality_area(cast.supervisor) == Area(Scope.UNIT, unit=cast.supervisor.unit)
    assert policies.quality_area(cast.head_office) == Area(Scope.AGENCY, agency=cast.head_office.unit.agency)
    assert policies.quality_area(cast.auditor) == Area(Scope.NATIONAL)
    for name in ("worker", "admin", "analyst", "dpo", "cso", "system"):
        assert policies.quality_area(getattr(cast, name)) is None
        with pytest.raises(PermissionDenied):
            policies.quality_for(getattr(cast, name), instrument=ADULT, half=HALF)


def test_one_who_was_deactivated_sees_nothing(cast: Cast):
    cast.supervisor.is_active = False
    assert policies.quality_area(cast.supervisor) is None


@pytest.fixture
def full(cast: Cast):
    """Fourteen finals of the worker's unit in the first half of 2026, and one of another unit."""
    since, at = (dt.datetime(2026, month, 5, 9, tzinfo=JAKARTA) for month in (1, 3))
    for number in range(15):
        case = adult_case(cast.worker if number < 14 else cast.other_unit)
        CaseLeadPeriod.objects.filter(case=case).update(started_at=since)
        make_final_assessment(case, approver=cast.supervisor, finalised_at=at)
    return cast


@pytest.mark.parametrize(
    ("who", "n"), [("supervisor", 14), ("head_office", 15), ("auditor", 15), ("other_unit_supervisor", None)]
)
def test_each_reads_the_figures_of_the_own_area(client, full, who, n):
    found = policies.quality_for(getattr(full, who), instrument=ADULT, half=HALF)
    assert found.n.value == n


def page(client, user, **asked):
    client.force_login(user)
    return client.get(reverse("reports:quality"), asked)


def test_the_page_names_raters_to_their_supervisor_alone(client, full):
    asked = {"period": "2026-s1", "instrument": "PRK-D"}
    own = page(client, full.supervisor, **asked).content.decode()
    main = own[own.index("<main") :]
    assert full.worker.full_name in main
    for who in (full.head_office, full.auditor):
        html = page(client, who, **asked).content.decode()
        assert full.worker.full_name not in html[html.index("<main") :]


def test_the_page_has_a_fixed_number_of_queries(client, full, django_assert_max_num_queries):
    """Whatever is counted: three grouped ones, and the names of regions and raters."""
    for user in (full.auditor, full.supervisor):
        page(client, user)
        for period in ("2025-s1", "2026-s1", "2026-q1"):
            with django_assert_max_num_queries(28):
                page(client, user, period=period)


@pytest.mark.parametrize("asked", [{"period": "2026-s9"}, {"instrument": "XYZ"}, {"period": "'; drop table"}])
def test_a_choice_that_is_not_there_is_refused_beside_its_field(client, cast, asked):
    answer = page(client, cast.auditor, **asked)
    assert answer.status_code == 422
    assert "is-invalid" in answer.content.decode()


def test_an_empty_page_says_why(client, cast):
    assert "kurang dari 10" in page(client, cast.supervisor).content.decode()


def test_pairs_are_those_that_two_people_rated_without_seeing_each_other(cast):
    first = make_final_assessment(adult_case(cast.worker), approver=cast.supervisor, answers={"D1": 2})
    asked = workflow.contest(first, by=cast.worker, reason="Saya tidak setuju.", received_on=timezone.localdate())
    asked = workflow.name_rater(asked, by=cast.supervisor, version=asked.version, rater=cast.neighbour)
    second = quick(workflow.start_second(asked, by=cast.neighbour))
    since = dt.datetime(2026, 1, 5, 9, tzinfo=JAKARTA)
    CaseLeadPeriod.objects.filter(case=first.case).update(started_at=since)
    for is_handed_in in (False, True):
        if is_handed_in:
            hand_in(judge_first(second))
            SecondRating.objects.filter(pk=asked.pk).update(revealed_at=since + dt.timedelta(days=30))
        unit = Area(Scope.UNIT, unit=cast.supervisor.unit)
        found = quality.count(Asked(unit, ADULT, HALF))
        pairs = {row["item"]: (row["one"], row["other"], row["n"]) for row in found.paired}
        assert len(pairs) == (30 if is_handed_in else 0)
        elsewhere = Area(Scope.UNIT, unit=cast.other_unit.unit)
        assert quality.count(Asked(elsewhere, ADULT, HALF)).paired == []
    assert pairs[""] == ("hijau", "hijau", 1)
    assert pairs["D1"] == ("2", "0", 1)

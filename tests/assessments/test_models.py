"""What the database itself refuses, behind the workflow's back."""

import datetime as dt

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone

from assessments import workflow
from assessments.enums import COLOURS, AssessmentStatus
from assessments.models import Assessment, InstrumentVersion, ItemRating
from cases.enums import DatePrecision
from cases.models import Participant
from tests.assessments.filling import (
    REASON,
    adult_case,
    answer,
    begin,
    child_case,
    family_case,
    fill,
    finalised,
    judged,
    submitted,
)
from tests.factories import make_case

S = AssessmentStatus

pytestmark = pytest.mark.django_db


def refused(error, assessment, **fields):
    with pytest.raises(error), transaction.atomic():
        Assessment.objects.filter(pk=assessment.pk).update(**fields)


# ---- locked ---------------------------------------------------------------------------------------------------------

CONTENT = {
    "narratives": {"formulasi": "Lain."},
    "first_band": "merah",
    "first_reason": "Lain.",
    "guidance_band": "merah",
    "guidance_fired": ["A1"],
    "guidance_provisional": True,
    "support_level": "tinggi",
    "final_band": "merah",
    "override_reason": "x" * 90,
    "mode": "kebutuhan_saja",
    "reason": "kejadian",
    "started_at": timezone.now() - dt.timedelta(days=9),
}


@pytest.mark.parametrize("status", [S.SUBMITTED, S.RETURNED, S.FINAL, S.SUPERSEDED, S.CANCELLED])
def test_nothing_that_was_submitted_changes_in_any_status_but_draft(case, cast, status):
    done = submitted(case, cast.worker)
    if status == S.RETURNED:
        workflow.return_for_changes(done, by=cast.supervisor, comment="Lengkapi.")
    elif status == S.CANCELLED:
        workflow.cancel(done, by=cast.supervisor, reason="Salah peserta.")
    elif status != S.SUBMITTED:
        workflow.finalise(done, by=cast.supervisor)
    if status == S.SUPERSEDED:
        finalised(case, cast.worker, cast.supervisor)
    done.refresh_from_db()
    assert done.status == status
    for name, value in CONTENT.items():
        refused(InternalError, done, **{name: value})
    for name, value in (("rater", cast.neighbour), ("case", adult_case(cast.worker))):
        refused(InternalError, done, **{name: value})


def test_answers_of_a_submitted_assessment_can_be_neither_added_nor_changed_nor_removed(case, cast):
    done = submitted(case, cast.worker)
    rating = done.ratings.first()
    for attempt in (
        lambda: ItemRating.objects.filter(pk=rating.pk).update(value="3"),
        lambda: ItemRating.objects.filter(pk=rating.pk).delete(),
        lambda: ItemRating.objects.create(assessment=done, item="Z1", value="1"),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            attempt()


def test_an_answer_cannot_be_moved_out_of_a_submitted_assessment(case, cast):
    done = submitted(case, cast.worker)
    other = begin(adult_case(cast.worker), cast.worker)
    with pytest.raises(InternalError), transaction.atomic():
        ItemRating.objects.filter(assessment=done, item="A1").update(assessment=other)


def test_a_final_assessment_does_not_become_a_draft_again(case, cast):
    refused(InternalError, finalised(case, cast.worker, cast.supervisor), status=S.DRAFT)
    refused(InternalError, submitted(adult_case(cast.worker), cast.worker), status=S.DRAFT)


def test_a_returned_assessment_does_not_change_in_the_same_breath_as_it_becomes_a_draft(case, cast):
    done = submitted(case, cast.worker)
    workflow.return_for_changes(done, by=cast.supervisor, comment="Lengkapi.")
    refused(InternalError, done, status=S.DRAFT, final_band="merah")


def test_the_first_judgement_stays_even_in_a_draft(case, cast):
    draft = judged(fill(begin(case, cast.worker)), "kuning")
    for fields in ({"first_band": "hijau"}, {"first_band": ""}, {"first_reason": "Lain."}):
        refused(InternalError, draft, **fields)


def test_every_change_leaves_a_line_of_history(case, cast):
    draft = begin(case, cast.worker)
    answer(draft, "A1", 1)
    answer(draft, "A1", 2)
    assert list(
        ItemRating.pgh_event_model.objects.filter(item="A1").order_by("pgh_id").values_list("value", flat=True)
    ) == [
        "1",
        "2",
    ]


# ---- judgements -----------------------------------------------------------------------------------------------------


def test_nothing_is_submitted_without_its_judgements(case, cast):
    draft = judged(fill(begin(case, cast.worker)))
    refused(IntegrityError, draft, status=S.SUBMITTED, submitted_at=timezone.now())
    refused(IntegrityError, draft, status=S.SUBMITTED, guidance_band="hijau", final_band="hijau")


def test_a_difference_without_its_reason_is_refused(case, cast):
    draft = judged(fill(begin(case, cast.worker)))
    fields = {"status": S.AWAITING_APPROVAL, "submitted_at": timezone.now(), "guidance_band": "hijau"}
    refused(IntegrityError, draft, final_band="kuning", override_reason="", **fields)
    refused(IntegrityError, draft, final_band="kuning", override_reason=f"pendek{' ' * 100}", **fields)
    Assessment.objects.filter(pk=draft.pk).update(final_band="kuning", override_reason=REASON, **fields)


def test_the_rater_is_never_the_approver(case, cast):
    refused(IntegrityError, submitted(case, cast.worker), approved_by=cast.worker)


def test_final_needs_an_approver_and_its_dates(case, cast):
    done = submitted(case, cast.worker)
    refused(IntegrityError, done, status=S.FINAL)
    refused(IntegrityError, done, status=S.FINAL, approved_by=cast.supervisor, finalised_at=timezone.now())


@pytest.mark.parametrize("field", ["first_band", "guidance_band", "final_band"])
def test_needs_alone_have_no_band(cast, field):
    refused(IntegrityError, begin(family_case(cast.worker), cast.worker), **{field: "hijau"})


# ---- children -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["first_band", "guidance_band", "final_band"])
@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("instrument", ["PKA", "KRK"])
def test_no_colour_for_a_child(cast, field, colour, instrument):
    draft = begin(child_case(cast.other_agency), cast.other_agency, instrument)
    refused(IntegrityError, draft, **{field: colour})


def test_the_family_of_an_adult_gets_no_colour_either(case, cast):
    refused(IntegrityError, begin(case, cast.worker, "KRK"), final_band="hijau")


def version(code):
    return InstrumentVersion.objects.get(instrument=code)


def test_a_child_is_never_rated_with_the_adult_instrument_whatever_the_caller_says(cast):
    case = child_case(cast.other_agency)
    with pytest.raises(IntegrityError), transaction.atomic():
        Assessment.objects.create(
            case=case,
            instrument_version=version("PRK-D"),
            instrument="PKA",
            for_child=False,
            reason="awal",
            rater=cast.other_agency,
        )


def test_an_adult_is_never_rated_with_the_childrens_instrument(case, cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Assessment.objects.create(
            case=case, instrument_version=version("PKA"), for_child=True, reason="awal", rater=cast.worker
        )


def test_who_is_a_child_cannot_be_said_otherwise_later(cast):
    draft = begin(child_case(cast.other_agency), cast.other_agency, "PKA")
    Assessment.objects.filter(pk=draft.pk).update(instrument="KRK")
    draft.refresh_from_db()
    assert (draft.instrument, draft.for_child) == ("PKA", True)


def test_turning_eighteen_converts_nothing(cast):
    case = child_case(cast.other_agency)
    done = finalised(case, cast.other_agency, cast.other_agency_supervisor, "PKA")
    Participant.objects.filter(pk=case.participant_id).update(birth_date=dt.date(1990, 1, 1))
    done.participant_view = "Saya setuju."
    done.save()
    done.refresh_from_db()
    assert (done.for_child, done.instrument) == (True, "PKA")


BIRTHDAYS = [dt.date(2008, 2, 29), dt.date(2008, 3, 1), dt.date(2008, 12, 31), dt.date(2007, 1, 1), None]
DAYS = [dt.date(2025, 12, 31), dt.date(2026, 1, 1), dt.date(2026, 2, 28), dt.date(2026, 3, 1), dt.date(2026, 12, 31)]


@pytest.mark.parametrize("precision", list(DatePrecision))
@pytest.mark.parametrize("born", BIRTHDAYS)
def test_the_database_counts_a_childs_age_as_the_program_does(cast, born, precision):
    case = make_case(
        cast.worker,
        person={"full_name": "Bagus Prakoso", "sex": "male", "birth_date": born, "birth_date_precision": precision},
    )
    draft = begin(case, cast.worker, "KRK")
    for day in DAYS:
        moment = dt.datetime.combine(day, dt.time(12), tzinfo=timezone.get_default_timezone())
        Assessment.objects.filter(pk=draft.pk).update(started_at=moment)
        draft.refresh_from_db()
        assert draft.for_child == case.participant.is_child_on(day), day


# ---- one at a time --------------------------------------------------------------------------------------------------


def test_one_assessment_is_in_progress_per_instrument(case, cast):
    draft = begin(case, cast.worker)
    with pytest.raises(IntegrityError), transaction.atomic():
        Assessment.objects.create(
            case=case, instrument_version=draft.instrument_version, reason="awal", rater=cast.worker
        )


def test_valid_on_a_day_is_what_was_final_and_had_not_lapsed(case, cast):
    done = finalised(case, cast.worker, cast.supervisor)
    today = timezone.localdate()
    assert list(Assessment.objects.valid_on(today)) == [done]
    assert not Assessment.objects.valid_on(today - dt.timedelta(days=1)).exists()
    assert not Assessment.objects.valid_on(done.next_due + dt.timedelta(days=1)).exists()

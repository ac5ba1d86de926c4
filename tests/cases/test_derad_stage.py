"""Another stage of deradicalisation needs a ground (I-12): a final assessment that holds, a hearing, a conference."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.enums import InstrumentCode
from cases import workflow
from cases.enums import DeradStage
from cases.enums.sharing import ConferenceKind
from cases.models import CaseConference, CaseFile
from core.workflow import FieldError
from tests.assessments.filling import lapse
from tests.cast import Cast
from tests.factories import make_case, make_final_assessment

REHABILITATION = DeradStage.REHABILITATION
BEFORE = dt.timedelta(days=40)


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    opened_at = timezone.now() - dt.timedelta(days=30)
    return make_case(cast.worker, opened_at=opened_at, derad_stage=DeradStage.IDENTIFICATION)


def discussed(case: CaseFile, cast: Cast, kind: ConferenceKind, ago: dt.timedelta) -> None:
    CaseConference.objects.create(
        case=case, kind=kind, held_at=timezone.now() - ago, title="Tahap berikutnya", called_by=cast.supervisor
    )


def moved(case: CaseFile, cast: Cast, stage: DeradStage = REHABILITATION) -> str:
    return workflow.move_on(case, by=cast.worker, derad_stage=stage).derad_stage


def test_without_a_ground_it_stays_and_so_does_the_case(case: CaseFile, cast: Cast) -> None:
    before = case.status
    with pytest.raises(FieldError, match="penilaian final"):
        moved(case, cast)
    case.refresh_from_db()
    assert (case.status, case.derad_stage) == (before, DeradStage.IDENTIFICATION)


def test_a_final_assessment_is_a_ground_while_it_holds(case: CaseFile, cast: Cast) -> None:
    final = make_final_assessment(case, approver=cast.supervisor)
    lapse(final, 1)
    with pytest.raises(FieldError):
        moved(case, cast)
    lapse(final, 0)
    assert moved(case, cast) == REHABILITATION


def test_the_assessment_of_a_family_is_none(case: CaseFile, cast: Cast) -> None:
    make_final_assessment(case, approver=cast.supervisor, instrument=InstrumentCode.FAMILY)
    with pytest.raises(FieldError):
        moved(case, cast)


@pytest.mark.parametrize("kind", [ConferenceKind.TPP_HEARING, ConferenceKind.CASE_DISCUSSION])
def test_a_decision_since_the_stage_began_is_a_ground(case: CaseFile, cast: Cast, kind: ConferenceKind) -> None:
    discussed(case, cast, kind, BEFORE)
    with pytest.raises(FieldError):
        moved(case, cast)
    discussed(case, cast, kind, dt.timedelta(hours=3))
    assert moved(case, cast) == REHABILITATION
    with pytest.raises(FieldError):  # the next stage needs a decision of its own
        moved(case, cast, DeradStage.REEDUCATION)


@pytest.mark.parametrize("kind", [ConferenceKind.HANDOVER, ConferenceKind.EMERGENCY])
def test_a_meeting_about_something_else_is_none(case: CaseFile, cast: Cast, kind: ConferenceKind) -> None:
    discussed(case, cast, kind, dt.timedelta(hours=3))
    with pytest.raises(FieldError):
        moved(case, cast)


def test_to_stay_in_a_stage_needs_none(case: CaseFile, cast: Cast) -> None:
    assert moved(case, cast, DeradStage.IDENTIFICATION) == DeradStage.IDENTIFICATION
    assert workflow.move_on(case, by=cast.worker).derad_stage == DeradStage.IDENTIFICATION


def test_the_page_says_it_beside_the_field_and_keeps_the_choice(case: CaseFile, cast: Cast, client: Client) -> None:
    client.force_login(cast.worker)
    sent = {"since": case.status, "derad_stage": REHABILITATION}
    answer = client.post(reverse("cases:case-move-on", args=[case.code]), sent)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert list(form.errors) == ["derad_stage"]
    assert form["derad_stage"].value() == REHABILITATION

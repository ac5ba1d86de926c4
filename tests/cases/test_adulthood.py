"""The 18th birthday: nothing is converted, what was agreed to for the child ends, and the person is asked."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from assessments.models import Assessment, ItemRating
from cases import tasks, workflow
from cases.enums import CaseStatus, CaseType, ConsentCapacity, ConsentPurpose, ConsentStatus, DatePrecision, TaskKind
from cases.models import CaseFile, Consent, Participant, Task
from cases.workflow import adulthood
from partners import workflow as partner_workflow
from partners.enums import ReferralBasis, ReferralStatus
from tests.assessments.filling import begin, fill, finalised, hand_in, judged
from tests.cast import Cast
from tests.factories import make_case, make_child_case
from tests.partnership import make_directory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def years_ago(years: int, day: dt.date | None = None) -> dt.date:
    day = day or timezone.localdate()
    return day.replace(year=day.year - years)


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return make_child_case(cast.other_agency, age=16)


def agreed(case: CaseFile, cast: Cast, capacity: ConsentCapacity = ConsentCapacity.GUARDIAN, **fields: Any) -> Consent:
    """Given three years ago, when the person was a child."""
    return Consent.objects.create(
        case=case,
        purpose=fields.pop("purpose", ConsentPurpose.PHOTO),
        scope=[],
        given_by="Siti Rahayu",
        capacity=capacity,
        explained_by=cast.other_agency,
        status=ConsentStatus.GIVEN,
        decided_at=timezone.now() - 1_100 * DAY,
        **fields,
    )


def born(case: CaseFile, day: dt.date | None, precision: DatePrecision = DatePrecision.DAY) -> None:
    Participant.objects.filter(pk=case.participant_id).update(birth_date=day, birth_date_precision=precision)
    case.refresh_from_db()


def asked(case: CaseFile) -> Any:
    return Task.objects.filter(case=case, kind=TaskKind.OF_AGE)


def status_of(consent: Consent) -> str:
    return Consent.objects.get(pk=consent.pk).status


def test_the_day_before_nothing_happens_and_on_the_birthday_it_does(cast: Cast, case: CaseFile) -> None:
    consent = agreed(case, cast)
    born(case, years_ago(18) + DAY)
    assert (tasks.turn_eighteen(), status_of(consent), asked(case).count()) == (0, ConsentStatus.GIVEN, 0)
    born(case, years_ago(18))
    assert (tasks.turn_eighteen(), status_of(consent)) == (1, ConsentStatus.EXPIRED)
    task = asked(case).get()
    assert (task.assignee, task.section, task.path) == (
        cast.other_agency,
        "access",
        f"/cases/{case.code}/access/basis/",
    )


def test_run_again_or_after_the_task_was_closed_it_opens_none_anew(cast: Cast, case: CaseFile) -> None:
    born(case, years_ago(18))
    assert [tasks.turn_eighteen(), tasks.turn_eighteen()] == [1, 0]
    workflow.close_task(asked(case).get(), by=cast.other_agency, outcome="Sudah ditanyakan.")
    assert tasks.turn_eighteen() == 0
    assert asked(case).count() == 1


@pytest.mark.parametrize(
    ("day", "precision", "grown"),
    [
        (years_ago(18), DatePrecision.DAY, True),
        (years_ago(18) + DAY, DatePrecision.DAY, False),
        # The month, the year or the estimate proves 18 only when its last day does.
        (years_ago(18).replace(day=1), DatePrecision.MONTH, False),
        (years_ago(18, timezone.localdate().replace(day=1) - DAY), DatePrecision.MONTH, True),
        (years_ago(18).replace(month=1, day=1), DatePrecision.YEAR, False),
        (years_ago(20).replace(month=12, day=31), DatePrecision.YEAR, True),
        (years_ago(18).replace(month=1, day=1), DatePrecision.ESTIMATE, False),
        (None, DatePrecision.ESTIMATE, False),
    ],
)
def test_an_age_in_doubt_counts_as_a_child(
    cast: Cast, case: CaseFile, day: dt.date | None, precision: DatePrecision, grown: bool
) -> None:
    consent = agreed(case, cast)
    born(case, day, precision)
    assert tasks.turn_eighteen() == grown
    assert status_of(consent) == (ConsentStatus.EXPIRED if grown else ConsentStatus.GIVEN)
    assert asked(case).exists() == grown


def test_who_was_born_on_the_29th_of_february_is_an_adult_on_the_first_of_march(case: CaseFile) -> None:
    born(case, dt.date(2008, 2, 29))
    assert case.adult_from == dt.date(2026, 3, 1)
    assert case.participant.is_child_on(dt.date(2026, 2, 28))
    assert not case.participant.is_child_on(dt.date(2026, 3, 1))


def test_only_what_somebody_else_agreed_to_for_the_child_ends(cast: Cast, case: CaseFile) -> None:
    by_worker = agreed(case, cast, ConsentCapacity.SOCIAL_WORKER)
    own = agreed(case, cast, ConsentCapacity.SELF)
    born(case, years_ago(18) - DAY)
    # Somebody may have a guardian as an adult: what that one agrees to from the birthday on stands.
    later = agreed(case, cast)
    Consent.objects.filter(pk=later.pk).update(decided_at=timezone.now())
    tasks.turn_eighteen()
    statuses = [status_of(consent) for consent in (by_worker, own, later)]
    assert statuses == [ConsentStatus.EXPIRED, ConsentStatus.GIVEN, ConsentStatus.GIVEN]


def test_from_the_birthday_on_the_person_agrees(cast: Cast, case: CaseFile) -> None:
    fields: dict[str, Any] = {"purpose": ConsentPurpose.PHOTO, "scope": [], "given_by": "Aisyah"}
    fields["capacity"] = ConsentCapacity.SELF
    with pytest.raises(Exception, match="anak"):
        workflow.give_consent(case, by=cast.other_agency, **fields)
    born(case, years_ago(18))
    case = CaseFile.objects.get(pk=case.pk)
    assert workflow.give_consent(case, by=cast.other_agency, **fields).status == ConsentStatus.GIVEN


def test_assessments_stay_as_they_were_and_a_draft_is_finished_as_it_was_begun(cast: Cast, case: CaseFile) -> None:
    done = finalised(case, cast.other_agency, cast.other_agency_supervisor, "PKA")
    draft = fill(begin(case, cast.other_agency, "PKA"))
    Assessment.objects.filter(pk=draft.pk).update(started_at=timezone.now() - 2 * DAY)
    before = [list(model.objects.order_by("pk").values()) for model in (Assessment, ItemRating)]
    born(case, years_ago(18))
    tasks.turn_eighteen()
    assert [list(model.objects.order_by("pk").values()) for model in (Assessment, ItemRating)] == before
    assert Assessment.objects.get(pk=done.pk).for_child
    assert CaseFile.objects.get(pk=case.pk).is_child_file
    assert hand_in(judged(Assessment.objects.get(pk=draft.pk))).for_child


def test_a_referral_that_rested_on_the_guardians_consent_stops(cast: Cast) -> None:
    case = make_child_case(cast.worker, age=16, case_type=CaseType.PROBATION)
    _partner, offer = make_directory(cast)
    consent = agreed(case, cast, purpose=ConsentPurpose.REFERRAL, recipient=offer.partner.name)
    Consent.objects.filter(pk=consent.pk).update(scope=["age_group", "support_needed"])
    referral = partner_workflow.create_referral(
        case,
        by=cast.worker,
        offer=offer,
        purpose="Latihan kerja.",
        data_shared=["age_group", "support_needed"],
        support_needed="Alat kerja.",
        basis=ReferralBasis.CONSENT,
        consent=Consent.objects.get(pk=consent.pk),
    )
    partner_workflow.send(referral, by=cast.worker)
    born(case, years_ago(18))
    tasks.turn_eighteen()
    referral.refresh_from_db()
    assert referral.status == ReferralStatus.CANCELLED


def test_an_adult_of_always_and_a_closed_case_are_asked_nothing(cast: Cast, case: CaseFile) -> None:
    make_case(cast.worker)
    born(case, years_ago(18))
    CaseFile.objects.filter(pk=case.pk).update(
        status=CaseStatus.CLOSED, closed_at=timezone.now(), closure_reason="pindah"
    )
    assert tasks.turn_eighteen() == 0
    assert not Task.objects.filter(kind=TaskKind.OF_AGE).exists()


def test_nobody_but_the_job_turns_anybody_eighteen(cast: Cast, case: CaseFile) -> None:
    assert adulthood.turn_eighteen(case.pk, by=cast.system) is False  # not yet
    with pytest.raises(PermissionDenied):
        adulthood.turn_eighteen(case.pk, by=cast.other_agency)

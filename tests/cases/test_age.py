"""An age in doubt counts as a child's until a supervisor of the case's unit decides (ET-3)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Staff
from assessments import workflow as assessment_workflow
from assessments.enums import AssessmentReason, InstrumentCode
from assessments.models import Assessment
from cases import tasks, workflow
from cases.enums import (
    CaseType,
    ConsentCapacity,
    ConsentPurpose,
    ConsentStatus,
    DatePrecision,
    EventKind,
    LegalStatusKind,
    TaskKind,
)
from cases.models import CaseEvent, CaseFile, Consent, Participant, Task
from cases.workflow.age import LEAST
from core.acting import acting_as
from core.workflow import FieldError, StaleError, TransitionError
from tests.assessments.filling import begin, fill, hand_in, judged, submitted
from tests.cases.sharing import sees, share
from tests.cast import Cast
from tests.factories import make_case, make_person

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
DAY = dt.timedelta(days=1)
WHY = "Rapor SMP tahun 2019 dan pendapat dokter 3 Maret 2026."
NOTICE = "Umur belum pasti: dihitung sebagai anak."


def years_ago(years: int) -> dt.date:
    """Of every day, also of a 29 February."""
    return TODAY.replace(year=TODAY.year - years, day=min(TODAY.day, 28))


# The year in which one turns 18: on 1 January perhaps, on 31 December surely.
THIS_YEARS = dt.date(TODAY.year - 18, 1, 1)


def doubtful(worker: Staff, case_type: CaseType = CaseType.PROBATION) -> CaseFile:
    person = make_person(birth_date=THIS_YEARS, birth_date_precision=DatePrecision.YEAR)
    return make_case(worker, person=person, case_type=case_type, legal=LegalStatusKind.PAROLE)


def beside(case: CaseFile, worker: Staff, case_type: CaseType) -> CaseFile:
    """Another file of the same person."""
    other = make_case(worker, case_type=case_type)
    CaseFile.objects.filter(pk=other.pk).update(participant=case.participant, is_child_file=True)
    return CaseFile.objects.get(pk=other.pk)


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return doubtful(cast.worker)


def person_of(case: CaseFile) -> Participant:
    return Participant.objects.get(pk=case.participant_id)


def decide(case: CaseFile, by: Staff, reason: str = WHY) -> Participant:
    with acting_as(by.pk):
        return workflow.decide_adult(case, by=by, version=person_of(case).version, reason=reason)


def withdraw(case: CaseFile, by: Staff) -> Participant:
    with acting_as(by.pk):
        return workflow.withdraw_adult(case, by=by, version=person_of(case).version, reason=WHY)


def is_child(case: CaseFile) -> bool:
    """By Python and by the database, which must say the same."""
    fresh = CaseFile.objects.get(pk=case.pk)
    in_sql = fresh.adult_from is None or fresh.adult_from > TODAY
    assert fresh.participant.is_child is in_sql
    return in_sql


def agreed(case: CaseFile, by: Staff, capacity: ConsentCapacity) -> Consent:
    return workflow.give_consent(
        case, by=by, purpose=ConsentPurpose.PHOTO, scope=[], given_by="Sri", capacity=capacity
    )


def browser(person: Staff) -> Client:
    client = Client()
    client.force_login(person)
    return client


def status_of(consent: Consent) -> str:
    return Consent.objects.get(pk=consent.pk).status


# ---- the decision --------------------------------------------------------------------------------------------------


def test_a_supervisor_decides_and_takes_it_back(cast: Cast, case: CaseFile) -> None:
    assert is_child(case)
    decided = decide(case, cast.supervisor, f"  {WHY}  ")
    assert (decided.adult_decided_by, decided.adult_reason) == (cast.supervisor, WHY)
    assert not is_child(case)
    assert CaseFile.objects.get(pk=case.pk).adult_from == TODAY
    assert person_of(case).is_child_on(TODAY - DAY)
    line = CaseEvent.objects.get(case=case, kind=EventKind.AGE_DECIDED)
    assert (line.actor, line.summary, line.section) == (cast.supervisor, WHY, "identity")
    withdraw(case, cast.supervisor)
    assert is_child(case)
    assert CaseEvent.objects.get(case=case, kind=EventKind.AGE_DECISION_ENDED).summary == WHY
    decide(case, cast.supervisor)
    assert not is_child(case)


@pytest.mark.parametrize(
    "actor", ["worker", "neighbour", "other_unit_supervisor", "other_agency_supervisor", "admin", "analyst", "auditor"]
)
def test_nobody_else_decides_or_takes_back(cast: Cast, case: CaseFile, actor: str) -> None:
    by = getattr(cast, actor)
    with pytest.raises(PermissionDenied):
        workflow.decide_adult(case, by=by, version=person_of(case).version, reason=WHY)
    decide(case, cast.supervisor)
    with pytest.raises(PermissionDenied):
        workflow.withdraw_adult(case, by=by, version=person_of(case).version, reason=WHY)
    assert not is_child(case)


@pytest.mark.parametrize(
    ("born", "precision"),
    [
        (years_ago(18) + DAY, DatePrecision.DAY),
        (years_ago(18), DatePrecision.DAY),
        (dt.date(TODAY.year - 10, 1, 1), DatePrecision.YEAR),
        (dt.date(TODAY.year - 10, 5, 1), DatePrecision.MONTH),
        (dt.date(1990, 1, 1), DatePrecision.ESTIMATE),
    ],
)
def test_refused_where_the_birth_date_leaves_no_doubt(
    cast: Cast, case: CaseFile, born: dt.date, precision: DatePrecision
) -> None:
    Participant.objects.filter(pk=case.participant_id).update(birth_date=born, birth_date_precision=precision)
    before = is_child(case)
    with pytest.raises(TransitionError, match="tidak meragukan"):
        decide(CaseFile.objects.get(pk=case.pk), cast.supervisor)
    assert is_child(case) == before


@pytest.mark.parametrize(
    ("born", "precision"),
    [
        (None, DatePrecision.DAY),
        (None, DatePrecision.ESTIMATE),
        (THIS_YEARS, DatePrecision.ESTIMATE),
        (years_ago(18).replace(day=1), DatePrecision.MONTH),
    ],
)
def test_every_kind_of_doubt_can_be_decided(
    cast: Cast, case: CaseFile, born: dt.date | None, precision: DatePrecision
) -> None:
    Participant.objects.filter(pk=case.participant_id).update(birth_date=born, birth_date_precision=precision)
    assert is_child(case)
    decide(CaseFile.objects.get(pk=case.pk), cast.supervisor)
    assert not is_child(case)


def test_refused_twice_late_and_without_grounds(cast: Cast, case: CaseFile) -> None:
    seen = person_of(case).version
    with pytest.raises(FieldError) as refusal:
        decide(case, cast.supervisor, "x" * (LEAST - 1) + "   ")
    assert list(refusal.value.problems) == ["reason"]
    with pytest.raises(TransitionError, match="Tidak ada keputusan"):
        withdraw(case, cast.supervisor)
    with acting_as(cast.worker.pk):
        workflow.amend_participant(case, by=cast.worker, version=seen, phone="0800-0000-0001")
    with pytest.raises(StaleError):
        workflow.decide_adult(case, by=cast.supervisor, version=seen, reason=WHY)
    decide(case, cast.supervisor)
    with pytest.raises(TransitionError, match="sudah diputuskan"):
        decide(case, cast.supervisor)


def test_whoever_outweighs_a_birth_date_is_the_database(cast: Cast, case: CaseFile) -> None:
    """Even a decision written past the workflow makes nobody an adult before the birth date allows it."""
    decided = {"adult_decided_at": timezone.now(), "adult_decided_by": cast.supervisor, "adult_reason": WHY}
    person = Participant.objects.filter(pk=case.participant_id)
    for born, precision in (
        (years_ago(15), DatePrecision.DAY),
        (dt.date(TODAY.year - 15, 1, 1), DatePrecision.YEAR),
        (years_ago(15).replace(day=1), DatePrecision.MONTH),
    ):
        person.update(birth_date=born, birth_date_precision=precision)
        person.update(**decided)
        assert is_child(case)
        first = CaseFile.objects.get(pk=case.pk).adult_from
        assert first is not None
        assert not person.get().is_child_on(first)
        assert person.get().is_child_on(first - DAY)


# ---- what ends it --------------------------------------------------------------------------------------------------


def test_a_changed_birth_date_ends_it(cast: Cast, case: CaseFile) -> None:
    decide(case, cast.supervisor)
    change: dict[str, Any] = {"birth_date": THIS_YEARS + DAY, "birth_date_precision": DatePrecision.YEAR}
    with acting_as(cast.worker.pk):
        workflow.amend_participant(case, by=cast.worker, version=person_of(case).version, phone="0800-0000-0001")
        assert not is_child(case)
        workflow.amend_participant(case, by=cast.worker, version=person_of(case).version, **change)
    assert is_child(case)
    assert person_of(case).adult_decided_by is None
    assert CaseEvent.objects.get(case=case, kind=EventKind.AGE_DECISION_ENDED).actor == cast.worker


@pytest.mark.parametrize("field", [{"birth_date": THIS_YEARS + DAY}, {"birth_date_precision": DatePrecision.ESTIMATE}])
def test_the_database_ends_it_whatever_the_route(cast: Cast, case: CaseFile, field: dict[str, Any]) -> None:
    decide(case, cast.supervisor)
    Participant.objects.filter(pk=case.participant_id).update(**field)
    assert is_child(case)
    assert person_of(case).adult_reason == ""


@pytest.mark.parametrize("decided", ["kept", "duplicate"])
def test_two_that_become_one_are_decided_about_anew(cast: Cast, case: CaseFile, decided: str) -> None:
    other = doubtful(cast.other_unit, CaseType.FAMILY)
    file, supervisor = {"kept": (case, cast.supervisor), "duplicate": (other, cast.other_unit_supervisor)}[decided]
    decide(file, supervisor)
    kept, duplicate = person_of(case), person_of(other)
    pair = workflow.merge_people(
        kept, duplicate, by=cast.admin, versions=(kept.version, duplicate.version), take=[], reason=WHY
    )
    assert is_child(case)
    assert is_child(other)
    assert CaseEvent.objects.filter(case=file, kind=EventKind.AGE_DECISION_ENDED).exists()
    decide(CaseFile.objects.get(pk=case.pk), cast.supervisor)
    assert not is_child(CaseFile.objects.get(pk=other.pk))
    workflow.unmerge_people(pair, by=cast.admin, reason=WHY)
    assert is_child(case)
    assert is_child(other)


# ---- what follows --------------------------------------------------------------------------------------------------


def test_what_others_agreed_to_ends_at_once_and_the_person_is_asked(cast: Cast, case: CaseFile) -> None:
    consent = agreed(case, cast.worker, ConsentCapacity.GUARDIAN)  # on the same day, before the decision
    decide(case, cast.supervisor)
    assert status_of(consent) == ConsentStatus.EXPIRED
    task = Task.objects.get(case=case, kind=TaskKind.OF_AGE)
    assert task.assignee == cast.worker
    assert CaseFile.objects.get(pk=case.pk).is_child_file
    case = CaseFile.objects.get(pk=case.pk)
    own = agreed(case, cast.worker, ConsentCapacity.SELF)
    later = agreed(case, cast.worker, ConsentCapacity.GUARDIAN)  # an adult may have a guardian too
    assert tasks.turn_eighteen() == 0
    assert [status_of(own), status_of(later)] == [ConsentStatus.GIVEN, ConsentStatus.GIVEN]
    withdraw(case, cast.supervisor)
    assert [status_of(own), status_of(later)] == [ConsentStatus.EXPIRED, ConsentStatus.GIVEN]
    assert not Task.objects.open().filter(kind=TaskKind.OF_AGE).exists()
    decide(CaseFile.objects.get(pk=case.pk), cast.supervisor)
    assert Task.objects.open().get(kind=TaskKind.OF_AGE).case == case


def test_it_counts_in_the_files_of_other_agencies_too(cast: Cast, case: CaseFile) -> None:
    other = beside(case, cast.other_agency, CaseType.SOCIAL_ADULT)
    consent = agreed(other, cast.other_agency, ConsentCapacity.GUARDIAN)
    decide(case, cast.supervisor)
    assert not is_child(other)
    assert status_of(consent) == ConsentStatus.EXPIRED
    assert Task.objects.get(case=other, kind=TaskKind.OF_AGE).assignee == cast.other_agency
    assert CaseEvent.objects.filter(case=other, kind=EventKind.AGE_DECIDED).exists()
    # Its own unit's supervisor may take it back.
    withdraw(CaseFile.objects.get(pk=other.pk), cast.other_agency_supervisor)
    assert is_child(case)


def test_a_file_opened_afterwards_is_an_adults_until_it_is_taken_back(cast: Cast, case: CaseFile) -> None:
    decide(case, cast.supervisor)
    with acting_as(cast.worker.pk):  # correcting anything else of the person converts no file of the same day either
        workflow.amend_participant(case, by=cast.worker, version=person_of(case).version, phone="0800-0000-0001")
    later = workflow.open_case(by=cast.worker, case_type=CaseType.MITRA_DERAD, participant=person_of(case))
    assert [CaseFile.objects.get(pk=file.pk).is_child_file for file in (case, later)] == [True, False]
    withdraw(case, cast.supervisor)
    assert CaseFile.objects.get(pk=later.pk).is_child_file


def told_in(case: CaseFile) -> list[str]:
    kinds = [EventKind.AGE_DECIDED, EventKind.AGE_DECISION_ENDED]
    return list(CaseEvent.objects.filter(case=case, kind__in=kinds).order_by("pk").values_list("summary", flat=True))


def test_another_agencys_team_reads_that_it_was_decided_and_not_whose_words(cast: Cast, case: CaseFile) -> None:
    other = beside(case, cast.other_agency, CaseType.SOCIAL_ADULT)
    decide(case, cast.supervisor)
    page = browser(cast.other_agency).get(reverse("cases:identity", args=[other.code])).content.decode()
    assert "diputuskan seorang pengawas" in page
    assert WHY not in page
    assert cast.supervisor.full_name not in page
    withdraw(case, cast.supervisor)
    assert [told_in(case), told_in(other)] == [[WHY, WHY], ["", ""]]


def test_what_was_done_for_an_adult_is_stopped_and_looked_through(cast: Cast, case: CaseFile) -> None:
    decide(case, cast.supervisor)
    case = CaseFile.objects.get(pk=case.pk)
    grant = share(case, cast)
    withdraw(case, cast.supervisor)
    assert sees(cast.other_agency, CaseFile.objects.get(pk=case.pk)) == set()
    grant.refresh_from_db()
    assert grant.is_over
    assert Task.objects.open().get(kind=TaskKind.CHILD_AGAIN).assignee == cast.supervisor


def test_a_birth_date_that_was_wrong_stops_the_same(cast: Cast) -> None:
    case = make_case(cast.worker, legal=LegalStatusKind.PAROLE)
    own, grant = agreed(case, cast.worker, ConsentCapacity.SELF), share(case, cast)
    with acting_as(cast.worker.pk):
        workflow.amend_participant(case, by=cast.worker, version=person_of(case).version, birth_date=years_ago(15))
    grant.refresh_from_db()
    assert (status_of(own), grant.is_over) == (ConsentStatus.EXPIRED, True)
    assert Task.objects.open().get(kind=TaskKind.CHILD_AGAIN).assignee == cast.supervisor


def test_a_share_of_a_childs_file_is_not_prolonged(cast: Cast, case: CaseFile) -> None:
    decide(case, cast.supervisor)
    case = CaseFile.objects.get(pk=case.pk)
    grant = share(case, cast)
    Participant.objects.filter(pk=case.participant_id).update(birth_date=years_ago(15))
    with pytest.raises(TransitionError, match="pembahasan kasus"):
        workflow.renew_share(
            CaseFile.objects.get(pk=case.pk), grant, by=cast.supervisor, until=grant.expires_at + DAY, reason=WHY
        )


def test_nothing_is_decided_while_the_data_are_restricted(cast: Cast, case: CaseFile) -> None:
    other = beside(case, cast.other_unit, CaseType.FAMILY)
    CaseFile.objects.filter(pk=other.pk).update(restricted_at=timezone.now())
    with pytest.raises(TransitionError, match="dibatasi"):
        decide(case, cast.supervisor)


# ---- assessments ---------------------------------------------------------------------------------------------------


def start(case: CaseFile, by: Staff, instrument: InstrumentCode = InstrumentCode.ADULT) -> Assessment:
    with transaction.atomic():
        return assessment_workflow.start(
            CaseFile.objects.get(pk=case.pk), by=by, instrument=instrument, reason=AssessmentReason.INITIAL
        )


def test_the_instrument_follows_the_decision_and_a_draft_stays(cast: Cast, case: CaseFile) -> None:
    with pytest.raises(TransitionError, match="sampai pengawas unit memutuskan"):
        start(case, cast.worker)
    other = doubtful(cast.other_agency)
    pka = begin(other, cast.other_agency, InstrumentCode.CHILD)
    decide(case, cast.supervisor)
    decide(other, cast.other_agency_supervisor)
    assert not start(case, cast.worker).for_child
    assert Assessment.objects.get(pk=pka.pk).for_child
    fill(pka)
    assert hand_in(judged(Assessment.objects.get(pk=pka.pk))).for_child


def test_a_decision_taken_back_stops_what_has_a_colour(cast: Cast, case: CaseFile) -> None:
    decide(case, cast.supervisor)
    draft = judged(fill(begin(CaseFile.objects.get(pk=case.pk), cast.worker)))
    waiting = submitted(doubtful_adult(cast), cast.worker)
    for file in (case, waiting.case):
        withdraw(CaseFile.objects.get(pk=file.pk), cast.supervisor)
    with pytest.raises(TransitionError, match="masih dihitung sebagai anak"):
        hand_in(Assessment.objects.get(pk=draft.pk))
    with pytest.raises(TransitionError, match="masih dihitung sebagai anak"):
        assessment_workflow.finalise(Assessment.objects.get(pk=waiting.pk), by=cast.supervisor)


def doubtful_adult(cast: Cast) -> CaseFile:
    case = doubtful(cast.worker)
    decide(case, cast.supervisor)
    return CaseFile.objects.get(pk=case.pk)


# ---- pages ---------------------------------------------------------------------------------------------------------


def signed_in(person: Staff, case: CaseFile) -> Client:
    """Who is off the caseload has said why."""
    client = Client()
    client.force_login(person)
    client.post(reverse("cases:reason", args=[case.code]), {"why": "supervision", "text": "", "next": ""})
    return client


def text_of(client: Client, case: CaseFile, name: str = "cases:identity") -> str:
    response = client.get(reverse(name, args=[case.code]))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_who_sees_what_on_the_pages(cast: Cast, case: CaseFile) -> None:
    worker, supervisor = signed_in(cast.worker, case), signed_in(cast.supervisor, case)
    way, back = (reverse(f"cases:age-{name}", args=[case.code]) for name in ("decide", "withdraw"))
    for name in ("cases:identity", "assessments:panel", "assessments:new"):
        page = text_of(worker, case, name)
        assert NOTICE in page
        assert "pengawas unit penanggung jawab dapat memutuskannya" in page
        assert way not in page
    assert "sampai pengawas unit memutuskan" in text_of(worker, case, "assessments:new")
    for name in ("cases:identity", "assessments:panel"):
        assert way in text_of(supervisor, case, name)
    decide(case, cast.supervisor)
    page = text_of(worker, case)
    assert NOTICE not in page
    assert WHY in page
    assert cast.supervisor.full_name in page
    assert back not in page
    assert back in text_of(supervisor, case)
    Participant.objects.filter(pk=case.participant_id).update(birth_date=dt.date(1990, 1, 1))
    for client in (worker, supervisor):
        page = text_of(client, case)
        assert WHY not in page
        assert "Umur belum pasti" not in page


def test_the_page_decides_refuses_beside_the_field_and_keeps_what_was_typed(cast: Cast, case: CaseFile) -> None:
    client, page = signed_in(cast.supervisor, case), reverse("cases:age-decide", args=[case.code])
    version = person_of(case).version
    short = client.post(page, {"reason": "Kata ayahnya <ya>.", "version": version})
    assert short.status_code == 422
    assert "Kata ayahnya &lt;ya&gt;." in short.content.decode()
    assert "paling sedikit 30 huruf" in short.content.decode()
    Participant.objects.filter(pk=case.participant_id).update(version=version + 1)
    stale = client.post(page, {"reason": WHY, "version": version})
    assert stale.status_code == 409
    assert WHY in stale.content.decode()
    assert f'name="version" value="{version + 1}"' in stale.content.decode()
    assert is_child(case)
    assert client.post(page, {"reason": WHY, "version": version + 1}).status_code == 302
    assert not is_child(case)
    twice = client.post(page, {"reason": WHY, "version": version + 2})
    assert twice.status_code == 409
    assert "sudah diputuskan" in twice.content.decode()
    back = reverse("cases:age-withdraw", args=[case.code])
    assert client.post(back, {"reason": WHY, "version": version + 2}).status_code == 302
    assert is_child(case)


def test_the_page_is_the_supervisors(cast: Cast, case: CaseFile) -> None:
    for name in ("decide", "withdraw"):
        page = reverse(f"cases:age-{name}", args=[case.code])
        for person, expected in ((cast.worker, 403), (cast.admin, 403), (cast.other_unit_supervisor, 404)):
            assert signed_in(person, case).post(page, {"reason": WHY, "version": 1}).status_code == expected
    assert is_child(case)

"""Sharing a case: who may, with whom, what, for how long; and that nothing is seen a second too early or too late."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.enums import JournalAction
from accounts.models import JournalEntry, Staff
from cases import policies, workflow
from cases.enums import ConsentPurpose, EventKind, GrantSource, LegalBasis, Right, Section
from cases.enums.sharing import ConferenceKind
from cases.models import CaseConference, CaseEvent, CaseFile, CaseUserGrant
from core.workflow import TransitionError
from tests.cases.sharing import DAY, NOTES, consent_of, routes, sees, share
from tests.cast import Cast
from tests.factories import make_case, make_child_case, make_grant, make_note


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return make_case(cast.worker)


# ---- what it opens, and when ----------------------------------------------------------------------------------------


def test_a_share_opens_its_sections_to_read_and_tells_everybody_concerned(
    cast: Cast, case: CaseFile, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        grant = share(case, cast)
    assert sees(cast.other_agency, case) == set(NOTES)
    assert all(held == {Right.VIEW} for held in policies.rights(cast.other_agency, case).values())
    assert sees(cast.other_agency_supervisor, case) == sees(cast.psychologist, case) == set()
    event = CaseEvent.objects.get(case=case, kind=EventKind.ACCESS_SHARED)
    assert (event.section, event.summary) == (Section.ACCESS, cast.other_agency.full_name)
    entry = JournalEntry.objects.get(action=JournalAction.SHARED)
    assert (entry.actor, entry.object_code) == (cast.supervisor, case.code)
    assert grant.code in entry.detail
    [letter] = mail.outbox
    assert letter.to == [cast.other_agency.email]
    for word in (case.code, case.participant.full_name, "Pendampingan", cast.supervisor.full_name):
        assert word not in letter.subject + letter.body


def test_every_route_opens_with_the_first_second_and_closes_with_the_last(cast: Cast, case: CaseFile) -> None:
    """The clock of the application; the database's own goes on meanwhile, within the share's time."""
    make_note(case)
    now = timezone.now().replace(microsecond=0)
    begins, ends = now - dt.timedelta(hours=1), now + dt.timedelta(hours=1)
    second = dt.timedelta(seconds=1)
    with time_machine.travel(begins - second, tick=False):
        share(case, cast, starts_at=begins, until=ends)
    for at, is_open in ((begins - second, False), (begins, True), (ends - second, True), (ends, False)):
        with time_machine.travel(at, tick=False):
            found = routes(cast.other_agency, case)
        assert found == dict.fromkeys(found, is_open), at


@pytest.mark.parametrize("source", [GrantSource.SHARING, GrantSource.CONFERENCE, GrantSource.BREAK_GLASS])
def test_the_end_of_every_kind_of_grant_is_exact(cast: Cast, case: CaseFile, source: GrantSource) -> None:
    make_note(case)
    person = cast.other_unit_supervisor
    conference = None
    if source == GrantSource.CONFERENCE:
        conference = CaseConference.objects.create(
            case=case, held_at=timezone.now(), title="Pembahasan", called_by=cast.supervisor
        )
    grant = make_grant(case, person, NOTES, by=cast.supervisor, source=source, conference=conference)
    assert grant.expires_at is not None
    for before, is_open in ((1, True), (0, False)):
        with time_machine.travel(grant.expires_at - dt.timedelta(seconds=before), tick=False):
            found = routes(person, case)
        assert found == dict.fromkeys(found, is_open) | {"home": True}, before


def test_a_share_with_a_unit_is_for_its_workers_and_supervisors(cast: Cast, case: CaseFile) -> None:
    share(case, cast, to=cast.other_agency.unit)
    for person in (cast.other_agency, cast.other_agency_supervisor, cast.psychologist):
        assert sees(person, case) == set(NOTES)
    assert sees(cast.other_unit, case) == set()


def test_clinical_notes_go_to_a_psychologist_by_name_and_from_one_who_reads_them(cast: Cast) -> None:
    case = make_case(cast.psychologist, case_type="rehabilitasi_sosial_dewasa")
    clinical = [Section.SUMMARY, Section.CLINICAL]
    cast.other_unit.profession = "psikolog"
    cast.other_unit.save()
    supervisor = cast.other_agency_supervisor
    with pytest.raises(TransitionError, match="tidak dapat Anda bagikan"):  # does not read them herself
        share(case, cast, by=supervisor, to=cast.other_unit, sections=clinical)
    supervisor.profession = "psikolog"
    supervisor.save()
    for receiver in (cast.worker, cast.other_unit.unit):
        with pytest.raises(TransitionError, match="psikolog"):
            share(case, cast, by=supervisor, to=receiver, sections=clinical)
    share(case, cast, by=supervisor, to=cast.other_unit, sections=clinical)
    assert Section.CLINICAL in sees(cast.other_unit, case)


# ---- who may --------------------------------------------------------------------------------------------------------


def test_a_worker_shares_inside_the_agency_and_only_the_supervisor_beyond_it(cast: Cast, case: CaseFile) -> None:
    share(case, cast, by=cast.worker, to=cast.other_unit)
    with pytest.raises(PermissionDenied):
        share(case, cast, by=cast.worker, to=cast.other_agency)
    share(case, cast, by=cast.supervisor, to=cast.other_agency)


@pytest.mark.parametrize(
    "who",
    [
        "neighbour",
        "other_unit",
        "other_agency",
        "other_unit_supervisor",
        "analyst",
        "admin",
        "head_office",
        "cso",
        "auditor",
        "dpo",
    ],
)
def test_nobody_else_shares_not_even_to_themselves(cast: Cast, case: CaseFile, who: str) -> None:
    person = getattr(cast, who)
    for receiver in (person, cast.other_unit):
        with pytest.raises(PermissionDenied):
            share(case, cast, by=person, to=receiver)
    assert not CaseUserGrant.objects.filter(source=GrantSource.SHARING).exists()


def test_a_receiver_shares_no_further(cast: Cast, case: CaseFile) -> None:
    grant = share(case, cast, to=cast.other_agency_supervisor)
    for act in (
        lambda: share(case, cast, by=cast.other_agency_supervisor, to=cast.other_agency),
        lambda: workflow.renew_share(
            case, grant, by=cast.other_agency_supervisor, until=timezone.now() + 20 * DAY, reason="Perlu"
        ),
        lambda: workflow.end_share(case, grant, by=cast.other_agency_supervisor, reason="Tidak perlu"),
    ):
        with pytest.raises(PermissionDenied):
            act()


@pytest.mark.parametrize("who", ["analyst", "admin", "cso", "auditor", "dpo", "system"])
def test_who_is_no_caseworker_or_supervisor_receives_nothing(cast: Cast, case: CaseFile, who: str) -> None:
    with pytest.raises((TransitionError, PermissionDenied)):
        share(case, cast, to=getattr(cast, who))


def test_whoever_left_receives_nothing(cast: Cast, case: CaseFile) -> None:
    Staff.objects.filter(pk=cast.other_agency.pk).update(is_active=False)
    cast.other_agency.refresh_from_db()
    with pytest.raises(TransitionError, match="aktif"):
        share(case, cast)


def test_the_own_unit_is_assigned_and_never_shared_with(cast: Cast, case: CaseFile) -> None:
    for receiver in (cast.neighbour, cast.supervisor, cast.supervisor.unit):
        with pytest.raises(PermissionDenied):
            share(case, cast, to=receiver)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"sections": []}, "Pilih bagian"),
        ({"sections": [Section.ACCESS]}, "tidak dapat Anda bagikan"),
        ({"sections": [Section.CLINICAL]}, "tidak dapat Anda bagikan"),
        ({"purpose": "  "}, "tujuannya"),
        ({"basis": LegalBasis.CONSENT}, "tidak mencakup"),
        ({"until": timezone.now() - DAY}, "sesudah awalnya"),
        ({"until": timezone.now() + 400 * DAY}, "Paling lama"),
        ({"starts_at": timezone.now() + 200 * DAY, "until": timezone.now() + 210 * DAY}, "terlalu jauh"),
    ],
)
def test_a_share_without_its_terms_is_refused(cast: Cast, case: CaseFile, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(TransitionError, match=words):
        share(case, cast, **fields)
    assert sees(cast.other_agency, case) == set()


def test_one_share_for_each_receiver(cast: Cast, case: CaseFile) -> None:
    grant = share(case, cast)
    with pytest.raises(TransitionError, match="sudah dibagikan"):
        share(case, cast)
    workflow.end_share(case, grant, by=cast.supervisor, reason="Selesai")
    share(case, cast)


def test_a_closed_case_is_not_shared(cast: Cast, case: CaseFile) -> None:
    workflow.close(case, by=cast.supervisor, reason="pindah", note="Pindah ke Palu.")
    with pytest.raises(TransitionError, match="ditutup"):
        share(case, cast)


# ---- consent --------------------------------------------------------------------------------------------------------


def test_a_consent_bounds_the_share_and_its_withdrawal_ends_it_at_once(cast: Cast, case: CaseFile) -> None:
    last = timezone.localdate() + 5 * DAY
    consent = consent_of(case, cast, valid_until=last)
    grant = share(case, cast, basis=LegalBasis.CONSENT, consent=consent, until=timezone.now() + 60 * DAY)
    assert timezone.localtime(grant.expires_at, case.lead_unit.zone).date() == last + DAY
    assert sees(cast.other_agency, case) == set(NOTES)
    workflow.withdraw_consent(consent, by=cast.worker)
    assert sees(cast.other_agency, case) == set()
    grant = CaseUserGrant.all_grants.get(pk=grant.pk)
    assert (grant.ended_by, grant.is_over) == (cast.worker, True)
    assert CaseEvent.objects.filter(case=case, kind=EventKind.ACCESS_ENDED).exists()
    with pytest.raises(TransitionError):
        workflow.renew_share(case, grant, by=cast.supervisor, until=timezone.now() + 20 * DAY, reason="Perlu")


def test_a_renewal_never_outlasts_the_consent(cast: Cast, case: CaseFile) -> None:
    last = timezone.localdate() + 5 * DAY
    grant = share(
        case,
        cast,
        basis=LegalBasis.CONSENT,
        consent=consent_of(case, cast, valid_until=last),
        until=timezone.now() + DAY,
    )
    grant = workflow.renew_share(case, grant, by=cast.supervisor, until=timezone.now() + 90 * DAY, reason="Perlu lagi")
    assert timezone.localtime(grant.expires_at, case.lead_unit.zone).date() == last + DAY


@pytest.mark.parametrize(
    "fields",
    [{"scope": [Section.SUMMARY]}, {"recipient": "Unit lain"}, {"purpose": ConsentPurpose.REFERRAL}],
    ids=["fewer sections", "another receiver", "another purpose"],
)
def test_a_consent_for_something_else_carries_no_share(cast: Cast, case: CaseFile, fields: dict[str, Any]) -> None:
    with pytest.raises(TransitionError, match="tidak mencakup"):
        share(case, cast, basis=LegalBasis.CONSENT, consent=consent_of(case, cast, **fields))


def test_a_consent_of_another_case_carries_no_share(cast: Cast, case: CaseFile) -> None:
    other = make_case(cast.worker)
    with pytest.raises(TransitionError, match="tidak mencakup"):
        share(case, cast, basis=LegalBasis.CONSENT, consent=consent_of(other, cast))


# ---- children and conferences ---------------------------------------------------------------------------------------


def hold(case: CaseFile, by: Staff, members: list[Staff], sections: list[Section], **fields: Any) -> CaseConference:
    defaults: dict[str, Any] = {
        "kind": ConferenceKind.CASE_DISCUSSION,
        "title": "Rencana pulang",
        "held_at": timezone.now() - DAY,
        "basis": LegalBasis.PUBLIC_DUTY,
        "until": timezone.now() + 10 * DAY,
    }
    return workflow.hold_conference(case, by=by, members=members, sections=sections, **(defaults | fields))


def test_a_childs_case_is_opened_by_a_conference_alone(cast: Cast) -> None:
    child = make_child_case(cast.other_agency)
    supervisor = cast.other_agency_supervisor
    assessment = [Section.SUMMARY, Section.ASSESSMENT]
    with pytest.raises(TransitionError, match="pembahasan"):
        share(child, cast, by=supervisor, to=cast.worker, sections=assessment)
    with pytest.raises(PermissionDenied):
        hold(child, cast.other_agency, [cast.worker], assessment)
    conference = hold(child, supervisor, [cast.worker, cast.other_unit], assessment)
    assert sees(cast.worker, child) == sees(cast.other_unit, child) == set(assessment)
    assert sees(cast.supervisor, child) == set()
    assert set(conference.members.all()) == {cast.worker, cast.other_unit}
    assert CaseEvent.objects.get(case=child, kind=EventKind.CONFERENCE).section == Section.ACCESS


def test_a_conference_gives_clinical_notes_to_its_psychologists_alone(cast: Cast, case: CaseFile) -> None:
    cast.supervisor.profession = "psikolog"
    cast.supervisor.save()
    hold(case, cast.supervisor, [cast.psychologist, cast.other_agency], [Section.SUMMARY, Section.CLINICAL])
    assert sees(cast.psychologist, case) == {Section.SUMMARY, Section.CLINICAL}
    assert sees(cast.other_agency, case) == {Section.SUMMARY}


def test_a_conference_without_members_or_still_ahead_opens_nothing(cast: Cast, case: CaseFile) -> None:
    with pytest.raises(TransitionError, match="anggota"):
        hold(case, cast.supervisor, [], NOTES)
    with pytest.raises(TransitionError, match="sesudah pembahasan"):
        hold(case, cast.supervisor, [cast.other_agency], NOTES, held_at=timezone.now() + DAY)
    with pytest.raises(TransitionError), transaction.atomic():
        hold(case, cast.supervisor, [cast.other_agency, cast.analyst], NOTES)
    assert sees(cast.other_agency, case) == set()
    assert not CaseConference.objects.exists()


# ---- renewing and taking back ---------------------------------------------------------------------------------------


def test_renewing_moves_the_end_and_leaves_a_trace(cast: Cast, case: CaseFile) -> None:
    grant = share(case, cast)
    until = timezone.now() + 30 * DAY
    assert workflow.renew_share(case, grant, by=cast.supervisor, until=until, reason="Masih perlu").expires_at == until
    assert CaseEvent.objects.filter(case=case, kind=EventKind.ACCESS_RENEWED).exists()
    assert JournalEntry.objects.filter(action=JournalAction.SHARE_RENEWED, object_code=case.code).exists()


@pytest.mark.parametrize("days", [-1, 400])
def test_a_renewal_keeps_to_the_longest_time(cast: Cast, case: CaseFile, days: int) -> None:
    grant = share(case, cast)
    with pytest.raises(TransitionError):
        workflow.renew_share(case, grant, by=cast.supervisor, until=timezone.now() + days * DAY, reason="Perlu")


def test_what_is_over_is_neither_renewed_nor_ended_again(cast: Cast, case: CaseFile) -> None:
    grant = share(case, cast)
    ended = workflow.end_share(case, grant, by=cast.supervisor, reason="Salah penerima")
    assert (ended.ended_by, ended.end_reason) == (cast.supervisor, "Salah penerima")
    assert sees(cast.other_agency, case) == set()
    with pytest.raises(TransitionError):
        workflow.end_share(case, grant, by=cast.supervisor, reason="Lagi")
    with pytest.raises(TransitionError):
        workflow.renew_share(case, grant, by=cast.supervisor, until=timezone.now() + 20 * DAY, reason="Perlu")


def test_a_share_that_has_not_begun_can_be_taken_back(cast: Cast, case: CaseFile) -> None:
    begins = timezone.now() + 3 * DAY
    grant = share(case, cast, starts_at=begins, until=begins + DAY)
    workflow.end_share(case, grant, by=cast.supervisor, reason="Batal")
    with time_machine.travel(begins + dt.timedelta(hours=1), tick=False):
        assert sees(cast.other_agency, case) == set()


def test_a_worker_manages_no_share_with_another_agency(cast: Cast, case: CaseFile) -> None:
    beyond, inside = share(case, cast), share(case, cast, to=cast.other_unit)
    until = timezone.now() + 20 * DAY
    for act in (
        lambda: workflow.renew_share(case, beyond, by=cast.worker, until=until, reason="Perlu"),
        lambda: workflow.end_share(case, beyond, by=cast.worker, reason="Tidak perlu"),
        lambda: workflow.end_share(case, inside, by=cast.neighbour, reason="Tidak perlu"),
        lambda: workflow.renew_share(case, inside, by=cast.other_unit, until=until, reason="Untuk saya"),
    ):
        with pytest.raises(PermissionDenied):
            act()
    workflow.end_share(case, inside, by=cast.worker, reason="Selesai")


def test_the_database_keeps_grants_in_bounds(cast: Cast, case: CaseFile) -> None:
    """Whatever the program does: no share writes, shows the access page or lasts for ever; an emergency an hour."""
    wrong: list[dict[str, Any]] = [
        {"can_edit": True},
        {"expires_at": None},
        {"sections": [Section.ACCESS]},
        {"source": GrantSource.CONFERENCE},
        {"source": GrantSource.BREAK_GLASS, "expires_at": timezone.now() + dt.timedelta(minutes=61)},
        {"source": GrantSource.BREAK_GLASS, "sections": [Section.CLINICAL]},
    ]
    for fields in wrong:
        sections = fields.pop("sections", NOTES)
        with pytest.raises(IntegrityError), transaction.atomic():
            make_grant(case, cast.other_agency, sections, by=cast.supervisor, **fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_grant(case, cast.other_agency.unit, NOTES, by=cast.supervisor, source=GrantSource.BREAK_GLASS)
    assert not CaseUserGrant.all_grants.exclude(source="caseload").exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_back_at_once_one_is_told_it_is_over(transactional_db: None) -> None:
    from tests.cast import make_cast

    cast = make_cast()
    case = make_case(cast.worker)
    grant = share(case, cast)

    def end(_turn: int) -> str:
        try:
            workflow.end_share(case, grant, by=cast.supervisor, reason="Selesai")
        except TransitionError:
            return "over"
        else:
            return "ended"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(end, range(2))) == ["ended", "over"]
    assert CaseEvent.objects.filter(case=case, kind=EventKind.ACCESS_ENDED).count() == 1

"""Break-glass: one case, an hour, reading only, told at once, reviewed by two; and it tells nothing to who guesses."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import JournalAction, Profession, Role
from accounts.models import JournalEntry, Staff
from cases import policies, workflow
from cases.enums import EventKind, GrantSource, Right, Section
from cases.enums.sharing import Reviewer, ReviewOutcome
from cases.models import BreakGlassReview, CaseEvent, CaseFile, CaseUserGrant
from core.workflow import TransitionError
from tests.cast import Cast
from tests.factories import make_case, make_staff

REASON = "Keluarga menelepon: ada ancaman di rumah malam ini, petugasnya tidak terjangkau."
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return make_case(cast.worker)


def opened(case: CaseFile, by: Staff, reason: str = REASON) -> CaseUserGrant:
    return workflow.open_in_emergency(case.code, by=by, reason=reason)


def signed_in(person: Staff) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.parametrize("who", ["other_unit_supervisor", "other_agency_supervisor"])
def test_a_supervisor_elsewhere_reads_one_case_for_an_hour(cast: Cast, case: CaseFile, who: str) -> None:
    beside, person = make_case(cast.worker), getattr(cast, who)
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        grant = opened(case, person)
        held = policies.rights(person, case)
    assert grant.expires_at == now + 60 * MINUTE
    assert set(held) == set(Section) - {Section.CLINICAL, Section.ACCESS}
    assert set(held.values()) == {frozenset({Right.VIEW})}
    assert not policies.cases_in_sight(person).filter(pk=beside.pk).exists()
    for before, is_open in ((dt.timedelta(seconds=1), True), (dt.timedelta(0), False)):
        with time_machine.travel(now + 60 * MINUTE - before, tick=False):
            assert policies.cases_in_sight(person).filter(pk=case.pk).exists() is is_open
            assert person.has_perm("cases.view_casefile", case) is is_open
            page = signed_in(person).get(reverse("cases:case-detail", args=[case.code]))
            assert page.status_code == (200 if is_open else 404)


def test_never_clinical_notes_even_for_a_psychologist(cast: Cast) -> None:
    case = make_case(cast.psychologist, case_type="rehabilitasi_sosial_dewasa")
    cast.supervisor.profession = Profession.PSIKOLOG
    cast.supervisor.save()
    opened(case, cast.supervisor)
    assert Section.CLINICAL not in policies.rights(cast.supervisor, case)


def test_it_is_told_at_once_in_the_timeline_the_journal_and_letters_without_content(
    cast: Cast, case: CaseFile, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        grant = opened(case, cast.other_unit_supervisor)
    event = CaseEvent.objects.get(case=case, kind=EventKind.BREAK_GLASS)
    assert (event.section, event.actor, event.summary) == (Section.ACCESS, cast.other_unit_supervisor, REASON)
    entry = JournalEntry.objects.get(action=JournalAction.BREAK_GLASS)
    assert (entry.actor, entry.object_code) == (cast.other_unit_supervisor, case.code)
    assert {letter.to[0] for letter in mail.outbox} == {cast.supervisor.email, cast.dpo.email}
    for letter in mail.outbox:
        for word in (case.code, case.participant.full_name, cast.other_unit_supervisor.full_name, "ancaman"):
            assert word not in letter.subject + letter.body
    for person in (cast.supervisor, cast.dpo):
        page = signed_in(person).get(reverse("cases:break-glass-list")).content.decode()
        assert reverse("cases:break-glass-detail", args=[grant.code]) in page
    assert cast.other_unit_supervisor.full_name in signed_in(cast.supervisor).get("/", follow=True).content.decode()


def test_the_same_form_sent_twice_opens_once(cast: Cast, case: CaseFile) -> None:
    assert opened(case, cast.other_unit_supervisor) == opened(case, cast.other_unit_supervisor)
    assert CaseUserGrant.all_grants.filter(source=GrantSource.BREAK_GLASS).count() == 1


@pytest.mark.parametrize("who", ["worker", "neighbour", "other_unit", "analyst", "admin", "cso", "auditor", "dpo"])
def test_nobody_but_supervisors(cast: Cast, case: CaseFile, who: str) -> None:
    with pytest.raises(PermissionDenied):
        opened(case, getattr(cast, who))
    answer = signed_in(getattr(cast, who)).post(reverse("cases:emergency"), form_of(case.code))
    assert answer.status_code == 403
    assert not CaseUserGrant.all_grants.filter(source=GrantSource.BREAK_GLASS).exists()


@pytest.mark.parametrize("reason", ["", "Darurat sekali.", " " * 60, "x" * 39])
def test_a_reason_of_forty_letters(cast: Cast, case: CaseFile, reason: str) -> None:
    with pytest.raises(TransitionError, match="40"):
        opened(case, cast.other_unit_supervisor, reason)


def form_of(code: str, **fields: Any) -> dict[str, Any]:
    return {"code": code, "reason": REASON, "confirmed": "on"} | fields


def test_the_page_opens_a_case_and_the_case_says_how_long(cast: Cast, case: CaseFile) -> None:
    client = signed_in(cast.other_unit_supervisor)
    url = reverse("cases:emergency")
    for fields in ({"confirmed": ""}, {"reason": "Darurat"}, {"code": ""}):
        assert client.post(url, form_of(case.code) | fields).status_code == 422
    answer = client.post(url, form_of(case.code.lower().replace("-", " ")))
    assert answer.headers["location"] == reverse("cases:case-detail", args=[case.code])
    page = client.get(answer.headers["location"]).content.decode()
    assert "Akses darurat: sisa" in page
    # The reason given here is the reason for every page of it.
    assert client.get(reverse("assessments:panel", args=[case.code])).status_code == 200
    assert "Akses darurat" in client.get(reverse("cases:case-list")).content.decode()
    for name in ("note-new", "identity-edit", "case-close", "access"):
        assert client.get(reverse(f"cases:{name}", args=[case.code])).status_code in (403, 404), name
        assert client.post(reverse(f"cases:{name}", args=[case.code])).status_code in (403, 404, 405), name


def test_a_code_of_nobody_and_a_case_that_stays_closed_sound_alike(cast: Cast, case: CaseFile) -> None:
    victim = make_case(cast.other_agency, case_type="korban")
    client = signed_in(cast.other_unit_supervisor)
    own = make_case(cast.other_unit)
    codes = ("ZZZZ-ZZZZ", victim.code, own.code)
    with time_machine.travel(timezone.now(), tick=False):  # each page counts the seconds that its session has left
        answers = {code: client.post(reverse("cases:emergency"), form_of(code)) for code in codes}
    pages = {code: answer.content.decode().replace(code, "CODE") for code, answer in answers.items()}
    assert {answer.status_code for answer in answers.values()} == {409}
    assert len({_without_tokens(page) for page in pages.values()}) == 1
    kept = JournalEntry.objects.filter(action=JournalAction.BREAK_GLASS_REFUSED, actor=cast.other_unit_supervisor)
    assert set(kept.values_list("object_code", flat=True)) == set(answers)


def _without_tokens(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrf" not in line.lower())


def test_guessing_is_slow(cast: Cast, case: CaseFile) -> None:
    client, url = signed_in(cast.other_unit_supervisor), reverse("cases:emergency")
    for _turn in range(settings.BREAK_GLASS_TRIES_AN_HOUR):
        assert client.post(url, form_of("ZZZZ-ZZZZ")).status_code == 409
    answer = client.post(url, form_of(case.code))
    assert answer.status_code == 409
    assert "Terlalu banyak percobaan" in answer.content.decode()
    assert not CaseUserGrant.all_grants.filter(source=GrantSource.BREAK_GLASS).exists()
    other = signed_in(cast.other_agency_supervisor).post(url, form_of(case.code))  # nobody is locked out by another
    assert other.status_code == 302


# ---- reviews --------------------------------------------------------------------------------------------------------


def test_two_reviews_by_the_lead_supervisor_and_the_officer(cast: Cast, case: CaseFile) -> None:
    use = opened(case, cast.other_unit_supervisor)
    for person, role in ((cast.supervisor, Reviewer.SUPERVISOR), (cast.dpo, Reviewer.DPO)):
        client = signed_in(person)
        url = reverse("cases:break-glass-detail", args=[use.code])
        assert REASON in client.get(url).content.decode()
        assert client.post(url, {"outcome": "justified", "comment": " "}).status_code == 422
        assert client.post(url, {"outcome": "wrong", "comment": "Baik"}).status_code == 422
        assert client.post(url, {"outcome": "justified", "comment": "Ancaman nyata."}).status_code == 302
        review = BreakGlassReview.objects.get(grant=use, reviewer_role=role)
        assert (review.reviewer, review.outcome) == (person, ReviewOutcome.JUSTIFIED)
        assert client.post(url, {"outcome": "not_justified", "comment": "Lain"}).status_code == 409
    assert JournalEntry.objects.filter(action=JournalAction.BREAK_GLASS_REVIEWED).count() == 2
    assert BreakGlassReview.objects.count() == 2


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("other_unit_supervisor", 404),  # the opener never
        ("other_agency_supervisor", 404),
        ("head_office", 404),
        ("worker", 403),
        ("analyst", 403),
        ("admin", 403),
        ("cso", 403),
    ],
)
def test_nobody_else_reads_or_reviews(cast: Cast, case: CaseFile, who: str, status: int) -> None:
    use, person = opened(case, cast.other_unit_supervisor), getattr(cast, who)
    client, url = signed_in(person), reverse("cases:break-glass-detail", args=[use.code])
    assert client.get(url).status_code == status
    assert client.post(url, {"outcome": "justified", "comment": "Baik"}).status_code == status
    with pytest.raises(PermissionDenied):
        workflow.review_break_glass(use, by=person, outcome=ReviewOutcome.JUSTIFIED, comment="Baik")


def test_an_auditor_reads_and_does_not_review(cast: Cast, case: CaseFile) -> None:
    use = opened(case, cast.other_unit_supervisor)
    client, url = signed_in(cast.auditor), reverse("cases:break-glass-detail", args=[use.code])
    assert client.get(url).status_code == 200
    assert client.post(url, {"outcome": "justified", "comment": "Baik"}).status_code == 403


def test_an_opener_who_moves_to_the_lead_unit_does_not_review_the_own_use(cast: Cast, case: CaseFile) -> None:
    use = opened(case, cast.other_unit_supervisor)
    opener = Staff.objects.get(pk=cast.other_unit_supervisor.pk)
    opener.unit = case.lead_unit
    opener.save()
    with pytest.raises(PermissionDenied):
        workflow.review_break_glass(use, by=opener, outcome=ReviewOutcome.JUSTIFIED, comment="Baik")
    assert signed_in(opener).get(reverse("cases:break-glass-detail", args=[use.code])).status_code == 404


def test_the_supervisor_ends_an_emergency_access_and_nobody_renews_it(cast: Cast, case: CaseFile) -> None:
    use = opened(case, cast.other_unit_supervisor)
    until = timezone.now() + dt.timedelta(days=2)
    with pytest.raises(TransitionError, match="diperpanjang"):
        workflow.renew_share(case, use, by=cast.supervisor, until=until, reason="Perlu")
    with pytest.raises(PermissionDenied):
        workflow.end_share(case, use, by=cast.worker, reason="Tidak perlu")
    workflow.end_share(case, use, by=cast.supervisor, reason="Tidak perlu lagi")
    assert policies.rights(cast.other_unit_supervisor, case) == {}


def test_a_late_review_is_marked(cast: Cast, case: CaseFile) -> None:
    opened(case, cast.other_unit_supervisor)
    url = reverse("cases:break-glass-list")
    assert "t-due-late" not in signed_in(cast.dpo).get(url).content.decode()
    with time_machine.travel(timezone.now() + dt.timedelta(days=4), tick=False):
        assert "t-due-late" in signed_in(cast.dpo).get(url).content.decode()


def test_a_second_supervisor_of_the_lead_unit_may_review_instead(cast: Cast, case: CaseFile) -> None:
    other = make_staff("sri.utami", case.lead_unit, Role.SUPERVISOR, Profession.PK_BAPAS)
    use = opened(case, cast.other_unit_supervisor)
    workflow.review_break_glass(use, by=other, outcome=ReviewOutcome.FOLLOW_UP, comment="Bicarakan dengan Palu.")
    with pytest.raises(TransitionError, match="sudah ditulis"):
        workflow.review_break_glass(use, by=cast.supervisor, outcome=ReviewOutcome.JUSTIFIED, comment="Baik")

"""The case page: what each viewer sees of one case, and the moves offered there."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.formats import date_format

from cases import frame, policies, workflow
from cases.enums import (
    CaseStatus,
    CaseType,
    ConsentCapacity,
    ConsentPurpose,
    DatePrecision,
    EventKind,
    LegalBasis,
    LegalStatusKind,
    Priority,
    ReferralSource,
    Section,
    TaskKind,
)
from cases.models import (
    CaseEvent,
    CaseFile,
    CaseUserGrant,
    ExternalClassification,
    LegalEvent,
    LegalStatus,
    Participant,
)
from tests.cast import Cast
from tests.factories import make_case, make_child_case, make_final_assessment, make_note, make_person, make_task

OWN_PAGES = ("case-detail", "identity", "legal", "supervision", "access", "timeline", "note-list")


def url(case: CaseFile, name: str = "case-detail") -> str:
    return reverse(f"cases:{name}", args=[case.code])


def share(case: CaseFile, with_whom: Any, sections: list[Section], *, by: Any, hours: int = 24) -> CaseUserGrant:
    return CaseUserGrant.all_grants.create(
        user=with_whom,
        permission=Permission.objects.get(content_type__app_label="cases", codename="view_casefile"),
        content_object=case,
        sections=[section.value for section in sections],
        source="sharing",
        lawful_basis=LegalBasis.PUBLIC_DUTY,
        reason="Pembahasan kasus",
        granted_by=by,
        granted_at=timezone.now() - dt.timedelta(hours=48),
        expires_at=timezone.now() + dt.timedelta(hours=hours),
    )


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return make_case(
        cast.worker,
        person=make_person(full_name="Imam Saputra", phone="0812-0000-0107", safe_contact_time="Sesudah 17.00."),
        legal=LegalStatusKind.PAROLE,
    )


EVERYTHING = set(OWN_PAGES)
SEEN = {
    "worker": EVERYTHING,
    "supervisor": EVERYTHING,
    "analyst": {"case-detail", "timeline"},
    "admin": {"identity"},
    "neighbour": None,
    "other_unit": None,
    "other_unit_supervisor": None,
    "other_agency": None,
    "other_agency_supervisor": None,
    "psychologist": None,
    "cso": None,
    "other_cso": None,
    "bnpt_admin": None,
    "head_office": None,
    "auditor": None,
    "dpo": None,
}


@pytest.mark.parametrize("who", SEEN)
def test_who_opens_which_section(cast: Cast, client: Client, case: CaseFile, who: str) -> None:
    """Nothing of the case: 404 everywhere. Something of it: 403 where the section is not theirs."""
    client.force_login(getattr(cast, who))
    seen = SEEN[who]
    answers = {name: client.get(url(case, name)).status_code for name in OWN_PAGES}
    expected = {name: 404 if seen is None else 200 if name in seen else 403 for name in OWN_PAGES}
    assert answers == expected


def test_an_unknown_code_is_not_found(cast: Cast, client: Client, case: CaseFile) -> None:
    client.force_login(cast.worker)
    for code in ("AAAA-AAAA", "1", case.code.lower(), "new-case", str(case.pk)):
        assert client.get(f"/cases/{code}/").status_code == 404, code


def test_the_page_answers_where_this_person_stands_and_what_is_next(
    cast: Cast, client: Client, case: CaseFile
) -> None:
    make_task(case, title="Periksa bengkel", due_at=timezone.now() + dt.timedelta(days=3))
    make_note(case, summary="Bengkel mulai ramai.")
    client.force_login(cast.worker)
    html = client.get(url(case)).content.decode()
    for words in (
        "<h1>Imam Saputra</h1>",
        case.case_no,
        "Periksa bengkel",
        "3 hari lagi",
        "0812-0000-0107",
        "Sesudah 17.00.",
        "Pembebasan bersyarat (PB)",
        cast.supervisor.full_name,
        "Bengkel mulai ramai.",
    ):
        assert words in html, words
    assert f"<title>{case.code} · Titian</title>" in html.replace("\n", "")


def test_the_bridge_dates_what_is_done_and_names_the_agencys_own_stage(cast: Cast, client: Client) -> None:
    case = make_case(cast.worker, opened_at=timezone.now() - dt.timedelta(days=60), legal=LegalStatusKind.PAROLE)
    LegalStatus.objects.filter(case=case).update(supervision_end=dt.date(2031, 3, 14))
    make_final_assessment(case, approver=cast.supervisor)
    workflow.move_on(case, by=cast.worker, probation_stage="awal", derad_stage="reedukasi")
    client.force_login(cast.worker)
    stages = client.get(url(case)).context["stages"]
    assert [stage["state"] for stage in stages] == ["done", "now", "ahead", "ahead", "ahead", "ahead"]
    assert stages[0]["notes"][0].startswith("selesai ")
    assert stages[1]["notes"] == ["PP 77: reedukasi", "Bapas: tahap awal"]
    assert stages[5]["notes"] == ["bimbingan s.d. 14 Mar 2031"]


def test_a_suspended_case_keeps_its_place_on_the_bridge(cast: Cast, client: Client) -> None:
    case = make_case(cast.worker, status=CaseStatus.INTERVENING)
    workflow.suspend(case, by=cast.supervisor, reason="Ditahan kembali.")
    client.force_login(cast.worker)
    stages = client.get(url(case)).context["stages"]
    assert [stage["state"] for stage in stages] == ["done", "done", "now", "ahead", "ahead", "ahead"]
    assert stages[2]["notes"] == ["ditangguhkan"]


def test_urgent_work_and_an_ending_consent_stand_above(cast: Cast, client: Client, case: CaseFile) -> None:
    make_task(case, kind=TaskKind.URGENT, priority=Priority.URGENT, title="Ancaman kepada istri")
    workflow.give_consent(
        case,
        by=cast.worker,
        purpose=ConsentPurpose.REFERRAL,
        scope=["name"],
        given_by="Imam Saputra",
        capacity=ConsentCapacity.SELF,
        recipient="Titi Harapan",
        valid_until=timezone.localdate() + dt.timedelta(days=5),
    )
    client.force_login(cast.worker)
    html = client.get(url(case)).content.decode()
    assert "Ancaman kepada istri" in html
    assert "Persetujuan berbagi data berakhir 5 hari lagi." in html


def test_another_bodys_colour_is_plain_text_with_its_source(cast: Cast, client: Client, case: CaseFile) -> None:
    ExternalClassification.objects.create(case=case, source="Lapas", value="hijau", given_on=dt.date(2026, 2, 3))
    client.force_login(cast.worker)
    words = {"case-detail": "Bukan hasil penilaian Titian.", "legal": "bukan penilaian Titian."}
    for name, whose in words.items():
        html = client.get(url(case, name)).content.decode()
        assert "“Hijau”" in html
        assert "Lapas" in html
        assert whose in html
        assert "t-band" not in html


def test_a_childs_page_has_no_colour_no_risk_and_a_short_name(cast: Cast, client: Client) -> None:
    case = make_child_case(cast.other_agency)
    case.participant.full_name = "Laras Permata Sari"
    case.participant.save()
    ExternalClassification.objects.create(case=case, source="Densus 88", value="merah", given_on=dt.date(2026, 2, 3))
    client.force_login(cast.other_agency)
    for name in ("case-detail", "legal", "timeline"):
        html = client.get(url(case, name)).content.decode()
        assert "<h1>Laras S.</h1>" in html
        assert "Permata" not in html
        for word in ("t-band", "risiko", "Risiko", "Merah"):
            assert word not in html, (name, word)
    assert "Berkas anak." in client.get(url(case)).content.decode()


@pytest.mark.parametrize(
    ("days", "told"),
    [(-1, False), (0, False), (1, True), (frame.AGE_NOTICE.days, True), (frame.AGE_NOTICE.days + 1, False)],
)
def test_an_18th_birthday_is_told_while_it_is_near(days: int, told: bool) -> None:
    day = timezone.localdate() + dt.timedelta(days=days)
    case = CaseFile(adult_from=day, participant=Participant(birth_date_precision=DatePrecision.DAY))
    identity = frozenset({Section.IDENTITY})
    assert frame.turns_eighteen_on({"case": case, "seen": identity}) == (day if told else None)
    # Whoever does not read the identity learns no birthday, and a year alone is none.
    assert frame.turns_eighteen_on({"case": case, "seen": frozenset({Section.SUMMARY})}) is None
    case.participant.birth_date_precision = DatePrecision.YEAR
    assert frame.turns_eighteen_on({"case": case, "seen": identity}) is None


def test_who_turns_eighteen_soon_is_told_with_the_day(cast: Cast, client: Client) -> None:
    """The team prepares: from that day on the person is asked and no longer the guardian."""
    case = make_child_case(cast.other_agency)
    soon = timezone.localdate() + dt.timedelta(days=20)
    Participant.objects.filter(pk=case.participant_id).update(
        birth_date=soon.replace(year=soon.year - 18, day=min(soon.day, 28))
    )
    case.refresh_from_db()
    client.force_login(cast.other_agency)
    html = " ".join(client.get(url(case)).content.decode().split())
    assert case.adult_from is not None
    assert f"Genap 18 tahun pada {date_format(case.adult_from, 'j M Y')}." in html


def test_a_handover_from_prison_without_its_paper_is_asked_for_with_the_kind_chosen(
    cast: Cast, client: Client
) -> None:
    case = make_case(cast.worker, referral_source=ReferralSource.PRISON)
    client.force_login(cast.worker)
    link = f"{url(case, 'legal-event-new')}?kind={LegalEvent.Kind.HANDOVER}"
    assert f'href="{link}"' in client.get(url(case)).content.decode()
    assert client.get(link).context["form"]["kind"].value() == LegalEvent.Kind.HANDOVER


def test_an_analyst_sees_the_summary_and_no_more(cast: Cast, client: Client, case: CaseFile) -> None:
    make_note(case, summary="Isi percakapan pribadi.")
    client.force_login(cast.analyst)
    html = client.get(url(case)).content.decode()
    for hidden in (
        "0812-0000-0107",
        "Isi percakapan",
        "Pembebasan bersyarat",
        "Catat kontak",
        url(case, "case-move-on"),
    ):
        assert hidden not in html, hidden
    assert "Kasus dibuka" in html


def test_the_timeline_shows_ten_and_leads_to_the_rest(cast: Cast, client: Client, case: CaseFile) -> None:
    client.force_login(cast.worker)
    assert url(case, "timeline") not in client.get(url(case)).content.decode()
    for number in range(12):
        make_note(case, summary=f"Catatan nomor {number}.")
    response = client.get(url(case))
    assert len(response.context["events"]) == 10
    assert url(case, "timeline") in response.content.decode()


def test_a_shared_case_opens_only_the_sections_that_were_shared(cast: Cast, client: Client, case: CaseFile) -> None:
    share(case, cast.other_agency, [Section.SUMMARY, Section.LEGAL], by=cast.supervisor)
    client.force_login(cast.other_agency)
    assert client.get(url(case)).status_code == 200
    assert client.get(url(case, "legal")).status_code == 200
    assert client.get(url(case, "identity")).status_code == 403
    assert client.get(url(case, "legal-status-new")).status_code == 403
    html = client.get(url(case)).content.decode()
    assert url(case, "identity") not in html
    # A tie may be declared by whoever sees the case; nothing else is done to it from here.
    assert client.get(url(case)).context["actions"] == {"tie"}


def test_a_grant_that_has_expired_opens_nothing(cast: Cast, client: Client, case: CaseFile) -> None:
    share(case, cast.other_agency, [Section.SUMMARY], by=cast.supervisor, hours=-1)
    client.force_login(cast.other_agency)
    assert client.get(url(case)).status_code == 404


def test_a_section_alone_can_be_shared_without_the_summary(cast: Cast, client: Client, case: CaseFile) -> None:
    share(case, cast.other_agency, [Section.LEGAL], by=cast.supervisor)
    client.force_login(cast.other_agency)
    assert client.get(url(case, "legal")).status_code == 200
    assert client.get(url(case)).status_code == 403


def test_panels_of_higher_apps_follow_the_sections_that_are_seen(
    cast: Cast, client: Client, case: CaseFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    panels = [
        frame.Panel(Section.PLAN, "cases:legal", "Tujuan peserta"),
        (Section.SUMMARY, "cases:timeline", "Keadaan", "facts"),
    ]
    monkeypatch.setattr(frame, "PANELS", panels)
    client.force_login(cast.worker)
    response = client.get(url(case))
    assert [panel["id"] for panel in response.context["main_panels"]] == ["cases-legal"]
    assert [panel["id"] for panel in response.context["facts_panels"]] == ["cases-timeline"]
    assert f'hx-get="{url(case, "legal")}"' in response.content.decode()
    client.force_login(cast.analyst)
    assert client.get(url(case)).context["main_panels"] == []


def test_the_number_of_queries_does_not_grow_with_the_case(
    cast: Cast, client: Client, case: CaseFile, django_assert_max_num_queries: Any
) -> None:
    client.force_login(cast.worker)
    client.get(url(case))
    for number in range(3):
        make_note(case, summary=f"Catatan {number}.")
    with django_assert_max_num_queries(30) as few:
        client.get(url(case))
    for _number in range(20):
        make_note(case)
        make_task(case)
    with django_assert_max_num_queries(len(few)):
        client.get(url(case))


# ---- moves ---------------------------------------------------------------------------------------------------------

MOVES = {
    "case-move-on": ("worker", "supervisor"),
    "case-assign": ("supervisor", "worker"),
    "case-suspend": ("supervisor", "worker"),
    "case-close": ("supervisor", "worker"),
}


@pytest.mark.parametrize("name", MOVES)
def test_a_move_opens_for_who_may_make_it_and_tells_the_others_who_may(
    cast: Cast, client: Client, case: CaseFile, name: str
) -> None:
    may, may_not = MOVES[name]
    client.force_login(getattr(cast, may))
    assert client.get(url(case, name)).status_code == 200
    client.force_login(getattr(cast, may_not))
    for answer in (client.get(url(case, name)), client.post(url(case, name), {})):
        assert answer.status_code == 403
        assert getattr(cast, may).full_name in answer.content.decode()
    for stranger in (cast.neighbour, cast.other_agency, cast.analyst, cast.admin, cast.auditor):
        client.force_login(stranger)
        assert client.post(url(case, name), {}).status_code in (403, 404)
    case.refresh_from_db()
    assert case.status == CaseStatus.ASSESSING


@pytest.mark.parametrize("stranger", ["neighbour", "other_agency", "other_unit_supervisor", "auditor", "cso"])
def test_a_stranger_does_not_learn_that_a_case_is_there(
    cast: Cast, client: Client, case: CaseFile, stranger: str
) -> None:
    client.force_login(getattr(cast, stranger))
    for name in (*MOVES, "case-resume", "case-reopen", "identity-edit", "legal-status-new", "supervision-edit"):
        assert client.get(url(case, name)).status_code == 404, name
        assert client.post(url(case, name), {}).status_code == 404, name


def test_moving_on_sets_the_next_stage_and_says_so(cast: Cast, client: Client, case: CaseFile) -> None:
    client.force_login(cast.worker)
    page = client.get(url(case, "case-move-on")).content.decode()
    assert "Dari Asesmen ke Perencanaan." in page
    assert "Tahap ATENSI" not in page
    answer = client.post(url(case, "case-move-on"), {"probation_stage": "awal"}, follow=True)
    assert answer.redirect_chain == [(url(case), 302)]
    assert "Tahap kasus berganti." in answer.content.decode()
    case.refresh_from_db()
    assert (case.status, case.probation_stage) == (CaseStatus.PLANNING, "awal")
    assert CaseEvent.objects.get(case=case, kind=EventKind.STAGE_MOVED).summary == "planning"
    assert "Tahap berganti: Perencanaan" in answer.content.decode()


def test_nothing_follows_aftercare_but_closing(cast: Cast, client: Client) -> None:
    case = make_case(cast.worker, status=CaseStatus.AFTERCARE)
    client.force_login(cast.worker)
    assert "move_on" not in client.get(url(case)).context["actions"]
    assert client.get(url(case, "case-move-on")).status_code == 409


def test_assigning_hands_the_case_over(cast: Cast, client: Client, case: CaseFile) -> None:
    client.force_login(cast.supervisor)
    page = client.get(url(case, "case-assign")).content.decode()
    assert f"{cast.worker.full_name} (1 kasus)" in page
    assert cast.other_unit.full_name not in page
    client.post(url(case, "case-assign"), {"worker": cast.neighbour.pk})
    case.refresh_from_db()
    assert case.lead_worker == cast.neighbour
    client.force_login(cast.worker)
    assert client.get(url(case)).status_code == 404
    client.force_login(cast.neighbour)
    assert client.get(url(case)).status_code == 200


def test_a_worker_of_another_unit_cannot_be_assigned(cast: Cast, client: Client, case: CaseFile) -> None:
    client.force_login(cast.supervisor)
    answer = client.post(url(case, "case-assign"), {"worker": cast.other_unit.pk})
    assert answer.status_code == 422
    case.refresh_from_db()
    assert case.lead_worker == cast.worker


def test_suspending_needs_a_reason_and_can_be_taken_back(cast: Cast, client: Client, case: CaseFile) -> None:
    workflow.move_on(case, by=cast.worker)
    client.force_login(cast.supervisor)
    assert client.post(url(case, "case-suspend"), {"reason": "  "}).status_code == 422
    client.post(url(case, "case-suspend"), {"reason": "Ditahan kembali."})
    case.refresh_from_db()
    assert case.status == CaseStatus.SUSPENDED
    assert client.get(url(case, "case-suspend")).status_code == 409
    client.post(url(case, "case-resume"))
    case.refresh_from_db()
    assert case.status == CaseStatus.PLANNING


def test_closing_is_refused_with_links_to_what_is_left(cast: Cast, client: Client, case: CaseFile) -> None:
    task = make_task(case, kind=TaskKind.URGENT, priority=Priority.URGENT, title="Hubungi")
    client.force_login(cast.supervisor)
    assert f"/tasks/{task.code}/close/" in client.get(url(case, "case-close")).content.decode()
    answer = client.post(url(case, "case-close"), {"reason": "pindah", "note": "Pindah ke Medan."})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Masih ada yang harus diselesaikan dahulu." in html
    assert "Pindah ke Medan." in html
    case.refresh_from_db()
    assert case.status == CaseStatus.ASSESSING


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "reason"),
        ({"reason": "selesai"}, "aftercare_until"),
        ({"reason": "selesai", "aftercare_until": "2020-01-01"}, "aftercare_until"),
        ({"reason": "selesai", "aftercare_until": "31 Februari"}, "aftercare_until"),
        ({"reason": "meninggal", "note": " "}, "note"),
        ({"reason": "lain", "note": "x"}, "reason"),
    ],
)
def test_closing_asks_what_its_reason_needs(
    cast: Cast, client: Client, case: CaseFile, data: dict[str, str], field: str
) -> None:
    client.force_login(cast.supervisor)
    answer = client.post(url(case, "case-close"), data)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_a_closed_case_can_be_read_and_reopened_but_not_changed(cast: Cast, client: Client, case: CaseFile) -> None:
    client.force_login(cast.supervisor)
    client.post(url(case, "case-close"), {"reason": "pindah", "note": "Pindah ke Medan."})
    client.force_login(cast.worker)
    page = client.get(url(case))
    assert page.status_code == 200
    assert page.context["actions"] == {"rights", "tie"}
    assert client.get(url(case, "identity-edit")).status_code == 409
    client.force_login(cast.supervisor)
    assert client.get(url(case)).context["actions"] == {"reopen", "rights", "tie"}
    client.post(url(case, "case-reopen"), {"reason": "Kembali melapor."})
    case.refresh_from_db()
    assert (case.status, case.closed_at, case.closure_reason) == (CaseStatus.ASSESSING, None, "")


def test_names_never_stand_in_title_or_address(cast: Cast, client: Client, case: CaseFile) -> None:
    client.force_login(cast.worker)
    for name in OWN_PAGES:
        html = client.get(url(case, name)).content.decode()
        title = html[html.index("<title>") : html.index("</title>")]
        assert "Imam" not in title
        assert 'href="/cases/Imam' not in html


def test_every_tab_leads_to_a_page_that_opens(cast: Cast, client: Client, case: CaseFile) -> None:
    for viewer in (cast.worker, cast.supervisor, cast.analyst):
        client.force_login(viewer)
        for tab in client.get(url(case)).context["tabs"]:
            if resolve(tab["url"]).namespace == "cases":
                assert client.get(tab["url"]).status_code == 200, tab
    client.force_login(cast.admin)
    assert [tab["url"] for tab in client.get(url(case, "identity")).context["tabs"]] == [url(case, "identity")]


def test_rights_of_the_frame_are_those_of_the_policy(cast: Cast, case: CaseFile) -> None:
    share(case, cast.psychologist, [Section.SUMMARY, Section.CLINICAL], by=cast.supervisor)
    for who, person in cast:
        held = policies.rights(person, case)
        for section in Section:
            for right in policies.Right:
                assert (right in held.get(section, ())) == policies.can(person, right, case, section), (
                    who,
                    section,
                    right,
                )


def test_a_family_case_of_the_same_person_stays_apart(cast: Cast, client: Client) -> None:
    first = make_case(cast.other_agency, case_type=CaseType.FAMILY)
    second = workflow.open_case(by=cast.other_agency, case_type=CaseType.VICTIM, participant=first.participant)
    make_note(first, summary="Catatan keluarga.")
    client.force_login(cast.other_agency)
    assert "Catatan keluarga." not in client.get(url(second)).content.decode()

"""Breaches of personal data: the clock of Pasal 46, who may do what, and letters that give nothing away."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import JournalEntry
from cases import letters
from cases.deadlines import breach_due
from cases.enums.breaches import BreachKind, BreachStatus, Told
from cases.models import BreachIncident, Task
from cases.policies import breaches as policies
from cases.workflow import breaches
from core.workflow import TransitionError
from tests.cast import Cast
from tests.factories import make_case

ALL = list(Cast.__dataclass_fields__)
REPORTERS = [
    "supervisor", "other_unit_supervisor", "other_agency_supervisor", "head_office", "admin", "bnpt_admin", "dpo",
]  # fmt: skip


@pytest.fixture
def case(cast):
    return make_case(cast.worker)


def report(cast, by="supervisor", **fields):
    told = {
        "kind": BreachKind.LOST_DEVICE,
        "what": "Nama dan nomor telepon.",
        "how": "Ponsel dinas hilang di terminal.",
        "discovered_at": timezone.now() - dt.timedelta(hours=2),
    }
    return breaches.report_breach(by=getattr(cast, by), **(told | fields))


def handled(cast, **fields):
    return breaches.handle(report(cast, **fields), by=cast.dpo, text="Ponsel dikunci.", measures="Ponsel dikunci.")


def told(cast, **fields):
    incident = breaches.mark_told(handled(cast, **fields), by=cast.dpo, whom=Told.AGENCY)
    return breaches.mark_told(incident, by=cast.dpo, whom=Told.SUBJECTS)


def test_the_clock_runs_72_hours_from_when_it_was_known(cast):
    known = timezone.now() - dt.timedelta(days=4)
    late = report(cast, discovered_at=known)
    assert late.due_at == known + dt.timedelta(hours=72) == breach_due(known)
    assert late.is_overdue
    assert not report(cast).is_overdue
    with pytest.raises(TransitionError):
        report(cast, discovered_at=timezone.now() + dt.timedelta(minutes=1))


@pytest.mark.parametrize("actor", ALL)
def test_units_and_the_officer_report(cast, actor):
    if actor in REPORTERS:
        assert report(cast, by=actor).unit == getattr(cast, actor).unit
    else:
        with pytest.raises(PermissionDenied):
            report(cast, by=actor)


@pytest.mark.parametrize("actor", [name for name in ALL if name != "dpo"])
def test_only_the_officer_handles_tells_and_closes(cast, actor):
    incident, user = handled(cast), getattr(cast, actor)
    for act in (
        lambda: breaches.handle(incident, by=user, text="Selesai."),
        lambda: breaches.mark_told(incident, by=user, whom=Told.AGENCY),
        lambda: breaches.close_breach(incident, by=user, note="Selesai."),
    ):
        with pytest.raises(PermissionDenied):
            act()


@pytest.mark.parametrize("actor", ALL)
def test_a_unit_sees_its_own_incidents_and_oversight_all(cast, actor):
    incident = report(cast)
    seen = policies.breaches_for(getattr(cast, actor))
    assert list(seen) == ([incident] if actor in ("supervisor", "auditor", "dpo", "system") else [])


def test_people_are_told_by_whoever_works_on_their_case(cast, case):
    incident = handled(cast, codes=[case.code])
    breaches.mark_told(incident, by=cast.dpo, whom=Told.SUBJECTS)
    task = Task.objects.get(source=f"breach:{incident.pk}:{case.pk}")
    assert task.assignee == cast.worker
    assert task.path == f"/cases/{case.code}/breaches/{incident.code}/letter/"


def test_it_counts_as_told_when_agency_and_people_know(cast):
    incident = breaches.mark_told(handled(cast), by=cast.dpo, whom=Told.AGENCY)
    assert incident.status == BreachStatus.HANDLING
    assert breaches.mark_told(incident, by=cast.dpo, whom=Told.SUBJECTS).status == BreachStatus.NOTIFIED


def test_nobody_is_told_before_the_measures_are_written(cast):
    with pytest.raises(TransitionError):
        breaches.mark_told(report(cast), by=cast.dpo, whom=Told.AGENCY)


def test_closing_waits_until_everybody_knows(cast):
    with pytest.raises(TransitionError) as refusal:
        breaches.close_breach(handled(cast), by=cast.dpo, note="Selesai.")
    assert len(refusal.value.blockers) == 2
    assert breaches.close_breach(told(cast), by=cast.dpo, note="Kunci layar wajib.").status == BreachStatus.CLOSED


def test_what_touched_nobody_is_closed_with_a_note(cast):
    incident = breaches.handle(report(cast), by=cast.dpo, text="Ponsel kosong.", affected_count=0)
    assert breaches.close_breach(incident, by=cast.dpo, note="Tidak ada data.").status == BreachStatus.CLOSED
    with pytest.raises(TransitionError):
        breaches.handle(incident, by=cast.dpo, text="Lagi.")


def test_every_step_stands_in_the_journal(cast):
    incident = breaches.close_breach(told(cast), by=cast.dpo, note="Selesai.")
    said = list(JournalEntry.objects.filter(object_code=incident.code).order_by("pk").values_list("detail", flat=True))
    assert said == ["reported", "handled", "told: agency", "told: subjects", "closed"]


# ---- pages and letters ---------------------------------------------------------------------------------------------


def form_data(**fields):
    known = timezone.localtime() - dt.timedelta(hours=1)
    return {
        "kind": "lost_device",
        "discovered_at": f"{known:%Y-%m-%dT%H:%M}",
        "what": "Nama.",
        "how": "Hilang di terminal.",
    } | fields


def test_a_supervisor_reports_on_the_page(client, cast, case):
    client.force_login(cast.supervisor)
    answer = client.post("/rights/breaches/new/", form_data(codes=f"{case.code.lower()}\n"))
    incident = BreachIncident.objects.get()
    assert answer.headers["Location"] == f"/rights/breaches/{incident.code}/"
    assert [row.case_code for row in incident.cases.all()] == [case.code]
    assert case.code not in client.get(f"/rights/breaches/{incident.code}/").content.decode()


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"codes": "ZZZZ-ZZZZ"}, "codes"),
        ({"codes": "\x00"}, "codes"),
        ({"discovered_at": "2999-01-01T00:00"}, "discovered_at"),
        ({"discovered_at": "0001-01-01T00:00"}, "discovered_at"),
        ({"happened_at": "2998-01-01T00:00"}, "happened_at"),
        ({"affected_count": "-1"}, "affected_count"),
        ({"kind": ""}, "kind"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(client, cast, fields, wrong):
    client.force_login(cast.supervisor)
    answer = client.post("/rights/breaches/new/", form_data(**fields))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [wrong]


def test_the_officer_is_told_what_is_missing_on_the_same_page(client, cast):
    incident = handled(cast)
    client.force_login(cast.dpo)
    answer = client.post(f"/rights/breaches/{incident.code}/close/", {"note": "Selesai."})
    assert answer.status_code == 409
    assert "belum diberi tahu" in answer.content.decode()


def test_the_letter_to_a_person_names_nobody_and_no_case(cast, case):
    incident = handled(cast, codes=[case.code])
    html = render_to_string("pdf/breach_subject.html", letters.breach_context(incident))
    for word in (case.participant.full_name, case.code, "Bapas", "teror", incident.what, incident.how):
        assert word not in html
    assert letters.breach_letter_to_subject(incident).content.startswith(b"%PDF-")


def test_the_letter_to_the_agency_says_what_the_law_asks(cast, case):
    incident = handled(cast, codes=[case.code])
    html = render_to_string("pdf/breach_agency.html", letters.breach_context(incident))
    for word in (incident.what, incident.how, incident.measures):
        assert word in html
    assert case.participant.full_name not in html
    assert letters.breach_letter_to_agency(incident).content.startswith(b"%PDF-")


def test_the_letter_is_carried_over_only_once_people_are_to_be_told(client, cast, case):
    incident = handled(cast, codes=[case.code])
    url = f"/cases/{case.code}/breaches/{incident.code}/letter/"
    client.force_login(cast.worker)
    assert client.get(url).status_code == 404
    breaches.mark_told(incident, by=cast.dpo, whom=Told.SUBJECTS)
    assert client.get(url).content.startswith(b"%PDF-")
    client.force_login(cast.neighbour)
    assert client.get(url).status_code == 404


def test_a_unit_names_only_cases_that_it_sees(client, cast):
    foreign = make_case(cast.other_unit)
    client.force_login(cast.supervisor)
    answer = client.post("/rights/breaches/new/", form_data(codes=foreign.code))
    assert list(answer.context["form"].errors) == ["codes"]
    assert not report(cast, codes=[foreign.code]).cases.exists()
    assert report(cast, by="dpo", codes=[foreign.code]).cases.count() == 1

"""The legal page in depth: dates that cannot be, corrections and their conflicts, checking, other bodies' words."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from cases import legal_dates, workflow
from cases.enums import CaseType, EventKind, LegalStatusKind, Section
from cases.models import (
    CaseEvent,
    CaseFile,
    ExternalAssessment,
    ExternalClassification,
    LegalEvent,
    LegalStatus,
    ReturnEvent,
)
from core.acting import acting_as
from core.workflow import FieldError, StaleError, TransitionError
from tests.cast import Cast, make_cast
from tests.factories import make_case, make_child_case, make_grant, make_person

pytestmark = pytest.mark.django_db
SINCE = dt.date(2026, 2, 20)
PAPER = {"authority": "Ditjenpas", "document_no": "PAS-101/2026"}


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return make_case(cast.worker)


@pytest.fixture
def as_worker(cast: Cast, client: Client) -> Client:
    client.force_login(cast.worker)
    return client


def add(case: CaseFile, cast: Cast, **fields: Any) -> LegalStatus:
    return workflow.add_legal_status(
        case, by=cast.worker, **({"status": LegalStatusKind.PAROLE, "valid_from": SINCE} | fields)
    )


def url(case: CaseFile, name: str, *codes: str) -> str:
    return reverse(f"cases:{name}", args=[case.code, *codes])


# ---- dates ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"valid_from": dt.date(1980, 1, 1)}, "valid_from"),  # before birth
        ({"valid_from": dt.date(2999, 1, 1)}, "valid_from"),
        ({"valid_to": dt.date(2026, 1, 1)}, "valid_to"),
        ({"release_date": dt.date(2025, 6, 1)}, "release_date"),
        ({"release_date": dt.date(2027, 6, 1), "supervision_end": dt.date(2027, 5, 1)}, "supervision_end"),
        ({"supervision_end": dt.date(2150, 1, 1)}, "supervision_end"),
        ({"valid_from": dt.date(1899, 12, 31)}, "valid_from"),
    ],
)
def test_dates_that_cannot_be_are_named_by_field(
    cast: Cast, case: CaseFile, as_worker: Client, fields: dict[str, dt.date], field: str
) -> None:
    with pytest.raises(FieldError) as refused:
        add(case, cast, **fields)
    assert set(refused.value.problems) == {field}
    data = {"status": "pb", "valid_from": SINCE} | fields
    answer = as_worker.post(url(case, "legal-status-new"), {name: str(value) for name, value in data.items()})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert not LegalStatus.objects.exists()


def test_a_release_before_the_verdict_is_refused(cast: Cast, case: CaseFile) -> None:
    workflow.add_legal_record(LegalEvent, case, by=cast.worker, kind="putusan", happened_on=dt.date(2026, 5, 1))
    with pytest.raises(FieldError) as refused:
        add(case, cast, release_date=dt.date(2026, 4, 1))
    assert refused.value.problems == {"release_date": legal_dates.BEFORE_VERDICT}


def test_a_first_verdict_after_the_release_is_refused_and_a_later_one_is_not(cast: Cast, case: CaseFile) -> None:
    """Written in this order it is the same mistake; otherwise the status could not be corrected any more."""
    add(case, cast, release_date=dt.date(2026, 6, 1))
    verdict = partial(workflow.add_legal_record, LegalEvent, case, by=cast.worker, kind="putusan")
    with pytest.raises(FieldError) as refused:
        verdict(happened_on=dt.date(2026, 6, 2))
    assert refused.value.problems == {"happened_on": legal_dates.AFTER_RELEASE}
    first = verdict(happened_on=dt.date(2026, 6, 1))
    verdict(happened_on=dt.date(2026, 6, 20))
    with pytest.raises(FieldError):
        workflow.amend_legal_record(first, by=cast.worker, version=first.version, happened_on=dt.date(2026, 6, 3))


@pytest.mark.parametrize(
    ("precision", "day", "refused"),
    [
        ("day", dt.date(1990, 5, 16), True),
        ("day", dt.date(1990, 5, 17), False),
        ("month", dt.date(1990, 5, 1), False),
        ("year", dt.date(1990, 1, 1), False),
        ("year", dt.date(1989, 12, 31), True),
        ("estimate", dt.date(1980, 1, 1), False),
    ],
)
def test_birth_counts_as_far_as_it_is_known(cast: Cast, precision: str, day: dt.date, refused: bool) -> None:
    person = make_person(birth_date=dt.date(1990, 5, 17), birth_date_precision=precision)
    known = workflow.known_of(make_case(cast.worker, person=person))
    assert bool(legal_dates.past_problems("happened_on", day, known)) == refused


@pytest.mark.parametrize(
    "fields",
    [
        {"valid_from": dt.date(1899, 1, 1)},
        {"release_date": dt.date(2020, 1, 1)},
        {"supervision_end": dt.date(2020, 1, 1)},
        {"release_date": dt.date(2028, 1, 1), "supervision_end": dt.date(2027, 1, 1)},
        {"valid_to": dt.date(2020, 1, 1)},
    ],
)
def test_the_database_refuses_the_same(case: CaseFile, fields: dict[str, dt.date]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        LegalStatus.objects.create(case=case, **({"status": "pb", "valid_from": SINCE} | fields))


def test_a_birth_date_after_the_first_status_is_refused_beside_it(
    cast: Cast, case: CaseFile, as_worker: Client
) -> None:
    add(case, cast, valid_from=dt.date(2010, 1, 1))
    page = as_worker.get(url(case, "identity-edit"))
    data = {name: field.value() or "" for name, field in ((f.name, f) for f in page.context["form"])}
    answer = as_worker.post(url(case, "identity-edit"), data | {"birth_year": "2012"})
    assert answer.status_code == 422
    assert "birth_year" in answer.context["form"].errors


# ---- correcting ----------------------------------------------------------------------------------------------------


def test_a_correction_is_saved_and_ends_the_check(cast: Cast, case: CaseFile, as_worker: Client) -> None:
    status = add(case, cast, **PAPER)
    workflow.verify_legal_status(status, by=cast.supervisor, version=status.version)
    status.refresh_from_db()
    page = as_worker.get(url(case, "legal-status-edit", status.code))
    assert page.context["form"].initial["document_no"] == "PAS-101/2026"
    data = {"status": "pb", "valid_from": str(SINCE), **PAPER, "version": status.version, "sentence_months": "48"}
    assert as_worker.post(url(case, "legal-status-edit", status.code), data).status_code == 302
    status.refresh_from_db()
    assert (status.sentence_months, status.is_verified, status.recorded_by) == (48, False, cast.worker)
    assert CaseEvent.objects.filter(case=case, kind=EventKind.LEGAL_AMENDED, summary=f"pb: {SINCE}").count() == 1


def test_saving_what_stands_changes_nothing(cast: Cast, case: CaseFile) -> None:
    status = add(case, cast, **PAPER)
    status = workflow.verify_legal_status(status, by=cast.supervisor, version=1)
    same = workflow.amend_legal_status(status, by=cast.worker, version=status.version, **PAPER)
    assert same.is_verified


def test_a_correction_into_another_status_names_that_status(cast: Cast, case: CaseFile, as_worker: Client) -> None:
    add(case, cast, status=LegalStatusKind.PRISONER, valid_from=dt.date(2022, 3, 1), valid_to=SINCE)
    status = add(case, cast)
    data = {"status": "pb", "valid_from": "2025-12-01", "version": status.version}
    answer = as_worker.post(url(case, "legal-status-edit", status.code), data)
    assert answer.status_code == 422
    assert "Narapidana" in str(answer.context["form"].errors["valid_from"])


def test_a_status_ends_without_another(cast: Cast, case: CaseFile, as_worker: Client) -> None:
    status = add(case, cast)
    address = url(case, "legal-status-end", status.code)
    for impossible in ("2026-01-01", "2999-01-01"):
        answer = as_worker.post(address, {"valid_to": impossible})
        assert answer.status_code == 422
        assert answer.context["form"].errors["valid_to"]
        assert impossible in answer.content.decode()
    assert as_worker.post(address, {"valid_to": "2026-03-01"}).status_code == 302
    assert LegalStatus.objects.get().valid_to == dt.date(2026, 3, 1)
    again = as_worker.post(address, {"valid_to": "2026-03-02"})  # a second tab
    assert again.status_code == 409
    assert "Status ini sudah berakhir." in again.content.decode()
    assert LegalStatus.objects.get().valid_to == dt.date(2026, 3, 1)


def test_a_closed_case_takes_no_more(cast: Cast, case: CaseFile) -> None:
    workflow.close(case, by=cast.supervisor, reason="menolak", note="Tidak mau lagi.")
    with pytest.raises(TransitionError):
        add(case, cast)
    with pytest.raises(TransitionError):
        workflow.add_legal_record(LegalEvent, case, by=cast.worker, kind="remisi", happened_on=SINCE)


# ---- checking (I-17) -----------------------------------------------------------------------------------------------


def test_the_supervisor_checks_what_has_a_paper(cast: Cast, case: CaseFile, client: Client) -> None:
    status = add(case, cast, **PAPER)
    client.force_login(cast.supervisor)
    assert "Tandai terperiksa" in client.get(url(case, "legal")).content.decode()
    address = url(case, "legal-status-verify", status.code)
    assert client.post(address, {"version": "0"}).status_code == 409
    assert client.post(address, {"version": "1"}).status_code == 302
    status.refresh_from_db()
    assert status.verified_by == cast.supervisor
    assert "Terperiksa" in client.get(url(case, "legal")).content.decode()
    assert client.post(address, {"version": "2"}).status_code == 302  # a double click
    assert CaseEvent.objects.filter(kind=EventKind.LEGAL_VERIFIED).count() == 1


def test_nobody_else_checks_and_nothing_without_a_paper(cast: Cast, case: CaseFile) -> None:
    status = add(case, cast, authority="Lapas")
    with pytest.raises(TransitionError):
        workflow.verify_legal_status(status, by=cast.supervisor, version=1)
    status = workflow.amend_legal_status(status, by=cast.worker, version=1, document_no="12/2026")
    for person in (cast.worker, cast.neighbour, cast.other_unit_supervisor, cast.analyst, cast.admin):
        with pytest.raises(PermissionDenied):
            workflow.verify_legal_status(status, by=person, version=2)
    with pytest.raises(StaleError):
        workflow.verify_legal_status(status, by=cast.supervisor, version=1)


def test_the_database_lets_nobody_check_the_own_record(cast: Cast, case: CaseFile) -> None:
    status = add(case, cast, **PAPER)
    for fields in (
        {"verified_by": cast.worker, "verified_at": timezone.now()},
        {"verified_by": cast.supervisor},
        {"verified_by": cast.supervisor, "verified_at": timezone.now(), "document_no": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            LegalStatus.objects.filter(pk=status.pk).update(**fields)


# ---- events, other bodies, returns ---------------------------------------------------------------------------------

RECORDS: list[tuple[str, type, dict[str, str], str]] = [
    (
        "event",
        LegalEvent,
        {"kind": "izin_bepergian", "happened_on": "2026-08-17", "place": "Batu"},
        "happened_on",
    ),
    ("category", ExternalClassification, {"source": "Lapas", "value": "hijau", "given_on": "2026-02-03"}, "given_on"),
    (
        "assessment",
        ExternalAssessment,
        {"source": "Lapas", "instrument": "rri", "result": "Rendah", "assessed_on": "2026-02-03"},
        "assessed_on",
    ),
    ("return", ReturnEvent, {"kind": "deportan", "country": "TR", "arrived_on": "2026-01-10"}, "arrived_on"),
]


@pytest.mark.parametrize(("kind", "model", "data", "day"), RECORDS)
def test_each_record_is_written_corrected_and_kept_from_slips(
    case: CaseFile, as_worker: Client, kind: str, model: type, data: dict[str, str], day: str
) -> None:
    new = url(case, f"legal-{kind}-new")
    for wrong in ("2999-01-01", "1989-01-01", "0202-01-01"):
        answer = as_worker.post(new, data | {day: wrong})
        assert answer.status_code == 422
        assert set(answer.context["form"].errors) == {day}
    assert as_worker.post(new, data).status_code == 302
    row = model.objects.get()
    edit = url(case, f"legal-{kind}-edit", row.code)
    assert as_worker.get(edit).status_code == 200
    assert as_worker.post(edit, data | {day: "2026-09-01", "version": "1"}).status_code == 302
    stale = as_worker.post(edit, data | {day: "2026-09-02", "version": "1"})
    assert stale.status_code == 409
    assert [row.name for row in stale.context["rows"]] == [day]
    row.refresh_from_db()
    assert getattr(row, day) == dt.date(2026, 9, 1)


def test_what_others_say_stands_apart_in_words_and_moves_nothing(
    cast: Cast, case: CaseFile, as_worker: Client
) -> None:
    before = CaseFile.objects.values().get(pk=case.pk)
    add_record = workflow.add_legal_record
    add_record(ExternalClassification, case, by=cast.worker, source="Densus 88", value="merah", given_on=SINCE)
    add_record(
        ExternalAssessment, case, by=cast.worker, source="Lapas", instrument="sppn", result="Baik", assessed_on=SINCE
    )
    html = as_worker.get(url(case, "legal")).content.decode()
    card = html[html.index('id="externals"') :]
    card = card[: card.index("</section>")]
    assert "bukan penilaian Titian" in card
    assert "“Merah”" in card
    assert "Densus 88" in card
    assert "t-band" not in card
    assert CaseFile.objects.values().get(pk=case.pk) == before
    lines = CaseEvent.objects.filter(case=case, kind=EventKind.EXTERNAL).order_by("pk")
    assert [line.summary for line in lines] == ["Densus 88", "Lapas"]


def test_a_childs_file_takes_no_word_of_risk(cast: Cast, client: Client) -> None:
    child = make_child_case(cast.other_agency)
    ExternalClassification.objects.create(case=child, source="Densus 88", value="merah", given_on=SINCE)
    client.force_login(cast.other_agency)
    html = client.get(url(child, "legal")).content.decode()
    assert "Merah" not in html
    assert "Catat kategori" not in html
    answer = client.post(url(child, "legal-category-new"), RECORDS[1][2])
    assert answer.status_code == 409
    assert ExternalClassification.objects.count() == 1
    word = ExternalClassification.objects.get()
    assert client.get(url(child, "legal-category-edit", word.code)).status_code == 404


def test_the_country_is_for_those_who_work_on_the_case(cast: Cast, client: Client) -> None:
    case = make_case(cast.other_agency, case_type=CaseType.SOCIAL_ADULT)
    ReturnEvent.objects.create(case=case, kind="deportan", country="TR", arrived_on=dt.date(2020, 1, 10))
    make_grant(case, cast.worker, [Section.SUMMARY, Section.LEGAL], by=cast.other_agency_supervisor)
    seen = {}
    for person in (cast.other_agency, cast.other_agency_supervisor, cast.worker):
        client.force_login(person)
        html = client.get(url(case, "legal")).content.decode()
        assert "Deportan" in html
        seen[person] = "Turki" in html
    assert seen == {cast.other_agency: True, cast.other_agency_supervisor: True, cast.worker: False}


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "'; DROP TABLE cases_legalstatus; --", "🧕🏽 عربي \u202e", "x" * 10_000]
)
def test_any_text_is_kept_or_refused_beside_its_field(case: CaseFile, as_worker: Client, text: str) -> None:
    data = {"source": text, "instrument": "rri", "result": "Rendah", "assessed_on": "2026-02-03"}
    answer = as_worker.post(url(case, "legal-assessment-new"), data)
    if len(text) > 120:
        assert answer.status_code == 422
        assert set(answer.context["form"].errors) == {"source"}
    else:
        assert answer.status_code == 302
        assert ExternalAssessment.objects.get().source == text.strip()
        assert "<script>alert" not in as_worker.get(url(case, "legal")).content.decode()


# ---- periods, by property ------------------------------------------------------------------------------------------

DAYS = st.integers(0, 60).map(lambda number: dt.date(2020, 1, 1) + dt.timedelta(days=number))
PERIODS = st.lists(
    st.tuples(DAYS, st.one_of(st.none(), st.integers(0, 40))).map(
        lambda pair: (pair[0], None if pair[1] is None else pair[0] + dt.timedelta(days=pair[1]))
    ),
    min_size=1,
    max_size=6,
)


class TestPeriods(HypothesisTestCase):
    """Whatever statuses come: database and rule agree, and on no day are there two."""

    def setUp(self) -> None:
        self.cast = make_cast()
        self.case = make_case(self.cast.worker)

    @settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(PERIODS)
    def test_the_database_and_the_rule_agree(self, periods: list[tuple[dt.date, dt.date | None]]) -> None:
        system = acting_as(self.cast.system.pk)
        with system:
            self.case.legal_statuses.all().delete()
            kept: list[tuple[dt.date, dt.date | None]] = []
            for begin, end in periods:
                clashes = any(legal_dates.overlap(begin, end, *other) for other in kept)
                try:
                    with transaction.atomic():
                        LegalStatus.objects.create(case=self.case, status="pb", valid_from=begin, valid_to=end)
                except IntegrityError:
                    assert clashes, (begin, end, kept)
                else:
                    assert not clashes, (begin, end, kept)
                    kept.append((begin, end))
            for number in range(0, 110, 3):
                day = dt.date(2020, 1, 1) + dt.timedelta(days=number)
                assert self.case.legal_statuses.in_force_on(day).count() <= 1


@given(DAYS, st.one_of(st.none(), DAYS), DAYS, st.one_of(st.none(), DAYS))
def test_overlap_is_the_same_from_both_sides(
    a: dt.date, a_to: dt.date | None, b: dt.date, b_to: dt.date | None
) -> None:
    a_to, b_to = a_to and max(a, a_to), b_to and max(b, b_to)
    assert legal_dates.overlap(a, a_to, b, b_to) == legal_dates.overlap(b, b_to, a, a_to)


def test_a_record_sent_twice_is_stored_once(cast: Cast, case: CaseFile) -> None:
    pledge = {"kind": "ikrar_nkri", "happened_on": dt.date(2026, 2, 3), "place": "Malang"}
    first = workflow.add_legal_record(LegalEvent, case, by=cast.worker, **pledge)
    assert workflow.add_legal_record(LegalEvent, case, by=cast.worker, **pledge) == first
    assert workflow.add_legal_record(LegalEvent, case, by=cast.worker, **pledge | {"place": "Lawang"}) != first

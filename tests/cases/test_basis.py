"""Law and consent are two records (D §2.6): one that nobody takes back, one that the person may at any time."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Staff
from cases import tasks, workflow
from cases.enums import CaseType, ConsentCapacity, ConsentPurpose, ConsentStatus, EventKind, LegalBasis
from cases.enums.basis import LAW_OF, BasisPurpose, Ground
from cases.models import CaseFile, Consent, ProcessingBasis
from core.workflow import TransitionError
from tests.cases.sharing import NOTES, consent_of, share
from tests.cast import Cast
from tests.factories import make_case, make_child_case

DAY = dt.timedelta(days=1)


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return make_case(cast.worker)


def signed_in(person: Staff) -> Client:
    client = Client()
    client.force_login(person)
    return client


def record(case: CaseFile, by: Staff, **fields: Any) -> ProcessingBasis:
    defaults: dict[str, Any] = {
        "purpose": BasisPurpose.SUPERVISION,
        "ground": Ground.LEGAL_DUTY,
        "reference": "Penetapan PN Malang 12/Pen/2026",
        "valid_from": timezone.localdate(),
    }
    return workflow.record_basis(case, by=by, **(defaults | fields))


# ---- by law ---------------------------------------------------------------------------------------------------------


def test_a_new_case_names_the_law_it_is_kept_under(cast: Cast, case: CaseFile) -> None:
    basis = case.bases.get()
    assert (basis.purpose, basis.ground) == (BasisPurpose.SERVICE, Ground.PUBLIC_DUTY)
    assert basis.reference == LAW_OF[CaseType.PROBATION]
    assert not make_case(cast.worker, legal_basis=LegalBasis.CONSENT).bases.exists()
    assert set(LAW_OF) == set(CaseType.values)


def test_a_basis_is_recorded_and_ended_but_never_the_last(cast: Cast, case: CaseFile) -> None:
    (first,) = case.bases.all()
    with pytest.raises(TransitionError, match="satu-satunya dasar"):
        workflow.end_basis(first, by=cast.worker)
    second = record(case, cast.worker)
    assert record(case, cast.worker) == second  # a form sent twice
    ended = workflow.end_basis(first, by=cast.worker)
    assert ended.valid_to == timezone.localdate()
    assert case.events.filter(kind=EventKind.BASIS).count() == 2
    assert set(ProcessingBasis.objects.in_force().filter(case=case)) == {first, second}  # until the end of the day


@pytest.mark.parametrize("who", ["supervisor", "neighbour", "other_unit", "cso", "analyst", "admin", "dpo"])
def test_only_the_caseworker_records_and_ends(cast: Cast, case: CaseFile, who: str) -> None:
    with pytest.raises(PermissionDenied):
        record(case, getattr(cast, who))
    with pytest.raises(PermissionDenied):
        workflow.end_basis(case.bases.get(), by=getattr(cast, who))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"reference": "  "}, "Sebutkan aturan"),
        ({"valid_to": timezone.localdate() - DAY}, "sebelum tanggal awal"),
    ],
)
def test_a_basis_without_law_or_time_is_refused(
    cast: Cast, case: CaseFile, fields: dict[str, Any], words: str
) -> None:
    with pytest.raises(TransitionError, match=words):
        record(case, cast.worker, **fields)


def test_consent_is_no_ground_of_the_law_by_any_route(cast: Cast, case: CaseFile) -> None:
    assert "persetujuan" not in Ground.values
    with pytest.raises(IntegrityError, match="basis_is_of_the_law"), transaction.atomic():
        case.bases.update(ground="persetujuan")


# ---- by consent -----------------------------------------------------------------------------------------------------


def test_both_stand_side_by_side_and_each_says_whether_it_can_be_taken_back(cast: Cast, case: CaseFile) -> None:
    consent_of(case, cast)
    page = signed_in(cast.worker).get(reverse("cases:basis", args=[case.code])).content.decode()
    for words in (LAW_OF[CaseType.PROBATION], "Tidak dapat ditarik", "Dapat ditarik kapan saja", "Tarik persetujuan"):
        assert words in page
    reader = signed_in(cast.supervisor).get(reverse("cases:basis", args=[case.code])).content.decode()
    assert LAW_OF[CaseType.PROBATION] in reader
    assert "Tarik persetujuan" not in reader


def form_of(**fields: Any) -> dict[str, Any]:
    return {
        "decision": "given",
        "recipient": "",
        "detail": "Foto bengkel tanpa wajah.",
        "given_by": "Imam Saputra",
        "capacity": "self",
        "language": "Jawa",
        "evidence": "Formulir bertanda tangan",
        "valid_until": "",
    } | fields


@pytest.mark.parametrize("purpose", [purpose for purpose in ConsentPurpose if purpose != ConsentPurpose.SHARING])
@pytest.mark.parametrize("decision", ["given", "refused"])
def test_consent_for_every_purpose_is_recorded_given_or_refused(
    cast: Cast, case: CaseFile, purpose: ConsentPurpose, decision: str
) -> None:
    scope = {"scope": ["name"]} if purpose == ConsentPurpose.REFERRAL else {}
    url = reverse("cases:consent-new", args=[case.code, purpose.value])
    for _time in range(2):  # a double click
        assert signed_in(cast.worker).post(url, form_of(decision=decision, **scope)).status_code == 302
    consent = Consent.objects.get()
    assert (consent.purpose, consent.status) == (purpose, ConsentStatus(decision))
    assert (consent.language, consent.evidence) == ("Jawa", "Formulir bertanda tangan")
    assert consent.is_in_force is (decision == "given")


def test_sharing_has_its_own_form_and_an_unknown_purpose_none(cast: Cast, case: CaseFile) -> None:
    client = signed_in(cast.worker)
    for purpose in ("sharing", "lainnya"):
        assert client.get(reverse("cases:consent-new", args=[case.code, purpose])).status_code == 404


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"decision": ""}, "Pilih jawabannya."),
        ({"detail": ""}, "Tulis apa yang disetujui."),
        ({"detail": "a" * 10_000}, "300"),
        ({"given_by": " "}, "Tulis namanya."),
        ({"evidence": ""}, "Sebutkan buktinya."),
        ({"valid_until": "2001-01-01"}, "sudah lewat"),
        ({"valid_until": "2999-01-01"}, "Periksa tahunnya."),
        ({"capacity": "siapa"}, "siapa"),
    ],
)
def test_bad_input_is_told_beside_its_field(cast: Cast, case: CaseFile, fields: dict[str, Any], words: str) -> None:
    answer = signed_in(cast.worker).post(reverse("cases:consent-new", args=[case.code, "photo"]), form_of(**fields))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Consent.objects.exists()


def test_a_child_does_not_consent_for_itself(cast: Cast) -> None:
    child = make_child_case(cast.other_agency)
    url = reverse("cases:consent-new", args=[child.code, "photo"])
    assert signed_in(cast.other_agency).post(url, form_of()).status_code == 422
    assert signed_in(cast.other_agency).post(url, form_of(capacity=ConsentCapacity.GUARDIAN)).status_code == 302


def test_the_same_day_form_of_a_basis_page(cast: Cast, case: CaseFile) -> None:
    client, url = signed_in(cast.worker), reverse("cases:basis-new", args=[case.code])
    good = {
        "purpose": "supervision",
        "ground": "kewajiban_hukum",
        "reference": "Penetapan 12",
        "valid_from": timezone.localdate().isoformat(),
    }
    for field, value in (("reference", ""), ("valid_from", "2999-01-01"), ("ground", "persetujuan")):
        assert client.post(url, good | {field: value}).status_code == 422
    assert client.post(url, good).status_code == 302
    first, *_rest = case.bases.order_by("pk")
    end = reverse("cases:basis-end", args=[case.code, first.code])
    assert client.get(end).status_code == 200
    assert client.post(end).status_code == 302


# ---- what ends with it ----------------------------------------------------------------------------------------------


def test_withdrawn_on_the_page_what_was_shared_ends_in_the_same_second(cast: Cast, case: CaseFile) -> None:
    consent = consent_of(case, cast)
    grant = share(case, cast, basis=LegalBasis.CONSENT, consent=consent, sections=NOTES)
    url = reverse("cases:share-consent-withdraw", args=[case.code, consent.code])
    assert signed_in(cast.worker).post(url).status_code == 302
    consent.refresh_from_db()
    assert consent.status == ConsentStatus.WITHDRAWN
    assert type(grant).all_grants.get(pk=grant.pk).is_over


def test_the_page_that_withdraws_says_what_is_withdrawn_and_the_timeline_what_was_decided(
    cast: Cast, case: CaseFile
) -> None:
    consent = consent_of(case, cast, purpose=ConsentPurpose.PHOTO, scope=[], recipient="Yayasan Contoh")
    client = signed_in(cast.worker)
    url = reverse("cases:share-consent-withdraw", args=[case.code, consent.code])
    asked = client.get(url).content.decode()
    for words in ("Foto", "Yayasan Contoh", consent.given_by):
        assert words in asked.split("<main")[1], words
    timeline = reverse("cases:timeline", args=[case.code])
    assert "Persetujuan: Diberikan" in client.get(timeline).content.decode()
    client.post(url)
    told = client.get(timeline).content.decode()
    assert "Persetujuan: Ditarik" in told
    assert "Foto · Yayasan Contoh" in told


def test_the_nightly_job_ends_what_has_run_out_and_nothing_else(cast: Cast, case: CaseFile) -> None:
    consent = consent_of(case, cast, valid_until=timezone.localdate() + DAY)
    lasting = consent_of(case, cast, purpose=ConsentPurpose.PHOTO, scope=[])
    assert tasks.expire_consents() == 0
    Consent.objects.filter(pk=consent.pk).update(valid_until=timezone.localdate() - DAY)
    assert tasks.expire_consents() == 1
    assert tasks.expire_consents() == 0
    consent.refresh_from_db()
    lasting.refresh_from_db()
    assert (consent.status, lasting.status) == (ConsentStatus.EXPIRED, ConsentStatus.GIVEN)
    with pytest.raises(TransitionError, match="Kedaluwarsa"):
        workflow.withdraw_consent(consent, by=cast.worker)

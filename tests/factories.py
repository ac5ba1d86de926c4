"""Rows for tests, made through the same workflow as in the program where there is one. All people are invented."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import uuid
from collections.abc import Iterable
from io import BytesIO
from typing import Any

from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.conduct import CURRENT
from accounts.enums import Profession, Role, UnitKind
from accounts.models import Agency, Staff, Unit
from assessments import catalogue, guidance
from assessments import workflow as assessment_workflow
from assessments.enums import AssessmentReason, AssessmentStatus, InstrumentCode, VersionStatus
from assessments.models import Assessment, InstrumentDraft, InstrumentVersion, ItemRating
from cases import policies as case_policies
from cases import workflow as case_workflow
from cases.enums import (
    CaseStatus,
    CaseType,
    ClosureReason,
    GrantSource,
    LegalBasis,
    LegalStatusKind,
    NoteType,
    Present,
    Priority,
    Section,
    TaskKind,
)
from cases.enums.documents import DocumentKind
from cases.enums.rights import RequestChannel, RightsKind
from cases.models import (
    CaseFile,
    CaseGroupGrant,
    CaseUserGrant,
    ContactNote,
    Document,
    LegalStatus,
    PlannedSession,
    RightsRequest,
    Task,
)
from cases.workflow import rights as rights_workflow
from core.papers import Paper
from programs import workflow as program_workflow
from programs.enums import GoalType
from programs.models import Cohort, Enrolment, Plan, Programme

PASSWORD = "titian-uji-coba"
_numbers = itertools.count(1)

NAMES = ["Imam Saputra", "Nanang Suprapto", "Rudi Hermanto", "Teguh Waluyo", "Hadi Kurniadi", "Yayan Sopandi"]
CHILD_NAMES = ["Aisyah Putri Rahayu", "Bagus Prakoso", "Citra Lestari"]


def make_unit(code: str, agency: Agency, **fields: Any) -> Unit:
    group, _created = Group.objects.get_or_create(name=f"unit:{code}")
    defaults = {"kind": UnitKind.FIELD_TEAM, "name": code, "short_name": code, "group": group}
    return Unit.objects.create(code=code, agency=agency, **(defaults | fields))


def make_staff(username: str, unit: Unit, role: Role, profession: Profession, **fields: Any) -> Staff:
    fields.setdefault("full_name", username.replace(".", " ").title())
    fields.setdefault("email", f"{username}@contoh.test")
    staff = Staff(username=username, unit=unit, role=role, profession=profession, **fields)
    # The code of conduct is asked of everybody; the tests of that begin without it. The second factor is asked of
    # nobody in tests (settings.SECOND_FACTOR_REQUIRED) but those that turn it on.
    staff.conduct_version = CURRENT.number
    staff.set_password(PASSWORD)
    staff.save()
    return staff


# Of nobody: there is no region 99.99. Fits make_person.
NAME = "Wening Prabaswara"
NIK = "9999991705900001"


def make_person(**fields: Any) -> dict[str, Any]:
    """What intake asks about an adult."""
    person = {
        "full_name": NAMES[next(_numbers) % len(NAMES)],
        "sex": "male",
        "birth_date": dt.date(1990, 5, 17),
    }
    return person | fields


def make_child_person(age: int = 10, **fields: Any) -> dict[str, Any]:
    """What intake asks about a child who turned ``age`` about a month ago."""
    today = timezone.localdate()
    person = {
        "full_name": CHILD_NAMES[next(_numbers) % len(CHILD_NAMES)],
        "sex": "female",
        "birth_date": (today - dt.timedelta(days=40))
        .replace(day=1)
        .replace(year=(today - dt.timedelta(days=40)).year - age),
    }
    return person | fields


def make_case(
    worker: Staff,
    *,
    person: dict[str, Any] | None = None,
    case_type: CaseType = CaseType.PROBATION,
    status: CaseStatus = CaseStatus.ASSESSING,
    legal: LegalStatusKind | None = None,
    **fields: Any,
) -> CaseFile:
    """A case on ``worker``'s caseload, moved on to ``status`` (not suspended or closed) by the real workflow."""
    case = case_workflow.open_case(by=worker, case_type=case_type, person=person or make_person(), **fields)
    while case.status != status:
        case = case_workflow.move_on(case, by=worker)
    if legal is not None:
        LegalStatus.objects.create(case=case, status=legal, valid_from=timezone.localdate() - dt.timedelta(days=200))
    return case


def close_long_ago(case: CaseFile, years: int = 6) -> CaseFile:
    """Closed years ago, by hand: no workflow travels in time."""
    closed_at = timezone.now() - dt.timedelta(days=366 * years)
    CaseFile.objects.filter(pk=case.pk).update(
        status=CaseStatus.CLOSED,
        opened_at=closed_at - dt.timedelta(days=300),
        closed_at=closed_at,
        closure_reason=ClosureReason.MOVED,
        aftercare_until=None,
    )
    case.refresh_from_db()
    return case


def make_child_case(worker: Staff, *, age: int = 10, **fields: Any) -> CaseFile:
    fields.setdefault("case_type", CaseType.SOCIAL_CHILD)
    return make_case(worker, person=make_child_person(age), **fields)


def make_grant(
    case: CaseFile, to: Staff | Unit, sections: Iterable[Section], *, by: Staff, hours: int = 1, **fields: Any
) -> CaseUserGrant | CaseGroupGrant:
    """A bare grant row to a person or a unit, in force for ``hours``: for tests of what grants give."""
    now = timezone.now()
    receiver: dict[str, Any] = {"group": to.group} if isinstance(to, Unit) else {"user": to}
    model = CaseGroupGrant if isinstance(to, Unit) else CaseUserGrant
    defaults = {
        "permission": case_policies.view_permission(),
        "content_object": case,
        "sections": [section.value for section in sections],
        "source": GrantSource.SHARING,
        "lawful_basis": LegalBasis.PUBLIC_DUTY,
        "reason": "Pembahasan kasus",
        "granted_by": by,
        "granted_at": now,
        "starts_at": now,
        "expires_at": now + dt.timedelta(hours=hours),
    }
    return model.all_grants.create(**(receiver | defaults | fields))


def make_note(case: CaseFile, author: Staff | None = None, **fields: Any) -> ContactNote:
    defaults: dict[str, Any] = {
        "type": NoteType.PHONE,
        "occurred_at": timezone.now() - dt.timedelta(hours=1),
        "present": [Present.PARTICIPANT],
        "summary": "Kabar baik. Bengkel mulai ramai.",
    }
    author = author or case.lead_worker
    assert author is not None
    return case_workflow.write_note(case, by=author, client_id=uuid.uuid4(), **(defaults | fields))


def make_session(case: CaseFile, **fields: Any) -> PlannedSession:
    """A home visit agreed on for the day after tomorrow; ``planned_at`` in the past is set by hand afterwards."""
    defaults: dict[str, Any] = {
        "planned_at": (timezone.now() + dt.timedelta(days=2)).replace(second=0, microsecond=0),
        "type": NoteType.HOME_VISIT,
        "present": [Present.PARTICIPANT, Present.FAMILY],
        "place": "Rumah peserta",
        "purpose": "Melihat bengkel.",
    }
    values = defaults | fields
    by = values.pop("by", None) or case.lead_worker
    at = values["planned_at"]
    if at <= timezone.now():
        values["planned_at"] = timezone.now() + dt.timedelta(days=40, seconds=next(_numbers))
    session = case_workflow.plan_session(case, by=by, client_id=uuid.uuid4(), **values)
    if session.planned_at != at:
        PlannedSession.objects.filter(pk=session.pk).update(planned_at=at)
        session.refresh_from_db()
    return session


PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def make_paper(content: bytes = PDF, kind: str = "pdf") -> Paper:
    """A file as if it had been looked at; no two are the same."""
    told = hashlib.sha256(content + str(next(_numbers)).encode()).hexdigest()
    return Paper(content, kind, pages=1, sent_sha256=told)


def make_picture(size: tuple[int, int] = (30, 40), form: str = "JPEG", **fields: Any) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, (180, 120, 60)).save(out, form, **fields)
    return out.getvalue()


def make_document(case: CaseFile, by: Staff | None = None, **fields: Any) -> Document:
    defaults: dict[str, Any] = {
        "kind": DocumentKind.LITMAS,
        "section": Section.DOCUMENTS,
        "paper": make_paper(),
        "client_id": uuid.uuid4(),
    }
    author = by or case.lead_worker
    assert author is not None
    return case_workflow.add_document(case, by=author, **(defaults | fields))


def make_task(case: CaseFile, **fields: Any) -> Task:
    defaults: dict[str, Any] = {
        "kind": TaskKind.FOLLOW_UP,
        "by": case.lead_worker,
        "assignee": case.lead_worker,
        "due_at": timezone.now() + dt.timedelta(days=1),
        "title": "Hubungi keluarga",
        "priority": Priority.NORMAL,
        "section": Section.SUMMARY,
    }
    values = defaults | fields
    return case_workflow.open_task(case, values.pop("kind"), **values)


def make_instrument_draft(
    author: Staff, instrument: str = "KRK", version: str = "1.1.0", *, source: str | None = None
) -> InstrumentDraft:
    """A draft that could be published: the version in force with one word changed and a number of its own."""
    current = InstrumentVersion.objects.get(instrument=instrument, status=VersionStatus.PUBLISHED)
    text = catalogue.to_yaml(current.parsed).replace(f"version: {current.version}", f"version: {version}")
    text = text.replace("Menolak.", "Menolak peserta pulang.", 1)
    return assessment_workflow.begin_draft(
        InstrumentCode(instrument),
        by=author,
        source=text if source is None else source,
        summary="Kata pada A1 lebih jelas.",
        based_on=current,
    )


def make_final_assessment(
    case: CaseFile,
    *,
    approver: Staff,
    instrument: InstrumentCode | None = None,
    rater: Staff | None = None,
    answers: dict[str, int | str] | None = None,
    band: str | None = None,
    finalised_at: dt.datetime | None = None,
    **fields: Any,
) -> Assessment:
    """A final assessment, judged by the real rules, without walking through the form.

    Items without an answer in ``answers`` are rated at the calm end of their scale; ``band`` overrides the final
    judgement, which is otherwise what the rules say.
    """
    code = instrument or (InstrumentCode.CHILD if case.for_child else InstrumentCode.ADULT)
    version = InstrumentVersion.objects.get(instrument=code, status=VersionStatus.PUBLISHED)
    definition = catalogue.from_definition(version.definition)
    mode = definition.default_mode.code if definition.default_mode else None
    values: dict[str, Any] = {
        item.code: (answers or {}).get(item.code, _calm_value(item)) for item in definition.items_in(mode)
    }
    found = guidance.evaluate(definition, values, mode)
    final = band or found.band or ""
    days = definition.band(final).reassess_after_days if final else (found.reassess_after_days or 90)
    at = finalised_at or timezone.now()
    rater = rater or case.lead_worker
    assessment = Assessment.objects.create(
        case=case,
        instrument_version=version,
        instrument=code,
        for_child=case.for_child,
        reason=AssessmentReason.INITIAL,
        rater=rater,
        started_at=at,
    )
    ItemRating.objects.bulk_create(
        ItemRating(assessment=assessment, item=item, value=str(value), confidence="tinggi", sources=["wawancara"])
        for item, value in values.items()
    )
    Assessment.objects.filter(case=case, instrument=code, status=AssessmentStatus.FINAL).update(
        status=AssessmentStatus.SUPERSEDED, ended_at=at
    )
    Assessment.objects.filter(pk=assessment.pk).update(
        status=AssessmentStatus.FINAL,
        first_band=final,
        first_band_at=at,
        guidance_band=found.band or "",
        guidance_fired=list(found.fired),
        guidance_provisional=found.provisional,
        support_level=found.support_level or "",
        final_band=final,
        override_reason="Pertimbangan tim. " * 5 if final != (found.band or "") else "",
        submitted_at=at,
        finalised_at=at,
        approved_by=approver,
        next_due=timezone.localdate(at) + dt.timedelta(days=days),
        **fields,
    )
    assessment.refresh_from_db()
    return assessment


def _calm_value(item: catalogue.Item) -> int | str:
    values = [value.value for value in item.scale.values]
    return values[0] if "concern" in item.scale.direction or item.scale.type == "choice" else values[-1]


def make_active_plan(case: CaseFile, *, approver: Staff, **fields: Any) -> Plan:
    """An approved plan with one goal, on a final assessment that is made where there is none."""
    if not case.assessments.final().exists():
        make_final_assessment(case, approver=approver)
    author = case.lead_worker
    assert author is not None
    plan = program_workflow.start_plan(
        case,
        by=author,
        approach=["keluarga"],
        review_due=timezone.localdate() + dt.timedelta(days=90),
        **fields,
    )
    program_workflow.add_goal(
        plan,
        by=author,
        type=GoalType.MEET_NEED,
        text="Bengkel saya jalan tanpa utang.",
        items=["F1"],
        due_on=timezone.localdate() + dt.timedelta(days=60),
        interventions=[{"intervention_code": "USAHA", "setting": "masyarakat"}],
    )
    plan = program_workflow.submit_plan(plan, by=author)
    return program_workflow.approve_plan(plan, by=approver)


def make_cohort(owner: Unit, **fields: Any) -> Cohort:
    programme = Programme.objects.create(title=f"Bengkel {next(_numbers)}", kind="vokasional", owner=owner)
    today = timezone.localdate()
    defaults = {
        "name": "Angkatan 1",
        "place": "Griya Abhipraya",
        "capacity": 10,
        "starts_on": today - dt.timedelta(days=30),
        "ends_on": today + dt.timedelta(days=30),
        "status": "running",
    }
    return Cohort.objects.create(programme=programme, **(defaults | fields))


def make_enrolment(case: CaseFile, cohort: Cohort, *, by: Staff | None = None) -> Enrolment:
    """An active enrolment: proposed by the case's worker, admitted by ``by`` of the unit that runs the cohort."""
    worker = case.lead_worker
    assert worker is not None
    enrolment = program_workflow.propose(case, cohort, by=worker)
    return program_workflow.admit(enrolment, by=by or worker)


def say_why(client: Client, case: CaseFile) -> None:
    """Give the reason that whoever is off the caseload must give before a sensitive page opens."""
    answer = client.post(reverse("cases:reason", args=[case.code]), {"why": "supervision", "text": ""})
    assert answer.status_code == 302


def make_rights_request(case: CaseFile, by: Staff | None = None, **fields: Any) -> RightsRequest:
    """A request under UU PDP, taken in by the case's worker an hour ago."""
    defaults: dict[str, Any] = {
        "kind": RightsKind.RESTRICTION,
        "words": "Saya minta data saya tidak dipakai dahulu.",
        "channel": RequestChannel.IN_PERSON,
        "proof_note": "KTP dilihat",
        "reply_to": "Diambil sendiri di kantor",
        "received_at": timezone.now() - dt.timedelta(hours=1),
    }
    worker = by or case.lead_worker
    assert worker is not None
    return rights_workflow.record_request(case, by=worker, **(defaults | fields))

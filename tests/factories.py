"""Rows for tests, made through the same workflow as in the program where there is one. All people are invented."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.enums import Profession, Role, UnitKind
from accounts.models import Agency, Staff, Unit
from cases import workflow as case_workflow
from cases.enums import CaseStatus, CaseType, LegalStatusKind, NoteType, Present, Priority, Section, TaskKind
from cases.models import CaseFile, ContactNote, LegalStatus, Task

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
    staff.set_password(PASSWORD)
    staff.save()
    return staff


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


def make_child_case(worker: Staff, *, age: int = 10, **fields: Any) -> CaseFile:
    fields.setdefault("case_type", CaseType.SOCIAL_CHILD)
    return make_case(worker, person=make_child_person(age), **fields)


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

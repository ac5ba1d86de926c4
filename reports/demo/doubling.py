"""People who are in the program twice: a pair that waits to be compared, and one that was merged."""

from __future__ import annotations

from accounts.models import Staff
from cases import workflow
from cases.enums import CaseStatus, CaseType
from cases.models import CaseFile, PersonPair
from core.acting import acting_as

WHY = "NIK di KTP sama; PK Palu membenarkan lewat telepon."


def double() -> PersonPair:
    """Former clients of Bapas who are taken in again at Palu; the merge by the agency's data admin."""
    people = Staff.objects.in_bulk(["pk.palu", "admin.ditjenpas"], field_name="username")
    admin = people["admin.ditjenpas"]
    with acting_as(Staff.objects.system().pk, reason="demo data"):
        files = CaseFile.objects.filter(case_type=CaseType.PROBATION).select_related("participant", "lead_worker")
        # Without a NIK of their own: two numbers are two people.
        closed = files.filter(status=CaseStatus.CLOSED, participant__nik_index="").order_by("pk")
        present = files.filter(lead_unit=people["pk.palu"].unit_id, status=CaseStatus.INTERVENING, restricted_at=None)
        present = present.order_by("pk")
        pairs = list(zip(closed.exclude(lead_unit=people["pk.palu"].unit_id)[:2], present[:2], strict=True))
    for former, now in pairs:
        same = now.participant
        with acting_as(Staff.objects.system().pk, reason="demo data"):
            workflow.amend_participant(
                former,
                by=Staff.objects.system(),
                version=former.participant.version,
                full_name=_otherwise_spelled(same.full_name),
                sex=same.sex,
                birth_date=same.birth_date,
                birth_date_precision=same.birth_date_precision,
            )
    former, now = pairs[1]
    with acting_as(admin.pk, reason="demo data"):
        for case in (former, now):
            case.participant.refresh_from_db()
        return workflow.merge_people(
            now.participant,
            former.participant,
            by=admin,
            versions=(now.participant.version, former.participant.version),
            take=(),
            reason=WHY,
        )


def _otherwise_spelled(name: str) -> str:
    """The same name as another office heard it."""
    return name.replace("Mu", "Mo").replace("i ", "ie ").replace("ya", "ja")

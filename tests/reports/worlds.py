"""Small worlds whose figures can be counted by hand: rows with a past, written straight into the tables."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from django.contrib.auth.models import Group as DjangoGroup

from accounts.conduct import CURRENT
from accounts.enums import AgencyKind, Profession, Role, UnitKind
from accounts.models import Agency, Staff, Unit
from assessments.enums import AssessmentReason, AssessmentStatus, Band, InstrumentCode
from assessments.models import Assessment, InstrumentVersion, ItemRating
from cases.enums import CaseStatus, CaseType, ClosureReason
from cases.models import CaseFile, CaseLeadPeriod, CaseStatusPeriod, Participant
from reports.enums import Scope
from reports.indicators import Area, Frame, Group
from reports.quarters import JAKARTA, Quarter

Q3 = Quarter(2026, 3)
Q2 = Q3.previous
_numbers = itertools.count(1)


def at(month: int, day: int, hour: int = 12, year: int = 2026) -> dt.datetime:
    return dt.datetime(year, month, day, hour, tzinfo=JAKARTA)


class World:
    """Two Bapas of one agency, with two caseworkers and a supervisor in the first."""

    def __init__(self) -> None:
        number = next(_numbers)
        self.agency = Agency.objects.create(code=f"pas-{number}", name="Ditjenpas", kind=AgencyKind.DITJENPAS)
        self.unit = self.make_unit("bapas-a")
        self.other_unit = self.make_unit("bapas-b")
        self.worker = self.make_staff("worker", Role.CASEWORKER)
        self.second_worker = self.make_staff("second", Role.CASEWORKER)
        self.supervisor = self.make_staff("supervisor", Role.SUPERVISOR)
        self.area = Area(Scope.UNIT, unit=self.unit)

    def make_unit(self, name: str, **fields: Any) -> Unit:
        code = f"{name}-{next(_numbers)}"
        group = DjangoGroup.objects.create(name=f"unit:{code}")
        fields = {"kind": UnitKind.BAPAS, "agency": self.agency} | fields
        return Unit.objects.create(code=code, name=name, short_name=name, group=group, **fields)

    def make_staff(self, name: str, role: Role, unit: Unit | None = None) -> Staff:
        username = f"{name}.{next(_numbers)}"
        return Staff.objects.create(
            conduct_version=CURRENT.number,
            username=username,
            full_name=name.title(),
            email=f"{username}@contoh.test",
            unit=unit or self.unit,
            role=role,
            profession=Profession.PK_BAPAS,
        )

    def frame(self, quarter: Quarter = Q3, group: Group = Group.ADULTS, area: Area | None = None) -> Frame:
        return Frame(area or self.area, quarter, group)

    def person(self, **fields: Any) -> Participant:
        fields = {"full_name": f"Orang {next(_numbers)}", "sex": "male", "birth_date": dt.date(1990, 5, 17)} | fields
        return Participant.objects.create(**fields)

    def case(
        self,
        *stays: tuple[CaseStatus, dt.datetime],
        leads: list[tuple[Unit, dt.datetime]] | None = None,
        case_type: CaseType = CaseType.PROBATION,
        worker: Staff | None = None,
        **person: Any,
    ) -> CaseFile:
        """A case that took each status at its moment; opened at the first, the last one holds."""
        stays = stays or ((CaseStatus.INTERVENING, at(1, 10)),)
        leads = leads or [(self.unit, stays[0][1])]
        status, since = stays[-1]
        closed = {"closed_at": since, "closure_reason": ClosureReason.COMPLETED} if status == CaseStatus.CLOSED else {}
        participant = self.person(**person)
        case = CaseFile.objects.create(
            case_no=f"A/{next(_numbers)}",
            participant=participant,
            is_child_file=participant.is_child_on(stays[0][1].date()),
            case_type=case_type,
            lead_unit=leads[-1][0],
            lead_agency=leads[-1][0].agency,
            lead_worker=worker or self.worker,
            opened_at=stays[0][1],
            status=status,
            **closed,
        )
        for place, (status, since) in enumerate(stays):
            until = stays[place + 1][1] if place + 1 < len(stays) else None
            CaseStatusPeriod.objects.create(case=case, status=status, started_at=since, ended_at=until)
        for place, (unit, since) in enumerate(leads):
            until = leads[place + 1][1] if place + 1 < len(leads) else None
            CaseLeadPeriod.objects.create(
                case=case, lead_unit=unit, lead_worker=worker or self.worker, started_at=since, ended_at=until
            )
        return case

    def child(self, *stays: tuple[CaseStatus, dt.datetime], **fields: Any) -> CaseFile:
        fields = {"birth_date": dt.date(2016, 3, 1), "case_type": CaseType.SOCIAL_CHILD} | fields
        return self.case(*stays, **fields)

    def final(
        self,
        case: CaseFile,
        finalised: dt.datetime,
        band: Band = Band.GREEN,
        *,
        guidance: Band | str | None = None,
        ended: dt.datetime | None = None,
        next_due: dt.date | None = None,
        ratings: dict[str, str] | None = None,
        instrument: InstrumentCode = InstrumentCode.ADULT,
    ) -> Assessment:
        version = InstrumentVersion.objects.filter(instrument=instrument).latest("pk")
        assessment = Assessment.objects.create(
            case=case,
            instrument_version=version,
            instrument=instrument,
            for_child=instrument == InstrumentCode.CHILD,
            reason=AssessmentReason.PERIODIC,
            rater=self.worker,
            started_at=finalised - dt.timedelta(days=2),
            submitted_at=finalised - dt.timedelta(days=1),
            first_band=band,
            guidance_band=band if guidance is None else guidance,
            final_band=band,
            override_reason="" if guidance in (None, band) else "Alasan yang cukup panjang untuk dibaca. " * 3,
        )
        ItemRating.objects.bulk_create(
            ItemRating(assessment=assessment, item=item, value=value) for item, value in (ratings or {}).items()
        )
        assessment.status = AssessmentStatus.SUPERSEDED if ended else AssessmentStatus.FINAL
        assessment.approved_by = self.supervisor
        assessment.finalised_at, assessment.ended_at = finalised, ended
        assessment.next_due = next_due or (finalised.date() + dt.timedelta(days=180))
        assessment.save()
        return assessment

"""Economic support: tools, capital or livestock handed over, and how the business does afterwards (IND-U1, U2)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.models import Staff
from cases import policies as case_policies
from cases import workflow as case_workflow
from cases.enums import EventKind, Right, Section
from cases.models import CaseFile
from core.workflow import lock
from programs.models import BusinessFollowUp, EconomicSupport
from programs.workflow import duties

FOLLOW_UP_MONTHS = (1, 3, 6, 12)


@transaction.atomic
def give_support(case: CaseFile, *, by: Staff, **fields: Any) -> EconomicSupport:
    """Record what was handed over; the four follow-up dates are planned with it."""
    case_policies.require(by, Right.EDIT, case, Section.PROGRAMS)
    support = EconomicSupport.objects.create(case=case, recorded_by=by, **fields)
    BusinessFollowUp.objects.bulk_create(
        BusinessFollowUp(
            support=support, month=month, due_on=BusinessFollowUp.due_after(support.handed_over_on, month)
        )
        for month in FOLLOW_UP_MONTHS
    )
    case_workflow.record(
        case,
        EventKind.SUPPORT_GIVEN,
        by=by,
        section=Section.PROGRAMS,
        summary=support.business_kind,
        path=f"/cases/{case.code}/programs/",
    )
    return support


@transaction.atomic
def record_follow_up(
    follow_up: BusinessFollowUp, *, by: Staff, visited_on: dt.date, running: str, jobs: int | None, problem: str = ""
) -> BusinessFollowUp:
    follow_up = lock(follow_up)
    case_policies.require(by, Right.EDIT, follow_up.support.case, Section.PROGRAMS)
    follow_up.visited_on = visited_on
    follow_up.running = running
    follow_up.jobs = jobs
    follow_up.problem = problem
    follow_up.version += 1
    follow_up.save()
    case_workflow.answer_task(duties.visit_source(follow_up), by=by)
    return follow_up

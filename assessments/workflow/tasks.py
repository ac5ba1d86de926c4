"""The tasks that an assessment opens, and those of them that it may close again.

``assessment:<id>:<item>:<action>`` is the protective task of one answer: a person closes it (I-26). The others
(``:approval``, ``:returned``, ``second:…``) are notices; the system clears them when their reason is gone.
``reassess:…`` reminds of the next assessment; handing it in answers it.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from accounts.models import Staff
from assessments.catalogue import UrgentAction
from assessments.models import Assessment, SecondRating
from cases import workflow as case_workflow
from cases.enums import Priority, Section, TaskKind
from cases.models import CaseFile, Task
from cases.sentence import end_of
from core.acting import beyond_own_sight
from core.workdays import add_workdays

# Working days within which a supervisor decides and a rater answers a return.
DECIDE_WITHIN = 5
# Working days within which a supervisor names the second rater.
NAME_WITHIN = 3


def responsible(assessment: Assessment) -> Staff:
    return assessment.case.lead_worker or assessment.rater


def open_urgent(assessment: Assessment, *, item: str, action: UrgentAction, by: Staff) -> Task:
    """The 24-hour task of a new answer. Saving the same answer again opens nothing, even when the task is closed.

    A task that is still open is enough. After a person closed it, only another answer of the same item that calls for
    protection opens the next one: it tells something new.
    """
    return case_workflow.open_task(
        assessment.case,
        TaskKind.URGENT,
        by=by,
        assignee=responsible(assessment),
        due_at=timezone.now() + dt.timedelta(hours=action.within_hours),
        title=_title(assessment, item, action),
        section=Section.ASSESSMENT,
        priority=Priority.URGENT,
        source=f"assessment:{assessment.pk}:{item}:{action.key}",
        # Of a second rating the case's worker may read nothing yet; what protects the person is told all the same.
        path=f"/cases/{assessment.case.code}/" if assessment.is_second else f"/assessments/{assessment.code}/",
    )


def _title(assessment: Assessment, item: str, action: UrgentAction) -> str:
    """What to do, and what calls for it; of a second rating not the item, which the first rater must not read yet."""
    return action.label.id if assessment.is_second else f"{action.label.id} ({assessment.instrument} {item})"


def open_approval(assessment: Assessment, supervisor: Staff, *, by: Staff) -> Task:
    return case_workflow.open_task(
        assessment.case,
        TaskKind.APPROVAL,
        by=by,
        assignee=supervisor,
        due_at=_in_workdays(assessment, DECIDE_WITHIN),
        title=assessment.instrument,
        section=Section.ASSESSMENT,
        source=f"assessment:{assessment.pk}:approval",
        path=f"/assessments/{assessment.code}/review/",
    )


def open_returned(assessment: Assessment, *, by: Staff) -> Task:
    return case_workflow.open_task(
        assessment.case,
        TaskKind.RETURNED,
        by=by,
        assignee=assessment.rater,
        due_at=_in_workdays(assessment, DECIDE_WITHIN),
        title=assessment.instrument,
        section=Section.ASSESSMENT,
        source=f"assessment:{assessment.pk}:returned",
        path=f"/assessments/{assessment.code}/",
    )


def open_reassessment(assessment: Assessment, *, by: Staff) -> Task:
    """Takes the place of the reminder of the assessment before, where that is still open."""
    _clear(_reminder(assessment), outcome=assessment.instrument)
    return _remind(assessment, by=by)


def _remind(assessment: Assessment, *, by: Staff) -> Task:
    assert assessment.next_due is not None
    return case_workflow.open_task(
        assessment.case,
        TaskKind.ASSESSMENT,
        by=by,
        assignee=responsible(assessment),
        due_at=end_of(assessment.next_due, assessment.case.lead_unit.zone),
        title=assessment.instrument,
        section=Section.ASSESSMENT,
        source=_reminder(assessment),
        path=f"/cases/{assessment.case.code}/assessments/new/",
    )


def answer_reassessment(assessment: Assessment, *, by: Staff) -> None:
    """What the reminder asked for is handed in: now it is the supervisor's turn."""
    case_workflow.answer_task(_reminder(assessment), by=by, outcome=assessment.instrument)


def ask_again(cancelled: Assessment, *, by: Staff) -> None:
    """One that was handed in and then cancelled leaves the reminder of the one before unanswered."""
    former = Assessment.objects.final().filter(case=cancelled.case_id, instrument=cancelled.instrument).first()
    if former is not None and cancelled.case.is_open:
        _remind(former, by=by)


def remind_again(case: CaseFile, by: Staff) -> None:
    """A case that is open again: closing had ended its reminders."""
    for final in Assessment.objects.final().filter(case=case):
        _remind(final, by=by)


def _reminder(assessment: Assessment) -> str:
    return f"reassess:{assessment.case_id}:{assessment.instrument}"


def open_naming(second: SecondRating, supervisor: Staff, *, by: Staff) -> Task:
    """The supervisor names another rater, early enough for that one to rate within the time (ET-7)."""
    zone = second.case.lead_unit.zone
    soon = add_workdays(timezone.localdate(timezone=zone), NAME_WITHIN)
    return _open_second(second, TaskKind.SECOND_RATER, "rater", supervisor, min(soon, second.due_on), by=by)


def open_second_rating(second: SecondRating, *, by: Staff) -> Task:
    assert second.rater is not None
    return _open_second(second, TaskKind.SECOND_RATING, "rating", second.rater, second.due_on, by=by)


def open_second_decision(second: SecondRating, supervisor: Staff, *, by: Staff) -> Task:
    zone = second.case.lead_unit.zone
    day = add_workdays(timezone.localdate(timezone=zone), DECIDE_WITHIN)
    return _open_second(second, TaskKind.SECOND_DECISION, "decision", supervisor, day, by=by)


def _open_second(
    second: SecondRating, kind: TaskKind, notice: str, assignee: Staff, day: dt.date, *, by: Staff
) -> Task:
    return case_workflow.open_task(
        second.case,
        kind,
        by=by,
        assignee=assignee,
        due_at=end_of(day, second.case.lead_unit.zone),
        title=second.instrument,
        section=Section.ASSESSMENT,
        source=f"second:{second.pk}:{notice}",
        path=f"/second-ratings/{second.code}/",
    )


def clear_second(second: SecondRating, *notices: str) -> None:
    for notice in notices or ("rater", "rating", "decision"):
        _clear(f"second:{second.pk}:{notice}", outcome=second.instrument)


def clear_notices(assessment: Assessment) -> None:
    for notice in ("approval", "returned"):
        _clear(f"assessment:{assessment.pk}:{notice}", outcome=assessment.instrument)


def _clear(source: str, *, outcome: str) -> None:
    with beyond_own_sight():  # of two raters, neither sees the task of the other's
        for task in Task.objects.open().filter(source=source):
            case_workflow.close_task(task, by=Staff.objects.system(), outcome=outcome)


def _in_workdays(assessment: Assessment, days: int) -> dt.datetime:
    zone = assessment.case.lead_unit.zone
    return end_of(add_workdays(timezone.localtime(timezone=zone).date(), days), zone)

"""From child to adult: nothing is converted. What was agreed to for the child ends, and the person is asked (I-7).

The 18th birthday does it, or a supervisor's decision about an age in doubt (cases.workflow.age).

Assessments stay as they were written and the file stays a child's; what changes is who may agree from now on, and what
``CaseFile.adult_from`` says by itself.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import CharField, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Staff
from cases.enums import CaseStatus, ConsentCapacity, ConsentStatus, Section, TaskKind
from cases.models import CaseFile, Consent, Task
from cases.sentence import end_of
from cases.workflow.consent import expire_consent
from cases.workflow.sharing import end_shares_of_child
from cases.workflow.tasks import ask_supervisor, open_task, reader_of, withdraw_task
from core.workdays import add_workdays
from core.workflow import lock

# Working days in which the person, now an adult, is asked.
ASK_WITHIN = 10
# Working days in which a supervisor looks through what was done for an adult.
CHECK_WITHIN = 3


SOURCE = "of_age:"


def _given_for_the_child() -> Q:
    """A consent in force that somebody else gave before the person counted as an adult."""
    before = Q(decided_at__date__lt=F("case__adult_from")) | Q(decided_at__lt=F("case__participant__adult_decided_at"))
    return before & Q(status=ConsentStatus.GIVEN) & ~Q(capacity=ConsentCapacity.SELF)


def come_of_age() -> list[int]:
    """Keys of the cases of people who are adults by now and for whom that is not yet written down."""
    asked = Task.objects.filter(source=Concat(Value(SOURCE), Cast(OuterRef("pk"), CharField())))
    open_childs = Q(is_child_file=True) & ~Q(status=CaseStatus.CLOSED) & ~Exists(asked)
    agreed = Consent.objects.filter(_given_for_the_child(), case=OuterRef("pk"))
    grown = CaseFile.objects.filter(adult_from__lte=timezone.localdate())
    return list(grown.filter(open_childs | Exists(agreed)).order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def turn_eighteen(pk: int, *, by: Staff) -> bool:
    """End what was agreed to for the child, and open the one task that asks the person. Run twice it does nothing."""
    if by.role != Role.SYSTEM:  # a birthday is nobody's decision
        raise PermissionDenied
    case = lock(CaseFile.objects.get(pk=pk))
    if case.adult_from is None or case.adult_from > timezone.localdate():
        return False  # the birth date was corrected meanwhile
    return count_as_adult(case, by=by)


def count_as_adult(case: CaseFile, *, by: Staff) -> bool:
    """What follows in one file, for the workflow that has asked its own policy. Run twice it does nothing."""
    consents = Consent.objects.filter(_given_for_the_child(), case=case).order_by("pk").values_list("pk", flat=True)
    ended = [expire_consent(consent, by=by) for consent in list(consents)]
    source = f"{SOURCE}{case.pk}"
    asks = case.is_child_file and case.is_open and not Task.objects.filter(source=source).exists()
    if asks:
        zone = case.lead_unit.zone
        open_task(
            case,
            TaskKind.OF_AGE,
            by=by,
            assignee=reader_of(case, case.lead_worker or by),
            due_at=end_of(add_workdays(timezone.localdate(timezone=zone), ASK_WITHIN), zone),
            section=Section.ACCESS,
            source=source,
            path=reverse("cases:basis", args=[case.code]),
        )
    return asks or any(ended)


def count_as_child_again(case: CaseFile, *, by: Staff) -> None:
    """The other way: a decision on the age fell, or the birth date was wrong.

    A child's own word is no consent and nobody asks for it; what was shared of an adult's file ends. Whether somebody
    agrees for the child now, and whether programmes fit, is for the supervisor.
    """
    own = Consent.objects.filter(case=case, status=ConsentStatus.GIVEN, capacity=ConsentCapacity.SELF)
    for consent in list(own.order_by("pk").values_list("pk", flat=True)):
        expire_consent(consent, by=by)
    source = f"{SOURCE}{case.pk}"
    withdraw_task(source, by=by)
    Task.objects.filter(source=source).update(source="")  # should the day come, it is asked anew
    end_shares_of_child(case, by=by)
    if case.is_open:
        path = reverse("cases:basis", args=[case.code])
        ask_supervisor(
            case,
            TaskKind.CHILD_AGAIN,
            by=by,
            workdays=CHECK_WITHIN,
            section=Section.ACCESS,
            source=f"child:{case.pk}",
            path=path,
        )

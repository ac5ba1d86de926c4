"""E-mails about case files. They say that something changed or waits, never about whom or what (ET-11, ET-12)."""

from __future__ import annotations

from functools import partial
from typing import Any

from celery import shared_task
from django.db import transaction

from accounts.enums import Role
from accounts.models import Staff
from cases.models import UnsealRequest
from core.mail import send_letter


def tell_key_holders(request: UnsealRequest, *, by: Staff) -> None:
    """To the lead unit's supervisors and the data-protection officers: a sealed file was asked for, opened or closed.

    Queued once the change is kept. A broker that is away undoes nothing: the page of sealed files shows it.
    """
    transaction.on_commit(partial(tell_of_sealed_file.delay, request.case.lead_unit_id, by.pk), robust=True)


@shared_task
def tell_of_sealed_file(unit_pk: int, actor_pk: int) -> None:
    people = Staff.objects.working().exclude(pk=actor_pk)
    supervisors = people.filter(unit=unit_pk, role=Role.SUPERVISOR)
    officers = people.filter(role=Role.DPO)
    for group, path in ((supervisors, "/cases/sealed/"), (officers, "/rights/sealed/")):
        send_letter(group.values_list("email", flat=True), "cases/emails/sealed_file.txt", path)


def after_commit(task: Any, staff_ids: list[int]) -> None:
    """Queue ``task`` once the change is kept. A broker that is away undoes nothing: the pages show it."""
    if staff_ids:
        transaction.on_commit(partial(task.delay, staff_ids), robust=True)


def _addresses(staff_ids: list[int]) -> list[str]:
    return list(Staff.objects.working().filter(pk__in=staff_ids).order_by("pk").values_list("email", flat=True))


@shared_task
def tell_shared(staff_ids: list[int]) -> None:
    """To the receivers: a case was opened to them."""
    send_letter(_addresses(staff_ids), "cases/emails/shared.txt", "/cases/?view=shared")


@shared_task
def tell_share_changed(staff_ids: list[int]) -> None:
    """To the receivers: an access was renewed or has ended."""
    send_letter(_addresses(staff_ids), "cases/emails/share_changed.txt", "/cases/?view=shared")


@shared_task
def tell_break_glass(staff_ids: list[int]) -> None:
    """To the lead unit's supervisors and the data-protection officers: a case was opened in an emergency."""
    send_letter(_addresses(staff_ids), "cases/emails/break_glass.txt", "/break-glass/")


@shared_task
def tell_transfer(staff_ids: list[int]) -> None:
    """To those whose turn it is, or who asked: the transfer of a case was proposed, approved or answered."""
    people = Staff.objects.working().filter(pk__in=staff_ids).order_by("pk")
    supervisors = people.filter(role=Role.SUPERVISOR)
    for group, path in ((supervisors, "/transfers/"), (people.exclude(role=Role.SUPERVISOR), "/")):
        send_letter(group.values_list("email", flat=True), "cases/emails/transfer.txt", path)


@shared_task
def tell_escalated(staff_ids: list[int]) -> None:
    """To the unit's supervisors: late work has come up to them."""
    send_letter(_addresses(staff_ids), "cases/emails/escalated.txt", "/")

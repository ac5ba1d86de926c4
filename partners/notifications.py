"""E-mails about referrals. They say that something waits, never about whom or what (ET-11, ET-12)."""

from __future__ import annotations

from functools import partial
from typing import Any

from celery import shared_task
from django.db import transaction

from accounts.enums import Role
from accounts.models import Staff
from core.acting import acting_as
from core.mail import send_letter
from partners.models import Referral


def after_commit(task: Any, referral: Referral) -> None:
    """Queue ``task`` once the change is kept. A broker that is away undoes nothing: the inbox shows it."""
    transaction.on_commit(partial(task.delay, referral.pk), robust=True)


def _referral(pk: int) -> Referral:
    with acting_as(Staff.objects.system().pk, job="referral e-mail"):
        return Referral.objects.select_related("partner", "sent_by").get(pk=pk)


@shared_task
def tell_partner(referral_pk: int) -> None:
    """To the partner's officers: a referral waits for an answer."""
    referral = _referral(referral_pk)
    officers = Staff.objects.working().filter(unit=referral.partner.unit_id, role=Role.FIELD_OFFICER)
    send_letter([officer.email for officer in officers], "partners/emails/referral_waits.txt", "/referrals/inbox/")


@shared_task
def tell_sender(referral_pk: int) -> None:
    """To the sender: the partner has answered."""
    referral = _referral(referral_pk)
    send_letter(_address_of(referral.sent_by), "partners/emails/referral_answered.txt", "/referrals/")


@shared_task
def tell_worry(referral_pk: int) -> None:
    """To the sender: a partner worries about somebody's safety."""
    referral = _referral(referral_pk)
    send_letter(_address_of(referral.sent_by), "partners/emails/referral_worry.txt", "/")


def _address_of(person: Staff | None) -> list[str]:
    return [person.email] if person is not None and person.is_active and person.email else []

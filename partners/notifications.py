"""E-mails about referrals. They say that something waits, never about whom or what (ET-11, ET-12)."""

from __future__ import annotations

from functools import partial
from typing import Any

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import override

from accounts.enums import Role
from accounts.models import Staff
from partners.models import Referral


def after_commit(task: Any, referral: Referral) -> None:
    """Queue ``task`` once the change is kept. A broker that is away undoes nothing: the inbox shows it."""
    transaction.on_commit(partial(task.delay, referral.pk), robust=True)


def _send(recipients: list[str], template: str, path: str) -> None:
    if not recipients:
        return
    with override(settings.LANGUAGE_CODE):
        text = render_to_string(f"partners/emails/{template}.txt", {"url": f"{settings.BASE_URL}{path}"})
    subject, _, body = text.partition("\n")
    for recipient in recipients:
        send_mail(f"{settings.EMAIL_SUBJECT_PREFIX}{subject}", body.strip() + "\n", None, [recipient])


@shared_task
def tell_partner(referral_pk: int) -> None:
    """To the partner's officers: a referral waits for an answer."""
    referral = Referral.objects.select_related("partner").get(pk=referral_pk)
    officers = Staff.objects.working().filter(unit=referral.partner.unit_id, role=Role.FIELD_OFFICER)
    _send([officer.email for officer in officers if officer.email], "referral_waits", "/referrals/inbox/")


@shared_task
def tell_sender(referral_pk: int) -> None:
    """To the sender: the partner has answered."""
    referral = Referral.objects.select_related("sent_by").get(pk=referral_pk)
    _send(_address_of(referral.sent_by), "referral_answered", "/referrals/")


@shared_task
def tell_worry(referral_pk: int) -> None:
    """To the sender: a partner worries about somebody's safety."""
    referral = Referral.objects.select_related("sent_by").get(pk=referral_pk)
    _send(_address_of(referral.sent_by), "referral_worry", "/")


def _address_of(person: Staff | None) -> list[str]:
    return [person.email] if person is not None and person.is_active and person.email else []

"""E-mails about one's own account. They say that something happened, never where, to whom or in which case."""

from __future__ import annotations

from functools import partial
from typing import Any

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import override

from accounts.models import Staff


def after_commit(task: Any, staff: Staff, *args: Any) -> None:
    """Queue ``task`` once the change is kept. A broker that is away undoes nothing: the journal has it."""
    transaction.on_commit(partial(task.delay, staff.pk, *args), robust=True)


def _send(staff_pk: int, template: str, path: str) -> None:
    address = Staff.objects.values_list("email", flat=True).get(pk=staff_pk)
    if not address:
        return
    with override(settings.LANGUAGE_CODE):
        text = render_to_string(f"accounts/emails/{template}.txt", {"url": f"{settings.BASE_URL}{path}"})
    subject, _, body = text.partition("\n")
    send_mail(f"{settings.EMAIL_SUBJECT_PREFIX}{subject}", body.strip() + "\n", None, [address])


@shared_task
def tell_new_device(staff_pk: int) -> None:
    """The account was used in a browser that it had not seen before."""
    _send(staff_pk, "new_device", "/accounts/devices/")


@shared_task
def tell_second_factor(staff_pk: int) -> None:
    """A second factor was added, removed or reset."""
    _send(staff_pk, "second_factor", "/accounts/2fa/")


@shared_task
def tell_password_link(staff_pk: int, path: str) -> None:
    """The link with which a new person sets a password; it works once."""
    _send(staff_pk, "password_link", path)

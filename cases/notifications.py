"""E-mails about case files. They say that something waits, never about whom or what (ET-11, ET-12)."""

from __future__ import annotations

from functools import partial

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import override

from accounts.enums import Role
from accounts.models import Staff
from cases.models import UnsealRequest


def tell_key_holders(request: UnsealRequest, *, by: Staff) -> None:
    """To the lead unit's supervisors and the data-protection officers: a sealed file was asked for, opened or closed.

    Queued once the change is kept. A broker that is away undoes nothing: the page of sealed files shows it.
    """
    transaction.on_commit(partial(tell_of_sealed_file.delay, request.case.lead_unit_id, by.pk), robust=True)


@shared_task
def tell_of_sealed_file(unit_pk: int, actor_pk: int) -> None:
    people = Staff.objects.working().exclude(pk=actor_pk).exclude(email="")
    supervisors = people.filter(unit=unit_pk, role=Role.SUPERVISOR)
    officers = people.filter(role=Role.DPO)
    for people, path in ((supervisors, "/cases/sealed/"), (officers, "/rights/sealed/")):
        with override(settings.LANGUAGE_CODE):
            text = render_to_string("cases/emails/sealed_file.txt", {"url": f"{settings.BASE_URL}{path}"})
        subject, _, body = text.partition("\n")
        for person in people:
            send_mail(f"{settings.EMAIL_SUBJECT_PREFIX}{subject}", body.strip() + "\n", None, [person.email])

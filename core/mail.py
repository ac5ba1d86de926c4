"""Letters that say nothing of anybody: that something waits in Titian, and where."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import override


def send_letter(addresses: Iterable[str], template: str, path: str) -> None:
    """Send ``template`` to each address by itself; its first line is the subject, ``url`` leads to ``path``."""
    recipients = [address for address in addresses if address]
    if not recipients:
        return
    with override(settings.LANGUAGE_CODE):
        text = render_to_string(template, {"url": f"{settings.BASE_URL}{path}"})
    subject, _, body = text.partition("\n")
    for recipient in recipients:
        send_mail(f"{settings.EMAIL_SUBJECT_PREFIX}{subject}", body.strip() + "\n", None, [recipient])

"""The Celery application: long jobs, reminders, and the clock (beat).

A message carries the id of a Job row and nothing else: the row is the truth, the broker may be wiped at any time.
"""

import os

from celery import Celery
from celery.signals import beat_init, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("titian")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def join_services(**_kwargs: object) -> None:
    """A worker started by hand brings up the embedded servers as manage.py does."""
    from config import embedded  # noqa: PLC0415 -- this module is loaded by every process, the servers by few

    embedded.join_when_used()


@worker_init.connect
def refuse_strong_roles(**_kwargs: object) -> None:
    """In production no task runs over a connection that row policies do not bind."""
    from django.conf import settings  # noqa: PLC0415 -- as above

    from core import row_security  # noqa: PLC0415 -- as above

    if settings.PRODUCTION:
        row_security.require_plain_role()

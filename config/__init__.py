"""The house: settings, addresses, servers, and how the whole is started."""

from config.celery import app as celery_app

__all__ = ["celery_app"]

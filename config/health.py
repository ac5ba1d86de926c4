"""``/healthz`` (the process answers) and ``/readyz`` (it can work), for proxies and orchestrators."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from config.celery import app as celery_app

GetResponse = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger(__name__)


class HealthMiddleware:
    """Stands before all other middleware: no session, no redirect to TLS, no transaction, no host name needed."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return HttpResponse("ok\n", content_type="text/plain")
        if request.path == "/readyz":
            return ready()
        return self.get_response(request)


def ready() -> JsonResponse:
    """200 when everything that a page needs is there, otherwise 503; says which part, never why (that is logged)."""
    parts = {name: _works(name, check) for name, check in CHECKS.items()}
    return JsonResponse(
        {name: "ok" if works else "failed" for name, works in parts.items()},
        status=200 if all(parts.values()) else 503,
        headers={"Cache-Control": "no-store"},
    )


def _works(name: str, check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception as error:
        log.error("not ready", part=name, error=str(error))
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def _migrations() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _cache() -> bool:
    cache.set("readyz", "1", timeout=10)
    return cache.get("readyz") == "1"


def _queue() -> bool:
    with celery_app.connection_for_write() as queue:
        queue.ensure_connection(max_retries=0, timeout=3)
    return True


CHECKS = {"database": _database, "migrations": _migrations, "cache": _cache, "queue": _queue}

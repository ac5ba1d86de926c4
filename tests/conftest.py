"""Services, databases and browser of the tests. PostgreSQL, Redis and Chromium are real throughout.

``TITIAN_TEST_STATE=<directory>`` keeps the servers' data between runs, so that the tables are made only when a
migration has changed; without it every run starts in a temporary directory that is removed afterwards.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import TransactionTestCase
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, WebError

from config import bootstrap
from config.celery import app as celery_app
from config.embedded import Services, try_lock
from tests.cast import cast  # noqa: F401 -- the fixture of everybody's people
from tests.databases import Databases

# Playwright's synchronous interface keeps an event loop in the thread; Django would refuse to touch the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def is_xdist_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    """Removes what killed runs have left: directories that were used and that nobody uses any more."""
    if is_xdist_worker(config):
        return
    for state in Path(tempfile.gettempdir()).glob("titian-test-*"):
        if not os.access(state, os.W_OK):
            continue
        if (state / "lease").exists():
            unused = try_lock(state / "lease")
            if unused is not None:
                os.close(unused)
                shutil.rmtree(state, ignore_errors=True)
        elif time.time() - state.stat().st_mtime > 3600:  # a younger one may be about to be used
            shutil.rmtree(state, ignore_errors=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not is_xdist_worker(config) and not os.environ.get("TITIAN_TEST_STATE"):
        own = Path(django_settings.ENV.state_dir)
        for state in (own, *own.parent.glob(f"{own.name}-gw*")):
            shutil.rmtree(state, ignore_errors=True)


# ---- servers and databases -----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def services() -> Iterator[Services]:
    with django_settings.EMBEDDED.join() as running:
        yield running


@pytest.fixture(scope="session")
def databases(services: Services) -> Databases:
    return Databases(services)


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, databases: Databases, django_test_environment: None, django_db_blocker: Any
) -> Iterator[None]:
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    with django_db_blocker.unblock():
        databases.build_template()
        own = databases.copy(f"test_titian_{worker}")
        databases.use(own)
    yield
    with django_db_blocker.unblock():
        databases.use("")
        databases.drop(own)


@pytest.fixture
def _own_database(request: pytest.FixtureRequest, django_db_setup: None, databases: Databases) -> Iterator[None]:
    """A test that commits gets a database of its own."""
    marker = request.node.get_closest_marker("django_db")
    commits = {"transactional_db", "live_server", "django_db_reset_sequences"} & set(request.fixturenames)
    if commits or (marker and (marker.kwargs.get("transaction") or marker.kwargs.get("reset_sequences"))):
        with databases.fresh():
            yield
    else:
        yield


@pytest.fixture
def _django_db_helper(_own_database: None, _django_db_helper: None) -> None:
    """pytest-django's own, inside the database that suits the test, and with an empty cache."""
    cache.clear()


@pytest.fixture(scope="session", autouse=True)
def _databases_are_thrown_away() -> Iterator[None]:
    """No flush after a test that committed: the application's role may not TRUNCATE, and its database is dropped."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: None)
        yield


# ---- a real worker -------------------------------------------------------------------------------------------------


class WorkerProcess:
    """``celery worker`` on the test's database and queue, as in production; tests may kill it."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self._environment, self._log = environment, log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--queues", "default,pdf", "--loglevel"]
        command += ["INFO", "--concurrency", "1", "--without-gossip", "--without-mingle"]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=django_settings.BASE_DIR,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        for _attempt in range(60):
            if self.process.poll() is None and celery_app.control.ping(timeout=1, limit=1):
                return
        self.kill()
        pytest.fail(f"The Celery worker did not answer.\n{self._log.read_text()}")

    def kill(self) -> None:
        """Ends the worker and its pool at once, as a power cut would."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):  # it may have ended by itself
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


@pytest.fixture
def celery_worker_process(
    transactional_db: None, services: Services, settings: Any, tmp_path: Path
) -> Iterator[WorkerProcess]:
    """A running worker; tasks sent in this test go through the broker to it."""
    database = settings.DATABASES["default"]["NAME"]
    environment = os.environ | {
        "CELERY_EAGER": "0",
        "DATABASE_URL": services.database_url("titian_app", database),
        "DATABASE_OWNER_URL": services.database_url("titian_owner", database),
        "REDIS_URL": services.redis_url,
        "TITIAN_FILES_DIR": str(settings.MEDIA_ROOT),
    }
    celery_app.conf.task_always_eager = False
    celery_app.control.purge()
    worker = WorkerProcess(environment, tmp_path / "worker.log")
    worker.start()
    yield worker
    worker.kill()
    celery_app.conf.task_always_eager = True


# ---- a real browser ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    executable = bootstrap.find_browser()
    if executable is None:
        pytest.fail("No Chromium for the browser tests: run `make setup-browser`, or name one in TITIAN_CHROMIUM.")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    quiet += ["--disable-component-update", "--disable-sync"]
    return browser_type_launch_args | {"executable_path": executable, "args": quiet}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return browser_context_args | {"locale": "id-ID", "timezone_id": "Asia/Jakarta"}


@pytest.fixture
def context(context: BrowserContext) -> Iterator[BrowserContext]:
    """Browser tests fail where a page asks another host, breaks its own security policy, or raises in a script."""
    faults: list[str] = []

    def on_request(request: Request) -> None:
        if not request.url.startswith(("http://localhost:", "http://127.0.0.1:", "data:", "blob:", "about:")):
            faults.append(f"asked another host: {request.url}")

    def on_console(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            faults.append(message.text)

    def on_error(error: WebError) -> None:
        faults.append(f"script error: {error.error}")

    context.on("request", on_request)
    context.on("console", on_console)
    context.on("weberror", on_error)
    yield context
    assert faults == []


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """What axe finds wrong with a page (WCAG 2.0 to 2.2, A and AA, and best practice): ``assert axe(page) == []``."""
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
    checker = Axe()

    def violations(page: Page) -> list[str]:
        found = checker.run(page, options={"runOnly": rules, "resultTypes": ["violations"]}).response["violations"]
        return [
            f"{violation['id']}: {violation['help']}: {', '.join(str(node['target']) for node in violation['nodes'])}"
            for violation in found
        ]

    return violations

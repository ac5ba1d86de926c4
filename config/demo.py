"""``make demo``: serves Titian with demo data on this machine, and stops everything it started.

Starts (or joins) the embedded servers, prepares the database, runs the web server, a Celery worker and beat, and
starts each of them again when it dies. Ctrl-C, a closed terminal and a killed supervisor all end the whole.

    python -m config.demo [--reset]
"""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from config import env
from config.embedded import EmbeddedError, Services, gate, make_private, tail, try_lock
from config.env import ROOT, Env

SECONDS_TO_SERVE = 90
SECONDS_TO_STOP = 10
LONGEST_PAUSE = 30.0
# A process that ran this long is in good health: its next failure is a first one.
HEALTHY_AFTER = 60.0


class DemoError(Exception):
    """The demo cannot run; the message says why and what to do."""


class Stopped(Exception):  # noqa: N818 -- not an error: somebody asked
    """Ctrl-C, TERM or a closed terminal."""


@dataclass
class Child:
    """A process of the demo, started again with growing pauses when it dies."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _pause: float = field(default=0.5, init=False)
    _started: float = field(default=0.0, init=False)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                # The signal comes when this supervisor dies, however it dies.
                ["setpriv", "--pdeathsig", "TERM", *self.command],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, which then stops in good order
            )
        self._started = time.monotonic()

    def revive(self) -> None:
        if self.process is None or self.process.poll() is None:
            return
        now = time.monotonic()
        if now - self._started > HEALTHY_AFTER:
            self._pause = 0.5
        if now - self._started < self._pause:
            return
        _say(f"The {self.name} process ended (code {self.process.returncode}); starting it again. Its log: {self.log}")
        self.signal(signal.SIGKILL)  # what it may have left of its own children
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
        self.start()

    def signal(self, number: signal.Signals) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def stop(self, until: float) -> None:
        if self.process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.0, until - time.monotonic()))
        self.signal(signal.SIGKILL)
        self.process.wait()


class Demo:
    def __init__(self, settings: Env) -> None:
        self.state = settings.state_dir
        self.port = settings.port
        self.address = f"http://localhost:{settings.port}"
        self.services = Services(self.state)
        self._accounts = ""
        self.environment = {name: value for name, value in os.environ.items() if name not in env.SERVER_VARIABLES} | {
            "TITIAN_ENV": env.DEVELOPMENT,
            "TITIAN_DEMO": "1",
            "TITIAN_BASE_URL": self.address,
            "TITIAN_STATE_DIR": str(self.state),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONUNBUFFERED": "1",
        }
        logs = self.services.logs
        python = [sys.executable, "-m"]
        self.children = [
            Child(name, [*python, *command.split()], self.environment, logs / f"{name}.log")
            for name, command in (
                (
                    "web",
                    f"gunicorn config.wsgi --bind 127.0.0.1:{self.port} --workers 2 --threads 4 --preload"
                    " --graceful-timeout 5 --no-control-socket --log-level warning",
                ),
                (
                    "worker",
                    "celery -A config worker --queues default,pdf --concurrency 2 --without-gossip --without-mingle"
                    " --loglevel WARNING",
                ),
                ("beat", f"celery -A config beat --schedule {self.state / 'beat'} --pidfile= --loglevel WARNING"),
            )
        ]

    def run(self, *, reset: bool) -> None:
        make_private(self.state)
        with OwnNote(self.state / "demo.lock") as own:
            self._check_port()
            if reset:
                self._throw_data_away()
            own.write(self.address)
            with self.services.join():
                self._prepare()
                try:
                    self._serve()
                finally:
                    self._stop()

    def _check_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except OSError as error:
                raise DemoError(
                    f"Port {self.port} cannot be used: {error.strerror}. Stop the program that serves there, or run "
                    f"`make demo PORT={self.port + 1}`."
                ) from error

    def _throw_data_away(self) -> None:
        with gate(self.state):
            alone = try_lock(self.state / "lease")
            if alone is None:
                raise DemoError(
                    "Another Titian process uses these data (a shell, a test, a worker). End it, then run "
                    "`make demo-reset` again. Nothing was changed."
                )
            kept = {"gate", "lease", "demo.lock", "keeper.lock", "postgres.lock", "valkey.lock"}
            for path in self.state.iterdir():
                if path.name in kept:
                    continue
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()
            os.close(alone)
        _say("The former data were thrown away.")

    def _prepare(self) -> None:
        command = ["setpriv", "--pdeathsig", "TERM", sys.executable, "-m", "config.prepare"]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment,
            start_new_session=True,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise DemoError("The data could not be prepared; the reason is above. `make demo-reset` starts over.")
        self._accounts = done.stdout

    def _serve(self) -> None:
        for child in self.children:
            child.log.unlink(missing_ok=True)
        # The web server alone first: on two cores the others' start would hold up the first page.
        self.children[0].start()
        self._wait_until_it_serves()
        for child in self.children[1:]:
            child.start()
        _say(self._banner())
        while True:
            time.sleep(0.5)
            for child in self.children:
                child.revive()

    def _wait_until_it_serves(self) -> None:
        web = self.children[0]
        deadline = time.monotonic() + SECONDS_TO_SERVE
        while (status := self._status()) is None:
            assert web.process is not None
            if web.process.poll() is not None or time.monotonic() > deadline:
                raise DemoError(f"The web server did not start.\n{tail(web.log, 30)}")
            time.sleep(0.1)
        if status >= 500:
            raise DemoError(f"The sign-in page answers with an error ({status}).\n{tail(web.log, 40)}")

    def _status(self) -> int | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", "/accounts/login/", headers={"Host": f"localhost:{self.port}"})
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def _stop(self) -> None:
        _say("\nStopping …")
        for child in self.children:
            child.signal(signal.SIGTERM)
        until = time.monotonic() + SECONDS_TO_STOP
        for child in self.children:
            child.stop(until)

    def _banner(self) -> str:
        return (
            f"\nTitian runs at {self.address}\n\n"
            f"  Demo accounts, password {env.DEMO_PASSWORD}:\n{self._accounts}\n"
            f"  Logs: {self.services.logs}\n"
            "  Ctrl-C stops everything; the data stay. `make demo-reset` starts over.\n"
        )


class OwnNote:
    """The lock that keeps a second demo of the same state directory out, with the address where the first one is."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> OwnNote:
        descriptor = try_lock(self._path)
        if descriptor is None:
            raise DemoError(
                f"The demo of this directory runs already: {self._path.read_text() or 'it is being prepared'}. "
                "Use that one, or stop it with Ctrl-C where it was started."
            )
        self._file = os.fdopen(descriptor, "r+")
        self._file.truncate()
        return self

    def write(self, text: str) -> None:
        self._file.write(text)
        self._file.flush()

    def __exit__(self, *_exception: object) -> None:
        self._file.seek(0)
        self._file.truncate()
        self._file.close()


def _say(text: str) -> None:
    print(text, flush=True)


def _stop(_number: int, _frame: FrameType | None) -> None:
    # A second Ctrl-C while stopping changes nothing: stopping takes ten seconds at most.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise Stopped


def main(arguments: list[str]) -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        Demo(env.load()).run(reset="--reset" in arguments)
    except Stopped:
        return 0
    except (DemoError, EmbeddedError) as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

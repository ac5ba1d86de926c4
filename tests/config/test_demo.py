"""``make demo``: one at a time, clear about its port, and stopped with everything that it started."""

from __future__ import annotations

import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings

from config.demo import OwnNote
from config.embedded import lock, make_private


def demo(state: Path, port: int, *arguments: str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TITIAN_", "CELERY_"))}
    environment |= {"TITIAN_STATE_DIR": str(state), "PORT": str(port)}
    return subprocess.Popen(
        [sys.executable, "-m", "config.demo", *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_second_demo_says_where_the_first_one_is(tmp_path: Path) -> None:
    make_private(tmp_path / "state")
    with OwnNote(tmp_path / "state" / "demo.lock") as first:
        first.write("http://localhost:8123")
        second = demo(tmp_path / "state", free_port())
        output, _ = second.communicate()
    assert second.returncode == 1
    assert "runs already: http://localhost:8123" in output
    assert "Traceback" not in output


def test_a_port_in_use_is_said_before_anything_is_started(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = demo(tmp_path / "state", port)
        output, _ = process.communicate()
    assert process.returncode == 1
    assert f"Port {port} cannot be used" in output
    assert f"make demo PORT={port + 1}" in output
    assert not (tmp_path / "state" / "postgres").exists()


def test_a_reset_refuses_while_another_process_uses_the_data(tmp_path: Path) -> None:
    state = tmp_path / "state"
    make_private(state)
    (state / "data").write_text("kept")
    lease = lock(state / "lease", fcntl.LOCK_SH)
    process = demo(state, free_port(), "--reset")
    output, _ = process.communicate()
    os.close(lease)
    assert process.returncode == 1
    assert "Another Titian process uses these data" in output
    assert (state / "data").exists()


@pytest.mark.slow
def test_the_demo_serves_survives_a_killed_process_and_stops_everything(tmp_path: Path) -> None:
    port = free_port()
    process = demo(tmp_path / "state", port)
    assert process.stdout is not None
    output = ""
    for line in process.stdout:
        output += line
        if "Ctrl-C stops everything" in line:
            break
    assert "pk.malang" in output, output

    def status() -> int:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            connection.request("GET", "/accounts/login/", headers={"Host": f"localhost:{port}"})
            with connection.getresponse() as response:
                return response.status

    assert status() == 200
    web = [
        int(entry.parent.name)
        for entry in Path("/proc").glob("[0-9]*/cmdline")
        if f"127.0.0.1:{port}".encode() in entry.read_bytes()
    ]
    os.kill(min(web), signal.SIGKILL)
    assert "The web process ended" in next(line for line in process.stdout if "ended" in line)

    process.send_signal(signal.SIGTERM)
    process.communicate()
    assert process.returncode == 0
    left = [
        entry
        for entry in Path("/proc").glob("[0-9]*/cmdline")
        if str(tmp_path / "state").encode() in entry.read_bytes()
    ]
    assert left == []

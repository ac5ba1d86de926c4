"""The embedded servers: shared while anybody uses them, gone when nobody does, and never anybody else's."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import psycopg2
import pytest
import redis
from django.conf import settings

from config import embedded, keeper
from config.embedded import EmbeddedError, Services

JOIN_AND_WAIT = """
import sys
from pathlib import Path
from config.embedded import Services
lease = Services(Path(sys.argv[1]), durable=False).join()
print("joined", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def services(tmp_path: Path) -> Services:
    return Services(tmp_path / "state", durable=False)


def other_process(services: Services) -> subprocess.Popen[str]:
    """Another user of the same servers; it leaves when its standard input is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", JOIN_AND_WAIT, str(services.state)],
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "joined\n"
    return process


def leave(process: subprocess.Popen[str]) -> None:
    process.communicate()


def answer(services: Services) -> str:
    connection = psycopg2.connect(services.database_url("titian_app"))
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_database() || ' as ' || current_user")
            return str(cursor.fetchone()[0])
    finally:
        connection.close()


def wait_until_stopped(services: Services) -> None:
    """The keeper holds this lock for as long as it lives."""
    os.close(embedded.lock(services.state / "keeper.lock", fcntl.LOCK_EX))


def running(services: Services) -> list[str]:
    """Command lines of all processes that name the state directory."""
    lines = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(services.state) in line and f"/{os.getpid()}/" not in str(entry):
            lines.append(line)
    return lines


def test_both_servers_answer_and_leave_nothing_behind(services: Services) -> None:
    with services.join():
        assert answer(services) == "titian as titian_app"
        client = redis.Redis.from_url(services.redis_url)
        assert client.ping()
        client.close()
        assert running(services) != []
    assert running(services) == []
    assert not services.sockets.exists()


def test_the_state_directory_is_closed_to_others(services: Services) -> None:
    with services.join():
        assert services.state.stat().st_mode & 0o777 == 0o700
        assert services.sockets.stat().st_mode & 0o777 == 0o700


def test_the_data_are_there_the_next_time(services: Services) -> None:
    with services.join():
        connection = psycopg2.connect(services.database_url("titian_owner"))
        with connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE kept (id integer)")
        connection.close()
    with services.join():
        connection = psycopg2.connect(services.database_url("titian_app"))
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM kept")
            assert cursor.fetchone() == (0,)
        connection.close()


def test_processes_share_the_servers_and_the_last_one_stops_them(services: Services) -> None:
    first, second = other_process(services), other_process(services)
    leave(first)
    assert answer(services) == "titian as titian_app"
    leave(second)
    assert running(services) == []


def test_a_killed_user_leaves_nothing_behind(services: Services) -> None:
    process = other_process(services)
    process.kill()
    leave(process)
    wait_until_stopped(services)
    assert running(services) == []
    assert not services.sockets.exists()


def test_two_state_directories_never_meet(tmp_path: Path) -> None:
    one, two = Services(tmp_path / "one", durable=False), Services(tmp_path / "two", durable=False)
    with one.join(), two.join():
        redis_one, redis_two = redis.Redis.from_url(one.redis_url), redis.Redis.from_url(two.redis_url)
        redis_one.set("whose", "one")
        assert redis_two.get("whose") is None
        redis_one.close()
        redis_two.close()
        with one.join():
            assert answer(two) == "titian as titian_app"
    assert running(one) == running(two) == []


def test_a_killed_server_is_started_again(services: Services) -> None:
    with services.join():
        postmaster = int((services.postgres_data / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGKILL)
        # Its lock is free when all its processes are gone, and taken again by the one that is started in its place.
        os.close(embedded.lock(services.state / "postgres.lock", fcntl.LOCK_EX))
        ready = [keeper._postgres_binary("pg_isready"), "-q", "-h", str(services.sockets), "-t", "1"]
        assert any(subprocess.run(ready, check=False).returncode == 0 for _attempt in range(5_000))
        assert answer(services) == "titian as titian_app"


def test_a_killed_keeper_takes_its_servers_along(services: Services) -> None:
    process = other_process(services)
    os.kill(int((services.state / "keeper.pid").read_text()), signal.SIGKILL)
    wait_until_stopped(services)
    with services.join():  # a new keeper, once the former servers are gone
        assert answer(services) == "titian as titian_app"
        leave(process)
    assert running(services) == []


def test_a_stale_number_in_postmaster_pid_does_no_harm(services: Services) -> None:
    with services.join():
        pass
    # After a power cut the number may belong to any program: here, to this one.
    note = services.postgres_data / "postmaster.pid"
    note.write_text(f"{os.getpid()}\n{services.postgres_data}\n0\n5432\n{services.sockets}\n\n")
    with services.join():
        assert answer(services) == "titian as titian_app"


def test_an_interrupted_preparation_is_begun_again(services: Services) -> None:
    unfinished = services.state / "postgres.new"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18")
    with services.join():
        assert answer(services) == "titian as titian_app"
    assert not unfinished.exists()


def test_a_path_too_long_for_a_socket_gets_a_short_private_directory(tmp_path: Path) -> None:
    services = Services(tmp_path / ("deep" * 20) / ("deeper" * 10), durable=False)
    with services.join():
        assert len(str(services.sockets)) < 60
        assert services.sockets.stat().st_mode & 0o777 == 0o700
        assert answer(services) == "titian as titian_app"
    assert not services.sockets.exists()


def test_no_disk_space_is_said_before_anything_is_written(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(embedded.shutil, "disk_usage", lambda _path: usage(10**9, 10**9 - 20_000_000, 20_000_000))
    with pytest.raises(EmbeddedError, match=r"Not enough disk space in .*: 20 MB free, 500 MB needed"):
        services.join()
    assert not services.postgres_data.exists()
    assert running(services) == []


def test_a_directory_of_somebody_else_is_refused(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    services.state.mkdir(mode=0o700)
    monkeypatch.setattr(embedded.os, "geteuid", lambda: services.state.stat().st_uid + 1)
    with pytest.raises(EmbeddedError, match="belongs to the user"):
        services.join()


def test_a_file_in_the_place_of_the_directory_is_refused(services: Services) -> None:
    services.state.write_text("")
    with pytest.raises(EmbeddedError, match="TITIAN_STATE_DIR"):
        services.join()


def test_a_server_that_cannot_start_says_why(services: Services) -> None:
    with services.join():
        pass
    (services.postgres_data / "PG_VERSION").write_text("12\n")
    with pytest.raises(EmbeddedError, match="written by PostgreSQL 12"):
        services.join()
    assert running(services) == []

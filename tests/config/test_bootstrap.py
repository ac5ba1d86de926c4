"""``make setup`` on machines that lack something: it helps itself where it may, and otherwise says what to do."""

from __future__ import annotations

import subprocess
from collections import namedtuple
from pathlib import Path

import pytest

from config import bootstrap
from config.bootstrap import SetupError


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What would be run; nothing is."""
    ran: list[list[str]] = []

    def record(command: list[str], *_more: object, **_options: object) -> None:
        ran.append(command)

    monkeypatch.setattr(bootstrap, "_run", record)
    return ran


def missing_library(monkeypatch: pytest.MonkeyPatch, *, root: bool, sudo: bool) -> None:
    found = iter([False, True])  # missing at first, there after the installation
    monkeypatch.setattr(bootstrap, "LIBRARIES", {"libpangoft2-1.0.so.0": "libpangoft2-1.0-0"})
    monkeypatch.setattr(bootstrap, "_loads", lambda _library: next(found))
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 0 if root else 1000)
    monkeypatch.setattr(bootstrap, "_succeeds", lambda command: sudo and command[0] == "sudo")
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/usr/bin/{name}")


def test_root_gets_a_missing_library_installed(monkeypatch: pytest.MonkeyPatch, commands: list[list[str]]) -> None:
    missing_library(monkeypatch, root=True, sudo=False)
    bootstrap._install_system(browser=False)
    assert [command[-1] for command in commands] == ["update", "libpangoft2-1.0-0"]
    assert all(command[0] == "apt-get" for command in commands)


def test_sudo_without_a_password_is_used(monkeypatch: pytest.MonkeyPatch, commands: list[list[str]]) -> None:
    missing_library(monkeypatch, root=False, sudo=True)
    bootstrap._install_system(browser=False)
    assert [command[:3] for command in commands] == [["sudo", "-n", "apt-get"]] * 2


def test_others_are_told_the_exact_command(monkeypatch: pytest.MonkeyPatch, commands: list[list[str]]) -> None:
    missing_library(monkeypatch, root=False, sudo=False)
    with pytest.raises(SetupError) as refusal:
        bootstrap._install_system(browser=False)
    assert "sudo apt-get install -y --no-install-recommends libpangoft2-1.0-0" in str(refusal.value)
    assert commands == []


def test_the_tests_need_a_browser_and_get_one(monkeypatch: pytest.MonkeyPatch, commands: list[list[str]]) -> None:
    browsers = iter([None, "/usr/bin/chromium"])
    monkeypatch.setattr(bootstrap, "_loads", lambda _library: True)
    monkeypatch.setattr(bootstrap, "find_browser", lambda: next(browsers))
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 0)
    bootstrap._install_system(browser=True)
    assert commands[-1][-1] == "chromium"


def test_a_browser_may_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TITIAN_CHROMIUM", "/opt/chrome")
    assert bootstrap.find_browser() == "/opt/chrome"


def test_no_disk_space_is_said_before_anything_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(bootstrap.shutil, "disk_usage", lambda _path: usage(10**9, 9 * 10**8, 10**8))
    with pytest.raises(SetupError, match="100 MB free, 1500 MB needed"):
        bootstrap._check_space()


def test_a_registry_may_fail_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes = iter([1, 1, 0])

    def run(*_command: object, **_options: object) -> subprocess.CompletedProcess[bytes]:
        return subprocess.CompletedProcess([], next(outcomes), stdout=b"503 Service Unavailable")

    monkeypatch.setattr(bootstrap.subprocess, "run", run)
    monkeypatch.setattr(bootstrap.time, "sleep", lambda _seconds: None)
    bootstrap._insist(["pip", "install"])
    assert list(outcomes) == []


def test_a_registry_that_stays_away_ends_setup_with_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = subprocess.CompletedProcess([], 1, stdout=b"503 Service Unavailable")
    monkeypatch.setattr(bootstrap.subprocess, "run", lambda *_command, **_options: failed)
    monkeypatch.setattr(bootstrap.time, "sleep", lambda _seconds: None)
    with pytest.raises(SetupError, match="503 Service Unavailable"):
        bootstrap._insist(["pip", "install"])


def test_pip_installs_the_lock_where_uv_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock names packages without extras: asked to follow dependencies, pip refuses ``coverage[toml]``."""
    ran: list[list[str]] = []

    def insist(command: list[str]) -> None:
        ran.append(command)
        if "sync" in command:
            raise SetupError("no index that uv knows")

    monkeypatch.setattr(bootstrap, "_insist", insist)
    bootstrap._install_packages()
    assert ran[-1][1:4] == ["-m", "pip", "install"]
    assert {"--require-hashes", "--no-deps", str(bootstrap.REQUIREMENTS)} <= set(ran[-1])


def test_a_second_setup_does_nothing(commands: list[list[str]]) -> None:
    assert bootstrap.setup(browser=False) == 0
    assert commands == []


def test_a_stamp_that_cannot_be_read_means_nothing_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stamp = tmp_path / "stamp.json"
    stamp.write_text("{half")
    monkeypatch.setattr(bootstrap, "STAMP", stamp)
    assert bootstrap._read_stamp() == {}

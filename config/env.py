"""Every variable that Titian reads from its environment: name, type, default and meaning, in this one place.

Nothing else in the project reads ``os.environ`` for configuration. In production a variable that matters and is
missing, malformed or still at its demo value stops the process with one message that lists all the faults.
"""

from __future__ import annotations

import base64
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent

DEVELOPMENT, TEST, PRODUCTION = "development", "test", "production"

# Where real data and real people may be reached: forgotten by the demo and the tests.
SERVER_VARIABLES = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "TITIAN_FILES_DIR", "EMAIL_URL")

# Known to everybody who has read this file, therefore refused in production.
DEMO_SECRET = "titian-demo-secret-never-use-in-production"  # noqa: S105
DEMO_PASSWORD = "titian-demo"  # noqa: S105
DEMO_FIELD_KEYS = "1:dGl0aWFuLWRlbW8tZmllbGQta2V5LW5ldmVyLXVzZSE="
DEMO_INDEX_KEY = "dGl0aWFuLWRlbW8taW5kZXgta2V5LW5ldmVyLXVzZSE="


def _flag(raw: str) -> bool:
    if raw.lower() in {"1", "true", "yes", "on"}:
        return True
    if raw.lower() in {"0", "false", "no", "off"}:
        return False
    raise ValueError("expected 1 or 0")


def _words(raw: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in raw.split(",") if word.strip())


def _environment(raw: str) -> str:
    if raw not in {DEVELOPMENT, TEST, PRODUCTION}:
        raise ValueError(f"expected {DEVELOPMENT}, {TEST} or {PRODUCTION}")
    return raw


def _unseal_hours(raw: str) -> int:
    hours = int(raw)
    if not 1 <= hours <= 720:
        raise ValueError("expected 1 to 720")
    return hours


def _level(raw: str) -> str:
    if raw.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}:
        raise ValueError("expected DEBUG, INFO, WARNING, ERROR or CRITICAL")
    return raw.upper()


def _url(*schemes: str) -> Callable[[str], str]:
    def parse(raw: str) -> str:
        parts = urlsplit(raw)
        if parts.scheme not in schemes:
            raise ValueError(f"expected an address that starts with {' or '.join(f'{s}://' for s in schemes)}")
        return raw

    return parse


def _directory(raw: str) -> Path:
    return Path(raw).expanduser().absolute()


def _port(raw: str) -> int:
    number = int(raw)
    if not 1 <= number <= 65535:
        raise ValueError("expected a number from 1 to 65535")
    return number


def _threshold(raw: str) -> int:
    number = int(raw)
    if not 3 <= number <= 20:
        raise ValueError("expected a number from 3 to 20")
    return number


def _key(raw: str) -> bytes:
    try:
        key = base64.b64decode(raw, altchars=b"-_", validate=True)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise ValueError("expected 32 bytes in base64 (openssl rand -base64 32)")
    return key


def _key_ring(raw: str) -> tuple[tuple[int, bytes], ...]:
    """``2:<base64>,1:<base64>``: numbers from 1 to 255, keys of 32 bytes, the one that seals first."""
    ring: dict[int, bytes] = {}
    for entry in _words(raw):
        number, _colon, encoded = entry.partition(":")
        try:
            key = _key(encoded)
        except ValueError:
            key = b""
        if not number.isdecimal() or not 1 <= int(number) <= 255 or not key or int(number) in ring:
            raise ValueError("expected <number>:<32 bytes in base64>, by comma, each number (1 to 255) once")
        ring[int(number)] = key
    if not ring:
        raise ValueError("expected at least one key")
    return tuple(ring.items())


def _days(raw: str) -> int:
    number = int(raw)
    if not 1 <= number <= 60:
        raise ValueError("expected a number from 1 to 60")
    return number


def _variable(
    name: str,
    meaning: str,
    *,
    default: Any,
    parse: Callable[[str], Any] = str,
    required: bool = False,
    secret: bool = False,
) -> Any:
    """One variable. ``required``: in production. ``secret``: never shown, and never at its demo value there."""
    metadata = {"name": name, "meaning": meaning, "parse": parse, "required": required, "secret": secret}
    return field(default=default, metadata=metadata)


_postgresql = _url("postgresql", "postgres")


@dataclass(frozen=True)
class Env:
    environment: str = _variable(
        "TITIAN_ENV", "development, test or production.", default=DEVELOPMENT, parse=_environment
    )
    demo: bool = _variable(
        "TITIAN_DEMO",
        "Shows the demo accounts on the sign-in page. Refused in production.",
        default=False,
        parse=_flag,
    )
    state_dir: Path = _variable(
        "TITIAN_STATE_DIR",
        "Data of the embedded servers, when DATABASE_URL is not set.",
        default=ROOT / ".state",
        parse=_directory,
    )
    database_url: str = _variable(
        "DATABASE_URL",
        "PostgreSQL, as the application's role (which owns nothing). Without it: the embedded server.",
        default="",
        parse=_postgresql,
        required=True,
        secret=True,
    )
    database_owner_url: str = _variable(
        "DATABASE_OWNER_URL",
        "The same database as its owner; only `manage.py migrate` needs it. Without it: DATABASE_URL.",
        default="",
        parse=_postgresql,
        secret=True,
    )
    database_pooled: bool = _variable(
        "DATABASE_POOLED",
        "1 behind PgBouncer in transaction mode: no server-side cursors, no kept connections.",
        default=False,
        parse=_flag,
    )
    redis_url: str = _variable(
        "REDIS_URL",
        "Redis or Valkey without a database number: cache, sessions and the Celery queue. Without it: embedded.",
        default="",
        parse=_url("redis", "rediss", "unix"),
        required=True,
        secret=True,
    )
    redis_database: int = _variable(
        "REDIS_DATABASE", "First of two database numbers: queue, then cache.", default=0, parse=int
    )
    eager_tasks: bool = _variable(
        "CELERY_EAGER", "1: tasks run at once in the process that asks; for tests.", default=False, parse=_flag
    )
    secret_key: str = _variable(
        "SECRET_KEY",
        "Signs sessions and links; at least 50 random characters.",
        default=DEMO_SECRET,
        required=True,
        secret=True,
    )
    secret_key_fallbacks: tuple[str, ...] = _variable(
        "SECRET_KEY_FALLBACKS",
        "Earlier keys, by comma, while a new one is rolled out.",
        default=(),
        parse=_words,
        secret=True,
    )
    field_keys: tuple[tuple[int, bytes], ...] = _variable(
        "TITIAN_FIELD_KEYS",
        "Keys of encrypted fields, <number>:<32 random bytes in base64>, by comma; the first one seals, all open.",
        default=_key_ring(DEMO_FIELD_KEYS),
        parse=_key_ring,
        required=True,
        secret=True,
    )
    index_key: bytes = _variable(
        "TITIAN_INDEX_KEY",
        "Key of the index by which an encrypted number is found again, 32 random bytes in base64; another one.",
        default=_key(DEMO_INDEX_KEY),
        parse=_key,
        required=True,
        secret=True,
    )
    base_url: str = _variable(
        "TITIAN_BASE_URL",
        "Where people reach Titian, for example https://titian.example.go.id; used in letters and PDFs.",
        default="http://localhost:8000",
        parse=_url("https", "http"),
        required=True,
    )
    allowed_hosts: tuple[str, ...] = _variable(
        "TITIAN_ALLOWED_HOSTS", "Further host names that are answered, by comma.", default=(), parse=_words
    )
    behind_proxy: bool = _variable(
        "TITIAN_BEHIND_PROXY",
        "1 when one reverse proxy of ours stands in front and sets X-Forwarded-Proto and X-Forwarded-For.",
        default=False,
        parse=_flag,
    )
    files_dir: Path | None = _variable(
        "TITIAN_FILES_DIR",
        "Uploaded documents and made reports; never served as they are. Without it: <state>/files.",
        default=None,
        parse=_directory,
        required=True,
    )
    anchors_dir: Path | None = _variable(
        "TITIAN_ANCHORS_DIR",
        "Daily anchors of the access journal, best on write-once storage of others. Without it: <files>/anchors.",
        default=None,
        parse=_directory,
    )
    security_contact: str = _variable(
        "TITIAN_SECURITY_CONTACT",
        "Whom to tell about a hole: mailto:… or https://…; shown at /.well-known/security.txt.",
        default="",
        parse=_url("mailto", "https"),
    )
    email_url: str = _variable(
        "EMAIL_URL",
        "smtp://host:25, smtp+tls://user:password@host:587 or smtps://…; without it mails go to the log.",
        default="",
        parse=_url("smtp", "smtp+tls", "smtps"),
        secret=True,
    )
    email_from: str = _variable("EMAIL_FROM", "Sender of e-mails.", default="titian@localhost")
    small_cell: int = _variable(
        "TITIAN_SMALL_CELL", "Reports hide counts of people below this (3 to 20).", default=5, parse=_threshold
    )
    small_cell_children: int = _variable(
        "TITIAN_SMALL_CELL_CHILDREN", "The same for figures about children.", default=10, parse=_threshold
    )
    unseal_max_hours: int = _variable(
        "TITIAN_UNSEAL_MAX_HOURS",
        "Longest opening of a sealed child's file, 1 to 720.",
        default=72,
        parse=_unseal_hours,
    )
    complaint_workdays: int = _variable(
        "TITIAN_COMPLAINT_WORKDAYS", "Working days in which a complaint is answered.", default=10, parse=_days
    )
    log_level: str = _variable("LOG_LEVEL", "DEBUG, INFO, WARNING, ERROR.", default="INFO", parse=_level)
    port: int = _variable("PORT", "Where `make demo` serves.", default=8000, parse=_port)

    @property
    def production(self) -> bool:
        return self.environment == PRODUCTION

    @property
    def testing(self) -> bool:
        return self.environment == TEST

    @property
    def uses_embedded_services(self) -> bool:
        return not self.database_url or not self.redis_url

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Env:
        """The environment as typed values; ImproperlyConfigured names everything that is wrong, at once."""
        values: dict[str, Any] = {}
        faults: list[str] = []
        production = environ.get("TITIAN_ENV", "").strip() == PRODUCTION
        for variable in fields(cls):
            name, raw = variable.metadata["name"], environ.get(variable.metadata["name"], "").strip()
            try:
                values[variable.name] = variable.metadata["parse"](raw) if raw else variable.default
            except ValueError as error:
                shown = "" if variable.metadata["secret"] else f" (is {raw!r})"
                faults.append(f"{name}: {error}{shown}")
            if production:
                faults += _production_faults(variable, raw)
        if production:
            faults += _shared_secrets(environ)
        if production and values.get("demo"):
            faults.append("TITIAN_DEMO: demo accounts have a password that everybody knows; refused in production")
        if faults:
            raise ImproperlyConfigured(
                "Titian cannot start with this environment:\n"
                + "".join(f"  - {fault}\n" for fault in faults)
                + "Every variable is described in config/env.py and docs/operations.md."
            )
        return cls(**values)


def _production_faults(variable: Field[Any], raw: str) -> list[str]:
    name = variable.metadata["name"]
    if not raw:
        return [f"{name} is missing. {variable.metadata['meaning']}"] if variable.metadata["required"] else []
    known = (DEMO_SECRET, DEMO_PASSWORD, DEMO_FIELD_KEYS.partition(":")[2], DEMO_INDEX_KEY)
    if variable.metadata["secret"] and any(value in raw for value in known):
        return [f"{name} still has its demo value"]
    if variable.metadata["secret"] and raw == variable.default:
        return [f"{name} still has its default value"]
    if name == "SECRET_KEY" and len(raw) < 50:
        return [f"{name} is too short: {len(raw)} characters, expected at least 50"]
    if name == "SECRET_KEY" and len(set(raw)) < 5:
        return [f"{name} is no random value: it repeats {len(set(raw))} characters"]
    if name == "TITIAN_ALLOWED_HOSTS" and "*" in raw:
        return [f"{name}: name each host; * answers to everybody's"]
    if name == "TITIAN_BASE_URL" and not raw.startswith("https://"):
        return [f"{name} must start with https://"]
    return []


def _shared_secrets(environ: Mapping[str, str]) -> list[str]:
    """One value for two purposes: whoever learns it by one way has both."""
    by_value: dict[str, list[str]] = {}
    for variable in fields(Env):
        if variable.metadata["secret"] and (raw := environ.get(variable.metadata["name"], "").strip()):
            by_value.setdefault(raw, []).append(variable.metadata["name"])
    databases = {
        "DATABASE_URL",
        "DATABASE_OWNER_URL",
    }  # one role on a small installation is told by a check of its own
    return [
        f"{' and '.join(names)} have the same value"
        for names in by_value.values()
        if len(names) > 1 and set(names) != databases
    ]


def postgresql(url: str) -> dict[str, Any]:
    """``postgresql://role:password@host:port/name?sslmode=require`` as Django's settings of one database.

    A socket directory is given as ``?host=/path``, as libpq does.
    """
    parts: SplitResult = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or parts.hostname or "",
        "PORT": str(options.pop("port", None) or parts.port or ""),
        "OPTIONS": options,
    }


def smtp(url: str) -> dict[str, Any]:
    """``smtp+tls://user:password@host:587`` as Django's EMAIL_* settings."""
    parts = urlsplit(url)
    return {
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or {"smtps": 465, "smtp+tls": 587}.get(parts.scheme, 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
    }


def use_test_defaults(environ: dict[str, str] | os._Environ[str]) -> None:
    """Under pytest: test mode, on a state directory of this run alone (kept when TITIAN_TEST_STATE names one).

    Written into the environment, so that pytest-xdist's workers and a test's own worker process use the same servers.
    Addresses of the developer's other servers are forgotten: tests never touch them.
    """
    if environ.get("TITIAN_ENV") == TEST:
        # Each of several test processes has servers of its own: what waits for all open transactions of a server, as
        # the sealing of the journal does, would wait for another process's.
        worker, state = environ.get("PYTEST_XDIST_WORKER", ""), environ.get("TITIAN_STATE_DIR", "")
        if worker and not state.endswith(f"-{worker}"):
            environ["TITIAN_STATE_DIR"] = f"{state}-{worker}"
        return
    for name in (*SERVER_VARIABLES, "TITIAN_DEMO"):
        environ.pop(name, None)
    environ["TITIAN_ENV"] = TEST
    environ["CELERY_EAGER"] = "1"
    environ["TITIAN_SECURITY_CONTACT"] = "mailto:keamanan@titian.example"
    environ["TITIAN_STATE_DIR"] = environ.get("TITIAN_TEST_STATE") or tempfile.mkdtemp(prefix="titian-test-")


def load() -> Env:
    """The environment of this process."""
    if "pytest" in sys.modules:
        use_test_defaults(os.environ)
    return Env.read(os.environ)

"""What can be checked of the containers without a container engine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from django.conf import settings

ROOT: Path = settings.BASE_DIR
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
SERVICES = yaml.safe_load(TEXT)["services"]
SECRETS = {
    *(
        "SECRET_KEY",
        "TITIAN_FIELD_KEYS",
        "TITIAN_INDEX_KEY",
        "POSTGRES_PASSWORD",
        "TITIAN_OWNER_PASSWORD",
        "TITIAN_APP_PASSWORD",
        "REDIS_PASSWORD",
    ),
    "TITIAN_DOMAIN",
}


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_a_missing_secret_stops_compose(name: str) -> None:
    uses = re.findall(rf"\$\{{{name}([^}}]*)\}}", TEXT)
    assert uses
    assert all(use.startswith(":?") for use in uses)
    assert f"\n{name}=\n" in (ROOT / ".env.example").read_text()


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - {"migrate"}))
def test_every_service_that_stays_has_a_health_check(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_nothing_serves_before_the_tables_are_made(name: str) -> None:
    assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_only_the_migration_knows_the_owner_of_the_tables() -> None:
    with_owner = [name for name, service in SERVICES.items() if "DATABASE_OWNER_URL" in service.get("environment", {})]
    assert with_owner == ["migrate"]


def test_only_the_proxy_is_reachable_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]

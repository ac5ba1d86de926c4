from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from config.static import HashedStaticStorage, NpmFinder


@pytest.mark.parametrize("name", sorted(settings.NPM_FILES))
def test_every_listed_npm_file_is_there(name: str) -> None:
    assert finders.find(name) is not None


def test_nothing_else_of_a_package_is_served() -> None:
    assert finders.find("vendor/tabler/tabler.css.map") is None
    assert finders.find("@tabler/core/package.json") is None
    assert sorted(name for name, _ in NpmFinder().list(None)) == sorted(settings.NPM_FILES)


def test_references_to_source_maps_are_left_alone() -> None:
    patterns = [str(pattern) for _extension, patterns in HashedStaticStorage.patterns for pattern in patterns]
    assert patterns
    assert not any("sourceMappingURL" in pattern for pattern in patterns)


@pytest.mark.slow
def test_the_files_for_production_can_be_collected(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME"}} | {
        "TITIAN_ENV": "production",
        "TITIAN_BASE_URL": "https://titian.example",
        "TITIAN_FILES_DIR": str(tmp_path),
        "DATABASE_URL": "postgresql://titian_app@database/titian",
        "REDIS_URL": "redis://redis:6379",
        "SECRET_KEY": "k9f3hC" * 10,
    }
    script = """
import sys, django
from django.conf import settings
from django.core.management import call_command
django.setup()
settings.STATIC_ROOT = sys.argv[1]
call_command("collectstatic", interactive=False, verbosity=0)
"""
    subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "static")],
        cwd=settings.BASE_DIR,
        env=environment | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        check=True,
    )
    assert list((tmp_path / "static" / "css").glob("titian.*.css.br"))

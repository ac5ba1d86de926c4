"""The layers of docs/architecture.md: what import-linter sees, and what Django resolves from strings unseen by it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import Field, ForeignObjectRel, Model
from importlinter.cli import lint_imports

ROOT: Path = settings.BASE_DIR
# From the ground up; an app may know those before it.
APPS = ("core", "accounts", "cases", "assessments", "partners", "programs", "reports")
LONGEST_FILE = 480
FORBIDDEN_MODULES = {"utils", "helpers", "services", "managers", "mixins", "signals", "common", "misc"}


def sources(app: str) -> Iterator[Path]:
    for path in sorted((ROOT / app).rglob("*.py")):
        if "migrations" not in path.parts:
            yield path


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def found(pattern: str, paths: Iterator[Path] | list[Path]) -> list[str]:
    """Each match as ``path:line: text``, so that a failure can be clicked."""
    expression = re.compile(pattern)
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if expression.search(line)
    ]


def above(app: str) -> tuple[str, ...]:
    return (*APPS[APPS.index(app) + 1 :], "config")


def is_above(app: str, model: type[Model]) -> bool:
    return model._meta.app_label in above(app)


def relations(app: str) -> Iterator[tuple[type[Model], Field]]:
    for model in apps.get_app_config(app).get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            if field.is_relation and not field.auto_created and isinstance(field.related_model, type):
                yield model, field


def test_the_import_contracts_hold(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == 0, capfd.readouterr().out


@pytest.mark.parametrize("app", APPS)
def test_no_model_points_to_a_model_of_a_higher_app(app: str) -> None:
    upward = [
        f"{model.__name__}.{field.name} -> {field.related_model._meta.label}"
        for model, field in relations(app)
        if is_above(app, field.related_model) and not field.swappable_setting  # the user model is named by a setting
    ]
    assert upward == []


@pytest.mark.parametrize("app", APPS)
def test_no_string_names_a_higher_app(app: str) -> None:
    higher = "|".join(above(app))
    calls = (
        r"""(?:reverse|reverse_lazy|redirect|resolve_url|import_module|import_string|get_model|send_task|signature)"""
    )
    assert found(rf"""{calls}\(\s*f?["'](?:{higher})[:.\"']""", sources(app)) == []
    assert found(rf"""["'](?:{higher})\.(?:models|tasks|workflow|policies|views)\b""", sources(app)) == []


@pytest.mark.parametrize("app", APPS)
def test_no_app_reaches_up_through_the_far_end_of_a_relation(app: str) -> None:
    """``case.enrolments`` in cases would be an upward import that no import statement shows."""
    legitimate, upward = set(), set()
    for below in APPS[: APPS.index(app) + 1]:
        for model in apps.get_app_config(below).get_models():
            for field in model._meta.get_fields():
                declared_above = field.auto_created and field.is_relation and is_above(app, field.related_model)
                name = field.get_accessor_name() if isinstance(field, ForeignObjectRel) else field.name
                (upward if declared_above else legitimate).add(name)
    names = "|".join(sorted(upward - legitimate - {None}))
    code = [
        line
        for line in found(rf"""[\w\]]\.(?:{names})\b|["'](?:{names})__""", sources(app))
        if " import " not in line and "catalogue" not in line
    ]
    assert not names or code == []


@pytest.mark.parametrize("app", [*APPS, "config"])
def test_every_module_is_named_after_what_it_holds(app: str) -> None:
    names = {path.stem for path in (ROOT / app).iterdir() if path.suffix == ".py" or path.is_dir()}
    assert names & FORBIDDEN_MODULES == set()


@pytest.mark.parametrize("app", [*APPS, "config"])
def test_no_module_has_grown_past_one_reading(app: str) -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in sources(app)}
    assert {path: length for path, length in lengths.items() if length > LONGEST_FILE} == {}


@pytest.mark.parametrize("app", APPS)
def test_nothing_happens_by_signal(app: str) -> None:
    assert (
        found(r"django\.dispatch|db\.models\.signals|@receiver\b|\b(?:post|pre)_(?:save|delete|init)\b", sources(app))
        == []
    )


@pytest.mark.parametrize("app", [app for app in APPS if app != "core"])
def test_answers_to_the_browser_are_made_by_entry_points_only(app: str) -> None:
    entry = {"views", "admin", "urls", "middleware", "adapter", "api", "frame", "navigation"}
    inner = [path for path in sources(app) if not entry & {path.stem, path.parent.name}]
    assert found(r"django\.shortcuts|contrib import messages|import messages\b", inner) == []


def test_core_has_no_word_of_the_domain() -> None:
    words = r"\b(?:Case|CaseFile|Participant|Assessment|Referral|Enrolment|Programme|Bapas|Sentra|Densus|BNPT)\b"
    code = [path for path in sources("core") if "reference" not in path.name]
    assert found(words, code) == []


def test_templates_keep_the_content_security_policy() -> None:
    assert found(r"<[^>]*\sstyle=", templates()) == []
    assert found(r"<style\b", [path for path in templates() if "pdf" not in path.parts]) == []
    assert found(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", templates()) == []
    assert found(r"<[^>]*\son[a-z]+=", templates()) == []
    assert found(r"\bhx-on\b|javascript:", templates()) == []


def test_templates_ask_nobody_for_permission() -> None:
    assert (
        found(
            r"\bperms\.|\buser\.role\b|\brequest\.user\.(?:is_|role|has_)|\buser\.(?:is_staff|is_super|has_perm)",
            templates(),
        )
        == []
    )


def test_templates_load_nothing_from_other_hosts() -> None:
    pages = [path for path in templates() if not {"pdf", "emails"} & set(path.parts)]
    assert found(r"""(?:src|href)=["'](?:https?:)?//""", pages) == []

"""The one-page guides: both languages, pictures that are there, and names of buttons as the program says them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

from config.screenshots import GUIDES

HOME: Path = settings.BASE_DIR / "docs" / "users"
NAMES = sorted(path.name for path in (HOME / "id").glob("*.md"))
LABEL = re.compile(r"(?<!\*)\*([^*\n]+)\*(?!\*)")
PICTURE = re.compile(r"!\[[^]]+\]\(\.\./img/([a-z-]+)\.png\)")


def guide(language: str, name: str) -> str:
    return (HOME / language / name).read_text(encoding="utf-8")


def catalogue() -> dict[str, set[str]]:
    path = settings.BASE_DIR / "locale" / "en" / "LC_MESSAGES" / "django.po"
    with path.open(encoding="utf-8") as file:
        found = [(entry.id, entry.string) for entry in read_po(file) if isinstance(entry.id, str)]
    return {"id": {text for text, _ in found}, "en": {str(text) for _, text in found}}


@pytest.fixture(scope="module")
def labels() -> dict[str, set[str]]:
    return catalogue()


def test_each_guide_is_there_in_both_languages() -> None:
    assert sorted(path.name for path in (HOME / "en").glob("*.md")) == NAMES
    assert len(NAMES) == 7


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_a_guide_names_what_the_program_shows(labels: dict[str, set[str]], language: str, name: str) -> None:
    named = LABEL.findall(guide(language, name))
    assert [label for label in named if label not in labels[language]] == []


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_show_the_same_pictures(name: str) -> None:
    shown = PICTURE.findall(guide("id", name))
    assert shown == PICTURE.findall(guide("en", name)) != []
    for picture in shown:
        assert picture in GUIDES
        assert (HOME / "img" / f"{picture}.png").is_file()


def test_no_picture_is_left_over() -> None:
    shown = {picture for name in NAMES for picture in PICTURE.findall(guide("id", name))}
    assert shown == {path.stem for path in (HOME / "img").glob("*.png")} == set(GUIDES)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_a_guide_fits_on_one_page(language: str, name: str) -> None:
    words = guide(language, name).split()
    assert len(words) < 330

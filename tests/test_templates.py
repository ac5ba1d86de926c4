"""Conventions of the templates that fail here instead of being remembered."""

import re
from functools import cache
from pathlib import Path

import brotli
import django.forms
import pytest
from allauth import account
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import engines
from django.template.loader import get_template

from config import navigation
from core.templatetags import ui

TEMPLATES = settings.BASE_DIR / "templates"
APPS = ("config", "reports", "programs", "partners", "assessments", "cases", "accounts", "core")
# Found by Django and its neighbours under these names.
BY_CONVENTION = {"400.html", "403.html", "404.html", "500.html", "403_csrf.html"}
OTHERS = (Path(account.__file__).parents[1] / "templates", Path(django.forms.__file__).parent / "templates")
# Sample text that nobody but developers reads.
SAMPLES = {"gallery.html", "_gallery_part.html"}
# Words that are the same in every language, or speak their own.
NAMES = {"Titian", "Bahasa Indonesia", "English"}
TEXT_PARAMETERS = {
    "title",
    "label",
    "text",
    "lead",
    "summary",
    "caption",
    "note",
    "link",
    "sentence",
    "hint",
    "name",
    "when",
}


def paths():
    return sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))


def pages():
    """Templates that a browser shows; letters and paper have rules of their own."""
    return [name for name in paths() if not name.startswith(("pdf/", "emails/"))]


@cache
def source(name):
    return (TEMPLATES / name).read_text()


@cache
def everything():
    """All our Python and template text in one."""
    python = [path.read_text() for app in APPS for path in (settings.BASE_DIR / app).rglob("*.py")]
    return "\n".join([*python, *(source(name) for name in paths())])


def without_comments(text):
    text = re.sub(r"\{% comment %\}.*?\{% endcomment %\}", "", text, flags=re.DOTALL)
    return re.sub(r"\{#.*?#\}", "", text)


@pytest.mark.parametrize("name", paths())
def test_every_template_is_used(name):
    folder, _, file = name.rpartition("/")
    fragment = re.escape(file.removeprefix("_").removesuffix(".html"))
    used = (
        name in BY_CONVENTION
        or any((other / name).exists() for other in OTHERS)
        or f'"{name}"' in everything()
        or (folder == "components" and re.search(rf'_render\(\s*context,\s*"{fragment}"', everything()))
        or f'"{name},' in everything()  # one of two in a yesno
        or (file.startswith("_") and f'"{fragment}"' in everything())
    )
    assert used


@pytest.mark.parametrize("name", paths())
def test_every_template_compiles(name):
    get_template(name)


@pytest.mark.parametrize("name", pages())
def test_a_page_brings_no_style_or_script_of_its_own(name):
    text = without_comments(source(name))
    assert not re.search(r"<style|\sstyle\s*=", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"\s(on[a-z]+|hx-on[:a-z-]*)\s*=|javascript:", text)
    assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", text)


@pytest.mark.parametrize("name", pages())
def test_a_template_never_asks_what_a_person_may_do(name):
    asked = r"\bperms\.|\buser\.(role|is_|has_)|request\.user\b"
    assert not re.search(asked, without_comments(source(name)))


def literal_texts(text):
    """Texts and spoken attributes that stand outside the translation tags."""
    text = re.sub(
        r"\{% blocktrans(?:late)?\b.*?\{% endblocktrans(?:late)? %\}", "", without_comments(text), flags=re.DOTALL
    )
    text = re.sub(r"\{% block body_(?:class|attributes) %\}.*?\{% endblock %\}", "", text)
    bare = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.DOTALL)
    found = re.findall(r"""\s(?:aria-label|title|placeholder|alt|data-label)="([^"]*)""", bare)
    bare = re.sub(r"<[^>]*>", "\n", bare)
    return [line.strip(" ·") for line in [*found, *bare.split("\n")] if re.search(r"[A-Za-z]{2}", line)]


def literal_parameters(text):
    """Words given to a component tag without `_("…")`."""
    tags = "|".join(name for name in ui.register.tags if name != "icon")
    for tag in re.findall(rf"\{{% (?:{tags})\b(.*?)%\}}", without_comments(text), flags=re.DOTALL):
        for parameter, translated, words in re.findall(r'(?:(\w+)=)?(_\()?"([^"]*)"', tag):
            if not translated and parameter in {"", *TEXT_PARAMETERS} and re.search(r"[A-Za-z]{2}", words):
                yield words


@pytest.mark.parametrize("name", [name for name in paths() if name not in SAMPLES])
def test_every_text_can_be_translated(name):
    text = re.sub(r"&[a-z]+;", " ", source(name))
    text = re.sub(r"\{% extends .*?%\}", "", text)
    assert [words for words in literal_texts(text) if words not in NAMES] == []
    # The value of a band is a code, not a word.
    assert [words for words in literal_parameters(re.sub(r"\{% band .*?%\}", "", text)) if words not in NAMES] == []


def test_the_search_for_literal_text_finds_it():
    assert literal_texts('<p>Kasus <b>{% translate "Baru" %}</b></p>') == ["Kasus"]
    assert literal_texts('<a aria-label="Tutup">{{ x }}</a>') == ["Tutup"]
    assert list(
        literal_parameters('{% chip "Anak" kind="done" %}{% card title="Isi" id="x" %}{% card title=_("Isi") %}')
    ) == [
        "Anak",
        "Isi",
    ]


@pytest.mark.parametrize("path", sorted((TEMPLATES / "components").glob("*.html")), ids=lambda path: path.stem)
def test_a_component_begins_with_its_name_and_its_parameters(path):
    first = path.read_text().split("\n", 1)[0]
    assert re.match(rf"\{{# {path.stem}: .+\. (Parameters: .+\.|No parameters\.).* #\}}$", first), first


@pytest.mark.parametrize("tag", sorted(ui.register.tags))
def test_every_component_is_shown_in_the_gallery(tag):
    inner = [name for name in paths() if name.startswith("components/")]
    shown = "".join(source(name) for name in (*SAMPLES, *inner, "base.html", "django/forms/form.html"))
    assert re.search(rf"\{{% {tag}\b", shown)


def test_every_icon_that_is_named_exists():
    named = set(re.findall(r'\{% icon "([^"]+)"', everything())) | set(
        re.findall(r'\bicon="([a-z0-9-]+)"', everything())
    )
    named |= {place.icon for menu in navigation.MENUS.values() for group in menu for place in group.places}
    named |= {place.icon for dock in navigation.DOCKS.values() for place in dock}
    assert named
    for name in sorted(named):
        assert ui.icon(name).startswith("<svg")


def test_a_first_visit_weighs_less_than_150_kb():
    files = [
        "vendor/tabler/tabler.min.css",
        "css/titian.css",
        "django_htmx/htmx-2.min.js",
        "js/titian.js",
        "img/favicon.svg",
    ]
    weights = {name: len(brotli.compress(Path(finders.find(name)).read_bytes(), quality=5)) for name in files}
    for weight in (400, 600):
        font = f"vendor/source-sans-3/source-sans-3-latin-{weight}-normal.woff2"
        weights[font] = Path(finders.find(font)).stat().st_size
    heaviest_page = 12_000
    assert sum(weights.values()) + heaviest_page < 150_000, weights


def test_the_style_sheet_asks_only_for_files_that_are_published():
    css = Path(finders.find("css/titian.css")).read_text()
    for url in re.findall(r'url\("\.\./([^"]+)"\)', css):
        assert finders.find(url), url


def test_components_see_their_own_parameters_only():
    page = engines["django"].from_string('{% load ui %}{% chip "Isi" %}')
    assert page.render({"kind": "due", "icon": "bell"}).count("t-chip-due") == 0

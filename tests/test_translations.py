"""English is whole: the catalogue has no hole, and no page shows a sentence of Indonesian to whoever chose English.

What people wrote is left as it is. Everything else that stands the same in both languages and has a small word of
Indonesian in it was never translated.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.management import call_command
from django.db import models, transaction
from django.test import Client
from lxml import html

from tests.addresses import ADDRESSES, FILES, url_of
from tests.world import World, make_world

CATALOGUE = settings.BASE_DIR / "locale" / "en" / "LC_MESSAGES" / "django.po"
PAGES = [
    name
    for name, address in ADDRESSES.items()
    if address.status == 200 and not address.posts and name not in {*FILES, "component-gallery"}
]
# Words of Indonesian that no English sentence, name or place has in it.
INDONESIAN = re.compile(
    r"\b(?:yang|dan|atau|untuk|dengan|dari|pada|tidak|belum|sudah|akan|bila|oleh|Anda|ini|itu|hari|tulis|pilih|buka|"
    r"simpan|tambah|catat|lihat|kasus|peserta|petugas|pengawas|penilaian|rencana|rujukan|laporan|unduh|kembali|batal|"
    r"mitra|tujuan|program ini|semua|nama|alasan|tanggal|tempat|jenis|langkah|catatan)\b",
    re.IGNORECASE,
)
MARKED = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
SPOKEN = ("aria-label", "title", "alt", "placeholder", "data-label")
# Proper names of the trade that English keeps.
KEPT = re.compile(
    r"Bahasa Indonesia|Kasus Anda|Sentra|Bapas|Balai Pemasyarakatan|Kementerian|Badan Nasional|wajib lapor"
)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def written(world: World) -> list[str]:
    """Every text in the tables, longest first: what people, not the program, have written."""
    found: set[str] = set()
    for model in apps.get_models():
        names = [field.name for field in model._meta.concrete_fields if _is_written_by_people(field)]
        if names and model._meta.app_label in settings.OUR_APPS and not model._meta.model_name.endswith("event"):
            for row in model._base_manager.values_list(*names)[:5_000]:  # a grant that is over has words too
                found.update(text.strip() for value in row for text in strings(value))
    found.update(value for report in [world.report] for value in strings(report.snapshot))
    return sorted((text for text in found if len(text) > 3), key=len, reverse=True)


def _is_written_by_people(field: models.Field) -> bool:
    kept = field.base_field if isinstance(field, ArrayField) else field
    return isinstance(kept, models.CharField | models.TextField) and not kept.choices


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)


def spoken(page: str) -> set[str]:
    """Texts and spoken attributes of a page, but for scripts and parts in another language."""
    tree = html.fromstring(page)
    for part in tree.xpath("//script|//style|//template|//textarea|//*[@lang='id' and not(self::html)]|//option"):
        part.drop_tree()
    texts = list(tree.xpath("//text()"))
    texts += [value for name in SPOKEN for value in tree.xpath(f"//@{name}")]
    return {" ".join(text.split()) for text in texts if text.strip()}


def test_the_catalogue_has_no_hole_and_nothing_fuzzy() -> None:
    call_command("compile_po", check=True)


@pytest.fixture(scope="module")
def known() -> set[str]:
    with Path(CATALOGUE).open("rb") as file:
        return {message.id[0] if isinstance(message.id, tuple) else message.id for message in read_po(file)}


def test_every_text_of_the_code_is_in_the_catalogue(known: set[str]) -> None:
    """Gettext's own reader passes over what stands inside an f-string, and finds no hole there."""
    missing = {
        (call.args[0].value, str(path.relative_to(settings.BASE_DIR)))
        for folder in (*settings.OUR_APPS, "config")
        for path in (settings.BASE_DIR / folder).rglob("*.py")
        if "migrations" not in path.parts
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in MARKED
        if isinstance(call.args[0], ast.Constant) and call.args[0].value not in known
    }
    assert missing == set()


def test_every_text_of_the_templates_is_in_the_catalogue(known: set[str]) -> None:
    used = {
        (text, str(path.relative_to(settings.BASE_DIR)))
        for path in (settings.BASE_DIR / "templates").rglob("*.html")
        if path.name not in ("gallery.html", "_gallery_part.html")
        for text in re.findall(r"""\{% translate "([^"]+)""", path.read_text())
    }
    assert {(text, path) for text, path in used if text not in known} == set()


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_a_page_in_english_has_no_indonesian_left(world: World, written: list[str], name: str) -> None:
    address = ADDRESSES[name]
    pages = {}
    for language in ("id", "en"):
        client = Client()
        if not address.public:
            client.force_login(getattr(world.cast, address.ok.split()[0]))
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        answer = client.get(url_of(name, world.codes), headers=address.headers)
        assert answer.status_code == 200
        pages[language] = spoken(answer.content.decode())
    left = []
    for text in sorted(pages["id"] & pages["en"]):
        rest = text
        for own in written:
            rest = rest.replace(own, "")
        if INDONESIAN.search(KEPT.sub("", rest)):
            left.append(text)
    assert left == []

"""Bad input in every form: what was typed stays, the reason stands beside the field, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from lxml import html

from tests.addresses import ADDRESSES, url_of
from tests.security.conftest import same_person
from tests.world import World

pytestmark = pytest.mark.django_db
PAGES = [
    name
    for name, row in ADDRESSES.items()
    if row.status == 200 and not (row.posts or row.fragment) and name != "component-gallery"
]
MARKS = "'; DROP TABLE x; -- \"><script>alert(1)</script> \u202eكتب 😀 "
LONG = MARKS + "x" * 10_000
WRONG = {
    "date": "2026-02-30",
    "datetime-local": "2026-02-30T25:61",
    "month": "2026-13",
    "number": "-5",
    "time": "24:61",
}
IMPOSSIBLE = set(WRONG.values())
TYPED = {"text", "search", "email", "tel", "url", *WRONG}
FOREIGN = {
    "id": re.compile(r"\b(the|this|please|enter|must|ensure|select|field|required|characters)\b", re.IGNORECASE),
    "en": re.compile(r"\b(tidak|yang|isi|isilah|pilih|terlalu|paling|harus|tanggal|huruf|bukan|ini)\b", re.IGNORECASE),
}


def fill(form: Any) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """What a careless person sends of this form: its own values, with something wrong wherever one can type."""
    values = [(name, value) for name, value in form.form_values() if name != "csrfmiddlewaretoken"]
    typed: dict[str, str] = {}
    for field in form.iter("input", "textarea"):
        kind = field.get("type", "text") if field.tag == "input" else "text"
        if field.name and kind in TYPED and field.get("readonly") is None and field.get("disabled") is None:
            typed[field.name] = WRONG.get(kind, LONG)
    chosen = dict(values)
    for field in form.iter("select", "input"):
        is_radio = field.tag == "input" and field.get("type") in ("radio", "checkbox")
        if field.name and not chosen.get(field.name) and (field.tag == "select" or is_radio):
            options = [field.get("value", "on")] if is_radio else list(field.value_options)
            chosen[field.name] = next((value for value in options if value), "")
            values.append((field.name, chosen[field.name]))
    button = next((b for b in form.iter("button") if b.get("name")), None)
    if button is not None and form.xpath("count(.//button[not(@name) and not(@type='button')])") == 0:
        values.append((button.get("name"), button.get("value", "")))
    return [(name, value) for name, value in values if name not in typed] + list(typed.items()), typed


def is_told(tree: Any, name: str) -> bool:
    return any(
        tree.xpath("//*[@id=$id]", id=f"{field.get('id')}_error") for field in tree.xpath("//*[@name=$n]", n=name)
    )


def shown(tree: Any, name: str) -> list[str]:
    found = []
    for field in tree.xpath("//input[@name=$name] | //textarea[@name=$name]", name=name):
        found.append((field.text or "").removeprefix("\n") if field.tag == "textarea" else field.get("value", ""))
    return found


def forms_of(client: Client, url: str) -> Iterator[tuple[int, Any]]:
    page = client.get(url)
    if page.status_code != 200 or "html" not in page.headers["content-type"]:
        return
    for number, form in enumerate(html.fromstring(page.content).forms):
        if form.method == "POST" and form.xpath("ancestor::main") and "logout" not in (form.action or ""):
            yield number, form


def faults(world: World, clients: dict[str, Client], name: str, language: str) -> Iterator[str]:
    client = same_person(clients[ADDRESSES[name].ok.split()[0]])
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    url = url_of(name, world.codes)
    for number, form in forms_of(client, url):
        values, typed = fill(form)
        if not typed:
            continue
        sent: dict[str, list[str]] = {}
        for key, value in values:
            sent.setdefault(key, []).append(value)
        with transaction.atomic():
            answer = client.post(form.action or url, sent)
            transaction.set_rollback(True)
        where = f"{name} form {number} {form.action or ''}"
        if answer.status_code >= 500 or answer.status_code in (400, 413):
            yield f"{where}: {answer.status_code}"
            continue
        if answer.status_code in (301, 302):
            yield f"{where}: saved, though {list(typed)} were wrong"
            continue
        tree = html.fromstring(answer.content)
        for field, value in typed.items():
            if value not in [one.replace("\r\n", "\n") for one in shown(tree, field)]:
                yield f"{where}: {answer.status_code}, {field} is lost"
            if value in IMPOSSIBLE and not is_told(tree, field):
                yield f"{where}: {answer.status_code}, nothing is said beside {field}"
        words = [" ".join(node.text_content().split()) for node in tree.find_class("t-error")]
        if not words:
            yield f"{where}: {answer.status_code} without a reason"
        yield from (f"{where}: {text[:200]}" for text in words if FOREIGN[language].search(text))


@pytest.mark.slow
@pytest.mark.parametrize("language", ["id", "en"])
def test_what_was_typed_stays_with_the_reason_beside_it(
    world: World, clients: dict[str, Client], language: str
) -> None:
    assert [fault for name in PAGES for fault in faults(world, clients, name, language)] == []

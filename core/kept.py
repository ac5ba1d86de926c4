"""What was typed into a form that cannot be carried out any more: shown again, to be copied or to be sent once more.

The session has ended, the proof of origin is that of a former session, the access is gone, somebody closed the case:
what a person wrote for ten minutes is on its way, and nowhere else. It goes back to the very browser that sent it and
is kept nowhere.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.forms import BaseForm, BooleanField, ChoiceField, DateField, Field, ModelChoiceField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.choices import flatten_choices
from django.utils.http import urlencode
from django.utils.translation import gettext

# Of the form, not of the person.
TECHNICAL = frozenset({"csrfmiddlewaretoken", "base", "version", "client_id", "next", "seen"})
# Where no form knows the field: a single word is a choice or a code, not something to be copied out.
LONG_WORD = 16
# More than fits on one line of the page.
LINE = 60
NIK_DIGITS = 16


@dataclass(frozen=True)
class Typed:
    """One field as it was filled in."""

    label: str
    text: str
    is_picked: bool = False  # a choice or a day, which is picked again in a second

    @property
    def is_long(self) -> bool:
        return len(self.text) > LINE or "\n" in self.text


def typed_words(request: HttpRequest) -> list[Typed]:
    """Every field that was filled in, with its label; none of a form that holds a secret, or where all was picked."""
    if request.method != "POST" or _is_secret(request):
        return []
    forms = _forms_of(request)
    found = [_typed(name, value, forms) for name, values in request.POST.lists() for value in values]
    shown = list(dict.fromkeys(typed for typed in found if typed))
    return shown if any(not typed.is_picked for typed in shown) else []


def _is_secret(request: HttpRequest) -> bool:
    """Passwords, and the codes of the second factor."""
    return any("password" in name for name in request.POST) or _module(request).startswith("allauth.")


def _module(request: HttpRequest) -> str:
    """Where the view stands that this was sent to."""
    return getattr(getattr(request.resolver_match, "func", None), "__module__", "")


def _forms_of(request: HttpRequest) -> list[dict[str, Field]]:
    """The fields of the forms that the view's module works with, the likeliest first: none of them was made yet."""
    module = sys.modules.get(_module(request))
    known = vars(module).values() if module else ()
    kinds = [kind for kind in known if isinstance(kind, type) and issubclass(kind, BaseForm)]
    sent = {_own(name) for name in request.POST}
    fields: list[dict[str, Field]] = [getattr(kind, "base_fields", {}) for kind in kinds]
    return sorted(fields, key=lambda form: (-len(sent & form.keys()), len(form)))


def _own(name: str) -> str:
    """The field's name without the prefix of its form."""
    return name.rpartition("-")[2]


def _typed(name: str, value: str, forms: list[dict[str, Field]]) -> Typed | None:
    text, own = value.strip(), _own(name)
    if not text or own in TECHNICAL:
        return None
    field = next((form[own] for form in forms if own in form), None)
    if field is None or field.widget.is_hidden:
        return Typed("", _masked(text)) if " " in text or len(text) >= LONG_WORD else None
    label = f"{name.removesuffix(own)[:-1]} {field.label or ''}".strip()
    if isinstance(field, BooleanField):
        return Typed(label, gettext("Ya"), is_picked=True)
    if isinstance(field, ModelChoiceField):
        return None  # a row's key; its words are not known here
    if isinstance(field, ChoiceField):
        words: dict[Any, Any] = dict(flatten_choices(field.choices))  # type: ignore[arg-type]
        return Typed(label, str(words.get(text, text)), is_picked=True)
    return Typed(label, _masked(text), is_picked=isinstance(field, DateField))


def _masked(text: str) -> str:
    """A NIK or the number of a family card shows its last four digits (domain.md 2.7), here as everywhere."""
    digits = "".join(letter for letter in text if letter.isdecimal())
    return f"•••• {digits[-4:]}" if len(digits) == NIK_DIGITS and not any(map(str.isalpha, text)) else text


def kept_page(request: HttpRequest, *, status: int = 403, reason_url: str = "") -> HttpResponse:
    """The form once more, as it was sent; it goes off when its person has signed in again.

    ``reason_url``: where its person, signed in, first says why the file is opened.
    """
    is_signed_in = request.user.is_authenticated
    context = {
        # Whoever sits at the desk now may be somebody else: nothing is readable before a person has signed in.
        "texts": typed_words(request) if is_signed_in else [],
        "fields": [
            (name, value) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken" for value in values
        ],
        "action": request.get_full_path(),
        "loses_file": bool(request.FILES),
        # Desks are shared: whoever sends it once more does so under this name, and reads that first.
        "sender": request.user if is_signed_in else None,
        "reason_url": reason_url,
        "login_url": f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': '/help/'})}",
    }
    response = render(request, "kept.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-store"  # nobody is signed in, so nobody else says so
    return response


def comes_from_here(request: HttpRequest) -> bool:
    """By the browser's own word: another site's form is shown to nobody as if it were theirs."""
    return request.headers.get("origin") == f"{request.scheme}://{request.get_host()}"

"""What was typed into a form that cannot be carried out any more: shown again, to be copied or to be sent once more.

The session has ended, the proof of origin is that of a former session, the access is gone, somebody closed the case:
what a person wrote for ten minutes is on its way, and nowhere else. It goes back to the very browser that sent it and
is kept nowhere.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.http import urlencode

# Of the form, not of the person.
TECHNICAL = frozenset({"csrfmiddlewaretoken", "base", "version", "client_id", "next", "seen"})
# A single word is a choice or a code, not something to be copied out.
LONG_WORD = 16


def typed_words(request: HttpRequest) -> list[str]:
    """The texts among what was sent, each once; none of a form that holds a secret."""
    if request.method != "POST" or any("password" in name for name in request.POST):
        return []
    # Of several forms on one page each has a prefix: m1-client_id.
    typed = (values for name, values in request.POST.lists() if name.rpartition("-")[2] not in TECHNICAL)
    sent = [value.strip() for values in typed for value in values]
    return list(dict.fromkeys(text for text in sent if " " in text or len(text) >= LONG_WORD))


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

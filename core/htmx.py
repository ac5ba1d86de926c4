"""How a view answers: the whole page, or only the part that htmx asked for."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect


def wants_fragment(request: HttpRequest) -> bool:
    """Asked by htmx for a part; a boosted link and a restored history entry need the whole page."""
    htmx = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def fragment_template(template: str, fragment: str) -> str:
    """`shelf/book_list.html` and `results` give `shelf/_results.html`; a name with a slash is a path already."""
    if "/" in fragment:
        return fragment
    folder, _, _ = template.rpartition("/")
    return f"{folder}/_{fragment}.html" if folder else f"_{fragment}.html"


def render_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    fragment: str | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """The page, or its fragment `_<fragment>.html` for htmx; the outer element of a fragment has its name as id.

    A page without a fragment is always whole. Messages left by the action travel with a fragment out of band.
    """
    if fragment and wants_fragment(request):
        html = render_to_string(fragment_template(template, fragment), context, request)
        if waiting := list(messages.get_messages(request)):
            html += render_to_string("_messages_swap.html", {"messages": waiting}, request)
    else:
        html = render_to_string(template, context, request)
    response = HttpResponse(html, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def redirect(request: HttpRequest, to: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """Go to another page after an action: 302, or for htmx the header that makes the browser go there."""
    url = resolve_url(to, *args, **kwargs)
    if wants_fragment(request):
        return HttpResponseClientRedirect(url)
    return HttpResponseRedirect(url)

"""Pages of the case file."""

from django.http import HttpRequest, HttpResponse

from core.htmx import render_page


def today(request: HttpRequest) -> HttpResponse:
    return render_page(request, "cases/today.html", {})

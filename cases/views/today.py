"""Hari ini: what waits for a caseworker."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.models import Staff
from cases import policies
from cases.agenda import agenda_of
from cases.forms.tasks import ReasonForm
from cases.policies import sharing
from cases.sentence import full_day
from core.htmx import render_page


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """The home of a caseworker: what is left, urgent and late first, then today by the clock."""
    return show_today(request, fresh=request.GET.get("answered", ""))


def show_today(
    request: HttpRequest, *, fresh: str = "", form: ReasonForm | None = None, status: int = 200
) -> HttpResponse:
    """The list; ``fresh`` is the code of the case just answered there, ``form`` its reason where that was refused."""
    user: Staff = request.user  # type: ignore[assignment]
    now = timezone.now()
    # Whom one has just answered for decides the list, so that an answer comes back where it was given.
    with_victims = policies.caseload_of(user).filter(is_victim_file=True)
    has_victims = with_victims.exists()
    victims = has_victims and (
        with_victims.filter(code=fresh).exists() if fresh else request.GET.get("list") == "victims"
    )
    agenda = agenda_of(user, now, fresh=fresh, victims=victims)
    context = {
        "agenda": agenda,
        "lead": f"{full_day(now.astimezone(user.unit.zone).date())} · {user.unit.get_timezone_display()}",
        "lists": [
            {"label": _("Pekerjaan"), "url": "?", "current": not victims, "count": None},
            {"label": _("Penyintas"), "url": "?list=victims", "current": victims, "count": None},
        ]
        if has_victims
        else [],
        "reason_form": form,
        "fresh": fresh,
        "next": agenda.week[0] if agenda.week else None,
        "shared": sharing.received(user).values(),
    }
    return render_page(request, "cases/today.html", context, fragment="today_work", status=status)

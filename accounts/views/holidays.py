"""The calendar of closed days, year by year, by a data admin."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts import policies, workflow
from accounts.forms import HolidaysForm, day_of
from accounts.views.staff import asks_or_acts
from core.htmx import redirect, render_page
from core.models import Holiday
from core.workflow import TransitionError


@asks_or_acts
def holiday_list(request: HttpRequest) -> HttpResponse:
    """Closed days of one year, and a form for those that a decree adds."""
    policies.require_staff_admin(request.user)
    today = timezone.localdate()
    years = sorted({today.year, *(day.year for day in Holiday.objects.dates("day", "year"))})
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdecimal() and int(asked[:5]) in years else today.year
    form = HolidaysForm(request.POST if request.method == "POST" else None, today=today)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            added = workflow.add_holidays(
                form.cleaned_data["lines"],
                by=request.user,
                kind=form.cleaned_data["kind"],
                source=form.cleaned_data["source"],
                request_id=getattr(request, "request_id", ""),
            )
        except TransitionError as refusal:
            form.add_error("lines", str(refusal.message))
        else:
            messages.success(request, str(_("Kalender disimpan.")))
            return redirect(request, f"{request.path}?year={added[0].day.year}")
    context = {
        "form": form,
        "year": year,
        "days": Holiday.objects.filter(day__year=year).order_by("day"),
        "tabs": [{"label": str(y), "url": f"?year={y}", "current": y == year, "count": None} for y in years],
        "columns": [{"label": label} for label in (_("Tanggal"), _("Nama"), _("Jenis"), _("Dasar"), _("Tindakan"))],
    }
    return render_page(request, "accounts/holiday_list.html", context, status=status)


@require_POST
def holiday_remove(request: HttpRequest, day: str) -> HttpResponse:
    """A second tap finds the day gone."""
    policies.require_staff_admin(request.user)
    holiday = get_object_or_404(Holiday, day=day_of(day))
    workflow.remove_holiday(holiday, by=request.user, request_id=getattr(request, "request_id", ""))
    messages.success(request, str(_("Hari itu kini hari kerja.")))
    return redirect(request, f"/accounts/holidays/?year={holiday.day.year}")

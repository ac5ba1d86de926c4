"""Units of the own agency, with their Pokja and facilities, by its data admin."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts import policies, workflow
from accounts.forms import FacilityForm, TeamForm, UnitForm
from accounts.models import Unit
from accounts.views.staff import asks_or_acts
from core.editing import Place, edit_page
from core.htmx import redirect, render_page


@require_safe
def unit_list(request: HttpRequest) -> HttpResponse:
    policies.require_staff_admin(request.user)
    working = Count("staff", filter=Q(staff__is_active=True))
    units = policies.units_for(request.user).select_related("parent").annotate(people=working).order_by("name")
    return render_page(request, "accounts/unit_list.html", {"units": units})


def _unit(request: HttpRequest, code: str) -> Unit:
    policies.require_staff_admin(request.user)
    return get_object_or_404(policies.units_for(request.user).select_related("parent", "region"), code=code)


@require_safe
def unit_detail(request: HttpRequest, code: str) -> HttpResponse:
    unit = _unit(request, code)
    teams = unit.teams.select_related("coordinator", "secretary").annotate(people=Count("members"))
    context = {"unit": unit, "teams": teams, "facilities": unit.facilities.all()}
    return render_page(request, "accounts/unit_detail.html", context)


def _add(
    request: HttpRequest,
    form: Any,
    save: Callable[[dict[str, Any]], Unit],
    title: str | Promise,
    unit: Unit | None,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        saved = save(form.arguments())
        messages.success(request, str(_("Tersimpan.")))
        return redirect(request, "accounts:unit-detail", saved.code)
    status = 422 if form.is_bound else 200
    return render_page(request, "accounts/unit_act.html", {"form": form, "title": title, "unit": unit}, status=status)


def _change(
    request: HttpRequest,
    row: Any,
    form_of: Callable[[Any, Any], Any],
    save: Callable[..., object],
    title: str | Promise,
    unit: Unit,
) -> HttpResponse:
    """The edit of a unit, a Pokja or a facility, which another admin may be changing too."""
    known = _unit(request, unit.code)  # the form writes into ``row``
    place = Place(
        "accounts/unit_act.html",
        reverse("accounts:unit-detail", args=[unit.code]),
        _("Tersimpan."),
        {"title": title, "unit": known},
        parent=known.short_name,
    )

    def perform(form: Any, version: int) -> object:
        return save(row, by=request.user, version=version, request_id=request.request_id, **form.arguments())

    return edit_page(request, row, form_of=form_of, save=perform, place=place)


@asks_or_acts
def unit_new(request: HttpRequest) -> HttpResponse:
    policies.require_staff_admin(request.user)
    form = UnitForm(request.POST or None, user=request.user)

    def save(given: dict[str, Any]) -> Unit:
        return workflow.save_unit(None, by=request.user, request_id=request.request_id, **given)

    return _add(request, form, save, _("Unit baru"), None)


@asks_or_acts
def unit_edit(request: HttpRequest, code: str) -> HttpResponse:
    unit = _unit(request, code)

    def form_of(data: Any, row: Unit) -> UnitForm:
        return UnitForm(data, instance=row, user=request.user)

    return _change(request, unit, form_of, workflow.save_unit, _("Ubah unit"), unit)


@asks_or_acts
def team_new(request: HttpRequest, code: str) -> HttpResponse:
    unit = _unit(request, code)
    form = TeamForm(request.POST or None, unit=unit)

    def save(given: dict[str, Any]) -> Unit:
        workflow.save_team(None, unit=unit, by=request.user, request_id=request.request_id, **given)
        return unit

    return _add(request, form, save, _("Pokja baru"), unit)


@asks_or_acts
def team_edit(request: HttpRequest, code: str) -> HttpResponse:
    policies.require_staff_admin(request.user)
    team = get_object_or_404(policies.teams_for(request.user).select_related("unit"), code=code)
    unit = team.unit
    return _change(
        request,
        team,
        lambda data, row: TeamForm(data, instance=row, unit=unit),
        partial(workflow.save_team, unit=unit),
        _("Ubah Pokja"),
        unit,
    )


@asks_or_acts
def facility_new(request: HttpRequest, code: str) -> HttpResponse:
    unit = _unit(request, code)
    form = FacilityForm(request.POST or None, unit=unit)

    def save(given: dict[str, Any]) -> Unit:
        workflow.save_facility(None, unit=unit, by=request.user, request_id=request.request_id, **given)
        return unit

    return _add(request, form, save, _("Fasilitas baru"), unit)


@asks_or_acts
def facility_edit(request: HttpRequest, code: str) -> HttpResponse:
    policies.require_staff_admin(request.user)
    facility = get_object_or_404(policies.facilities_for(request.user).select_related("unit"), code=code)
    unit = facility.unit
    return _change(
        request,
        facility,
        lambda data, row: FacilityForm(data, instance=row, unit=unit),
        partial(workflow.save_facility, unit=unit),
        _("Ubah fasilitas"),
        unit,
    )

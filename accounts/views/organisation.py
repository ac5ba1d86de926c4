"""Units of the own agency, with their Pokja and facilities, by its data admin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts import policies, workflow
from accounts.forms import FacilityForm, TeamForm, UnitForm
from accounts.models import Unit
from accounts.views.staff import asks_or_acts
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


def _keep(
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


@asks_or_acts
def unit_new(request: HttpRequest) -> HttpResponse:
    policies.require_staff_admin(request.user)
    form = UnitForm(request.POST or None, user=request.user)

    def save(given: dict[str, Any]) -> Unit:
        return workflow.save_unit(None, by=request.user, request_id=request.request_id, **given)

    return _keep(request, form, save, _("Unit baru"), None)


@asks_or_acts
def unit_edit(request: HttpRequest, code: str) -> HttpResponse:
    unit = _unit(request, code)
    form = UnitForm(request.POST or None, instance=unit, user=request.user)

    def save(given: dict[str, Any]) -> Unit:
        return workflow.save_unit(unit, by=request.user, request_id=request.request_id, **given)

    return _keep(request, form, save, _("Ubah unit"), unit)


@asks_or_acts
def team_new(request: HttpRequest, code: str) -> HttpResponse:
    unit = _unit(request, code)
    form = TeamForm(request.POST or None, unit=unit)

    def save(given: dict[str, Any]) -> Unit:
        workflow.save_team(None, unit=unit, by=request.user, request_id=request.request_id, **given)
        return unit

    return _keep(request, form, save, _("Pokja baru"), unit)


@asks_or_acts
def team_edit(request: HttpRequest, code: str) -> HttpResponse:
    policies.require_staff_admin(request.user)
    team = get_object_or_404(policies.teams_for(request.user).select_related("unit"), code=code)
    form = TeamForm(request.POST or None, instance=team, unit=team.unit)

    def save(given: dict[str, Any]) -> Unit:
        workflow.save_team(team, unit=team.unit, by=request.user, request_id=request.request_id, **given)
        return team.unit

    return _keep(request, form, save, _("Ubah Pokja"), team.unit)


@asks_or_acts
def facility_new(request: HttpRequest, code: str) -> HttpResponse:
    unit = _unit(request, code)
    form = FacilityForm(request.POST or None, unit=unit)

    def save(given: dict[str, Any]) -> Unit:
        workflow.save_facility(None, unit=unit, by=request.user, request_id=request.request_id, **given)
        return unit

    return _keep(request, form, save, _("Fasilitas baru"), unit)


@asks_or_acts
def facility_edit(request: HttpRequest, code: str) -> HttpResponse:
    policies.require_staff_admin(request.user)
    facility = get_object_or_404(policies.facilities_for(request.user).select_related("unit"), code=code)
    form = FacilityForm(request.POST or None, instance=facility, unit=facility.unit)

    def save(given: dict[str, Any]) -> Unit:
        workflow.save_facility(facility, unit=facility.unit, by=request.user, request_id=request.request_id, **given)
        return facility.unit

    return _keep(request, form, save, _("Ubah fasilitas"), facility.unit)

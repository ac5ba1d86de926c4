"""Accounts of the own agency: joiners, movers and leavers, by its data admin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import policies, workflow
from accounts.forms import LinkForm, PlaceForm, ReasonForm, StaffEditForm, StaffFilter, StaffNewForm
from accounts.models import Staff
from core.editing import Place, edit_page
from core.htmx import redirect, render_page
from core.paging import Order, page_of
from core.workflow import TransitionError

asks_or_acts = require_http_methods(["GET", "HEAD", "POST"])
# Where the link for a new account waits for the one page that shows it.
LINK = "password_link"


@require_safe
def staff_list(request: HttpRequest) -> HttpResponse:
    policies.require_staff_admin(request.user)
    form = StaffFilter(request.GET, user=request.user)
    people = form.narrow(policies.staff_for(request.user))
    cursor = request.GET.get("page", "")
    page = page_of([people], Order("full_name"), cursor=cursor, load=lambda rows: rows.select_related("unit"))
    query = request.GET.copy()

    def address(cursor: str) -> str:
        query["page"] = cursor
        return f"{request.path}?{query.urlencode()}" if cursor else ""

    return render_page(
        request,
        "accounts/staff_list.html",
        {
            "form": form,
            "people": page.rows,
            "count": page.count,
            "next_url": address(page.next_cursor),
            "previous_url": address(page.previous_cursor),
        },
        fragment="people",
    )


def _find(request: HttpRequest, code: str) -> Staff:
    policies.require_staff_admin(request.user)
    return get_object_or_404(policies.staff_for(request.user).select_related("unit__agency"), code=code)


@require_safe
def staff_detail(request: HttpRequest, code: str) -> HttpResponse:
    person = _find(request, code)
    return render_page(
        request,
        "accounts/staff_detail.html",
        {
            "person": person,
            "teams": person.teams.filter(ended_on=None).select_related("unit"),
            "has_factor": policies.has_second_factor(person),
            "may_change": policies.can_change(request.user, person),
            "link": request.session.pop(LINK, {}).get(code, "") if LINK in request.session else "",
        },
    )


@asks_or_acts
def staff_new(request: HttpRequest) -> HttpResponse:
    policies.require_staff_admin(request.user)
    form = StaffNewForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        person = workflow.create_staff(by=request.user, request_id=request.request_id, **form.arguments())
        _show_link(request, person, workflow.password_path(person))
        messages.success(request, str(_("Akun dibuat. Tautan kata sandi dikirim ke surelnya.")))
        return redirect(request, "accounts:staff-detail", person.code)
    status = 422 if form.is_bound else 200
    context = {"form": form, "title": _("Akun baru"), "lead": _("Orangnya membuat kata sandi sendiri.")}
    return render_page(request, "accounts/staff_act.html", context | {"person": None}, status=status)


def _show_link(request: HttpRequest, person: Staff, path: str) -> None:
    if path:
        request.session[LINK] = {person.code: f"{settings.BASE_URL}{path}"}


def _act(
    request: HttpRequest,
    code: str,
    form_of: Callable[[HttpRequest, Staff], Any],
    perform: Callable[..., Any],
    *,
    title: str | Promise,
    lead: str | Promise = "",
    done: str | Promise,
    danger: bool = False,
) -> HttpResponse:
    """One act on one account: its form, and a refusal told on the same page with what was typed still there."""
    person = _find(request, code)
    policies.require_changing(request.user, person)
    form, refusal, status = form_of(request, person), "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.arguments() if hasattr(form, "arguments") else form.cleaned_data
            try:
                with transaction.atomic():
                    answer = perform(person, by=request.user, request_id=request.request_id, **given)
            except TransitionError as error:
                refusal, status = str(error.message), 409
            else:
                if isinstance(answer, str):
                    _show_link(request, person, answer)
                messages.success(request, str(done))
                return redirect(request, "accounts:staff-detail", person.code)
        person.refresh_from_db()
    context = {"form": form, "title": title, "lead": lead, "person": person, "refusal": refusal, "danger": danger}
    return render_page(request, "accounts/staff_act.html", context, status=status)


def _reason(request: HttpRequest, _person: Staff) -> ReasonForm:
    return ReasonForm(request.POST if request.method == "POST" else None)


def _edit(
    request: HttpRequest,
    code: str,
    form_of: Callable[[Any, Staff], Any],
    perform: Callable[..., Any],
    *,
    title: str | Promise,
    lead: str | Promise = "",
    done: str | Promise,
) -> HttpResponse:
    """One act that changes what is stored of an account, and that another admin may be changing too."""
    person = _find(request, code)
    policies.require_changing(request.user, person)

    def save(form: Any, version: int) -> Any:
        given = form.arguments() if hasattr(form, "arguments") else form.cleaned_data
        return perform(person, by=request.user, request_id=request.request_id, version=version, **given)

    context = {"title": title, "lead": lead, "person": _find(request, code), "refusal": "", "danger": False}
    back = reverse("accounts:staff-detail", args=[code])
    place = Place("accounts/staff_act.html", back, done, context, parent=person.full_name)
    return edit_page(request, person, form_of=form_of, save=save, place=place)


@asks_or_acts
def staff_edit(request: HttpRequest, code: str) -> HttpResponse:
    def form_of(data: Any, person: Staff) -> StaffEditForm:
        return StaffEditForm(data, instance=person, user=request.user)

    return _edit(request, code, form_of, workflow.edit_staff, title=_("Ubah akun"), done=_("Akun diubah."))


@asks_or_acts
def staff_move(request: HttpRequest, code: str) -> HttpResponse:
    def form_of(data: Any, person: Staff) -> PlaceForm:
        return PlaceForm(data, initial={"unit": person.unit_id, "role": person.role}, user=request.user)

    lead = _("Akses ke kasus unit lama berakhir saat itu juga. Pekerjaan terbuka beralih ke pengawas unit lama.")
    done = _("Petugas dipindahkan. Ia masuk lagi dengan hak yang baru.")
    title = _("Pindah unit atau ganti peran")
    return _edit(request, code, form_of, workflow.move_staff, title=title, lead=lead, done=done)


@asks_or_acts
def staff_deactivate(request: HttpRequest, code: str) -> HttpResponse:
    lead = _("Sesi dan akses berakhir saat itu juga. Pekerjaan terbuka beralih ke pengawas unitnya.")
    done, title = _("Akun diakhiri."), _("Akhiri akun")
    return _act(request, code, _reason, workflow.deactivate_staff, title=title, lead=lead, done=done, danger=True)


@asks_or_acts
def staff_reactivate(request: HttpRequest, code: str) -> HttpResponse:
    lead = _("Kasus yang dulu dipegang tidak kembali dengan sendirinya.")
    done, title = _("Akun dibuka lagi."), _("Buka lagi akun")
    return _act(request, code, _reason, workflow.reactivate_staff, title=title, lead=lead, done=done)


@asks_or_acts
def staff_reset_factor(request: HttpRequest, code: str) -> HttpResponse:
    lead = _("Pastikan dulu dengan bertemu atau menelepon bahwa ia yang meminta. Semua sesinya berakhir.")
    done, title = _("Langkah kedua disetel ulang."), _("Setel ulang langkah kedua")
    return _act(request, code, _reason, workflow.reset_second_factor, title=title, lead=lead, done=done, danger=True)


@asks_or_acts
def staff_link(request: HttpRequest, code: str) -> HttpResponse:
    def form(request: HttpRequest, _person: Staff) -> LinkForm:
        return LinkForm(request.POST if request.method == "POST" else None)

    lead = _("Dikirim ke surelnya. Berlaku sekali, selama tiga hari.")
    done, title = _("Tautan kata sandi dikirim."), _("Kirim tautan kata sandi")
    return _act(request, code, form, workflow.send_password_link, title=title, lead=lead, done=done)

"""Programmes as their owners run them: cohorts, sessions and the attendance sheet."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Case, Count, Prefetch, Q, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import policies as case_policies
from cases.enums import Right
from core.editing import Place, edit_page
from core.htmx import redirect, render_page
from programs import policies, workflow
from programs.enums import SEATED, AttendanceMark, CohortStatus, EnrolmentStatus, ProgrammeKind
from programs.forms import CohortForm, EndEnrolmentForm, ProgrammeForm, SessionForm, SheetForm
from programs.models import Attendance, Cohort, Enrolment, Programme, Session
from programs.workflow.cohorts import Mark
from programs.workflow.enrolments import seats_left

asks_or_acts = require_http_methods(["GET", "HEAD", "POST"])
CURRENT = (CohortStatus.PLANNED, CohortStatus.RUNNING)
PROGRAMMES_SHOWN = 30
WAITING = (EnrolmentStatus.PROPOSED, EnrolmentStatus.WAITING)


@require_safe
def programme_list(request: HttpRequest) -> HttpResponse:
    """Programmes with what runs now; the own unit's first. Cohorts that are over are folded away."""
    cohorts = Cohort.objects.with_seats().order_by("-starts_on", "pk")
    programmes = policies.programmes_for(request.user).select_related("owner__agency")
    kind, mine, words = request.GET.get("kind", ""), request.GET.get("mine", ""), request.GET.get("q", "").strip()
    if kind:
        programmes = programmes.filter(kind=kind)
    if mine:
        programmes = programmes.filter(owner=request.user.unit_id)
    for word in words.replace("\x00", "").split()[:5]:
        programmes = programmes.filter(Q(title__icontains=word) | Q(owner__name__icontains=word))
    own_first = Case(When(owner=request.user.unit_id, then=0), default=1)
    found = programmes.prefetch_related(Prefetch("cohorts", queryset=cohorts)).order_by(own_first, "title", "pk")
    shown = list(found[: PROGRAMMES_SHOWN + 1])
    context = {
        "programmes": [_with_cohorts(programme) for programme in shown[:PROGRAMMES_SHOWN]],
        "has_more": len(shown) > PROGRAMMES_SHOWN,
        "kinds": ProgrammeKind.choices,
        "kind": kind,
        "mine": mine,
        "words": words,
        "own_unit": request.user.unit_id,
        "can_open": request.user.role in policies.RUNNERS,
    }
    return render_page(request, "programs/programme_list.html", context)


def _with_cohorts(programme: Programme) -> dict[str, Any]:
    today = timezone.localdate()
    cohorts = list(programme.cohorts.all())
    return {
        "programme": programme,
        "current": [cohort for cohort in cohorts if cohort.status in CURRENT and cohort.ends_on >= today],
        "former": [cohort for cohort in cohorts if cohort.status not in CURRENT or cohort.ends_on < today],
    }


@asks_or_acts
def programme_new(request: HttpRequest) -> HttpResponse:
    policies.require_runner(request.user)
    form = ProgrammeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        workflow.open_programme(by=request.user, **form.cleaned_data)
        messages.success(request, _("Program dibuka."))
        return redirect(request, "programs:programme-list")
    return _form_page(request, form, title=_("Buka program"), submit=_("Simpan program"))


@asks_or_acts
def cohort_new(request: HttpRequest, code: str) -> HttpResponse:
    programme = get_object_or_404(policies.programmes_for(request.user), code=code)
    policies.require_owner(request.user, programme)
    form = CohortForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        cohort = workflow.open_cohort(programme, by=request.user, **form.cleaned_data)
        return redirect(request, "programs:cohort-detail", cohort.code)
    title = _("Buka angkatan %(programme)s") % {"programme": programme.title}
    return _form_page(request, form, title=title, submit=_("Simpan angkatan"))


def _cohort(request: HttpRequest, code: str) -> Cohort:
    return get_object_or_404(policies.cohorts_for(request.user).select_related("programme__owner"), code=code)


@require_safe
def cohort_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Sessions and, for the unit that runs it, the people: name and code, nothing else of their files."""
    cohort = _cohort(request, code)
    running = policies.runs(request.user, cohort)
    enrolments = (
        policies.places_for(request.user, cohort)
        .select_related("case__participant")
        .annotate(
            marked=Count("attendances"),
            there=Count("attendances", filter=Q(attendances__mark__in=[AttendanceMark.PRESENT, AttendanceMark.LATE])),
        )
    )
    people = list(enrolments.order_by("case__participant__full_name", "pk")) if running else []
    context = {
        "cohort": cohort,
        "running": running,
        "sessions": cohort.sessions.with_marks().order_by("-held_on", "-pk"),
        "today": timezone.localdate(),
        "waiting": [row for row in people if row.status in WAITING],
        "seated": [row for row in people if row.status in SEATED],
        "ended": [row for row in people if row.status not in WAITING and row.status not in SEATED],
        "seats_left": seats_left(cohort),
    }
    return render_page(request, "programs/cohort_detail.html", context)


@asks_or_acts
def session_new(request: HttpRequest, code: str) -> HttpResponse:
    cohort = _cohort(request, code)
    policies.require_runs(request.user, cohort)
    form = SessionForm(request.POST or None, cohort=cohort)
    if request.method == "POST" and form.is_valid():
        session = workflow.plan_session(cohort, by=request.user, facilitator=request.user, **form.cleaned_data)
        messages.success(request, _("Sesi dijadwalkan."))
        return redirect(request, "programs:cohort-detail", session.cohort.code)
    return _form_page(request, form, title=_("Tambah sesi"), submit=_("Simpan sesi"), back=cohort)


@asks_or_acts
def session_attendance(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet of one session: everyone who is active, one tap each."""
    session = get_object_or_404(policies.sessions_for(request.user).select_related("cohort__programme"), code=code)
    policies.require_runs(request.user, session.cohort)
    enrolments = list(
        policies.places_for(request.user, session.cohort)
        .filter(status=EnrolmentStatus.ACTIVE)
        .select_related("case__participant", "cohort")
        .order_by("case__participant__full_name", "pk")
    )

    def form_of(data: Any, row: Session) -> SheetForm:
        return SheetForm(data, enrolments=enrolments, marks=Attendance.objects.filter(session=row))

    def save(form: SheetForm, version: int) -> int:
        given = [Mark(*mark) for mark in form.given()]
        return workflow.take_attendance(session, given, by=request.user, version=version)

    place = Place(
        "programs/session_attendance.html",
        reverse("programs:cohort-detail", args=[session.cohort.code]),
        _("Kehadiran tersimpan."),
        {"session": session, "is_held": session.is_held, "rows": len(enrolments)},
        parent=session.cohort.name,
    )
    return edit_page(request, session, form_of=form_of, save=save, place=place)


@require_POST
def enrolment_admit(request: HttpRequest, code: str) -> HttpResponse:
    enrolment = workflow.admit(_enrolment(request, code), by=request.user)
    messages.success(request, _("Keikutsertaan: %(state)s.") % {"state": enrolment.get_status_display()})
    return redirect(request, "programs:cohort-detail", enrolment.cohort.code)


@require_POST
def enrolment_pause(request: HttpRequest, code: str) -> HttpResponse:
    enrolment = _enrolment(request, code)
    change = workflow.resume_enrolment if enrolment.status == EnrolmentStatus.PAUSED else workflow.pause
    change(enrolment, by=request.user)
    return redirect(request, "programs:cohort-detail", enrolment.cohort.code)


@asks_or_acts
def enrolment_end(request: HttpRequest, code: str) -> HttpResponse:
    enrolment = _enrolment(request, code)
    form = EndEnrolmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if data["how"] == "complete":
            workflow.complete_enrolment(
                enrolment, by=request.user, outcome=data["words"], certificate_no=data["certificate_no"]
            )
        elif data["how"] == "withdraw":
            workflow.withdraw(enrolment, by=request.user, reason=data["words"])
        else:
            workflow.remove_from_cohort(enrolment, by=request.user, reason=data["words"])
        messages.success(request, _("Keikutsertaan diakhiri."))
        return redirect(request, "programs:cohort-detail", enrolment.cohort.code)
    title = _("Akhiri keikutsertaan %(name)s") % {"name": enrolment.case.participant.shown_name}
    return _form_page(request, form, title=title, submit=_("Akhiri keikutsertaan"), back=enrolment.cohort)


def _enrolment(request: HttpRequest, code: str) -> Enrolment:
    """An enrolment of a cohort that the own unit runs."""
    run = policies.cohorts_for(request.user, Right.EDIT)
    enrolments = Enrolment.objects.filter(
        case_policies.within_reach(request.user, "case__"), cohort__in=run
    ).select_related("cohort", "case__participant", "programme")
    return get_object_or_404(enrolments, code=code)


def _form_page(
    request: HttpRequest, form: object, *, title: str, submit: str, back: Cohort | Session | None = None
) -> HttpResponse:
    context = {"form": form, "title": title, "submit": submit, "cohort": back}
    return render_page(
        request, "programs/programme_form.html", context, status=422 if request.method == "POST" else 200
    )

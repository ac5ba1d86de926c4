"""Lists of assessments: what waits for whom, and what a case has had."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.enums import Role
from accounts.models import Staff
from assessments import policies
from assessments.catalogue import Item
from assessments.enums import AssessmentStatus, InstrumentCode
from assessments.forms import words
from assessments.models import Assessment, ItemRating
from assessments.views.course import band_course
from assessments.views.parts import final_words, find_case, judgement, staff, support_label
from cases.enums import Section
from cases.frame import age_notice, case_frame
from cases.opening import open_section
from cases.sentence import moment
from core.charts import Chart
from core.htmx import render_page, wants_fragment

S = AssessmentStatus
DONE = (S.FINAL, S.SUPERSEDED)
SHOWN = 200
STRENGTHS_SHOWN = 3


# ---- queue ----------------------------------------------------------------------------------------------------------


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """A supervisor's decisions, oldest first; for a rater, what is begun and where it stands."""
    user = staff(request)
    if not policies.has_queue(user):
        raise PermissionDenied
    if user.role == Role.SUPERVISOR:
        rows = policies.queue_for(user).with_page_data().order_by("submitted_at", "pk")[:SHOWN]
        groups = [
            (_("Berbeda dari petunjuk"), "differs", [a for a in rows if a.status == S.AWAITING_APPROVAL]),
            (_("Sesuai petunjuk"), "agrees", [a for a in rows if a.status == S.SUBMITTED]),
        ]
        template = "assessments/queue.html"
    else:
        rows = policies.own_for(user).with_page_data().order_by("started_at", "pk")[:SHOWN]
        groups = [
            (_("Dikembalikan"), "returned", [a for a in rows if a.status == S.RETURNED]),
            (_("Draf"), "drafts", [a for a in rows if a.status == S.DRAFT]),
            (_("Menunggu pengawas"), "waiting", [a for a in rows if a.status in (S.SUBMITTED, S.AWAITING_APPROVAL)]),
        ]
        template = "assessments/own_list.html"
    # Survivors stand in lists of their own (ET-15).
    apart = [(title, key, [a for a in found if not a.case.is_victim_file]) for title, key, found in groups]
    apart += [
        (_("Penyintas: %(list)s") % {"list": title}, f"victims-{key}", [a for a in found if a.case.is_victim_file])
        for title, key, found in groups
    ]
    context = {
        "groups": [
            {"title": title, "id": key, "rows": [_row(assessment, user) for assessment in found]}
            for title, key, found in apart
            if found
        ],
        "seconds": _seconds(user),
    }
    return render_page(request, template, context)


def _seconds(user: Staff) -> list[dict[str, Any]]:
    """Second ratings that wait for this person: to be named or decided by a supervisor, to be done by their rater."""
    if user.role == Role.SUPERVISOR:
        found = policies.to_decide(user)
        groups = [
            (_("Menunggu penilai kedua ditetapkan"), "unnamed", found.filter(rater=None)),
            (_("Dinilai oleh penilai kedua"), "rating", found.filter(rater__isnull=False, revealed_at=None)),
            (_("Dua penilaian, putuskan yang berlaku"), "decide", found.filter(revealed_at__isnull=False)),
        ]
    else:
        found = policies.named_second(user)
        groups = [
            (_("Diminta menilai sebagai penilai kedua"), "rate", found.filter(revealed_at=None)),
            (_("Dua penilaian untuk dibahas"), "discuss", found.filter(revealed_at__isnull=False)),
        ]
    shown = [
        (title, key, list(rows.select_related("case__participant").order_by("due_on", "pk")[:SHOWN]))
        for title, key, rows in groups
    ]
    # Survivors stand in lists of their own (ET-15).
    apart = [(title, key, [s for s in rows if not s.case.is_victim_file]) for title, key, rows in shown]
    apart += [
        (_("Penyintas: %(list)s") % {"list": title}, f"victims-{key}", [s for s in rows if s.case.is_victim_file])
        for title, key, rows in shown
    ]
    # That the person contests tells a rater who is still to rate which way the first went.
    return [
        {"title": title, "id": key, "rows": rows, "tells_cause": not key.endswith("rate")}
        for title, key, rows in apart
        if rows
    ]


def _row(assessment: Assessment, user: Staff) -> dict[str, Any]:
    at = assessment.submitted_at or assessment.started_at
    name = "assessments:review" if user.role == Role.SUPERVISOR else "assessments:form"
    return {
        "when": moment(at, timezone.now(), user.unit.zone),
        "name": assessment.case.participant.shown_name,
        "code": assessment.case.code,
        "case_url": reverse("cases:case-detail", args=[assessment.case.code]),
        "url": reverse(name, args=[assessment.code]),
        "instrument": assessment.instrument,
        "reason": assessment.get_reason_display(),
        "rater": assessment.rater.full_name,
    }


# ---- one case -------------------------------------------------------------------------------------------------------


@require_safe
def panel(request: HttpRequest, code: str) -> HttpResponse:
    """The section of a case: every assessment by instrument, newest first."""
    case = find_case(request, code)
    context = case_frame(staff(request), case, Section.ASSESSMENT)
    open_section(request, case, Section.ASSESSMENT)
    seen = policies.assessments_for(staff(request)).filter(case=case)
    rows = seen.with_page_data().order_by("-started_at", "-pk")[:SHOWN]
    context |= {
        "groups": [
            {"code": kind.value, "title": kind.label, "rows": found, "history_url": _history_url(code, kind, found)}
            for kind in InstrumentCode
            if (found := [_history(a) for a in rows if a.instrument == kind])
        ],
        "new_url": reverse("assessments:new", args=[code]) if "edit_assessment" in context["actions"] else "",
        "age_notice": age_notice(context),
    }
    return render_page(request, "assessments/panel.html", context)


def _history_url(code: str, instrument: InstrumentCode, rows: list[dict[str, Any]]) -> str:
    """Where there is something to look back on."""
    has_one = any(row["assessment"].status in DONE for row in rows)
    return reverse("assessments:history", args=[code, instrument]) if has_one else ""


def _history(assessment: Assessment) -> dict[str, Any]:
    is_done = assessment.status in DONE
    return {
        "assessment": assessment,
        "day": assessment.finalised_at or assessment.submitted_at or assessment.started_at,
        "url": reverse("assessments:form", args=[assessment.code]),
        "final": judgement(assessment, assessment.final_band) if is_done else None,
        "support": support_label(assessment, assessment.support_level) if is_done else "",
        "is_outdated": assessment.status == S.FINAL and assessment.is_outdated,
    }


@require_safe
def summary_panel(request: HttpRequest, code: str) -> HttpResponse:
    """The facts of the case page: the final judgements in force, marked when their date has passed."""
    case = find_case(request, code)
    frame = case_frame(staff(request), case, Section.ASSESSMENT)
    if not wants_fragment(request):
        return redirect("assessments:panel", code)
    open_section(request, case, Section.ASSESSMENT)
    seen = policies.assessments_for(staff(request)).filter(case=case)
    judged = list(seen.judged().with_page_data())
    shown = [one for one in judged if one.status == S.FINAL and not one.is_hidden_from_summaries]
    order = list(InstrumentCode)
    shown.sort(key=lambda assessment: order.index(InstrumentCode(assessment.instrument)))
    context = {
        "facts": [_fact(assessment) for assessment in shown],
        "is_child": frame["is_child"],
        "course": _course(judged, shown),
        "history_url": reverse("assessments:history", args=[code, InstrumentCode.ADULT]),
        "running": seen.in_progress().exists(),
        "panel_url": reverse("assessments:panel", args=[code]),
    }
    return render_page(request, "assessments/_summary_panel.html", context)


def _course(judged: list[Assessment], shown: list[Assessment]) -> Chart | None:
    """The path of the adult judgements; with the one in force it leaves the summary (ET-18)."""
    if not any(one.instrument == InstrumentCode.ADULT for one in shown):
        return None
    return band_course([one for one in judged if one.instrument == InstrumentCode.ADULT])


def _fact(assessment: Assessment) -> dict[str, Any]:
    return {
        "assessment": assessment,
        "final": final_words(assessment),
        "support": support_label(assessment, assessment.support_level),
        "url": reverse("assessments:result", args=[assessment.code]),
        "is_outdated": assessment.is_outdated,
        "strengths": _strengths(assessment),
    }


def _strengths(assessment: Assessment) -> list[str]:
    """A child's strengths come before what is needed."""
    if assessment.instrument != InstrumentCode.CHILD:
        return []
    items: dict[str, Item] = dict(assessment.definition.items)
    answers = {rating.item: rating.answer for rating in ItemRating.objects.filter(assessment=assessment)}
    best = [item for code, item in items.items() if answers.get(code) == item.scale.values[-1].value]
    return [words(item.text) for item in best[:STRENGTHS_SHOWN]]

"""The list of cases and the case page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.enums import Role
from accounts.models import Staff
from cases import policies, sentence
from cases.agenda import task_words
from cases.enums import STAGES, CaseStatus, EventKind, Priority, ReferralSource, Section, TaskKind
from cases.filters import COLUMNS, ESSENTIAL, ORDERS, VIEWS, CaseFilter, columns_of, place_label, relevance
from cases.frame import case_frame, goal_words, panels, turns_eighteen_on
from cases.models import CaseFile, LegalEvent, ReportingDuty, Task
from cases.opening import open_section
from cases.policies import matching, sharing
from cases.policies.transfers import open_transfer_of
from cases.timeline import timeline_items
from cases.views.aftercare import follow_up_rows
from cases.views.lists import case_filter, kept_filters
from cases.views.sessions import session_row
from core.htmx import render_page
from core.paging import Page, page_of, ranked_page

TIMELINE_SHOWN = 10
SESSIONS_SHOWN = 4
# A region was typed or chosen: taking the filter away takes both.
TOGETHER = {"region": ("place", "region")}
CONSENT_WARNING = dt.timedelta(days=14)
TITLES = {Role.CASEWORKER: _("Kasus saya"), Role.SUPERVISOR: _("Kasus unit")}


@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    """The cases that this person may open, nearest due date first."""
    user: Staff = request.user
    branches = policies.case_branches(user)
    if not branches:
        raise Http404
    today = timezone.localdate(timezone=user.unit.zone)
    form = case_filter(user, request.GET)
    # Where somebody lives is part of the identity: of other cases a filter would tell it.
    asked = policies.case_branches(user, section=Section.IDENTITY) if form.narrows_by_place else branches
    cursor = request.GET.get("cursor", "")
    load = partial(_loaded, user=user)
    narrowed = form.narrow(asked, today)
    page = None
    if form.is_ranked:
        page = ranked_page(
            narrowed, relevance(form.value("q")), then="participant__name_key", cursor=cursor, load=load
        )
    page = page or page_of(narrowed, ORDERS[form.sort_key], cursor=cursor, load=load)
    columns = columns_of(user)
    return render_page(
        request,
        "cases/case_list.html",
        {
            "title": TITLES.get(Role(user.role), pgettext_lazy("jamak", "Kasus")),
            "form": form,
            "views": _view_tabs(form, is_supervisor="worker" in form.fields, has_victims=_has_victims(branches)),
            "rows": _list_rows(page.rows, today, user),
            "columns": _columns(request.GET, form, columns),
            "shown": columns,
            "kept": kept_filters(user, form),
            "regions": [
                {"label": place_label(region), "url": _with(request.GET, place="", region=region.code)}
                for region in form.regions
            ]
            if form.region is None
            else [],
            "region_is_unknown": bool(form.value("place")) and not form.regions,
            "save_url": f"{reverse('cases:filter-new')}?{urlencode(form.criteria)}",
            "is_narrowed": bool(form.chosen) or form.narrows_by_place or form.view_name != "open",
            "summary": _how_many(page),
            "chosen": [
                {
                    "label": label,
                    "url": _with(request.GET, **dict.fromkeys(TOGETHER.get(name, (name,)), "")),
                }
                for name, label in form.chosen
            ],
            "next_url": _with(request.GET, cursor=page.next_cursor) if page.next_cursor else "",
            "previous_url": _with(request.GET, cursor=page.previous_cursor) if page.previous_cursor else "",
            "may_open": bool(policies.openable_types(user)),
            "may_find_by_nik": matching.may_find_by_nik(user),
        },
        fragment="results",
    )


def _loaded(cases: Any, *, user: Staff) -> QuerySet[CaseFile]:
    return _with_next_work(cases.with_list_data(), user)


def _with_next_work(cases: QuerySet[CaseFile], user: Staff) -> QuerySet[CaseFile]:
    """What the nearest due date is about: own tasks and, for those who see it, the reporting duty."""
    work = policies.tasks_for(user).open().filter(case=OuterRef("pk")).order_by("due_at", "pk")
    duty = ReportingDuty.objects.filter(
        case=OuterRef("pk"), ended_on=None, case__in=policies.cases_for(user, section=Section.SUPERVISION)
    )
    return cases.annotate(
        # Both at once: planning the row policies of a second subquery takes longer than running it.
        work=Subquery(work.values(found=JSONObject(kind="kind", due_at="due_at"))[:1]),
        reporting_due_at=Subquery(duty.values("next_due_at")[:1]),
    )


def _list_rows(cases: Sequence[CaseFile], today: dt.date, user: Staff) -> list[dict[str, Any]]:
    """Rows of the list; a case of another unit says by whom and until when it was opened to the reader."""
    others = [case.pk for case in cases if case.lead_unit_id != user.unit_id]
    shares = sharing.received(user, others) if others else {}
    return [_list_row(case, today, user) | {"share": shares.get(case.pk)} for case in cases]


def _list_row(case: CaseFile, today: dt.date, user: Staff) -> dict[str, Any]:
    zone = user.unit.zone
    now = timezone.now()
    return {
        "case": case,
        "url": reverse("cases:case-detail", args=[case.code]),
        "name": case.participant.shown_name,
        "due": sentence.due_words(_due_at(case, zone), now, zone) if case.has_due else None,
        "due_about": _about(case),
        "contact": sentence.day_words(case.last_contact_at.astimezone(zone).date(), today)
        if case.last_contact_at
        else gettext("Belum ada"),
        "agency_stages": _agency_stages(case),
        "opened": sentence.day(case.opened_at.astimezone(zone).date(), today),
    }


def _due_at(case: Any, zone: dt.tzinfo) -> dt.datetime:
    """The moment of the nearest work that the reader sees; otherwise the day alone is known."""
    moments = [at for at in (_work_due_at(case), case.reporting_due_at) if at is not None]
    nearest = min(moments, default=None)
    if nearest is not None and nearest.astimezone(zone).date() == case.next_due_on:
        return nearest
    return sentence.end_of(case.next_due_on, zone)


def _about(case: Any) -> str | Promise:
    """The kind of work that the nearest due date of an annotated row belongs to."""
    due_at = _work_due_at(case)
    if case.reporting_due_at and (due_at is None or case.reporting_due_at <= due_at):
        return _("Wajib lapor")
    return TaskKind(case.work["kind"]).label if case.work else ""


def _work_due_at(case: Any) -> dt.datetime | None:
    return dt.datetime.fromisoformat(case.work["due_at"]) if case.work else None


def _columns(query: QueryDict, form: CaseFilter, shown: Sequence[str]) -> list[dict[str, Any]]:
    def sortable(label: str | Promise, key: str, **more: Any) -> dict[str, Any]:
        current = form.sort_key.lstrip("-") == key
        descending = form.sort_key.startswith("-")
        column = {"label": label, "url": _with(query, sort=f"-{key}" if current and not descending else key), **more}
        if current:
            column["sort"] = "descending" if descending else "ascending"
        return column

    heads = [sortable(_("Peserta dan berkas"), "no")]
    for name in shown:
        more = {} if name in ESSENTIAL else {"hide_s": True}
        heads.append(sortable(COLUMNS[name], name, **more) if name in ORDERS else {"label": COLUMNS[name], **more})
    return heads


def _has_victims(branches: list[QuerySet[CaseFile]]) -> bool:
    """Whether this person works with survivors too: their list is a tab of its own."""
    first, *rest = [branch.filter(is_victim_file=True).order_by().values("pk")[:1] for branch in branches]
    return (first.union(*rest, all=True) if rest else first).exists()


def _view_tabs(form: CaseFilter, *, is_supervisor: bool, has_victims: bool) -> list[dict[str, Any]]:
    current = form.view_name
    hidden = {name for name, shown in (("unassigned", is_supervisor), ("victims", has_victims)) if not shown}
    # A name that is looked for in one list is looked for in the other by one tap.
    words = f"&{urlencode({'q': form.value('q')})}" if form.value("q") else ""
    return [
        {
            "label": label,
            "url": f"?view={name}{words if name == 'victims' or current == 'victims' else ''}",
            "current": name == current,
            "count": None,
        }
        for name, label in VIEWS.items()
        if name not in hidden or name == current
    ]


def _with(query: QueryDict, **changes: str) -> str:
    """The same list with other parameters; a change of anything but the cursor starts at the first page."""
    parameters = query.copy()
    parameters.pop("cursor", None)
    for name, value in changes.items():
        parameters.pop(name, None)
        if value:
            parameters[name] = value
    return f"?{parameters.urlencode()}"


def _how_many(page: Page[CaseFile]) -> str:
    if page.count_is_capped:
        return gettext("lebih dari %(count)s kasus") % {"count": f"{page.count:,}".replace(",", ".")}
    return ngettext("%(count)s kasus", "%(count)s kasus", page.count) % {"count": page.count}


# ---- the case page -------------------------------------------------------------------------------------------------


@require_safe
def case_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Where this person stands and what comes next; only the sections that the viewer may see."""
    user: Staff = request.user
    case = get_object_or_404(policies.cases_in_sight(user).with_list_data(), code=code)
    frame = case_frame(user, case, Section.SUMMARY)
    open_section(request, case, Section.SUMMARY)
    seen: frozenset[Section] = frame["seen"]
    events = policies.events_for(user, case, seen).select_related("actor")[: TIMELINE_SHOWN + 1]
    duty = _reporting_duty(case) if Section.SUPERVISION in seen else None
    work = list(policies.tasks_for(user).open().filter(case=case).select_related("assignee").in_work_order())
    return render_page(
        request,
        "cases/case_detail.html",
        frame
        | {
            "stages": _stages(case, user, shows_legal=Section.LEGAL in seen),
            "urgent": [_urgent_row(task, user) for task in work if task.priority == Priority.URGENT],
            "eighteen_on": turns_eighteen_on(frame),
            "consent_days": _consent_days(case, user) if Section.REFERRALS in seen else None,
            "next": _next_step(work, duty, user),
            "tasks": [_task_line(task, user) for task in work if task.priority != Priority.URGENT],
            "contact": _last_contact(case, user),
            "facts_panels": panels(case, seen, "facts"),
            "main_panels": panels(case, seen, "main"),
            "aside_panels": panels(case, seen, "aside"),
            "events": timeline_items(events[:TIMELINE_SHOWN], user, reads_notes=Section.NOTES in frame["seen"]),
            "has_more_events": len(events) > TIMELINE_SHOWN,
            "shows_contact": Section.IDENTITY in seen,
            "handover_url": _handover_to_attach(case, frame),
            "legal": _legal_card(case, duty) if Section.LEGAL in seen else None,
            "team": _team(case),
            "sessions": _next_sessions(case, user) if Section.NOTES in seen else None,
            "plan_url": reverse("cases:session-new", args=[case.code]) if "edit_notes" in frame["actions"] else "",
            "follow_ups": follow_up_rows(case, user) if Section.NOTES in seen else [],
            "access_url": reverse("cases:access", args=[case.code]) if Section.ACCESS in seen else "",
            "closure": _closure(case, seen) if case.status == CaseStatus.CLOSED else None,
            "transfer": open_transfer_of(case) if Section.ACCESS in seen else None,
        },
    )


def _next_sessions(case: CaseFile, user: Staff) -> list[dict[str, Any]]:
    waiting = case.planned_sessions.waiting().select_related("case", "follows")
    return [session_row(session, user) for session in waiting[:SESSIONS_SHOWN]]


def _stages(case: CaseFile, user: Staff, *, shows_legal: bool) -> list[dict[str, Any]]:
    """The bridge: when each stage ended, the agency's own names for the present one, the end of supervision ahead."""
    zone, today = user.unit.zone, timezone.localdate(timezone=user.unit.zone)
    periods = list(case.status_periods.order_by("started_at"))
    reached = [period.status for period in periods if period.status in STAGES]
    present = case.status if case.status in STAGES else (reached[-1] if reached else "")
    place = STAGES.index(CaseStatus(present)) if present else -1
    stages = []
    for number, stage in enumerate(STAGES):
        state = "now" if number == place else "done" if number < place else "ahead"
        notes: list[str] = []
        ended = [period.ended_at for period in periods if period.status == stage and period.ended_at]
        if state == "done" and ended:
            notes = [gettext("selesai %(day)s") % {"day": sentence.day(ended[-1].astimezone(zone).date(), today)}]
        elif state == "now":
            notes = _agency_stages(case)
            if case.status == CaseStatus.SUSPENDED:
                notes = [gettext("ditangguhkan"), *notes]
            if case.closed_at:
                notes = [sentence.day(case.closed_at.astimezone(zone).date(), today)]
        elif stage == CaseStatus.CLOSED and shows_legal:
            end = case.legal_statuses.filter(supervision_end__isnull=False).order_by("-valid_from").first()
            if end and end.supervision_end:
                notes = [gettext("bimbingan s.d. %(day)s") % {"day": sentence.day(end.supervision_end, today)}]
        stages.append({"label": stage.label, "state": state, "notes": notes})
    return stages


def _agency_stages(case: CaseFile) -> list[str]:
    """The same stage in the words of PP 77, Bapas and ATENSI, as far as the case has them."""
    named = [
        ("PP 77", case.derad_stage, case.get_derad_stage_display()),
        ("Bapas", case.probation_stage, case.get_probation_stage_display()),
        ("ATENSI", case.atensi_phase, case.get_atensi_phase_display()),
    ]
    return [f"{whose}: {str(label).lower()}" for whose, value, label in named if value]


def _urgent_row(task: Task, user: Staff) -> dict[str, Any]:
    due = sentence.urgent_words(task.due_at, timezone.now(), user.unit.zone)
    return {"title": task.title, "url": task.path or reverse("cases:task-close", args=[task.code]), "due": due.when}


def _consent_days(case: CaseFile, user: Staff) -> int | None:
    """Days until the nearest end of a consent in force, when it is near."""
    today = timezone.localdate(timezone=user.unit.zone)
    ends = case.consents.in_force().filter(valid_until__lte=today + CONSENT_WARNING).order_by("valid_until")
    first = ends.values_list("valid_until", flat=True).first()
    return (first - today).days if first else None


def _handover_to_attach(case: CaseFile, frame: dict[str, Any]) -> str:
    """Where a case from a prison still lacks its berita acara: the address at which it is added, for who may."""
    if case.referral_source != ReferralSource.PRISON or not {"edit_documents", "edit_legal"} <= frame["actions"]:
        return ""
    handovers = list(case.legal_events.filter(kind=LegalEvent.Kind.HANDOVER).order_by("-happened_on", "-pk"))
    if any(event.document_id for event in handovers):
        return ""
    if not handovers:
        return reverse("cases:legal-event-new", args=[case.code]) + f"?kind={LegalEvent.Kind.HANDOVER}"
    return reverse("cases:document-new", args=[case.code]) + f"?for=event-{handovers[0].pk}"


def _closure(case: CaseFile, seen: frozenset[Section]) -> dict[str, Any]:
    """Who closed it, and which goals were met, for those who read the plan (None for the others)."""
    closing = case.events.filter(kind=EventKind.CASE_CLOSED).select_related("actor").order_by("-at", "-pk").first()
    return {
        "by": closing.actor if closing else None,
        "goals": goal_words(case, case.goals_met, seen) if Section.PLAN in seen else None,
    }


def _reporting_duty(case: CaseFile) -> ReportingDuty | None:
    return ReportingDuty.objects.filter(case=case, ended_on=None).first()


def _next_step(work: list[Task], duty: ReportingDuty | None, user: Staff) -> dict[str, Any] | None:
    """The nearest thing due: an own task or the next report."""
    task = min(work, key=lambda task: task.due_at, default=None)
    if duty is not None and (task is None or duty.next_due_at <= task.due_at):
        at, about = duty.next_due_at, ", ".join(filter(None, [gettext("Wajib lapor"), duty.place]))
    elif task is not None:
        at, about = task.due_at, task.title or str(task.get_kind_display())
    else:
        return None
    return {"due": sentence.due_words(at, timezone.now(), user.unit.zone), "about": about}


def _task_line(task: Task, user: Staff) -> dict[str, Any]:
    """What is still to be done, when and by whom; put off, it stands in no list of the day until then."""
    zone, now = user.unit.zone, timezone.now()
    today = now.astimezone(zone).date()
    asleep = task.snoozed_until if task.snoozed_until and task.snoozed_until > now else None
    return {
        "words": task_words(task),
        "url": reverse("cases:task-edit", args=[task.code]),
        "due": sentence.due_words(task.due_at, now, zone),
        "who": task.assignee.full_name if task.assignee_id != user.pk else "",
        "asleep": gettext("ditunda sampai %(day)s") % {"day": sentence.day(asleep.astimezone(zone).date(), today)}
        if asleep
        else "",
    }


def _last_contact(case: CaseFile, user: Staff) -> str:
    if case.last_contact_at is None:
        return gettext("Belum ada")
    zone = user.unit.zone
    return sentence.day_words(case.last_contact_at.astimezone(zone).date(), timezone.localdate(timezone=zone))


def _legal_card(case: CaseFile, duty: ReportingDuty | None) -> dict[str, Any]:
    # For a child not even somebody else's colour word is shown (ET-3).
    classifications = [] if case.for_child else list(case.external_classifications.all()[:2])
    return {
        "status": case.legal_statuses.in_force_on(timezone.localdate()).first(),
        "duty": duty,
        "classifications": classifications,
        "url": reverse("cases:legal", args=[case.code]),
    }


def _team(case: CaseFile) -> dict[str, Any]:
    return {
        "supervisors": list(policies.supervisors_of(case)[:2]),
        "co_workers": list(case.co_workers.all()),
    }

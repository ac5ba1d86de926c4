"""What waits for one caseworker: the morning list of "Hari ini".

Urgent first, then by due date, never by band (D §6.4). Whatever the caseload holds, the list takes the same number of
queries.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Staff
from cases import policies
from cases.enums import ALERTS, CheckInResult, Priority, Right, Section, TaskKind, TaskStatus
from cases.models import CaseFile, CheckIn, ContactNote, PlannedSession, ReportingDuty, Task
from cases.policies.sessions import sessions_for
from cases.sentence import Due, clock, day, due_words, has_hour, moment, urgent_words, weekday
from cases.workflow.notes import NOTE

Text = str | Promise

WEEK = dt.timedelta(days=7)
UNSEEN_AFTER = dt.timedelta(days=30)
# Nobody works through more in a day; the count beside the heading stays true up to here.
ROWS = 200
UNSEEN_SHOWN = 5

# News about work handed to others: it waits beside the list until it is late itself.
NEWS = frozenset({TaskKind.RETURNED, TaskKind.REFERRAL})
OPENING: dict[str, Text] = {
    TaskKind.ASSESSMENT: gettext_lazy("Mulai menilai"),
    TaskKind.APPROVAL: gettext_lazy("Tinjau"),
    TaskKind.RETURNED: gettext_lazy("Perbaiki"),
    TaskKind.SECOND_RATER: gettext_lazy("Tetapkan"),
    TaskKind.SECOND_RATING: gettext_lazy("Buka permintaan"),
    TaskKind.SECOND_DECISION: gettext_lazy("Bandingkan"),
    TaskKind.PLAN: gettext_lazy("Buka rencana"),
    TaskKind.REFERRAL: gettext_lazy("Buka rujukan"),
    TaskKind.BREACH_NOTICE: gettext_lazy("Unduh surat"),
    TaskKind.RIGHTS: gettext_lazy("Buka permintaan"),
    TaskKind.AFTERCARE: gettext_lazy("Catat hasil"),
    TaskKind.BUSINESS: gettext_lazy("Catat hasil"),
}


@dataclass(frozen=True)
class Action:
    label: Text
    url: str
    icon: str = ""
    primary: bool = False
    posts: bool = False  # one tap does it: a form, no link


@dataclass(frozen=True)
class Row:
    """One line of the list. One tap answers a ``duty`` or a ``session``; an ``answer`` can be undone."""

    due: Due
    at: dt.datetime
    case: CaseFile
    text: Text = ""
    urgent: bool = False
    actions: tuple[Action, ...] = ()
    duty: ReportingDuty | None = None
    session: PlannedSession | None = None
    answer: CheckIn | None = None
    said: str = ""
    is_fresh: bool = False

    @property
    def name(self) -> str:
        return self.case.participant.shown_name

    @property
    def is_open(self) -> bool:
        return self.answer is None

    @property
    def wants_reason(self) -> bool:
        return self.answer is not None and lacks_reason(self.answer)


@dataclass(frozen=True)
class Line:
    """A short line beside the list: a link, and quiet words below it."""

    label: str
    url: str
    note: str = ""
    words: str = ""


@dataclass(frozen=True)
class Agenda:
    now: dt.datetime
    late: list[Row] = field(default_factory=list)
    today: list[Row] = field(default_factory=list)
    alerts: list[Row] = field(default_factory=list)
    done: list[Row] = field(default_factory=list)
    week: list[tuple[str, list[str]]] = field(default_factory=list)
    news: list[Line] = field(default_factory=list)
    drafts: list[Line] = field(default_factory=list)
    unseen: list[Line] = field(default_factory=list)
    unseen_count: int = 0
    finished: int = 0

    @property
    def late_count(self) -> int:
        return sum(row.is_open for row in self.late)

    @property
    def today_count(self) -> int:
        return sum(row.is_open for row in self.today)

    @property
    def left(self) -> int:
        return self.late_count + self.today_count + len(self.alerts)

    @property
    def total(self) -> int:
        return self.left + self.finished


def lacks_reason(answer: CheckIn) -> bool:
    """Izin and Tidak hadir want a reason; it is asked after the tap."""
    return answer.result != CheckInResult.PRESENT and not answer.reason


def agenda_of(user: Staff, now: dt.datetime, *, fresh: str = "", victims: bool = False) -> Agenda:
    """Everything on ``user``'s "Hari ini"; ``fresh`` is the code of the case that was answered just now.

    Work with survivors is a day of its own: no list of it names anybody else (ET-15).
    """
    part = Q(case__is_victim_file=victims)
    zone = user.unit.zone
    today = now.astimezone(zone).date()
    start = dt.datetime.combine(today, dt.time.min, tzinfo=zone)
    tomorrow = start + dt.timedelta(days=1)

    tasks = list(_open_tasks(user, now, tomorrow + WEEK, part))
    duties = list(_duties(user, tomorrow + WEEK, part))
    sessions = list(_sessions(user, tomorrow + WEEK, part))
    answers = list(_answers(user, start, part))
    closed = list(_closed_tasks(user, start, part))
    written = list(_written(user, start, part))

    rows = [_task_row(task, now, zone) for task in tasks if not _is_news(task, start) and not task.is_alert]
    rows += [_duty_row(duty, now, zone) for duty in duties]
    rows += [_session_row(session, now, zone) for session in sessions]
    answered = [_answer_row(answer, user, now, zone, fresh) for answer in answers]
    kept = [row for row in answered if row.wants_reason or row.is_fresh]

    urgent_or_late = [row for row in rows if row.urgent or row.at < start]
    due_today = [row for row in rows if not row.urgent and start <= row.at < tomorrow]
    later = [row for row in rows if not row.urgent and row.at >= tomorrow]
    unseen, unseen_count = _unseen(user, now, zone, victims=victims)
    done = [row for row in answered if row not in kept] + _done_rows(closed, written, zone)
    return Agenda(
        now=now,
        late=sorted([*urgent_or_late, *(row for row in kept if row.at < start)], key=_work_order),
        today=sorted([*due_today, *(row for row in kept if row.at >= start)], key=_work_order),
        alerts=[_task_row(task, now, zone) for task in tasks if task.is_alert],
        done=sorted(done, key=lambda row: row.at, reverse=True),
        week=_week(later, zone),
        news=[_news_line(task, today, zone) for task in tasks if _is_news(task, start)],
        drafts=_drafts(user, now, zone, part),
        unseen=unseen,
        unseen_count=unseen_count,
        finished=len(answers) + len(closed) + len(written),
    )


def left_count(user: Staff, now: dt.datetime) -> int:
    """The number beside "Hari ini" in the menu: what ``agenda_of`` calls left, in one query."""
    zone = user.unit.zone
    start = dt.datetime.combine(now.astimezone(zone).date(), dt.time.min, tzinfo=zone)
    tomorrow = start + dt.timedelta(days=1)
    work = (
        Q(priority=Priority.URGENT)
        | Q(kind__in=ALERTS)
        | Q(due_at__lt=start)
        | (Q(due_at__lt=tomorrow) & ~Q(kind__in=NEWS))
    )
    tasks = policies.tasks_for(user).open().awake(now).filter(assignee=user).filter(work)[:ROWS]
    others = (_duties(user, tomorrow, Q()).values("pk"), _sessions(user, tomorrow, Q()).values("pk"))
    return tasks.values("pk").union(*others, all=True).count()


# ---- what is asked of the database ----------------------------------------------------------------------------------


def _open_tasks(user: Staff, now: dt.datetime, until: dt.datetime, part: Q) -> QuerySet[Task]:
    mine = policies.tasks_for(user).open().awake(now).filter(part, assignee=user)
    wanted = mine.filter(Q(due_at__lt=until) | Q(kind__in=NEWS | ALERTS) | Q(priority=Priority.URGENT))
    return wanted.select_related("case__participant").in_work_order()[:ROWS]


def _duties(user: Staff, until: dt.datetime, part: Q) -> QuerySet[ReportingDuty]:
    duties = policies.duties_for(user).filter(part, ended_on=None, next_due_at__lt=until, case__closed_at=None)
    return duties.select_related("case__participant").order_by("next_due_at", "pk")[:ROWS]


def _sessions(user: Staff, until: dt.datetime, part: Q) -> QuerySet[PlannedSession]:
    """Agreed sessions to hold, to answer or to write about, of cases that are open."""
    waiting = sessions_for(user).waiting().filter(part, planned_at__lt=until, case__closed_at=None)
    return waiting.select_related("case__participant").order_by("planned_at", "pk")[:ROWS]


def _answers(user: Staff, since: dt.datetime, part: Q) -> QuerySet[CheckIn]:
    given = policies.check_ins_for(user).filter(part, recorded_at__gte=since, case__in=policies.caseload_of(user))
    return given.select_related("case__participant", "recorded_by").order_by("recorded_at", "pk")[:ROWS]


def _closed_tasks(user: Staff, since: dt.datetime, part: Q) -> QuerySet[Task]:
    closed = policies.tasks_for(user).filter(part, closed_by=user, closed_at__gte=since, status=TaskStatus.DONE)
    return closed.select_related("case__participant")[:ROWS]


def _written(user: Staff, since: dt.datetime, part: Q) -> QuerySet[ContactNote]:
    notes = policies.notes_for(user).filter(part, author=user, recorded_at__gte=since, amends=None)
    return notes.select_related("case__participant")[:ROWS]


# ---- rows -----------------------------------------------------------------------------------------------------------


def _work_order(row: Row) -> tuple[bool, dt.datetime, int]:
    return (not row.urgent, row.at, row.case.pk)


def _is_news(task: Task, start: dt.datetime) -> bool:
    return task.kind in NEWS and task.priority != Priority.URGENT and task.due_at >= start


def task_words(task: Task) -> Text:
    """What a task asks, in one line."""
    kind = TaskKind(task.kind)
    if kind == TaskKind.URGENT:
        head = _("%(kind)s: %(title)s") % {"kind": kind.label, "title": task.title} if task.title else str(kind.label)
        return head.rstrip(". ") + ". " + _("Hubungi dan tulis hasilnya.")
    if not task.title:
        return kind.label
    label = str(kind.label)
    if kind == TaskKind.FOLLOW_UP or task.title.casefold().startswith(label.casefold()):
        return task.title
    return f"{label} {task.title}" if kind == TaskKind.ASSESSMENT else f"{label}: {task.title}"


def _task_row(task: Task, now: dt.datetime, zone: ZoneInfo) -> Row:
    urgent = task.priority == Priority.URGENT
    due = urgent_words(task.due_at, now, zone) if urgent else due_words(task.due_at, now, zone)
    same_day = task.due_at.astimezone(zone).date() == now.astimezone(zone).date()
    if not urgent and same_day and has_hour(task.due_at, zone):
        due = Due(clock(task.due_at, zone))
    return Row(due, task.due_at, task.case, task_words(task), urgent=urgent, actions=_task_actions(task))


def _task_actions(task: Task) -> tuple[Action, ...]:
    note = reverse("cases:note-new", args=[task.case.code])
    close = reverse("cases:task-close", args=[task.code])
    if task.priority == Priority.URGENT:
        # Where the number and the safe way and time stand: nobody is called before reading them.
        reach = f"{reverse('cases:case-detail', args=[task.case.code])}#safe-contact"
        call = Action(_("Hubungi"), reach, "phone", primary=True)
        return (call, Action(_("Catat"), note), Action(_("Tulis hasil"), close))
    if task.is_alert:
        seen = Action(_("Sudah saya lihat"), reverse("cases:task-seen", args=[task.code]), posts=True)
        call = Action(_("Catat"), note)
        return (*(() if task.seen_at else (seen,)), call, Action(_("Tutup"), close))
    later = Action(_("Tunda"), reverse("cases:task-snooze", args=[task.code]))
    if task.kind in OPENING and task.path:
        return (Action(OPENING[task.kind], task.path), later)
    if task.kind == TaskKind.VISIT:
        return (Action(_("Catat"), note), Action(_("Selesai"), close), later)
    opening = (Action(_("Buka"), task.path),) if task.path else ()
    return (*opening, Action(_("Selesai"), close), later)


def _duty_row(duty: ReportingDuty, now: dt.datetime, zone: ZoneInfo) -> Row:
    at = duty.next_due_at
    place = duty.place or duty.get_channel_display()
    due = due_words(at, now, zone)
    if not due.late and has_hour(at, zone):
        due = Due(clock(at, zone), place)
    text = _("Wajib lapor.")
    if duty.missed_in_a_row:
        missed = ngettext(
            "%(times)d kali tidak hadir berturut-turut.",
            "%(times)d kali tidak hadir berturut-turut.",
            duty.missed_in_a_row,
        )
        text = f"{text} {missed % {'times': duty.missed_in_a_row}}"
    return Row(due, at, duty.case, text, duty=duty)


def _session_row(session: PlannedSession, now: dt.datetime, zone: ZoneInfo) -> Row:
    at = session.planned_at
    due = due_words(at, now, zone)
    if not due.late and at.astimezone(zone).date() == now.astimezone(zone).date():
        due = Due(clock(at, zone), session.place)
    if session.wants_note:
        text = _("%(kind)s: hadir. Catatannya belum ditulis.") % {"kind": session.get_type_display()}
    else:
        head = _("%(kind)s terencana.") % {"kind": session.get_type_display()}
        text = f"{head} {session.purpose}".strip()
    return Row(due, at, session.case, text, session=session)


def _answer_row(answer: CheckIn, user: Staff, now: dt.datetime, zone: ZoneInfo, fresh: str) -> Row:
    words = {"result": answer.get_result_display().lower(), "clock": clock(answer.recorded_at, zone)}
    said = _("%(result)s, %(clock)s.") % words
    if answer.recorded_by_id != user.pk:
        said = _("%(result)s, %(clock)s, oleh %(name)s.") % {**words, "name": answer.recorded_by.full_name}
    due = due_words(answer.due_at, now, zone)
    if not due.late and has_hour(answer.due_at, zone):
        due = Due(clock(answer.due_at, zone))
    is_fresh = answer.case.code == fresh
    return Row(due, answer.due_at, answer.case, answer.reason, answer=answer, said=said, is_fresh=is_fresh)


def _done_rows(closed: Iterable[Task], written: Iterable[ContactNote], zone: ZoneInfo) -> list[Row]:
    rows = [
        Row(Due(clock(task.closed_at, zone)), task.closed_at, task.case, task.title or task.get_kind_display())
        for task in closed
        if task.closed_at
    ]
    for note in written:
        text = _("%(kind)s dicatat") % {"kind": note.get_type_display()}
        link = Action(_("Baca"), reverse("cases:note-detail", args=[note.case.code, note.code]))
        rows.append(Row(Due(clock(note.recorded_at, zone)), note.recorded_at, note.case, text, actions=(link,)))
    return rows


# ---- beside the list ------------------------------------------------------------------------------------------------


def _week(rows: list[Row], zone: ZoneInfo) -> list[tuple[str, list[str]]]:
    """Day by day, what comes and for how many; one person is named."""
    days: dict[dt.date, list[tuple[str, Row]]] = {}
    for row in sorted(rows, key=_work_order):
        days.setdefault(row.at.astimezone(zone).date(), []).append((_kind_of(row), row))
    lines = []
    for date, entries in sorted(days.items()):
        counts = Counter(kind for kind, _row in entries)
        names = {kind: row.name for kind, row in entries}
        words = [
            f"{kind}, {names[kind]}"
            if number == 1
            else _("%(kind)s, %(number)d peserta") % {"kind": kind, "number": number}
            for kind, number in counts.items()
        ]
        lines.append((weekday(date), words))
    return lines


def _kind_of(row: Row) -> str:
    if row.session:
        return str(row.session.get_type_display())
    return _("Wajib lapor") if row.duty else str(row.text)


def _news_line(task: Task, today: dt.date, zone: ZoneInfo) -> Line:
    note = f"{task.case.participant.shown_name}, {day(task.created_at.astimezone(zone).date(), today)}"
    url = task.path or reverse("cases:case-detail", args=[task.case.code])
    return Line(str(task.get_kind_display()), url, note, words=f"“{task.title}”" if task.title else "")


def _drafts(user: Staff, now: dt.datetime, zone: ZoneInfo, part: Q) -> list[Line]:
    drafts = policies.drafts_for(user, part, form=NOTE)
    mine = policies.cases_for(user, Right.EDIT, Section.NOTES).filter(pk__in=[draft.case_id for draft in drafts])
    names = {case.pk: case.participant.shown_name for case in mine.select_related("participant")} if drafts else {}
    return [
        Line(
            # Who has lost the case keeps the own text, not the name.
            _("Catatan kontak, %(name)s") % {"name": names.get(draft.case_id, draft.case.code)},
            reverse("cases:note-new", args=[draft.case.code]),
            moment(draft.saved_at, now, zone),
        )
        for draft in drafts
    ]


def _unseen(user: Staff, now: dt.datetime, zone: ZoneInfo, *, victims: bool) -> tuple[list[Line], int]:
    """Active cases without any contact for thirty days, the longest first."""
    active = policies.caseload_of(user).active().alias(seen=Coalesce("last_contact_at", "opened_at"))
    silent = active.filter(seen__lt=now - UNSEEN_AFTER, is_victim_file=victims)
    today = now.astimezone(zone).date()
    lines = [
        Line(
            case.participant.shown_name,
            reverse("cases:case-detail", args=[case.code]),
            _("terakhir %(day)s") % {"day": day(case.last_contact_at.astimezone(zone).date(), today)}
            if case.last_contact_at
            else _("belum pernah"),
        )
        for case in silent.select_related("participant").order_by("seen", "pk")[:UNSEEN_SHOWN]
    ]
    return lines, silent.count() if len(lines) == UNSEEN_SHOWN else len(lines)

"""Assessments over time: rated, judged, put to the rule engine, decided by a supervisor, superseded by the next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from random import Random
from typing import Any

from accounts.models import Staff
from assessments import population
from assessments.catalogue import Rating
from assessments.enums import LEAST_REASON, AssessmentReason, AssessmentStatus, Band, InstrumentCode, Mode
from assessments.guidance import Answer, Guidance, at_age, evaluate, urgent_actions
from assessments.models import Assessment, AssessmentReview, ItemRating, WordCheck
from cases.enums import CaseStatus, CaseType, EventKind, Priority, Section, TaskKind
from cases.models import CaseGroupGrant
from cases.sentence import end_of
from reports.demo import answers as invented
from reports.demo import words
from reports.demo.book import BATCH, with_code
from reports.demo.tale import Story, World
from reports.demo.work import open_task

ADULT, CHILD, FAMILY = InstrumentCode.ADULT, InstrumentCode.CHILD, InstrumentCode.FAMILY
DONE = (AssessmentStatus.FINAL, AssessmentStatus.SUPERSEDED)

# How a result tends to go on to the next one.
NEXT = {
    "merah": (("kuning", 70), ("merah", 30)),
    "kuning": (("kuning", 70), ("hijau", 21), ("merah", 4), ("belum_cukup", 5)),
    "hijau": (("hijau", 84), ("kuning", 16)),
    "belum_cukup": (("kuning", 60), ("hijau", 40)),
    "dukungan_intensif": (("dukungan_tambahan", 75), ("dukungan_intensif", 25)),
    "dukungan_tambahan": (("dukungan_tambahan", 55), ("dukungan_rutin", 38), ("dukungan_intensif", 7)),
    "dukungan_rutin": (("dukungan_rutin", 85), ("dukungan_tambahan", 15)),
}
FIRST = (("kuning", 58), ("hijau", 32), ("merah", 4), ("belum_cukup", 6))
FIRST_OF_CHILD = (("dukungan_intensif", 15), ("dukungan_tambahan", 60), ("dukungan_rutin", 25))
# The judgement beside a band, one step milder or stricter, for first judgements and overrides.
BESIDE = {
    "hijau": "kuning",
    "kuning": "hijau",
    "merah": "kuning",
    "dukungan_rutin": "dukungan_tambahan",
    "dukungan_tambahan": "dukungan_rutin",
    "dukungan_intensif": "dukungan_tambahan",
    "siap": "siap_dengan_dukungan",
    "siap_dengan_dukungan": "siap",
    "belum_siap": "siap_dengan_dukungan",
}


def _draw(story: Story, chances: tuple[tuple[str, int], ...]) -> str:
    return story.stream.choices([name for name, _weight in chances], [weight for _name, weight in chances])[0]


def mode_on(world: World, story: Story, instrument: InstrumentCode, day: dt.date) -> Mode:
    """What the program itself would choose for this person on this day."""
    legal = next(
        (row.status for row in story.legal if row.valid_from <= day and (row.valid_to is None or row.valid_to > day)),
        "",
    )
    facts = population.Facts(
        is_child=story.person.is_child_on(day),
        case_type=story.case.case_type,
        legal_status=legal,
        return_kind=story.returns[-1].kind if story.returns else "",
    )
    return population.mode_for(world.parsed(instrument), facts)


class History:
    """The chain of assessments of one case with one instrument."""

    def __init__(self, world: World, story: Story, instrument: InstrumentCode) -> None:
        self.world, self.story, self.instrument = world, story, instrument
        self.parsed = world.parsed(instrument)
        self.habits = invented.Habits(story.stream)
        low = [code for code, item in self.parsed.items.items() if item.group == "need"]
        self.low = story.stream.sample(low, len(low))
        self.wish = ""
        self.previous: dict[str, Rating] = {}
        self.last: Assessment | None = None
        self.mode: Mode | None = None

    def values(self, day: dt.date, wish: str) -> dict[str, Rating]:
        stream = self.story.stream
        if self.instrument == CHILD:
            return invented.child(self.parsed, wish, stream, self._age(day), self.low)
        if self.instrument == FAMILY:
            return invented.family(self.parsed, wish, stream)
        if self.mode == Mode.NEEDS_ONLY:
            return invented.needs_only(self.habits, stream)
        return invented.adult(self.habits, wish, stream, has_duty=self.story.case.case_type == CaseType.PROBATION)

    def _age(self, day: dt.date) -> int | None:
        person = self.story.person
        return population.certain_age(person.birth_date, person.birth_date_precision, day)

    def add(
        self,
        begun: dt.date,
        wish: str,
        *,
        status: AssessmentStatus = AssessmentStatus.FINAL,
        decided_after: int = 3,
        reason: AssessmentReason | None = None,
        final: str | None = None,
        why: str = "",
        change: dict[str, Rating] | None = None,
        only: int | None = None,
        told_code: str = "",
        sure: bool = False,
        begun_at: dt.datetime | None = None,
        grant: CaseGroupGrant | None = None,
        rater: Staff | None = None,
    ) -> Assessment:
        """One assessment, begun on a day, as far as ``status``; ``only``: a draft with so many items answered.

        ``grant``: by which a ``rater`` from outside fills it in.
        """
        world, story, stream = self.world, self.story, self.story.stream
        clock, zone = world.clock, story.unit.zone
        at = begun_at or clock.past(clock.at(begun, 9 + stream.randrange(6), stream.randrange(60), zone))
        self.mode = self.mode or mode_on(world, story, self.instrument, begun)
        values = self.values(begun, wish) | (change or {})
        answers = invented.recorded(self.parsed, values, self.previous, stream, sure=sure)
        draft = status == AssessmentStatus.DRAFT
        row = Assessment(
            case=story.case,
            instrument_version=world.instruments[self.instrument],
            instrument=self.instrument,
            mode=self.mode,
            for_child=story.person.is_child_on(begun),
            reason=reason or (AssessmentReason.PERIODIC if self.last else AssessmentReason.INITIAL),
            rater=rater or story.by,
            grant=grant,
            status=status,
            started_at=at,
            supersedes=self.last,
        )
        if not draft:
            self._judge(row, answers, at, begun, final, why)
        if status in DONE:
            self._decide(row, decided_after)
        world.book.add(with_code(row, told_code) if told_code else row, at=at)
        if not draft:
            row.narratives = words.narratives(self.parsed, stream)
            row.participant_view = stream.choice(words.OWN_VIEWS)
            row.updated_at = row.finalised_at or row.submitted_at or at
        kept = list(answers.items())[: only if only is not None else len(answers)]
        for code, answer in kept:
            world.book.add(
                ItemRating(
                    assessment=row,
                    item=code,
                    value=str(answer.value),
                    evidence_note=answer.evidence_note,
                    sources=list(answer.sources),
                    confidence=answer.confidence or "",
                    previous_value=str(self.previous.get(code, "")),
                ),
                at=at,
            )
            self._urgent(row, code, answer)
        if status in DONE:
            self._words(row, kept, at)
        self._tell(row)
        story.assessments.append(row)
        if status in DONE:
            if self.last is not None:
                self.last.status, self.last.ended_at = AssessmentStatus.SUPERSEDED, row.finalised_at
            self.last, self.previous, self.wish = row, values, wish
            self.habits.grow(stream)
        return row

    def _words(self, row: Assessment, kept: list[tuple[str, Answer]], at: dt.datetime) -> None:
        """In some assessments the form asked whether a note was about violence; with dice of its own."""
        dice = Random(f"{row.code}:words")  # noqa: S311 -- a demo
        noted = [code for code, answer in kept if answer.evidence_note]
        if not noted or dice.random() > 0.3:
            return
        code = dice.choice(noted)
        addition, found, answer, explanation = dice.choices(words.ASKED_ABOUT, [4, 5, 1])[0]
        rating = next(r for r in reversed(self.world.book.of(ItemRating)) if r.assessment is row and r.item == code)
        rating.evidence_note = f"{rating.evidence_note} {addition}".strip()
        check = WordCheck(assessment=row, place=code, words=[found], answer=answer, explanation=explanation)
        self.world.book.add(check, at=at)

    def guidance(self, answers: dict[str, Answer], day: dt.date) -> Guidance:
        mode = self.mode if self.instrument == ADULT else None
        age = self._age(day) if self.instrument == CHILD else None
        return evaluate(self.parsed, at_age(self.parsed, answers, age), mode)

    def _judge(
        self, row: Assessment, answers: dict[str, Answer], at: dt.datetime, day: dt.date, final: str | None, why: str
    ) -> None:
        """What the engine says, the rater's own judgement before it, and the choice after it."""
        stream, clock = self.story.stream, self.world.clock
        said = self.guidance(answers, day)
        row.support_level = said.support_level or ""
        row.submitted_at = clock.past(at + dt.timedelta(days=1, hours=3))
        if self.mode == Mode.NEEDS_ONLY:
            return
        band = said.band or ""
        row.guidance_band, row.guidance_fired, row.guidance_provisional = band, list(said.fired), said.provisional
        differs = band == Band.NOT_ENOUGH or (final is None and not self._is_told and stream.random() < 0.07)
        chosen = final or (_usual(band) if band == Band.NOT_ENOUGH else BESIDE[band] if differs else band)
        row.final_band = chosen
        row.first_band = band if band != Band.NOT_ENOUGH and stream.random() < 0.85 else chosen
        row.first_reason = stream.choice(words.FIRST_REASONS)
        row.first_band_at = clock.past(at + dt.timedelta(days=1))
        if chosen != band or band == Band.NOT_ENOUGH:
            row.override_reason = why or stream.choice(words.OVERRIDE_REASONS)
            assert len(row.override_reason.strip()) >= LEAST_REASON

    @property
    def _is_told(self) -> bool:
        return self.story.key.startswith("told")

    def _decide(self, row: Assessment, after: int) -> None:
        clock, zone = self.world.clock, self.story.unit.zone
        assert row.submitted_at is not None
        decided = row.submitted_at.astimezone(zone).date() + dt.timedelta(days=after)
        row.finalised_at = max(row.submitted_at, clock.past(clock.at(decided, 13, 40, zone)))
        row.approved_by = self.story.team.lead
        row.version = 3
        if row.final_band:
            days = self.parsed.band(row.final_band).reassess_after_days
        else:
            output = self.parsed.support_output(row.mode)
            assert output is not None
            days = output.band(row.support_level).reassess_after_days
        row.next_due = row.finalised_at.astimezone(zone).date() + dt.timedelta(days=days)

    def _urgent(self, row: Assessment, code: str, answer: Answer) -> None:
        """The task that one answer opens by itself, and closed again where it is history."""
        story, clock = self.story, self.world.clock
        for action in urgent_actions(self.parsed, code, answer.value, row.rule_mode):
            opened = row.started_at
            due = opened + dt.timedelta(hours=action.within_hours)
            open_task(
                self.world,
                story,
                TaskKind.URGENT,
                due_at=due,
                opened_at=opened,
                title=f"{action.label.id} ({row.instrument} {code})",
                section=Section.ASSESSMENT,
                priority=Priority.URGENT,
                source=_source(row, f"{code}:{action.key}"),
                path=f"/assessments/{row.code}/",
                done_at=None if due > clock.now else opened + dt.timedelta(hours=5),
                outcome="Dihubungi dan ditemui hari itu juga; keadaan aman, pengamanan disepakati dengan keluarga.",
            )

    def _tell(self, row: Assessment) -> None:
        path = f"/assessments/{row.code}/"

        def say(kind: EventKind, at: dt.datetime, **who: Any) -> None:
            who.setdefault("by", row.rater)
            self.world.event(self.story, kind, Section.ASSESSMENT, at, summary=row.instrument, path=path, **who)

        say(EventKind.ASSESSMENT_STARTED, row.started_at)
        if row.submitted_at:
            say(EventKind.ASSESSMENT_SUBMITTED, row.submitted_at)
        if row.finalised_at:
            say(EventKind.ASSESSMENT_FINAL, row.finalised_at, by=row.approved_by)


def _source(row: Assessment, what: str) -> Callable[[], str]:
    return lambda: f"assessment:{row.pk}:{what}"


def _usual(band: str) -> str:
    return Band.YELLOW if band == Band.NOT_ENOUGH else band


def assess_over_time(world: World, story: Story, instrument: InstrumentCode, *, most: int = 16) -> History:
    """From the first assessment to today: on time for most, late for some, and not at all for a case just opened."""
    clock, stream = world.clock, story.stream
    history = History(world, story, instrument)
    begun = story.opened + dt.timedelta(
        days=stream.choices([stream.randint(8, 21), stream.randint(28, 55)], [88, 12])[0]
    )
    # What lies before the history that the demo tells in full had no instrument of ours.
    begun = max(begun, clock.beginning + dt.timedelta(days=stream.randint(0, 60)))
    end = story.ends(clock)
    wish = _draw(story, FIRST_OF_CHILD if instrument == CHILD else FIRST)
    wishes: Callable[[], str] = lambda: _draw(story, NEXT[history.wish])  # noqa: E731
    count = 0
    while begun <= end - dt.timedelta(days=6) and count < most:
        row = history.add(begun, wish, decided_after=stream.randint(1, 5))
        count += 1
        assert row.next_due is not None
        late = stream.choices([-stream.randint(3, 12), stream.randint(2, 35)], [82, 18])[0]
        begun = max(row.next_due + dt.timedelta(days=late), begun + dt.timedelta(days=20))
        wish = wishes()
    return history


def ready_to_return(world: World, story: Story) -> None:
    """KRK before a return or a closing: for those in transition and later."""
    began = story.since(CaseStatus.TRANSITION)
    if began is None or began < world.clock.beginning or story.stream.random() < 0.25:
        return
    clock, stream = world.clock, story.stream
    day = min(began + dt.timedelta(days=10), story.ends(clock) - dt.timedelta(days=8))
    history = History(world, story, FAMILY)
    wish = stream.choices(["siap", "siap_dengan_dukungan", "belum_siap"], [35, 55, 10])[0]
    while story.opened < day <= story.ends(clock) - dt.timedelta(days=8):
        row = history.add(day, wish, reason=AssessmentReason.CLOSURE)
        assert row.next_due is not None
        day = row.next_due + dt.timedelta(days=stream.choice([-9, -6, -4, -2, 6]))
        wish = stream.choice(["siap", "siap_dengan_dukungan"])


def write(world: World) -> int:
    """Write assessments in waves: each chain one link at a time, locked as soon as its answers are in."""
    chains: dict[tuple[int, str], int] = {}
    waves: dict[int, list[Assessment]] = {}
    for row in world.book.of(Assessment):
        key = (id(row.case), row.instrument)
        chains[key] = chains.get(key, 0) + 1
        waves.setdefault(chains[key], []).append(row)
    ratings: dict[int, list[ItemRating]] = {}
    for rating in world.book.take(ItemRating):
        ratings.setdefault(id(rating.assessment), []).append(rating)
    checks: dict[int, list[WordCheck]] = {}
    for check in world.book.take(WordCheck):
        checks.setdefault(id(check.assessment), []).append(check)
    world.book.take(Assessment)
    for _number, rows in sorted(waves.items()):
        wanted = [row.status for row in rows]
        for row in rows:
            row.status = AssessmentStatus.DRAFT
        Assessment.objects.bulk_create(rows, batch_size=BATCH)
        ItemRating.objects.bulk_create([r for row in rows for r in ratings.get(id(row), [])], batch_size=2 * BATCH)
        WordCheck.objects.bulk_create([c for row in rows for c in checks.get(id(row), [])], batch_size=BATCH)
        for row, status in zip(rows, wanted, strict=True):
            row.status = status
        for status in sorted(set(wanted) - {AssessmentStatus.DRAFT}):
            keys = [row.pk for row in rows if row.status == status]
            Assessment.objects.filter(pk__in=keys).update(status=status)
    return sum(len(rows) for rows in waves.values())


def gone_on_with(world: World, story: Story, instrument: InstrumentCode) -> History:
    """The chain of a case that was told before, where there is one."""
    history = History(world, story, instrument)
    history.last = next((r for r in reversed(story.assessments) if r.instrument == instrument), None)
    ratings = [r for r in world.book.of(ItemRating) if r.assessment is history.last]
    history.previous = {rating.item: rating.answer for rating in ratings}
    return history


def wait_for_decision(
    world: World,
    story: Story,
    instrument: InstrumentCode,
    wish: str,
    *,
    begun: int,
    due: int,
    history: History | None = None,
    **fields: Any,
) -> Assessment:
    """Submitted some days ago, and a task with the supervisor that is due in so many days."""
    if history is None:
        history = gone_on_with(world, story, instrument)
    row = history.add(world.clock.day(-begun), wish, status=AssessmentStatus.SUBMITTED, **fields)
    if row.differs_from_guidance:
        row.status = AssessmentStatus.AWAITING_APPROVAL
    open_task(
        world,
        story,
        TaskKind.APPROVAL,
        due_at=end_of(world.clock.day(due), story.unit.zone),
        opened_at=row.submitted_at or row.started_at,
        title=row.instrument,
        assignee=story.team.lead,
        section=Section.ASSESSMENT,
        source=_source(row, "approval"),
        path=f"/assessments/{row.code}/review/",
    )
    return row


def return_to_rater(world: World, story: Story, row: Assessment, comment: str, items: dict[str, str]) -> None:
    """A submitted assessment comes back with what is missing, and becomes a task."""
    at = world.clock.past(world.clock.at(world.clock.day(-1), 14, 20, story.unit.zone))
    row.status, row.version = AssessmentStatus.RETURNED, 3
    world.book.add(
        AssessmentReview(
            assessment=row,
            reviewer=story.team.lead,
            comment=comment,
            item_comments=items,
            submission=_frozen(world, row),
        ),
        at=at,
    )
    world.event(
        story,
        EventKind.ASSESSMENT_RETURNED,
        Section.ASSESSMENT,
        at,
        by=story.team.lead,
        summary=comment,
        path=f"/assessments/{row.code}/",
    )


def _frozen(world: World, row: Assessment) -> dict[str, Any]:
    """The submission as assessments.workflow keeps it beside the comment."""
    kept = ("first_band", "first_reason", "guidance_band", "guidance_fired", "guidance_provisional")
    kept += ("support_level", "final_band", "override_reason", "narratives")
    assert row.submitted_at is not None
    return {
        **{name: getattr(row, name) for name in kept},
        "submitted_at": row.submitted_at.isoformat(),
        "ratings": {
            rating.item: {
                "value": rating.answer,
                "evidence_note": rating.evidence_note,
                "sources": rating.sources,
                "confidence": rating.confidence,
            }
            for rating in world.book.of(ItemRating)
            if rating.assessment is row
        },
    }

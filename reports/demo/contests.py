"""Two participants who did not agree: one waits for the second rater, one contest has been decided."""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any

from accounts.models import Staff
from assessments.enums import AssessmentKind, AssessmentStatus, InstrumentCode, SecondCause, SecondOutcome
from assessments.models import Assessment, ItemRating, OwnView, SecondRating
from assessments.models.second import WITHIN
from assessments.workflow.second import PATIENCE, SHOWN
from cases.enums import EventKind, GrantSource, Section, TaskKind
from cases.models import CaseUserGrant
from cases.sentence import end_of
from reports.demo.book import with_code
from reports.demo.tale import Story, World
from reports.demo.work import open_task

DAY = dt.timedelta(days=1)
PURPOSE = "Menilai sebagai penilai kedua"
HEARD = "Saya sudah bilang, uang itu pinjaman dari kakak, bukan dari kelompok."
NOT_HEARD = "Yang bercerita tentang saya sudah lama tidak bertemu saya. Saya minta dinilai orang lain."
UPHELD = "Kedua penilai sampai pada pertimbangan yang sama; dua butir yang berbeda dibahas dan dicatat di rencana."


def tell(world: World) -> None:
    """After all assessments stand, and before they are written."""
    story = {story.case.code: story for story in world.stories}
    other = world.people["pk2.malang"]
    _waiting(world, story["H2VF-53KB"], other)
    _decided(world, story["Q8HM-32ZD"], other)


def _first(story: Story) -> Assessment:
    return next(row for row in reversed(story.assessments) if row.status == AssessmentStatus.FINAL)


def _at(world: World, story: Story, back: int, hour: int) -> dt.datetime:
    return world.clock.past(world.clock.at(world.clock.day(-back), hour, 10, story.unit.zone))


def _own_view(world: World, story: Story, first: Assessment, text: str, at: dt.datetime) -> None:
    first.participant_view = text
    world.book.add(
        OwnView(
            assessment=first,
            text=text,
            said_on=at.astimezone(story.unit.zone).date(),
            present="Petugas dan istri",
            recorded_by=story.by,
        ),
        at=at,
    )
    world.event(story, EventKind.OWN_VIEW, Section.ASSESSMENT, at, summary=first.instrument, path=_page(first))


def _page(row: Assessment) -> str:
    return f"/assessments/{row.code}/"


def _contest(
    world: World, story: Story, rater: Staff, code: str, *, received: int, named: int, ends: dt.datetime
) -> SecondRating:
    """The participant's words, the supervisor's choice, and what opens the case to the rater."""
    first, lead = _first(story), story.team.lead
    came, chosen = _at(world, story, received, 10), _at(world, story, named, 9)
    grant = CaseUserGrant(
        user=rater,
        permission=world.view,
        content_object=story.case,
        sections=[section.value for section in SHOWN],
        source=GrantSource.SHARING,
        lawful_basis=story.case.legal_basis,
        reason=PURPOSE,
        granted_by=lead,
        granted_at=chosen,
        starts_at=chosen,
        expires_at=ends,
    )
    world.book.add(grant, at=chosen)
    pair = with_code(
        SecondRating(
            case=story.case,
            first=first,
            instrument=first.instrument,
            cause=SecondCause.CONTEST,
            reason=NOT_HEARD,
            received_on=world.clock.day(-received),
            due_on=world.clock.day(-received) + WITHIN,
            asked_by=story.by,
            rater=rater,
            named_by=lead,
            named_at=chosen,
            grant=grant,
        ),
        code,
    )
    world.book.add(pair, at=came)
    path = f"/second-ratings/{pair.code}/"
    words = {"path": path, "summary": first.instrument}
    world.event(story, EventKind.ASSESSMENT_CONTESTED, Section.ASSESSMENT, came, **words)
    words["summary"] = rater.full_name
    world.event(story, EventKind.SECOND_NAMED, Section.ASSESSMENT, chosen, by=lead, **words)
    return pair


def _task(world: World, story: Story, pair: SecondRating, kind: TaskKind, notice: str, **fields: Any) -> None:
    open_task(
        world,
        story,
        kind,
        due_at=end_of(pair.due_on, story.unit.zone),
        title=pair.instrument,
        section=Section.ASSESSMENT,
        source=lambda: f"second:{pair.pk}:{notice}",
        path=f"/second-ratings/{pair.code}/",
        **fields,
    )


def _waiting(world: World, story: Story, rater: Staff) -> None:
    """Contested six days ago; another officer of the unit has eight days left."""
    first = _first(story)
    _own_view(world, story, first, HEARD, _at(world, story, 7, 11))
    ends = end_of(world.clock.day(-6) + WITHIN + PATIENCE, story.unit.zone)
    pair = _contest(world, story, rater, "C8NT-47KW", received=6, named=4, ends=ends)
    assert pair.named_at is not None
    _task(world, story, pair, TaskKind.SECOND_RATING, "rating", assignee=rater, opened_at=pair.named_at)


def _decided(world: World, story: Story, rater: Staff) -> None:
    """Contested a month ago, rated again within nine days, and upheld after both were read side by side."""
    first, lead = _first(story), story.team.lead
    rated, decided = _at(world, story, 18, 14), _at(world, story, 15, 10)
    pair = _contest(world, story, rater, "D5RB-92HQ", received=27, named=25, ends=decided)
    second = _second(world, first, rater, lead, _at(world, story, 20, 9), rated, decided)
    pair.second, pair.revealed_at = second, rated
    pair.outcome, pair.outcome_reason = SecondOutcome.UPHELD, UPHELD
    pair.decided_by, pair.decided_at = lead, decided
    pair.version = 4
    assert pair.grant is not None
    pair.grant.ended_by = lead
    words = {"path": f"/second-ratings/{pair.code}/", "summary": first.instrument}
    for kind, at, by in (
        (EventKind.ASSESSMENT_STARTED, second.started_at, rater),
        (EventKind.ASSESSMENT_SUBMITTED, rated, rater),
        (EventKind.SECOND_DECIDED, decided, lead),
    ):
        world.event(story, kind, Section.ASSESSMENT, at, by=by, **words)


def _second(
    world: World,
    first: Assessment,
    rater: Staff,
    lead: Staff,
    begun: dt.datetime,
    rated: dt.datetime,
    decided: dt.datetime,
) -> Assessment:
    """Another officer's answers: as the first's, but for two needs, which never change the judgement."""
    assert first.instrument == InstrumentCode.ADULT
    assert first.next_due is not None
    assert first.finalised_at is not None
    days = first.next_due - first.finalised_at.date()
    row = copy.copy(first)
    row._state = copy.copy(first._state)
    row.pk, row.kind, row.rater, row.approved_by = None, AssessmentKind.SECOND, rater, lead
    row.started_at, row.first_band_at, row.submitted_at, row.finalised_at = begun, rated, rated, decided
    row.next_due = decided.date() + days
    row.supersedes, row.participant_view = None, ""
    world.book.add(with_code(row, "G7VD-38MS"), at=begun)
    changed = 0
    for rating in [one for one in world.book.of(ItemRating) if one.assessment is first]:
        value = rating.value
        if changed < 2 and rating.item in ("D1", "E3", "F2", "F3") and value in ("1", "2"):
            value, changed = ("2" if value == "1" else "1"), changed + 1
        world.book.add(
            ItemRating(
                assessment=row,
                item=rating.item,
                value=value,
                evidence_note=rating.evidence_note,
                sources=rating.sources,
                confidence=rating.confidence,
            ),
            at=begun,
        )
    return row

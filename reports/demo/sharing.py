"""Files that are shared, a conference about a child, and two emergency accesses: one reviewed, one that waits."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.enums import JournalAction
from accounts.models import JournalEntry, Staff
from cases.enums import EventKind, GrantSource, LegalBasis, Section
from cases.enums.sharing import Reviewer, ReviewOutcome
from cases.models import BreakGlassReview, CaseConference, CaseGroupGrant, CaseUserGrant
from cases.models.grants import BREAK_GLASS_LASTS
from cases.policies import emergency
from reports.demo.tale import Story, World

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
EVENING = "Ibunya menelepon pukul sembilan malam: ada tamu yang mengancam, petugasnya tidak terjangkau."
SHELTER = "Datang ke Bapas Palu tanpa tempat tinggal dan minta pulang; petugas Malang tidak menjawab."


def open_to_others(world: World) -> list[tuple[CaseConference, Staff]]:
    """Everything; returns the members of conferences, who are linked once both have a key."""
    story = {story.case.code: story for story in world.stories}
    people, now = world.people, world.clock.now
    _share(
        world,
        story["H2VF-53KB"],
        people["peksos.handayani"],
        [Section.SUMMARY, Section.PLAN],
        "Anaknya tinggal di Sentra Handayani; rencana pulang disusun bersama.",
        begin=now - 20 * DAY,
        end=now + 70 * DAY,
    )
    _share(
        world,
        story["T9KD-77WE"],
        people.teams["bps-plu"],
        [Section.SUMMARY, Section.LEGAL, Section.SUPERVISION],
        "Bekerja di Palu tiga bulan; wajib lapor dititipkan.",
        begin=now - 9 * DAY,
        end=now + 81 * DAY,
    )
    _share(
        world,
        story["R3WD-87KA"],
        people["pendamping.bnpt"],
        [Section.SUMMARY, Section.NOTES],
        "Pendampingan usaha bersama.",
        begin=now - 60 * DAY,
        end=now - 10 * DAY,
        end_reason="Pendampingan selesai lebih awal.",
    )
    members = _conference(world, story["A4HT-72NC"], [people["pk.palu"]])
    _emergency(world, story["B7QN-43TS"], people["kabapas.palu"], now - 40 * DAY, SHELTER, reviewed=True)
    _emergency(world, story["Y5CW-68HF"], people["kabapas.palu"], now - 26 * HOUR, EVENING, reviewed=False)
    return members


def _share(
    world: World,
    story: Story,
    to: Any,
    sections: list[Section],
    purpose: str,
    *,
    begin: dt.datetime,
    end: dt.datetime,
    end_reason: str = "",
) -> None:
    lead = story.team.lead
    is_person = isinstance(to, Staff)
    fields = {
        **({"user": to} if is_person else {"group": to.unit.group}),
        **({"ended_by": lead, "end_reason": end_reason} if end_reason else {}),
    }
    model: Any = CaseUserGrant if is_person else CaseGroupGrant
    grant = model(
        **fields,
        permission=world.view,
        content_object=story.case,
        sections=[section.value for section in sections],
        source=GrantSource.SHARING,
        lawful_basis=LegalBasis.PUBLIC_DUTY,
        reason=purpose,
        granted_by=lead,
        granted_at=begin,
        starts_at=begin,
        expires_at=end,
    )
    world.book.add(grant, at=begin)
    name, path = to.full_name if is_person else to.unit.short_name, f"/cases/{story.case.code}/access/"
    world.event(story, EventKind.ACCESS_SHARED, Section.ACCESS, begin, by=lead, summary=name, path=path)
    if end_reason:
        words = f"{name}: {end_reason}"
        world.event(story, EventKind.ACCESS_ENDED, Section.ACCESS, end, by=lead, summary=words, path=path)


def _conference(world: World, story: Story, members: list[Staff]) -> list[tuple[CaseConference, Staff]]:
    lead, at = story.team.lead, world.clock.at(world.clock.day(-6), 10)
    conference = CaseConference(
        case=story.case, held_at=at, title="Kunjungan keluarga di Palu sebelum pulang", called_by=lead
    )
    world.book.add(conference, at=at)
    for member in members:
        world.book.add(
            CaseUserGrant(
                user=member,
                permission=world.view,
                content_object=story.case,
                conference=conference,
                sections=[Section.SUMMARY.value, Section.PLAN.value],
                source=GrantSource.CONFERENCE,
                lawful_basis=LegalBasis.PUBLIC_DUTY,
                reason=conference.title,
                granted_by=lead,
                granted_at=at,
                starts_at=at,
                expires_at=at + 60 * DAY,
            ),
            at=at,
        )
    world.event(story, EventKind.CONFERENCE, Section.ACCESS, at, by=lead, summary=conference.title)
    return [(conference, member) for member in members]


def _emergency(world: World, story: Story, by: Staff, at: dt.datetime, reason: str, *, reviewed: bool) -> None:
    grant = CaseUserGrant(
        user=by,
        permission=world.view,
        content_object=story.case,
        sections=[section.value for section in emergency.sections_opened()],
        source=GrantSource.BREAK_GLASS,
        lawful_basis=LegalBasis.VITAL_INTEREST,
        reason=reason,
        granted_by=by,
        granted_at=at,
        starts_at=at,
        expires_at=at + BREAK_GLASS_LASTS,
    )
    world.book.add(grant, at=at)
    path = f"/break-glass/{grant.code}/"
    world.event(story, EventKind.BREAK_GLASS, Section.ACCESS, at, by=by, summary=reason, path=path)
    _journal(world, JournalAction.BREAK_GLASS, by, at, story, f"{grant.code}: {reason}")
    if not reviewed:
        return
    found = (
        (Reviewer.SUPERVISOR, story.team.lead, 20, "Sudah dibicarakan dengan Palu; keadaannya memang mendesak."),
        (Reviewer.DPO, world.people["dpo"], 45, "Hanya ringkasan dan keluarga yang dibuka, sesuai alasannya."),
    )
    for role, reviewer, hours, comment in found:
        then = at + hours * HOUR
        outcome = ReviewOutcome.JUSTIFIED
        world.book.add(
            BreakGlassReview(grant=grant, reviewer_role=role, reviewer=reviewer, outcome=outcome, comment=comment),
            at=then,
        )
        world.event(story, EventKind.BREAK_GLASS_REVIEWED, Section.ACCESS, then, by=reviewer, path=path)
        _journal(world, JournalAction.BREAK_GLASS_REVIEWED, reviewer, then, story, f"{grant.code}: {outcome.value}")


def _journal(world: World, action: JournalAction, by: Staff, at: dt.datetime, story: Story, detail: str) -> None:
    world.book.add(
        JournalEntry(
            at=at, actor=by, role=by.role, unit=by.unit, action=action, object_code=story.case.code, detail=detail
        ),
        at=at,
    )

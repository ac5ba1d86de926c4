"""Two rows that are one person become one, and can become two again (D §7, docs/decisions/0016).

Files keep their numbers and everything in them; what moves is whose they are. Nothing is destroyed: the duplicate's
row stays as it was, and the keys of all that moved are written down, so that exactly this goes back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.enums import JournalAction
from accounts.models import Staff
from accounts.workflow import write_journal
from cases.enums import EventKind, Section, TaskKind
from cases.enums.merging import UNMERGE, PairStatus
from cases.models import Address, CaseFile, ConflictDeclaration, HouseholdMember, Participant, PersonPair
from cases.models.merging import NIK, TRAITS, Trait, joined_aliases
from cases.policies import merging as rules
from cases.workflow.apart import hold, separate
from cases.workflow.events import record
from cases.workflow.person import become_child_again, drop_age_decision, keep_child_files
from cases.workflow.tasks import ask_supervisor
from cases.workflow.ties import keep_ties
from core.acting import beyond_own_sight
from core.workflow import Blocker, TransitionError, lock, lock_version, move

ALIASES = "aliases"
WORKDAYS_TO_CHECK = 5
# Every table whose rows hang on a person, in words; tests/cases/test_merging.py compares it with the models.
MOVING: dict[type[models.Model], str | Promise] = {
    CaseFile: _("Berkas"),
    Address: _("Alamat"),
    HouseholdMember: _("Keanggotaan rumah tangga"),
    ConflictDeclaration: _("Pernyataan hubungan"),
}


def merge_blockers(kept: Participant, duplicate: Participant, *, by: Staff) -> list[Blocker]:
    """Why these two rows cannot become one now; of a file that ``by`` may not see never which, or why."""
    people = [kept, duplicate]
    known = _files_in_the_way(kept, list(rules.files_for(by).filter(participant__in=people)))
    with beyond_own_sight():  # files of other agencies and sealed ones count
        hidden = not known and _files_in_the_way(kept, list(CaseFile.objects.filter(participant__in=people)))
    if hidden:
        known = [Blocker(_("Belum dapat digabung. Tanyakan kepada pejabat pelindungan data."))]
    return [*_not_one_person(kept, duplicate), *known]


def _not_one_person(kept: Participant, duplicate: Participant) -> list[Blocker]:
    if NIK.is_empty(kept) or NIK.is_empty(duplicate) or NIK.of(kept) == NIK.of(duplicate):
        return []
    return [Blocker(_("NIK keduanya berbeda: ini dua orang. Bila salah ketik, petugas kasus memperbaikinya dahulu."))]


def _files_in_the_way(kept: Participant, cases: list[CaseFile]) -> list[Blocker]:
    found = []
    if len({case.is_victim_file for case in cases}) > 1:
        found.append(Blocker(_("Berkas penyintas tidak digabung dengan berkas lain, demi keamanannya.")))
    if any(case.restricted_at for case in cases):
        found.append(Blocker(_("Pemrosesan data salah satunya dibatasi atas permintaan peserta.")))
    kinds = [
        {
            (case.case_type, case.lead_agency_id)
            for case in cases
            if (case.participant_id == kept.pk) is of_kept and case.is_open
        }
        for of_kept in (True, False)
    ]
    if kinds[0] & kinds[1]:
        found.append(
            Blocker(
                _(
                    "Keduanya punya kasus terbuka dengan jenis yang sama. Pengawas menutup salah satunya dahulu, "
                    "dengan alasan “Berkas ganda”."
                )
            )
        )
    return found


@transaction.atomic
def merge_people(
    kept: Participant,
    duplicate: Participant,
    *,
    by: Staff,
    versions: tuple[int, int],
    take: Collection[str],
    reason: str,
) -> PersonPair:
    """Give everything of ``duplicate`` to ``kept``. ``take``: names of the TRAITS for which the duplicate is right.

    What ``kept`` lacks is filled in; names are joined. ``versions``: those of the page on which it was decided;
    StaleError if one of the rows has moved on.
    """
    rules.require_merging(by)
    hold([kept.pk, duplicate.pk])
    # Asked by many at once, the second finds what the first has done.
    if (pair := PersonPair.objects.merged().filter(kept=kept, duplicate=duplicate).first()) is not None:
        return pair
    for person in (kept, duplicate):
        rules.require_person(by, person)
    _need(reason)
    kept, duplicate = lock_version(kept, versions[0]), lock_version(duplicate, versions[1])
    # A form about the duplicate that is open somewhere is old from now on, whatever number it carries.
    kept.version = max(kept.version, duplicate.version)
    if blockers := merge_blockers(kept, duplicate, by=by):
        raise TransitionError(_("Data kedua orang ini belum dapat digabung."), blockers)
    with beyond_own_sight():  # every file, whoever leads it
        both = CaseFile.objects.filter(participant__in=[kept, duplicate]).order_by("pk")
        cases = list(both.select_for_update(of=("self",)))
        pair = PersonPair(
            kept=kept,
            duplicate=duplicate,
            status=PairStatus.MERGED,
            reason=reason.strip(),
            kept_was=_newest_line(kept),
            decided_by=by,
        )
        of_adults = _of_adults(cases, kept, duplicate)
        pair.taken = _take(kept, duplicate, take)
        _decide_age_anew(kept, duplicate, by=by)
        kept.save()
        pair.ended = _leave_second_home(kept, duplicate)
        pair.moved = _move_all(duplicate, kept)
        pair.save()
    keep_child_files(kept)
    _ask_again(of_adults, by=by)
    keep_ties(kept.pk)
    _tell(pair, cases, by=by, kind=EventKind.PERSON_MERGED)
    write_journal(JournalAction.PEOPLE_MERGED, by=by, object_code=kept.code, detail=duplicate.code)
    return pair


@transaction.atomic
def keep_apart(first: Participant, second: Participant, *, by: Staff, reason: str) -> PersonPair:
    """Write down that these are two people, so that nobody is asked again."""
    rules.require_merging(by)
    for person in (first, second):
        rules.require_person(by, person)
    _need(reason)
    hold([first.pk, second.pk])
    known = PersonPair.objects.filter(kept__in=[first, second], duplicate__in=[first, second], status="distinct")
    return known.first() or PersonPair.objects.create(
        kept=first, duplicate=second, status=PairStatus.DISTINCT, reason=reason.strip(), decided_by=by
    )


@transaction.atomic
def unmerge_people(pair: PersonPair, *, by: Staff, reason: str) -> PersonPair:
    """Give back to the duplicate what came from it. What was written since the merge stays with the person kept."""
    rules.require_merging(by)
    if not rules.pairs_for(by).filter(pk=pair.pk).exists():
        raise PermissionDenied
    hold([pair.kept_id, pair.duplicate_id])
    pair = lock(pair)
    _need(reason)
    _newest_first(pair)
    move(pair, UNMERGE)
    kept, duplicate = lock(pair.kept), pair.duplicate
    with beyond_own_sight():
        cases = list(CaseFile.objects.select_for_update(of=("self",)).filter(participant=kept).order_by("pk"))
        if {case.pk for case in cases} <= set(pair.moved.get(CaseFile._meta.label_lower, [])):
            raise TransitionError(_("Tidak ada lagi berkas yang tinggal pada orang pertama."))
        of_adults = _of_adults(cases, kept, duplicate)
        _give_back(kept, duplicate, pair, by=by)
        _move_back(pair)
        _copy_ties(pair)
    pair.undone_by, pair.undone_at, pair.undo_reason = by, timezone.now(), reason.strip()
    pair.save()
    for person in (kept, duplicate):
        keep_child_files(person)
        keep_ties(person.pk)
    _ask_again(of_adults, by=by)
    _tell(pair, cases, by=by, kind=EventKind.PERSON_UNMERGED)
    write_journal(JournalAction.PEOPLE_UNMERGED, by=by, object_code=kept.code, detail=duplicate.code)
    return pair


def _decide_age_anew(kept: Participant, duplicate: Participant, *, by: Staff) -> None:
    """A decision that one of the two is an adult was made without knowing of the other: it makes nobody an adult."""
    drop_age_decision(kept, by=by)
    if drop_age_decision(duplicate, by=by):
        duplicate.save()


def _of_adults(cases: Iterable[CaseFile], *people: Participant) -> list[int]:
    """Keys of the files whose person counts as an adult before anything is moved."""
    adults = {person.pk for person in people if not person.is_child}
    return [case.pk for case in cases if case.participant_id in adults]


def _ask_again(of_adults: Collection[int], *, by: Staff) -> None:
    """What follows in files of adults that are a child's from now on."""
    with beyond_own_sight():
        files = CaseFile.objects.filter(pk__in=of_adults).select_related("participant").order_by("pk")
        become_child_again([case for case in files if case.participant.is_child], by=by)


def _need(reason: str) -> None:
    if not reason.strip():
        raise TransitionError(_("Tulis alasannya."))


def _newest_line(person: Participant) -> int:
    """The key of the history's newest row: the person as of now."""
    history = Participant.pgh_event_model  # type: ignore[attr-defined]
    return int(history.objects.filter(pgh_obj=person.pk).order_by("-pgh_id").values_list("pgh_id", flat=True)[0])


def _take(kept: Participant, duplicate: Participant, wanted: Collection[str]) -> list[str]:
    """Fill ``kept`` from ``duplicate``; names of what was taken."""
    before = joined_aliases(kept, duplicate, duplicate.full_name if "full_name" in wanted else kept.full_name)
    taken = []
    for trait in TRAITS:
        if trait.is_empty(duplicate) or trait.of(kept) == trait.of(duplicate):
            continue
        if trait.name in wanted or trait.is_empty(kept):
            _copy(trait, duplicate, kept)
            taken.append(trait.name)
    if before != kept.aliases:
        kept.aliases = before
        taken.append(ALIASES)
    return taken


def _copy(trait: Trait, source: Any, to: Participant) -> None:
    if trait is NIK:
        to.nik = source.nik  # sealed anew: it is bound to its row
        return
    for name in trait.fields:
        setattr(to, name, getattr(source, name))


def _leave_second_home(kept: Participant, duplicate: Participant) -> list[int]:
    """A person lives in one household: that of the row kept, where both have one."""
    homes = HouseholdMember.objects.present()
    if not homes.filter(participant=kept).exists():
        return []
    ended = []
    for member in homes.filter(participant=duplicate):
        member.left_on = max(timezone.localdate(), member.joined_on)
        member.version += 1
        member.save()
        ended.append(member.pk)
    return ended


def _move_all(source: Participant, to: Participant) -> dict[str, list[int]]:
    moved = {}
    for model in MOVING:
        rows = model._default_manager.filter(participant=source)
        if model is ConflictDeclaration:  # who is related to both is so once; the other declaration waits here
            known = ConflictDeclaration.objects.standing().filter(participant=to)
            rows = rows.exclude(ended_at=None, staff__in=known.values("staff"))
        keys = sorted(rows.values_list("pk", flat=True))
        if keys:
            model._default_manager.filter(pk__in=keys).update(participant=to)
            moved[model._meta.label_lower] = keys
    return moved


def _newest_first(pair: PersonPair) -> None:
    """Merges into one person come apart in the reverse of the order in which they were made."""
    later = PersonPair.objects.merged().filter(kept=pair.kept_id, pk__gt=pair.pk)
    newest = later.order_by("-pk").first()
    if newest is not None:
        raise TransitionError(
            _("Orang ini digabung lagi sesudahnya. Pisahkan dahulu penggabungan %(code)s.") % {"code": newest.code}
        )


def _give_back(kept: Participant, duplicate: Participant, pair: PersonPair, *, by: Staff) -> None:
    """The fields that were taken become what they were, but for those that somebody has corrected meanwhile."""
    was = Participant.pgh_event_model.objects.get(pgh_id=pair.kept_was)  # type: ignore[attr-defined]
    if ALIASES in pair.taken:
        name = duplicate.full_name if "full_name" in pair.taken else was.full_name
        if kept.aliases == joined_aliases(was, duplicate, name):
            kept.aliases = was.aliases
    for trait in TRAITS:
        if trait.name not in pair.taken or trait.of(kept) != trait.of(duplicate):
            continue
        if trait is NIK:
            kept.nik, kept.nik_status = "", was.nik_status
        else:
            _copy(trait, was, kept)
    drop_age_decision(kept, by=by)  # of the one person they were held to be
    kept.version += 1
    kept.save()


def _move_back(pair: PersonPair) -> None:
    for model in MOVING:
        keys = pair.moved.get(model._meta.label_lower, [])
        model._default_manager.filter(pk__in=keys, participant=pair.kept_id).update(participant=pair.duplicate_id)
    for member in HouseholdMember.objects.filter(pk__in=pair.ended):
        member.left_on = None
        member.version += 1
        member.save()


def _copy_ties(pair: PersonPair) -> None:
    """Who said meanwhile that they are related is so to both, until a supervisor decides: a tie never gets weaker."""
    theirs = ConflictDeclaration.objects.standing().filter(participant=pair.duplicate_id)
    since = ConflictDeclaration.objects.standing().filter(participant=pair.kept_id, declared_at__gt=pair.decided_at)
    case = CaseFile.objects.filter(participant=pair.duplicate_id).order_by("pk").first()
    if case is None:
        return
    for tie in since.exclude(staff__in=theirs.values("staff")):
        ConflictDeclaration.objects.create(
            staff=tie.staff,
            participant_id=pair.duplicate_id,
            case=case,
            kind=tie.kind,
            note=tie.note,
            declared_at=tie.declared_at,
            declared_by=tie.declared_by,
        )


def _tell(pair: PersonPair, cases: list[CaseFile], *, by: Staff, kind: EventKind) -> None:
    """A line in every file, and a task for each unit's supervisor: whoever works with the person must know."""
    told = set()
    for case in cases:
        with beyond_own_sight():
            case.refresh_from_db()
        record(case, kind, by=by, section=Section.IDENTITY, summary=pair.code)
        separate(case, by=by)
        if case.lead_unit_id in told or not case.is_open:
            continue
        told.add(case.lead_unit_id)
        ask_supervisor(
            case,
            TaskKind.MERGED,
            by=by,
            workdays=WORKDAYS_TO_CHECK,
            section=Section.IDENTITY,
            source=f"{kind}:{pair.pk}:{case.lead_unit_id}",
            path=f"/cases/{case.code}/identity/",
        )

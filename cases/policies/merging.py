"""Whose rows a data admin may compare and merge: people with a file in the own agency, and nobody else (D §3.5).

Rows of two agencies stay two: each agency knows its own people, and a match between them is told to supervisors alone
(cases.workflow.matching, docs/decisions/0016).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Staff
from cases import policies
from cases.enums import Section
from cases.models import CaseFile, Participant, PersonPair
from cases.models.merging import NIK, PersonPairQuerySet
from cases.policies.protection import within_reach

# Pairs that one page looks at; what is decided leaves the list and makes room.
PAIRS_READ = 50


def require_merging(user: Staff) -> None:
    if not user.is_active or user.role != Role.DATA_ADMIN:
        raise PermissionDenied(_("Data ganda digabung oleh admin data instansi."))


def files_for(user: Staff) -> QuerySet[CaseFile]:
    """Files through which ``user`` compares people; sealed ones and those of relatives are not among them."""
    if user.role != Role.DATA_ADMIN:
        return CaseFile.objects.none()
    return policies.cases_for(user, section=Section.IDENTITY).filter(within_reach(user))


def people_for(user: Staff) -> QuerySet[Participant]:
    return Participant.objects.filter(pk__in=files_for(user).values("participant"))


def people_seen_by(user: Staff) -> QuerySet[Participant]:
    """Those, and the rows that were merged into theirs."""
    duplicates = PersonPair.objects.merged().filter(kept__in=people_for(user)).values("duplicate")
    return people_for(user) | Participant.objects.filter(pk__in=duplicates)


def require_person(user: Staff, person: Participant) -> None:
    if not people_for(user).filter(pk=person.pk).exists():
        raise PermissionDenied


def pairs_for(user: Staff) -> PersonPairQuerySet:
    """Decisions about people of the own agency; of a merge of a merge only the upper one, until it is undone."""
    return PersonPair.objects.filter(kept__in=people_for(user))


def likely_pairs(user: Staff, *, victims: bool = False) -> list[tuple[Participant, Participant]]:
    """People with one NIK, then people of one folded name and one year of birth; without those decided on before.

    Survivors are compared with survivors alone, and never stand beside others (ET-15).
    """
    survivors = files_for(user).filter(is_victim_file=True).values("participant")
    people = people_for(user).filter(pk__in=survivors) if victims else people_for(user).exclude(pk__in=survivors)
    decided = {
        frozenset(pair) for pair in PersonPair.objects.filter(kept__in=people).values_list("kept_id", "duplicate_id")
    }
    found: dict[frozenset[int], tuple[Participant, Participant]] = {}
    for first, second in [*_of_one_nik(people), *_of_one_name(people)]:
        key = frozenset({first.pk, second.pk})
        if key not in decided and not _numbers_differ(first, second):
            found.setdefault(key, (first, second))
    return list(found.values())[:PAIRS_READ]


def _of_one_nik(people: QuerySet[Participant]) -> Iterator[tuple[Participant, Participant]]:
    known = people.exclude(nik_index="")
    twice = known.values("nik_index").annotate(many=Count("pk")).filter(many__gt=1).values("nik_index")
    return _pairs(known.filter(nik_index__in=twice).order_by("nik_index", "pk"), "nik_index")


def _of_one_name(people: QuerySet[Participant]) -> Iterator[tuple[Participant, Participant]]:
    dated = people.filter(birth_date__isnull=False)
    twice = dated.values("name_key").annotate(many=Count("pk")).filter(many__gt=1).values("name_key")
    for first, second in _pairs(dated.filter(name_key__in=twice).order_by("name_key", "pk"), "name_key"):
        if first.birth_date and second.birth_date and abs(first.birth_date.year - second.birth_date.year) <= 1:
            yield first, second


def _pairs(people: QuerySet[Participant], by: str) -> Iterator[tuple[Participant, Participant]]:
    groups: dict[str, list[Participant]] = defaultdict(list)
    for person in people[: PAIRS_READ * 4]:
        groups[getattr(person, by)].append(person)
    for group in groups.values():
        yield from combinations(group, 2)


def _numbers_differ(first: Participant, second: Participant) -> bool:
    """Two known numbers tell two people apart, whatever their names."""
    return not NIK.is_empty(first) and not NIK.is_empty(second) and NIK.of(first) != NIK.of(second)

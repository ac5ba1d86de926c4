"""Who may be the same person, and how much is told of that one: own cases in full, others by their unit (I-21)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import Staff, Unit
from cases.enums import Section
from cases.folding import fold
from cases.models import CaseFile, Participant
from cases.models.casefile import named_like
from cases.models.participant import nik_index
from cases.policies import cases_for, cases_in_sight, has_cases
from cases.policies.protection import within_reach
from core.acting import beyond_own_sight

MATCHES_READ = 100


@dataclass(frozen=True)
class Matches:
    """What intake may say about people of a similar name: own cases in full, others only by their unit (I-21)."""

    cases: list[CaseFile]
    units: list[Unit]

    def __bool__(self) -> bool:
        return bool(self.cases or self.units)


@dataclass(frozen=True)
class Sought:
    """Who is looked for at intake. The number alone is enough to be the same person; two numbers tell two apart."""

    name: str
    birth_year: int | None = None
    mother: str = ""
    nik: str = ""

    def among(self, cases: QuerySet[CaseFile]) -> list[CaseFile]:
        """Cases of people who may be the same: the number, or all words of the name, the birth year give or take one,
        and the mother's name where both are known."""
        found: dict[int, CaseFile] = {}
        if self.nik:
            numbered = cases.filter(participant__nik_index=nik_index(self.nik))
            found |= {case.pk: case for case in numbered.order_by("pk")[:MATCHES_READ]}
        if words := fold(self.name).split():
            named = cases.filter(named_like(words))
            if self.birth_year is not None:
                years = (self.birth_year - 1, self.birth_year + 1)
                near = Q(participant__birth_date__year__range=years) | Q(participant__birth_date__isnull=True)
                named = named.filter(near)
            alike = named.order_by("participant__full_name", "pk")[:MATCHES_READ]
            found |= {case.pk: case for case in alike if self._may_be(case.participant)}
        return list(found.values())

    def _may_be(self, person: Participant) -> bool:
        """Two known numbers, or two known mothers' names, that differ tell people apart; one alone says nothing."""
        if self.nik and person.nik_index:
            return person.nik_index == nik_index(self.nik)
        mother = fold(self.mother)
        return not mother or not person.mother_name or fold(person.mother_name) == mother


def possible_matches(user: Staff, sought: Sought) -> Matches:
    """What intake may say of cases whose people may be the one who is ``sought``.

    What ``user`` may see is listed. Of the rest only the unit is named, and only inside the own agency: another
    agency's search finds nothing (ET-3).
    """
    cases = CaseFile.objects.select_related("participant", "lead_unit")
    in_sight = cases_in_sight(user).filter(sealed_at__isnull=True)
    visible = sought.among(cases.filter(pk__in=in_sight.values("pk")))
    known = [case.participant_id for case in visible]
    with beyond_own_sight():
        hidden = sought.among(cases.filter(lead_agency=user.unit.agency_id).exclude(participant__in=known))
    units = sorted({case.lead_unit for case in hidden}, key=lambda unit: unit.short_name)
    return Matches(visible, units)


def may_find_by_nik(user: Staff) -> bool:
    """Whoever has a list of cases and may read in them who somebody is."""
    return has_cases(user) and has_cases(user, section=Section.IDENTITY)


def cases_with_nik(user: Staff, nik: str) -> QuerySet[CaseFile]:
    """Cases of the person with this number, for whoever may read who somebody is: a summary is not enough."""
    cases = cases_for(user, section=Section.IDENTITY)
    return cases.filter(within_reach(user), participant__nik_index=nik_index(nik))

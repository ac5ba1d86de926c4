"""How a case moves through its stages, and what the agencies call them (D §3.3)."""

from __future__ import annotations

import datetime as dt
from random import Random

from cases.enums import AtensiPhase, CaseStatus, DeradStage, ProbationStage

S = CaseStatus
# What the agencies call each stage of the one map (D §3.3).
DERAD = {
    S.ASSESSING: DeradStage.IDENTIFICATION,
    S.PLANNING: DeradStage.IDENTIFICATION,
    S.INTERVENING: DeradStage.REHABILITATION,
    S.TRANSITION: DeradStage.REINTEGRATION,
    S.AFTERCARE: DeradStage.REINTEGRATION,
}
PROBATION = {
    S.PLANNING: ProbationStage.INITIAL,
    S.INTERVENING: ProbationStage.INITIAL,
    S.TRANSITION: ProbationStage.FINAL,
    S.AFTERCARE: ProbationStage.FINAL,
}
ATENSI = {
    S.ASSESSING: AtensiPhase.ASSESSMENT,
    S.PLANNING: AtensiPhase.PLANNING,
    S.INTERVENING: AtensiPhase.IMPLEMENTATION,
    S.TRANSITION: AtensiPhase.TERMINATION,
    S.AFTERCARE: AtensiPhase.AFTERCARE,
}
# How much of such a life lies before the stage that it is in today.
SHARES = {S.ASSESSING: 0.0, S.PLANNING: 0.5, S.INTERVENING: 0.22, S.TRANSITION: 0.8, S.AFTERCARE: 0.88}
# Shortest and longest time in each stage, in days.
LENGTHS = (
    (S.ASSESSING, 18, 40),
    (S.PLANNING, 12, 32),
    (S.INTERVENING, 170, 400),
    (S.TRANSITION, 45, 100),
    (S.AFTERCARE, 60, 150),
)


def walk(opened: dt.date, until: dt.date, stream: Random, *, closes: bool) -> list[tuple[CaseStatus, dt.date]]:
    """The stages of a life that began on ``opened``: closed on ``until``, or somewhere on the way on that day."""
    lengths = [(status, stream.randint(least, most)) for status, least, most in LENGTHS]
    total, age = sum(days for _status, days in lengths), (until - opened).days
    if closes:
        lengths = [(status, max(1, int(days * age / total))) for status, days in lengths]
    elif total <= age:
        lengths = _longer(lengths, age, stream)
    stages, day = [], opened
    for status, days in lengths:
        if day > until or (closes and day >= until):
            break
        stages.append((status, day))
        day += dt.timedelta(days=days)
    if closes:
        stages.append((S.CLOSED, until))
    return stages


def _longer(lengths: list[tuple[CaseStatus, int]], age: int, stream: Random) -> list[tuple[CaseStatus, int]]:
    """The same life with more time in service: after ``age`` days it has come to one of its last three stages."""
    now = stream.choices([S.INTERVENING, S.TRANSITION, S.AFTERCARE], [62, 19, 19])[0]
    days = dict(lengths)
    spent = 0 if now == S.INTERVENING else stream.randint(4, days[now] - 4)
    others = sum(days[status] for status in (S.ASSESSING, S.PLANNING))
    others += days[S.TRANSITION] if now == S.AFTERCARE else 0
    days[S.INTERVENING] = age - others - spent + (100 if now == S.INTERVENING else 0)
    return list(days.items())


def walk_to(
    status: CaseStatus, opened: dt.date, today: dt.date, stream: Random, share: float | None = None
) -> list[tuple[CaseStatus, dt.date]]:
    """The stages of a life that is in ``status`` today, for a case whose end the story already knows."""
    names = [name for name, _least, _most in LENGTHS]
    share = SHARES[status] if share is None else share
    before = LENGTHS[: names.index(status)]
    age = (today - opened).days
    total = sum(most for _name, _least, most in before) or 1
    stages, day = [], opened
    for name, _least, most in before:
        stages.append((name, day))
        day += dt.timedelta(days=max(1, int(most / total * age * share)))
    return [*stages, (status, min(day, today))]

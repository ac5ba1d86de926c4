"""I-26, ET-1: a band changes no status, stage, access or plan. The whole database is compared, not a list of tables.

Every table that PostgreSQL has, its histories included, is read before the rater submits, after that, and after a
supervisor made the assessment final; both happen on their pages, as in real work. What may differ is named here with
its reason: a table that somebody adds tomorrow is compared without anybody thinking of it.
"""

import json

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from assessments.enums import AssessmentStatus, Band, InstrumentCode
from assessments.models import Assessment
from tests.assessments.filling import (
    REASON,
    adult_case,
    begin,
    calm_band,
    child_case,
    family_case,
    fill,
    finalised,
    judged,
)

pytestmark = pytest.mark.django_db

ASSESSMENT, RATING, CASE = "assessments_assessment", "assessments_itemrating", "cases_casefile"
ALLOWED = {
    ASSESSMENT: "the assessment, and the one whose place it takes (compared below)",
    RATING: "what the final one before said, beside each answer, at submission (compared below)",
    CASE: "the day of the nearest task, by which lists are sorted (compared below)",
    "cases_task": "the supervisor's decision, the next assessment",
    "cases_caseevent": "the timeline",
    "accounts_journalentry": "the journal of who opened what",
    "accounts_journallink": "the journal's chain",
    "pghistory_context": "who did it, for the histories",
    "django_session": "both people work in a session",
    "assessments_assessmentevent": "history",
    "assessments_itemratingevent": "history",
    "cases_taskevent": "history",
    "cases_casefileevent": "history",
}
# The only columns of a case that may differ: no status, stage, team, access, nor anything else.
SORTED_BY = {"next_due_on"}
# What each status and each step of the rater or supervisor writes into the assessment, beside its moments.
SUBMITTED = {"status", "final_band", "override_reason", "guidance_band", "guidance_fired", "guidance_provisional"}
SUBMITTED |= {"support_level", "submitted_at", "version", "updated_at"}
FINAL = {"status", "approved_by_id", "finalised_at", "next_due", "supersedes_id", "version", "updated_at"}
SUPERSEDED = {"status", "ended_at", "version", "updated_at"}

ADULT, CHILD, FAMILY = InstrumentCode.ADULT, InstrumentCode.CHILD, InstrumentCode.FAMILY
NEEDED = dict.fromkeys(["D1", "D2"], 3)
# Instrument, kind of case, answers that are not calm, guidance that they give, final judgement (its own where empty).
BANDS = [
    (ADULT, adult_case, {}, "hijau", ""),
    (ADULT, adult_case, {"A1": 3}, "kuning", ""),
    (ADULT, adult_case, {"A4": 3, "C2": 3}, "merah", ""),
    (ADULT, adult_case, {"A4": "unknown"}, "belum_cukup", "kuning"),
    (ADULT, adult_case, {}, "hijau", "merah"),
    (ADULT, adult_case, {"A4": 3}, "merah", "hijau"),
    (ADULT, family_case, {}, "", "rendah"),
    (ADULT, family_case, {"D1": 3}, "", "sedang"),
    (ADULT, family_case, NEEDED, "", "tinggi"),
    (ADULT, family_case, {"D4": "unknown"}, "", "belum_cukup"),
    (CHILD, child_case, {}, "dukungan_rutin", ""),
    (CHILD, child_case, {"A2": 1}, "dukungan_tambahan", ""),
    (CHILD, child_case, {"A2": 0}, "dukungan_intensif", ""),
    (CHILD, child_case, {"A1": "unknown"}, "belum_cukup", "dukungan_intensif"),
    (CHILD, child_case, {"A2": 0}, "dukungan_intensif", "dukungan_rutin"),
    (FAMILY, adult_case, {}, "siap", ""),
    (FAMILY, adult_case, {"A3": 1}, "siap_dengan_dukungan", ""),
    (FAMILY, adult_case, {"D1": 0}, "belum_siap", ""),
    (FAMILY, child_case, {"A3": "unknown"}, "belum_cukup", "belum_siap"),
    (FAMILY, adult_case, {"A1": 0}, "belum_siap", "siap"),
]


def contents():
    """Table -> its rows, as PostgreSQL itself writes them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        )
        tables = [name for (name,) in cursor.fetchall()]
        found = {}
        for table in tables:
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t ORDER BY 1')
            found[table] = [row for (row,) in cursor.fetchall()]
    return found


def rows_of(found, table):
    return {row["id"]: row for row in map(json.loads, found[table])}


def differing(before, after, table):
    """Key -> the columns that differ; a row that is new or gone differs in all."""
    old, new = rows_of(before, table), rows_of(after, table)
    pairs = {key: (old.get(key, {}), new.get(key, {})) for key in old.keys() | new.keys()}
    return {
        key: {column for column in was | now if was.get(column) != now.get(column)}
        for key, (was, now) in pairs.items()
        if was != now
    }


def changed(before, after):
    return {table for table in before.keys() | after.keys() if before.get(table) != after.get(table)}


def require_nothing_else(before, after, case):
    assert changed(before, after) <= ALLOWED.keys()
    assert differing(before, after, CASE).keys() <= {case.pk}
    assert all(columns <= SORTED_BY for columns in differing(before, after, CASE).values())


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def press(client, name, assessment, **data):
    answer = client.post(reverse(f"assessments:{name}", args=[assessment.code]), data)
    assert answer.status_code == 302, answer.content.decode()[:2_000]
    assessment.refresh_from_db()


def people(cast, make):
    if make is child_case:
        return cast.other_agency, cast.other_agency_supervisor
    return cast.worker, cast.supervisor


@pytest.mark.parametrize(
    ("instrument", "make", "values", "guidance", "final"),
    BANDS,
    ids=[f"{code}-{make.__name__}-{guidance}-{final}" for code, make, _, guidance, final in BANDS],
)
def test_submitting_and_finalising_change_nothing_but_what_is_named(cast, instrument, make, values, guidance, final):
    worker, supervisor = people(cast, make)
    case = make(worker)
    former = finalised(case, worker, supervisor, instrument)
    draft = begin(case, worker, instrument)
    fill(draft, **values)
    judged(draft, final if final in Band.values and draft.has_bands else guidance)
    draft.refresh_from_db()
    chosen = {"final_band": final or guidance, "override_reason": REASON} if draft.has_bands else {}

    rater, decider = signed_in(worker), signed_in(supervisor)
    before = contents()
    press(rater, "guidance", draft, version=draft.version, pendapat_peserta="Saya setuju.", **chosen)
    middle = contents()
    press(decider, "finalise", draft)
    after = contents()

    assert draft.status == AssessmentStatus.FINAL
    assert draft.guidance_band == guidance
    assert (draft.final_band or draft.support_level) == (final or guidance)
    require_nothing_else(before, middle, case)
    require_nothing_else(middle, after, case)
    moved = differing(before, middle, ASSESSMENT)
    assert moved.keys() == {draft.pk}
    assert moved[draft.pk] <= SUBMITTED | {"narratives"}  # the participant's own view stands on that page
    ratings = rows_of(after, RATING)
    for key, columns in differing(before, middle, RATING).items():
        assert ratings[key]["assessment_id"] == draft.pk
        assert columns <= {"previous_value", "updated_at"}
    moved = differing(middle, after, ASSESSMENT)
    assert moved.keys() == {draft.pk, former.pk}
    assert moved[draft.pk] <= FINAL
    assert moved[former.pk] <= SUPERSEDED
    assert differing(middle, after, RATING) == {}


def test_every_band_and_level_is_among_them():
    reached = {final or guidance for _, _, _, guidance, final in BANDS} | {guidance for _, _, _, guidance, _ in BANDS}
    assert reached >= set(Band.values) | {"rendah", "sedang", "tinggi"}


def test_a_change_that_nobody_has_named_is_seen(cast):
    """The comparison itself: a stage that moves, and a grant, both fail."""
    case = adult_case(cast.worker)
    before = contents()
    type(case).objects.filter(pk=case.pk).update(derad_stage="rehabilitasi")
    with pytest.raises(AssertionError):
        require_nothing_else(before, contents(), case)
    middle = contents()
    finalised(adult_case(cast.worker), cast.worker, cast.supervisor)
    with pytest.raises(AssertionError):
        require_nothing_else(middle, contents(), case)
    assert Assessment.objects.count() == 1


@pytest.mark.parametrize("band", ["hijau", "merah"])
def test_the_tasks_of_both_bands_are_the_same(cast, band):
    """No task opens because of a band: the two that come are the decision and the next assessment."""
    case = adult_case(cast.worker)
    draft = judged(fill(begin(case, cast.worker)), band)
    draft.refresh_from_db()
    had = rows_of(contents(), "cases_task").keys()
    chosen = {"final_band": band, "override_reason": REASON}
    press(signed_in(cast.worker), "guidance", draft, version=draft.version, pendapat_peserta="Setuju.", **chosen)
    press(signed_in(cast.supervisor), "finalise", draft)
    opened = [row["kind"] for key, row in rows_of(contents(), "cases_task").items() if key not in had]
    assert sorted(opened) == ["approval", "assessment"]
    assert calm_band(draft) == "hijau"

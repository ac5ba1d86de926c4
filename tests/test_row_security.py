"""The second lock: with every filter of the application gone, the database still shows each person only their rows."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, connections, transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from accounts.enums import Profession, Role
from accounts.models import Staff
from assessments.models import Assessment, AssessmentReview, ItemRating, OwnView, SecondRating, WordCheck
from cases import models, policies
from cases.enums import Right, Section
from cases.models import CaseEvent, CaseFile, CaseUserGrant, ContactNote, Draft, Participant
from cases.policies import merging, protection, retention
from cases.policies.breaches import breaches_for
from cases.policies.complaints import complaints_for, own_complaints
from cases.policies.documents import documents_for
from cases.policies.requests import rights_requests_for
from cases.policies.transfers import transfers_for
from core import row_security
from core.acting import acting_as, beyond_own_sight
from partners import policies as partner_policies
from partners.models import Referral, ReferralNote, ReferralPeriod
from programs import policies as program_policies
from programs.models import (
    Attendance,
    BusinessFollowUp,
    EconomicSupport,
    Enrolment,
    EnrolmentPeriod,
    Goal,
    Intervention,
    Plan,
)
from reports import policies as report_policies
from reports.models import Export, QuarterlyReport, Rollup, SubjectCopy
from tests.cast import Cast
from tests.factories import make_case, make_note
from tests.world import World, make_world

POLICIES, EXEMPT = row_security.policies(), row_security.exempt()


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world(cast)


def domain_models() -> Iterator[type[Model]]:
    for app in settings.OUR_APPS:
        for model in apps.get_app_config(app).get_models(include_auto_created=True):
            if not hasattr(model, "pgh_tracked_model"):
                yield model


def staff_links() -> set[type[Model]]:
    """Tables of Django that tie staff to groups and permissions."""
    return {Staff.groups.through, Staff.user_permissions.through}


# ---- nothing is forgotten -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", domain_models(), ids=lambda model: model._meta.label)
def test_a_table_has_a_policy_or_a_reason(model: type[Model]) -> None:
    if model in staff_links():
        return
    declared = (model in POLICIES) + (model in EXEMPT)
    assert declared == 1, "declare it in its app's row_policies.py: POLICIES, or EXEMPT with the reason"


def points_to_a_person(model: type[Model], seen: frozenset[type[Model]] = frozenset()) -> bool:
    """Whether rows of ``model`` hang on a case or a participant, at whatever distance."""
    targets = {
        field.related_model
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and isinstance(field.related_model, type)
    } - {model}
    return bool(targets & {CaseFile, Participant}) or any(
        points_to_a_person(target, seen | {model})
        for target in targets - seen
        if target._meta.app_label in settings.OUR_APPS
    )


@pytest.mark.parametrize("model", EXEMPT, ids=lambda model: model._meta.label)
def test_what_needs_no_policy_hangs_on_no_person(model: type[Model]) -> None:
    assert not points_to_a_person(model)


@pytest.mark.django_db
def test_the_database_has_what_the_code_says() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relnamespace = 'public'::regnamespace")
        locked = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT tablename, count(*) FROM pg_policies GROUP BY 1")
        policies_of = dict(cursor.fetchall())
    assert locked == set(row_security.tables())
    assert policies_of == dict.fromkeys(row_security.tables(), 4)


@pytest.mark.django_db
def test_history_is_locked_with_its_table() -> None:
    for model in POLICIES:
        if history := getattr(model, "pgh_event_model", None):
            assert history._meta.db_table in row_security.tables()


# ---- each person, each table, no filter of ours ---------------------------------------------------------------------


def everybody(world: World) -> list[tuple[str, Staff]]:
    return [(name, person) for name, person in world.cast if name != "system"]


def test_nobody_sees_nothing(world: World) -> None:
    with acting_as(None):
        assert {model._meta.label for model in POLICIES if model._default_manager.exists()} == set()


def test_the_system_sees_everything(world: World) -> None:
    counted = {model: model._base_manager.count() for model in POLICIES}
    with acting_as(world.cast.system.pk):
        assert {model: model._base_manager.count() for model in POLICIES} == counted
    assert all(counted[model] for model in (ContactNote, Assessment, Enrolment, ReferralNote))


def test_sql_and_python_say_the_same_of_every_section(world: World) -> None:
    cases = list(CaseFile.objects.select_related("participant"))
    keys, sections = [case.pk for case in cases], [section.value for section in Section]
    for name, person in everybody(world):
        seen = {case.pk: policies.sections_seen(person, case) for case in cases}
        with acting_as(person.pk), connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, section, titian_sees(id, section) FROM unnest(%s) AS id, unnest(%s) AS section",
                [keys, sections],
            )
            for key, section, answer in cursor.fetchall():
                assert answer == (section in seen[key]), (name, section)


def of_section(section: Section, path: str = "case") -> Callable[[type[Model], Staff], QuerySet[Any]]:
    """The application's own rule for a table whose rows belong to one section of a case."""
    return lambda model, user: model._base_manager.filter(
        **{f"{path}__in": policies.cases_for(user, section=section).values("pk")}
    )


def emergencies_of(user: Staff) -> QuerySet[CaseUserGrant]:
    """Emergency accesses that oversight reviews."""
    uses = CaseUserGrant.all_grants.filter(source="break_glass")
    return uses if user.role in ("auditor", "dpo") else uses.none()


def grants_of(model: type[Model], user: Staff) -> QuerySet[Any]:
    return CaseUserGrant.all_grants.filter(
        Q(user=user)
        | Q(granted_by=user)
        | Q(pk__in=emergencies_of(user).values("pk"))
        | Q(content_object__in=policies.cases_for(user, section=Section.ACCESS).values("pk"))
    )


def cases_at_work(user: Staff) -> Q:
    """Cases in sight, those whose referral or cohort this person works on, or whose emergency access is reviewed."""
    return (
        Q(pk__in=policies.cases_in_sight(user).values("pk"))
        | Q(pk__in=protection.sealed_for(user).values("pk"))
        | Q(pk__in=emergencies_of(user).values("content_object"))
        | Q(pk__in=referrals_of(Referral, user).values("case"))
        | Q(pk__in=enrolments_of(Enrolment, user).values("case"))
    )


def people_at_work(model: type[Model], user: Staff) -> QuerySet[Any]:
    cohorts = Q(pk__in=enrolments_of(Enrolment, user).values("case"))
    cases = CaseFile.objects.filter(Q(pk__in=policies.cases_in_sight(user).values("pk")) | cohorts)
    return Participant.objects.filter(cases__in=cases.values("pk"))


def referrals_of(model: type[Model], user: Staff) -> QuerySet[Any]:
    return partner_policies.referrals_for(user)


def enrolments_of(model: type[Model], user: Staff) -> QuerySet[Any]:
    ran = Q(cohort__in=program_policies.cohorts_for(user, Right.EDIT))
    return Enrolment.objects.filter(ran | Q(pk__in=program_policies.enrolments_for(user).values("pk")))


def by_own_section(model: type[Model], user: Staff) -> QuerySet[Any]:
    """Each row names its section."""
    rows = Q(pk__in=[])
    for section in Section:
        rows |= Q(section=section, case__in=policies.cases_for(user, section=section).values("pk"))
    return model._base_manager.filter(rows)


def through(parent: Callable[[type[Model], Staff], QuerySet[Any]], model: type[Model], path: str) -> Any:
    return lambda own, user: own._base_manager.filter(**{f"{path}__in": parent(model, user).values("pk")})


# What the application's own rules show of each table: the database, asked without any of them, must say the same.
# A new table with a policy needs its row here.
ORACLE: dict[type[Model], Callable[[type[Model], Staff], QuerySet[Any]]] = {
    CaseFile: lambda model, user: CaseFile.objects.filter(cases_at_work(user)),
    CaseFile.co_workers.through: lambda model, user: model._base_manager.filter(
        casefile__in=CaseFile.objects.filter(cases_at_work(user))
    ),
    Participant: people_at_work,
    models.Household: lambda model, user: model._base_manager.filter(
        members__participant__in=policies.cases_for(user, section=Section.IDENTITY).values("participant")
    ),
    models.HouseholdMember: lambda model, user: model._base_manager.filter(
        Q(participant__in=policies.cases_for(user, section=Section.IDENTITY).values("participant"))
        | Q(
            participant=None,
            agency=user.unit.agency_id,
            household__members__participant__in=policies.cases_for(user, section=Section.IDENTITY).values(
                "participant"
            ),
        )
    ),
    models.PersonPair: lambda model, user: merging.pairs_for(user),
    models.Address: through(people_at_work, Participant, "participant"),
    models.CaseStatusPeriod: of_section(Section.SUMMARY),
    models.CaseLeadPeriod: of_section(Section.SUMMARY),
    ContactNote: of_section(Section.NOTES),
    models.PlannedSession: of_section(Section.NOTES),
    models.FollowUp: of_section(Section.NOTES),
    models.ClinicalNote: lambda model, user: policies.clinical_notes_for(user),
    models.UnsealRequest: lambda model, user: protection.openings_for(user),
    # Wider than protection.ties_for: who supervises a case depends on what the unit's people declared.
    models.ConflictDeclaration: lambda model, user: model._base_manager.filter(
        Q(staff=user)
        | Q(stand_in=user)
        | Q(participant__in=CaseFile.objects.filter(lead_unit=user.unit_id).values("participant"))
    ),
    Draft: lambda model, user: Draft.objects.filter(staff=user),
    models.SavedFilter: lambda model, user: model._base_manager.filter(Q(owner=user) | Q(shared_with=user.unit_id)),
    models.ReportingDuty: of_section(Section.SUPERVISION),
    models.CheckIn: of_section(Section.SUPERVISION),
    CaseUserGrant: grants_of,
    models.BreakGlassReview: through(grants_of, CaseUserGrant, "grant"),
    models.CaseGroupGrant: lambda model, user: models.CaseGroupGrant.all_grants.filter(
        Q(group=user.unit.group_id)
        | Q(granted_by=user)
        | Q(content_object__in=policies.cases_for(user, section=Section.ACCESS).values("pk"))
    ),
    models.CaseConference: lambda model, user: model._base_manager.filter(
        Q(members=user) | Q(case__in=policies.cases_for(user, section=Section.ACCESS).values("pk"))
    ),
    models.CaseConference.members.through: lambda model, user: model._base_manager.filter(
        Q(caseconference__members=user)
        | Q(caseconference__case__in=policies.cases_for(user, section=Section.ACCESS).values("pk"))
    ),
    models.LegalStatus: lambda model, user: of_section(
        Section.SUMMARY if user.role == Role.ANALYST else Section.LEGAL
    )(model, user),
    models.CaseTransfer: lambda model, user: transfers_for(user),
    models.ProcessingBasis: of_section(Section.ACCESS),
    models.Document: lambda model, user: documents_for(user),
    models.DocumentFile: lambda model, user: model._base_manager.filter(document__in=documents_for(user)),
    models.DocumentPage: lambda model, user: model._base_manager.filter(of_file__document__in=documents_for(user)),
    models.LegalEvent: of_section(Section.LEGAL),
    models.ExternalClassification: of_section(Section.LEGAL),
    models.ExternalAssessment: of_section(Section.LEGAL),
    models.ReturnEvent: of_section(Section.LEGAL),
    models.Consent: of_section(Section.REFERRALS),
    models.RightsRequest: lambda model, user: rights_requests_for(user),
    models.Complaint: lambda model, user: model._base_manager.filter(
        Q(pk__in=complaints_for(user).values("pk")) | Q(pk__in=own_complaints(user).values("pk"))
    ),
    models.BreachIncident: lambda model, user: breaches_for(user),
    models.BreachCase: lambda model, user: model._base_manager.filter(incident__in=breaches_for(user).values("pk")),
    models.BreachEntry: lambda model, user: model._base_manager.filter(incident__in=breaches_for(user).values("pk")),
    models.LegalHold: lambda model, user: retention.holds_for(user),
    models.DestructionList: lambda model, user: retention.lists_for(user),
    models.DestructionItem: lambda model, user: model._base_manager.filter(of_list__in=retention.lists_for(user)),
    models.DestructionCertificate: lambda model, user: model._base_manager.filter(
        of_list__in=retention.lists_for(user)
    ),
    CaseEvent: by_own_section,
    models.Task: lambda model, user: models.Task.objects.filter(
        Q(assignee=user) | Q(pk__in=by_own_section(model, user).values("pk"))
    ),
    Assessment: of_section(Section.ASSESSMENT),
    ItemRating: of_section(Section.ASSESSMENT, "assessment__case"),
    AssessmentReview: of_section(Section.ASSESSMENT, "assessment__case"),
    WordCheck: of_section(Section.ASSESSMENT, "assessment__case"),
    SecondRating: of_section(Section.ASSESSMENT),
    OwnView: of_section(Section.ASSESSMENT, "assessment__case"),
    Referral: referrals_of,
    ReferralPeriod: through(referrals_of, Referral, "referral"),
    ReferralNote: lambda model, user: partner_policies.notes_for(user),
    Plan: of_section(Section.PLAN),
    Goal: of_section(Section.PLAN, "plan__case"),
    Intervention: of_section(Section.PLAN, "goal__plan__case"),
    Enrolment: enrolments_of,
    EnrolmentPeriod: through(enrolments_of, Enrolment, "enrolment"),
    Attendance: through(enrolments_of, Enrolment, "enrolment"),
    EconomicSupport: of_section(Section.PROGRAMS),
    BusinessFollowUp: of_section(Section.PROGRAMS, "support__case"),
    QuarterlyReport: lambda model, user: report_policies.reports_for(user),
    Export: lambda model, user: report_policies.exports_for(user),
    SubjectCopy: lambda model, user: model._base_manager.filter(request__in=rights_requests_for(user)),
    Rollup: lambda model, user: report_policies.rollups_for(user),
}
# The application narrows further by state (a caseworker reads signed reports); the policy keeps to the area.
WIDER = {QuarterlyReport}


def test_every_table_with_a_policy_is_compared() -> None:
    assert set(ORACLE) == set(POLICIES)


def test_without_any_filter_of_ours_the_database_shows_the_same(world: World) -> None:
    """One world for all tables and people: making it takes longer than asking."""
    faults = []
    for model, rule in ORACLE.items():
        if not model._base_manager.exists() and model not in EMPTY_HERE:
            faults.append(f"{model._meta.label}: no row to compare")
        allowed = {name: set(rule(model, person).values_list("pk", flat=True)) for name, person in everybody(world)}
        history = getattr(model, "pgh_event_model", None)
        for name, person in everybody(world):
            with acting_as(person.pk):
                seen = set(model._base_manager.values_list("pk", flat=True))
                past = set(history.objects.values_list("pgh_obj_id", flat=True)) if history else set()
            if not (allowed[name] <= seen if model in WIDER else allowed[name] == seen):
                faults.append(f"{model._meta.label} {name}: allowed {allowed[name]}, seen {seen}")
            if not past <= seen:
                faults.append(f"{model._meta.label} {name}: history of {past - seen}")
    assert faults == []


# Tables of which tests/world.py makes no row.
EMPTY_HERE = {
    CaseFile.co_workers.through,
    Draft,
    models.BreakGlassReview,
    models.Address,
    models.CheckIn,
    models.CaseConference,
    models.CaseConference.members.through,
    AssessmentReview,
    WordCheck,
    Attendance,
    BusinessFollowUp,
    Rollup,
}


def test_the_history_of_a_case_follows_the_row_of_now(world: World) -> None:
    """Old lines name the former unit, worker and birth date: by those nobody sees the file today."""
    former = world.cast.supervisor
    CaseFile.objects.filter(pk=world.waiting_case.pk).update(
        lead_unit=world.cast.other_unit.unit, lead_worker=world.cast.other_unit
    )
    CaseUserGrant.all_grants.filter(content_object=world.waiting_case).delete()
    with acting_as(former.pk):
        assert not CaseFile.objects.filter(pk=world.waiting_case.pk).exists()
        assert not CaseFile.pgh_event_model.objects.filter(pgh_obj=world.waiting_case.pk).exists()
        assert not Participant.pgh_event_model.objects.filter(pgh_obj=world.waiting_case.participant_id).exists()


def test_a_partner_with_an_accepted_referral_gets_no_row_of_the_file(world: World) -> None:
    with acting_as(world.cast.cso.pk):
        assert set(Referral.objects.values_list("pk", flat=True)) == {world.sent.pk, world.accepted.pk}
        assert CaseFile.objects.get().pk == world.case.pk
        for model in (ContactNote, Assessment, ItemRating, Plan, Participant, CaseEvent):
            assert not model._default_manager.exists(), model


def test_the_unit_of_a_cohort_sees_who_is_in_it_and_nothing_of_the_file(world: World) -> None:
    with acting_as(world.cast.neighbour.pk):
        assert Enrolment.objects.get().pk == world.enrolment.pk
        others = Participant.objects.exclude(pk__in=[world.doubtful.participant_id, world.decided.participant_id])
        assert others.get().pk == world.case.participant_id
        assert not ContactNote.objects.exists()


def test_a_draft_is_its_writers_alone(world: World) -> None:
    Draft.objects.create(staff=world.cast.worker, case=world.case, form="note", data={"summary": "Belum"})
    for name, person in everybody(world):
        with acting_as(person.pk):
            assert Draft.objects.exists() == (name == "worker"), name


def test_reports_are_as_private_as_their_figures(world: World) -> None:
    seeing = set()
    for name, person in everybody(world):
        with acting_as(person.pk):
            if QuarterlyReport.objects.exists():
                seeing.add(name)
    assert seeing == {"worker", "neighbour", "supervisor", "admin"}


def test_a_grant_that_ends_takes_its_rows_along(world: World) -> None:
    grants = CaseUserGrant.all_grants.filter(user=world.cast.worker, content_object=world.case)
    with acting_as(world.cast.worker.pk):
        assert ContactNote.objects.exists()
    now = timezone.now()
    grants.update(granted_at=now - timezone.timedelta(hours=1), expires_at=now)
    with acting_as(world.cast.worker.pk):
        assert not ContactNote.objects.filter(case=world.case).exists()


def test_somebody_deactivated_sees_nothing(world: World) -> None:
    Staff.objects.filter(pk=world.cast.worker.pk).update(is_active=False)
    with acting_as(world.cast.worker.pk):
        assert not CaseFile.objects.exists()


def test_what_cannot_be_seen_cannot_be_changed_either(world: World) -> None:
    with acting_as(world.cast.neighbour.pk):
        assert ContactNote.objects.update(summary="Diubah") == 0
        assert CaseFile.objects.filter(pk=world.waiting_case.pk).update(referral_source="lainnya") == 0
        assert Plan.objects.all().delete() == (0, {})
    assert not ContactNote.objects.filter(summary="Diubah").exists()


def test_no_row_is_added_where_nothing_is_seen(world: World) -> None:
    cast = world.cast
    with acting_as(cast.other_unit.pk), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        ContactNote.objects.create(
            case=world.case, author=cast.other_unit, type="telepon", occurred_at=timezone.now(), summary="Titipan"
        )


# ---- acting ---------------------------------------------------------------------------------------------------------


def test_a_view_beyond_own_sight_ends_with_its_block(world: World) -> None:
    cast = world.cast
    with acting_as(cast.neighbour.pk):
        before = CaseFile.objects.count()
        with beyond_own_sight():
            assert CaseFile.objects.count() > before
        assert CaseFile.objects.count() == before


def test_a_view_beyond_own_sight_ends_with_an_exception(world: World) -> None:
    with acting_as(world.cast.neighbour.pk):
        before = CaseFile.objects.count()
        with pytest.raises(RuntimeError), beyond_own_sight():
            raise RuntimeError
        with pytest.raises(DatabaseError), beyond_own_sight(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        assert CaseFile.objects.count() == before


def test_the_former_actor_acts_again_after_an_inner_one(world: World) -> None:
    with acting_as(world.cast.neighbour.pk):
        before = CaseFile.objects.count()
        with acting_as(world.cast.system.pk):
            assert CaseFile.objects.count() > before
        assert CaseFile.objects.count() == before


ALLOWED_BEYOND = {"policies", "workflow", "notifications", "models", "acting", "row_security"}


def test_only_rules_look_beyond_their_actors_sight() -> None:
    """No view, form or template lends itself wider eyes."""
    wrong = []
    for app in [*settings.OUR_APPS, "config"]:
        for path in (Path(settings.BASE_DIR) / app).rglob("*.py"):
            names = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
            if "beyond_own_sight" in names and not {path.stem, *path.parts} & ALLOWED_BEYOND:
                wrong.append(str(path))
    assert wrong == []


# ---- the roles of the connection ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_application_is_bound_by_its_policies() -> None:
    row_security.require_plain_role()


@pytest.mark.django_db(databases=["default", "owner"])
def test_production_refuses_the_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_security, "connection", connections["owner"])
    with pytest.raises(ImproperlyConfigured, match="titian_owner"):
        row_security.require_plain_role()


def test_clinical_rows_are_for_the_profession(cast: Cast) -> None:
    case = make_case(cast.psychologist, case_type="rehabilitasi_sosial_dewasa")
    make_note(case)
    assert cast.psychologist.profession == Profession.PSIKOLOG
    assert policies.can(cast.psychologist, Right.VIEW, case, Section.CLINICAL)
    with acting_as(cast.psychologist.pk), connection.cursor() as cursor:
        cursor.execute("SELECT titian_sees(%s, 'clinical')", [case.pk])
        assert cursor.fetchone() == (True,)

"""Section x person x right on one case, with a neighbour's case beside it: the whole of cases.policies in one table.

V view, E edit, A approve, . nothing. A new section or a new member of the cast without a cell fails.
"""

import pytest
from django.core.management import call_command

from cases import policies
from cases.enums import CaseType, GrantSource, Right, Section
from cases.matrix import LABELS, Relation
from cases.models import CaseConference, CaseFile, CaseGroupGrant, CaseUserGrant
from tests.cast import Cast
from tests.factories import make_case, make_child_case, make_grant

LETTERS = {"V": Right.VIEW, "E": Right.EDIT, "A": Right.APPROVE}

# Sections in the order of cases.enums.Section:
# summary identity legal assessment notes clinical plan programs referrals documents household supervision access
ADULT = {
    "worker":                  "VE VE VE VE VE .  VE VE VE VE VE VE V",
    "neighbour":               ".  .  .  .  .  .  .  .  .  .  .  .  .",
    "supervisor":              "VA VA VA VA V  .  VA V  V  V  V  V  VA",
    "other_unit":              ".  .  .  .  .  .  .  .  .  .  .  .  .",
    "other_unit_supervisor":   ".  .  .  .  .  .  .  .  .  .  .  .  .",
    "other_agency":            ".  .  .  .  .  .  .  .  .  .  .  .  .",
    "other_agency_supervisor": ".  .  .  .  .  .  .  .  .  .  .  .  .",
    "psychologist":            ".  .  .  .  .  .  .  .  .  .  .  .  .",
    "cso":                     ".  .  .  .  .  .  .  .  .  .  .  .  .",
    "other_cso":               ".  .  .  .  .  .  .  .  .  .  .  .  .",
    "analyst":                 "V  .  .  .  .  .  .  .  .  .  .  .  .",
    "admin":                   ".  V  .  .  .  .  .  .  .  .  .  .  .",
    "bnpt_admin":              ".  .  .  .  .  .  .  .  .  .  .  .  .",
    "head_office":             ".  .  .  .  .  .  .  .  .  .  .  .  .",
    "auditor":                 ".  .  .  .  .  .  .  .  .  .  .  .  .",
    "dpo":                     ".  .  .  .  .  .  .  .  .  .  .  .  .",
    "system":                  "VEA VEA VEA VEA VEA VEA VEA VEA VEA VEA VEA VEA VEA",
}  # fmt: skip
# A child of Sentra Handayani, whose psychologist works on the case too.
CHILD = {
    **dict.fromkeys(ADULT, ".  .  .  .  .  .  .  .  .  .  .  .  ."),
    "other_agency":            "VE VE VE VE VE .  VE VE VE VE VE VE V",
    "other_agency_supervisor": "VA VA VA VA V  .  VA V  V  V  V  V  VA",
    "psychologist":            "VE VE VE VE VE VE VE VE VE VE VE VE V",
    "system":                  ADULT["system"],
}  # fmt: skip


def expected(table, actor):
    cells = table[actor].split()
    assert len(cells) == len(Section), f"{actor}: one cell for each section"
    return {
        section: frozenset(LETTERS[letter] for letter in cell if letter != ".")
        for section, cell in zip(Section, cells, strict=True)
        if cell != "."
    }


@pytest.fixture
def adult(cast):
    return make_case(cast.worker)


@pytest.fixture
def child(cast):
    case = make_child_case(cast.other_agency)
    policies.share_with_worker(case, cast.psychologist, by=cast.other_agency_supervisor, reason="caseload")
    return case


def actors():
    return list(Cast.__dataclass_fields__)


@pytest.mark.parametrize("actor", actors())
def test_rights_on_an_adult_case(cast, adult, actor):
    assert policies.rights(getattr(cast, actor), adult) == expected(ADULT, actor)


@pytest.mark.parametrize("actor", actors())
def test_rights_on_a_child_case(cast, child, actor):
    assert policies.rights(getattr(cast, actor), child) == expected(CHILD, actor)


@pytest.mark.parametrize("actor", actors())
def test_lists_and_objects_agree_in_every_cell(cast, adult, child, actor):
    """``can``, ``cases_for`` and the branches that lists are made of say the same of both cases."""
    user = getattr(cast, actor)
    for section in Section:
        for right in Right:
            allowed = {
                case.pk
                for case, table in ((adult, ADULT), (child, CHILD))
                if right in expected(table, actor).get(section, ())
            }
            assert set(policies.cases_for(user, right, section).values_list("pk", flat=True)) == allowed
            branches = policies.case_branches(user, right, section)
            listed = {pk for branch in branches for pk in branch.values_list("pk", flat=True)}
            assert listed == allowed
            assert {case.pk for case in (adult, child) if policies.can(user, right, case, section)} == allowed


@pytest.mark.parametrize("actor", actors())
def test_an_account_that_was_ended_sees_nothing(cast, adult, child, actor):
    user = getattr(cast, actor)
    user.is_active = False
    assert not policies.cases_for(user).exists()


def test_an_analyst_never_sees_a_child_whatever_the_case_type(cast):
    for case_type in CaseType:
        make_child_case(cast.other_agency, case_type=case_type)
    assert not policies.cases_for(cast.analyst).exists()


def test_columns_and_grants_of_a_caseload_agree(cast, adult):
    for case in CaseFile.objects.all():
        team = {case.lead_worker_id, *case.co_workers.values_list("pk", flat=True)}
        assert set(case.user_grants.filter(source="caseload").values_list("user_id", flat=True)) == team


# Relations that a grant makes, with every section that it may name. Letters and order as above.
GRANTED = {
    Relation.SHARING:     "V  V  V  V  V  .  V  V  V  V  V  V  .",
    Relation.CONFERENCE:  "V  V  V  V  V  .  V  V  V  V  V  V  .",
    Relation.BREAK_GLASS: "V  V  V  V  V  .  V  V  V  V  V  V  .",
    Relation.TRANSFER:    "V  V  V  V  V  .  V  V  V  V  V  V  .",
    Relation.REFERRAL:    ".  .  .  .  .  .  .  .  .  .  .  .  .",
}  # fmt: skip
CLINICAL = "V  V  V  V  V  V  V  V  V  V  V  V  ."  # shared with a psychologist
# Every relation is tried somewhere in this file; those without a grant through a member of the cast.
BY_CAST = {
    Relation.CASELOAD: ("worker", ADULT),
    Relation.UNIT_SUPERVISOR: ("supervisor", ADULT),
    Relation.COORDINATION: ("analyst", ADULT),
    Relation.DATA_ADMIN: ("admin", ADULT),
    Relation.OVERSIGHT: ("auditor", ADULT),
    Relation.WORKING_LIST: ("neighbour", ADULT),
    Relation.SYSTEM: ("system", ADULT),
}


# Tried where they come about: tests/cases/test_ties.py and tests/cases/test_sealing.py.
ELSEWHERE = {Relation.STAND_IN, Relation.UNSEALED}


def give_everything(relation, case, cast, person):
    """A grant of this relation that names every section that the database lets it name."""
    sections = [section for section in Section if section != Section.ACCESS]
    if relation == Relation.BREAK_GLASS:
        sections.remove(Section.CLINICAL)
    fields = {}
    if relation == Relation.CONFERENCE:
        fields["conference"] = CaseConference.objects.create(
            case=case, held_at=case.opened_at, title="Pembahasan", called_by=cast.supervisor
        )
    return make_grant(case, person, sections, by=cast.supervisor, source=GrantSource(relation.value), **fields)


def test_every_relation_is_tried():
    assert set(GRANTED) | set(BY_CAST) | ELSEWHERE == set(Relation) == set(policies.MATRIX) == set(LABELS)


@pytest.mark.parametrize("relation", BY_CAST, ids=lambda relation: relation.value)
def test_a_relation_of_the_cast_gives_what_the_table_says(cast, adult, relation):
    """The same cells once more, from the table in the code: neither may drift from the other."""
    actor, table = BY_CAST[relation]
    person = getattr(cast, actor)
    given = {
        section: rights
        for section, rights in policies.MATRIX[relation].items()
        if section != Section.CLINICAL or relation == Relation.SYSTEM  # nobody else here is a psychologist
    }
    assert expected(table, actor) == given == policies.rights(person, adult)


@pytest.mark.parametrize("relation", GRANTED, ids=lambda relation: relation.value)
@pytest.mark.parametrize("actor", ["other_unit_supervisor", "other_agency", "psychologist", "cso"])
def test_a_grant_gives_what_the_table_says_and_nothing_beside_it(cast, adult, child, relation, actor):
    person = getattr(cast, actor)
    beside = [make_case(cast.worker), make_case(cast.neighbour)]
    before = {case.pk: policies.rights(person, case) for case in (*beside, child)}
    give_everything(relation, adult, cast, person)
    words = (
        CLINICAL
        if actor == "psychologist" and relation in (Relation.SHARING, Relation.CONFERENCE, Relation.TRANSFER)
        else None
    )
    table = {actor: words or GRANTED[relation]} if actor != "cso" else {actor: GRANTED[Relation.REFERRAL]}
    wanted = expected(table, actor)
    assert policies.rights(person, adult) == wanted
    for section in Section:
        for right in Right:
            allowed = right in wanted.get(section, ())
            assert policies.can(person, right, adult, section) is allowed, (section, right)
            listed = {
                pk for branch in policies.case_branches(person, right, section) for pk in branch.values_list("pk")
            }
            assert ((adult.pk,) in listed) is allowed, (section, right)
    assert policies.cases_in_sight(person).filter(pk=adult.pk).exists() is bool(wanted)
    assert person.has_perm("cases.view_casefile", adult) is bool(wanted)
    assert not person.has_perm("cases.change_casefile", adult)
    assert {case.pk: policies.rights(person, case) for case in (*beside, child)} == before
    assert not policies.cases_in_sight(person).filter(pk__in=[case.pk for case in beside]).exists()


def test_a_grant_to_a_unit_gives_what_the_table_says(cast, adult):
    sections = [section for section in Section if section != Section.ACCESS]
    make_grant(adult, cast.other_unit.unit, sections, by=cast.supervisor)
    for actor in ("other_unit", "other_unit_supervisor"):
        assert policies.rights(getattr(cast, actor), adult) == expected({actor: GRANTED[Relation.SHARING]}, actor)
    for actor in ("neighbour", "other_agency", "psychologist", "head_office", "cso", "auditor"):
        assert policies.rights(getattr(cast, actor), adult) == {}


def test_a_clinical_supervisor_reads_clinical_notes_of_the_own_unit(cast, child):
    """I-16: the author's profession group and the clinical supervisor, nobody else of the unit."""
    supervisor = cast.other_agency_supervisor
    assert not policies.can(supervisor, Right.VIEW, child, Section.CLINICAL)
    supervisor.profession = "psikolog"
    supervisor.save()
    assert policies.rights(supervisor, child)[Section.CLINICAL] == {Right.VIEW}
    assert not policies.can(supervisor, Right.VIEW, make_case(cast.worker), Section.CLINICAL)


def test_no_grant_but_a_caseload_writes_or_shows_the_access_page(cast, adult):
    for model in (CaseUserGrant, CaseGroupGrant):
        names = {constraint.name for constraint in model._meta.constraints}
        kind = "user" if model is CaseUserGrant else "group"
        assert {f"{kind}_grant_edits_by_caseload_alone", f"{kind}_grant_never_shares_the_access_page"} <= names
    for relation in GRANTED:
        assert all(rights <= {Right.VIEW} for rights in policies.MATRIX[relation].values())
        assert Section.ACCESS not in policies.MATRIX[relation]


def test_the_page_for_auditors_says_what_the_code_says():
    call_command("access_matrix", check=True)

"""Section x person x right on one case, with a neighbour's case beside it: the whole of cases.policies in one table.

V view, E edit, A approve, . nothing. A new section or a new member of the cast without a cell fails.
"""

import pytest

from cases import policies
from cases.enums import CaseType, Right, Section
from cases.models import CaseFile
from tests.cast import Cast
from tests.factories import make_case, make_child_case

LETTERS = {"V": Right.VIEW, "E": Right.EDIT, "A": Right.APPROVE}

# Sections in the order of cases.enums.Section:
# summary identity legal assessment notes clinical plan programs referrals documents household supervision access
ADULT = {
    "worker":                  "VE VE VE VE VE .  VE VE VE VE VE VE V",
    "neighbour":               ".  .  .  .  .  .  .  .  .  .  .  .  .",
    "supervisor":              "VA V  V  VA V  .  VA V  V  V  V  V  VA",
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
    "other_agency_supervisor": "VA V  V  VA V  .  VA V  V  V  V  V  VA",
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

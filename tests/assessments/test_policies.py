"""Who may read, rate and approve: the whole table, each time with a neighbour's assessment beside it."""

import pytest
from django.core.exceptions import PermissionDenied

from assessments import catalogue, policies
from cases.enums import Right
from tests.assessments.filling import adult_case, begin, child_case, submitted

pytestmark = pytest.mark.django_db

V, E, A = Right.VIEW, Right.EDIT, Right.APPROVE
# On an adult's submitted assessment of ``worker`` at Bapas Malang. Nobody else has any right.
MATRIX = {"worker": {V, E}, "supervisor": {V, A}, "system": {V}}
# On a child's at Sentra Handayani.
CHILD_MATRIX = {"other_agency": {V, E}, "other_agency_supervisor": {V, A}, "system": {V}}


@pytest.fixture
def adults(cast):
    return submitted(adult_case(cast.worker), cast.worker)


@pytest.fixture
def neighbours(cast):
    return submitted(adult_case(cast.neighbour), cast.neighbour)


@pytest.fixture
def childs(cast):
    return submitted(child_case(cast.other_agency), cast.other_agency, "PKA")


def rights(user, assessment):
    found = {right for right in Right if policies.can(user, right, assessment)}
    listed = {right for right in Right if policies.assessments_for(user, right).filter(pk=assessment.pk).exists()}
    assert found == listed
    return found


def test_every_right_of_everybody_on_an_adults_assessment(cast, adults, neighbours):
    assert {name: found for name, user in cast if (found := rights(user, adults))} == MATRIX


def test_every_right_of_everybody_on_a_neighbours_assessment(cast, adults, neighbours):
    expected = {"neighbour": {V, E}, "supervisor": {V, A}, "system": {V}}
    assert {name: found for name, user in cast if (found := rights(user, neighbours))} == expected


def test_every_right_of_everybody_on_a_childs_assessment(cast, adults, childs):
    assert {name: found for name, user in cast if (found := rights(user, childs))} == CHILD_MATRIX


def test_require_raises_where_can_says_no(cast, adults):
    policies.require(cast.worker, E, adults)
    with pytest.raises(PermissionDenied):
        policies.require(cast.neighbour, E, adults)


@pytest.mark.parametrize(
    ("instrument", "names"),
    [
        ("PRK-D", {"worker", "neighbour", "other_agency", "psychologist", "supervisor"}),
        ("PKA", {"worker", "other_agency", "psychologist"}),
        ("KRK", {"worker", "other_agency"}),
    ],
)
def test_professions_that_may_administer(cast, instrument, names):
    definition = catalogue.default().instruments[instrument]
    assert all(policies.is_rater_of(getattr(cast, name), definition) for name in names)
    assert not any(policies.is_rater_of(getattr(cast, name), definition) for name in ("analyst", "admin", "auditor"))


def test_a_psychologist_does_not_administer_family_readiness(cast):
    assert not policies.is_rater_of(cast.psychologist, catalogue.default().instruments["KRK"])


def test_every_word_of_the_instruments_names_a_known_profession():
    for instrument in catalogue.default().instruments.values():
        assert set(instrument.administered_by) <= set(policies.PROFESSIONS)


def test_the_queue_holds_what_waits_for_this_supervisor_alone(cast, adults, neighbours, childs):
    begin(adult_case(cast.worker), cast.worker)
    assert set(policies.queue_for(cast.supervisor)) == {adults, neighbours}
    assert set(policies.queue_for(cast.other_agency_supervisor)) == {childs}
    assert not policies.queue_for(cast.other_unit_supervisor).exists()
    assert not policies.queue_for(cast.worker).exists()


def test_the_approver_is_a_supervisor_of_the_lead_unit_who_is_not_the_rater(cast, adults):
    assert list(policies.approvers(adults)) == [cast.supervisor]

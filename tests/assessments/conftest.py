"""An adult's case in the hands of the cast's worker, and what may be under way in it."""

import pytest
from django.test import Client

from assessments.models import Assessment, SecondRating
from cases.models import CaseFile
from tests.assessments import pairs
from tests.assessments.filling import adult_case, begin
from tests.cast import Cast
from tests.factories import make_final_assessment


@pytest.fixture
def case(cast: Cast) -> CaseFile:
    return adult_case(cast.worker)


@pytest.fixture
def draft(case: CaseFile, cast: Cast) -> Assessment:
    return begin(case, cast.worker)


@pytest.fixture
def worker(client: Client, cast: Cast) -> Client:
    client.force_login(cast.worker)
    return client


# ---- two ratings ----------------------------------------------------------------------------------------------------


@pytest.fixture
def first(cast: Cast) -> Assessment:
    """In force; needs that never change the colour are where the raters will differ."""
    case = adult_case(cast.worker)
    return make_final_assessment(case, approver=cast.supervisor, answers={"D1": 2, "E1": 2, "F1": 2})


@pytest.fixture
def pair(first: Assessment, cast: Cast) -> SecondRating:
    return pairs.contest(first, cast.worker)


@pytest.fixture
def named(pair: SecondRating, cast: Cast) -> SecondRating:
    return pairs.name(pair, cast)


@pytest.fixture
def both(named: SecondRating, cast: Cast) -> SecondRating:
    """Both are handed in: they differ in D1, E1 and F1."""
    pairs.rate(named, cast.neighbour)
    return pairs.fresh(named)

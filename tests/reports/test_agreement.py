"""Agreement of two raters: against scikit-learn, against a formula written out in full, and at its edges."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from reports.agreement import agreement, weighted_kappa

SCALE = [0, 1, 2, 3]
values = st.sampled_from(SCALE)
pairs_of = st.lists(st.tuples(values, values), min_size=1, max_size=60)


def written_out(pairs, scale):
    """Cohen (1968) as printed: weights of disagreement over the table of proportions and that of chance."""
    number, steps = len(pairs), len(scale)
    weight = [[abs(row - column) for column in range(steps)] for row in range(steps)]
    seen = [[Fraction(sum(p == (a, b) for p in pairs), number) for b in scale] for a in scale]
    rows = [sum(row) for row in seen]
    columns = [sum(seen[row][column] for row in range(steps)) for column in range(steps)]
    cells = [(row, column) for row in range(steps) for column in range(steps)]
    chance = sum(weight[r][c] * rows[r] * columns[c] for r, c in cells)
    return None if chance == 0 else 1 - sum(weight[r][c] * seen[r][c] for r, c in cells) / chance


@settings(max_examples=300, deadline=None)
@given(pairs_of)
def test_kappa_is_that_of_scikit_learn(pairs):
    found = weighted_kappa(pairs, SCALE)
    if found is not None:
        first, second = zip(*pairs, strict=True)
        assert float(found) == pytest.approx(
            cohen_kappa_score(first, second, labels=SCALE, weights="linear"), abs=1e-12
        )


@settings(max_examples=200, deadline=None)
@given(pairs_of)
def test_kappa_is_the_formula_as_printed_and_the_order_of_raters_does_not_matter(pairs):
    assert weighted_kappa(pairs, SCALE) == written_out(pairs, SCALE)
    assert weighted_kappa([(b, a) for a, b in pairs], SCALE) == weighted_kappa(pairs, SCALE)
    assert weighted_kappa([(3 - a, 3 - b) for a, b in pairs], SCALE) == weighted_kappa(pairs, SCALE)


def test_a_table_worked_by_hand():
    """Ten pairs of three values: 3 steps apart in all, 7.8 by chance."""
    pairs = [("a", "a")] * 4 + [("b", "b")] * 2 + [("c", "c")] * 1 + [("a", "b")] * 2 + [("b", "c")] * 1
    assert weighted_kappa(pairs, "abc") == 1 - Fraction(3 * 10, 6 * 4 + 2 * 6 * 2 + 3 * 4 + 3 * 2 + 1 * 4 * 2 + 1 * 4)


@given(st.lists(values, min_size=2, max_size=30))
def test_raters_who_always_agree_have_kappa_one_or_none(ratings):
    found = weighted_kappa([(value, value) for value in ratings], SCALE)
    assert found == (1 if len(set(ratings)) > 1 else None)


def test_without_pairs_there_is_nothing():
    nothing = agreement([], SCALE)
    assert (nothing.pairs, nothing.percent, nothing.kappa) == (0, None, None)


def test_what_is_not_known_counts_as_alike_or_not_and_never_as_a_number():
    found = agreement([("unknown", "unknown"), ("unknown", 3), (1, 1), (2, 1)], SCALE)
    assert (found.pairs, found.same, found.on_scale, found.percent) == (4, 2, 2, 50)
    assert found.kappa == weighted_kappa([(1, 1), (2, 1)], SCALE)

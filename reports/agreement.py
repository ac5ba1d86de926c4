"""How far two raters agree who rated the same person independently. Pure: pairs in, figures out.

Weighted kappa after J. Cohen, "Weighted kappa: nominal scale agreement with provision for scaled disagreement or
partial credit", Psychological Bulletin 70 (1968), 213-220, with linear weights: two steps apart is twice as far as
one. Linear and not quadratic, because our scales have three or four steps, and quadratic weights make the same
disagreements look better the more of them are small. Checked in tests against scikit-learn's cohen_kappa_score.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

Pair = tuple[Hashable, Hashable]


@dataclass(frozen=True)
class Agreement:
    """``pairs`` rated twice, ``same`` of them alike; kappa over the ``on_scale`` pairs, None where it has no value."""

    pairs: int
    same: int
    on_scale: int
    kappa: Fraction | None

    @property
    def percent(self) -> int | None:
        """A whole percentage, halves up."""
        return (200 * self.same + self.pairs) // (2 * self.pairs) if self.pairs else None


def agreement(pairs: Iterable[Pair], scale: Sequence[Hashable]) -> Agreement:
    """Agreement of independent pairs; what stands off the scale (not known, not enough) has no distance to any value.

    Such pairs count as alike or not, and are left out of kappa.
    """
    found = list(pairs)
    return Agreement(
        pairs=len(found),
        same=sum(one == other for one, other in found),
        on_scale=sum(one in scale and other in scale for one, other in found),
        kappa=weighted_kappa(found, scale),
    )


def weighted_kappa(pairs: Iterable[Pair], scale: Sequence[Hashable]) -> Fraction | None:
    """1 - observed over expected disagreement, linearly weighted, over the pairs that stand on the scale.

    None without pairs, and where both raters gave one and the same value throughout: then nothing can be expected.
    """
    place = {value: number for number, value in enumerate(scale)}
    counted = Counter((place[one], place[other]) for one, other in pairs if one in place and other in place)
    total = sum(counted.values())
    firsts, seconds = Counter[int](), Counter[int]()
    for (one, other), number in counted.items():
        firsts[one] += number
        seconds[other] += number
    observed = sum(abs(one - other) * number for (one, other), number in counted.items())
    expected = sum(abs(one - other) * firsts[one] * seconds[other] for one in firsts for other in seconds)
    return 1 - Fraction(observed * total, expected) if expected else None

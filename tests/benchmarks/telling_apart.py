"""How well one measured value tells which of two kinds it is of."""

import statistics
from bisect import bisect_left, bisect_right
from collections.abc import Sequence


def median(values: Sequence[float]) -> float:
    """The one in the middle."""
    return statistics.median(values)


def percentile(values: Sequence[float], percent: float) -> float:
    """The value below which so many of a hundred lie."""
    return sorted(values)[min(len(values) - 1, int(len(values) * percent / 100))]


def area(one: Sequence[float], other: Sequence[float]) -> float:
    """The area under the ROC curve, the better way round: 0.5 is blind, 1 is certain.

    How often, of a pair with one value of each kind, the larger is of the kind that is larger
    on the whole.
    """
    ordered = sorted(one)
    below = sum(bisect_left(ordered, each) + bisect_right(ordered, each) for each in other) / 2
    found = below / (len(one) * len(other))
    return max(found, 1 - found)


def best_guess(one: Sequence[float], other: Sequence[float]) -> float:
    """How often the best threshold is right about a value of either kind: 0.5 is blind."""
    first, second = sorted(one), sorted(other)
    apart = max(
        abs(bisect_right(first, each) / len(first) - bisect_right(second, each) / len(second))
        for each in (*first, *second)
    )
    return (1 + apart) / 2

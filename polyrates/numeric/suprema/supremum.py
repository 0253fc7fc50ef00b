r"""The one entry to certified suprema: :math:`\sup \sqrt{u A^2 + w B^2}` on a support.

A and B are Chebyshev series known to an error. Where one weight is 0, the other function's modulus
is all there is, and its own cells (:mod:`polyrates.numeric.suprema.series`, degree n) are several
times cheaper than those of the square (:mod:`polyrates.numeric.suprema.profile`, degree 2n);
callers need not know.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from polyrates.numeric.suprema.balls import EnclosedSeries, Maximum
from polyrates.numeric.suprema.peaks import series_peaks
from polyrates.numeric.suprema.profile import Piece, at_point, on_one, scale_of
from polyrates.numeric.suprema.series import grid_bound, modulus, times_down, times_up
from polyrates.numeric.suprema.waves import Points, U

__all__ = ["supremum", "supremum_over"]


def supremum(
    first: EnclosedSeries,
    second: EnclosedSeries | None = None,
    weights: tuple[float, float] = (1.0, 0.0),
    *,
    tight: bool = True,
) -> Maximum:
    r"""An enclosure of the largest :math:`\sqrt{u A^2 + w B^2}` on the series' interval.

    Parameters
    ----------
    first, second
        A and B on the same interval; without B, |A| √u.
    weights : (u, w), nonnegative
    tight
        To about n·1e-15 relative; without, where one function is asked for, the maximum on a grid
        over cos(π/16), at most 2 % above.
    """
    u, w = weights
    if second is None or w == 0.0:
        return _times(modulus(first) if tight else grid_bound(first), u)
    if u == 0.0:
        return _times(modulus(second) if tight else grid_bound(second), w)
    # all that follows squares values: tiny or huge ones are brought to size one first
    scale = scale_of([whole := Piece.of(first, second)], (math.sqrt(u), math.sqrt(w)))
    part = whole.over(scale)
    angles, point = np.zeros(1), first.L
    if len(part.first) > 1:
        angles, heights, _ = series_peaks(part.first, part.second, u, w)
        half = math.sin(float(angles[int(np.argmax(heights))]) / 2) ** 2
        point = min(max(first.L * (1 - half) + first.ell * half, first.ell), first.L)
    a, b = at_point(part, point)
    lower = math.sqrt(u * a * a + w * b * b) * (1 - 16 * U)
    upper = on_one(part, weights, angles)
    return Maximum(times_down(lower, scale), times_up(upper, scale), point)


def supremum_over(parts: Sequence[Piece], weights: tuple[float, float], seeds: Points) -> float:
    """An upper bound of the same over a support, piece by piece.

    ``seeds``: where the maxima are, by piece and angle (a hint: only the sharpness depends on it).
    """
    u, w = weights
    worst = 0.0
    for i, part in enumerate(parts):
        if u == 0.0 or w == 0.0:
            found = supremum(*part.functions, weights).upper
        else:
            found = on_one(part, weights, seeds.phi[seeds.segment == i])
        worst = max(worst, found)
    return worst


def _times(found: Maximum, weight: float) -> Maximum:
    """√weight times what was found, rounded outward."""
    if weight == 1.0:
        return found
    root = math.sqrt(weight)
    lower, upper = found.lower * (1 - 4 * U), found.upper * (1 + 4 * U)
    return Maximum(times_down(lower, root), times_up(upper, root), found.point)

"""The joint worst case at every t of a run: what ``rate.worst_case`` bounds, in one pass."""

from __future__ import annotations

import numpy as np

from polyrates.analysis.rate_part import RatePart
from polyrates.analysis.worst_case import hull_of, worst_case
from polyrates.core.estimators import Estimator, Unrolled
from polyrates.core.recurrence import Method, check_steps
from polyrates.core.spectra import Spectrum
from polyrates.ground.numbers import floating
from polyrates.numeric.suprema.balls import enclosed_pairs
from polyrates.numeric.suprema.joint import joint_worst_case_of
from polyrates.numeric.suprema.profile import Piece
from polyrates.problems.sizes import joint_sizes

__all__ = ["worst_curve"]

_ROOM = 1 + 4 * 2.0**-53


def worst_curve(
    method: Method, where: Spectrum, estimator: Estimator, steps: int, **sizes: object
) -> np.ndarray:
    """Certified upper bounds of the worst case at t = 0, …, steps, shape (steps+1,).

    On intervals the series of all t come from one run of the recurrence in ball arithmetic; where
    a support has isolated points, and of other estimators, every t is enclosed by itself.
    """
    steps = check_steps(method, steps)
    joint = joint_sizes(sizes, hessian=True)
    first, second = floating(joint.first), floating(joint.second)
    if not isinstance(estimator, Unrolled) or any(low == high for low, high in where.support):
        values = [worst_case(method, where, estimator, t, **sizes) for t in range(steps + 1)]
        return np.array([floating(value) for value in values]) * _ROOM
    if joint.form == "residual/hessian":
        R, C = (
            RatePart(kind, method, hull_of(where), estimator).curve(steps)
            for kind in ("residual", "drift")
        )
        return np.asarray((R * first + C * second) * _ROOM)
    kind = joint.form.split("/")[0]
    rows: list[list[Piece]] = [[] for _ in range(steps + 1)]
    for segment in where.support:
        for row, parts in zip(rows, enclosed_pairs(method, estimator, steps, segment), strict=True):
            row.append(Piece.of(parts[kind], parts["drift"]))
    return np.array([joint_worst_case_of(row, first, second).upper for row in rows]) * _ROOM

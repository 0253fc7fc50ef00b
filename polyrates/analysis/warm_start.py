r"""A bilevel loop: every outer step moves θ a little, and K inner steps start where the last ended.

On a quadratic let an outer step move x* by σ and ∂x* by τ, with H and ∂H as they were (exact where
θ moves b; to first order in the step otherwise, and then τ = δ ∂²x*, σ = δ ∂x*). The iterate's
error before the K steps is e_0 = Pe_0 − σ, so in the limit e_0 = −(1 − P)⁻¹σ, and the estimate's,
after them,

    carried  E = R(E − τ) + C∂He_0    ⇒    E = −R/(1 − R) τ − C/((1 − R)(1 − P)) ∂Hσ,
    reset    E = −R∂x* + C∂He_0       ⇒    E = −R ∂x* − C/(1 − P) ∂Hσ,                          (1)

P the residual polynomial of K steps, (R, C) the pair of the estimator, all of them functions of H.
So the loop has a pair (R, C) of its own, on (τ, ∂Hσ) where J is carried and on (∂x*, ∂Hσ) where it
is reset to 0. For unrolling (R = P, C = P′) the carried drift is P′/(1 − P)², the derivative of the
loop's own residual P/(1 − P). Carrying wins for small steps, since its error vanishes with them and
that of a reset does not; a reset wins where 1 − R is small: after few inner steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from polyrates.core.estimators import Estimator, Unrolled, as_estimator
from polyrates.core.recurrence import Method, as_method
from polyrates.core.spectra import Spectrum, as_spectrum
from polyrates.ground.errors import refuse_value
from polyrates.ground.late import late
from polyrates.ground.numbers import count, floating, nonnegative
from polyrates.numeric.ring import ValueRing

__all__ = ["LoopPair", "WarmStart", "warm_start", "warm_starts"]

optimize = late("scipy.optimize")

Array = np.ndarray
_POINTS = 2000


@dataclass(frozen=True, eq=False)
class LoopPair:
    """(R, C) of the loop on the eigenvalues that were looked at.

    Attributes
    ----------
    residual : array (n,)
        Multiplies τ where J is carried, ∂x* where it is reset.
    drift : array (n,)
        Multiplies ∂Hσ.
    """

    residual: Array
    drift: Array

    @property
    def suprema(self) -> tuple[float, float]:
        """The largest moduli."""
        return float(np.max(np.abs(self.residual))), float(np.max(np.abs(self.drift)))

    def worst(self, first: float, second: float) -> float:
        """The largest ‖R u + C v‖ over ‖u‖ ≤ first, ‖v‖ ≤ second, on the grid."""
        A, B = first * np.abs(self.residual), second * np.abs(self.drift)
        if not (np.all(np.isfinite(A)) and np.all(np.isfinite(B))):
            return np.inf
        if not np.any(A) or not np.any(B):
            return float(max(np.max(A), np.max(B)))
        found = optimize.minimize_scalar(
            lambda s: float(np.max(A**2 / s + B**2 / (1 - s))),
            bounds=(1e-12, 1 - 1e-12),
            method="bounded",
            options={"xatol": 1e-12},
        )
        # the minimum over s of the maximum; both alone at one eigenvalue are below it
        return float(max(np.sqrt(found.fun), np.max(A + B)))


@dataclass(frozen=True, eq=False)
class WarmStart:
    """The stationary errors of a warm-started loop of K inner steps.

    Numeric: maxima over a grid of 2,000 Chebyshev points on every interval of the support, with
    both ends; a spectrum of points is exact up to rounding.

    Attributes
    ----------
    steps : int
        K.
    points : array (n,)
        Eigenvalues.
    iterate : array (n,)
        P/(1 − P), which multiplies −σ.
    carried, reset : LoopPair
    """

    method: Method
    estimator: Estimator
    steps: int
    points: Array
    iterate: Array
    carried: LoopPair
    reset: LoopPair

    def error(self, carry: bool, *, shift: object, turn: object = 0, size: object = 0) -> float:
        """The largest stationary error of J, after the K steps.

        Parameters
        ----------
        carry : bool
            Whether J is carried, else reset to 0.
        shift : number ≥ 0
            ‖∂Hσ‖ an outer step.
        turn : number ≥ 0
            ‖τ‖, the move of ∂x* an outer step; only where J is carried.
        size : number ≥ 0
            ‖∂x*‖; only where it is reset.
        """
        moved, turned, whole = (
            floating(nonnegative(value, name), name)
            for value, name in ((shift, "shift"), (turn, "turn"), (size, "size"))
        )
        if carry:
            return self.carried.worst(turned, moved)
        return self.reset.worst(whole, moved)


def _grid(where: Spectrum) -> Array:
    pieces = []
    for low, high in ((floating(a), floating(b)) for a, b in where.support):
        if low == high:
            pieces.append(np.array([low]))
        else:
            angle = np.cos(np.linspace(np.pi, 0, _POINTS))
            pieces.append((low + high) / 2 + (high - low) / 2 * angle)
            pieces[-1][0], pieces[-1][-1] = low, high
    return np.concatenate(pieces)


def warm_starts(
    method: Method, spectrum: object, longest: int, estimator: Estimator | None = None
) -> Iterator[WarmStart]:
    """:func:`warm_start` for K = 1, …, ``longest``, in one pass where the estimator allows it."""
    as_method(method)
    chosen = as_estimator(Unrolled() if estimator is None else estimator)
    points = _grid(as_spectrum(spectrum))
    if np.any(points <= 0):
        refuse_value("spectrum", spectrum, "needs eigenvalues > 0", "give ell > 0")
    ring = ValueRing(points)
    runs = zip(
        Unrolled().pairs(method, longest, ring), chosen.pairs(method, longest, ring), strict=True
    )
    for K, (plain, pair) in enumerate(runs):
        if K == 0:
            continue
        P, R = plain.residual, np.broadcast_to(pair.residual, points.shape)
        C = np.broadcast_to(pair.drift, points.shape)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            settles = np.abs(P) < 1
            kept = settles & (np.abs(R) < 1)  # else the loop does not settle
            carried = LoopPair(
                np.where(kept, R / (1 - R), np.inf),
                np.where(kept, C / ((1 - R) * (1 - P)), np.inf),
            )
            reset = LoopPair(np.asarray(R), np.where(settles, C / (1 - P), np.inf))
            iterate = np.where(settles, P / (1 - P), np.inf)
        yield WarmStart(method, chosen, K, points, iterate, carried, reset)


def warm_start(
    method: Method, spectrum: object, steps: int, estimator: Estimator | None = None
) -> WarmStart:
    """The loop of K inner steps, restarted at every outer step from where the last one ended.

    Parameters
    ----------
    method : Method
    spectrum : Spectrum
        With ell > 0.
    steps : int ≥ 1
        K.
    estimator : Estimator, default ``pr.Unrolled()``

    Returns
    -------
    WarmStart
        Infinite where the loop does not settle: |P| ≥ 1, or |R| ≥ 1 where J is carried.

    Examples
    --------
    >>> import polyrates as pr
    >>> loop = pr.warm_start(pr.Chebyshev(1, 100), pr.Interval(1, 100), 20)
    >>> for step in (1e-4, 1.0):
    ...     carried = loop.error(True, shift=step, turn=step)
    ...     print(step, f"carried {carried:.2g}, reset {loop.error(False, shift=step, size=1):.2g}")
    0.0001 carried 3.5e-05, reset 0.036
    1.0 carried 0.35, reset 0.34
    """
    K = count(steps, "steps", 1)
    *_, last = warm_starts(method, spectrum, K, estimator)
    return last

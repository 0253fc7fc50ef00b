"""The grid of eigenvalues on which choices are compared, and the search over them: numeric."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from polyrates.core.spectra import Spectrum
from polyrates.ground.numbers import floating
from polyrates.numeric.ring import ValueRing
from polyrates.problems.sizes import InitialSizes

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Grid:
    """Eigenvalues fine enough for degree ``degree``, and the sizes: errors as plain floats."""

    points: Array
    sizes: InitialSizes

    @classmethod
    def of(cls, spectrum: Spectrum, degree: int, sizes: InitialSizes) -> Grid:
        """Chebyshev points of every interval, and the isolated points."""
        pieces = []
        for a, b in spectrum.support:
            low, high = floating(a, "ell"), floating(b, "L")
            if low == high:
                pieces.append(np.array([low]))
            else:
                # four points a half-wave: the maximum on the grid is within 8 % of the true one
                angle = np.linspace(0.0, math.pi, 4 * max(degree, 8) + 1)
                pieces.append(low + (high - low) * np.cos(angle / 2) ** 2)
        return cls(np.concatenate(pieces), sizes)

    @property
    def ring(self) -> ValueRing:
        """Polynomials as their values at the points."""
        return ValueRing(self.points)

    def error(self, residual: Array, drift: Array) -> float:
        """The worst case on the grid; without commutation the drift stands for its multiplier."""
        values = []
        for form, first, second in self.sizes.forms:
            a, g = floating(first), floating(second)
            A = residual - self.points * drift if form == "initial/cross" else residual
            if form == "residual/hessian":
                values.append(a * float(np.max(np.abs(A))) + g * float(np.max(np.abs(drift))))
            else:
                values.append(joint((a * A) ** 2, (g * drift) ** 2))
        return min(values)


def joint(x: Array, y: Array) -> float:
    """√ of min over s of max_i x_i/s + y_i/(1 − s), by bisection on the slope in log(s/(1 − s))."""
    if not (np.all(np.isfinite(x)) and np.all(np.isfinite(y))):
        return math.inf
    if not x.any() or not y.any():
        return math.sqrt(float(np.max(x)) + float(np.max(y)))
    both = np.stack([x, y])
    low, high, best = -30.0, 30.0, math.inf
    for _ in range(34):
        odds = math.exp((low + high) / 2)
        value = np.array([1 + 1 / odds, 1 + odds]) @ both
        i = int(value.argmax())
        best = min(best, float(value[i]))
        if y[i] * odds > x[i] / odds:
            high = (low + high) / 2
        else:
            low = (low + high) / 2
    return math.sqrt(best)


def search(
    candidates: list[int], value: Callable[[int], float], most: int = 200
) -> dict[int, float]:
    """Values at all candidates, or, of many, at every 2^j-th and then ever closer to the best."""
    found: dict[int, float] = {}

    def look(indices: Iterable[int]) -> None:
        for i in indices:
            if 0 <= i < len(candidates) and candidates[i] not in found:
                found[candidates[i]] = value(candidates[i])

    stride = 1
    while len(candidates) > most * stride:
        stride *= 2
    look([*range(0, len(candidates), stride), len(candidates) - 1])
    while stride > 1:
        stride //= 2
        best = candidates.index(min(found, key=lambda key: found[key]))
        look((best - stride, best + stride))
    return found

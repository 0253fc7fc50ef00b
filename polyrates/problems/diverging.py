"""Functions with ℓ ≤ f_0″ ≤ L on which momentum converges while its Jacobian diverges.

:class:`LogPeriodic`, for heavy ball: f_0′(x) = x(a + b sin(π ln|x|/ln ξ)), a = (L + ℓ)/2,
b = (L − ℓ)/(2√(1 + π²/ln²ξ)). At x = ±ξ^k the sine vanishes, so the tuned method sees the quadratic
a and steps from ±ξ^k to ∓ξ^{k+2}, while f_0″ alternates between the neighborhoods of ℓ and L.

:class:`Bumps`, for any method: f_0″ = a + Σ_t k_t ψ′((x − y_t)/r_t), ψ = u(1 − u²)² on |u| < 1, at
the queries y_t of the method on the quadratic a: f_0′(y_t) = ay_t, and f_0″(y_t) = a + k_t is what
one likes. ψ′ lies in [−4/5, 1], so a = ℓ + .46(L − ℓ) leaves room for k_t up to both ends.

Both functions are of one variable and written for floats, arrays of numpy, JAX and torch, and
mpmath numbers, whose precision the constants follow. A run in floats follows the path as long as
its rounding, which grows as the Jacobian does, stays below the iterates.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from fractions import Fraction
from types import ModuleType
from typing import Any

import numpy as np

from polyrates.ground.arrays import library
from polyrates.problems.scalar_functions import TranslatedFunction

__all__ = ["Bumps", "LogPeriodic"]


def _is_mpmath(x: object) -> bool:
    return type(x).__module__.split(".")[0] == "mpmath"


def _like(x: object, value: Fraction) -> Any:
    """A constant in the arithmetic of x."""
    if _is_mpmath(x):
        return sys.modules["mpmath"].mpf(value.numerator) / value.denominator
    return float(value)


def _functions(x: object) -> ModuleType:
    """The module whose log, sin and sqrt take x."""
    if _is_mpmath(x):
        return sys.modules["mpmath"]
    kind = library(x)
    if kind == "jax":
        return sys.modules["jax"].numpy  # type: ignore[no-any-return]
    return sys.modules["torch"] if kind == "torch" else np


def _where(condition: Any, yes: Any, no: Any) -> Any:
    """yes or no, entry by entry where there are entries."""
    kind = library(condition)
    if kind is None:
        return yes if condition else no
    return (np if kind == "numpy" else _functions(condition)).where(condition, yes, no)


@dataclass(frozen=True)
class LogPeriodic(TranslatedFunction):
    """The function for heavy ball; ``blend`` j leads the step from 1 to ξ^j, None from 1 to ξ.

    With a blend f_0″ is (1 − σ)F″ + σC on [p, 1], p = ξ⁴, F the function above and σ(u) =
    6u⁵ − 15u⁴ + 10u³ in u = (x − p)/(1 − p); C in [ℓ, L] makes f_0′(1) = ``slope_at_one``. F′ is
    x(a + b sin(ω ln x)), ω = π/ln ξ, and ∫x^{n−1} sin(ω ln x) dx elementary, so f_0′ is in closed
    form. Beyond 1 it is linear.
    """

    ell: Fraction
    L: Fraction
    blend: int | None = None
    first_step: Fraction | None = None
    start: float = 1.0
    shift: float = 1.0
    cross_lipschitz: float = 0.0

    def _constants(self, x: object) -> tuple[Any, Any, Any, Any]:
        """a, b, ω and ξ."""
        at = sys.modules["mpmath"] if _is_mpmath(x) else math
        low, high = _like(x, self.ell), _like(x, self.L)
        low_root, high_root = at.sqrt(low), at.sqrt(high)
        xi = (high_root - low_root) / (high_root + low_root)
        omega = at.pi / at.log(xi)
        return (high + low) / 2, (high - low) / 2 / at.sqrt(1 + omega**2), omega, xi

    def slope(self, x: Any) -> Any:
        """f_0′."""
        plain = self._plain(x)[0]
        if self.blend is None:
            return plain
        p, C, _ = self._blended(x)
        inside = _where(x < 1.0, x, 1.0 + 0 * x)
        inside = _where(x > p, inside, p + 0 * x)
        value = self._blend_slope(inside, C)
        return _where(x > p, value + C * (x - inside), plain)

    def curvature(self, x: Any) -> Any:
        """f_0″."""
        bent = self._plain(x)[1]
        if self.blend is None:
            return bent
        p, C, _ = self._blended(x)
        u = (x - p) / (1 - p)
        step = u**3 * (10 - 15 * u + 6 * u * u)
        step = _where(u < 1.0, step, 1.0 + 0 * x)
        return _where(x > p, (1 - step) * bent + step * C, bent)

    def _plain(self, x: Any) -> tuple[Any, Any]:
        a, b, omega, _ = self._constants(x)
        at, size = _functions(x), abs(x)
        phase = omega * at.log(_where(size > 0, size, 1.0 + 0 * x))
        sine, cosine = at.sin(phase), at.cos(phase)
        return x * (a + b * sine), a + b * (sine + omega * cosine)

    def _blended(self, x: object) -> tuple[Any, Any, Any]:
        """p, C and the slope wanted at 1."""
        assert self.blend is not None and self.first_step is not None
        xi = self._constants(x)[3]
        p = xi**4
        wanted = (1 - xi**self.blend) / _like(x, self.first_step)
        one = 1 + 0 * xi
        base = self._blend_slope(one, 0 * xi)
        weight = self._blend_slope(one, one) - base  # ∫σ = (1 − p)/2
        return p, (wanted - base) / weight, wanted

    def _blend_slope(self, x: Any, C: Any) -> Any:
        """F′(p) + ∫_p^x (1 − σ)F″ + σC = (1 − σ)F′ + ∫σ′F′ + C∫σ for x in [p, 1]."""
        a, b, omega, xi = self._constants(x)
        at = _functions(x)
        p = xi**4
        width = 1 - p
        u = (x - p) / width
        step = u**3 * (10 - 15 * u + 6 * u * u)
        # σ′(x) = 30u²(1 − u)²/(1 − p) = Σ_n s_n x^n
        squares = [p * p, -(1 + p) * p * 2, (1 + p) ** 2 + 2 * p, -2 * (1 + p), 1]
        scale = 30 / width**5
        log, log_p = at.log(x), 4 * (at.log(xi) if _is_mpmath(xi) else math.log(xi))
        total = 0 * x
        for n, s in enumerate(squares):
            k = n + 2  # ∫ x^{n+1}(a + b sin(ω ln x)) dx
            total = total + scale * s * (
                (x**k - p**k) * (a / k)
                + (_primitive(x, log, k, omega, at) - _primitive_at(p, log_p, k, omega)) * b
            )
        smooth = width * u**4 * (5 - 6 * u + 2 * u * u) / 2
        return (1 - step) * self._plain(x)[0] + total + C * smooth

    def constant(self) -> float:
        """C of the blend, which must lie in [ℓ, L]."""
        return float(self._blended(1.0)[1])


def _primitive(x: Any, log: Any, k: int, omega: Any, at: Any) -> Any:
    """∫ x^{k−1} sin(ω ln x) dx = x^k (k sin − ω cos)/(k² + ω²)."""
    return x**k * (at.sin(omega * log) * k - at.cos(omega * log) * omega) / (k * k + omega**2)


def _primitive_at(p: Any, log: Any, k: int, omega: Any) -> Any:
    return _primitive(p, log, k, omega, sys.modules["mpmath"] if _is_mpmath(p) else math)


@dataclass(frozen=True)
class Bumps(TranslatedFunction):
    """f_0″ = a + Σ_t k_t ψ′((x − y_t)/r_t): centers y_t, radii r_t, heights k_t, all fractions."""

    middle: Fraction
    centers: tuple[Fraction, ...]
    radii: tuple[Fraction, ...]
    heights: tuple[Fraction, ...]
    start: float = 1.0
    shift: float = 1.0
    cross_lipschitz: float = 0.0

    def slope(self, x: Any) -> Any:
        """f_0′ = ax + Σ k_t r_t ψ((x − y_t)/r_t)."""
        total = x * _like(x, self.middle)
        for y, r, k in zip(self.centers, self.radii, self.heights, strict=True):
            radius = _like(x, r)
            u = (x - _like(x, y)) / radius
            room = 1 - u * u
            inside = (room + abs(room)) / 2
            total = total + u * inside * inside * (radius * _like(x, k))
        return total

    def curvature(self, x: Any) -> Any:
        """f_0″, with ψ′ = (1 − u²)(1 − 5u²)."""
        total = 0 * x + _like(x, self.middle)
        for y, r, k in zip(self.centers, self.radii, self.heights, strict=True):
            u = (x - _like(x, y)) / _like(x, r)
            room = 1 - u * u
            inside = (room + abs(room)) / 2
            total = total + inside * (1 - 5 * u * u) * _like(x, k)
        return total

"""The lower bound for every method, and the best constant step for a known horizon."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy
from flint import arb

from polyrates.core.methods.classical import GradientDescent
from polyrates.core.spectra import Interval, as_spectrum
from polyrates.ground.cards import Typeset
from polyrates.ground.errors import Undecided, refuse_value
from polyrates.ground.numbers import count, fraction_of, is_exact, is_symbolic
from polyrates.ground.precision import ball_bits
from polyrates.symbolic.theorems.balls import ball, float_enclosure
from polyrates.symbolic.theorems.base import as_time
from polyrates.symbolic.theorems.classical import ClassicalTheorem
from polyrates.symbolic.theorems.gradient_descent import gradient_descent_theorem

__all__ = ["BestStep", "best_step", "lower_bound"]


def lower_bound(interval: Any, t: Any) -> Any:
    """min over all P with P(0) = 1, deg P ≤ t, of max |P| on [ℓ, L] = 1/|T_t(m(0))|.

    No method of t gradients has a smaller worst case of the Jacobian error, relative to ‖E‖: for
    ∂H = 0 the error of unrolling is P_t(H)E (Chebyshev; Flanders and Shortley 1950).

    Parameters
    ----------
    interval : Interval, or a pair (ell, L)
        A union with gaps is refused: its bound is smaller and is no Chebyshev polynomial's.
    t : int ≥ 0, or ``pr.t``

    Returns
    -------
    A rational for rational ℓ, L; a float, rounded down, for floats; an expression for symbols.
    """
    spectrum = as_spectrum(interval, "interval")
    if len(spectrum.support) != 1:
        refuse_value(
            "interval", interval, "must be one interval without gaps", "give pr.Interval(ell, L)"
        )
    ell, L = spectrum.hull
    t = as_time(t)
    if ell == L:
        return _point_bound(t, is_exact(ell))
    if is_exact(ell):
        return ClassicalTheorem("residual", ell, L, sympy.Integer(0)).value(t)
    if not isinstance(t, int):
        refuse_value(
            "t", t, "a symbol t beside floats is neither exact nor a number", "give an int"
        )
    theorem = ClassicalTheorem("residual", _rational(ell), _rational(L), sympy.Integer(0))
    return theorem.value_enclosure(t)[0]


def _point_bound(t: Any, exact: bool) -> Any:
    """One eigenvalue: 1 − λ/λ₁ vanishes on it."""
    if not isinstance(t, int):
        return sympy.Piecewise((1, sympy.Eq(t, 0)), (0, True))
    value = 1 if t == 0 else 0
    return sympy.Integer(value) if exact else float(value)


@dataclass(frozen=True)
class BestStep(Typeset):
    """The constant step of gradient descent with the smallest max |P_t − λP_t′| at a known t.

    Attributes
    ----------
    step : Rational (float for a float spectrum)
        In units of 1/λ, within 2⁻⁶⁴ relative of the best one; exact where that is rational.
    lower, upper : float
        lower ≤ the best possible worst case ≤ the worst case at ``step`` ≤ upper.
    equation : sympy.Eq
        φ_t(hℓ) = |φ_t(hL)| in h, of which the best step is the only root with 1 < hL < L/ℓ.
    """

    sources = ("curse",)

    step: Any
    lower: float
    upper: float
    equation: sympy.Eq

    def __float__(self) -> float:
        return float(self.step)

    @property
    def value(self) -> float:
        """The worst case at the step, as a float that is an upper bound."""
        return self.upper

    @property
    def method(self) -> GradientDescent:
        """Gradient descent with this step."""
        return GradientDescent(self.step)

    def _latex(self) -> str:
        return rf"h = {float(self.step):.6g}, \quad \max_{{\lambda}} " + (
            rf"\left|P_{{t}} - \lambda P_{{t}}'\right| = {self.upper:.6g}"
        )


def best_step(spectrum: Any, t: Any) -> BestStep:
    """The constant step that minimizes the initial part's worst case at a known horizon t.

    For t ≥ 2 the maximum is |φ_t| at an end of the hull, φ_t(u) = (1 − u)^{t−1}(1 + (t − 1)u). For
    1 ≤ hL ≤ L/ℓ the value at ℓ falls with h and the one at L rises from 0, so the best step is
    where they meet. For t ≤ 1 every step gives 1, and for ℓ = 0 no step gives less: 1/L then.

    Parameters
    ----------
    spectrum : Spectrum or pair (ell, L), numbers
    t : int ≥ 0
        The horizon, known beforehand.
    """
    where = as_spectrum(spectrum)
    horizon = count(t, "t")
    ell, L = where.hull
    if is_symbolic(ell) or is_symbolic(L):
        raise Undecided("spectrum", where, "has symbols", "give numbers for ell and L")
    inexact = not is_exact(ell)
    low, high = (_rational(end) if inexact else end for end in (ell, L))
    h = sympy.Symbol("h", positive=True)

    def phi(u: Any) -> Any:
        return (1 - u) ** (horizon - 1) * (1 + (horizon - 1) * u)

    equation = sympy.Eq(phi(h * low), (-1) ** (horizon - 1) * phi(h * high), evaluate=False)
    step: Any
    if horizon < 2 or low == 0 or low == high:
        step = 1 / high
        bounds = (0.0, 0.0) if low == high and horizon >= 2 else (1.0, 1.0)
        return BestStep(float(step) if inexact else step, *bounds, equation)
    step, (lower, upper) = _meet(low, high, horizon)
    if inexact:
        step = float(step)
        rounded = gradient_descent_theorem(
            GradientDescent(_rational(step)), Interval(low, high), "initial"
        )
        upper = rounded.value_enclosure(horizon)[1]
    return BestStep(step, lower, upper, equation)


def _meet(low: sympy.Expr, high: sympy.Expr, t: int) -> tuple[sympy.Rational, tuple[float, float]]:
    """The crossing by bisection in dyadic rationals u = hL, and what it proves."""
    with ball_bits(256):
        kappa, top = ball(low) / ball(high), ball(high)

        def left(u: Fraction) -> arb:
            x = _arb(u) * kappa
            return abs(1 - x) ** (t - 1) * (1 + (t - 1) * x)

        def right(u: Fraction) -> arb:
            return abs(1 - _arb(u)) ** (t - 1) * (1 + (t - 1) * _arb(u))

        # at u = 2 the right end is 2t − 1 > 1 ≥ the left; at u = 1 it is 0
        below, above = Fraction(1), Fraction(2)
        for _ in range(72):
            middle = (below + above) / 2
            if left(middle) > right(middle):
                below = middle
            else:
                above = middle
        # the step itself must be rational: u/L, L enclosed by a dyadic number where irrational
        scale = (
            Fraction(int(high.p), int(high.q)) if isinstance(high, sympy.Rational) else _middle(top)
        )
        step = below / scale
        shown = _arb(step) * top
        x = shown * kappa
        value = (abs(1 - x) ** (t - 1) * (1 + (t - 1) * x)).max(
            abs(1 - shown) ** (t - 1) * (1 + (t - 1) * shown)
        )
        floor = left(above).max(right(below))
        lower, upper = float_enclosure(floor)[0], float_enclosure(value)[1]
    return sympy.Rational(step.numerator, step.denominator), (lower, upper)


def _arb(value: Fraction) -> arb:
    return arb(value.numerator) / arb(value.denominator)


def _middle(value: arb) -> Fraction:
    mantissa, exponent = value.mid().man_exp()
    power = Fraction(2) ** int(exponent)
    return Fraction(int(mantissa)) * power


def _rational(value: Any) -> sympy.Rational:
    plain = fraction_of(value)
    return sympy.Rational(plain.numerator, plain.denominator)

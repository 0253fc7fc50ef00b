"""Heavy ball and Nesterov on their own interval: geometric factor times a polynomial in t.

With b = (1 − m)/(1 + m), q = 1 + bt and q′ = (1 − b)t² + bt(t + 1)(t + 2)/3:

    heavy ball, hℓ = (1 − √m)², hL = (1 + √m)², first step h/(1 + m); c = (L + ℓ)/(L − ℓ):
        max |P| = m^{t/2} q, max |P′| = 2m^{t/2}q′/(L − ℓ), max |P − λP′| = m^{t/2}((1 + c)q′ − q);
    Nesterov, (1 + m)²(1 − hℓ) = 4m, hL ≤ 1; s = 2m/(1 + m):
        max |P| = s^t q,  max |P′| = h s^t (tq + q′)/(2(1 − hℓ)).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy
from flint import arb

from polyrates.core.methods.classical import HeavyBall, Nesterov
from polyrates.core.spectra import Spectrum
from polyrates.ground.numbers import is_symbolic, sign
from polyrates.ground.numbers import t as iteration
from polyrates.ground.precision import evaluated
from polyrates.ground.typeset import with_values
from polyrates.symbolic.derivations.momentum import heavy_ball_proof, nesterov_proof
from polyrates.symbolic.proofs.derivation import Claim, Derivation
from polyrates.symbolic.theorems.balls import ball
from polyrates.symbolic.theorems.base import XI, LogConcave, as_time, at_zero, power, times

__all__ = ["MomentumTheorem", "heavy_ball_theorem", "nesterov_theorem"]


@dataclass(frozen=True)
class MomentumTheorem(LogConcave):
    """max over the support of one part = scale · ratio^t · (w_q q + w_t t q + w_d q′)(t), t ≥ 1.

    Attributes
    ----------
    family : "heavy ball" or "Nesterov"
    ratio : √m or 2m/(1 + m)
    slope : b = (1 − m)/(1 + m)
    weights : (w_q, w_t, w_d)
    """

    part: str
    family: str
    ratio: sympy.Expr
    slope: sympy.Expr
    weights: tuple[sympy.Expr, sympy.Expr, sympy.Expr]
    hypotheses: tuple[Claim, ...] = ()

    @property
    def _parameters(self) -> tuple[sympy.Expr, ...]:
        return self.ratio, self.slope, *self.weights

    def _polynomial(
        self, t: int | sympy.Expr, slope: sympy.Expr, weights: Sequence[sympy.Expr]
    ) -> sympy.Expr:
        q = 1 + slope * t
        derivative = (1 - slope) * t * t + slope * t * (t + 1) * (t + 2) / 3
        return weights[0] * q + weights[1] * t * q + weights[2] * derivative

    def value(self, t: int | sympy.Expr) -> sympy.Expr:
        """The supremum at t."""
        t = as_time(t)
        if isinstance(t, int):
            if t == 0:
                return sympy.Integer(0 if self.part in ("drift", "cross") else 1)
            polynomial = self._polynomial(sympy.Integer(t), self.slope, self.weights)
            if not self._symbolic:
                polynomial = sympy.expand(polynomial)
            return times(power(self.ratio, t), polynomial)
        formula = self.ratio**t * self._polynomial(t, self.slope, self.weights)
        return at_zero(sympy.Integer(1), t, formula) if self.part == "initial" else formula

    def _latex(self) -> str:
        """In letters: with ξ = √m, 1 + c = 2/(1 − κ), and b and w as in the class."""
        own = self.family == "heavy ball"
        letter = r"\xi" if own else "s"
        top = r"(1 - b) t^{2} + \frac{b}{3} t (t + 1) (t + 2)"
        shown: list[tuple[str, sympy.Expr]] = []
        if self.part == "residual":
            formula = rf"{letter}^{{t}} \left(1 + b t\right)"
        elif self.part == "initial":
            inner = rf"\frac{{2}}{{1 - \kappa}} \left({top}\right) - 1 - b t"
            formula = rf"{letter}^{{t}} \left[{inner}\right] \quad (t \ge 1)"
            kappa = sympy.radsimp(sympy.cancel(1 - 2 / self.weights[2]))
            shown = [(r"\kappa", kappa)]
        else:
            top = top if own else rf"t (1 + b t) + {top}"
            formula, shown = rf"w \, {letter}^{{t}} \left[{top}\right]", [("w", self.weights[2])]
        if own and self.ratio.free_symbols:
            b = r"b = \frac{2 \sqrt{\kappa}}{1 + \kappa}"
            meant = "" if self.part == "initial" else r", \quad \kappa = \frac{\ell}{L}"
            return with_values(rf"{formula}, \quad {XI}, \quad {b}{meant}", *shown)
        return with_values(formula, *shown, ("b", self.slope), (letter, self.ratio))

    @property
    def _symbolic(self) -> bool:
        return any(is_symbolic(each) for each in self._parameters)

    def _ball(self, t: int) -> arb:
        if t == 0:
            return arb(0 if self.part in ("drift", "cross") else 1)
        weights = [ball(each) for each in self.weights]
        value = self._polynomial(arb(t), ball(self.slope), weights)
        return value * ball(self.ratio) ** t

    @property
    def asymptotic(self) -> sympy.Expr:
        """The geometric ratio, for every part."""
        return self.ratio

    @property
    def _constant(self) -> bool:
        return self.ratio == 1 and self.part == "residual"  # q = 1 + bt, b = 0

    @property
    def _diverges(self) -> bool:
        return self.ratio == 1 and self.part != "residual"  # q′ = t²

    @property
    def derivation(self) -> Derivation:
        """Cosine sums with coefficients ≥ 0."""
        proof = heavy_ball_proof if self.family == "heavy ball" else nesterov_proof
        return proof(self.part, self.hypotheses, self.value(iteration))


def heavy_ball_theorem(method: HeavyBall, spectrum: Spectrum, part: str) -> MomentumTheorem | None:
    """The theorem, where the hull of the support is the interval on which σ runs over [−1, 1]."""
    ell, L = spectrum.hull
    h, m = method.step, method.momentum
    root = _reduce(h * (L - ell) / 4)  # (1 + √m)² − (1 − √m)² = 4√m
    own = (
        sign(m) in (1, None)
        and sign(1 - m) in (1, None)
        and _zero(root**2 - m)
        and _zero(h * L - (1 + root) ** 2)
        and _zero(method.first_step * (1 + m) - h)
    )
    if not own:
        return None
    zero, one = sympy.Integer(0), sympy.Integer(1)
    width = 2 / (L - ell)
    weights = {
        "residual": (one, zero, zero),
        "initial": (-one, zero, _reduce(width * L)),  # 1 + c = 2L/(L − ℓ)
    }.get(part, (zero, zero, width))
    slope = _reduce((1 - m) / (1 + m))
    return MomentumTheorem(part, "heavy ball", root, slope, weights, _open(ell, L))


def nesterov_theorem(method: Nesterov, spectrum: Spectrum, part: str) -> MomentumTheorem | None:
    """The theorem, where σ = 1 at the smallest eigenvalue and hL ≤ 1; not for the initial part."""
    if part == "initial":
        return None  # its terms do not all peak at one end
    ell, L = spectrum.hull
    h, m = method.step, method.momentum
    own = (
        sign(m) in (1, None)
        and sign(1 - m) in (0, 1, None)
        and (_zero(h * L - 1) or sign(1 - h * L) == 1)
        and _zero((1 + m) ** 2 * (1 - h * ell) - 4 * m)
        and sign(1 - h * ell) in (1, None)
    )
    if not own:
        return None
    zero, one = sympy.Integer(0), sympy.Integer(1)
    scale = _reduce(h / (2 * (1 - h * ell)))
    weights = (one, zero, zero) if part == "residual" else (zero, scale, scale)
    ratio, slope = _reduce(2 * m / (1 + m)), _reduce((1 - m) / (1 + m))
    return MomentumTheorem(part, "Nesterov", ratio, slope, weights, _open(ell, L))


def _open(ell: sympy.Expr, L: sympy.Expr) -> tuple[Claim, ...]:
    """0 < ℓ < L, as far as symbols leave it open."""
    conditions = []
    if sign(ell) is None:
        conditions.append(sympy.Gt(ell, 0))
    if sign(L - ell) is None:
        conditions.append(sympy.Lt(ell, L))
    return tuple(conditions)


def _zero(value: sympy.Expr) -> bool:
    if isinstance(value, sympy.Rational):
        return bool(value == 0)
    if not value.free_symbols and abs(evaluated(value, 20)) > 1e-12:
        return False  # cheap, and right: exact zeros evaluate to far less
    return bool(sympy.expand(sympy.fraction(sympy.together(sympy.expand(value)))[0]) == 0)


def _reduce(value: sympy.Expr) -> sympy.Expr:
    if isinstance(value, sympy.Rational):
        return value
    if value.free_symbols:
        return sympy.cancel(sympy.together(value))
    return sympy.expand(sympy.radsimp(value))

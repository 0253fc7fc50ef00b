"""Gradient descent with any constant step, on any support: the end points decide.

With u = hλ: P = (1 − u)^t, P′ = −ht(1 − u)^{t−1} and P − λP′ = φ_t(u), where
φ_t(u) = (1 − u)^{t−1}(1 + (t − 1)u).
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy
from flint import arb

from polyrates.core.methods.classical import GradientDescent
from polyrates.core.spectra import Spectrum
from polyrates.ground.numbers import is_symbolic, sign
from polyrates.ground.numbers import t as iteration
from polyrates.ground.precision import ball_bits
from polyrates.ground.typeset import with_values
from polyrates.symbolic.derivations.gradient_descent import gradient_descent_proof
from polyrates.symbolic.proofs.derivation import Claim, Derivation
from polyrates.symbolic.theorems.balls import ball
from polyrates.symbolic.theorems.base import Asymptotic, LogConcave, as_time, at_zero, power, times

__all__ = ["GradientDescentTheorem", "gradient_descent_theorem"]


@dataclass(frozen=True)
class GradientDescentTheorem(LogConcave):
    """max over the support of one part of the unrolled error of gradient descent, for every h > 0.

    |1 − u|^t, ht|1 − u|^{t−1} and |φ_t(u)| first fall and then rise in u ≥ 0 (they are zero or
    smallest at u = 1), so each maximum is at the smallest or the largest eigenvalue, whatever lies
    between them.
    """

    sources = ("curse",)

    part: str
    step: sympy.Expr
    ell: sympy.Expr
    L: sympy.Expr
    hypotheses: tuple[Claim, ...] = ()

    @property
    def _parameters(self) -> tuple[sympy.Expr, ...]:
        return self.step, self.ell, self.L

    @property
    def low(self) -> sympy.Expr:
        """hℓ."""
        return tidy(self.step * self.ell)

    @property
    def high(self) -> sympy.Expr:
        """hL."""
        return tidy(self.step * self.L)

    @property
    def _ends(self) -> tuple[bool, bool]:
        """Whether the maximum may be at ℓ, at L; the other end is dominated at every t."""
        if sign(1 - self.high) in (0, 1):  # everything falls on [0, 1]
            return True, False
        if sign(tidy(self.low + self.high) - 2) in (0, 1):  # |1 − hℓ| ≤ hL − 1
            return False, True
        if self.low == self.high:
            return False, True
        return True, True

    @property
    def rho(self) -> sympy.Expr:
        """max |1 − hλ|."""
        at_low, at_high = self._ends
        if at_low and at_high and sign(tidy(self.low + self.high) - 2) == -1:
            at_high = False  # |1 − hλ| at ℓ dominates, though φ_t may not
        if not at_high:
            return tidy(1 - self.low)
        if not at_low:
            return _magnitude(tidy(self.high - 1), known=self.low != self.high)
        return sympy.Max(_magnitude(1 - self.low), _magnitude(1 - self.high))

    def value(self, t: int | sympy.Expr) -> sympy.Expr:
        """The supremum at t."""
        t = as_time(t)
        if isinstance(t, int):
            return self._at(t)
        if self.part == "residual":
            return self.rho**t
        if self.part != "initial":
            if self.rho == 0:
                return sympy.Piecewise((self.step, sympy.Eq(t, 1)), (0, True))
            return self.step * t * self.rho ** (t - 1)
        at_low, at_high = self._ends
        below = (1 - self.low) ** (t - 1) * (1 + (t - 1) * self.low)
        if not at_high:
            return below if sign(1 - self.low) == 1 else at_zero(sympy.Integer(1), t, below)
        top = _magnitude(tidy(self.high - 1), known=not at_low and self.low != self.high)
        above = top ** (t - 1) * (1 + (t - 1) * self.high)
        if not at_low:
            return at_zero(sympy.Integer(1), t, above)
        below = _magnitude(1 - self.low) ** (t - 1) * (1 + (t - 1) * self.low)
        return at_zero(sympy.Integer(1), t, sympy.Max(below, above))

    def _latex(self) -> str:
        """In q = max |1 − hλ|; the initial part where one end decides."""
        at_low, at_high = self._ends
        if (
            self.part == "residual"
            or self.rho == 0
            or (self.part == "initial" and at_low == at_high)
        ):
            return super()._latex()
        if self.part != "initial":
            return with_values(r"h t q^{t - 1}", ("h", self.step), ("q", self.rho))
        end = (r"\ell", self.ell) if at_low else ("L", self.L)
        formula = rf"q^{{t - 1}} \left[1 + (t - 1) h {end[0]}\right] \quad (t \ge 1)"
        return with_values(formula, ("h", self.step), end, ("q", self.rho))

    def _at(self, t: int) -> sympy.Expr:
        if self.part == "residual":
            return power(self.rho, t)
        if t == 0:
            return sympy.Integer(1 if self.part == "initial" else 0)
        if self.part != "initial":
            return times(power(self.rho, t - 1), self.step * t)
        if t == 1:
            return sympy.Integer(1)
        at_low, at_high = self._ends
        if at_low and at_high and not self._symbolic:
            at_low, at_high = self._winner(t)
        values = []
        if at_low:
            below = _magnitude(tidy(1 - self.low), known=not at_high)
            values.append(times(power(below, t - 1), 1 + (t - 1) * self.low))
        if at_high:
            known = not at_low and self.low != self.high
            above = _magnitude(tidy(self.high - 1), known)
            values.append(times(power(above, t - 1), 1 + (t - 1) * self.high))
        return values[0] if len(values) == 1 else sympy.Max(*values)

    def _winner(self, t: int) -> tuple[bool, bool]:
        for bits in (64, 256, 1024):
            with ball_bits(bits):
                left, right = (_phi(ball(u), t) for u in (self.low, self.high))
                if left > right:
                    return True, False
                if right > left:
                    return False, True
        return True, True

    @property
    def _symbolic(self) -> bool:
        return any(is_symbolic(each) for each in self._parameters)

    def _ball(self, t: int) -> arb:
        low, high, h = ball(self.low), ball(self.high), ball(self.step)
        if self.part == "initial":
            return arb(1) if t < 2 else _phi(low, t).max(_phi(high, t))
        rho = abs(1 - low).max(abs(1 - high))
        if self.part == "residual":
            return rho**t
        return h * t * rho ** (t - 1) if t else arb(0)

    @property
    def asymptotic(self) -> sympy.Expr:
        """max |1 − hλ|, for every part: the factors in t are polynomials."""
        return self.rho

    @property
    def _diverges(self) -> bool:
        growth = sign(self.rho - 1)
        if self.part == "residual":
            return growth == 1
        if self.part == "initial":
            return sign(self.high - 2) in (0, 1)  # at u = 0 the value is 1, though rho = 1
        return growth in (0, 1)

    @property
    def _constant(self) -> bool:
        if self.part == "residual":
            return sign(self.rho - 1) in (-1, 0)
        return self.part == "initial" and sign(self.high**2 - 2) in (-1, 0)  # φ_t(u) ≤ 1

    def _peak_time(self) -> int:
        if self.part == "initial":  # decided by hL > √2 alone: φ_t ≤ 1 for u in [0, 1]
            u = self.high
            time = sympy.ceiling(2 * (u - 1) / (u * (2 - u)))
        else:
            time = sympy.ceiling(self.rho / (1 - self.rho))
        return max(int(time), 1)

    def peak(self) -> tuple[sympy.Expr, sympy.Expr]:
        """(t, value): t* = ⌈2(u − 1)/(u(2 − u))⌉, u = hL, of the initial part; ⌈ρ/(1 − ρ)⌉ of P′.

        (0, 1) for a part that never exceeds its value one at the start (hL ≤ √2).
        """
        return super().peak()

    @property
    def burn_in_real(self) -> Asymptotic | None:
        """The real t at which the falling value crosses one, in closed form (Lambert W).

        Initial: (u−1)^{t−1}(1+(t−1)u) = 1, u = hL > √2; drift: htρ^{t−1} = 1, where it exceeds one
        at all. The burn-in is the last integer before it. ``limit`` is empty: it is no limit.
        """
        u = sympy.Symbol("u", positive=True)
        if self.part == "initial":
            if sign(self.high**2 - 2) in (-1, 0) or sign(2 - self.high) in (-1, 0):
                return None
            rate = sympy.log(u - 1)
            argument = (u - 1) ** (1 / u) * rate / u
            form = 1 - 1 / u + sympy.LambertW(argument, -1) / rate
            return Asymptotic(form, "", ((u, sympy.Eq(u, self.high), self.high),))
        if self.part == "residual" or self.rho == 0 or sign(1 - self.rho) in (-1, 0):
            return None
        h, rho = sympy.symbols("h rho", positive=True)
        form = sympy.LambertW(rho * sympy.log(rho) / h, -1) / sympy.log(rho)
        values = ((h, self.step), (rho, self.rho))
        return Asymptotic(form, "", tuple((s, sympy.Eq(s, value), value) for s, value in values))

    @property
    def derivation(self) -> Derivation:
        """The end-point theorem."""
        return gradient_descent_proof(self.part, self.hypotheses, self.value(iteration))


def gradient_descent_theorem(
    method: GradientDescent, spectrum: Spectrum, part: str
) -> GradientDescentTheorem:
    """The theorem for a step and a support; only the ends of the support matter."""
    ell, L = spectrum.hull
    hypotheses: list[Claim] = []
    for low, high, strict in ((0, ell, False), (ell, L, True), (0, method.step, True)):
        difference = sympy.sympify(high) - low
        if sign(difference) is None and not (difference.is_nonnegative and not strict):
            hypotheses.append(sympy.Lt(low, high) if strict else sympy.Le(low, high))
    return GradientDescentTheorem(part, method.step, ell, L, tuple(hypotheses))


def _phi(u: arb, t: int) -> arb:
    """|φ_t(u)|, t ≥ 1."""
    return abs(1 - u) ** (t - 1) * (1 + (t - 1) * u)


def tidy(value: sympy.Expr) -> sympy.Expr:
    """One fraction for symbols, one sum of square roots for numbers."""
    if isinstance(value, sympy.Rational):
        return value
    if value.free_symbols:
        return sympy.factor(value)
    return sympy.radsimp(sympy.expand(value))


def _magnitude(value: sympy.Expr, known: bool = False) -> sympy.Expr:
    """|value|, without bars where the sign is known to be ≥ 0."""
    return value if known or sign(value) in (0, 1) else sympy.Abs(value)

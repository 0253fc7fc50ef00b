"""Chebyshev and Gegenbauer methods on a support that lies in their interval and contains its top.

With c = (L + ℓ)/(L − ℓ), y_t = C_t^α(c)/C_t^α(1) and q_t = t(t + 2α)/(2α + 1) (α = 0: T_t(c), t²):

    max |P| = 1/y_t,    max |P′| = 2q_t/((L − ℓ)y_t),    max |P − λP′| = |(1 + c)q_t − 1|/y_t,

all attained at λ = L. y_t is log-convex in t and the
numerators are log-concave, so the values have one peak.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import sympy
from flint import arb

from polyrates.core.methods.classical import Chebyshev, Gegenbauer
from polyrates.core.spectra import Spectrum
from polyrates.ground.numbers import is_symbolic, sign
from polyrates.ground.numbers import t as iteration
from polyrates.ground.typeset import with_values
from polyrates.symbolic.derivations.classical import chebyshev_proof, gegenbauer_proof
from polyrates.symbolic.proofs.derivation import Claim, Derivation
from polyrates.symbolic.theorems.balls import ball
from polyrates.symbolic.theorems.base import (
    EXACT_BITS,
    XI,
    LogConcave,
    as_time,
    at_zero,
    coprime,
)

__all__ = ["ClassicalTheorem", "chebyshev_value", "classical_theorem", "contraction"]


def contraction(ell: sympy.Expr, L: sympy.Expr) -> sympy.Expr:
    """ξ = (1 − √κ)/(1 + √κ), with one square root: (L + ℓ − 2√(ℓL))/(L − ℓ)."""
    value = (L + ell - 2 * sympy.sqrt(ell * L)) / (L - ell)
    return sympy.expand(value) if not value.free_symbols else value


def chebyshev_value(t: int, at: Fraction) -> sympy.Rational:
    """T_t(p/q), exactly: q^t T_t is an integer, doubled up as T_{2n} = 2T_n² − 1."""
    p, q = at.numerator, at.denominator
    now, after, scale = 1, p, 1  # q^n T_n, q^{n+1} T_{n+1}, q^n at n = 0
    for bit in bin(t)[2:]:
        both = 2 * now * after - p * scale * scale
        if bit == "0":
            now, after, scale = 2 * now * now - scale * scale, both, scale * scale
        else:
            scale_after = scale * q
            now, after, scale = (
                both,
                2 * after * after - scale_after * scale_after,
                scale * scale_after,
            )
    # mod q the numerator is 2^{t−1} p^t: with p and q coprime only powers of two cancel
    shift = min(_twos(now), _twos(scale)) if now else _twos(scale)  # T_t(0) = 0 for odd t
    return coprime(now >> shift, scale >> shift)


def _twos(value: int) -> int:
    return (value & -value).bit_length() - 1


def _normalized_gegenbauer(t: int, alpha: Fraction, at: Fraction) -> sympy.Rational:
    """C_t^α(x)/C_t^α(1): (n + 2α) y_{n+1} = 2(n + α) x y_n − n y_{n−1}."""
    before, now = Fraction(0), Fraction(1)
    for n in range(t):
        if n == 0:
            before, now = now, at
        else:
            following = (2 * (n + alpha) * at * now - n * before) / (n + 2 * alpha)
            before, now = now, following
    return coprime(now.numerator, now.denominator)


@dataclass(frozen=True)
class ClassicalTheorem(LogConcave):
    """max over the support of one part of the unrolled error of Chebyshev's or Gegenbauer's method.

    The support lies in the method's own interval [ℓ, L], contains L, and α ≥ 0.
    """

    sources = ("flanders-shortley", "curse")

    part: str
    ell: sympy.Expr
    L: sympy.Expr
    alpha: sympy.Expr
    hypotheses: tuple[Claim, ...] = ()

    @property
    def _parameters(self) -> tuple[sympy.Expr, ...]:
        return self.ell, self.L, self.alpha

    @property
    def center(self) -> sympy.Expr:
        """c = (L + ℓ)/(L − ℓ) = |m(0)|."""
        value = (self.L + self.ell) / (self.L - self.ell)
        return value if value.free_symbols else sympy.radsimp(value)

    @property
    def kappa(self) -> sympy.Expr:
        """κ = ℓ/L."""
        return sympy.radsimp(self.ell / self.L)

    def _numerator(self, t: int | sympy.Expr) -> sympy.Expr:
        """The part's value at t, times y_t; t ≥ 1 for the initial part."""
        if self.part == "residual":
            return sympy.Integer(1)
        growth = t * (t + 2 * self.alpha) / (2 * self.alpha + 1)
        if self.part == "initial":
            return 2 * growth / (1 - self.kappa) - 1  # 1 + c = 2/(1 − κ)
        return 2 * growth / (self.L - self.ell)

    def _denominator(self, t: int | sympy.Expr) -> sympy.Expr:
        """y_t."""
        if self.ell == 0:
            return sympy.Integer(1)
        if isinstance(t, int) and (exact := self._exact_denominator(t)) is not None:
            return exact
        if self.alpha == 0:
            xi = contraction(self.ell, self.L)
            if isinstance(t, int):  # too large to multiply out: exact, unevaluated
                powers = [sympy.Pow(xi, n, evaluate=False) for n in (t, -t)]
                return sympy.Mul(
                    sympy.Add(*powers, evaluate=False), sympy.Rational(1, 2), evaluate=False
                )
            return (xi**t + xi ** (-t)) / 2
        # |C_t^α(c)/C_t^α(1)| as a hypergeometric sum of positive terms
        a, argument = self.alpha, -self.kappa / (1 - self.kappa)
        return sympy.hyper((-t, t + 2 * a), (a + sympy.Rational(1, 2),), argument)

    def _exact_denominator(self, t: int) -> sympy.Expr | None:
        c, a = self.center, self.alpha
        if isinstance(c, sympy.Rational) and isinstance(a, sympy.Rational):
            size = max(int(c.p).bit_length(), int(c.q).bit_length()) * t
            at = Fraction(int(c.p), int(c.q))
            if a == 0 and size <= EXACT_BITS:
                return chebyshev_value(t, at)
            if a != 0 and size <= EXACT_BITS // 64:
                return _normalized_gegenbauer(t, Fraction(int(a.p), int(a.q)), at)
            return None
        if t > 40:
            return None
        if a == 0:
            return (
                sympy.expand(sympy.chebyshevt(t, c))
                if not c.free_symbols
                else (sympy.chebyshevt(t, sympy.Symbol("x")).subs(sympy.Symbol("x"), c))
            )
        if t > 12 and a.free_symbols:
            return None
        top = sympy.gegenbauer(t, a, sympy.Symbol("x")).subs(sympy.Symbol("x"), c)
        ones = sympy.rf(2 * a, t) / sympy.factorial(t)
        return sympy.expand(top / ones) if not c.free_symbols | a.free_symbols else top / ones

    def value(self, t: int | sympy.Expr) -> sympy.Expr:
        """The supremum at t."""
        t = as_time(t)
        if isinstance(t, int):
            if t == 0:
                return sympy.Integer(0 if self.part in ("drift", "cross") else 1)
            top, bottom = self._numerator(t), self._denominator(t)
            if isinstance(bottom, sympy.Rational) or self._symbolic:
                return top / bottom
            return sympy.Mul(top, sympy.Pow(bottom, -1), evaluate=False)
        formula = self._numerator(t) / self._denominator(t)
        return at_zero(sympy.Integer(1), t, formula) if self.part == "initial" else formula

    @property
    def _symbolic(self) -> bool:
        return any(is_symbolic(each) for each in self._parameters)

    def _latex(self) -> str:
        """In κ and ξ, T_t(c) = cosh(t ln ξ⁻¹)."""
        if self.alpha != 0 or self.ell == 0:
            return super()._latex()
        below = r"\cosh\left(t \ln \xi^{-1}\right)"
        kappa, ends = [(r"\kappa", self.kappa)], [(r"\ell", self.ell), ("L", self.L)]
        if self.part == "residual":
            formula, letters = rf"\frac{{1}}{{{below}}}", []
        elif self.part == "initial":
            formula = rf"\frac{{2 t^{{2}} - (1 - \kappa)}}{{(1 - \kappa) {below}}} \quad (t \ge 1)"
            letters = kappa
        else:
            formula, letters = rf"\frac{{2 t^{{2}}}}{{(L - \ell) {below}}}", ends
        if self.kappa.free_symbols:
            defined = letters if letters == kappa else [*letters, *kappa]
            return with_values(rf"{formula}, \quad {XI}", *defined)
        return with_values(formula, *letters, (r"\xi", contraction(self.ell, self.L)))

    def _ball(self, t: int) -> arb:
        if t == 0:
            return arb(0 if self.part in ("drift", "cross") else 1)
        ell, L, a = ball(self.ell), ball(self.L), ball(self.alpha)
        if self.ell == 0:
            y = arb(1)
        elif self.alpha == 0:
            # cosh(ts), s = 2 artanh √κ: no cancellation for small κ
            y = (2 * t * (ell / L).sqrt().atanh()).cosh()
        else:
            half = arb(1) / 2
            y = arb.hypgeom_2f1(-(ell / (L - ell)), arb(-t), t + 2 * a, a + half)
        if self.part == "residual":
            return 1 / y
        growth = t * (t + 2 * a) / (2 * a + 1)
        if self.part == "initial":
            return (2 * growth * L / (L - ell) - 1) / y
        return 2 * growth / ((L - ell) * y)

    @property
    def asymptotic(self) -> sympy.Expr:
        """ξ, for every part."""
        return contraction(self.ell, self.L)

    @property
    def _diverges(self) -> bool:
        return self.part != "residual" and self.ell == 0

    @property
    def _constant(self) -> bool:
        return self.part == "residual"

    @property
    def derivation(self) -> Derivation:
        """All three parts are largest at λ = L."""
        proof = chebyshev_proof if self.alpha == 0 else gegenbauer_proof
        return proof(self.part, self.hypotheses, self.value(iteration))


def classical_theorem(
    method: Chebyshev | Gegenbauer, spectrum: Spectrum, part: str
) -> ClassicalTheorem | None:
    """The theorem, where the support lies in the method's interval and contains its upper end."""
    alpha = method.alpha if isinstance(method, Gegenbauer) else sympy.Integer(0)
    low, high = spectrum.hull
    ell, L = method.ell, method.L
    if sympy.expand(high - L) != 0 or sign(alpha) not in (0, 1):
        return None
    if low != ell and sign(low - ell) not in (0, 1):
        return None
    hypotheses: list[Claim] = []
    if sign(ell) is None and not sympy.sympify(ell).is_nonnegative:
        hypotheses.append(sympy.Ge(ell, 0))
    if sign(L - ell) is None:
        hypotheses.append(sympy.Lt(ell, L))
    return ClassicalTheorem(part, ell, L, alpha, tuple(hypotheses))

"""What a theorem about one part of a Jacobian error is, and the search that unimodality allows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Literal

import mpmath
import sympy
from flint import arb

from polyrates.ground.cards import Typeset
from polyrates.ground.errors import Undecided
from polyrates.ground.numbers import count, is_symbolic
from polyrates.ground.precision import ball_bits, evaluated, working_digits
from polyrates.symbolic.proofs.derivation import Claim, Derivation
from polyrates.symbolic.theorems.balls import decide_positive, float_enclosure

XI = r"\xi = \frac{1 - \sqrt{\kappa}}{1 + \sqrt{\kappa}}"
"""ξ where κ has no value, in LaTeX."""

__all__ = [
    "EXACT_BITS",
    "PARTS",
    "XI",
    "Asymptotic",
    "LogConcave",
    "Theorem",
    "coprime",
    "power",
    "times",
]

PARTS = ("initial", "cross", "residual", "drift")

EXACT_BITS = 1 << 18
"""Rational values of more bits than this stay unevaluated powers: exact all the same."""


def power(base: sympy.Expr, exponent: int) -> sympy.Expr:
    """base^exponent, multiplied out for a rational base of moderate size, else left as a power."""
    if exponent == 0:
        return sympy.Integer(1)
    if isinstance(base, sympy.Rational):
        size = max(int(base.p).bit_length(), int(base.q).bit_length())
        if base not in (0, 1, -1) and size * exponent > EXACT_BITS:
            return sympy.Pow(base, exponent, evaluate=False)
        return coprime(int(base.p) ** exponent, int(base.q) ** exponent)
    return base**exponent


def coprime(p: int, q: int) -> sympy.Rational:
    """p/q for coprime p and q > 0, without the gcd of huge integers where sympy allows it."""
    if q == 1:
        return sympy.Integer(p)
    return getattr(sympy.Rational, "from_coprime_ints", sympy.Rational)(p, q)


def times(factor: sympy.Expr, scale: sympy.Expr) -> sympy.Expr:
    """factor · scale, left as a product where ``factor`` is an unevaluated power."""
    if factor.is_Pow and isinstance(factor.base, sympy.Rational):
        return sympy.Mul(factor, scale, evaluate=False)
    return factor * scale


@dataclass(frozen=True)
class Asymptotic(Typeset):
    """A closed form, the limit it is leading order in, and the constants it names.

    ``expression`` divided by the quantity tends to 1 in the limit; an empty ``limit`` says that it
    holds exactly. ``where`` gives, for each symbol of its own, the defining equation and the value.
    """

    expression: sympy.Expr
    limit: str
    where: tuple[tuple[sympy.Symbol, sympy.Eq, sympy.Expr], ...] = ()

    def evaluate(self) -> float:
        """The formula as a float, at the theorem's own parameters."""
        symbols = [symbol for symbol, _, _ in self.where]
        function = sympy.lambdify(symbols, self.expression, "mpmath")
        with working_digits(40):
            value = function(*(mpmath.mpmathify(evaluated(v, 40)) for _, _, v in self.where))
            return float(mpmath.re(value))

    def _latex(self) -> str:
        from polyrates.ground.typeset import latex

        parts = [latex(self.expression)]
        parts += [latex(equation) for _, equation, _ in self.where]
        if self.limit:
            parts.append(rf"\text{{to leading order as }} {self.limit}")
        return r", \quad ".join(parts)


class Theorem(ABC):
    """A proved supremum: max over a support of |part| of the unrolled error, at every t.

    part is "residual" (P), "drift" = "cross" (P′) or "initial" (P − λP′). Parameters are exact:
    numbers or symbols, never floats.
    """

    part: str
    hypotheses: tuple[Claim, ...]
    """Conditions on symbols that could not be decided and were assumed."""

    @abstractmethod
    def value(self, t: int | sympy.Expr) -> sympy.Expr:
        """The supremum: an exact number for an integer t, an expression for ``pr.t``."""

    def _latex(self) -> str:
        """The supremum in t, as a paper prints it: in letters where a family has them."""
        from polyrates.ground.typeset import latex

        return latex(self.value(sympy.Symbol("t", integer=True, nonnegative=True)))

    @property
    @abstractmethod
    def asymptotic(self) -> sympy.Expr:
        """limsup value(t)^{1/t}."""

    @abstractmethod
    def peak(self) -> tuple[sympy.Expr, sympy.Expr]:
        """(t, value) of the largest value, the first t if it is attained twice; (oo, oo)."""

    @abstractmethod
    def burn_in(self) -> int | sympy.Expr:
        """The last t with value(t) > 1; 0 if there is none, oo if there is no last one."""

    @property
    def status(self) -> Literal["proved", "argued"]:
        """The status of the derivation, stated so that it costs nothing to ask."""
        return "proved"

    @property
    @abstractmethod
    def derivation(self) -> Derivation:
        """The proof, step by step, each step checked by machine."""

    @abstractmethod
    def _ball(self, t: int) -> arb:
        """value(t) in a ball at the working precision."""

    def value_enclosure(self, t: int) -> tuple[float, float]:
        """Floats lower ≤ value(t) ≤ upper, rounded outward, for any t and exact numbers."""
        t = count(t, "t")
        self._require_numbers()
        for bits in (128, 1024, 8192):
            with ball_bits(bits):
                value = self._ball(t)
                if value.rel_accuracy_bits() >= 60 or value.is_exact():
                    break
        with ball_bits(128):
            return float_enclosure(value)

    def _require_numbers(self) -> None:
        for value in self._parameters:
            if is_symbolic(value):
                raise Undecided(
                    "parameters",
                    value,
                    "has symbols, so integers cannot be computed from it",
                    "give numbers, or read value(pr.t) and the asymptotic forms",
                )

    @property
    @abstractmethod
    def _parameters(self) -> tuple[sympy.Expr, ...]:
        """All numbers in the theorem."""


class LogConcave(Theorem):
    """A theorem whose values are, from t = 1 on, positive and log-concave in t.

    Then value(t + 1)/value(t) does not increase: the values rise to one peak and fall from there,
    and {t ≥ 1 : value(t) > 1} has no gaps. Both integers are found by bisection, each comparison
    certain. A subclass that knows the limit is not 0 says so with ``_diverges``.
    """

    _start: ClassVar[dict[str, int]] = {"initial": 1, "residual": 1, "drift": 0, "cross": 0}

    @property
    @abstractmethod
    def _diverges(self) -> bool:
        """Whether value(t) → ∞."""

    @property
    def _constant(self) -> bool:
        """Whether value(t) = 1 for every t."""
        return False

    def _rises(self, t: int) -> bool:
        return decide_positive(
            lambda: self._ball(t + 1) - self._ball(t),
            lambda: self.value(t + 1) - self.value(t),
            "peak",
        )

    def _exceeds(self, t: int) -> bool:
        return decide_positive(lambda: self._ball(t) - 1, lambda: self.value(t) - 1, "burn_in")

    def _peak_time(self) -> int:
        return first_false(self._rises, 1)

    def peak(self) -> tuple[sympy.Expr, sympy.Expr]:
        """(t, value) by bisection on the sign of value(t + 1) − value(t), from t = 1 on."""
        self._require_numbers()
        if self._constant:
            return sympy.Integer(0), sympy.Integer(1)
        if self._diverges:
            return sympy.oo, sympy.oo
        t = self._peak_time()
        start = self._start[self.part]
        if start == 1 and not self._exceeds(t):  # value(0) = 1 is not exceeded
            return sympy.Integer(0), sympy.Integer(1)
        return sympy.Integer(t), self.value(t)

    def burn_in(self) -> int | sympy.Expr:
        """The last t with value(t) > 1, by bisection beyond the peak."""
        self._require_numbers()
        if self._constant:
            return 0
        if self._diverges:
            return sympy.oo
        t = self._peak_time()
        if not self._exceeds(t):
            return 0
        return first_false(self._exceeds, t) - 1


def first_false(holds: Callable[[int], bool], start: int) -> int:
    """The first t ≥ start at which a property fails that, once it fails, fails for ever."""
    if not holds(start):
        return start
    low, step = start, 1
    while holds(low + step):
        low += step
        step *= 2
    high = low + step
    while high - low > 1:
        middle = (low + high) // 2
        if holds(middle):
            low = middle
        else:
            high = middle
    return high


def as_time(t: int | sympy.Expr) -> int | sympy.Expr:
    """An integer ≥ 0, or a symbolic expression for one."""
    if isinstance(t, sympy.Expr) and not isinstance(t, sympy.Integer) and t.free_symbols:
        return t
    return count(t, "t")


def at_zero(first: sympy.Expr, t: sympy.Expr, formula: sympy.Expr) -> sympy.Expr:
    """``formula``, but ``first`` at t = 0."""
    return sympy.Piecewise((first, sympy.Eq(t, 0)), (formula, True))

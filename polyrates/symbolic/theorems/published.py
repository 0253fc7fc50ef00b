"""Published rates against derived ones.

A registry: what a source states, in which normalization, what the package derives, and the verdict,
computed and not written down: equal, looser (by a factor that is given), or differs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sympy

from polyrates.core.estimators import Unrolled
from polyrates.core.measures.densities import MarchenkoPastur
from polyrates.core.methods.classical import (
    Chebyshev,
    Gegenbauer,
    GradientDescent,
    HeavyBall,
    Nesterov,
)
from polyrates.core.recurrence import Method
from polyrates.core.spectra import Interval
from polyrates.ground.cards import Card, Carded, safe_html, typeset_cell
from polyrates.ground.numbers import lam, t
from polyrates.ground.precision import evaluated
from polyrates.ground.references import REFERENCES, Reference
from polyrates.symbolic.polynomials import residual_polynomial
from polyrates.symbolic.proofs.derivation import Derivation
from polyrates.symbolic.proofs.vanishing import vanishes
from polyrates.symbolic.theorems.base import Theorem
from polyrates.symbolic.theorems.find import find_theorem

__all__ = ["Published", "published_rates"]

_SAMPLES = tuple(sympy.Rational(k, 32) for k in (1, 5, 13, 24))  # κ
_TIMES = (1, 2, 5, 12)


@dataclass(frozen=True)
class Published(Carded):
    """One published statement and the derived one, for L = 1, ℓ = κ, at t ≥ 1.

    Attributes
    ----------
    name, source, normalization : str
    published, derived : sympy.Expr
        In κ (``sympy.Symbol("kappa", positive=True)``) and ``pr.t``.
    derivation : Derivation or None
    """

    name: str
    source: Reference
    normalization: str
    published: sympy.Expr
    derived: sympy.Expr
    derivation: Derivation | None = None

    @property
    def verdict(self) -> str:
        """ "equal" (a symbolic zero), "looser" (published ≥ derived, sampled) or "differs"."""
        difference = self.published - self.derived
        if vanishes(difference):
            return "equal"
        at = [{_KAPPA: k, t: n} for k in _SAMPLES for n in _TIMES]
        values = [evaluated(difference.subs(each), 30) for each in at]
        return "looser" if all(value >= 0 for value in values) else "differs"

    @property
    def factor(self) -> sympy.Expr:
        """published/derived: 1 where they are equal."""
        if self.verdict == "equal":
            return sympy.Integer(1)
        return sympy.simplify(self.published / self.derived)

    def _latex(self) -> str:
        from polyrates.ground.typeset import latex

        return (
            rf"{latex(self.published)} \quad \text{{({self.source.year}, {self.verdict})}} "
            rf"\quad {latex(self.derived)}"
        )

    def _cells(self) -> tuple[str, str, str, str, str]:
        return (
            self.name,
            typeset_cell(self.published),
            f"{self.source.year}",
            self.verdict,
            typeset_cell(self.derived),
        )

    def _card(self) -> Card:
        note = f"{self.normalization}; L = 1, ℓ = κ."
        return Card(self.name, [self._cells()], _HEAD, note=note)


_HEAD = ("rate", "published", "year", "verdict", "derived here")


class PublishedRates(tuple[Published, ...]):
    """The entries; a notebook shows them as a table."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        def build() -> str:
            return Card("Published rates", [each._cells() for each in self], _HEAD).html()

        return safe_html(self, build)


_KAPPA = sympy.Symbol("kappa", positive=True)


def _theorem(method: Method, part: str) -> Theorem:
    found = find_theorem(method, Interval(_KAPPA, 1), part, Unrolled())
    assert found is not None
    return found


def _late(expression: sympy.Expr) -> sympy.Expr:
    """The formula for t ≥ 1."""
    if isinstance(expression, sympy.Piecewise):
        return expression.args[-1][0]
    return expression


def _entry(
    name: str, source: str, normalization: str, published: sympy.Expr, method: Method, part: str
) -> Published:
    theorem = _theorem(method, part)
    derived = _late(theorem.value(t))
    return Published(
        name, REFERENCES[source], normalization, published, derived, theorem.derivation
    )


def published_rates() -> PublishedRates:
    """All entries. ‖x_t − x*‖ ≤ rate · ‖x_0 − x*‖ for iterates; L = 1, ℓ = κ throughout."""
    return PublishedRates((*_iterates(), *_jacobians(), *_limits(), _marchenko_pastur()))


_ROOT = sympy.sqrt(_KAPPA)
_XI = (1 - _ROOT) / (1 + _ROOT)
_BOUND = 2 / (_XI**t + _XI**-t)
_ITERATES = "max over [κ, 1] of |P_t|: error of the iterate over the error at the start"
_INITIAL = "factor of ‖E‖ = ‖∂x_0 − ∂x*‖ in the Jacobian's error"
_CROSS = "factor of ‖G‖, G the derivative of the gradient at x_0"
_LIMIT = "asymptotic rate: limsup of the t-th root of max |P_t|"


def _iterates() -> Iterator[Published]:
    k, fs = _KAPPA, "flanders-shortley"
    chebyshev = Chebyshev(k, 1)
    for name, source, published, method in (
        ("Chebyshev iteration", fs, _BOUND, chebyshev),
        ("Chebyshev iteration, the usual upper bound", fs, 2 * _XI**t, chebyshev),
        (
            "gradient descent, h = 2/(L + ℓ)",
            "curse",
            ((1 - k) / (1 + k)) ** t,
            GradientDescent.large(k, 1),
        ),
        ("gradient descent, h = 1/L", "curse", (1 - k) ** t, GradientDescent.short(k, 1)),
    ):
        yield _entry(name, source, _ITERATES, published, method, "residual")


def _jacobians() -> Iterator[Published]:
    k, rate = _KAPPA, (1 - _KAPPA) / (1 + _KAPPA)
    for name, method, initial, cross in (
        (
            "gradient descent, h = 1/L",
            GradientDescent.short(k, 1),
            (1 - k) ** (t - 1) * (1 + k * (t - 1)),
            t * (1 - k) ** (t - 1),
        ),
        (
            "gradient descent, h = 2/(L + ℓ)",
            GradientDescent.large(k, 1),
            rate ** (t - 1) * (2 * t - 1 + k) / (1 + k),
            2 * t / (1 + k) * rate ** (t - 1),
        ),
        (
            "Chebyshev",
            Chebyshev(k, 1),
            _BOUND * (2 * t**2 / (1 - k) - 1),
            _BOUND * 2 * t**2 / (1 - k),
        ),
    ):
        title = f"unrolled {name}"
        yield _entry(f"{title}: Jacobian", "curse", _INITIAL, initial, method, "initial")
        yield _entry(f"{title}: gradient at the start", "curse", _CROSS, cross, method, "cross")


def _limits() -> Iterator[Published]:
    for name, source, published, method in (
        ("Polyak's heavy ball, tuned", "polyak", _XI, HeavyBall.tuned(_KAPPA, 1)),
        (
            "Nesterov's method on quadratics, h = 1/L",
            "state-space",
            1 - _ROOT,
            Nesterov.tuned(_KAPPA, 1),
        ),
    ):
        theorem = _theorem(method, "residual")
        yield Published(
            name, REFERENCES[source], _LIMIT, published, theorem.asymptotic, theorem.derivation
        )


def _marchenko_pastur(steps: int = 4) -> Published:
    """Under the Marchenko–Pastur law the best method on average is Gegenbauer's with α = 1.

    λ dμ is a semicircle, whose orthogonal polynomials are U_t; derived here from the moments, for
    ratio 1/4, as the minimizer of ∫P² dμ under P(0) = 1.
    """
    ratio = sympy.Rational(1, 4)
    law = MarchenkoPastur(ratio)
    moments = [sympy.sympify(each) for each in law.moments(2 * steps + 1)]
    gram = sympy.Matrix(steps, steps, lambda i, j: moments[i + j + 2])
    right = sympy.Matrix([-moments[i + 1] for i in range(steps)])
    coefficients = gram.LUsolve(right)
    derived = 1 + sum(coefficients[i] * lam ** (i + 1) for i in range(steps))
    ell, L = law.hull
    published = residual_polynomial(Gegenbauer(ell, L, 1), steps).as_expr()
    return Published(
        "average case, Marchenko–Pastur law",
        REFERENCES["average-case"],
        f"the polynomial itself, ratio 1/4, t = {steps}: least mean of |P|² with P(0) = 1",
        published,
        sympy.expand(derived),
    )

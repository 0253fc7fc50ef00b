"""Published rates against derived ones.

A registry: what a source states, in which normalization, what the package derives, and the verdict,
computed and not written down: equal, looser (by a factor that is given), or differs.
"""

from __future__ import annotations

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
from polyrates.ground.numbers import lam, t
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
class Published:
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
        values = [difference.subs({_KAPPA: k, t: n}).evalf(30) for k in _SAMPLES for n in _TIMES]
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

    def _repr_latex_(self) -> str:
        return f"$${self._latex()}$$"


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


def published_rates() -> tuple[Published, ...]:
    """All entries. ‖x_t − x*‖ ≤ rate · ‖x_0 − x*‖ for iterates; L = 1, ℓ = κ throughout."""
    k, root = _KAPPA, sympy.sqrt(_KAPPA)
    xi = (1 - root) / (1 + root)
    iterates = "max over [κ, 1] of |P_t|: error of the iterate over the error at the start"
    initial = "factor of ‖E‖ = ‖∂x_0 − ∂x*‖ in the Jacobian's error"
    cross = "factor of ‖G‖, G the derivative of the gradient at x_0"
    large, short = GradientDescent.large(k, 1), GradientDescent.short(k, 1)
    chebyshev, bound = Chebyshev(k, 1), 2 / (xi**t + xi**-t)
    curse = "curse"
    entries = [
        _entry("Chebyshev iteration", "flanders-shortley", iterates, bound, chebyshev, "residual"),
        _entry(
            "Chebyshev iteration, the usual upper bound",
            "flanders-shortley",
            iterates,
            2 * xi**t,
            chebyshev,
            "residual",
        ),
        _entry(
            "gradient descent, h = 2/(L + ℓ)",
            curse,
            iterates,
            ((1 - k) / (1 + k)) ** t,
            large,
            "residual",
        ),
        _entry("gradient descent, h = 1/L", curse, iterates, (1 - k) ** t, short, "residual"),
        _entry(
            "unrolled gradient descent, h = 1/L: Jacobian",
            curse,
            initial,
            (1 - k) ** (t - 1) * (1 + k * (t - 1)),
            short,
            "initial",
        ),
        _entry(
            "unrolled gradient descent, h = 1/L: gradient at the start",
            curse,
            cross,
            t * (1 - k) ** (t - 1),
            short,
            "cross",
        ),
        _entry(
            "unrolled gradient descent, h = 2/(L + ℓ): Jacobian",
            curse,
            initial,
            ((1 - k) / (1 + k)) ** (t - 1) * (2 * t - 1 + k) / (1 + k),
            large,
            "initial",
        ),
        _entry(
            "unrolled gradient descent, h = 2/(L + ℓ): gradient at the start",
            curse,
            cross,
            2 * t / (1 + k) * ((1 - k) / (1 + k)) ** (t - 1),
            large,
            "cross",
        ),
        _entry(
            "unrolled Chebyshev: Jacobian",
            curse,
            initial,
            bound * (2 * t**2 / (1 - k) - 1),
            chebyshev,
            "initial",
        ),
        _entry(
            "unrolled Chebyshev: gradient at the start",
            curse,
            cross,
            bound * 2 * t**2 / (1 - k),
            chebyshev,
            "cross",
        ),
    ]
    entries += [
        Published(
            "Polyak's heavy ball, tuned",
            REFERENCES["polyak"],
            "asymptotic rate: limsup of the t-th root of max |P_t|",
            xi,
            _theorem(HeavyBall.tuned(k, 1), "residual").asymptotic,
            _theorem(HeavyBall.tuned(k, 1), "residual").derivation,
        ),
        Published(
            "Nesterov's method on quadratics, h = 1/L",
            REFERENCES["state-space"],
            "asymptotic rate: limsup of the t-th root of max |P_t|",
            1 - root,
            _theorem(Nesterov.tuned(k, 1), "residual").asymptotic,
            _theorem(Nesterov.tuned(k, 1), "residual").derivation,
        ),
        _marchenko_pastur(),
    ]
    return tuple(entries)


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

r"""Gegenbauer's polynomials y_n, 1 at x = 1, and their derivatives are largest in modulus at x = 1.

Everything is shown from the recurrence (:class:`~polyrates.symbolic.proofs.ultraspherical
.Ultraspherical`): two relations between neighbours by induction, from them the differential
equation, from it that y_n² plus (1 − x²) y_n′² over n(n + 2α) falls until x = 0 and rises from
there; y_n′ is then a sum of y_{n−1}, y_{n−3}, … with coefficients ≥ 0. Outside [−1, 1] y_n grows
and is log-convex in n.
"""

from __future__ import annotations

import sympy

from polyrates.symbolic.derivations.chebyshev_facts import largest
from polyrates.symbolic.derivations.notation import c, x
from polyrates.symbolic.proofs.consequences import Cone, Consequence, Held, Positive, Use
from polyrates.symbolic.proofs.extremes import Energy, Fact, Largest
from polyrates.symbolic.proofs.series import Series
from polyrates.symbolic.proofs.steps import Induction, Range
from polyrates.symbolic.proofs.ultraspherical import Ultraspherical

__all__ = [
    "DOWN",
    "FIRST",
    "GROWTH",
    "LOG_CONVEX",
    "PARITY",
    "RELATIONS",
    "SERIES",
    "SLOPE",
    "alpha",
    "inverse",
    "n",
    "slope_at_one",
    "y",
]

alpha = sympy.Symbol("alpha", positive=True)
n = sympy.Symbol("n", integer=True, nonnegative=True)
_N, _ALPHA = Range(n, sympy.S.Zero, integer=True), Range(alpha, sympy.S.Zero)


def y(index: sympy.Expr, at: sympy.Expr = x, order: int = 0) -> sympy.Expr:
    """The derivative of y_index of an order, at a place."""
    return Ultraspherical(index, alpha, at, order)


def slope_at_one(index: sympy.Expr) -> sympy.Expr:
    """y_n′(1) = n(n + 2α)/(2α + 1)."""
    return index * (index + 2 * alpha) / (2 * alpha + 1)


UP = Induction(
    y(n + 1, order=1) / (n + 1),
    x * y(n, order=1) / (n + 2 * alpha) + y(n),
    r"two relations between neighbours, by the recurrence and its derivative, from $y_{0} = 1$ and "
    r"$y_{1} = x$ on",
    index=n,
    multipliers=(
        -(n + 1) * (n + 2) / ((n + 3) * (n + 2 + 2 * alpha)),
        2 * x * (n + 2) * (n + 1 + alpha) * (n + 1 + 2 * alpha)
        / ((n + 3) * (n + 2 * alpha) * (n + 2 + 2 * alpha)),
    ),
)  # fmt: skip

DOWN = Induction(
    x * y(n + 1, order=1),
    (n + 1) * y(n, order=1) / (n + 2 * alpha) + (n + 1) * y(n + 1),
    r"and the other",
    index=n,
    multipliers=(
        -(n + 3) * (n + 2 * alpha) / ((n + 1 + 2 * alpha) * (n + 2 + 2 * alpha)),
        2 * x * (n + 2 + alpha) / (n + 2 + 2 * alpha),
    ),
)

STRUCTURE = Consequence(
    (1 - x**2) * y(n + 1, order=1),
    (n + 1) * (y(n) - x * y(n + 1)),
    r"the derivative by two neighbours: the first relation minus $x$ times the other",
    using=(Use(UP, n + 1), Use(DOWN, -x)),
)

EQUATION = Consequence(
    (1 - x**2) * y(n + 1, order=2) - (2 * alpha + 1) * x * y(n + 1, order=1),
    -(n + 1) * (n + 1 + 2 * alpha) * y(n + 1),
    r"and its derivative: the differential equation",
    using=(Use(STRUCTURE, along=x), Use(DOWN, -(n + 2 * alpha))),
)

AT_ONE = Induction(
    y(n, sympy.S.One),
    sympy.S.One,
    r"$y_{n}(1) = 1$",
    index=n,
    multipliers=(-(n + 1) / (n + 1 + 2 * alpha), 2 * (n + 1 + alpha) / (n + 1 + 2 * alpha)),
)

PARITY = Induction(
    y(n, -x),
    (-1) ** n * y(n),
    r"$y_{n}$ is even or odd, as $n$ is",
    index=n,
    multipliers=(-(n + 1) / (n + 1 + 2 * alpha), -2 * x * (n + 1 + alpha) / (n + 1 + 2 * alpha)),
)

AT_MINUS_ONE = Consequence(
    y(n, -sympy.S.One),
    (-1) ** n,
    r"so $y_{n}(-1) = (-1)^{n}$",
    using=(Use(PARITY, where=((x, sympy.S.One),)), Use(AT_ONE, (-1) ** n)),
)

FIRST = Energy(
    largest(y(n + 1)),
    sympy.S.One,
    r"$y_{n}^{2} + (1 - x^{2}) y_{n}'^{2}/(n (n + 2\alpha))$ has the derivative $4 \alpha x "
    r"y_{n}'^{2}/(n (n + 2\alpha))$: it falls until $x = 0$ and rises from there",
    over=(_N, _ALPHA),
    rest=(1 - x, 1 + x, 1 / (n + 1), 1 / (n + 1 + 2 * alpha), y(n + 1, order=1) ** 2),
    weight=(4 * alpha, 1 / (n + 1), 1 / (n + 1 + 2 * alpha), y(n + 1, order=1) ** 2),
    using=(Use(EQUATION, 2 * y(n + 1, order=1) / ((n + 1) * (n + 1 + 2 * alpha))),),
    ends=(Use(AT_MINUS_ONE, where=((n, n + 1),)), Use(AT_ONE, where=((n, n + 1),))),
)

SLOPE = Largest(
    largest(y(n, order=1)),
    slope_at_one(n),
    r"$y_{n+2}'$ is a sum of $y_{n}'$ and $y_{n+1}$ with coefficients $\ge 0$, from $y_{0}' = 0$ "
    r"and $y_{1}' = 1$ on",
    over=(_N, _ALPHA),
    products=(
        ((n + 2) * (n + 1), 1 / (n + 1 + 2 * alpha), 1 / (n + 2 * alpha), Fact()),
        ((n + 2) * (2 * n + 2 + 2 * alpha), 1 / (n + 1 + 2 * alpha), Fact(FIRST, ((n, n),))),
    ),
    index=n,
    stride=2,
    using=(
        Use(UP, n + 2, where=((n, n + 1),)),
        Use(DOWN, (n + 2) / (n + 1 + 2 * alpha)),
    ),
)

RELATIONS = (UP, DOWN, STRUCTURE, EQUATION, AT_ONE, PARITY, AT_MINUS_ONE)


def _beta(index: sympy.Expr) -> sympy.Expr:
    """β_n = n/(n + 2α): y_{n+1} = (1 + β_n) c y_n − β_n y_{n−1}."""
    return index / (index + 2 * alpha)


_C = Range(c, sympy.S.One)

GROWTH = Cone(
    y(n + 1, c),
    y(n, c),
    r"$y_{n+1} = (1 + \beta_{n}) c\, y_{n} - \beta_{n} y_{n-1}$, $\beta_{n} = n/(n + 2\alpha)$: as "
    r"$c \ge 1$, $y_{n}(c)$ grows with $n$ from $y_{0} = 1$",
    index=n,
    over=(_N, _ALPHA, _C),
    terms=(
        (
            (1 + _beta(n + 1), c - 1, Held(0)),
            (1 + _beta(n + 1), c - 1, Held(2)),
            (_beta(n + 1), Held()),
        ),
        ((Held(0),), (Held(1),)),
        ((Held(0),), (Held(2),)),
    ),
    others=(y(n, c) - 1, y(n, c)),
)


def _grown(which: int, index: sympy.Expr) -> Held:
    return Held(which, GROWTH, ((n, index),))


_RISE = _beta(n + 2) - _beta(n + 1)

LOG_CONVEX = Cone(
    y(n, c) * y(n + 2, c),
    y(n + 1, c) ** 2,
    r"and $y_{n} y_{n+2} - y_{n+1}^{2}$ obeys this recurrence, with $\beta_{n+2} \ge \beta_{n+1}$ "
    r"and $c\, y_{n+2} \ge y_{n+1}$: it stays $\ge 0$",
    index=n,
    over=(_N, _ALPHA, _C),
    terms=(
        (
            (_beta(n + 1), Held()),
            (_RISE, _grown(2, n + 1), _grown(0, n + 1)),
            (_RISE, c - 1, _grown(2, n + 1), _grown(2, n + 2)),
        ),
    ),
)

_U = sympy.Symbol("u", real=True)

SERIES = Series(
    y(n, c),
    sympy.hyper((-n, n + 2 * alpha), (alpha + sympy.Rational(1, 2),), (1 - c) / 2),
    r"with terms $\ge 0$",
    index=n,
    variable=_U,
    place=((c, 1 - 2 * _U),),
    multipliers=(
        -(n + 1) / (n + 1 + 2 * alpha),
        2 * (n + 1 + alpha) * (1 - 2 * _U) / (n + 1 + 2 * alpha),
    ),
    over=(_N, _ALPHA),
)


def inverse(index: sympy.Expr) -> Positive:
    """1/y_index(c), which is positive."""
    return Positive(1 / y(index, c), Held(1, GROWTH, ((n, index),)))

"""Harmonic measure: its Sobolev form has bandwidth three, whence a method without a horizon."""

from __future__ import annotations

import sympy

from polyrates.core.methods.harmonic import HarmonicSobolev
from polyrates.ground.numbers import lam
from polyrates.symbolic.polynomials import residual_polynomial
from polyrates.symbolic.proofs.derivation import Derivation, argued
from polyrates.symbolic.proofs.steps import Equality, Range, Step, told

__all__ = ["harmonic_recurrence"]

_xi, _w = sympy.symbols("xi w", positive=True)


def _cosine(n: sympy.Expr) -> sympy.Expr:
    """T_n(y), y = (w + 1/w)/2."""
    return (_w**n + _w**-n) / 2


def _szego(n: sympy.Expr) -> sympy.Expr:
    """p_n(y) = T_n − ξT_{n−1}."""
    return _cosine(n) - _xi * _cosine(n - 1)


def _of_antiderivative(at: sympy.Expr) -> sympy.Expr:
    """Σ C_kξ^k of 2q at an index."""
    return _xi**at / at - _xi ** (at - 2) / (at - 2)


_HARMONIC_RECURRENCE = r"""
harmonic measure has Poisson's density, $\int T_{j} d\omega = \xi^{j}$, hence $\int T_{j} T_{k}
d\omega = \frac{1}{2}(\xi^{\left|j-k\right|} + \xi^{j+k})$: $p_{n} = T_{n} - \xi T_{n-1}$ is
orthogonal to $T_{k}$, $k < n$, and $p_{0} = 1$

$\int p_{n}^{2} d\omega = \int p_{n} T_{n} d\omega$, $n \ge 1$

$p_{n}(c)$, $n \ge 1$, $c$ being $\lambda = 0$

$p_{n+1} = 2y p_{n} - p_{n-1}$, $n \ge 2$: divided by $p_{n}(c)$ these are heavy ball's iterates
with step $4\xi/(L - \ell)$ and momentum $\xi^{2}$

and $p_{2} = (2y + \xi) p_{1} - (1 - \xi^{2}) p_{0}$: its momentum is $2\xi^{2}$

and so on down to $T_{0} = p_{0}$: $T_{n} = \sum_{j \le n} \xi^{j} p_{n-j}$. A sum $\sum_{k} C_{k}
T_{k}$ has the part $\sum_{k \ge m} C_{k} \xi^{k-m}$ along $p_{m}$. If $\sum_{k} C_{k} \xi^{k} =
0$, all parts from its lowest degree down vanish

$q_{n} = \frac{1}{2}(T_{n}/n - T_{n-2}/(n-2))$ has the derivative $T_{n-1}$; here $n = m + 3$

let $Q_{n} = q_{n} + a q_{n-1} + b q_{n-2}$, $n \ge 5$, $b = -\xi^{2} - a\xi$: $Q_{n}' = T_{n-1} +
a T_{n-2} + b T_{n-3}$ is in the span of $p_{n-1}$, $p_{n-2}$

and this $a$, $a = -\left(\frac{2\xi^{2}}{(n-4)(n-2)} - \frac{2\xi^{4}}{n(n-2)}\right) /
\left(\frac{\xi}{(n-4)(n-3)} - \frac{\xi^{3}}{(n-1)(n-2)}\right)$, makes it vanish for $Q_{n}$,
whose lowest degree is $n - 4$: $Q_{n}$ is in the span of $p_{n}, \ldots, p_{n-3}$. The
denominator is positive

$(c - y) T_{n} = c T_{n} - \frac{1}{2}(T_{n+1} + T_{n-1})$ always has the sum 0: $Q_{n} + (c - y)
Q_{n}'$, which is $Q_{n} - \lambda\, dQ_{n}/d\lambda$, is in the same span. So $\int A \bar{A}\,
d\omega + \eta \int P' \bar{P}' d\omega$, $A = P$ or $P - \lambda P'$, couples $Q_{n}$ to
$Q_{n-1}, Q_{n-2}, Q_{n-3}$ only. For $n \le 4$ $Q_{n} = q_{n}$ plus the constant that removes
$p_{0}$
"""


_HARMONIC_RECURRENCE_GIVEN = (
    r"$d\omega = \frac{\sqrt{\ell L}}{\pi \lambda \sqrt{(\lambda - \ell)(L - \lambda)}} "
    r"d\lambda$, $0 < \ell < L$, $c - y = 2\lambda/(L - \ell)$",
)

_HARMONIC_RECURRENCE_REMARKS = (
    r"That the worst case of $P^{\star}_{t}$ over the smallest of any method tends to 1 is "
    "derived apart; how near it is at finite $t$ is numeric (an experiment of the "
    "repository prints the ratios).",
)


def harmonic_recurrence() -> Derivation:
    """The polynomials q_n + a q_{n−1} + b q_{n−2} make the Sobolev form of bandwidth three."""
    n, k, y = sympy.Symbol("n", positive=True), sympy.Symbol("k"), sympy.Symbol("y", positive=True)
    degree = sympy.Symbol("m", integer=True, positive=True)
    T = sympy.chebyshevt
    q = (T(degree + 3, y) / (degree + 3) - T(degree + 1, y) / (degree + 1)) / 2
    c = (_xi + 1 / _xi) / 2
    a = -(2 * _xi**2 / ((n - 4) * (n - 2)) - 2 * _xi**4 / (n * (n - 2))) / (
        _xi / ((n - 4) * (n - 3)) - _xi**3 / ((n - 1) * (n - 2))
    )
    free, last = sympy.symbols("a b", real=True)

    steps: tuple[Step, ...] = told(
        _HARMONIC_RECURRENCE,
        Equality(
            (_xi ** (n - k) + _xi ** (n + k)) / 2
            - _xi * (_xi ** (n - 1 - k) + _xi ** (n - 1 + k)) / 2,
            0,
        ),
        Equality((1 + _xi ** (2 * n)) / 2 - _xi * (_xi + _xi ** (2 * n - 1)) / 2, (1 - _xi**2) / 2),
        Equality(_szego(n).subs(_w, 1 / _xi), _xi**-n * (1 - _xi**2) / 2),
        Equality(_szego(n + 1) - (_w + 1 / _w) * _szego(n) + _szego(n - 1), 0),
        Equality((2 * y + _xi) * (y - _xi) - (1 - _xi**2), 2 * y**2 - 1 - _xi * y),
        Equality(_szego(n) + _xi * _szego(n - 1), _cosine(n) - _xi**2 * _cosine(n - 2)),
        Equality(
            sympy.Derivative(q, y),
            T(degree + 2, y),
            over=(Range(degree, 1, integer=True), Range(y, -1, 3)),
        ),
        Equality(_xi**2 + free * _xi + last, 0, where=((last, -(_xi**2) - free * _xi),)),
        Equality(
            _of_antiderivative(n)
            + free * _of_antiderivative(n - 1)
            + last * _of_antiderivative(n - 2),
            0,
            where=((last, -(_xi**2) - free * _xi), (free, a)),
        ),
        Equality(c * _xi**n - (_xi ** (n + 1) + _xi ** (n - 1)) / 2, 0),
        *(
            Equality(
                residual_polynomial(HarmonicSobolev(1, 9, sympy.Rational(3, 2), form), 3).as_expr(),
                _minimiser(sympy.Rational(3, 2), form),
                f"an exact instance in {form}, $[1, 9]$, $\\eta = 3/2$, $t = 3$: elimination along "
                r"the band against the normal equations in powers of $\lambda$",
                computed=True,
            )
            for form in ("initial/cross", "residual/drift")
        ),
    )
    return argued(
        "The Sobolev form of harmonic measure",
        (
            r"\left\langle Q_{n}, Q_{m} \right\rangle = 0 \quad (\left|n - m\right| > 3)",
            r"S_{n} = Q_{n} - \sum_{i \le 3} l_{n,i} S_{n-i}, \quad P^{\star}_{t} = "
            r"\frac{1}{A_{t}} \sum_{n \le t} \frac{S_{n}(0)}{\left\|S_{n}\right\|^{2}} S_{n}",
        ),
        _HARMONIC_RECURRENCE_GIVEN,
        steps,
        ("curse", "sobolev-coherent"),
        _HARMONIC_RECURRENCE_REMARKS,
    )


def _minimiser(eta: sympy.Expr, form: str) -> sympy.Expr:
    """The optimum of degree 3 on [1, 9] by its normal equations; ∫λ^k dω from Chebyshev's law."""
    x = sympy.Symbol("x")

    def moment(power: int) -> sympy.Expr:
        if power == 0:
            return sympy.Integer(1)
        series = sympy.Poly((5 + 4 * x) ** (power - 1), x)
        return 3 * sum(
            value * sympy.binomial(j, j // 2) / 2**j for (j,), value in series.terms() if j % 2 == 0
        )

    def mean(left: sympy.Expr, right: sympy.Expr) -> sympy.Expr:
        product = sympy.Poly(sympy.expand(left * right), lam)
        return sum(value * moment(j) for (j,), value in product.terms())

    powers = [lam**j for j in range(4)]
    slopes = [sympy.diff(p, lam) for p in powers]
    errors = powers
    if form == "initial/cross":
        errors = [p - lam * d for p, d in zip(powers, slopes, strict=True)]
    gram = sympy.Matrix(
        4, 4, lambda i, j: mean(errors[i], errors[j]) + eta * mean(slopes[i], slopes[j])
    )
    found = gram.LUsolve(sympy.Matrix([1, 0, 0, 0]))
    return sympy.expand(sum(each / found[0] * p for each, p in zip(found, powers, strict=True)))

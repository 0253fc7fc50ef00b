r"""Without commutation: the two-variable multipliers, and the bound in Frobenius norm.

In H's eigenbasis the (i, j) entry of ∂H meets the component j of x_0 − x* and ends up in the
component i of the error. What stands between them is C(λ_i, λ_j): for unrolling the divided
difference P[λ_i, λ_j] (Daletskii and Krein), for the others something else.
"""

from __future__ import annotations

import sympy

from polyrates.symbolic.derivations.notation import h
from polyrates.symbolic.proofs.derivation import Derivation, argued
from polyrates.symbolic.proofs.steps import Equality, Nonnegative, Range, Step, told

__all__ = ["frobenius_bound", "two_variable_multipliers"]

_x, _y = sympy.symbols("x y", positive=True)
_j = sympy.Symbol("j", integer=True, nonnegative=True)
_s = sympy.Symbol("s", integer=True, nonnegative=True)
_n = sympy.Symbol("n", integer=True, positive=True)


_TWO_VARIABLE_MULTIPLIERS = r"""
the derivative of $H (x - x^{\star})$ is $H (X - \partial x^{\star}) + \partial H (x -
x^{\star})$, and $x - x^{\star}$ has the components $P(\lambda_{j}) \delta_{j}$: a gradient maps
the multiplier $C$ of $\partial H_{ij} \delta_{j}$ to $x C + P(y)$, $x = \lambda_{i}$, $y =
\lambda_{j}$

the divided difference of $\lambda P$ obeys the same rule, so for unrolling $C = P[x, y]$ is kept
by a gradient

and by a step; at the start $C = 0 = 1[x, y]$

on the diagonal the divided difference is the derivative (here of $\lambda^{n}$): for commuting
matrices only the diagonal is needed, and $C = P'$ comes back

truncated at $s$ the same recursion starts from 0 there. For gradient descent it is solved by
$P_{j}[x, y] P_{s}(y)$, $j = t - s$

which vanishes at the reset

for any method (here with two points) a functional $z$ of the tangents after a step is the
functional $z A + x W c$ of those before it, plus $W P_{j}(y)$, $W = -z \cdot b$: hence $C(x, y) =
\sum_{j = s}^{t - 1} W_{j}(x) P_{j}(y)$, with $W_{j}$ computed backwards from the output

the exact solve has the error $-H^{-1} \partial H \, P_{t}(H) (x_{0} - x^{\star})$: $C =
-P_{t}(y)/x$, and the order matters

and $k$ inner steps multiply it by $1 - Q_{k}(H)$ from the left: $C = P_{t}(y) (Q_{k}(x) - 1)/x$
"""


def two_variable_multipliers() -> Derivation:
    """C(x, y) of unrolled, truncated and implicit estimates, x = λ_i, y = λ_j."""
    P = sympy.Function("P")
    Q = sympy.Function("Q")
    a, b = sympy.symbols("a b", real=True)
    C, Pj = sympy.symbols("C P_j", real=True)
    entry, delta, late, X = sympy.symbols("dH_ij delta_j d_j X_i", real=True)

    def divided(left: sympy.Expr, right: sympy.Expr) -> sympy.Expr:
        return (left - right) / (_x - _y)

    drift: sympy.Expr = divided((1 - h * _x) ** _j, (1 - h * _y) ** _j) * (1 - h * _y) ** _s
    z1, z2, t1, t2, b1, b2, c1, c2 = sympy.symbols("z_1 z_2 T_1 T_2 b_1 b_2 c_1 c_2", real=True)
    a11, a12, a21, a22 = sympy.symbols("A_11 A_12 A_21 A_22", real=True)
    fed = _x * (c1 * t1 + c2 * t2) + Pj
    weight = -(z1 * b1 + z2 * b2)
    steps: tuple[Step, ...] = told(
        _TWO_VARIABLE_MULTIPLIERS,
        Equality(_x * (C * entry * delta) + Pj * entry * delta, (_x * C + Pj) * entry * delta),
        Equality(divided(_x * P(_x), _y * P(_y)), _x * divided(P(_x), P(_y)) + P(_y)),
        Equality(
            divided(a * P(_x) - b * Q(_x), a * P(_y) - b * Q(_y)),
            a * divided(P(_x), P(_y)) - b * divided(Q(_x), Q(_y)),
        ),
        Equality(sympy.Derivative(_x**_n, _x), sympy.expand(_n * _x ** (_n - 1))),
        Equality(drift.subs(_j, _j + 1), drift - h * (_x * drift + (1 - h * _y) ** (_s + _j))),
        Equality(sympy.Subs(drift, _j, 0), 0),
        Equality(
            z1 * (a11 * t1 + a12 * t2 - b1 * fed) + z2 * (a21 * t1 + a22 * t2 - b2 * fed),
            (z1 * a11 + z2 * a21 + _x * weight * c1) * t1
            + (z1 * a12 + z2 * a22 + _x * weight * c2) * t2
            + weight * Pj,
        ),
        Equality(-1 / _x * (entry * late), (-Pj / _x) * entry * delta, where=((late, Pj * delta),)),
        Equality((1 - X) * (-Pj / _x), (X - 1) / _x * Pj),
    )
    return argued(
        "The two-variable multipliers",
        (
            r"\text{unrolled: } P[x, y]; \quad \text{truncated gradient descent: } "
            r"P_{t-s}[x, y] P_{s}(y); \quad \text{implicit: } \frac{Q_{k}(x) - 1}{x} P_{t}(y)",
        ),
        (
            r"$x = \lambda_{i}$, $y = \lambda_{j}$ are eigenvalues of $H$; $\partial H$ is any "
            "symmetric matrix",
            r"the coefficients of the method do not depend on $\theta$",
        ),
        steps,
        ("curse",),
    )


_FROBENIUS_BOUND = r"""
along the segment from $y$ to $x$: for every power of $\lambda$, so for every polynomial,
$\frac{d}{d\sigma} P(y + \sigma (x - y)) = (x - y) P'(y + \sigma (x - y))$

integrate over $0 \le \sigma \le 1$ and divide by $x - y$ (Hermite and Genocchi): $P[x, y] =
\int_{0}^{1} P'(y + \sigma (x - y)) \, d\sigma$, a mean of values of $P'$ between $x$ and $y$. So
$\left|P[x, y]\right| \le \max_{[\ell, L]} \left|P'\right|$, with equality on the diagonal: $M =
\max \left|P_{t}'\right|$ for unrolling

an entry $C_{ij} \partial H_{ij}$ with $\left|C_{ij}\right| = u M$, $0 \le u \le 1$, is at most $M
\left|\partial H_{ij}\right|$: summed over the entries, $\left\|C \circ \partial H\right\|_{F} \le
M \left\|\partial H\right\|_{F}$

$\left\|A v\right\| \le \left\|A\right\|_{F} \left\|v\right\|$ by Cauchy and Schwarz on each row
(Lagrange's identity, here for two entries), and $\left\|R(H) E\right\| \le \max \left|R\right|
\left\|E\right\|$: the triangle inequality adds the two parts

several parameters: the errors of the columns are squared and summed, and by the triangle
inequality in $\mathbb{R}^{p}$ (the same identity) the bound holds with Frobenius norms over all
of them

attained: with $E = 0$, $\partial H = e_{i} e_{j}^{T} + e_{j} e_{i}^{T}$ of norm $N$ and $x_{0} -
x^{\star} = e_{j}$ at a maximum $(\lambda_{i}, \lambda_{j})$ the error is $M e_{i}$ and the bound
$\sqrt{2} M$; on the diagonal $\partial H = e_{i} e_{i}^{T}$ attains it

with both sizes, the better of the two cases ($E$ alone: $r = \max \left|R\right|
\left\|E\right\|$; $\partial H$ alone: $m/\sqrt{2}$) attains $1/(1 + \sqrt{2})$ of $r + m$: if $r
= m/\sqrt{2} + w$,

and if $m/\sqrt{2} = r + w$
"""


_FROBENIUS_BOUND_GIVEN = (
    r"$H$ symmetric with its spectrum in $[\ell, L]$, $\partial H$ symmetric, no "
    r"commutation",
    r"$P$ a real polynomial",
)

_FROBENIUS_BOUND_REMARKS = (
    r"For the other estimators $M$ can exceed $\max \left|C(\lambda, \lambda)\right|$: for "
    r"the "
    r"exact solve it is $\max \left|P_{t}\right|/\ell$.",
    r"In operator norm the bound fails in general: entrywise multiplication can increase "
    r"it.",
)


def frobenius_bound() -> Derivation:
    """‖error‖ ≤ max|R|‖E‖ + M‖∂H‖_F‖x_0 − x*‖; M = max|P′| for unrolling."""
    sigma = sympy.Symbol("sigma", nonnegative=True)
    between = _y + sigma * (_x - _y)
    u, M, entry, r, m, w = sympy.symbols("u M a r m w", nonnegative=True)
    size = sympy.Symbol("N", positive=True)
    p1, p2, q1, q2 = sympy.symbols("p_1 p_2 q_1 q_2", real=True)
    root = sympy.sqrt(2)
    steps: tuple[Step, ...] = told(
        _FROBENIUS_BOUND,
        Equality(sympy.Derivative(between**_n, sigma), (_x - _y) * _n * between ** (_n - 1)),
        Equality(
            sympy.Subs(between**_n, sigma, 1) - sympy.Subs(between**_n, sigma, 0), _x**_n - _y**_n
        ),
        Nonnegative(
            M**2 * entry**2,
            (u * M * entry) ** 2,
            over=(Range(u, 0, 1), Range(M, 0), Range(entry, 0)),
            terms=((M**2, entry**2, 1 - u, 1 + u),),
        ),
        Equality(
            (p1**2 + p2**2) * (q1**2 + q2**2) - (p1 * q1 + p2 * q2) ** 2, (p1 * q2 - p2 * q1) ** 2
        ),
        Equality(
            (sympy.sqrt(p1**2 + p2**2) * sympy.sqrt(q1**2 + q2**2)) ** 2 - (p1 * q1 + p2 * q2) ** 2,
            (p1 * q2 - p2 * q1) ** 2,
        ),
        Equality(size * M, root * M, where=((size, sympy.sqrt(2)),)),
        Nonnegative(
            (1 + root) * (m / root + w),
            (m / root + w) + m,
            over=(Range(m, 0), Range(w, 0)),
            terms=((root, w),),
        ),
        Nonnegative(
            (1 + root) * (r + w), r + root * (r + w), over=(Range(r, 0), Range(w, 0)), terms=((w,),)
        ),
    )
    return argued(
        "The bound without commutation",
        (
            r"\left\|\text{error}\right\| \le \max_{\lambda} \left|R\right| \left\|E\right\| + "
            r"M \left\|\partial H\right\|_{F} \left\|x_{0} - x^{\star}\right\|, \quad "
            r"M = \max_{x, y} \left|C(x, y)\right|",
        ),
        _FROBENIUS_BOUND_GIVEN,
        steps,
        ("curse",),
        _FROBENIUS_BOUND_REMARKS,
    )

r"""The pairs (R, C) of every estimator, derived where H and ∂H commute.

On one common eigenvector let δ, E, D = ∂λ δ be the components of x_0 − x*, ∂x_0 − ∂x* and
∂H(x_0 − x*). A point of a run has x − x* = Pδ, its tangent X − ∂x* = RE + CD; the pair of the last
point is the estimator's. Everything follows from what a gradient does to such a triple, and from
linearity.
"""

from __future__ import annotations

import sympy

from polyrates.ground.numbers import lam
from polyrates.symbolic.derivations.notation import h
from polyrates.symbolic.proofs.derivation import Derivation, argued
from polyrates.symbolic.proofs.steps import Equality, Step, told

__all__ = ["implicit_pair", "restarted_pair", "truncated_pair", "unrolled_pair"]

_P, _R, _C, _E, _D = sympy.symbols("P R C E D", real=True)
_a, _b = sympy.symbols("a b", real=True)
_j = sympy.Symbol("j", integer=True, nonnegative=True)
_s = sympy.Symbol("s", integer=True, nonnegative=True)
_SETTING = (
    r"$f = \frac{1}{2} x^{T} H(\theta) x + b(\theta)^{T} x$ and $H \, \partial H = \partial H \, "
    r"H$",
    r"the run is linear: $g = \nabla f(\sum c_{i} s_{i})$, $s_{i}^{+} = \sum_{j} A_{ij} s_{j} - "
    r"b_{i} g$, rows of $A$, $c$ and the output sum to 1; the coefficients do not depend on "
    r"$\theta$",
)


_COMMON = r"""
the derivative of $\nabla f(x) = H (x - x^{\star})$ is $H (X - \partial x^{\star}) + \partial H (x
- x^{\star})$: a gradient maps $(P, R, C)$ to $(\lambda P, \lambda R, \lambda C + P)$

rows that sum to 1 commute with subtracting $x^{\star}$ and $\partial x^{\star}$: the errors run
through the same step as the points, in $P$, $R$ and $C$ alike

at $\lambda = 0$ the gradient vanishes: from $R = 1$ in every place it stays 1, so $R(0) = 1$
"""


def _common() -> tuple[Step, ...]:
    """What a gradient and a step do to P, R and C."""
    left, right, shift = sympy.symbols("X_1 X_2 x^*", real=True)
    g = sympy.Symbol("g", real=True)
    return told(
        _COMMON,
        Equality(lam * (_R * _E + _C * _D) + _P * _D, (lam * _R) * _E + (lam * _C + _P) * _D),
        Equality(
            _a * (left + shift) + (1 - _a) * (right + shift) - _b * g - shift,
            _a * left + (1 - _a) * right - _b * g,
        ),
        Equality(sympy.Subs(_a * _R + (1 - _a) * _R - _b * lam * _R, lam, 0), _R),
    )


_UNROLLED_PAIR = r"""
$C = P'$ is kept by a gradient

and by a step; at the start $P = R = 1$ and $C = 0 = P'$. $R$ runs as $P$ does
"""


def unrolled_pair() -> Derivation:
    """(R, C) = (P_t, P_t′)."""
    P = sympy.Function("P")(lam)
    Q = sympy.Function("Q")(lam)
    steps: tuple[Step, ...] = told(
        _UNROLLED_PAIR,
        *_common(),
        Equality(sympy.Derivative(lam * P, lam), lam * sympy.Derivative(P, lam) + P),
        Equality(
            sympy.Derivative(_a * P - _b * Q, lam),
            _a * sympy.Derivative(P, lam) - _b * sympy.Derivative(Q, lam),
        ),
    )
    return argued(
        "The pair of unrolling", (r"R = P_{t}, \quad C = P_{t}'",), _SETTING, steps, ("curse",)
    )


_TRUNCATED_PAIR = r"""
at step $s$ the tangent of every point of the state is reset to $\partial x_{0}$: $R = 1$, $C = 0$
in every place, while $P$ runs on; one gradient step of size $h$ later $R = 1 - h\lambda$ and $C =
-h P$

for heavy ball this reads $C_{j+1} = C_{j} + m (C_{j} - C_{j-1}) - h (\lambda C_{j} + P_{j})$: the
derivative of its step with $\lambda$ moved by $a$ and $P$ by $C a$

for gradient descent $R = (1 - h\lambda)^{j}$, $j = t - s$

and $C = P_{j}' P_{s} = -h j (1 - h\lambda)^{j-1} (1 - h\lambda)^{s}$ obeys the recursion $C
\mapsto C - h (\lambda C + P_{s+j})$

and begins at the reset with $C = 0$: its first step makes $-h P_{s}$
"""


def truncated_pair() -> Derivation:
    """R: the steps s, …, t − 1 from (1, …, 1); C: from 0, fed with P."""
    keep = 1 - h * lam
    drift: sympy.Expr = -h * _j * keep ** (_j - 1) * keep**_s
    m = sympy.Symbol("m", real=True)
    before_P, before_C = sympy.symbols("P_- C_-", real=True)
    steps: tuple[Step, ...] = told(
        _TRUNCATED_PAIR,
        *_common(),
        Equality(
            _R * _E + _C * _D,
            keep * _E - h * _P * _D,
            where=((_R, 1 - h * lam), (_C, -h * _P)),
        ),
        Equality(
            (_C + m * (_C - before_C)) - h * (lam * _C + _P),
            sympy.diff(
                (_P + _C * _a + m * (_P + _C * _a - before_P - before_C * _a))
                - h * (lam + _a) * (_P + _C * _a),
                _a,
            ).subs(_a, 0),
        ),
        Equality(keep ** (_j + 1), keep**_j - h * lam * keep**_j),
        Equality(drift.subs(_j, _j + 1), drift - h * (lam * drift + keep ** (_s + _j))),
        Equality(sympy.Subs(drift, _j, 1), -h * keep**_s),
    )
    return argued(
        "The pair of truncated unrolling",
        (
            r"(R, C)^{+} = \mathrm{step}(R, C), \quad \mathrm{gradient}: (R, C) \mapsto "
            r"(\lambda R, \lambda C + P), \quad (R, C)_{s} = (1, 0)",
        ),
        _SETTING,
        steps,
        ("curse",),
        (
            r"$R$ is the method's own tail run from a fresh state, so the pair belongs to the "
            r"realization of $P_{t}$: another recurrence with the same $P_{t}$ has another pair.",
        ),
    )


_RESTARTED_PAIR = r"""
unrolling the tail from $x_{s}$ has the pair $(Q_{k}, Q_{k}')$ for the start $x_{s}$, whose
$\partial H (x_{s} - x^{\star})$ is $D_{s} = P_{s} D$

its initial part mixes $Q$ and the initial part of unrolling the tail alone: with a good head it
is $Q$, and nothing burns in
"""


def restarted_pair() -> Derivation:
    """A fresh run of k steps from x_s: (R, C) = (Q_k, Q_k′P_s)."""
    Q = sympy.Function("Q")(lam)
    head, late = sympy.symbols("P_s D_s", real=True)
    slope = sympy.Derivative(Q, lam)
    steps: tuple[Step, ...] = told(
        _RESTARTED_PAIR,
        Equality(Q * _E + slope * late, Q * _E + (slope * head) * _D, where=((late, head * _D),)),
        Equality((Q - lam * slope * head), (1 - head) * Q + head * (Q - lam * slope)),
    )
    return argued(
        "The pair of a restarted tail",
        (r"R = Q_{k}, \quad C = Q_{k}' P_{s}",),
        _SETTING,
        steps,
        ("curse",),
        (
            r"For a fixed head the worst case of this pair is convex in $Q$: $Q \mapsto (Q, Q' "
            r"P_{s})$ "
            r"is linear. It is not convex in head and tail together.",
        ),
    )


_IMPLICIT_PAIR = r"""
$\partial x^{\star} = -H^{-1} (\partial H x^{\star} + \partial b)$, and the estimate is the same
at $x_{t}$: its error is $-H^{-1} \partial H (x_{t} - x^{\star}) = -H^{-1} \partial H \, P_{t}(H)
(x_{0} - x^{\star})$

an inner run from $V_{0}$ towards $V_{\infty} = -H^{-1} \partial_{\theta} \nabla f(x_{t})$ leaves
$Q_{k}(H) (V_{0} - V_{\infty})$: the error is $Q_{k} E + (1 - Q_{k}) (V_{\infty} - \partial
x^{\star})$, the second bracket the error of the exact solve

where all commutes: $R = Q_{k}$, $C = P_{t} (Q_{k} - 1)/\lambda$, a polynomial since $Q_{k}(0) =
1$

in the form initial/cross it is symmetric in the two runs: $R - \lambda C = 1 - (1 - P_{t})(1 -
Q_{k})$

and $Q_{k} \to 0$ gives the exact solve, $R = 0$, $C = -P_{t}/\lambda$, $R - \lambda C = P_{t}$
"""


def implicit_pair() -> Derivation:
    """Exact solve: (0, −P_t/λ); k inner steps: (Q_k, P_t(Q_k − 1)/λ)."""
    inverse, change, x, star, db = sympy.symbols("H^{-1} dH x x^* db", commutative=False)
    Q, start, limit, truth = sympy.symbols("Q V_0 V_oo dx^*", commutative=False)
    q = sympy.Symbol("Q", real=True)
    steps: tuple[Step, ...] = told(
        _IMPLICIT_PAIR,
        Equality(
            -inverse * (change * x + db) + inverse * (change * star + db),
            -inverse * change * (x - star),
        ),
        Equality(
            Q * (start - limit) + limit - truth, Q * (start - truth) + (1 - Q) * (limit - truth)
        ),
        Equality((1 - q) * (-_P / lam), _P * (q - 1) / lam),
        Equality(q - lam * (_P * (q - 1) / lam), 1 - (1 - _P) * (1 - q)),
        Equality(sympy.Subs(q - lam * (_P * (q - 1) / lam), q, 0), _P),
    )
    return argued(
        "The pair of implicit differentiation",
        (
            r"R = Q_{k}, \quad C = \frac{P_{t} (Q_{k} - 1)}{\lambda}; \qquad "
            r"\text{exact: } R = 0, \quad C = -\frac{P_{t}}{\lambda}",
        ),
        (*_SETTING, r"$\lambda > 0$ for the exact solve"),
        steps,
        ("curse",),
        ("The exact solve is the one estimator with $R(0) = 0$.",),
    )

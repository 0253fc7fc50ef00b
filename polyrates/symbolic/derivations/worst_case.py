r"""The tight joint worst case: its value, why it is attained, and what is no bound.

Write x = aA(λ) and y = gB(λ), with A = R − λC and B = C for the sizes ‖E‖ ≤ a, ‖G‖ ≤ g (A = R for
‖E‖ and ‖D‖). The error of an estimate is A(H)E + B(H)G; its largest norm over all H with spectrum
in the support, all E and all G is

    V = min over s in [0, 1] of max over λ of √(x²/s + y²/(1 − s)),    0/0 = 0.

For every s the maximum bounds the error (Cauchy and Schwarz, on every eigenvector); for the best s
a mixture of one or two eigenvalues reaches it. The second half is a theorem of the alternative for
two quadratic constraints, the S-lemma.
"""

from __future__ import annotations

import sympy

from polyrates.ground.numbers import lam
from polyrates.symbolic.proofs.derivation import Derivation, argued, claim
from polyrates.symbolic.proofs.steps import Equality, Nonnegative, Range, Step, told

__all__ = ["counterexample", "tight_worst_case"]

_x, _y = sympy.symbols("x y", real=True)
_e, _d = sympy.symbols("epsilon delta", real=True)
_s, _u, _v = sympy.symbols("s u v", positive=True)
_SHARE = Range(_s, 0, 1)


def tight_worst_case() -> Derivation:
    """V = min_s max_λ √(a²A²/s + g²B²/(1 − s)), attained by one or two eigenvalues."""
    steps: tuple[Step, ...] = (*_bounded(), *_attained(), *_sum_of_maxima())
    statement = (
        r"\max_{H, E, G} \left\|A(H) E + B(H) G\right\| = \min_{0 \le s \le 1} \ \max_{\lambda} "
        r"\sqrt{\frac{a^{2} A(\lambda)^{2}}{s} + \frac{g^{2} B(\lambda)^{2}}{1 - s}}"
    )
    return argued(
        "The tight joint worst case",
        (statement,),
        (
            r"$A$ and $B$ are continuous on the support, a compact set",
            r"$\left\|E\right\| \le a$, $\left\|G\right\| \le g$, $H$ symmetric of any dimension "
            r"$\ge 2$ with its spectrum in the support",
            r"$0/0 = 0$; where $x$ or $y$ vanishes on the whole support, $s$ is 0 or 1 and one "
            "eigenvalue attains the maximum",
        ),
        steps,
        ("curse",),
        (
            r"Two eigenvalues suffice, so nothing is gained beyond dimension 2; in dimension 1 the "
            r"worst case is $\max_{\lambda} (a \left|A\right| + g \left|B\right|)$, which is "
            "smaller in general.",
        ),
    )


_BOUNDED = r"""
on one eigenvector let $x = aA$, $y = gB$, and let $a \epsilon$, $g \delta$ be the components of
$E$ and $G$: the error there is $x \epsilon + y \delta$, and its square is at most $(x^{2}/s +
y^{2}/(1-s)) (s \epsilon^{2} + (1-s) \delta^{2})$. Summed over eigenvectors, $\sum \epsilon^{2}
\le 1$ and $\sum \delta^{2} \le 1$, so for every $s$ the squared error is at most $\max_{\lambda}
(x^{2}/s + y^{2}/(1-s))$

the square that was dropped has a positive factor for $0 < s < 1$
"""


def _bounded() -> tuple[Step, ...]:
    profile = _x**2 / _s + _y**2 / (1 - _s)
    return told(
        _BOUNDED,
        Equality(
            profile * (_s * _e**2 + (1 - _s) * _d**2) - (_x * _e + _y * _d) ** 2,
            ((1 - _s) * _x * _d - _s * _y * _e) ** 2 / (_s * (1 - _s)),
        ),
        Nonnegative(
            ((1 - _s) * _u) ** 2 / (_s * (1 - _s)),
            0,
            over=(_SHARE, Range(_u, 0)),
            terms=(((1 - _s), _u**2, 1 / _s),),
        ),
    )


_ATTAINED = r"""
the profile is convex in $s$, and so is its maximum over $\lambda$, which grows without bound at
$s = 0$ and at $s = 1$: it has a minimum $V^{2}$ at some $0 < s < 1$

at the minimum the slopes in $s$ at the points where the maximum is attained are not all positive
and not all negative (else $s$ could move): one of them is 0, or two of them are $d_{1} > 0$ and
$-d_{2} < 0$. The weights $\omega = (d_{2}, d_{1})/(d_{1} + d_{2})$ mix two eigenvalues so that
the slope vanishes

let $u^{2} = \sum \omega x^{2}$ and $v^{2} = \sum \omega y^{2}$ over these one or two eigenvalues.
Their mixed profile $u^{2}/s + v^{2}/(1-s)$ is $V^{2}$ at this $s$; its slope vanishes, so this
$s$ is its minimum, which is $(u + v)^{2}$ at $s = u/(u + v)$: hence $V = u + v$

take $E_{i} = a \sqrt{\omega_{i}}\, x_{i}/u$ and $G_{i} = g \sqrt{\omega_{i}}\, y_{i}/v$: norms
$a$ and $g$. The error along the unit vector $\sqrt{\omega_{i}}$, $\omega = (w, 1 - w)$, is $\sum
\omega_{i} (x_{i}^{2}/u + y_{i}^{2}/v) = u + v$: the bound is attained

in fact every component is $\sqrt{\omega_{i}}\, V$: with $u = sV$, $v = (1-s)V$ and $V^{2} =
x_{i}^{2}/s + y_{i}^{2}/(1-s)$ at both eigenvalues. This is the problem to run: $E_{i} \propto
\sqrt{\omega_{i}}\, a^{2} A_{i}/s$, $G_{i} \propto \sqrt{\omega_{i}}\, g^{2} B_{i}/(1-s)$
"""


def _attained() -> tuple[Step, ...]:
    up, down = sympy.symbols("d_1 d_2", positive=True)
    X, Y = sympy.symbols("X Y", nonnegative=True)
    x1, x2, y1, y2 = sympy.symbols("x_1 x_2 y_1 y_2", real=True)
    w = sympy.Symbol("w", positive=True)
    height = sympy.sqrt(_x**2 / _s + _y**2 / (1 - _s))
    return told(
        _ATTAINED,
        Equality(
            sympy.Derivative(X / _s + Y / (1 - _s), (_s, 2)), 2 * X / _s**3 + 2 * Y / (1 - _s) ** 3
        ),
        Equality(sympy.Add(down / (up + down) * up, -up / (up + down) * down, evaluate=False), 0),
        Equality(
            _u**2 / _s + _v**2 / (1 - _s) - (_u + _v) ** 2,
            ((1 - _s) * _u - _s * _v) ** 2 / (_s * (1 - _s)),
        ),
        Equality(
            (w * x1**2 + (1 - w) * x2**2) / _u + (w * y1**2 + (1 - w) * y2**2) / _v,
            _u + _v,
            where=(
                (x1**2, (_u**2 - (1 - w) * x2**2) / w),
                (y1**2, (_v**2 - (1 - w) * y2**2) / w),
            ),
        ),
        Equality(_x**2 / (_s * height) + _y**2 / ((1 - _s) * height), height),
    )


_SUM_OF_MAXIMA = r"""
with $x = \max a \left|A\right|$ and $y = \max g \left|B\right|$ in place of the profile, $s =
x/(x + y)$ gives $V \le \max a \left|A\right| + \max g \left|B\right|$; one eigenvalue gives $V
\ge a \left|A\right| + g \left|B\right|$. The two meet when both maxima are attained at one
$\lambda$: then $V$ is their sum
"""


def _sum_of_maxima() -> tuple[Step, ...]:
    return told(
        _SUM_OF_MAXIMA,
        Equality((_x**2 / _s + _y**2 / (1 - _s)).subs(_s, _x / (_x + _y)), (_x + _y) ** 2),
    )


def _counterexample_polynomial() -> sympy.Poly:
    """P of degree 4 with P(0) = 1, P(1) = 3/5, P′(1) = 0, P(2) = 8/5, P′(2) = 4/5."""
    c = sympy.symbols("c1:5")
    P = 1 + sum(ck * lam**k for k, ck in enumerate(c, 1))
    slope = sympy.diff(P, lam)
    half = sympy.Rational(4, 5)
    conditions = [
        P.subs(lam, 1) - sympy.Rational(3, 5),
        slope.subs(lam, 1),
        P.subs(lam, 2) - 2 * half,
        slope.subs(lam, 2) - half,
    ]
    return sympy.Poly(P.subs(sympy.solve(conditions, c)), lam)


_COUNTEREXAMPLE = r"""
a residual polynomial

at $\lambda = 1$, $A = P - \lambda P' = 3/5$

and $B = P' = 0$

at $\lambda = 2$ it is the other way round

and $B = 4/5$

so the single maximum of $\left|A\right| + \left|B\right|$ over the spectrum $\{1, 2\}$ is $4/5$

take $E = (1, 0)$ and $G = (0, 1)$: the error is $(3/5, 4/5)$, of norm 1

and no more is possible: at $s = 9/25$ the profile is 1 at both eigenvalues
"""


def counterexample() -> Derivation:
    """max over λ of a|A| + g|B| is no bound: 4/5 on an example whose worst case is 1."""
    P = _counterexample_polynomial().as_expr()
    slope = sympy.diff(P, lam)
    A = sympy.expand(P - lam * slope)
    three, four = sympy.Rational(3, 5), sympy.Rational(4, 5)
    share = sympy.Rational(9, 25)
    steps: tuple[Step, ...] = told(
        _COUNTEREXAMPLE,
        Equality(sympy.Subs(P, lam, 0), 1),
        Equality(sympy.Subs(A, lam, 1), three),
        Equality(sympy.Subs(slope, lam, 1), 0),
        Equality(sympy.Subs(A, lam, 2), 0),
        Equality(sympy.Subs(slope, lam, 2), four),
        Equality(sympy.Max(three, four, evaluate=False), four),
        Equality(
            sympy.Add(
                sympy.Pow(three, 2, evaluate=False),
                sympy.Pow(four, 2, evaluate=False),
                evaluate=False,
            ),
            1,
        ),
        Equality(
            sympy.Max(
                sympy.Mul(three**2, 1 / share, evaluate=False),
                sympy.Mul(four**2, 1 / (1 - share), evaluate=False),
                evaluate=False,
            ),
            1,
        ),
    )
    return Derivation(
        "The single maximum of the sum is no bound",
        tuple(claim(step) for step in steps),
        (
            sympy.Eq(sympy.Symbol("P"), P, evaluate=False),
            r"spectrum $\{1, 2\}$, $\left\|E\right\| \le 1$, $\left\|G\right\| \le 1$",
        ),
        steps,
        ("curse",),
        (
            r"So $\max_{\lambda} (\left|A\right| + \left|B\right|) = \frac{4}{5}$, below the worst "
            "case 1.",
        ),
    )

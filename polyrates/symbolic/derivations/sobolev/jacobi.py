"""Jacobi's structure relation Q_n′ = nP_{n−1}, Q_n = P_n + f_nP_{n−1} + g_nP_{n−2}."""

from __future__ import annotations

import sympy

from polyrates.symbolic.derivations.notation import x
from polyrates.symbolic.derivations.sobolev.notation import (
    ALPHA,
    BETA,
    ETA_X,
    RATIONAL,
    N,
    c_of,
    symbols_of,
)
from polyrates.symbolic.proofs.derivation import Derivation, argued
from polyrates.symbolic.proofs.steps import Equality, Step, told


def jacobi_formulas(n: sympy.Expr) -> tuple[sympy.Expr, sympy.Expr, sympy.Expr, sympy.Expr]:
    """(a_n, γ_n, f_n, g_n)."""
    s = ALPHA + BETA
    a = (BETA - ALPHA) * s / ((2 * n + s) * (2 * n + s + 2))
    gamma = 4 * n * (n + ALPHA) * (n + BETA) * (n + s)
    gamma = gamma / ((2 * n + s) ** 2 * (2 * n + s + 1) * (2 * n + s - 1))
    f = 2 * n * (ALPHA - BETA) / ((2 * n + s - 2) * (2 * n + s))
    g = -4 * n * (n - 1) * (n + ALPHA - 1) * (n + BETA - 1)
    g = g / ((2 * n + s - 1) * (2 * n + s - 2) ** 2 * (2 * n + s - 3))
    return a, gamma, f, g


p1, p0, p_1, p_2 = symbols_of("P_{n+1}' P_{n}' P_{n-1}' P_{n-2}'")
p_3 = sympy.Symbol("P_{n-3}'")
P0, P_1, P_2 = symbols_of("P_{n} P_{n-1} P_{n-2}")
a0, a_1, g0, g_1 = symbols_of("a_{n} a_{n-1} \\gamma_{n} \\gamma_{n-1}")
f1, f0, f_1 = symbols_of("f_{n+1} f_{n} f_{n-1}")
k1, k0, k_1 = symbols_of("g_{n+1} g_{n} g_{n-1}")
e0, e_1, e_2 = symbols_of("e_{n} e_{n-1} e_{n-2}")
b0, b_1, b_2, nu = symbols_of("\\beta_{n} \\beta_{n-1} \\beta_{n-2} \\nu_{n}")

_TOTAL = ALPHA + BETA


def _shift(n: sympy.Expr) -> sympy.Expr:
    """e_n of (B_n)."""
    return (BETA - ALPHA) / (2 * n + _TOTAL)


def _slope(n: sympy.Expr) -> sympy.Expr:
    """β_n of (B_n)."""
    return 4 * n * (n + ALPHA) * (n + BETA) / ((2 * n + _TOTAL) ** 2 * (2 * n + _TOTAL - 1))


_RATIO = (N * g_1 - (N - 2) * k0) / (N - 1)
_CLOSED = 4 * N * (N + ALPHA - 1) * (N + BETA - 1)
_CLOSED = _CLOSED / ((2 * N + _TOTAL - 2) ** 2 * (2 * N + _TOTAL - 1))
_HERE, _BEFORE, _AFTER = jacobi_formulas(N), jacobi_formulas(N - 1), jacobi_formulas(N + 1)
_FORMULAS = (
    (a_1, _BEFORE[0]),
    (g_1, _BEFORE[1]),
    (f0, _HERE[2]),
    (k0, _HERE[3]),
    (f_1, _BEFORE[2]),
    (k_1, _BEFORE[3]),
    (e0, _shift(N)),
    (e_1, _shift(N - 1)),
    (e_2, _shift(N - 2)),
    (b0, _slope(N)),
    (b_1, _slope(N - 1)),
    (b_2, _slope(N - 2)),
    (nu, _CLOSED),
)


_JACOBI_STRUCTURE = r"""
the derivative of the recurrence is $P_{n+1}' = P_{n} + (x - a_{n}) P_{n}' - \gamma_{n} P_{n-1}'$.
So if (B$_{n}$): $(x - e_{n}) P_{n}' = n P_{n} + \beta_{n} P_{n-1}'$ with $e_{n} = a_{n} -
f_{n+1}$, $\beta_{n} = \gamma_{n} - g_{n+1}$, then (A$_{n+1}$)

(A$_{n}$), (A$_{n-1}$), (B$_{n-1}$), (B$_{n-2}$) and the recurrence, with $(n - 1) \nu_{n} = n
\gamma_{n-1} - (n - 2) g_{n}$: (B$_{n}$) holds if these four coefficients vanish

all are products: $e_{n}$

$\beta_{n}$

$\nu_{n}$

the coefficient of $P_{n-1}$

that of $P_{n-1}'$

that of $P_{n-2}'$

that of $P_{n-3}'$. (A$_{1}$), (A$_{2}$), (B$_{1}$) are read off $P_{0}' = 0$, $P_{1}' = 1$; what
is free there, $f_{1}$ and $g_{2}$, multiplies $P_{0}'$ = 0
"""


_JACOBI_STRUCTURE_GIVEN = (
    r"$P_{n}$ monic and orthogonal for $(1 - x)^{\alpha} (1 + x)^{\beta}$, "
    r"$\alpha, \beta > -1$: $P_{n+1} = (x - a_{n}) P_{n} - \gamma_{n} P_{n-1}$ with "
    "Jacobi's coefficients (cited)",
    r"$f_{1} = g_{2} = 0$",
)


_JACOBI_STRUCTURE_REMARKS = (
    "For every $n$; Jacobi's three-term coefficients are cited, not derived.",
)


def jacobi_structure() -> Derivation:
    """Q_n′ = nP_{n−1} for Jacobi's polynomials: the same induction, with four identities."""
    first = N * (a_1 - e0) - (N - 1) * f0
    second = nu - f0 * (e_1 - e0) - b0
    third = nu * f_1 - f0 * b_1 - k0 * (e_2 - e0)
    fourth = nu * k_1 - k0 * b_2
    steps: tuple[Step, ...] = told(
        _JACOBI_STRUCTURE,
        Equality(
            p1 + f1 * p0 + k1 * p_1,
            (N + 1) * P0,
            where=(
                (p1, P0 + (x - a0) * p0 - g0 * p_1),
                (p0, (N * P0 + b0 * p_1) / (x - e0)),
                (e0, a0 - f1),
                (b0, g0 - k1),
            ),
        ),
        Equality(
            (x - e0) * p0 - N * P0 - b0 * p_1,
            first * P_1 + second * p_1 + third * p_2 + fourth * p_3,
            where=(
                (p0, N * P_1 - f0 * p_1 - k0 * p_2),
                (P0, (x - a_1) * P_1 - g_1 * P_2),
                (nu, _RATIO),
                (P_1, ((x - e_1) * p_1 - b_1 * p_2) / (N - 1)),
                (p_1, (N - 1) * P_2 - f_1 * p_2 - k_1 * p_3),
                (P_2, ((x - e_2) * p_2 - b_2 * p_3) / (N - 2)),
            ),
        ),
        Equality(a0 - f1, _shift(N), where=((a0, _HERE[0]), (f1, _AFTER[2]))),
        Equality(g0 - k1, _slope(N), where=((g0, _HERE[1]), (k1, _AFTER[3]))),
        Equality(_RATIO, _CLOSED, where=((g_1, _BEFORE[1]), (k0, _HERE[3]))),
        Equality(first, 0, where=_FORMULAS),
        Equality(second, 0, where=_FORMULAS),
        Equality(third, 0, where=_FORMULAS),
        Equality(fourth, 0, where=_FORMULAS),
        _symmetric_case(),
        *_jacobi_elimination(),
    )
    return argued(
        "Jacobi's structure relation and the band of the Sobolev form",
        (
            r"Q_{n} := P_{n} + f_{n} P_{n-1} + g_{n} P_{n-2} \quad \text{has} \quad "
            r"Q_{n}' = n P_{n-1}",
            r"f_{n} = \frac{2 n (\alpha - \beta)}{(2n + s - 2)(2n + s)}, \quad s = \alpha + \beta, "
            r"\quad g_{n} = \frac{-4 n (n - 1)(n + \alpha - 1)(n + \beta - 1)}"
            r"{(2n + s - 1)(2n + s - 2)^{2}(2n + s - 3)}",
            r"\langle Q_{n}, Q_{m} \rangle_{\eta} = 0 \quad \text{for} \quad "
            r"\left|n - m\right| > 2",
        ),
        _JACOBI_STRUCTURE_GIVEN,
        steps,
        ("dlmf", "sobolev-coherent"),
        _JACOBI_STRUCTURE_REMARKS,
    )


def _symmetric_case() -> Step:
    shifted = ALPHA - RATIONAL(1, 2)
    both = {ALPHA: shifted, BETA: shifted}
    return Equality(
        jacobi_formulas(N)[3].subs(both, simultaneous=True),
        -c_of(N),
        r"in Gegenbauer's case both exponents are $\alpha - \frac{1}{2}$: then $f_{n} = 0$ and "
        r"$g_{n} = -c_{n}$",
    )


_JACOBI_ELIMINATION = r"""
with $p_{n} = \left\|P_{n}\right\|^{2} = \gamma_{n} p_{n-1}$ and $p = p_{n-1}$: $\langle Q_{n},
S_{n-1} \rangle = \langle Q_{n}, Q_{n-1} \rangle - l_{n-1} \langle Q_{n}, S_{n-2} \rangle =
p_{n-1} (f_{n} + e_{n})$, $e_{n} = g_{n} (f_{n-1} - l_{n-1})/\gamma_{n-1}$, so $l_{n} = (f_{n} +
e_{n})/\rho_{n-1}$, and $k_{n} = g_{n}/\rho_{n-2}$

$\sigma_{n} = \rho_{n} - 1$ from $\left\|S_{n}\right\|^{2} = \left\|Q_{n}\right\|^{2} - l_{n}^{2}
\left\|S_{n-1}\right\|^{2} - k_{n}^{2} \left\|S_{n-2}\right\|^{2}$, over $p_{n}$; the right side
is what the method carries
"""


def _jacobi_elimination() -> tuple[Step, ...]:
    """S_n = Q_n − l_nS_{n−1} − k_nS_{n−2} and ρ_n = 1 + σ_n."""
    f0, f_1, g0, l_1 = symbols_of("f_{n} f_{n-1} g_{n} l_{n-1}")
    y0, y_1 = symbols_of("\\gamma_{n} \\gamma_{n-1}")
    p, p_2, e0 = symbols_of("p p_{n-2} e_{n}")
    s_1, s_2 = symbols_of("\\sigma_{n-1} \\sigma_{n-2}", positive=True)
    return told(
        _JACOBI_ELIMINATION,
        Equality(
            f0 * p + g0 * f_1 * p_2 - l_1 * g0 * p_2,
            p * (f0 + g0 * (f_1 - l_1) / y_1),
            where=((p, y_1 * p_2),),
        ),
        Equality(
            (ETA_X * N**2 + f0**2) / y0
            + g0**2 / (y0 * y_1)
            - (f0 + e0) ** 2 / ((1 + s_1) * y0)
            - g0**2 / ((1 + s_2) * y0 * y_1),
            ETA_X * N**2 / y0
            + (f0**2 * s_1 - 2 * f0 * e0 - e0**2) / ((1 + s_1) * y0)
            + g0**2 * s_2 / ((1 + s_2) * y0 * y_1),
        ),
    )

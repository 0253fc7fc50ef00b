"""The running form with one gradient a step, and its limits: η → 0, Marchenko–Pastur, t → ∞."""

from __future__ import annotations

import sympy

from polyrates.core.measures.densities import GegenbauerDensity, JacobiDensity, Uniform
from polyrates.core.methods.orthogonal import Orthogonal, Sobolev
from polyrates.ground.numbers import lam, t
from polyrates.symbolic.derivations.notation import L, c, ell
from polyrates.symbolic.derivations.sobolev.notation import (
    ALPHA,
    ETA,
    ETA_X,
    RATIONAL,
    N,
    c_of,
    gamma_of,
    symbols_of,
)
from polyrates.symbolic.polynomials import residual_polynomial
from polyrates.symbolic.proofs.derivation import Derivation, argued
from polyrates.symbolic.proofs.steps import Equality, Nonnegative, Range, Step, told
from polyrates.symbolic.sobolev import banded, kernel, orthogonal_polynomials

__all__ = ["asymptotics", "marchenko_pastur", "running_form", "without_slopes"]


_RUNNING_FORM = r"""
$Y_{n} = P_{n}/P_{n}(0)$, $q_{n} = P_{n-1}(0)/P_{n}(0)$: the three-term recurrence over
$P_{n+1}(0)$, with $m(\lambda) = m_{0} + 2\lambda/(L - \ell)$ and $q_{n+1} = 1/(m_{0} - \gamma_{n}
q_{n})$, is a step with momentum $\gamma_{n} q_{n} q_{n+1}$, step size $-2 q_{n+1}/(L - \ell) > 0$

$W_{n} = S_{n}/P_{n}(0) = Y_{n} + g_{n} Y_{n-2} + k_{n} W_{n-2}$ with $g_{n} = -c_{n} q_{n}
q_{n-1}$, $k_{n} = d_{n} q_{n} q_{n-1}$, is the connection formula; $r_{n} = W_{n}(0)$ can be 0,
so carry $U_{n} = W_{n} + (1 - r_{n}) Y_{n}$ instead

the coefficients of $U_{n} = (2 - r_{n}) Y_{n} + (g_{n} - k_{n} (1 - r_{n-2})) Y_{n-2} + k_{n}
U_{n-2}$ sum to 1, because $r_{n} = 1 + g_{n} + k_{n} r_{n-2}$: an affine combination of points

the kernel from degree to degree, $A_{n} = A_{n-1} + S_{n}(0)^{2}/N_{n}$, with the share
$\omega_{n} = S_{n}(0) P_{n}(0)/(A_{n} N_{n})$, $S_{n}(0) = r_{n} P_{n}(0)$: at 0 the right side
is 1

an exact instance with $\eta$ a symbol, $\alpha = 0$ on $[1, 9]$, $t = 2$: the iterate of the
running method is the optimum of the dense elimination
"""


def running_form() -> Derivation:
    """The optimum of every degree by one recurrence: affine rows, one gradient a step."""
    m0, q0, q1, y0 = symbols_of("m_{0} q_{n} q_{n+1} \\gamma_{n}")
    Y0, Y_1, Y_2 = symbols_of("Y_{n} Y_{n-1} Y_{n-2}")
    W_2, U_2, best = symbols_of("W_{n-2} U_{n-2} P^{\\star}_{n-1}")
    g, k, r, r_2, share, W = symbols_of("g_{n} k_{n} r_{n} r_{n-2} \\omega_{n} W_{n}")
    own, before, norm, S0, P0 = symbols_of("A_{n} A_{n-1} N_{n} S_{n}(0) P_{n}(0)")
    momentum = y0 * q0 * q1
    density = GegenbauerDensity(1, 9, 0)
    example = residual_polynomial(Sobolev(density, ETA), 2).as_expr()
    optimum = kernel(density, ETA, 2).polynomial.as_expr()
    steps: tuple[Step, ...] = told(
        _RUNNING_FORM,
        Equality(
            q1 * (m0 + 2 * lam / (L - ell)) * Y0 - momentum * Y_1,
            Y0 + momentum * (Y0 - Y_1) + 2 * q1 / (L - ell) * lam * Y0,
            where=((q1, 1 / (m0 - y0 * q0)),),
        ),
        Equality(
            Y0 + g * Y_2 + k * W_2,
            Y0 + (g - k * (1 - r_2)) * Y_2 + k * U_2,
            where=((W_2, U_2 - (1 - r_2) * Y_2),),
        ),
        Equality((2 - r) + (g - k * (1 - r_2)) + k, 1, where=((r, 1 + g + k * r_2),)),
        Equality(
            before / own * best + S0 / (own * norm) * (W * P0),
            (1 - r * share) * best + share * W,
            where=((share, S0 * P0 / (own * norm)), (before, own - S0**2 / norm), (S0, r * P0)),
        ),
        Equality(example, optimum, computed=True),
        *_vanishing_at_zero(),
    )
    return argued(
        "The optimum of every degree, running",
        (
            r"y_{n+1} = y_{n} + \gamma_{n} q_{n} q_{n+1} (y_{n} - y_{n-1}) + "
            r"\frac{2 q_{n+1}}{L - \ell} \nabla f(y_{n})",
            r"x_{n} = (1 - r_{n} \omega_{n}) x_{n-1} + \omega_{n} w_{n}, \quad "
            r"w_{n} = y_{n} + g_{n} y_{n-2} + k_{n} w_{n-2}",
            r"x_{n} - x_{\star} = P^{\star}_{n}(H) (x_{0} - x_{\star}) \quad \text{for every } n",
        ),
        (
            r"the polynomials of $y_{n}$, $w_{n}$, $x_{n}$ are $Y_{n}$, $W_{n}$, $P^{\star}_{n}$",
            r"Gegenbauer densities; for Jacobi's two more terms, $f_{n} y_{n-1}$ and a multiple of "
            r"$w_{n-1}$, enter in the same way",
        ),
        steps,
        ("curse", "sobolev-coherent", "state-space"),
        (
            "The last three steps are exact instances; the others hold for every $n$.",
            r"$w_{n}$ is not affine in the iterates unless $r_{n} = 1$; it is carried as "
            r"$u_{n} = w_{n} + (1 - r_{n}) y_{n}$.",
        ),
    )


_VANISHING_AT_ZERO = r"""
$S_{3}(0) = P_{3}(m_{0}) - \frac{c_{3} \eta_{x}}{\gamma_{1} + \eta_{x}} P_{1}(m_{0})$, for $\alpha
= 0$ on $[1, 100]$: the connection formula left, the dense elimination right
"""


def _vanishing_at_zero() -> tuple[Step, ...]:
    """α = 0 on [1, 100]: the η at which S_3(0) = 0."""
    m0 = -RATIONAL(101, 99)
    half, c3 = RATIONAL(1, 2), RATIONAL(3, 4)
    at_zero = m0**3 - c3 * m0 - c3 * ETA_X / (half + ETA_X) * m0
    (root,) = sympy.solve(sympy.numer(sympy.together(at_zero)), ETA_X)
    width = RATIONAL(99, 2)  # of the interval, halved: S_3 is monic in λ there, in x here
    family = orthogonal_polynomials(GegenbauerDensity(1, 100, 0), width**2 * ETA_X, 3)
    dense = sympy.factor(family[3][0].eval(0) / width**3)
    return told(
        _VANISHING_AT_ZERO,
        Equality(at_zero, dense),
        Equality(
            dense,
            sympy.factor(dense / (ETA_X - root)) * (ETA_X - root),
            rf"it vanishes at $\eta_{{x}} = {sympy.latex(root)}$, that is at $\eta \approx "
            rf"{float(root * width**2):.2f}$: there the optimum of degree 3 is that of degree 2, "
            "and the method runs on",
        ),
    )


_WITHOUT_SLOPES = r"""
this is $\rho_{n} - 1$: at $\eta = 0$, if $\rho_{n-2} = 1$ then $d_{n} = c_{n}$ and $\rho_{n} = 1$;
by induction $S_{n} = P_{n}$

the terms of $\langle P^{\star}, q \rangle = q(0)/A_{t}$, for every $q$ of degree $\le t$: $q =
\sum a_{i} S_{i}$, $a_{i} = \langle S_{i}, q \rangle/N_{i}$. With $q = \lambda p$, $\deg p < t$,
it says $\int P^{\star} p\, \lambda\, d\mu = 0$

an exact instance on $[0, 6]$, $t = 2$: the uniform density times $\lambda$ is Jacobi's density
with exponents $(0, 1)$, whose orthogonal method this is

the value is continuous in $\eta$ (uniform density on $[1, 9]$, $t = 2$)
"""


def without_slopes() -> Derivation:
    """η → 0: S_n = P_n, and P*_t is the polynomial orthogonal for λμ."""
    c0, d0 = symbols_of("c_{n} d_{n}", positive=True)
    y0, y_1 = symbols_of("\\gamma_{n} \\gamma_{n-1}", positive=True)
    total, norm, value, q, coefficient = symbols_of(
        "A_{t} N_{i} s_{i} \\langle{S_{i},q}\\rangle a_{i}"
    )
    sobolev = residual_polynomial(Sobolev(Uniform(0, 6), 0), 2).as_expr()
    orthogonal = residual_polynomial(Orthogonal(JacobiDensity(0, 6, 0, 1)), 2).as_expr()
    found = banded(Uniform(1, 9), ETA, 2)
    plain = banded(Uniform(1, 9), sympy.Integer(0), 2)
    steps: tuple[Step, ...] = told(
        _WITHOUT_SLOPES,
        Equality(
            1 + ETA_X * N**2 / y0 + c0 * (c0 - d0) / (y0 * y_1) - 1,
            (ETA_X * N**2 * y_1 + c0 * (c0 - d0)) / (y0 * y_1),
        ),
        Equality(
            value / (total * norm) * q,
            coefficient * value / total,
            where=((q, coefficient * norm),),
        ),
        Equality(sobolev, orthogonal, computed=True),
        Equality(
            sympy.Limit(found.domain.to_sympy(found.values[2]), ETA, 0),
            plain.domain.to_sympy(plain.values[2]),
        ),
    )
    return argued(
        "No weight on the slopes",
        (
            r"\eta = 0: \quad P^{\star}_{t} \text{ is orthogonal for } \lambda\, d\mu: \quad "
            r"\int P^{\star}_{t}\, p\, \lambda\, d\mu = 0 \quad (\deg p < t)",
        ),
        (r"$\mu$ any measure with more than $t$ points (the first step: Gegenbauer densities)",),
        steps,
        ("average-case",),
        ("The last two steps are exact instances; the others hold for every $t$.",),
    )


_MARCHENKO_PASTUR = r"""
$P_{n} = (\sigma^{2} s)^{n} \left(U_{n}(z) + s U_{n-1}(z)\right)$, $s = \sqrt{r}$, $\lambda =
\sigma^{2} (1 + r + 2 s z)$, solve $P_{n+1} = (\lambda - \sigma^{2} (1 + r)) P_{n} - \sigma^{4} r
P_{n-1}$; and $P_{1} = \lambda - \sigma^{2}$

they are orthogonal for $\sqrt{1 - z^{2}}\, dz/\lambda$, $r < 1$: with $w = e^{i\theta}$, $z =
\cos\theta$ and $e^{i\varphi} = (w + s)/\left|w + s\right|$, $\sin\theta\, (U_{n} + s U_{n-1}) =
\left|w + s\right| \sin(n\theta + \varphi)$ and $\lambda = \sigma^{2} \left|w + s\right|^{2}$;
what is left of $P_{n} P_{m}$ is $\cos (n - m)\theta - \mathrm{Re}\, w^{n+m} e^{2i\varphi}$, and
$e^{2i\varphi}$ is analytic in the disc and 0 at its center: mean 0

$P_{n}(0) = (-\sigma^{2})^{n}$, and $\left\|P_{n}\right\|^{2} = (\sigma^{4} r)^{n}$: the terms
$P_{n}(0)^{2}/\left\|P_{n}\right\|^{2}$ of $A_{t}$ are $r^{-n}$

so $1/A_{t}$ has this closed form; at $t = 0$ it is 1

$r \to 1$: $1/(t + 1)$, here at $t = 3$

$r > 1$: the value tends to $1 - 1/r$, the mass at $\lambda = 0$, here at $r = 4$; for $r < 1$ it
decays like $(1 - r) r^{t}$
"""


def marchenko_pastur() -> Derivation:
    """η = 0 for XᵀX/n: the minimum is (1 − r)/(r^−t − r), a weighted mean of heavy ball."""
    r = sympy.Symbol("r", positive=True)
    root, w, scale = sympy.symbols("s w sigma", positive=True)
    z = sympy.Symbol("z", real=True)
    U = sympy.chebyshevu
    n = sympy.Symbol("n", integer=True, positive=True)
    value = (1 - r) / (r**-t - r)
    at = scale**2 * (1 + root**2 + 2 * root * z)

    def monic(k: sympy.Expr) -> sympy.Expr:
        return (scale**2 * root) ** k * (U(k, z) + root * U(k - 1, z))

    steps: tuple[Step, ...] = told(
        _MARCHENKO_PASTUR,
        Equality(
            monic(n + 1),
            (at - scale**2 * (1 + root**2)) * monic(n) - scale**4 * root**2 * monic(n - 1),
        ),
        Equality((w + root) / (1 / w + root), w * (w + root) / (1 + root * w)),
        Equality(
            -(scale**2) * (1 + r) * (-(scale**2)) ** n - scale**4 * r * (-(scale**2)) ** (n - 1),
            (-(scale**2)) ** (n + 1),
        ),
        Equality(1 / value - (1 / value).subs(t, t - 1), r**-t),
        Equality(sympy.Limit(value.subs(t, 3), r, 1), RATIONAL(1, 4)),
        Equality(sympy.Limit(value.subs(r, 4), t, sympy.oo), RATIONAL(3, 4)),
    )
    return argued(
        "Marchenko and Pastur's density without slopes",
        (
            r"\eta = 0: \quad \min \int P^{2}\, d\mu = \frac{1}{1 + r^{-1} + \cdots + r^{-t}} = "
            r"\frac{1 - r}{r^{-t} - r}",
            r"P^{\star}_{t} = \frac{\sum_{n \le t} r^{-n}\, Y_{n}}{\sum_{n \le t} r^{-n}}, \quad "
            r"Y_{n} \text{ the iterates of heavy ball with step } 1/\sigma^{2} "
            r"\text{ and momentum } r",
        ),
        (
            r"$\mu$ the limit of the spectra of $X^{T} X/n$, entries of variance $\sigma^{2}$, "
            r"$r = d/n$; $Y_{n} = P_{n}/P_{n}(0)$",
        ),
        steps,
        ("marchenko-pastur", "average-case"),
        (
            r"For every $t$ and $r < 1$; for $r > 1$ the three-term coefficients "
            "with the mass at 0 are cited, and the two limits are shown at one value each.",
        ),
    )


_ASYMPTOTICS = r"""
at the end point $x = -1$ the ratios are known: $\left|q_{n}\right| = 2 (n + \alpha - 1)/(n +
2\alpha - 1) \to 2$. All zeros of $P_{n}$ lie in $(-1, 1)$, so $\left|q_{n}\right|$ falls as $c =
-m_{0} \ge 1$ grows: $\limsup \left|q_{n}\right| \le 2$

$\gamma_{n} \to \frac{1}{4}$, so in the limit $\left|q\right|$ is mapped to $1/(c -
\left|q\right|/4)$

whose slope on $[0, 2]$ is at most $(2c - 1)^{-2} < 1$ for $c > 1$: a contraction, and the ratios
converge to its fixed point

which is $q = -2\xi$, where $m_{0} = -(\xi + 1/\xi)/2$

with $\xi = (\sqrt{L} - \sqrt{\ell})/(\sqrt{L} + \sqrt{\ell})$

so the momentum $\gamma_{n} q_{n} q_{n+1} \to \xi^{2}$

and the step size $-2 q_{n+1}/(L - \ell)$ tends to this

$\rho_{n} \ge \eta_{x} n^{2}/\gamma_{n}$ because $0 \le d_{n} \le c_{n}$. So $d_{n} =
c_{n}/\rho_{n-2} \to 0$ for $\eta > 0$, and $k_{n} \to 0$

$-g_{n} = c_{n} q_{n} q_{n-1} \to \xi^{2}$, hence $r_{n} = 1 + g_{n} + k_{n} r_{n-2} \to 1 -
\xi^{2}$

$\rho_{n}/\rho_{n-1} \to 1$: what is left out is bounded

so the terms $S_{n}(0)^{2}/N_{n} = r_{n}^{2} P_{n}(0)^{2}/(\rho_{n} p_{n})$ of $A_{n}$ grow by
$1/(q_{n}^{2} \gamma_{n}) \to \xi^{-2} > 1$, and so does $A_{n}$ (Stolz and Ces\`aro): the optimal
value falls by $\xi^{2}$ a step in the limit

$r_{n} \omega_{n} = 1 - A_{n-1}/A_{n} \to 1 - \xi^{2}$ over $r_{n} \to 1 - \xi^{2}$: the share
$\omega_{n} \to 1$

all coefficients at their limits: the asymptotic variant

for $\eta = 0$ instead $d_{n} = c_{n}$, $w_{n} = y_{n}$, $r_{n} = 1$, $\omega_{n} \to 1 -
\xi^{2}$: another limit, so $\eta \to 0$ and $t \to \infty$ do not commute
"""


_ASYMPTOTICS_GIVEN = (
    r"$\eta > 0$ and $0 < \ell < L$ fixed, $t \to \infty$; Gegenbauer densities, "
    r"$\alpha > -\frac{1}{2}$",
)

_ASYMPTOTICS_REMARKS = (
    r"The limits depend on neither $\eta$ nor $\alpha$.",
    r"Not claimed: that the variant, run from $t = 0$, is near the optimum. It has the "
    r"same rate $\xi$, other early steps, and burns in (numeric: 11.6 at $\kappa = 0.01$).",
)


def asymptotics() -> Derivation:
    """t → ∞, η > 0: the coefficients of the running form, and its asymptotic variant."""
    xi = sympy.Symbol("xi", positive=True)
    e, y = symbols_of("e y_{t}", positive=True)
    y2, before, share, m0, ratio = symbols_of("y_{t-2} x_{t-1} r_{n} m_{0} q")
    sums = sympy.Symbol(r"\frac{A_{n-1}}{A_{n}}")
    roots = (sympy.sqrt(L) - sympy.sqrt(ell)) / (sympy.sqrt(L) + sympy.sqrt(ell))
    gamma, c0 = gamma_of(N), c_of(N)
    q = -2 * xi

    def end(n: sympy.Expr) -> sympy.Expr:
        return 2 * (n + ALPHA - 1) / (n + 2 * ALPHA - 1)

    steps: tuple[Step, ...] = told(
        _ASYMPTOTICS,
        Equality(1 / (1 - gamma * end(N)), end(N + 1)),
        Equality(sympy.Derivative(1 / (c - e / 4), e), (1 / (c - e / 4)) ** 2 / 4),
        Nonnegative(
            sympy.Integer(1),
            (1 / (2 * c - 1)) ** 2,
            over=(Range(c, 1),),
            terms=((c, c - 1, 4 / (2 * c - 1) ** 2),),
        ),
        Equality(1 / (m0 - ratio / 4), ratio, where=((m0, -(xi + 1 / xi) / 2), (ratio, q))),
        Equality(((xi + 1 / xi) / 2).subs(xi, roots), (L + ell) / (L - ell)),
        Equality(sympy.Limit(gamma, N, sympy.oo) * q**2, xi**2),
        Equality(
            (-2 * q / (L - ell)).subs(xi, roots), (2 / (sympy.sqrt(L) + sympy.sqrt(ell))) ** 2
        ),
        Equality(sympy.Limit(c0 * gamma_of(N - 2) / (ETA_X * (N - 2) ** 2), N, sympy.oo), 0),
        Equality(sympy.Limit(c0, N, sympy.oo) * q**2, xi**2),
        Equality(
            sympy.Limit(
                (1 + ETA_X * N**2 / gamma) / (1 + ETA_X * (N - 1) ** 2 / gamma_of(N - 1)),
                N,
                sympy.oo,
            ),
            1,
        ),
        Equality(1 / (sympy.Limit(gamma, N, sympy.oo) * q**2), xi**-2),
        Equality((1 - sums) / share, 1, where=((sums, xi**2), (share, 1 - xi**2))),
        Equality(xi**2 * before + (y - xi**2 * y2), y + xi**2 * (before - y2)),
        Equality(xi**2 * before + (1 - xi**2) * y, y + xi**2 * (before - y)),
    )
    return argued(
        "The limit of the running form",
        (
            r"\gamma_{n} q_{n} q_{n+1} \to \xi^{2}, \quad -\frac{2 q_{n+1}}{L - \ell} \to "
            r"\left(\frac{2}{\sqrt{L} + \sqrt{\ell}}\right)^{2}, \quad "
            r"\frac{\min_{t+1}}{\min_{t}} \to \xi^{2}",
            r"x_{t} = y_{t} + \xi^{2} (x_{t-1} - y_{t-2}) \quad \text{(asymptotic variant)}",
        ),
        _ASYMPTOTICS_GIVEN,
        steps,
        ("curse", "sobolev-coherent"),
        _ASYMPTOTICS_REMARKS,
    )

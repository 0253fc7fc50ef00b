r"""Off quadratics, beyond the majorant: what follows from it, and what no method can do."""

from __future__ import annotations

import sympy

from polyrates.symbolic.derivations.notation import L, ell, h
from polyrates.symbolic.proofs.derivation import Derivation, argued
from polyrates.symbolic.proofs.steps import Equality, Nonnegative, Range, told

__all__ = [
    "bumps",
    "contraction",
    "independent_terms",
    "local_remainder",
    "lyapunov_bound",
    "nesterov_safe_momentum",
    "no_help_before",
    "solved_off_quadratics",
    "where_to_start",
]

_t = sympy.Symbol("t", integer=True, positive=True)
_a, _e, _q, _M, _c, _u, _r = sympy.symbols("a e q M c u r", positive=True)
_NEAR = (
    r"$\lVert \nabla^{2} f(x) - H \rVert \le M \lVert x - x_{\star} \rVert$, "
    r"$\lVert G(x) \rVert \le c \lVert x - x_{\star} \rVert$"
)
_CURSE = ("curse",)


def contraction() -> Derivation:
    """Gradient descent where ℓ ≤ ∇²f ≤ L everywhere, from any distance."""
    steps = told(
        r"""
        a step multiplies $e$ by $I - h A$, $A$ the mean Hessian, and $E$ by $I - h
        \nabla^{2} f$: both contract by $q = \max(|1 - h \ell|, |1 - h L|)$, and $h G$ adds
        at most $h c \lVert e \rVert$; so $v^{+} = q v + h c q^{t} e$ with $e = \lVert e_{0}
        \rVert$, and the formula for $t$ gives that for $t + 1$

        for $h \le 2/(L + \ell)$, $q = 1 - h \ell$: the majorant's row for gradient descent
        at $M = 0$
        """,
        Equality(
            _q * (_q**_t * _a + h * _c * _t * _q ** (_t - 1) * _e) + h * _c * _q**_t * _e,
            _q ** (_t + 1) * _a + h * _c * (_t + 1) * _q**_t * _e,
        ),
        Equality((1 - 2 * ell / (L + ell)), (L - ell) / (L + ell)),
    )
    return argued(
        "Gradient descent on strongly convex functions",
        (
            r"\left\|E_{t}\right\| \le q^{t} \left\|E_{0}\right\| + h c t q^{t-1} "
            r"\left\|e_{0}\right\|",
        ),
        (
            r"$\ell \le \nabla^{2} f \le L$ everywhere, $h \le 2/L$, "
            r"$\lVert G(x) \rVert \le c \lVert x - x_{\star} \rVert$",
        ),
        steps,
        ("one-step", "curse"),
    )


def local_remainder() -> Derivation:
    """The prediction of the local model is off by what is of second order, and that is bounded."""
    s, second, y = sympy.symbols("s M_2 psi", positive=True)
    steps = told(
        r"""
        $G(x_{\star}) = 0$, its derivative there is $\mathfrak{D}$ and moves by at most
        $M_{2}$ times the distance: $\lVert G(y) - \mathfrak{D} e \rVert \le M_{2} \psi^{2}
        / 2$

        the tangent gradient is $H E + \mathfrak{D} e$ plus $(\nabla^{2} f - H) E$ and $G -
        \mathfrak{D} e$, of norms $\le M \psi \varepsilon$ and $M_{2} \psi^{2} / 2$, and the
        iterate differs from the local model's by what $M \psi^{2} / 2$ drives, which
        reaches the tangent through $\mathfrak{D}$ and two responses. Variation of constants
        sums them
        """,
        Equality(sympy.Integral(second * y**2 * s, (s, 0, 1)), second * y**2 / 2),
        Equality(sympy.Integral(_M * y**2 * s, (s, 0, 1)), _M * y**2 / 2),
    )
    return argued(
        "Prediction and remainder",
        (
            r"\left\|E_{t} - \text{predicted}_{t}\right\| \le \sum_{s<t} \bar{\kappa}_{t,s} "
            r"\left(M \psi_{s} \varepsilon_{s} + \tfrac{1}{2} M_{2} \psi_{s}^{2}\right) + "
            r"\left\|\mathfrak{D}\right\|_{F} \sum_{s<t} \bar{\kappa}'_{t,s} "
            r"\tfrac{1}{2} M \psi_{s}^{2}",
        ),
        (_NEAR, r"the derivative of $G$ is $M_{2}$-Lipschitz; the start is in the basin"),
        steps,
        _CURSE,
    )


def solved_off_quadratics() -> Derivation:
    """An implicit estimate at x_t solves with a Hessian that is within Mu_t of H."""
    Q, lam = sympy.symbols("Q lambda", positive=True)
    steps = told(
        r"""
        with $K = \nabla^{2} f(x_{t})$ the solution $V$ of $K V = -\partial_{\theta} \nabla
        f(x_{t})$ has $K (V - \partial x_{\star}) = -G(x_{t})$, and $K \ge \ell - M u_{t}$,
        so $\lVert V - \partial x_{\star} \rVert \le c u_{t} / (\ell - M u_{t})$; $k$ steps
        of an inner method leave $Q_{k}(K)$ of the start's distance to $V$, which is $E_{0}
        - (V - \partial x_{\star})$: the error is $Q_{k} E_{0} + (I - Q_{k}) K^{-1} (-G)$
        """,
        Equality(
            Q * (_a + _c * _u / lam) - _c * _u / lam,
            Q * _a - (1 - Q) / lam * _c * _u,
        ),
    )
    return argued(
        "Implicit differentiation off quadratics",
        (
            r"\left\|E_{t}\right\| \le \max \left|Q_{k}\right| \left\|E_{0}\right\| + \max "
            r"\left|\frac{1 - Q_{k}}{\lambda}\right| c\, u_{t}",
        ),
        (_NEAR, r"maxima over $[\ell - M u_{t}, L + M u_{t}]$, $M u_{t} < \ell$"),
        steps,
        _CURSE,
    )


def lyapunov_bound() -> Derivation:
    """What the certificate of a rate under changing Hessians proves of the errors."""
    y, z, g, k, w = sympy.symbols("y z g_1 g_2 w", real=True)
    lam, rho = sympy.symbols("lambda rho", positive=True)
    P, R, S = sympy.symbols("P_11 P_12 P_22", real=True)
    first, second = y - lam * g * w, z - lam * k * w  # of A(λ)x, w = q·x
    steps = told(
        r"""
        $A(\lambda)^{\top} P A(\lambda)$ is quadratic in $\lambda$ with the leading
        coefficient $(g^{\top} P g)\, q q^{\top} \ge 0$: what holds at $\ell$ and $L$ holds
        between, and so for every symmetric $H_{t}$, in an eigenbasis of each

        thus $\sqrt{V}$ falls by $\rho$ at every step, of tangents and of iterates, and what
        is added at step $s$ has the size $\sqrt{g^{\top} P g}\, c \lVert y_{s} \rVert$,
        $\lVert y_{s} \rVert \le \sqrt{q^{\top} P^{-1} q}\, \rho^{s} \sqrt{V(e_{0})}$: the
        sum over $s$ has $t$ equal terms
        """,
        Equality(
            sympy.Derivative(P * first**2 + 2 * R * first * second + S * second**2, (lam, 2)) / 2,
            (P * g**2 + 2 * R * g * k + S * k**2) * w**2,
        ),
        Equality(_t * rho ** (_t - 1), rho**_t * _t / rho),
    )
    return argued(
        "The bound of a Lyapunov certificate",
        (
            r"\left\|E_{t}\right\| \le \rho^{t} \left(C_{1} \left\|E_{0}\right\| + "
            r"\frac{t}{\rho} c\, C_{2} \left\|e_{0}\right\|\right)",
        ),
        (
            r"$P > 0$ and $\rho^{2} P \ge A(\lambda)^{\top} P A(\lambda)$ at $\lambda = \ell, L$; "
            r"$\ell \le \nabla^{2} f \le L$ everywhere; all steps alike",
        ),
        steps,
        ("state-space", "curse"),
    )


def nesterov_safe_momentum() -> Derivation:
    """Nesterov's form with h = 1/L: when tangents can diverge, for any momentum."""
    beta, x = sympy.symbols("beta x", positive=True)
    phi = sympy.Symbol("phi", real=True)
    value = (1 + beta) * x - 2 * beta * x**2 + beta
    steps = told(
        r"""
        with $p = 1 - \lambda/L$ an eigenvalue $z$ obeys $z^{2} = ((1 + \beta) z - \beta)
        p$, and $\lambda$ in its disc is $p$ in that over $[0, 1 - \kappa]$, which is
        $\operatorname{Re} (1/p) \ge 1/(1 - \kappa)$. On $z = e^{i \varphi}$,
        $\operatorname{Re} (1/p) = (1 + \beta) \cos \varphi - \beta \cos 2 \varphi$,

        with $x = \cos \varphi$ a parabola with its top at $(1 + \beta)/(4 \beta)$, which is
        inside for $\beta \ge 1/3$; else the largest value is that at $x = 1$,

        which is $1$: no $\kappa > 0$ is unstable. An eigenvalue leaves the unit disc where
        the top exceeds $1/(1 - \kappa)$
        """,
        Equality(
            (1 + beta) * sympy.cos(phi) - beta * sympy.cos(2 * phi),
            value.subs(x, sympy.cos(phi)),
        ),
        Equality(
            value,
            (1 + beta) ** 2 / (8 * beta) + beta - 2 * beta * (x - (1 + beta) / (4 * beta)) ** 2,
        ),
        Equality(value.subs(x, 1), sympy.Integer(1), computed=True),
    )
    return argued(
        "Safe momentum",
        (
            r"\rho > 1 \iff \frac{(1 + \beta)^{2}}{8 \beta} + \beta > \frac{1}{1 - \kappa} "
            r"\quad \left(\beta \ge \tfrac{1}{3}\right); \qquad "
            r"\beta \le \tfrac{1}{3} \implies \rho \le 1",
        ),
        (r"Nesterov's form, $h = 1/L$, momentum $\beta$; symmetric Hessians in $[\ell, L]$",),
        steps,
        ("state-space", "nesterov", "curse"),
    )


def bumps() -> Derivation:
    """Any Hessians in [ℓ, L] at finitely many queries of a quadratic, in one smooth function."""
    w = sympy.Symbol("w", real=True)
    z = sympy.Symbol("z", nonnegative=True)
    psi = w * (1 - w**2) ** 2
    slope = (1 - w**2) * (1 - 5 * w**2)
    steps = told(
        r"""
        $\psi = w (1 - w^{2})^{2}$ vanishes at $0$ and with its slope at $\pm 1$; $\psi'(0)
        = 1$: $f_{0}'' = a + \sum_{t} k_{t} \psi'((x - y_{t})/r_{t})$ leaves $f_{0}'(y_{t})
        = a y_{t}$ and has $f_{0}''(y_{t}) = a + k_{t}$ where the bumps do not overlap

        $\psi' \le 1$: with $z = w^{2} \le 1$ the difference is $z (6 - 5 z)$,

        and $\psi' \ge -4/5$, by a square: with $a = \ell + .46 (L - \ell)$ there is room
        for $k_{t}$ up to both ends. So the iterates are those of the quadratic $a$, and the
        Hessians that the tangents see are any sequence; with a product of them that grows,
        distinct queries and $\partial x_{\star} = 1$ the Jacobian grows as that product
        does
        """,
        Equality(sympy.Derivative(psi, w), slope),
        Nonnegative(
            sympy.Integer(1),
            (1 - z) * (1 - 5 * z),
            over=(Range(z, sympy.Integer(0), sympy.Integer(1)),),
            terms=((z, 1 + 5 * (1 - z)),),
        ),
        Equality((1 - z) * (1 - 5 * z) + sympy.Rational(4, 5), 5 * (z - sympy.Rational(3, 5)) ** 2),
    )
    return argued(
        "A function for any changing Hessians",
        (
            r"f_{0}'(y_{t}) = a y_{t}, \quad f_{0}''(y_{t}) = a + k_{t}, \quad "
            r"\ell \le f_{0}'' \le L",
        ),
        (r"finitely many distinct nonzero queries $y_{t}$; $\ell \le a + k_{t} \le L$",),
        steps,
        ("state-space", "curse"),
    )


def independent_terms() -> Derivation:
    """The bound of weighted iterates: terms that need not peak together."""
    x, y, s = sympy.symbols("x y s", positive=True)
    steps = told(
        r"""
        $E_{t} = X(H) E_{0} + \sum_{s} \kappa_{s}(H) G_{s}$, $\lVert G_{s} \rVert \le
        b_{s}$. With a unit vector $u$ and the spectral measure $\mu$ of $H$ at $u$ each
        term is at most its norm times $(\int q_{j}^{2} d\mu)^{1/2}$, and by Cauchy and
        Schwarz, here for two terms, their sum is at most $(\int \sum_{j}
        q_{j}^{2}/\sigma_{j}\, d\mu)^{1/2}$ for any shares $\sigma_{j}$ of sum one; columns
        of $u$ serve several parameters in Frobenius norm

        at $\sigma_{j}$ proportional to the maxima it is never above their sum
        """,
        Equality(
            x**2 / s + y**2 / (1 - s) - (x + y) ** 2,
            ((1 - s) * x - s * y) ** 2 / (s * (1 - s)),
        ),
        Equality((x / (x / (x + y)) * x + y / (y / (x + y)) * y), (x + y) ** 2),
    )
    return argued(
        "The largest sum of independent terms",
        (
            r"\left\|E_{t}\right\| \le \max_{[\ell, L]} \sqrt{\frac{a^{2} X^{2}}{\sigma_{X}} + "
            r"\sum_{s} \frac{b_{s}^{2} \kappa_{s}^{2}}{\sigma_{s}}}",
        ),
        (
            r"$\sigma_{X} + \sum_{s} \sigma_{s} = 1$, $\sigma \ge 0$; $\lVert E_{0} \rVert \le a$, "
            r"$b_{s} = M \psi_{s} \varepsilon_{s} + c \psi_{s}$",
        ),
        steps,
        _CURSE,
    )


def no_help_before() -> Derivation:
    """No method with fixed coefficients is better than the start before some step."""
    T = sympy.Symbol("T", positive=True)
    steps = told(
        r"""
        on the quadratic whose spectral measure at $e_{0}$ is the least favourable of degree
        $t - 1$ every query has $\lVert y_{s} \rVert \ge r = e/T_{t-1}(m_{0})$; for $t = 2$
        it has the shares $L$ and $\ell$ of $L + \ell$ at $\ell$ and $L$. In one more
        coordinate $z$, whose gradient vanishes at $z = 0$, let the curvature be $\ell$ at
        $x_{\star}$ and $\ell - M r$ at the queries, which $M$ allows there, and
        $\partial_{\theta} \nabla f = -(\ell - M r) \alpha$, which $c$ allows for $(\ell - M
        r) \alpha \le c r$: a tangent that starts with the error $\alpha$ has the gradient
        $0$ at every query and never moves. So $\min(a, c r/(\ell - M r))$ remains

        and that is $a$ while $(M a + c) e \ge \ell a T_{t-1}$
        """,
        Equality(
            (L * (1 - h * ell) ** 2 + ell * (1 - h * L) ** 2) / (L + ell),
            ((L - ell) / (L + ell)) ** 2 + ell * L * (h - 2 / (L + ell)) ** 2,
        ),
        Equality(
            (_c * _r - _a * (ell - _M * _r)).subs(_r, _e / T) * T,
            (_M * _a + _c) * _e - ell * _a * T,
        ),
    )
    return argued(
        "No unrolled method helps before",
        (
            r"\sup \left\|E_{t}\right\| \ge \min\left(a, \frac{c r}{\ell - M r}\right), \quad "
            r"r = \frac{e}{T_{t-1}(m_{0})}",
        ),
        (
            _NEAR,
            r"any method with fixed coefficients; $\lVert e_{0} \rVert = e$, "
            r"$\lVert E_{0} \rVert = a$; the supremum over the class, in dimensions above $t$",
        ),
        steps,
        ("state-space", "curse"),
    )


def where_to_start() -> Derivation:
    """Gradient descent: differentiate from the first step whose iterate is near enough."""
    room = sympy.Symbol("w", nonnegative=True)
    low = ((_M * _a + _c) * _u + room) / _a
    steps = told(
        r"""
        tangents that start with the error $a$ at an iterate within $u$ have after one step
        $a - h ((\ell - M u) a - c u)$, which is at most $a$ where $u \le \ell a/(M a + c)$,
        that is, with $(M a + c) u + w = \ell a$, $w \ge 0$. The step is increasing in $v$
        since $h \ell \le 1$, and $u$ falls: the first such step is the best start, for
        every total number of steps
        """,
        Nonnegative(
            _a,
            _a - h * ((low - _M * _u) * _a - _c * _u),
            terms=((h, room),),
        ),
    )
    return argued(
        "Where to start differentiating",
        (r"s = \min \left\{s : u_{s} \le \frac{\ell a}{M a + c}\right\}",),
        (r"gradient descent with $h \le 2/(L + \ell)$; $\lVert E_{0} \rVert = a$", _NEAR),
        steps,
        _CURSE,
    )

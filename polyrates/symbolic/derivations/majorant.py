r"""Off quadratics: the majorant theorem, condition K, and its basin.

A step uses the mean Hessian A = H + (A − H); what the second part adds is driven by ‖A − H‖ ≤ Mψ/2
for the iterate and by Mψε + cψ for the tangent, and variation of constants around H gives a
Volterra inequality.
"""

from __future__ import annotations

import sympy

from polyrates.symbolic.derivations.notation import L, ell, h, lam
from polyrates.symbolic.proofs.derivation import Derivation, argued
from polyrates.symbolic.proofs.steps import Equality, Nonnegative, Range, told

__all__ = ["condition_k", "majorant_attained", "majorant_basin", "majorant_theorem"]

_n = sympy.Symbol("n", integer=True, nonnegative=True)
_M, _c = sympy.symbols("M c", nonnegative=True)
_u, _v = sympy.symbols("u v", nonnegative=True)
_z = sympy.Symbol("z", positive=True)


def majorant_theorem() -> Derivation:
    """‖x_t − x*‖ ≤ u_t and ‖∂x_t − ∂x*‖ ≤ v_t, the method run on one scalar."""
    y, t = sympy.symbols("y tau", real=True)
    steps = told(
        r"""
        the mean over the segment from $x_{\star}$ to $y$ of a Hessian that moves by at most $M$
        times the distance differs from $H$ by at most $M \psi / 2$, $\psi = \lVert y - x_{\star}
        \rVert$: the iterate is driven by $M \psi^{2} / 2$, and with $\lVert \nabla^{2} f - H
        \rVert \le M \psi$, $\lVert G \rVert \le c \psi$ the tangent by $M \psi \varepsilon + c
        \psi$

        variation of constants, with the maxima of the responses $Y$, $k$ over $[\ell, L]$ for
        their norms: $\psi_{t} \le \bar{Y}_{t} \lVert e_{0} \rVert + \sum_{s<t} \bar{k}_{t,s} (M/2)
        \psi_{s}^{2}$, and $\varepsilon$ alike. All terms increase in $\psi$, $\varepsilon$: by
        induction the sizes are below the solution of the equations. Where $Y$, $k$ are largest,
        and $\ge 0$, at $\ell$, that is the method with the gradient $\ell u - M u^{2} / 2$

        and for $\varepsilon$ the method with the tangent gradient
        $(\ell - M u) v - c u$
        """,
        Equality(sympy.Integral(_M * y * t, (t, 0, 1)), _M * y / 2),
        Equality(_u - h * (ell * _u - _M * _u**2 / 2), (1 - h * ell) * _u + h * _M * _u**2 / 2),
        Equality(
            _v - h * ((ell - _M * _u) * _v - _c * _u),
            (1 - h * ell) * _v + h * (_M * _u * _v + _c * _u),
        ),
    )
    return argued(
        "The majorant off quadratics",
        (
            r"\left\|x_{t} - x_{\star}\right\| \le u_{t}, \quad "
            r"\left\|\partial x_{t} - \partial x_{\star}\right\| \le v_{t}",
        ),
        (
            r"the spectrum of $H = \nabla^{2} f(x_{\star})$ lies in $[\ell, L]$",
            r"$\lVert \nabla^{2} f(x) - H \rVert \le M \lVert x - x_{\star} \rVert$ and "
            r"$\lVert G(x) \rVert \le c \lVert x - x_{\star} \rVert$, "
            r"$G = \partial_{\theta} \nabla f + \nabla^{2} f\, \partial x_{\star}$",
            r"condition K: all responses are largest in modulus, and $\ge 0$, at $\lambda = \ell$",
        ),
        steps,
        ("curse",),
    )


def second(n: sympy.Expr | int) -> sympy.Expr:
    """U_n at (z + 1/z)/2."""
    return (_z ** (n + 1) - _z ** (-n - 1)) / (_z - 1 / _z)


def first(n: sympy.Expr | int) -> sympy.Expr:
    """T_n at (z + 1/z)/2."""
    return (_z**n + _z**-n) / 2


def condition_k() -> Derivation:
    """In T_k(−m(λ)) the responses of the four methods have coefficients ≥ 0."""
    x = sympy.Symbol("x", real=True)
    a, b = sympy.symbols("a b", positive=True)  # √ℓ and √L
    j = sympy.Symbol("j", integer=True, nonnegative=True)
    xi = (b - a) / (b + a)

    steps = told(
        r"""
        let $x = -m(\lambda) = (L + \ell - 2 \lambda)/(L - \ell)$, so that $x = 1$ is $\lambda =
        \ell$. A sum of $T_{k}(x)$ with coefficients $\ge 0$ is largest in modulus at $x = 1$, and
        $\ge 0$ there. Such sums are closed under products

        and $U_{n}$ is one: $U_{n+2} = U_{n} + 2 T_{n+2}$

        gradient descent: $1 - h \lambda$ is one for $h \le 2/(L + \ell)$, and its powers are all
        responses

        tuned heavy ball: $1 + m - h \lambda = 2 \xi x$,

        so what is added at a step is answered by $h \xi^{n} U_{n}(x)$, and the start by
        $\xi^{t} (2 m T_{t} + (1 - m) U_{t})/(1 + m)$

        Chebyshev: times $T_{t}(c)$ the answer obeys $U$'s recurrence, and the start is
        answered by $T_{t}(x)/T_{t}(c)$

        Nesterov: with $1 - \lambda/L = (1 - \kappa) \cos^{2} \vartheta$ the answers are products of
        powers of $\cos \vartheta$ and $U_{n}(\cos \vartheta)$ of even degree in $\cos \vartheta$,
        and $T_{2k}(\cos \vartheta) = T_{k}(x)$
        """,
        Equality(first(_n) * first(j), (first(_n + j) + first(_n - j)) / 2),
        Equality(second(_n + 2), second(_n) + 2 * first(_n + 2)),
        Equality(
            1 - h * ((L + ell) / 2 - (L - ell) / 2 * x),
            (1 - h * (L + ell) / 2) + h * (L - ell) / 2 * x,
        ),
        Equality(
            1 + xi**2 - 4 / (a + b) ** 2 * lam,
            2 * xi * (b**2 + a**2 - 2 * lam) / (b**2 - a**2),
        ),
        Equality(second(_n + 2), 2 * first(1) * second(_n + 1) - second(_n)),
        Equality(first(_n + 2), 2 * first(1) * first(_n + 1) - first(_n)),
        Equality(2 * first(1) ** 2 - 1, first(2)),
    )
    return argued(
        "Condition K",
        (
            r"\text{all responses are largest in modulus at } \lambda = \ell \text{, and there } "
            r"\ge 0",
        ),
        (
            r"gradient descent with $h \le 2/(L + \ell)$, Chebyshev's method, or heavy ball (first "
            r"step $h/(1 + m)$) or Nesterov's method tuned to $[\ell, L]$",
        ),
        steps,
        ("curse",),
    )


def majorant_basin() -> Derivation:
    """Inside M‖e_0‖ < 2ℓ the scalar does not rise above its start."""
    Y = sympy.Symbol("Y", nonnegative=True)
    d, w = sympy.symbols("d w", nonnegative=True)
    q = sympy.Symbol("q", real=True)
    steps = told(
        r"""
        on a constant function, started at 1 and driven by $\ell$ at every step, a method stays at
        1: $\ell \sum_{s<t} k_{t,s}(\ell) = 1 - Y_{t}(\ell)$; for gradient descent, $q = 1 - h \ell$

        if $u_{s} \le d$ for $s < t$ then $u_{t} \le Y d + (1 - Y) M d^{2}/(2 \ell)$, and with
        $M d = 2 \ell - w$, $w \ge 0$, this is at most $d$
        """,
        Equality((1 - q) * (1 + q + q**2 + q**3), 1 - q**4),
        Nonnegative(
            d,
            Y * d + (1 - Y) * (2 * ell - w) * d / (2 * ell),
            over=(Range(Y, sympy.Integer(0), sympy.Integer(1)),),
            terms=((1 - Y, w, d, 1 / (2 * ell)),),
        ),
    )
    return argued(
        "The basin of the majorant",
        (r"M \left\|x_{0} - x_{\star}\right\| \le 2 \ell \implies u_{t} \le u_{0}",),
        (r"condition K; $\ell > 0$",),
        steps,
        ("curse",),
    )


def majorant_attained() -> Derivation:
    """The cubic is in the class and its run is the scalar."""
    x, theta, j = sympy.symbols("x theta j", real=True)
    phi = ell * x**2 / 2 - _M * x**3 / 6
    moved = phi.subs(x, x - j * theta) - theta * _c * x**2 / 2
    steps = told(
        r"""
        the gradient of $f(x, \theta) = \varphi(x - j \theta) - \theta c x^{2}/2$, $\varphi = \ell
        x^{2}/2 - M x^{3}/6$, at $\theta = 0$ is the scalar's,

        its Hessian is $\ell - M x$, so $H = \ell$ and $|\nabla^{2} f - H| = M |x|$,

        $x_{\star} = 0$, $\partial x_{\star} = j$ and $G(x) = \partial_{\theta} \nabla f +
        \nabla^{2} f j = -c x$: the tangent gradient of $E = \partial x - j$ is
        $(\ell - M x) E - c x$
        """,
        Equality(sympy.diff(moved, x).subs(theta, 0), ell * x - _M * x**2 / 2, computed=True),
        Equality(sympy.diff(moved, x, 2).subs(theta, 0), ell - _M * x, computed=True),
        Equality(
            sympy.expand(
                (sympy.diff(moved, x, theta) + j * sympy.diff(moved, x, 2)).subs(theta, 0)
            ),
            -_c * x,
            computed=True,
        ),
    )
    return argued(
        "The majorant is attained",
        (r"\left|x_{t} - x_{\star}\right| = u_{t}, \quad \left|\partial x_{t} - j\right| = v_{t}",),
        (r"$x_{0} = \lVert e_{0} \rVert$, $\partial x_{0} - j = \lVert E_{0} \rVert$",),
        steps,
        ("curse",),
    )

r"""Outer losses and outer loops: the error of a hypergradient, and what a warm start leaves."""

from __future__ import annotations

import sympy

from polyrates.symbolic.derivations.notation import lam
from polyrates.symbolic.proofs.derivation import Derivation, argued
from polyrates.symbolic.proofs.steps import Equality, told

__all__ = ["hypergradient_pair", "warm_start_loop"]

_P = sympy.Function("P")
_z = sympy.Symbol("lambda", positive=True)
_e, _y, _J, _sigma, _tau = sympy.symbols("e y J_star sigma tau", real=True)
_h = sympy.Symbol("h_theta", real=True)


def hypergradient_pair() -> Derivation:
    """error = vᵀy + Gᵀe + eᵀWy, and (R, C) of the inner objective itself."""
    v, W, g, x, b, p, drift = sympy.symbols("v W g x_star b_theta P C", real=True)
    steps = told(
        r"""
        with $v = \nabla g(x_{\star})$, $W = \nabla^{2} g$, $g = \partial_{\theta} \nabla g$, $e =
        x_{t} - x_{\star}$ and $y = J_{t} - J_{\star}$ the estimate is $(v + W e)^{T} (J_{\star} +
        y) + g^{T} e$ and the truth $v^{T} J_{\star}$ (up to the same $\partial_{\theta}
        g(x_{\star})$ in both), and $G = W J_{\star} + g$ is the derivative of $v$ along the path of
        solutions

        each product is attained: $v$ along $y$, $G$ along $e$, and a symmetric $W$, $K$ times a
        reflection, sends $e$ along $y$; $e_{0}$ stands on an eigenvalue where $\left|P_{t}\right|$
        is largest, with a vanishing share beside $E$ and $D$. For implicit differentiation $y =
        -H^{-1} \partial H e$: with $v = G = 0$ the error is quadratic in $e$

        $g = f$ itself: $v = 0$, $W = H$, $G = H J_{\star} + \partial_{\theta} \nabla f = 0$, and
        the change of $\partial_{\theta} f$ adds $e^{T} \partial H e/2$

        so $(R, C)$ becomes $(\lambda P R, \lambda P C + P^{2}/2)$; for unrolling, $R = P$, $C =
        P'$, the second is the derivative of $\lambda P^{2}/2$, half the first

        and for an exact implicit solve, $R = 0$, $C = -P/\lambda$
        """,
        Equality(
            (v + W * _e) * (_J + _y) + g * _e - v * _J, v * _y + (W * _J + g) * _e + _e * W * _y
        ),
        Equality(_e * W * _y, -W * _h / _z * _e**2, where=((_y, -_h * _e / _z),)),
        Equality(
            _z * _e * (_J + _y) + _h * ((x + _e) ** 2 - x**2) / 2 + b * _e,
            _z * _e * _y + _h * _e**2 / 2,
            where=((_J, -(_h * x + b) / _z),),
        ),
        Equality(
            sympy.Derivative(lam * _P(lam) ** 2 / 2, lam),
            lam * _P(lam) * sympy.Derivative(_P(lam), lam) + _P(lam) ** 2 / 2,
        ),
        Equality(_z * p * drift + p**2 / 2, -(p**2) / 2, where=((drift, -p / _z),)),
    )
    return argued(
        "The error of a hypergradient",
        (r"\text{error} = v^{T} y + G^{T} e + e^{T} W y \le w Y + \gamma X + K X Y",),
        (
            r"$f$ is quadratic in $x$ with $H \partial H = \partial H H$, $g$ is quadratic in $x$ "
            r"with $\nabla^{2} g = W$ free of $\theta$",
            r"$\lVert v \rVert \le w$, $\lVert G \rVert \le \gamma$, $\lVert W \rVert \le K$, "
            r"$\lVert e \rVert \le X$, $\lVert y \rVert \le Y$",
        ),
        steps,
        ("super-efficiency",),
    )


def warm_start_loop() -> Derivation:
    """The stationary errors of a loop that goes on where it stopped."""
    P, R, C, E = sympy.symbols("P R C E", real=True)
    settled = -R * _tau / (1 - R) - C * _h * _sigma / ((1 - R) * (1 - P))
    steps = told(
        r"""
        an outer step moves $x_{\star}$ by $\sigma$, and $K$ inner steps multiply what is left by
        $P$: in the limit $e = P (e - \sigma)$

        so the error before the $K$ steps is $e_{0} = e - \sigma = -\sigma/(1 - P)$, and the
        Jacobian's, carried, obeys $E = R (E - \tau) + C \partial H e_{0}$

        for unrolling $R = P$, $C = P'$, and the drift of the loop is the derivative of its
        residual $P/(1 - P)$. Reset, $E$ starts from $-\partial x_{\star}$ at every outer step, and
        nothing is divided by $1 - R$
        """,
        Equality(P * (_e - _sigma), _e, where=((_e, -P * _sigma / (1 - P)),)),
        Equality(R * (E - _tau) + C * _h * (-_sigma / (1 - P)), E, where=((E, settled),)),
        Equality(
            sympy.Derivative(_P(lam) / (1 - _P(lam)), lam),
            sympy.Derivative(_P(lam), lam) / (1 - _P(lam)) ** 2,
        ),
    )
    return argued(
        "A warm-started outer loop",
        (
            r"\text{carried: } E = -\frac{R}{1 - R} \tau - \frac{C}{(1 - R)(1 - P)} \partial H "
            r"\sigma; \quad \text{reset: } E = -R \partial x_{\star} - \frac{C}{1 - P} \partial H "
            r"\sigma",
        ),
        (
            r"$f$ is quadratic with $H \partial H = \partial H H$, both the same at every outer "
            r"step, which moves $x_{\star}$ by $\sigma$ and $\partial x_{\star}$ by $\tau$",
            r"$\lvert P \rvert < 1$, and $\lvert R \rvert < 1$ where it is carried",
        ),
        steps,
        ("curse",),
    )

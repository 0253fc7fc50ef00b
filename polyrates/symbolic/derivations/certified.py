r"""How wrong the Jacobian is that someone holds: the residual, its quadrature, rows, deflation."""

from __future__ import annotations

import sympy

from polyrates.symbolic.proofs.derivation import Derivation, argued
from polyrates.symbolic.proofs.steps import Equality, Nonnegative, Range, told

__all__ = [
    "certificate_deflation",
    "certificate_dual",
    "certificate_quadrature",
    "certificate_residual",
]

_A, _a = sympy.symbols("A A_star", positive=True)
_B, _b, _J, _j = sympy.symbols("B B_star J J_star", real=True)
_z = sympy.Symbol("lambda", positive=True)
_w = sympy.Symbol("w", nonnegative=True)
_low = sympy.Symbol("ell", positive=True)


def certificate_residual() -> Derivation:
    """‖J − ∂x*‖ from r = AJ + B and the distance of x from x*."""
    dh, db, x, b = sympy.symbols("h_theta b_theta x b", real=True)
    star = -b / _z
    truth = -(dh * star + db) / _z
    first, q, size, bound = sympy.symbols("rho q s beta", nonnegative=True)
    steps = told(
        r"""
        $A = \nabla^{2} f(x)$, $B = \partial_{\theta} \nabla f(x)$, starred at $x_{\star}$, where
        $A_{\star} J_{\star} + B_{\star} = 0$ with $J_{\star} = \partial x_{\star}$: the residual
        $r = A J + B$ is $A (J - J_{\star})$ up to what $A$ and $B$ change between $x$ and
        $x_{\star}$ (entry by entry; the order of the factors is kept). $\left\|A^{-1}\right\| \le
        1/\ell$ bounds that part by $(M \left\|J_{\star}\right\| + N) \varepsilon/\ell$,
        $\varepsilon \ge \left\|x - x_{\star}\right\|$, and $\left\|x - x_{\star}\right\| \le
        \left\|\nabla f(x)\right\|/\ell$ because the mean Hessian between them is $\ge \ell$

        $\left\|J_{\star}\right\| \le \left\|J\right\| + \left\|J - J_{\star}\right\|$: with $q =
        M \varepsilon/\ell < 1$, $s = \left\|J\right\|$ and $\rho$ the rest, the bound solves
        $\beta = \rho + q (s + \beta)$

        on a quadratic, in the eigenbasis where $\partial H$ commutes, the change is known: $J -
        J_{\star} = H^{-1} r - H^{-1} \partial H H^{-1} \nabla f(x)$
        """,
        Equality(
            _A * (_J - _j),
            (_A * _J + _B) - ((_A - _a) * _j + _B - _b),
            where=((_b, -_a * _j),),
        ),
        Equality(first + q * (size + bound), bound, where=((bound, (first + q * size) / (1 - q)),)),
        Equality(_J - truth, (_z * _J + dh * x + db) / _z - dh * (_z * x + b) / _z**2),
    )
    return argued(
        "The certificate of a Jacobian",
        (
            r"\left\|J - \partial x_{\star}\right\| \le \left\|A^{-1} r\right\| + "
            r"\frac{(M \left\|\partial x_{\star}\right\| + N) \varepsilon}{\ell}",
        ),
        (
            r"$\nabla^{2} f \ge \ell > 0$ is $M$-Lipschitz and $\partial_{\theta} \nabla f$ is "
            r"$N$-Lipschitz in the ball around $x$ of radius $\lVert \nabla f(x) \rVert/\ell$",
            r"$J$ is any matrix of its shape",
        ),
        steps,
        ("curse",),
    )


def certificate_quadrature() -> Derivation:
    """Gauss below, Gauss and Radau with a node at ℓ above ‖A⁻¹r‖² = ∫λ⁻²."""
    k, c = sympy.symbols("m c", positive=True)
    alpha, omega = sympy.symbols("alpha omega", real=True)
    beta = sympy.Symbol("beta", positive=True)
    a, e = sympy.symbols("a e", positive=True)
    steps = told(
        r"""
        every derivative of $c \lambda^{-m-2}$ is of the same form with the other sign: the even
        derivatives of $\lambda^{-2}$ are positive and the odd ones negative. The error of Gauss'
        rule with $k$ nodes is $f^{(2k)}(\xi)/(2k)! \int p_{k}^{2}$, so the rule is below; that of
        the rule with one more node, at $\ell$ below the spectrum, is $f^{(2k+1)}(\xi)/(2k+1)! \int
        (\lambda - \ell) p_{k}^{2}$, so it is above. $\lambda^{-1}$ and $\lambda^{-4}$ are alike

        Lanczos' process from $r$ gives the Jacobi matrix $T_{k}$ of the measure that weighs
        $\lambda_{i}$ with $\left\langle r, u_{i} \right\rangle^{2}$, and a rule is $\left\|r
        \right\|^{2} e_{1}^{T} T^{-2} e_{1}$. The last entry $\omega = \ell + \beta^{2} e_{k}^{T}
        (T_{k} - \ell)^{-1} e_{k}$ makes $\ell$ an eigenvalue: the Schur complement of $\omega -
        \ell$ is 0 (here $k = 1$)

        rounding: the process is that of $A + E$, $\left\|E\right\| \le \delta$, and $A^{-1} = (I +
        A^{-1} E)(A + E)^{-1}$ costs a factor $1 + \delta/(\ell - \delta)$
        """,
        Equality(sympy.Derivative(c * _z ** (-k - 2), _z), -(k + 2) * c * _z ** (-k - 3)),
        Equality(
            (alpha - _low) * (omega - _low) - beta**2,
            0,
            where=((omega, _low + beta**2 / (alpha - _low)),),
        ),
        Equality(1 / a, (1 + e / a) / (a + e)),
    )
    return argued(
        "The norm of a solve from a few products",
        (
            r"\left\|r\right\| \left\|T_{k}^{-1} e_{1}\right\| \le \left\|A^{-1} r\right\| \le "
            r"\left\|r\right\| \left\|\hat{T}^{-1} e_{1}\right\|",
        ),
        (r"$A$ is symmetric, $A \ge \ell > 0$", r"$\hat{T}$ is $T_{k+1}$ with a node at $\ell$"),
        steps,
        ("golub-meurant",),
    )


def certificate_dual() -> Derivation:
    """A row vᵀA⁻¹B from two approximate solves: the error is a product of two small numbers."""
    v, w, Z = sympy.symbols("v w Z", real=True)
    sv, sB = sympy.symbols("s_v s_B", real=True)
    a, b, c, d = sympy.symbols("a b c d", real=True)
    steps = told(
        r"""
        for any $w$ and $Z$ with the residuals $s_{v} = v - A w$, $s_{B} = B - A Z$ (in $A$'s
        eigenbasis)

        in the norms of $A^{-1}$, entries divided by $\sqrt{\lambda}$, $\left|s_{v}^{T} A^{-1}
        s_{B}\right| \le \left\|s_{v}\right\|_{A^{-1}} \left\|s_{B}\right\|_{A^{-1}}$ by Cauchy and
        Schwarz (Lagrange's identity, here for two entries)
        """,
        Equality(
            v * _B / _A,
            w * _B + sv * Z + sv * sB / _A,
            where=((sB, _B - _A * Z), (sv, v - _A * w)),
        ),
        Equality((a**2 + b**2) * (c**2 + d**2) - (a * c + b * d) ** 2, (a * d - b * c) ** 2),
    )
    return argued(
        "The certificate of a row",
        (
            r"\left|v^{T} A^{-1} B - w^{T} B - s_{v}^{T} Z\right| \le "
            r"\left\|s_{v}\right\|_{A^{-1}} \left\|s_{B}\right\|_{A^{-1}}",
        ),
        (r"$A$ is symmetric and positive definite",),
        steps,
        ("golub-meurant",),
    )


def certificate_deflation() -> Derivation:
    """A ⪰ φP for P = VΘVᵀ + ℓ(I − VVᵀ), and the bound in P's norm mapped back."""
    theta = sympy.Symbol("theta", positive=True)
    root = sympy.sqrt(theta)
    R, a, b, alpha, phi = sympy.symbols("R a b alpha varphi", real=True)
    psi = sympy.Symbol("psi", nonnegative=True)
    steps = told(
        r"""
        with $\Theta = V^{T} A V$, $R = A V - V \Theta$ and $u = V a + b$, $V^{T} b = 0$: complete
        the square (one pair of entries). What is left is the Schur complement $S$ of $\Theta$, and
        $S \ge \ell$ because its inverse is a block of $A^{-1} \le 1/\ell$

        so $u^{T} A u \ge \left\|\alpha + F b\right\|^{2} + \ell \left\|b\right\|^{2}$, $\alpha =
        \Theta^{1/2} a$, $F = \Theta^{-1/2} R^{T}$, and $\left\|F\right\| = \psi \sqrt{\ell}$:
        beside $\left\|\alpha\right\|^{2} + \ell \left\|b\right\|^{2} = u^{T} P u$ that is at
        least the smaller eigenvalue of $((1, \psi), (\psi, 1 + \psi^{2}))$, whose characteristic
        polynomial is

        with these two roots: $\varphi$ is the first, the smaller one

        $A \ge \varphi P$ gives $A^{-1} \le P^{-1}/\varphi$, and for any $z$ with the residual $s =
        r - A z$, $\left|\left\|A^{-1} r\right\| - \left\|z\right\|\right| \le \left\|A^{-1}
        s\right\|$; on each eigenvalue $\lambda = \ell + w$, $\lambda^{-2} \le
        (\ell \lambda)^{-1}$, so $\left\|A^{-1} s\right\|^{2} \le s^{T} A^{-1} s/\ell \le s^{T}
        P^{-1} s/(\varphi \ell)$
        """,
        Equality(
            theta * a**2 + 2 * R * a * b + alpha * b**2,
            (root * a + R * b / root) ** 2 + (alpha - R**2 / theta) * b**2,
        ),
        Equality((1 - phi) * (1 + psi**2 - phi) - psi**2, phi**2 - (2 + psi**2) * phi + 1),
        Equality(
            (phi - (2 + psi**2 - psi * sympy.sqrt(4 + psi**2)) / 2)
            * (phi - (2 + psi**2 + psi * sympy.sqrt(4 + psi**2)) / 2),
            phi**2 - (2 + psi**2) * phi + 1,
        ),
        Nonnegative(
            1 / (_low * (_low + _w)),
            1 / (_low + _w) ** 2,
            over=(Range(_low, 0, sympy.oo), Range(_w, 0, sympy.oo)),
            terms=((_w, 1 / (_low * (_low + _w) ** 2)),),
        ),
    )
    return argued(
        "The certificate with a deflating preconditioner",
        (
            r"\left|\left\|A^{-1} r\right\| - \left\|z\right\|\right| \le "
            r"\sqrt{\frac{s^{T} P^{-1} s}{\varphi \ell}}, \quad s = r - A z",
        ),
        (
            r"$A$ is symmetric, $A \ge \ell > 0$",
            r"$V^{T} V = I$, $P = V \Theta V^{T} + \ell (I - V V^{T})$, $\psi = \lVert R "
            r"\Theta^{-1/2} \rVert/\sqrt{\ell}$, $\varphi = (2 + \psi^{2} - \psi \sqrt{4 + "
            r"\psi^{2}})/2$",
        ),
        steps,
        ("golub-meurant",),
    )

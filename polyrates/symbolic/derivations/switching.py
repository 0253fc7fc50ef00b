"""Tangents under Hessians that change: the rate, the thresholds, and no acceleration."""

from __future__ import annotations

import sympy

from polyrates.symbolic.derivations.notation import L, ell
from polyrates.symbolic.proofs.derivation import Derivation, argued, claim
from polyrates.symbolic.proofs.steps import Equality, Nonnegative, Range, told

__all__ = [
    "diverging_heavy_ball",
    "heavy_ball_switching",
    "nesterov_switching",
    "no_acceleration",
    "switching_disc",
]

_root2 = sympy.sqrt(2)
_xi = sympy.Symbol("xi", positive=True)
_a, _b = sympy.symbols("a b", positive=True)
_phi = sympy.Symbol("phi", real=True)


def switching_disc() -> Derivation:
    """The worst rate over all sequences of Hessians in the plane is the disc's spectral radius."""
    H = sympy.Matrix(
        [
            [_a + _b * sympy.cos(_phi), _b * sympy.sin(_phi)],
            [_b * sympy.sin(_phi), _a - _b * sympy.cos(_phi)],
        ]
    )
    image = H * sympy.Matrix([1, 0])
    lam = sympy.Symbol("lambda", real=True)
    steps = told(
        r"""
        a symmetric matrix acts on the unit vector $1$ of $\mathbb{R}^{2} = \mathbb{C}$ as any
        number $a + b e^{i \varphi}$ of the circle,

        and has the eigenvalues $a \pm b$, that is $\ell$ and $L$ for $a = (L + \ell)/2$, $b = (L -
        \ell)/2$. Turned to the direction of the query of each step, it makes the tangents those of
        one complex $\lambda$: the rate is at least the spectral radius of $M - \lambda g q$ there

        conversely, let it be below $\rho$ on the whole disc; by the bounded-real lemma there is $P
        > 0$ with $A^{*} P A < \rho^{2} P$ for $A = M - \lambda g q$ and all its points. This is
        convex in $\lambda$, so for real $\lambda$ the ends $\ell$ and $L$ say it all, and $P
        \otimes I$ serves every dimension and every symmetric $H_{t}$. The spectral radius is
        subharmonic in $\lambda$, so the circle has the maximum of the disc
        """,
        Equality(
            image[0] + sympy.I * image[1],
            _a + _b * (sympy.cos(_phi) + sympy.I * sympy.sin(_phi)),
            computed=True,
        ),
        Equality(
            sympy.trigsimp(sympy.expand((H - lam * sympy.eye(2)).det())),
            (_a + _b - lam) * (_a - _b - lam),
        ),
        Equality((_a + _b).subs({_a: (L + ell) / 2, _b: (L - ell) / 2}), L, computed=True),
    )
    return argued(
        "The exact rate of tangents under changing Hessians",
        (
            r"\rho = \max_{\left|\lambda - (L + \ell)/2\right| = (L - \ell)/2} "
            r"\mathrm{rad}\left(M - \lambda g q\right)",
        ),
        (
            r"tangents $S_{t+1} = M S_{t} - g H_{t}\, q \cdot S_{t}$, all sequences of symmetric "
            r"$H_{t}$ with $\ell \le H_{t} \le L$, dimension $\ge 2$",
            r"the method has the same coefficients at every step",
        ),
        steps,
        ("state-space", "curse"),
    )


def heavy_ball_switching() -> Derivation:
    """(1 + √2)ξ for tuned heavy ball, above 1 exactly for κ < 3 − 2√2."""
    low, high = sympy.symbols("r s", positive=True)  # √ℓ and √L
    xi = (high - low) / (high + low)
    w = sympy.Symbol("w", real=True)
    steps = told(
        r"""
        with $h = (2/(\sqrt{L} + \sqrt{\ell}))^{2}$, $m = \xi^{2}$ and $\lambda = (L + \ell)/2 + w
        (L - \ell)/2$, $|w| \le 1$ (here $r = \sqrt{\ell}$, $s = \sqrt{L}$): the eigenvalues solve
        $z^{2} + 2 \xi w z + \xi^{2} = 0$,

        so $|z^{2} + \xi^{2}| \le 2 \xi |z|$, $|z|^{2} - \xi^{2} \le 2 \xi |z|$, and $|z| \le (1 +
        \sqrt{2}) \xi$, which $w = i$ attains

        (in dimension 1, $w = \pm 1$ in turn attains it: over two steps the eigenvalues solve $z^{2}
        + 6 \xi^{2} z + \xi^{4} = 0$)

        it is 1 where $\xi = \sqrt{2} - 1$, which is $\kappa = 3 - 2 \sqrt{2}$
        """,
        Equality(
            1
            + xi**2
            - 4 / (high + low) ** 2 * ((high**2 + low**2) / 2 + w * (high**2 - low**2) / 2),
            -2 * xi * w,
        ),
        Equality(((1 + _root2) * _xi) ** 2, _xi**2 + 2 * _xi * ((1 + _root2) * _xi)),
        Equality(
            (-((1 + _root2) ** 2) * _xi**2) ** 2 + 6 * _xi**2 * (-((1 + _root2) ** 2) * _xi**2),
            -(_xi**4),
        ),
        Equality((1 - (_root2 - 1)) / (1 + (_root2 - 1)), sympy.sqrt(3 - 2 * _root2)),
    )
    return argued(
        "Tuned heavy ball under changing Hessians",
        (r"\rho = \left(1 + \sqrt{2}\right) \xi, \quad \rho > 1 \iff \kappa < 3 - 2 \sqrt{2}",),
        (r"$\ell > 0$, $\xi = (1 - \sqrt{\kappa})/(1 + \sqrt{\kappa})$",),
        steps,
        ("state-space", "polyak", "curse"),
    )


def nesterov_switching() -> Derivation:
    """√2(1 − √κ) by V = ‖Ê‖² + 2‖ΔÊ‖²: a certificate in every dimension."""
    E, before = sympy.symbols("E F", real=True)
    p = sympy.Symbol("p", real=True)
    s = sympy.Symbol("s", positive=True)
    moved = p * (2 * E - before)
    now = E**2 + 2 * (E - before) ** 2
    after = moved**2 + 2 * (moved - E) ** 2
    beta = (1 - s) / (1 + s)
    steps = told(
        r"""
        with $s = \sqrt{\kappa}$ and $1 - \lambda/L = (1 - s^{2}) p$, $0 \le p \le 1$, the errors
        $\hat{E}_{t} = E_{t}/(1 - s)^{t}$ (here $E$, and $F$ for the one before) follow $\hat{E}
        \mapsto p (2 \hat{E} - \hat{F})$,

        and $V = E^{2} + 2 (E - F)^{2}$ at most doubles at every step; for a symmetric $p$ with
        eigenvalues in $[0, 1]$ the same identity holds with norms

        so $\lVert E_{t} \rVert \le \sqrt{1 + 2 \kappa} (\sqrt{2} (1 - \sqrt{\kappa}))^{t} \lVert
        E_{0} \rVert$: from equal points $\hat{F}_{0} = (1 - s) \hat{E}_{0}$ and $V_{0} = (1 + 2
        s^{2}) \lVert E_{0} \rVert^{2}$. The factor is 1 where $\kappa = (3 - 2 \sqrt{2})/2$
        """,
        Equality((1 - s**2) * p / (1 - s) * ((1 + beta) * E - beta * before / (1 - s)), moved),
        Nonnegative(
            2 * now,
            after,
            over=(Range(p, sympy.Integer(0), sympy.Integer(1)),),
            terms=(
                (4 * (1 - p), (E - before) ** 2),
                (p, before**2),
                (3 * p, 1 - p, (2 * E - before) ** 2),
            ),
        ),
        Equality(_root2 * (1 - (_root2 - 1) / _root2), 1),
    )
    return argued(
        "Tuned Nesterov under changing Hessians",
        (
            claim(steps[1]),
            r"\left\|E_{t}\right\| \le \sqrt{1 + 2 \kappa} "
            r"\left(\sqrt{2} (1 - \sqrt{\kappa})\right)^{t} \left\|E_{0}\right\|",
        ),
        (
            r"$h = 1/L$, $m = (1 - \sqrt{\kappa})/(1 + \sqrt{\kappa})$, symmetric Hessians in "
            r"$[\ell, L]$ that may change at every step; $G = 0$",
        ),
        steps,
        ("state-space", "nesterov", "curse"),
        (
            r"In dimension 1 the Hessians $(\ell, \ell, \ell, \ell, L)$, repeated, give "
            r"$4^{1/5} (1 - \sqrt{\kappa})$: $p = 1$ four times counts 1, 2, 3, 4 from $(0, -1)$, "
            r"$p = 0$ returns to $(0, 4)$.",
        ),
    )


def no_acceleration() -> Derivation:
    """No method with fixed coefficients beats ((1 − κ)/(1 + κ))^t on the whole class."""
    q = (L - ell) / (L + ell)
    steps = told(
        r"""
        let $c_{0} = (L + \ell)/2$, $q = (L - \ell)/(L + \ell)$, and $H_{s} = c_{0} (I - q R_{s})$
        with $R_{s}$ symmetric, $\lVert R_{s} \rVert \le 1$: the Hessian lies between $\ell$

        and $L$. Let $E_{0} \propto (1, q, q^{2}, \ldots)$, $S$ the shift to the right, and let
        $R_{s}$ take the query of step $s$ to its shift, which a symmetric contraction can, since
        the shift keeps lengths. In the limit of infinite dimension $(I - q S) E_{0}$ has one entry
        alone, so that after $t$ steps the coordinates from $t$ on have not moved, and they carry
        the share $q^{t}$ of the length. Distinct queries let one smooth function have all these
        Hessians
        """,
        Equality((L + ell) / 2 * (1 - q), ell),
        Equality((L + ell) / 2 * (1 + q), L),
    )
    return argued(
        "No acceleration of unrolling",
        (
            r"\sup \left\|E_{t}\right\| \ge \left(\frac{1 - \kappa}{1 + \kappa}\right)^{t} "
            r"\left\|E_{0}\right\|",
        ),
        (
            r"the supremum over all functions with $\ell \le \nabla^{2} f \le L$ everywhere, $G = "
            r"0$, in dimensions above $t$; a method with fixed coefficients and distinct queries",
            r"gradient descent with $h = 2/(L + \ell)$ attains it",
        ),
        steps,
        ("state-space", "curse"),
    )


def diverging_heavy_ball() -> Derivation:
    """x(a + b sin(π ln|x|/ln ξ)) has its curvature in [ℓ, L], and tuned heavy ball sees ax."""
    x = sympy.Symbol("x", positive=True)
    omega, w = sympy.symbols("omega w", real=True)
    size = _b
    slope = x * (_a + size * sympy.sin(omega * sympy.log(x)))
    h = sympy.Symbol("h", positive=True)
    steps = told(
        r"""
        the curvature is $a + b (\sin + \omega \cos)$ of the same angle, $\omega = \pi/\ln \xi$,

        whose square is at most $b^{2} (1 + \omega^{2})$: with $a = (L + \ell)/2$ and $b \sqrt{1 +
        \omega^{2}} = (L - \ell)/2$ it lies in $[\ell, L]$

        at $x = \pm \xi^{k}$ the sine vanishes and the gradient is $a x$; for the tuned method $h a
        = 1 + m$, so a step leads from $(x_{t-1}, x_{t})$ to $-m x_{t-1}$, $m = \xi^{2}$: the
        iterates are $\pm \xi^{t}$, while the curvature alternates, which makes the tangent grow
        """,
        Equality(
            sympy.Derivative(slope, x),
            _a + size * (sympy.sin(omega * sympy.log(x)) + omega * sympy.cos(omega * sympy.log(x))),
        ),
        Equality(
            (sympy.sin(w) + omega * sympy.cos(w)) ** 2 + (omega * sympy.sin(w) - sympy.cos(w)) ** 2,
            1 + omega**2,
        ),
        Equality(
            (1 + _xi**2) * x - _xi**2 * w - h * _a * x,
            -(_xi**2) * w,
            where=((_a, (1 + _xi**2) / h),),
        ),
    )
    return argued(
        "Heavy ball converges, its Jacobian diverges",
        (
            r"f_{0}'(x) = x \left(a + b \sin \frac{\pi \ln |x|}{\ln \xi}\right): \quad "
            r"\ell \le f_{0}'' \le L, \quad x_{t} = \pm \xi^{t}",
        ),
        (r"$x_{0} = 1$, $x_{1} = \xi$; step and momentum tuned to $[\ell, L]$",),
        steps,
        ("polyak", "curse"),
    )

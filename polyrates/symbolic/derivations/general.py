"""What holds for every method: the master identity, the lower bound, the two horns of the curse."""

from __future__ import annotations

from dataclasses import replace

import sympy

from polyrates.ground.numbers import lam, t
from polyrates.symbolic.derivations.chebyshev_facts import FIRST_KIND, T, U, n
from polyrates.symbolic.derivations.notation import L, c, ell, kappa, x
from polyrates.symbolic.proofs.derivation import Derivation, argued, claim
from polyrates.symbolic.proofs.extremes import Alternation, LeastMaximum
from polyrates.symbolic.proofs.steps import Equality, Induction, Nonnegative, Range, Step, told

__all__ = ["lower_bound_proof", "master_identity", "two_horns"]


def master_identity() -> Derivation:
    """∂x_t − ∂x* = P_t(H)E + P_t′(H)D, from x_t − x* = P_t(H)(x_0 − x*) alone.

    H, ∂H do not commute at first; the steps show where commutation enters, and what fails without.
    """
    H, D = sympy.symbols("H dH", commutative=False)
    e = sympy.Symbol("epsilon")
    Hc, Dc = sympy.symbols("H dH")
    k = sympy.Symbol("k", integer=True, positive=True)
    steps: list[Step] = []
    for p in (2, 3):
        steps.append(
            Equality(
                (H + e * D) ** p,
                H**p + e * sympy.Add(*(H**j * D * H ** (p - 1 - j) for j in range(p))),
                rf"the derivative of $H^{{{p}}}$ in the direction $dH$, without commutation",
                first_order_in=e,
            )
        )
    steps += [
        Equality(
            sympy.Add(H * D, D * H, -2 * H * D, evaluate=False),
            D * H - H * D,
            r"$2 H\, dH$, what $P'(H)\, dH$ would give for $P = \lambda^{2}$, is wrong by the "
            "commutator: here commutation enters",
        ),
        Equality(
            k * Hc ** (k - 1) * Dc * Hc + Hc**k * Dc,
            (k + 1) * Hc**k * Dc,
            r"with $H\, dH = dH\, H$: if $\partial(H^{k}) = k H^{k-1}\, dH$ then "
            r"$\partial(H^{k+1}) = \partial(H^{k}) H + H^{k}\, dH = (k + 1) H^{k}\, dH$; so "
            r"$\partial P_{t}(H) = P_{t}'(H)\, dH$",
        ),
    ]
    P, Q, E, X = (sympy.Symbol(name, commutative=False) for name in ("P", "P'", "E", "X"))
    steps += [
        Equality(
            (P + e * Q * D) * (X + e * E),
            P * X + e * (P * E + Q * D * X),
            r"the product rule on $x_{t} - x_{\star} = P_{t}(H) X$, $X = x_{0} - x_{\star}$, "
            r"$E = \partial x_{0} - \partial x_{\star}$",
            first_order_in=e,
        ),
        _other_form(),
    ]
    statement = (
        r"\partial x_{t} - \partial x_{\star} = P_{t}(H) E + P_{t}'(H) D "
        r"= \left(P_{t} - \lambda P_{t}'\right)(H) E + P_{t}'(H) G, \quad "
        r"D = \partial H \left(x_{0} - x_{\star}\right), \quad G = D + H E"
    )
    return argued(
        "The master identity",
        (statement,),
        (
            r"$x_{t} - x_{\star} = P_{t}(H)(x_{0} - x_{\star})$ on quadratics",
            r"$H\, \partial H = \partial H\, H$ (used where it is said)",
            "step and momentum are constants",
        ),
        tuple(steps),
        ("curse",),
    )


def _other_form() -> Step:
    p, q, error, drift = sympy.symbols("P P' E D")
    return Equality(
        p * error + q * drift,
        (p - lam * q) * error + q * (drift + lam * error),
        r"the same error on an eigenvector of $H$, with $G = D + H E$, the total derivative of "
        "the gradient at the start",
    )


def lower_bound_proof() -> Derivation:
    """min over P, P(0) = 1, deg P ≤ t, of max |P| on [ℓ, L] is 1/T_t(c), c = (L + ℓ)/(L − ℓ)."""
    xi = sympy.Symbol("xi", positive=True)
    bound = replace(
        FIRST_KIND,
        left=FIRST_KIND.left.subs(n, t),
        why=FIRST_KIND.why.replace("{n", "{t"),
        over=(Range(t, 1, integer=True),),
        squares=((1 - x, 1 + x, U(t - 1, x) ** 2),),
    )
    place = (L + ell - 2 * lam) / (L - ell)
    steps = told(
        r"""
        $x = (L + \ell - 2\lambda)/(L - \ell)$ maps $[\ell, L]$ onto $[-1, 1]$ and 0 to $c =
        (L + \ell)/(L - \ell) > 1$, and a polynomial of $\lambda$ to one of $x$ of its degree

        $T_{t}$ is $(-1)^{k}$ at the $t + 1$ points $\cos(k\pi/t)$ of $[-1, 1]$. A smaller $Q$ would
        make $T_{t}/T_{t}(c) - Q$ change its sign $t$ times there and vanish at $c$: one zero more
        than its degree allows

        with $c = (\xi + 1/\xi)/2$, by the recurrence $T_{t+2} = 2 c\, T_{t+1} - T_{t}$

        where $\xi = (1 - \sqrt{\kappa})/(1 + \sqrt{\kappa})$, $\kappa = \ell/L$
        """,
        Equality(place, (L + ell) / (L - ell) - 2 * lam / (L - ell)),
        bound,
        Alternation(LeastMaximum(t, c), 1 / T(t, c), "", bound, (Range(c, 1),)),
        Induction(
            T(t, (xi + 1 / xi) / 2),
            (xi**t + xi**-t) / 2,
            index=t,
            multipliers=(sympy.Integer(-1), xi + 1 / xi),
        ),
        Equality(
            ((xi + 1 / xi) / 2).subs(xi, (1 - sympy.sqrt(kappa)) / (1 + sympy.sqrt(kappa))),
            (1 + kappa) / (1 - kappa),
        ),
    )
    return Derivation(
        "The lower bound",
        tuple(claim(step) for step in (steps[0], *steps[2:])),
        (
            r"the error of the Jacobian is $P_{t}(H) E$ when $\partial H = 0$, $P_{t}(0) = 1$ and "
            r"$\deg P_{t} \le t$",
            r"$0 < \ell < L$, $t \ge 1$",
        ),
        steps,
        ("flanders-shortley",),
    )


_TWO_HORNS = r"""
$(hL)^{2} - 2$ of the step with the best rate, $2/(L + \ell)$: it burns in exactly when $\kappa <
\sqrt{2} - 1$

a step without burn-in has $u = hL \le \sqrt{2}$, and its rate is at least $1 - h\ell = 1 -
u\kappa \ge 1 - \sqrt{2}\kappa$

which is slower than the best rate $(1 - \kappa)/(1 + \kappa)$ when $\kappa < \sqrt{2} - 1$: the
first horn

the second horn: near its peak, $t \approx 1/(2\kappa)$, the geometric factor of the best step is
$e^{-1}$

and the other factor is $1/\kappa$: the Jacobian's error first grows by $1/(e \kappa)$

the short step $1/L$, rate $1 - \kappa$, is flat too and slower still

Chebyshev's method, faster than all, has this factor over $T_{t}(c)$: it grows up to
$0.5322/\kappa$ before it decays
"""


def two_horns() -> Derivation:
    """Gradient descent either burns in or is slower than it could be, for κ < √2 − 1."""
    k = sympy.Symbol("kappa", positive=True)
    u = sympy.Symbol("u", positive=True)
    root = sympy.sqrt(2)
    large, flat = (1 - k) / (1 + k), 1 - root * k
    time = 1 / (2 * k)
    steps: tuple[Step, ...] = told(
        _TWO_HORNS,
        Equality((2 / (1 + k)) ** 2 - 2, 2 * (root - 1 - k) * (root + 1 + k) / (1 + k) ** 2),
        Equality((1 - u * k) - flat, (root - u) * k),
        Equality(flat - large, root * k * (root - 1 - k) / (1 + k)),
        Equality(sympy.Limit(sympy.log(large) * time, k, 0), -1),
        Equality(sympy.Limit(k * (1 + 2 * time / (1 + k)), k, 0), 1),
        Nonnegative(1 - k, large, over=(Range(k, 0, 1),), terms=((k, 1 - k, 1 / (1 + k)),)),
        Equality(((1 + c) * t**2 - 1).subs(c, (1 + k) / (1 - k)), 2 * t**2 / (1 - k) - 1),
    )
    statement = (
        r"\kappa < \sqrt{2} - 1: \quad \text{every constant step burns in, or its rate is at "
        r"least } 1 - \sqrt{2} \kappa > \frac{1 - \kappa}{1 + \kappa}"
    )
    return argued(
        "The two horns of the curse", (statement,), (r"$0 < \kappa < 1$",), steps, ("curse",)
    )

"""What holds for every method: the master identity, the lower bound, the two horns of the curse."""

from __future__ import annotations

import sympy

from polyrates.ground.numbers import lam, t
from polyrates.symbolic.derivations.notation import c, kappa, x
from polyrates.symbolic.proofs.derivation import Derivation
from polyrates.symbolic.proofs.steps import Equality, Nonnegative, Range, Step

__all__ = ["lower_bound_proof", "master_identity", "two_horns"]

_T, _U = sympy.chebyshevt, sympy.chebyshevu


def master_identity() -> Derivation:
    """∂x_t − ∂x* = P_t(H)E + P_t′(H)D, from x_t − x* = P_t(H)(x_0 − x*) alone.

    H, ∂H do not commute at first; the steps show where commutation enters, and what fails without.
    """
    H, D = sympy.symbols("H dH", commutative=False)
    e = sympy.Symbol("epsilon")
    Hc, Dc = sympy.symbols("H dH")
    k = sympy.Symbol("k", integer=True, positive=True)
    steps: list[Step] = []
    for n in (2, 3):
        steps.append(
            Equality(
                (H + e * D) ** n,
                H**n + e * sympy.Add(*(H**j * D * H ** (n - 1 - j) for j in range(n))),
                rf"the derivative of $H^{{{n}}}$ in the direction $dH$, without commutation",
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
    return Derivation(
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
    n = sympy.Symbol("n", integer=True, nonnegative=True)
    xi = sympy.Symbol("xi", positive=True)
    steps: tuple[Step, ...] = (
        Equality(
            1 - _T(t, x) ** 2,
            (1 - x**2) * _U(t - 1, x) ** 2,
            r"$\left|T_{t}\right| = 1$ at $\pm 1$ and at the $t - 1$ zeros of $U_{t-1}$, which are "
            r"those of $T_{t}'$: $t + 1$ points of alternating sign",
        ),
        Equality(
            sympy.Derivative(_T(n, x), x),
            n * _U(n - 1, x),
            r"so the extrema inside are simple and the signs alternate. If $Q(0) = 1$ and "
            r"$\max \left|Q\right| < 1/T_{t}(c)$, then $T_{t}(m)/T_{t}(m_{0}) - Q$ changes sign "
            r"$t$ times on $[\ell, L]$ and vanishes at 0: one zero more than its degree allows",
            over=(Range(n, 1, integer=True), Range(x, -1, 1)),
        ),
        Equality(
            _T(n, (xi + 1 / xi) / 2),
            (xi**n + xi**-n) / 2,
            r"with $c = (\xi + 1/\xi)/2$",
            over=(Range(n, 0, integer=True), Range(xi, sympy.Rational(1, 9), 1)),
        ),
        Equality(
            ((xi + 1 / xi) / 2).subs(xi, (1 - sympy.sqrt(kappa)) / (1 + sympy.sqrt(kappa))),
            (1 + kappa) / (1 - kappa),
            r"$\xi = (1 - \sqrt{\kappa})/(1 + \sqrt{\kappa})$",
        ),
    )
    statement = (
        r"\min_{P(0) = 1,\ \deg P \le t} \ \max_{\ell \le \lambda \le L} \left|P(\lambda)\right| "
        r"= \frac{1}{T_{t}(c)} = \frac{2}{\xi^{t} + \xi^{-t}}, \quad c = \frac{L + \ell}{L - \ell}"
    )
    return Derivation(
        "The lower bound",
        (statement,),
        (
            r"the error of the Jacobian is $P_{t}(H) E$ when $\partial H = 0$",
            r"$0 < \ell < L$",
        ),
        steps,
        ("flanders-shortley",),
    )


def two_horns() -> Derivation:
    """Gradient descent either burns in or is slower than it could be, for κ < √2 − 1."""
    k = sympy.Symbol("kappa", positive=True)
    u = sympy.Symbol("u", positive=True)
    root = sympy.sqrt(2)
    large, flat = (1 - k) / (1 + k), 1 - root * k
    time = 1 / (2 * k)
    steps: tuple[Step, ...] = (
        Equality(
            (2 / (1 + k)) ** 2 - 2,
            2 * (root - 1 - k) * (root + 1 + k) / (1 + k) ** 2,
            r"$(hL)^{2} - 2$ of the step with the best rate, $2/(L + \ell)$: it burns in exactly "
            r"when $\kappa < \sqrt{2} - 1$",
        ),
        Equality(
            (1 - u * k) - flat,
            (root - u) * k,
            r"a step without burn-in has $u = hL \le \sqrt{2}$, and its rate is at least "
            r"$1 - h\ell = 1 - u\kappa \ge 1 - \sqrt{2}\kappa$",
        ),
        Equality(
            flat - large,
            root * k * (root - 1 - k) / (1 + k),
            r"which is slower than the best rate $(1 - \kappa)/(1 + \kappa)$ when "
            r"$\kappa < \sqrt{2} - 1$: the first horn",
        ),
        Equality(
            sympy.Limit(sympy.log(large) * time, k, 0),
            -1,
            r"the second horn: near its peak, $t \approx 1/(2\kappa)$, the geometric factor of the "
            r"best step is $e^{-1}$",
        ),
        Equality(
            sympy.Limit(k * (1 + 2 * time / (1 + k)), k, 0),
            1,
            r"and the other factor is $1/\kappa$: the Jacobian's error first grows by "
            r"$1/(e \kappa)$",
        ),
        Nonnegative(
            1 - large,
            k,
            r"the short step $1/L$, rate $1 - \kappa$, is flat too and slower still",
            (Range(k, 0, 1),),
        ),
        Equality(
            ((1 + c) * t**2 - 1).subs(c, (1 + k) / (1 - k)),
            2 * t**2 / (1 - k) - 1,
            r"Chebyshev's method, faster than all, has this factor over $T_{t}(c)$: it grows up "
            r"to $0.5322/\kappa$ before it decays",
        ),
    )
    statement = (
        r"\kappa < \sqrt{2} - 1: \quad \text{every constant step burns in, or its rate is at "
        r"least } 1 - \sqrt{2} \kappa > \frac{1 - \kappa}{1 + \kappa}"
    )
    return Derivation(
        "The two horns of the curse", (statement,), (r"$0 < \kappa < 1$",), steps, ("curse",)
    )

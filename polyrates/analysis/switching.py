"""Tangents see Hessians that change: the exact rate, and where unrolling must fail.

Let ρ be the worst exponential rate of S⁺ = MS − gH_t q·S over all sequences of symmetric H_t with
ℓ ≤ H_t ≤ L in dimension ≥ 2. Then

    ρ = max over |λ − (L + ℓ)/2| = (L − ℓ)/2 of the spectral radius of M − λgq,

which is also the rate of the best quadratic Lyapunov function P⊗I. (≥: in R² = C a symmetric H can
act on one vector as any λ of the disc. ≤: the bounded-real lemma. The spectral radius is
subharmonic in λ, so the circle decides.) Where ρ > 1 there are smooth, strongly convex functions on
which the iterates converge and the unrolled Jacobian diverges: Bolte, Pauwels and Vaiter (NeurIPS
2022) show that differentiated momentum can diverge, and :func:`polyrates.diverging_example` gives
such functions. Background: the circle criterion; Lessard, Recht, Packard (2016) and Lessard, Seiler
(2020) on the sector class; Goujaud, Taylor, Dieuleveut (2023) on heavy ball.

    gradient descent     max(|1 − hℓ|, |1 − hL|)          in every dimension
    heavy ball, tuned    (1 + √2)ξ                        in every dimension, > 1 iff κ < 3 − 2√2
    Nesterov, tuned      √2 (1 − √κ)                      > 1 iff κ < (3 − 2√2)/2
                         4^{1/5} (1 − √κ) in dimension 1   > 1 iff κ < (1 − 4^{−1/5})²

On the whole class ℓ ≤ ∇²f ≤ L no method with fixed coefficients beats ((1 − κ)/(1 + κ))^t, which
gradient descent with h = 2/(L + ℓ) attains: there is no acceleration for unrolling. Implicit
differentiation is accelerated, since its inner solve sees one frozen Hessian.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

import flint
import numpy as np
import sympy

from polyrates.analysis.lyapunov import LyapunovCertificate, lyapunov_certificate
from polyrates.core.methods.classical import GradientDescent, HeavyBall, Nesterov, contraction
from polyrates.core.recurrence import Method, Stationary, as_method
from polyrates.core.spectra import hull_of
from polyrates.ground.cards import Card, Carded, number_cell
from polyrates.ground.constants import ball
from polyrates.ground.errors import refuse_type, refuse_value
from polyrates.ground.numbers import Number, count, is_exact, is_symbolic, sign, square_root, unify
from polyrates.ground.precision import ball_bits
from polyrates.ground.typeset import latex
from polyrates.numeric.suprema.circle import circle_radius, smaller_than
from polyrates.symbolic.theorems.balls import float_enclosure

__all__ = ["Switching", "switching_rate"]

_ROOT2 = sympy.sqrt(2)


@dataclass(frozen=True)
class Switching(Carded):
    """The worst exponential rate of a method's tangents over all Hessians in [ℓ, L].

    Attributes
    ----------
    dimension : int
        1, or 2 for every dimension from 2 on.
    rate : number
        Exact in closed form for exact input; else the upper end of the enclosure.
    enclosure : (float, float)
    threshold : number or None
        The κ below which tangents can diverge: 0 where they never can, 1 where always. For a tuned
        method it is tuned at each κ; otherwise step, momentum and L are held. None: not known.
    status : "argued" or "certified"
        A closed form, or an enclosure rounded outward.
    """

    method: Stationary
    interval: tuple[Number, Number]
    dimension: int
    rate: Number
    enclosure: tuple[float, float]
    threshold: Number | None
    status: str

    @property
    def diverges(self) -> bool:
        """Whether some sequence of Hessians makes the tangents grow: ρ > 1."""
        return self.enclosure[0] > 1.0

    @property
    def certificate(self) -> LyapunovCertificate:
        """A quadratic Lyapunov function in fractions for the rate ρ(1 + 1e-4), found when asked."""
        _, high = circle_radius(self.method, self.interval)
        return lyapunov_certificate(self.method, self.interval, high)

    def bound(
        self, t: int, residual: float, cross_lipschitz: float = 0.0, distance: float = 0.0
    ) -> float:
        """The certificate's bound of ‖E_t‖ on functions with ℓ ≤ ∇²f ≤ L everywhere."""
        first = self.method.first_transition(lambda value: value)
        if first != self.method.transition(lambda value: value):
            refuse_value(
                "method",
                self.method,
                "its first step differs from the others, which the certificate does not cover",
                "give first_step=step",
            )
        return self.certificate.bound(count(t, "t"), residual, cross_lipschitz, distance)

    def _latex(self) -> str:
        relation = "=" if is_exact(self.rate) else r"\le"
        return rf"\rho {relation} {latex(self.rate)}"

    def _card(self) -> Card:
        return Card("Switching rate", [("rate", number_cell(self.rate))], formula=self._latex())


def switching_rate(method: Method, interval: object, dimension: int = 2) -> Switching:
    """The exact rate of tangents when the Hessian changes from step to step.

    Parameters
    ----------
    method : a method whose steps are all alike (but for the first)
    interval : (ell, L)
    dimension : 1 or 2
        2 stands for every dimension ≥ 2.
    """
    if not isinstance(as_method(method), Stationary):
        refuse_type(
            "method",
            method,
            "must have the same coefficients at every step",
            "give gradient descent, heavy ball, Nesterov or a pr.Stationary of your own",
        )
    assert isinstance(method, Stationary)
    ell, L = hull_of(interval)
    dimension = count(dimension, "dimension", 1)
    known = _closed_form(method, ell, L, dimension == 1)
    if known is not None:
        rate, threshold = known
        if is_symbolic(rate):
            return Switching(
                method, (ell, L), min(dimension, 2), rate, (0.0, math.inf), threshold, "argued"
            )
        exact = all(is_exact(value) for value in (ell, L, *method.parameters))
        with ball_bits(128):
            enclosure = float_enclosure(ball(rate))
        shown: Number = rate if exact else enclosure[1]
        return Switching(method, (ell, L), min(dimension, 2), shown, enclosure, threshold, "argued")
    if any(is_symbolic(value) for value in (ell, L, *method.parameters)):
        refuse_value(
            "method",
            method,
            "no closed form is known for it",
            "give numbers, gradient descent, or a method tuned to (ell, L)",
        )
    low, high = circle_radius(method, (ell, L))
    limit = _threshold(method, L)
    if dimension == 1:
        low = _by_words(method, ell, L)
        limit = limit if limit == 0 else None
    return Switching(method, (ell, L), min(dimension, 2), high, (low, high), limit, "certified")


def _closed_form(
    method: Stationary, ell: Number, L: Number, line: bool
) -> tuple[sympy.Expr, Number] | None:
    """(ρ, threshold) of the methods with a closed form, ℓ and L as the rationals that they are."""
    low, high = _exactly(ell), _exactly(L)
    if type(method) is GradientDescent:
        return _gradient_descent(method, (ell, L), low, high)
    if sign(ell) == 0:
        return None
    root2 = _ROOT2
    if type(method) is HeavyBall and _tuned(method.parameters[:2], HeavyBall.tuned(ell, L)):
        return sympy.expand((1 + root2) * contraction(low, high)), 3 - 2 * root2
    if type(method) is Nesterov and _tuned(method.parameters, Nesterov.tuned(ell, L)):
        shortfall = 1 - square_root(low * high) / high
        if line:
            fifth = sympy.Integer(4) ** sympy.Rational(1, 5)
            return fifth * shortfall, (1 - 1 / fifth) ** 2
        return sympy.expand(root2 * shortfall), (3 - 2 * root2) / 2
    return None


def _gradient_descent(
    method: GradientDescent, given: tuple[Number, Number], low: sympy.Expr, high: sympy.Expr
) -> tuple[sympy.Expr, Number]:
    if _tuned(method.parameters, GradientDescent.large(*given)):
        return sympy.cancel((high - low) / (high + low)), sympy.Integer(0)
    h = _exactly(method.step)
    rate = sympy.Max(abs(1 - h * low), abs(1 - h * high))
    room = sign(2 - h * high)
    limit: Number = sympy.Integer(1) if room is not None and room < 0 else sympy.Integer(0)
    return rate, limit


def _exactly(value: Number) -> sympy.Expr:
    return sympy.Rational(*value.as_integer_ratio()) if isinstance(value, float) else value


def _tuned(parameters: tuple[Number, ...], other: Stationary) -> bool:
    """Whether the leading parameters are the tuned ones."""
    pairs = list(zip(parameters, other.parameters, strict=False))
    if all(a == b for a, b in pairs):
        return True
    if not all(is_exact(a) and is_exact(b) for a, b in pairs):
        return False
    return all(sympy.simplify(a - b) == 0 for a, b in pairs)


def _threshold(method: Stationary, L: Number) -> Number:
    """The κ at which ρ = 1 for these coefficients and this L, as an upper end: ρ falls with κ."""
    known = _nesterov_threshold(method, L)
    if known is not None:
        return known

    def safe(kappa: float) -> bool:
        return smaller_than(method, unify(_exactly(L) * _exactly(kappa), _exactly(L)), 1.0) is True  # type: ignore[arg-type]

    low, high = 1e-12, 1 - 1e-12
    if safe(low):
        return sympy.Integer(0)
    if not safe(high):
        return sympy.Integer(1)
    while high - low > 1e-14 * high:
        middle = (low + high) / 2
        if not low < middle < high:
            break
        low, high = (low, middle) if safe(middle) else (middle, high)
    return high


def _nesterov_threshold(method: Stationary, L: Number) -> Number | None:
    """h = 1/L in Nesterov's form: (1 + β)²/(8β) + β = 1/(1 − κ) for β ≥ 1/3, else never."""
    if type(method) is not Nesterov:
        return None
    step, momentum = method.parameters
    if is_symbolic(step) or is_symbolic(L) or is_symbolic(momentum):
        return None
    if sympy.simplify(_exactly(step) * _exactly(L) - 1) != 0:
        return None
    beta = _exactly(momentum)
    if sign(beta) == -1 or sign(1 - beta) != 1:
        return None
    third = sympy.Rational(1, 3)
    if sign(beta - third) != 1:
        return sympy.Integer(0)
    value = sympy.cancel(1 - 1 / ((1 + beta) ** 2 / (8 * beta) + beta))
    return value if is_exact(momentum) else float(value)


_WORD = 8  # the longest product of Hessians at the two ends that is tried in dimension 1


def _by_words(method: Stationary, ell: Number, L: Number) -> float:
    """A lower end in dimension 1: the rate of the best periodic sequence of ℓ and L."""
    word = best_word(method, ell, L)[0]
    with ball_bits(256):
        step = method.transition(ball)
        size = len(step.gain)
        ends = [
            flint.acb_mat(
                [
                    [
                        flint.arb(step.mixing[i][j])
                        - ball(end) * flint.arb(step.gain[i]) * flint.arb(step.query[j])
                        for j in range(size)
                    ]
                    for i in range(size)
                ]
            )
            for end in (ell, L)
        ]
        total = ends[word[0]]
        for letter in word[1:]:
            total = ends[letter] * total
        largest = max(float(abs(value).lower()) for value in total.eig(multiple=True))
    return float(max(largest, 0.0) ** (1 / len(word)) * (1 - 1e-14))


def best_word(method: Stationary, ell: Number, L: Number) -> tuple[tuple[int, ...], float]:
    """The periodic sequence of ℓ (0) and L (1), at most eight long, with the largest rate."""
    step = method.transition(lambda value: float(ball(value).mid()))
    M, g, q = (np.array(part, dtype=float) for part in (step.mixing, step.gain, step.query))
    ends = [M - float(ball(end).mid()) * np.outer(g, q) for end in (ell, L)]
    best: tuple[tuple[int, ...], float] = ((0,), 0.0)
    for length in range(1, _WORD + 1):
        for word in product((0, 1), repeat=length):
            total = np.eye(len(g))
            for letter in word:
                total = ends[letter] @ total
            rate = float(max(abs(np.linalg.eigvals(total)))) ** (1 / length)
            if rate > best[1] * (1 + 1e-12):
                best = word, rate
    return best

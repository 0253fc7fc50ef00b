"""Methods made for a measure: orthogonal residual polynomials, and Sobolev-optimal ones.

Jacobi's polynomials carry both. With P_n monic for the weight (1 − x)^α (1 + x)^β, s = α + β,

    P_{n+1} = (x − a_n)P_n − γ_nP_{n−1},
    Q_n := P_n + f_nP_{n−1} + g_nP_{n−2},     Q_n′ = n P_{n−1}            (the structure relation),
    f_n = 2n(α − β)/((2n + s − 2)(2n + s)),   f_1 = 0,
    g_n = −4n(n − 1)(n + α − 1)(n + β − 1)/((2n + s − 1)(2n + s − 2)²(2n + s − 3)),   g_2 = 0

(DLMF 18.9.5 applied once to each exponent; f_1 and g_2 only add constants, so they are free). In
the basis Q_n the form ⟨p, q⟩ = ∫pq dμ + η_x∫p′q′ dμ has bandwidth two, so its orthogonal
polynomials S_n obey a recurrence of fixed length (coherent pairs: Iserles, Koch, Nørsett,
Sanz-Serna 1991).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sympy

from polyrates.core.measures.base import Measure, as_measure
from polyrates.core.measures.densities import ClassicalDensity, MarchenkoPastur, classical_density
from polyrates.core.methods.classical import contraction
from polyrates.core.methods.sobolev_recurrence import iterate_ratios, sobolev_rule, sobolev_steps
from polyrates.core.recurrence import Method, Stationary
from polyrates.core.spectra import check_hull
from polyrates.core.transition import Scalar, Transition, momentum_step
from polyrates.ground.errors import NoShortRecurrence
from polyrates.ground.numbers import (
    Number,
    is_exact,
    nonnegative,
    positive,
    sign,
    square_root,
    unify,
)
from polyrates.ground.typeset import latex, with_values

__all__ = ["Orthogonal", "Sobolev", "SobolevAsymptotic"]


@dataclass(frozen=True)
class Orthogonal(Method, trusted=True):
    """P_t = p_t(λ)/p_t(0), p_t orthogonal for the measure; its three-term recurrence is the method.

    For the Gegenbauer densities this is :class:`Gegenbauer`, for Chebyshev's density Chebyshev's
    method, for Marchenko–Pastur's with ratio r and scale 1 heavy ball with step 1 and momentum r.
    A measure of N points has N steps, after which every error is zero, or N − 1 when one of the
    points is 0. A mass at 0 also lets p_t(0) tend to 0, so the method then diverges: take
    ``Orthogonal(spectrum.bulk)``. An isolated point outside the bulk has its component removed by
    cancellation, which rounding undoes after a while; give ``Empirical`` a hull there.

    Parameters
    ----------
    spectrum : measure
        Scalar of them.
    """

    sources = ("average-case", "gautschi")

    spectrum: Measure

    def __init__(self, spectrum: object) -> None:
        object.__setattr__(self, "spectrum", as_measure(spectrum))

    @property
    def name(self) -> str:
        """Orthogonal."""
        return "orthogonal"

    @property
    def parameters(self) -> tuple[Number, ...]:
        """Those of the measure."""
        return self.spectrum.parameters

    @property
    def named_parameters(self) -> tuple[tuple[str, Number], ...]:
        """Those of the measure."""
        return self.spectrum.named_parameters

    def _latex(self) -> str:
        return (
            r"P_{t}(\lambda) = \frac{p_{t}(\lambda)}{p_{t}(0)}, \quad "
            r"\int p_{i} p_{j} \, d\mu = 0 \; (i \ne j), \quad \mu: \; " + latex(self.spectrum)
        )

    @property
    def horizon(self) -> int | None:
        """None for a density; N or N − 1 for N points."""
        points = self.spectrum.points
        if points is None:
            return None
        return points if sign(self.spectrum.mass_at_zero) == 0 else points - 1

    @property
    def limit_interval(self) -> tuple[Number, Number] | None:
        """The hull of a density that is positive almost everywhere on it (Rakhmanov)."""
        return self.spectrum.hull if self.spectrum.fills_hull else None

    def transitions(self, number: Callable[[Number], Scalar]) -> Iterator[Transition[Scalar]]:
        """Two points, (x, x₋)."""
        density = classical_density(self.spectrum)
        if density is not None:
            return _jacobi_transitions(density, number)
        if isinstance(self.spectrum, MarchenkoPastur):
            return _marchenko_pastur_transitions(self.spectrum, number)
        return _general_transitions(self.spectrum, self.horizon, number)


def _jacobi_transitions(
    density: ClassicalDensity, number: Callable[[Number], Scalar]
) -> Iterator[Transition[Scalar]]:
    walk = iterate_ratios(density, number)
    for step, momentum, _ in walk:
        yield momentum_step(step, momentum)


def _marchenko_pastur_transitions(
    measure: MarchenkoPastur, number: Callable[[Number], Scalar]
) -> Iterator[Transition[Scalar]]:
    """1/|q_{n+1}| = σ²(1 + r) − σ⁴r|q_n| from 1/|q_1| = σ²: the ratio stays 1/σ².

    Said rather than computed, because for r > 1 that fixed point repels rounding errors.
    """
    step, momentum = 1 / number(measure.scale), number(measure.ratio)
    yield momentum_step(step, 0)
    while True:
        yield momentum_step(step, momentum)


def _general_transitions(
    measure: Measure, horizon: int | None, number: Callable[[Number], Scalar]
) -> Iterator[Transition[Scalar]]:
    """|q_{n+1}| = 1/(a_n − b_n|q_n|), momentum b_n|q_n||q_{n+1}|, step |q_{n+1}|."""
    previous: Scalar = None
    done, size = 0, 8
    while horizon is None or done < horizon:
        batch = size if horizon is None else min(size, horizon)
        a, b = measure.coefficients(batch)
        for n in range(done, batch):
            if n == 0:
                ratio = 1 / number(a[0])
                yield momentum_step(ratio, 0)
            else:
                link = number(b[n]) * previous
                ratio = 1 / (number(a[n]) - link)
                yield momentum_step(ratio, link * ratio)
            previous = ratio
        done, size = batch, 2 * batch


@dataclass(frozen=True)
class Sobolev(Method, trusted=True):
    """At every t the P with P(0) = 1, deg P ≤ t that minimises ∫P²dμ + η∫P′²dμ.

    With E = ∂x_0 − ∂x* and D = ∂H(x_0 − x*) of zero mean, uncorrelated and isotropic and
    η = E‖D‖²/E‖E‖², that is the mean squared error of the unrolled Jacobian over E‖E‖². It is
    the kernel polynomial P* = (1/A_t)Σ_{i≤t} S_i(0)S_i/‖S_i‖², carried from step to step: one
    gradient a step, a state of five points, no horizon, and no division by S_n(0), which may be 0.
    ``eta = 0`` minimises ∫P²dμ.

    Every Jacobi density has this recurrence, Gegenbauer's and the uniform one among them. For other
    measures none is known here: ``sobolev_optimal(spectrum, t, eta).method`` runs each optimum.

    Parameters
    ----------
    spectrum : Uniform, GegenbauerDensity or JacobiDensity
        The spectral density of the Hessian.
    eta : number ≥ 0
        η, in units of λ².
    """

    sources = ("curse", "sobolev-coherent")

    spectrum: ClassicalDensity
    eta: Number

    def __init__(self, spectrum: object, eta: object) -> None:
        measure = classical_density(as_measure(spectrum))
        if measure is None:
            raise NoShortRecurrence(
                "spectrum",
                spectrum,
                "no method with bounded memory is known for its Sobolev-optimal polynomials; "
                "the Jacobi densities have one",
                "take sobolev_optimal(spectrum, t, eta).method, which has a fixed horizon",
            )
        value = nonnegative(eta, "eta")
        unify(*measure.parameters, value)  # a float cannot stand beside symbols
        object.__setattr__(self, "spectrum", measure)
        object.__setattr__(self, "eta", value)

    @property
    def name(self) -> str:
        """Sobolev."""
        return "Sobolev"

    def _latex(self) -> str:
        rule = with_values(sobolev_rule("P^{2}", r"\mu"), (r"\eta", self.eta))
        return rf"{rule}, \quad \mu: \; {latex(self.spectrum)}"

    @property
    def named_parameters(self) -> tuple[tuple[str, Number], ...]:
        """Those of the measure, and η."""
        return (*self.spectrum.named_parameters, ("eta", self.eta))

    @property
    def parameters(self) -> tuple[Number, ...]:
        """(ℓ, L, α, β, η)."""
        return (*self.spectrum.parameters, self.eta)

    @property
    def limit_interval(self) -> tuple[Number, Number]:
        """The hull of the density, for every η."""
        return self.spectrum.hull

    def transitions(self, number: Callable[[Number], Scalar]) -> Iterator[Transition[Scalar]]:
        """Five points: x, y, y₋, u, u₋ with u = W + (1 − r)Y, so that its rows sum to one too."""
        r: Scalar = 1
        r_before: Scalar = 1
        for each in sobolev_steps(self.spectrum, self.eta, number):
            momentum = each.momentum
            new_y: tuple[Scalar, ...] = (0, 1 + momentum, -momentum, 0, 0)
            # W_n without Y_n: f y + g y₋ + m(u − (1 − r₋)y) + k(u₋ − (1 − r₋₋)y₋)
            rest: tuple[Scalar, ...] = (
                0,
                each.f - each.m * (1 - r),
                each.g - each.k * (1 - r_before),
                each.m,
                each.k,
            )
            keep = 1 - each.r * each.share
            new_x = (
                keep,
                *(each.share * (y + w) for y, w in zip(new_y[1:], rest[1:], strict=True)),
            )
            new_u = tuple((2 - each.r) * y + w for y, w in zip(new_y, rest, strict=True))
            yield Transition(
                query=(0, 1, 0, 0, 0),
                mixing=(new_x, new_y, (0, 1, 0, 0, 0), new_u, (0, 0, 0, 1, 0)),
                gain=(each.share * each.step, each.step, 0, (2 - each.r) * each.step, 0),
                output=(1, 0, 0, 0, 0),
            )
            r, r_before = each.r, r


@dataclass(frozen=True)
class SobolevAsymptotic(Stationary, trusted=True):
    """The limit of :class:`Sobolev` as t → ∞ for η > 0, the same for every η and every exponent.

        y_t = y_{t−1} + ξ²(y_{t−1} − y_{t−2}) − h∇f(y_{t−1}),    h = (2/(√L + √ℓ))²,
        x_t = y_t + ξ²(x_{t−1} − y_{t−2}),

    the first step h/(1 + ξ²). Warning: it has the asymptotic rate of the exact method but not its
    early steps, so its Jacobian still burns in (11.6 times the initial error at κ = 0.01, where the
    exact method with α = 0 stays at 1.04). Prefer ``Sobolev``, which costs the same.

    Parameters
    ----------
    ell, L : numbers, 0 < ell < L
        The hull of the spectrum.
    """

    ell: Number
    L: Number

    def __init__(self, ell: object, L: object) -> None:
        low, high = check_hull(ell, L)
        positive(low, "ell")
        object.__setattr__(self, "ell", low)
        object.__setattr__(self, "L", high)

    @property
    def name(self) -> str:
        """Sobolev, asymptotic."""
        return "Sobolev, asymptotic"

    def _latex(self) -> str:
        rule = (
            r"y_{t} = y_{t-1} + \xi^{2} \left(y_{t-1} - y_{t-2}\right) "
            r"- h \nabla f\left(y_{t-1}\right), \quad "
            r"x_{t} = y_{t} + \xi^{2} \left(x_{t-1} - y_{t-2}\right)"
        )
        square, step, first = self.parameters
        return with_values(rule, (r"\xi^{2}", square), ("h", step), ("h_{0}", first))

    @property
    def parameters(self) -> tuple[Number, ...]:
        """(ξ², h, first step)."""
        ell, L = self.ell, self.L
        if is_exact(ell):
            xi = contraction(ell, L)
            step = sympy.expand(4 * xi / (L - ell))
            return sympy.expand(xi**2), step, 2 / (L + ell)
        total = square_root(L) + square_root(ell)
        return contraction(ell, L) ** 2, 4 / total**2, 2 / (L + ell)

    def _transition(self, squared: Scalar, step: Scalar) -> Transition[Scalar]:
        return Transition(
            query=(0, 1, 0),
            mixing=((squared, 1 + squared, -2 * squared), (0, 1 + squared, -squared), (0, 1, 0)),
            gain=(step, step, 0),
            output=(1, 0, 0),
        )

    def first_transition(self, number: Callable[[Number], Scalar]) -> Transition[Scalar]:
        """y_1 = x_1 = x_0 − h/(1 + ξ²) ∇f(x_0)."""
        squared, _, first = self.parameters
        return self._transition(number(squared), number(first))

    def transition(self, number: Callable[[Number], Scalar]) -> Transition[Scalar]:
        """Three points, (x, y, y₋)."""
        squared, step, _ = self.parameters
        return self._transition(number(squared), number(step))

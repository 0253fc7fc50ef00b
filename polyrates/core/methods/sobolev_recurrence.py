"""The recurrence of the Sobolev-orthogonal polynomials of a Jacobi density, a row a step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count as naturals

from polyrates.core.measures.densities import ClassicalDensity, jacobi_coefficients
from polyrates.core.transition import Scalar
from polyrates.ground.numbers import (
    Number,
    sign,
)


def sobolev_rule(square: str, measure: str) -> str:
    """What a Sobolev method's residual polynomial minimizes, in LaTeX."""
    return (
        rf"P_{{t}} = \mathop{{\mathrm{{arg\,min}}}}_{{P(0) = 1, \, \deg P \le t}} "
        rf"\int {square} \, d{measure} + \eta \int P'^{{2}} \, d{measure}"
    )


def iterate_ratios(
    density: ClassicalDensity, number: Callable[[Number], Scalar]
) -> Iterator[tuple[Scalar, Scalar, Scalar]]:
    """(step, momentum, |q_n|), n = 1, 2, …: q_n = P_{n−1}/P_n at λ = 0.

    There x = −(1 + δ), δ = 2ℓ/(L − ℓ). The ratio is carried relative to its value e_n at the end
    point −1, where it is known: |q_n| = e_n/(1 + ε_n), ε_{n+1} = e_{n+1}(δ + γ_n e_n ε_n/(1 + ε_n))
    adds positive numbers only. Forming −(1 + δ) itself would round δ away: four digits at n = 500.
    """
    alpha, beta = map(number, density.exponents)
    low, high = number(density.ell), number(density.L)
    s = alpha + beta
    two_over_width = (s * 0 + 2) / (high - low)
    delta = low * two_over_width
    end = (2 + s) / (2 * (1 + beta))
    excess = end * delta
    ratio = end / (1 + excess)
    yield two_over_width * ratio, 0, ratio
    for n in naturals(1):
        _, gamma = jacobi_coefficients(n, alpha, beta)
        k = n + 1
        next_end = (2 * k + s) * (2 * k + s - 1) / (2 * (k + beta) * (k + s))
        excess = next_end * (delta + gamma * end * excess / (1 + excess))
        end, previous = next_end, ratio
        ratio = end / (1 + excess)
        yield two_over_width * ratio, gamma * previous * ratio, ratio


@dataclass(frozen=True, slots=True)
class SobolevStep:
    """What the n-th Sobolev-orthogonal polynomial needs of those before it, n ≥ 1.

    W_n := S_n/P_n(0) = Y_n + f Y_{n−1} + g Y_{n−2} + m W_{n−1} + k W_{n−2}, Y_n = P_n/P_n(0);
    r = W_n(0); share = S_n(0)P_n(0)/(‖S_n‖² A_n), so P*_n = (1 − r·share)P*_{n−1} + share·W_n;
    step and momentum make Y_n; growth = A_n/A_{n−1}; excess = ‖S_n‖²/‖P_n‖² − 1.
    """

    step: Scalar
    momentum: Scalar
    f: Scalar
    g: Scalar
    m: Scalar
    k: Scalar
    r: Scalar
    share: Scalar
    growth: Scalar
    excess: Scalar


def sobolev_steps(
    density: ClassicalDensity, eta: Number, number: Callable[[Number], Scalar]
) -> Iterator[SobolevStep]:
    """The banded elimination of the Sobolev form in the basis Q_n, one row a step.

    S_n = Q_n − l_nS_{n−1} − k_nS_{n−2} with ρ_n = ‖S_n‖²/‖P_n‖² = 1 + σ_n, δ_n = f_n − l_n:

        k_n = g_n/ρ_{n−2},     e_n = g_nδ_{n−1}/γ_{n−1},     l_n = (f_n + e_n)/ρ_{n−1},
        σ_n = η_xn²/γ_n + (f_n²σ_{n−1} − 2f_ne_n − e_n²)/(ρ_{n−1}γ_n)
                + g_n²σ_{n−2}/(ρ_{n−2}γ_nγ_{n−1}).

    For α = β, f and e vanish and every term is positive. The kernel sums A_n = Σ S_i(0)²/‖S_i‖² are
    carried as A_n‖S_n‖²/P_n(0)², which neither overflows nor underflows.
    """
    alpha, beta = map(number, density.exponents)
    symmetric = sign(density.exponents[0] - density.exponents[1]) == 0
    width = number(density.L) - number(density.ell)
    eta_x = number(eta) * 4 / (width * width)
    s = alpha + beta
    zero, one = s * 0, s * 0 + 1
    gamma_before: Scalar = one
    sigma, sigma_before = zero, zero  # σ_{n−1}, σ_{n−2}
    slack = zero  # δ_{n−1}
    ratio_before: Scalar = one
    r, r_before = one, one
    total = one  # A_{n−1}‖S_{n−1}‖²/P_{n−1}(0)²
    for n, (step, momentum, ratio) in enumerate(iterate_ratios(density, number), start=1):
        _, gamma = jacobi_coefficients(n, alpha, beta)
        rho, rho_before = 1 + sigma, 1 + sigma_before
        next_sigma = eta_x * (n * n) / gamma
        f: Scalar = 0
        m: Scalar = 0
        g: Scalar = 0
        k: Scalar = 0
        next_slack = zero
        next_r = one
        if n >= 2 and not symmetric:
            plain = 2 * n * (alpha - beta) / ((2 * n + s - 2) * (2 * n + s))
        else:
            plain = zero
        if n >= 3:
            c = 4 * n * (n - 1) * (n + alpha - 1) * (n + beta - 1)
            c = c / ((2 * n + s - 1) * (2 * n + s - 2) * (2 * n + s - 2) * (2 * n + s - 3))
            both = c * ratio * ratio_before
            g, k = -both, both / rho_before
            next_sigma = next_sigma + c * c * sigma_before / (rho_before * gamma * gamma_before)
            next_r = next_r - both + k * r_before
        else:
            c = zero
        if n >= 2 and not symmetric:
            e = -c * slack / gamma_before
            gained = plain * plain * sigma - 2 * plain * e - e * e
            next_sigma = next_sigma + gained / (rho * gamma)
            next_slack = (plain * sigma - e) / rho
            f, m = -plain * ratio, (plain + e) / rho * ratio  # q_n = −|q_n|
            next_r = next_r + f + m * r
        # ‖S_n‖²/P_n(0)² over ‖S_{n−1}‖²/P_{n−1}(0)²
        total = total * (1 + next_sigma) * gamma * ratio * ratio / rho
        new_total = total + next_r * next_r
        yield SobolevStep(
            step, momentum, f, g, m, k, next_r, next_r / new_total, new_total / total, next_sigma
        )
        total = new_total
        sigma, sigma_before = next_sigma, sigma
        slack, gamma_before, ratio_before = next_slack, gamma, ratio
        r, r_before = next_r, r

r"""Sobolev-optimal residual polynomials: what they minimise, and why their recurrence is short.

    minimise ∫P²dμ + η∫P′²dμ under P(0) = 1, deg P ≤ t.

average_case       this is the mean squared error of an unrolled Jacobian; what η is
kernel_form        the minimum is 1/A_t, A_t = Σ S_i(0)²/‖S_i‖², and the KKT system says the same
degree_one         t = 1 with η, ℓ and L as symbols
connection_formula Q_n′ = nP_{n−1} for Q_n = P_n − c_nP_{n−2}, from Gegenbauer's recurrence alone
jacobi_structure   the same for Jacobi's polynomials, Q_n = P_n + f_nP_{n−1} + g_nP_{n−2}
sobolev_recursion  S_n − d_nS_{n−2} = P_n − c_nP_{n−2}, ρ_n = ‖S_n‖²/‖P_n‖²
running_form       one gradient a step, rows that sum to one, no division by S_n(0)
without_slopes     η → 0: the polynomials orthogonal for λμ
marchenko_pastur   η = 0 in closed form
harmonic_recurrence  the same with bandwidth three for harmonic measure, in both forms
asymptotics        t → ∞ for η > 0: the limits do not depend on η or α

Throughout x = m(λ) = (2λ − L − ℓ)/(L − ℓ), m₀ = m(0), and P_n is monic in x.
"""

from polyrates.symbolic.derivations.sobolev.harmonic import harmonic_recurrence
from polyrates.symbolic.derivations.sobolev.problem import average_case, degree_one, kernel_form
from polyrates.symbolic.derivations.sobolev.recurrence import (
    connection_formula,
    jacobi_structure,
    sobolev_recursion,
)
from polyrates.symbolic.derivations.sobolev.running import (
    asymptotics,
    marchenko_pastur,
    running_form,
    without_slopes,
)

__all__ = [
    "asymptotics",
    "average_case",
    "connection_formula",
    "degree_one",
    "harmonic_recurrence",
    "jacobi_structure",
    "kernel_form",
    "marchenko_pastur",
    "running_form",
    "sobolev_recursion",
    "without_slopes",
]

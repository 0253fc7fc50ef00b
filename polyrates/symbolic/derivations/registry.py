"""Every derivation of the package by name, for the tests, the notebooks and the documentation."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from polyrates.symbolic.derivations.asymptotic.least_favourable import least_favourable_limit
from polyrates.symbolic.derivations.asymptotic.near_minimax import (
    near_minimax_initial_cross,
    near_minimax_residual_drift,
    near_minimax_share,
)
from polyrates.symbolic.derivations.asymptotic.residual_drift import (
    residual_drift_bounds,
    residual_drift_limit,
)
from polyrates.symbolic.derivations.asymptotic.with_cross import initial_cross_limit, outer_function
from polyrates.symbolic.derivations.asymptotic.without_cross import zolotarev
from polyrates.symbolic.derivations.certified import (
    certificate_deflation,
    certificate_dual,
    certificate_quadrature,
    certificate_residual,
)
from polyrates.symbolic.derivations.classical import chebyshev_proof, gegenbauer_proof
from polyrates.symbolic.derivations.estimators import (
    implicit_pair,
    restarted_pair,
    truncated_pair,
    unrolled_pair,
)
from polyrates.symbolic.derivations.formal import with_lemma
from polyrates.symbolic.derivations.general import lower_bound_proof, master_identity, two_horns
from polyrates.symbolic.derivations.gradient_descent import flat_step, gradient_descent_proof
from polyrates.symbolic.derivations.majorant import (
    condition_k,
    majorant_attained,
    majorant_basin,
    majorant_theorem,
)
from polyrates.symbolic.derivations.minimax import (
    degree_two_threshold,
    matching_average,
    no_burn_in,
    one_eigenvalue,
    weak_duality,
)
from polyrates.symbolic.derivations.momentum import heavy_ball_proof, nesterov_proof
from polyrates.symbolic.derivations.off_quadratics import (
    bumps,
    contraction,
    independent_terms,
    local_remainder,
    lyapunov_bound,
    nesterov_safe_momentum,
    no_help_before,
    solved_off_quadratics,
    where_to_start,
)
from polyrates.symbolic.derivations.outer import hypergradient_pair, warm_start_loop
from polyrates.symbolic.derivations.sobolev.harmonic import harmonic_recurrence
from polyrates.symbolic.derivations.sobolev.jacobi import jacobi_structure
from polyrates.symbolic.derivations.sobolev.problem import average_case, degree_one, kernel_form
from polyrates.symbolic.derivations.sobolev.recurrence import connection_formula, sobolev_recursion
from polyrates.symbolic.derivations.sobolev.running import (
    asymptotics,
    marchenko_pastur,
    running_form,
    without_slopes,
)
from polyrates.symbolic.derivations.switching import (
    diverging_heavy_ball,
    heavy_ball_switching,
    nesterov_switching,
    no_acceleration,
    switching_disc,
)
from polyrates.symbolic.derivations.two_variable import frobenius_bound, two_variable_multipliers
from polyrates.symbolic.derivations.worst_case import counterexample, tight_worst_case
from polyrates.symbolic.proofs.derivation import Derivation

__all__ = ["derivations"]

_MAKERS: tuple[Callable[[], Derivation], ...] = (
    least_favourable_limit,
    residual_drift_bounds,
    residual_drift_limit,
    outer_function,
    initial_cross_limit,
    near_minimax_share,
    near_minimax_residual_drift,
    near_minimax_initial_cross,
    zolotarev,
    unrolled_pair,
    truncated_pair,
    restarted_pair,
    implicit_pair,
    master_identity,
    lower_bound_proof,
    two_horns,
    flat_step,
    no_burn_in,
    weak_duality,
    matching_average,
    one_eigenvalue,
    degree_two_threshold,
    harmonic_recurrence,
    average_case,
    kernel_form,
    degree_one,
    connection_formula,
    jacobi_structure,
    sobolev_recursion,
    running_form,
    without_slopes,
    marchenko_pastur,
    asymptotics,
    two_variable_multipliers,
    frobenius_bound,
    tight_worst_case,
    counterexample,
    majorant_theorem,
    condition_k,
    majorant_basin,
    majorant_attained,
    switching_disc,
    heavy_ball_switching,
    nesterov_switching,
    diverging_heavy_ball,
    no_acceleration,
    certificate_residual,
    certificate_quadrature,
    certificate_dual,
    certificate_deflation,
    hypergradient_pair,
    warm_start_loop,
    contraction,
    local_remainder,
    solved_off_quadratics,
    lyapunov_bound,
    nesterov_safe_momentum,
    bumps,
    independent_terms,
    no_help_before,
    where_to_start,
)


_THEOREMS = {
    "gradient_descent": (gradient_descent_proof, ("residual", "drift", "initial")),
    "chebyshev": (chebyshev_proof, ("residual", "drift", "initial")),
    "gegenbauer": (gegenbauer_proof, ("residual", "drift", "initial")),
    "heavy_ball": (heavy_ball_proof, ("residual", "drift", "initial")),
    "nesterov": (nesterov_proof, ("residual", "drift")),
}


def derivations() -> dict[str, Callable[[], Derivation]]:
    """{name: maker} of every derivation; a maker builds it, ``.check()`` runs its steps.

    The theorems of a method come one a part, as "chebyshev_initial"; "drift" serves "cross" too.
    """
    found: dict[str, Callable[[], Derivation]] = {
        f"{name}_{part}": partial(proof, part)
        for name, (proof, parts) in _THEOREMS.items()
        for part in parts
    }
    found |= {make.__name__: make for make in _MAKERS}
    return {name: partial(with_lemma, name, make) for name, make in found.items()}

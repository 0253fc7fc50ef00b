"""The function on which the majorant's scalar form is attained at every step."""

from __future__ import annotations

from polyrates.core.recurrence import Method, as_method, check_steps
from polyrates.core.spectra import hull_of
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import floating, nonnegative
from polyrates.ground.outward import at_least
from polyrates.problems.scalar_functions import Cubic

__all__ = ["majorant_example"]


def majorant_example(
    method: Method,
    interval: object,
    steps: int,
    *,
    hessian_lipschitz: object,
    cross_lipschitz: object,
    distance: object,
    residual: object,
) -> Cubic:
    """f(x, θ) = φ(x + ‖E_0‖θ) − cθx²/2, φ = ℓx²/2 − Mx³/6, at θ = 0.

    The arguments are those of :func:`polyrates.majorant`. From ``.x0`` = ‖e_0‖ with ∂x_0 = 0 the
    run of a method that obeys condition K *is* the scalar form: |x_t| = u_t, |∂x_t − ∂x*| = v_t.
    """
    check_steps(as_method(method), steps)
    ell, _ = hull_of(interval)
    values = {
        name: floating(nonnegative(value, name), name)
        for name, value in (
            ("hessian_lipschitz", hessian_lipschitz),
            ("cross_lipschitz", cross_lipschitz),
            ("distance", distance),
            ("residual", residual),
        )
    }
    low = floating(ell, "ell")
    if not values["hessian_lipschitz"] * values["distance"] < 2 * low:
        refuse_value(
            "distance",
            distance,
            f"must be < 2ell/M = {at_least(2 * low / values['hessian_lipschitz'], 6)}, "
            "where the function has a second stationary point"
            if values["hessian_lipschitz"]
            else "needs ell > 0",
            "start nearer to the solution",
        )
    return Cubic(
        low,
        values["hessian_lipschitz"],
        values["cross_lipschitz"],
        values["distance"],
        -values["residual"],
    )

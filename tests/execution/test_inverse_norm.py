"""‖A⁻¹r‖ between two numbers from products alone, against dense algebra in forty digits."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

import polyrates as pr
from polyrates.execution.inverse_norm import inverse_norms, probe, underflow
from polyrates.execution.krylov import Operator
from polyrates.ground.errors import NegativeCurvature


def matrix(seed: int, d: int, log_kappa: float) -> np.ndarray:
    rng = np.random.default_rng(seed)
    Q = np.linalg.qr(rng.standard_normal((d, d)))[0]
    A = (Q * 10 ** rng.uniform(-log_kappa, 0, d)) @ Q.T
    return (A + A.T) / 2


def truth(A: np.ndarray, r: np.ndarray) -> tuple[float, float, mpmath.matrix]:
    """‖A⁻¹r‖, ‖A⁻²r‖ and A⁻¹r of the floats as they are."""
    with mpmath.workdps(40):
        M = mpmath.matrix(A.tolist())
        once = mpmath.lu_solve(M, mpmath.matrix(r.tolist()))
        twice = mpmath.lu_solve(M, once)
        return float(mpmath.norm(once)), float(mpmath.norm(twice)), once


@pytest.mark.parametrize("seed", range(8))
def test_the_bracket_holds_and_closes(seed: int) -> None:
    """For every number of products, with ℓ just below the spectrum and far below it."""
    d = 8
    A = matrix(seed, d, 1.0 + seed % 4)
    r = np.random.default_rng(seed + 99).standard_normal(d) * 10.0 ** (seed - 4)
    once, twice, exact = truth(A, r)
    lowest = float(np.linalg.eigvalsh(A)[0])
    for ell in (lowest * (1 - 1e-9), lowest / 7):
        gaps = []
        for steps in range(1, d + 1):
            operator = Operator(lambda v: A @ v, d)
            found = inverse_norms(operator, r, steps, ell, probe(operator))
            assert found.lower <= once <= found.upper
            assert twice <= found.twice
            z = np.array([float(v) for v in exact]) - found.solution  # A⁻¹s for s = r − Az
            energy = float(np.sqrt(max(z @ A @ z, 0.0)))
            assert energy <= found.energy * (1 + 1e-6) + 1e-7 * float(np.linalg.norm(r))
            assert lowest * (1 - 1e-9) <= found.ritz[0] <= found.ritz[1] * (1 + 1e-12)
            gaps.append(found.upper / found.lower - 1)
        assert gaps[-1] < 1e-6 and gaps[-1] < gaps[0]


def test_one_product_by_hand() -> None:
    """A = diag(1, 3), r = (1, 1): the Ritz value is 2, Gauss' rule gives √2/2 ≤ √(10)/3."""
    operator = Operator(lambda v: np.array([1.0, 3.0]) * v, 2)
    about = probe(operator)
    found = inverse_norms(operator, np.array([1.0, 1.0]), 1, 1.0, about)
    assert found.ritz == pytest.approx((2.0, 2.0))
    assert found.lower == pytest.approx(np.sqrt(2) / 2, rel=1e-9)
    # T̂ = [[2, 1], [1, 1 + 1/(2 − 1)]]: T̂⁻¹e₁ = (2, −1)/3
    assert found.upper == pytest.approx(np.sqrt(2) * np.sqrt(5) / 3, rel=1e-6)
    assert found.solution == pytest.approx([0.5, 0.5])
    nothing = inverse_norms(operator, np.zeros(2), 1, 1.0, about)
    assert (nothing.lower, nothing.upper, nothing.twice) == (0.0, 0.0, 0.0)


def test_an_ell_above_the_spectrum_and_negative_curvature_are_refused() -> None:
    good = Operator(lambda v: np.array([1.0, 3.0]) * v, 2)
    with pytest.raises(pr.InvalidValue, match="below the spectrum"):
        inverse_norms(good, np.ones(2), 2, 1.5, probe(good))
    bent = Operator(lambda v: np.array([-1.0, 3.0]) * v, 2)
    with pytest.raises(NegativeCurvature, match="positive definite"):
        inverse_norms(bent, np.ones(2), 2, None, probe(bent))


def test_a_probe_sees_the_size_and_an_asymmetry() -> None:
    for seed in range(5):
        A = matrix(seed, 20, 3.0)
        seen = probe(Operator(lambda v, A=A: A @ v, 20))
        assert np.linalg.norm(A, 2) <= seen.size <= 40 * np.linalg.norm(A, 2)
        assert seen.slip(2.0, 3.0) == 8 * seen.unit * seen.size * 5.0
    skew = np.eye(5) + np.triu(np.full((5, 5), 1e-3), 1)
    with pytest.raises(pr.PolyratesError, match="symmetric"):
        probe(Operator(lambda v: skew @ v, 5))
    little = np.eye(5) + np.triu(np.full((5, 5), 3e-15), 1)  # more than rounding: the unit grows
    operator = Operator(lambda v: little @ v, 5)
    assert probe(operator).unit > 2.0**-53


@pytest.mark.parametrize(
    ("unit", "kind"), [(2.0**-53, np.float64), (2.0**-24, np.float32), (2.0**-11, np.float16)]
)
def test_underflow_is_below_the_smallest_normal_number(unit: float, kind: type) -> None:
    assert underflow(unit) == float(np.finfo(kind).tiny)


def test_products_that_underflow_say_nothing() -> None:
    tiny = Operator(lambda v: 1e-310 * v, 3)
    with pytest.raises(pr.InvalidValue, match="underflows"):
        probe(tiny)

"""Sizes and eta of a start; what an underestimated L does, and the guard against it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import polyrates as pr
from polyrates.ground.errors import NegativeCurvature
from polyrates.measurement.measured_sizes import estimate_eta, estimate_sizes
from polyrates.measurement.spectrum import (
    IntervalTooSmall,
    check_interval,
    estimate_spectrum,
    rounding_floor,
)
from polyrates.problems.losses import Logistic


class Opaque:
    """A problem that does not know its solution."""

    def __init__(self, problem: pr.Quadratic | pr.Ridge | Logistic) -> None:
        self.gradient, self.hvp, self.cross = problem.gradient, problem.hvp, problem.cross


def test_eta_is_the_ratio_of_the_sizes() -> None:
    problem = pr.Quadratic.random(pr.Interval(0.1, 1), 8, 0, commuting=False)
    x0, dx0 = np.random.default_rng(0).standard_normal((2, 8))
    E = dx0 - problem.solution_jacobian
    D = problem.dH @ (x0 - problem.solution)
    np.testing.assert_allclose(estimate_eta(problem, x0, dx0), D @ D / (E @ E), rtol=1e-10)
    sizes = estimate_sizes(problem, x0, dx0)
    G = problem.cross(x0) + problem.H @ dx0
    np.testing.assert_allclose(sizes.cross, np.linalg.norm(G), rtol=1e-12)
    np.testing.assert_allclose(sizes.cross, np.linalg.norm(D + problem.H @ E), rtol=1e-10)
    assert sizes.initial == sizes.residual and sizes.products == 0
    E0 = problem.solution_jacobian
    np.testing.assert_allclose(estimate_eta(problem, x0), D @ D / (E0 @ E0), rtol=1e-10)


@pytest.mark.filterwarnings("ignore::polyrates.measurement.measured_sizes.SpectrumMoves")
@pytest.mark.parametrize("penalty", [0.1, "each"])
def test_unknown_solutions_are_found(penalty: object) -> None:
    rng = np.random.default_rng(1)
    X, y = rng.standard_normal((40, 6)), rng.standard_normal(40)
    strength = np.linspace(0.1, 0.5, 6) if penalty == "each" else penalty
    x0 = rng.standard_normal(6)
    for problem in (pr.Ridge(X, y, strength), Logistic(X, (y > 0).astype(float), strength)):
        known, found = estimate_sizes(problem, x0), estimate_sizes(Opaque(problem), x0)
        assert found.products > 0
        for part in ("residual", "drift", "cross", "distance"):
            np.testing.assert_allclose(getattr(found, part), getattr(known, part), rtol=1e-5)


def test_sizes_feed_the_guarantee() -> None:
    """Observed error ≤ the bound made from the estimated sizes, on a commuting problem."""
    problem = pr.Quadratic.random(pr.Interval(0.1, 1), 8, 3)
    x0 = np.ones(8)
    sizes = estimate_sizes(problem, x0)
    method = pr.Chebyshev(0.1, 1.0)
    run = pr.differentiate(method, problem, x0, 15)
    rate = pr.rate(method, pr.Interval(0.1, 1.0))
    for t in (1, 5, 15):
        observed = np.linalg.norm(run.jacobians[t] - problem.solution_jacobian)
        bound = rate.residual(t) * sizes.residual + rate.drift(t) * sizes.drift
        assert observed <= float(bound) * (1 + 1e-9)


def test_a_start_with_the_right_jacobian_has_no_eta() -> None:
    problem = pr.Quadratic.random(pr.Interval(0.1, 1), 5, 0)
    with pytest.raises(pr.InvalidValue, match="eta"):
        estimate_eta(problem, np.ones(5), problem.solution_jacobian)


def test_bad_problems_and_starts() -> None:
    problem = pr.Quadratic.random(pr.Interval(0.1, 1), 5, 0)
    with pytest.raises(pr.InvalidType, match="lacks"):
        estimate_eta(object(), np.ones(5))  # type: ignore[arg-type]
    with pytest.raises(pr.InvalidValue, match="x0"):
        estimate_eta(problem, np.ones(4))
    with pytest.raises(pr.InvalidValue, match="dx0"):
        estimate_eta(problem, np.ones(5), np.ones(4))

    class Saddle:
        def gradient(self, x: np.ndarray) -> np.ndarray:
            return np.array([x[0], -x[1] + 1e-3 * x[1] ** 3])

        def hvp(self, x: np.ndarray, v: np.ndarray) -> np.ndarray:
            return np.array([v[0], (-1 + 3e-3 * x[1] ** 2) * v[1]])

        def cross(self, x: np.ndarray) -> np.ndarray:
            return x

    with pytest.raises(NegativeCurvature, match="not convex"):
        estimate_sizes(Saddle(), np.ones(2))


@settings(max_examples=40)
@given(
    log_kappa=st.floats(-3, -0.3),
    name=st.sampled_from(["Chebyshev", "gradient descent", "heavy ball"]),
    share=st.floats(0.0, 3.0),
)
def test_L_may_be_underestimated_by_ell_and_not_by_more(
    log_kappa: float, name: str, share: float
) -> None:
    """The three tuned methods made for [ℓ, 1]: an eigenvalue 1 + s·ℓ diverges iff s > 1."""
    ell = 10.0**log_kappa
    method = {
        "Chebyshev": pr.Chebyshev(ell, 1.0),
        "gradient descent": pr.GradientDescent.large(ell, 1.0),
        "heavy ball": pr.HeavyBall.tuned(ell, 1.0),
    }[name]
    if abs(share - 1) < 0.05:
        return
    top = 1 + share * ell
    t = int(60 / (abs(share - 1) * ell))  # long enough to see either
    t = min(t, 20_000)
    with np.errstate(over="ignore", invalid="ignore"):
        size = abs(float(pr.residual_values(method, t, np.array([top]))[0][0]))
    if share > 1:
        assert not size < 10
    else:
        assert size < 1


def test_an_underestimated_L_is_guarded_against() -> None:
    """A Ritz value as L makes Chebyshev's method diverge, the safe hull does not."""
    values = np.r_[np.linspace(0.01, 0.9, 600), 1.0]
    hvp = lambda v: values * v  # noqa: E731
    spectrum = estimate_spectrum(hvp, len(values), steps=12, probes=1, ell=0.01)
    ritz = float(max(spectrum.eigenvalues))
    assert ritz < 1.0 < float(spectrum.hull[1])
    naive = pr.Chebyshev(0.01, 0.9)
    x0 = np.ones(len(values))
    assert np.linalg.norm(pr.run(naive, hvp, x0, 200)) > 1e10
    safe = pr.Chebyshev(*spectrum.hull)
    assert np.linalg.norm(pr.run(safe, hvp, x0, 200)) < 1e-6
    with pytest.raises(IntervalTooSmall, match="diverges there"):
        check_interval(naive, spectrum)
    check_interval(safe, spectrum)
    check_interval(pr.WeightedIterates(pr.Chebyshev(*spectrum.hull), [0.5, 0.5]), spectrum)


def test_float32_stops_about_where_the_floor_says() -> None:
    """Errors fall to within a factor 100 of u·steps·max|P| and no further."""
    values = np.linspace(0.01, 1, 200, dtype=np.float32)
    method, steps = pr.Chebyshev(0.01, 1.0), 400
    x0 = np.ones(200, np.float32)
    target = np.ones(200, np.float32) * np.float32(0.3)
    x = pr.run(method, lambda x: values * (x - target), x0, steps)
    reached = float(np.linalg.norm(x - target) / np.linalg.norm(x0 - target))
    floor = rounding_floor(method, (0.01, 1.0), steps)
    assert floor / 1e3 < reached < floor
    assert (
        float(pr.rate(method, (0.01, 1.0)).residual(steps)) < 1e-15
    )  # the method is not the limit
    assert rounding_floor(method, (0.01, 1.0), steps, np.float64) < 1e-12

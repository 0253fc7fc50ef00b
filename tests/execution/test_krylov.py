"""Lanczos: bounds that are safe, densities with error bars, products that are no Hessian's."""

from __future__ import annotations

import importlib.util
import math

import numpy as np
import pytest
from support import require

import polyrates as pr
from polyrates.execution.krylov import Operator, extreme_bounds, lanczos
from polyrates.ground.asked import asked
from polyrates.ground.errors import InvalidType, InvalidValue, NegativeCurvature, NotSymmetric
from polyrates.measurement.spectrum import estimate_spectrum, measure_spectrum


def random_spectrum(kind: int, rng: np.random.Generator) -> np.ndarray:
    d = int(rng.integers(40, 250))
    if kind == 0:
        return rng.uniform(0, 1, d)
    if kind == 1:  # one cluster
        return 1 + 1e-9 * rng.uniform(0, 1, d)
    if kind == 2:  # an outlier
        return np.r_[rng.uniform(0, 1, d - 1), 10.0 ** rng.uniform(0, 4)]
    if kind == 3:  # many scales
        return 10.0 ** rng.uniform(-8, 0, d)
    if kind == 4:  # a tiny gap below the largest
        return np.r_[rng.uniform(0, 1 - 1e-6, d - 1), 1.0]
    if kind == 5:  # two clusters
        return np.where(rng.random(d) < 0.5, 1.0, 3.0) + 1e-6 * rng.random(d)
    return np.r_[np.zeros(d - 3), 1.0, 2.0, 3.0]  # low rank


def test_L_is_not_underestimated_beyond_the_stated_confidence() -> None:
    """1000 random spectra at confidence 0.9, few steps: misses within the binomial bound.

    Each end has failure 0.05; 1000 trials miss more than 50 + 4·√47.5 < 78 times with probability
    1e-4 at most.
    """
    above = below = 0
    excess = []
    for trial in range(1000):
        rng = np.random.default_rng(trial)
        values = random_spectrum(trial % 7, rng)
        k, q = int(rng.integers(1, 12)), int(rng.integers(1, 4))
        seen = measure_spectrum(
            lambda v, values=values: values * v, len(values), steps=k, probes=q, confidence=0.9,
            seed=trial,
        )  # fmt: skip
        assert seen.ritz[1] <= values.max() * (1 + 1e-12)  # a Ritz value alone is never safe
        above += seen.upper < values.max()
        below += seen.lower > values.min()
        excess.append((seen.upper - values.max()) / values.max())
    assert above <= 78 and below <= 78
    assert np.median(excess) < 0.3  # safe, and not by being useless


def test_high_confidence_is_never_missed_here() -> None:
    for trial in range(300):
        values = random_spectrum(trial % 7, np.random.default_rng(10_000 + trial))
        hull = estimate_spectrum(
            lambda v, values=values: values * v, len(values), steps=8, probes=2, seed=trial,
            confidence=1 - 1e-9,
        ).hull  # fmt: skip
        assert hull[0] <= values.min() and values.max() <= hull[1]


def test_the_bound_closes_as_kuczynski_and_wozniakowski_say() -> None:
    """Excess over the width ≤ (ln(1.65√d/δ)/(2k − 1))² up to its constant, here twice it."""
    d, failure = 3000, 1e-3
    values = np.linspace(0, 1, d)
    for k in (10, 20, 40, 80):
        run = lanczos(
            Operator(lambda v: values * v, d), np.random.default_rng(k).standard_normal(d), k
        )
        upper = extreme_bounds([run], failure)[1]
        expected = (math.log(1.65 * math.sqrt(d) / failure) / (2 * k - 1)) ** 2
        assert 0 <= upper - 1 <= 2 * expected


def test_small_hessians_are_formed_and_certain() -> None:
    H = np.diag([1.0, 4.0, 10.0])
    seen = measure_spectrum(lambda v: H @ v, 3)
    assert seen.confidence == 1.0
    np.testing.assert_allclose(seen.spectrum.eigenvalues, (1, 4, 10), rtol=1e-12)
    ell, L = map(float, estimate_spectrum(lambda v: H @ v, 3).hull)
    assert 1 - 1e-9 < ell <= 1 and 10 <= L < 10 * (1 + 1e-9)
    single = estimate_spectrum(lambda v: 2.0 * v, 1)
    assert float(single.hull[0]) < 2 < float(single.hull[1])
    pr.Chebyshev(ell, L)  # the hull is an interval that methods take


def test_the_density_has_honest_bars() -> None:
    """The true distribution function lies in the band, the density near the truth within 5 σ."""
    d = 4000
    for seed in range(5):
        values = np.sort(np.random.default_rng(seed).beta(0.5, 3, d))
        seen = measure_spectrum(
            lambda v, values=values: values * v, d, steps=40, probes=6, seed=seed
        )
        assert seen.products == 241
        points = np.linspace(-0.1, 1.1, 200)
        low, middle, high = seen.cumulative(points)
        truth = np.searchsorted(values, points, side="right") / d
        assert np.all(low <= truth) and np.all(truth <= high)
        assert np.max(np.abs(middle - truth)) < 0.05
        where = np.linspace(0.05, 0.8, 40)
        density, error = seen.density(where, width=0.05)
        smooth = np.exp(-((where[:, None] - values) ** 2) / (2 * 0.05**2)).mean(axis=1)
        smooth /= 0.05 * math.sqrt(2 * math.pi)
        assert np.mean(np.abs(density - smooth) <= 5 * error + 0.02) > 0.9
        moment = float(np.sum(np.array(seen.spectrum.eigenvalues) * seen.spectrum.weights))
        assert abs(moment - values.mean()) < 0.02


def test_an_invariant_space_ends_the_run_exactly() -> None:
    values = np.r_[np.zeros(400), np.full(100, 2.0), np.full(3, 7.0)]
    seen = measure_spectrum(lambda v: values * v, len(values), steps=20, probes=3)
    assert all(len(run.alpha) == 3 and run.last == 0.0 for run in seen.runs)
    assert abs(seen.upper - 7) < 1e-9 and abs(seen.lower) < 1e-9
    np.testing.assert_allclose(seen.spectrum.eigenvalues, (0, 2, 7), atol=1e-12)


def test_a_known_lower_end_is_used_and_checked() -> None:
    values = np.linspace(0.1, 1, 900)
    hull = estimate_spectrum(lambda v: values * v, 900, ell=0.1, steps=20).hull
    assert float(hull[0]) == 0.1
    assert float(estimate_spectrum(lambda v: values * v, 900, steps=5, probes=1).hull[0]) == 0.0
    with pytest.raises(pr.InvalidValue, match=r"ell.*was found below"):
        estimate_spectrum(lambda v: values * v, 900, ell=0.5)
    with pytest.raises(pr.InvalidValue, match=r"ell.*was found below"):
        estimate_spectrum(lambda v: values[:5] * v, 5, ell=0.5)


@pytest.mark.parametrize("dim", [6, 400])
def test_products_that_are_no_convex_hessian_s(dim: int) -> None:
    rng = np.random.default_rng(0)
    A = rng.standard_normal((dim, dim))
    S = A + A.T
    P = A @ A.T
    with pytest.raises(NotSymmetric, match="symmetric"):
        estimate_spectrum(lambda v: A @ v, dim)
    with pytest.raises(NegativeCurvature, match="not convex"):
        estimate_spectrum(lambda v: S @ v, dim)
    with pytest.raises(NotSymmetric, match="not the gradient"):
        estimate_spectrum(lambda v: P @ v + 1.0, dim)
    with pytest.raises(NotSymmetric):  # a fresh minibatch each time
        estimate_spectrum(lambda v: P @ v * rng.uniform(0.9, 1.1, dim), dim)
    with pytest.raises(pr.NonFiniteError, match="product"):
        estimate_spectrum(lambda v: P @ v * np.nan, dim)
    with pytest.raises(pr.InvalidValue, match="no curvature"):
        estimate_spectrum(lambda v: 0 * v, dim)
    with pytest.raises(pr.InvalidValue, match="must return"):
        estimate_spectrum(lambda v: v[:2], dim)
    with pytest.raises(pr.InvalidType, match="must return an array"):
        estimate_spectrum(lambda v: "v", dim)
    with pytest.raises(pr.InvalidType, match="real"):
        estimate_spectrum(lambda v: 1j * v, dim)


def test_arguments() -> None:
    good = lambda v: v  # noqa: E731
    for bad in ({"probes": 0}, {"steps": 0}, {"confidence": 1.0}, {"confidence": 0}, {"ell": -1},
                {"seed": -1}):  # fmt: skip
        with pytest.raises(pr.InvalidValue, match=next(iter(bad))):
            estimate_spectrum(good, 3, **bad)
    with pytest.raises(pr.InvalidValue, match="dim"):
        estimate_spectrum(good, 0)
    with pytest.raises(pr.InvalidType, match="hvp"):
        estimate_spectrum(np.eye(3), 3)  # type: ignore[arg-type]


def test_closures_of_jax_and_torch() -> None:
    require("jax", importlib.util.find_spec("jax") is not None)
    require("torch", importlib.util.find_spec("torch") is not None)
    import jax
    import torch

    jax.config.update("jax_enable_x64", True)
    H = np.diag([1.0, 4.0, 10.0])
    jnp = jax.numpy
    f = lambda x: 0.5 * x @ jnp.asarray(H) @ x  # noqa: E731
    hvp = lambda v: jax.jvp(jax.grad(f), (jnp.ones(3),), (v,))[1]  # noqa: E731
    closures = [hvp, jax.jit(hvp), lambda v: torch.tensor(H) @ v]
    for closure in closures:
        np.testing.assert_allclose([float(e) for e in estimate_spectrum(closure, 3).hull], [1, 10])
    tree = {"a": jnp.ones((2, 1)), "b": jnp.ones(1)}
    on_trees = lambda v: {"a": jnp.array([[1.0], [4.0]]) * v["a"], "b": 10 * v["b"]}  # noqa: E731
    hull = estimate_spectrum(on_trees, 3, like=tree).hull
    np.testing.assert_allclose([float(e) for e in hull], [1, 10])
    with pytest.raises(pr.InvalidValue, match="like"):
        estimate_spectrum(on_trees, 4, like=tree)


@pytest.mark.parametrize("library", ["jax.numpy", "torch"])
def test_frameworks_say_in_their_words_that_shapes_or_libraries_differ(library: str) -> None:
    name = library.partition(".")[0]
    require(name, importlib.util.find_spec(name) is not None)
    make = importlib.import_module(library)
    three, four = make.eye(3), make.ones(4)
    closures = [lambda v: three @ v, lambda v: v + make.ones(3)]
    for call in closures:
        with pytest.raises(InvalidValue, match=r"was given shape \(4,\)"):
            asked("f", call, four, fits="give d = 3")
    if name == "torch":
        with pytest.raises(InvalidType, match="another library or device"):
            asked("f", make.nn.functional.relu, np.ones(3), fits="")


def test_float32_products_are_detected_and_widen_the_hull() -> None:
    values = np.linspace(0.1, 1.0, 300)
    exact = measure_spectrum(lambda v: values * v, 300)
    short = measure_spectrum(lambda v: (values * v).astype(np.float32), 300)
    assert exact.margin < 1e-10 < 1e-5 < short.margin < 1e-3
    assert short.lower <= 0.1 and short.upper >= 1.0
    require("torch", importlib.util.find_spec("torch") is not None)
    import torch

    H = torch.diag(torch.tensor([1.0, 4.0, 10.0]))  # takes tensors of 32 bits only
    seen = measure_spectrum(lambda v: H @ v, 3)
    assert 1e-6 < seen.margin < 1e-2 and seen.upper >= 10

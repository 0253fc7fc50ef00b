"""A user's loss as a problem: against what is known of it, and what is refused."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from support import Lazily

import polyrates as pr

jax, torch, jnp = (Lazily(name) for name in ("jax", "torch", "jax.numpy"))


@pytest.fixture(autouse=True, scope="module")
def _wide() -> Iterator[None]:
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((30, 6)), (RNG.random(30) < 0.5).astype(float)
W, V = RNG.standard_normal(6), RNG.standard_normal((6, 6))
PENALTY = np.exp(RNG.uniform(-2, 0, 6))


def jax_loss(w: object, theta: object) -> object:
    z = X @ w
    return jnp.mean(jnp.logaddexp(0, z) - Y * z) + jnp.sum(jnp.exp(theta) * w**2) / 2


def torch_loss(w: object, theta: object) -> object:
    z = torch.tensor(X).to(w.dtype) @ w
    data = torch.nn.functional.softplus(z) - torch.tensor(Y).to(w.dtype) * z
    return data.mean() + (torch.as_tensor(theta).exp() * w**2).sum() / 2


LOSSES = [pytest.param(jax_loss, "jax", id="jax"), pytest.param(torch_loss, "torch", id="torch")]


@pytest.mark.parametrize("loss, framework", LOSSES)
@pytest.mark.parametrize("several", [False, True])
def test_derivatives_are_those_of_the_loss(
    loss: Callable[..., object], framework: str, several: bool
) -> None:
    penalty = PENALTY if several else PENALTY[0]
    known = pr.Logistic(X, Y, penalty)
    problem = pr.from_loss(loss, np.log(penalty), np.zeros(6), framework=framework)
    assert problem.framework == framework and problem.dimension == 6
    assert problem.parameters == (6 if several else None)
    for mine, theirs in (
        (problem.value(W), known.value(W)),
        (problem.gradient(W), known.gradient(W)),
        (problem.hvp(W, W), known.hvp(W, W)),
        (problem.hvp(W, V), known.hvp(W, V)),
        (problem.cross(W), known.cross(W)),
        (problem.cross_transpose(W, W), W @ known.cross(W)),
    ):
        assert np.shape(mine) == np.shape(theirs)
        np.testing.assert_allclose(mine, theirs, rtol=1e-12, atol=1e-14)
    method = pr.GradientDescent(0.5)
    run = pr.differentiate(method, problem, np.zeros(6), 10)
    other = pr.differentiate(method, known, np.zeros(6), 10)
    np.testing.assert_allclose(run.jacobians, other.jacobians, rtol=1e-10, atol=1e-12)
    back = pr.vjp(method, problem, np.zeros(6), 10, W).value
    np.testing.assert_allclose(back, W @ other.jacobians[-1], rtol=1e-10, atol=1e-12)
    model = pr.local_model(problem)
    np.testing.assert_allclose(model.solution, known.solution, atol=1e-9)
    np.testing.assert_allclose(model.solution_jacobian, known.solution_jacobian, atol=1e-9)
    expected = pr.local_model(known).hessian_derivative()
    np.testing.assert_allclose(model.hessian_derivative(), expected, atol=1e-7)
    ell, L = known.constants[:2]
    assert pr.verify(pr.Chebyshev(ell, L), problem, 15).ok
    errors = pr.local_errors(pr.Chebyshev(ell, L), problem, known.solution + 1e-5 * W, 10)
    assert errors.gap < 1e-3
    plan = pr.plan(problem, budget=12, x0=np.zeros(6))
    assert plan.status == "predicted"


def test_starts_of_either_framework_are_taken_by_every_verb() -> None:
    problem = pr.from_loss(torch_loss, -1.0, torch.zeros(6, dtype=torch.float64))
    known = pr.Logistic(X, Y, np.exp(-1.0))
    starts = (np.ones(6), jnp.ones(6), torch.ones(6), torch.ones(6, requires_grad=True))
    method = pr.GradientDescent(0.5)
    for one, start in itertools.product((problem, known), starts):
        for call in (
            lambda p, s: pr.differentiate(method, p, s, 3).jacobians[-1],
            lambda p, s: pr.jvp(method, p, s, 3).value,
            lambda p, s: pr.vjp(method, p, s, 3, np.ones(6)).value,
            lambda p, s: pr.estimate_eta(p, s),
            lambda p, s: pr.verify(method, p, 3, x0=s).observed if p is problem else 0.0,
        ):
            np.testing.assert_allclose(call(one, start), call(one, starts[0]), atol=1e-6)


def test_trees_and_devices_stay_what_they_are_in_run() -> None:
    def loss(x: dict, theta: dict) -> object:
        return jnp.sum((x["a"] - theta["u"]) ** 2) / 2 + jnp.sum(x["b"] ** 2) * jnp.exp(theta["v"])

    x0 = {"a": jnp.ones(2), "b": jnp.ones((2, 2))}
    problem = pr.from_loss(loss, {"u": jnp.zeros(2), "v": jnp.array(0.1)}, x0)
    assert problem.parameters == 3 and problem.dimension == 6
    end = pr.run(pr.GradientDescent(0.3), problem.gradient, x0, 60)
    assert set(end) == {"a", "b"} and isinstance(end["b"], jax.Array) and end["b"].shape == (2, 2)
    run = pr.differentiate(pr.GradientDescent(0.3), problem, x0, 60)
    np.testing.assert_allclose(run.jacobians[-1][:2, :2], np.eye(2), atol=1e-5)
    assert problem.unflatten(run.iterates[-1])["b"].shape == (2, 2)
    named = torch.nn.ParameterDict({"w": torch.ones(3)})
    torch_problem = pr.from_loss(
        lambda x, t: (t * x["w"] ** 2).sum(), torch.tensor(2.0), dict(named.items())
    )
    out = pr.run(pr.GradientDescent(0.1), torch_problem.gradient, {"w": torch.ones(3)}, 5)
    assert isinstance(out["w"], torch.Tensor)
    vector = torch.ones(3)
    assert isinstance(torch_problem.gradient(vector), torch.Tensor)


@pytest.mark.parametrize("wide", [False, True])
def test_the_precision_is_that_of_x0(wide: bool) -> None:
    x0 = np.zeros(6, np.float64 if wide else np.float32)
    for loss, framework in ((jax_loss, "jax"), (torch_loss, "torch")):
        start = torch.tensor(x0) if framework == "torch" else x0
        problem = pr.from_loss(loss, 0.0, start, framework=framework)
        assert problem.unit == (2.0**-53 if wide else 2.0**-24)
        gap = np.abs(problem.gradient(W) - pr.Logistic(X, Y, 1).gradient(W)).max()
        assert (gap < 1e-14) if wide else (1e-10 < gap < 1e-5)


def broken() -> dict[str, tuple[Callable[..., object], object, object, str]]:
    """Losses that are none, each with what the answer must name."""
    rng = np.random.default_rng(1)
    ones, t = np.ones(3), 0.5
    return {
        "vector": (lambda x, th: th * jnp.asarray(x) ** 2, t, ones, "scalar"),
        "one entry": (lambda x, th: jnp.sum(th * x**2)[None], t, ones, "scalar"),
        "constant": (lambda x, th: 1.0, t, ones, "scalar"),
        "python float": (lambda x, th: float(np.sum(np.asarray(x) ** 2)), t, ones, "differentiate"),
        "nothing": (lambda x, th: None, t, ones, "scalar"),
        "NaN": (lambda x, th: jnp.sum(th * x) * jnp.nan, t, ones, "not finite"),
        "kink": (lambda x, th: th * jnp.sqrt(jnp.sum((x - 1) ** 2)), t, ones, "not finite"),
        "complex": (lambda x, th: jnp.sum(th * x) * 1j, t, ones, "complex"),
        "unused": (lambda x, th: jnp.sum(x**2), t, ones, "does not enter"),
        "additive": (lambda x, th: jnp.sum(x**2) + th, t, ones, "does not enter"),
        "random": (lambda x, th: th * jnp.sum(x**2) * rng.random(), t, ones, "two calls"),
        "structure": (lambda x, th: th * jnp.sum(x["w"] ** 2), t, ones, "structure"),
        "shape": (lambda x, th: th * jnp.sum(jnp.ones((2, 4)) @ x), t, ones, "structure"),
        "integers": (lambda x, th: th * jnp.sum(x**2), t, np.ones(3, int), "floats"),
        "truths": (lambda x, th: th * jnp.sum(x**2), t, np.ones(3, bool), "floats"),
        "integer θ": (lambda x, th: jnp.sum(th * x**2), np.array([1, 2, 3]), ones, "floats"),
        "text": (lambda x, th: th * jnp.sum(x**2), "0.5", ones, "array"),
        "no numbers": (lambda x, th: th * jnp.sum(x**2), t, {}, "no numbers"),
        "infinite x0": (lambda x, th: th * jnp.sum(x**2), t, ones * np.inf, "NaN or infinity"),
        "numpy inside": (
            lambda x, th: jnp.asarray(th * np.sum(np.asarray(x) ** 2)), t, ones, "differentiate",
        ),
        "no function": (3, t, ones, "function"),  # type: ignore[dict-item]
    }  # fmt: skip


@pytest.mark.parametrize("name", broken())
def test_what_is_no_loss_is_answered(name: str) -> None:
    loss, theta, x0, words = broken()[name]
    with pytest.raises(pr.PolyratesError, match=words):
        pr.from_loss(loss, theta, x0, framework="jax")


def test_torch_losses_are_checked_alike() -> None:
    ones = torch.ones(3)
    for loss, words in (
        (lambda x, th: th * x**2, "scalar"),
        (lambda x, th: (th * x**2).sum().item(), "scalar"),
        (lambda x, th: (x**2).sum(), "does not enter"),
        (lambda x, th: (th * x.detach() ** 2).sum(), "does not enter"),
        (lambda x, th: (th * x["w"] ** 2).sum(), "structure"),
        (lambda x, th: (th * x**2).sum() * torch.rand(()), "two calls"),
    ):
        with pytest.raises(pr.PolyratesError, match=words):
            pr.from_loss(loss, 0.5, ones)
    with pytest.raises(pr.PolyratesError, match="floats"):
        pr.from_loss(lambda x, th: (th * x**2).sum(), 0.5, torch.ones(3, dtype=torch.int64))
    with pytest.raises(pr.PolyratesError, match="two frameworks"):
        pr.from_loss(torch_loss, jnp.ones(()), ones)
    problem = pr.from_loss(lambda x, th: (th * x**2).sum(), 0.5, ones)
    for call in (
        lambda: problem.gradient(np.ones(4)),
        lambda: problem.hvp(np.ones(3), np.ones(4)),
        lambda: problem.gradient({"w": torch.ones(4)}),
        lambda: pr.differentiate(pr.GradientDescent(0.1), problem, torch.ones(4), 2),
    ):
        with pytest.raises(pr.PolyratesError, match=r"does not fit|d = 3"):
            call()


def test_products_of_the_wrong_shape_are_named() -> None:
    class Wrong:
        def gradient(self, x: np.ndarray) -> np.ndarray:
            return x

        def hvp(self, x: np.ndarray, v: np.ndarray) -> np.ndarray:
            return v[:, 0]

        def cross(self, x: np.ndarray) -> np.ndarray:
            return np.ones((3, 2))

    with pytest.raises(pr.PolyratesError, match=r"hvp.*\(3,\).*\(3, 2\)"):
        pr.differentiate(pr.GradientDescent(0.1), Wrong(), np.ones(3), 2)
    with pytest.raises(pr.PolyratesError, match=r"lacks gradient"):
        pr.local_model(object())


def test_a_quadratic_loss_is_found_to_be_one() -> None:
    known = pr.Ridge(X, Y, 0.3)

    def loss(w: object, theta: object) -> object:
        return jnp.mean((X @ w - Y) ** 2) / 2 + jnp.exp(theta) * jnp.sum(w**2) / 2

    problem = pr.from_loss(loss, np.log(0.3), np.zeros(6))
    ell, L = known.spectrum.hull
    checked = pr.verify(pr.Chebyshev(float(ell), float(L)), problem, 25)
    assert checked.ok and checked.gap < 1e-9 and np.all(np.isfinite(checked.bound))
    spoiled = pr.verify(pr.Chebyshev(float(ell), float(L)), _Scaled(problem), 25, x0=np.ones(6))
    assert not spoiled.ok


class _Scaled:
    """A problem whose ∂_θ∇f is one per cent wrong away from its solution."""

    def __init__(self, problem: pr.LossProblem) -> None:
        self.problem, self.dimension = problem, problem.dimension
        self.centre = pr.local_model(problem).solution
        self.solution = self.centre

    def gradient(self, x: np.ndarray) -> np.ndarray:
        return self.problem.gradient(x)

    def hvp(self, x: np.ndarray, v: np.ndarray) -> np.ndarray:
        return self.problem.hvp(x, v)

    def cross(self, x: np.ndarray) -> np.ndarray:
        away = np.linalg.norm(x - self.centre) > np.linalg.norm(self.centre) / 2
        return self.problem.cross(x) * (1.01 if away else 1.0)


def test_from_loss_to_a_verdict_in_seconds() -> None:
    data = np.random.default_rng(2).standard_normal((300, 60))

    def loss(w: object, theta: object) -> object:
        return jnp.mean(jnp.logaddexp(0, data @ w)) + jnp.exp(theta) * jnp.sum(w**2) / 2

    begin = time.perf_counter()
    problem = pr.from_loss(loss, -2.0, np.zeros(60))
    assert "predicted" in pr.plan(problem, budget=40, x0=np.zeros(60)).verdict
    assert time.perf_counter() - begin < 120  # a few seconds alone on a machine

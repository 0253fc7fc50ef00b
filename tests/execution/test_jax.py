"""One method object on numpy, JAX and torch: the same iterates, the same derivatives, refusals."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
import pytest
from support import float_methods, require

import polyrates as pr
from polyrates.core.methods.orthogonal import Sobolev, SobolevAsymptotic

ELL, L, STEPS = 0.05, 1.0, 30


def methods() -> dict[str, pr.Method]:
    return {
        **float_methods(ELL, L, STEPS),
        "Sobolev": Sobolev(pr.GegenbauerDensity(ELL, L, 0), 0.3),
        "Sobolev, asymptotic": SobolevAsymptotic(ELL, L),
        "weighted": pr.WeightedIterates(pr.Chebyshev(ELL, L), [1 / (STEPS + 1)] * (STEPS + 1)),
    }


def problem(commuting: bool = False) -> pr.Quadratic:
    return pr.Quadratic.random(pr.Interval(ELL, L), 6, 2, commuting=commuting)


@pytest.fixture(scope="module")
def jax() -> Any:
    require("jax", importlib.util.find_spec("jax") is not None)
    import jax

    jax.config.update("jax_enable_x64", True)
    return jax


@pytest.fixture(scope="module")
def torch() -> Any:
    require("torch", importlib.util.find_spec("torch") is not None)
    import torch

    return torch


def numpy_history(method: pr.Method) -> np.ndarray:
    return np.asarray(pr.run(method, problem().gradient, np.ones(6), STEPS, history=True))


@pytest.mark.parametrize("name", methods())
def test_jax_makes_the_same_iterates_eager_and_jitted(name: str, jax: Any) -> None:
    from polyrates.execution.jax import scan_run

    method, jnp = methods()[name], jax.numpy
    H, b = jnp.asarray(problem().H), jnp.asarray(problem().b)
    gradient = lambda x: H @ x + b  # noqa: E731
    truth = numpy_history(method)
    x0 = jnp.ones(6)
    close = {"rtol": 1e-12, "atol": 1e-12 * float(np.max(np.abs(truth)))}
    np.testing.assert_allclose(pr.run(method, gradient, x0, STEPS, history=True), truth, **close)
    jitted = jax.jit(lambda x: pr.run(method, gradient, x, 8))  # one block of code a step
    np.testing.assert_allclose(jitted(x0), truth[8], **close)
    scanned = jax.jit(lambda x: scan_run(method, gradient, x, STEPS, history=True))
    np.testing.assert_allclose(scanned(x0), truth, **close)
    for steps in (0, 1, STEPS) if name in ("Chebyshev", "weighted") else ():
        np.testing.assert_allclose(scan_run(method, gradient, x0, steps), truth[steps], **close)


@pytest.mark.parametrize("name", methods())
def test_torch_makes_the_same_iterates(name: str, torch: Any) -> None:
    method = methods()[name]
    H, b = torch.tensor(problem().H.copy()), torch.tensor(problem().b.copy())
    x0 = torch.ones(6, dtype=torch.float64)
    ours = pr.run(method, lambda x: H @ x + b, x0, STEPS, history=True)
    truth = numpy_history(method)
    size = float(np.max(np.abs(truth)))
    np.testing.assert_allclose(ours.numpy(), truth, rtol=1e-12, atol=1e-12 * size)


@pytest.mark.parametrize("name", methods())
def test_derivatives_by_the_frameworks_equal_differentiate(name: str, jax: Any) -> None:
    """Forward and reverse mode, through the plain loop and through the scan."""
    from polyrates.execution.jax import scan_run

    method, jnp, p = methods()[name], jax.numpy, problem()
    dx0 = np.random.default_rng(0).standard_normal(6)

    def final(theta: Any, runner: Any) -> Any:
        H = jnp.asarray(p.H) + theta * jnp.asarray(p.dH)
        b = jnp.asarray(p.b) + theta * jnp.asarray(p.db)
        return runner(method, lambda x: H @ x + b, jnp.ones(6) + theta * jnp.asarray(dx0), STEPS)

    ours = pr.differentiate(method, p, np.ones(6), STEPS, dx0=dx0).jacobians
    size = float(np.max(np.abs(ours)))
    for runner in (pr.run, scan_run):
        forward = jax.jvp(lambda v, r=runner: final(v, r), (0.0,), (1.0,))[1]
        np.testing.assert_allclose(forward, ours[-1], atol=1e-12 * size)
    pull = jax.vjp(lambda v: final(v, scan_run), 0.0)[1]
    for k in (0, 3):
        np.testing.assert_allclose(pull(jnp.eye(6)[k])[0], ours[-1][k], atol=1e-12 * size)


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")  # torch's own forward mode
def test_torch_autograd_equals_differentiate(torch: Any) -> None:
    p, method = problem(), pr.Chebyshev(ELL, L)
    H, b, dH, db = (torch.tensor(a.copy()) for a in (p.H, p.b, p.dH, p.db))

    def final(theta: Any) -> Any:
        x0 = torch.ones(6, dtype=torch.float64)
        return pr.run(method, lambda x: (H + theta * dH) @ x + b + theta * db, x0, STEPS)

    theta = torch.zeros((), dtype=torch.float64)
    ours = pr.differentiate(method, p, np.ones(6), STEPS).jacobians[-1]
    size = float(np.max(np.abs(ours)))
    reverse = torch.autograd.functional.jacobian(final, theta)
    forward = torch.func.jacfwd(final)(theta)
    np.testing.assert_allclose(reverse.numpy(), ours, atol=1e-12 * size)
    np.testing.assert_allclose(forward.numpy(), ours, atol=1e-12 * size)


def test_vmap_over_starts_and_over_problems(jax: Any, torch: Any) -> None:
    from polyrates.execution.jax import scan_run

    p, method = problem(), pr.Nesterov.tuned(ELL, L)
    starts = np.random.default_rng(0).standard_normal((4, 6))
    truth = np.stack([pr.run(method, p.gradient, x, 12) for x in starts])
    H, b = jax.numpy.asarray(p.H), jax.numpy.asarray(p.b)
    for runner in (pr.run, scan_run):
        batch = jax.vmap(lambda x, r=runner: r(method, lambda y: H @ y + b, x, 12))(starts)
        np.testing.assert_allclose(batch, truth, rtol=1e-12, atol=1e-12)
    Ht, bt = torch.tensor(p.H.copy()), torch.tensor(p.b.copy())
    batch = torch.func.vmap(lambda x: pr.run(method, lambda y: Ht @ y + bt, x, 12))(
        torch.tensor(starts)
    )
    np.testing.assert_allclose(batch.numpy(), truth, rtol=1e-12, atol=1e-12)


def test_trees_are_one_vector(jax: Any, torch: Any) -> None:
    """A nested dict, tuple and list of arrays runs as the vector that it makes up."""
    from polyrates.execution.jax import scan_run

    curvature = np.array([1.0, 0.3, 0.05, 0.7, 0.2])
    jnp, method = jax.numpy, Sobolev(pr.Uniform(ELL, L), 0.5)
    truth = pr.run(method, lambda x: curvature * x - 1, np.zeros(5), 9, history=True)
    c = jnp.asarray(curvature)
    x0 = {"w": jnp.zeros((2, 1)), "rest": (jnp.zeros(2), [jnp.zeros(1)])}

    def gradient(x: Any) -> Any:  # keys in another order: the same tree
        return {
            "rest": (c[2:4] * x["rest"][0] - 1, [c[4:] * x["rest"][1][0] - 1]),
            "w": c[:2, None] * x["w"] - 1,
        }

    for runner in (
        pr.run,
        scan_run,
        lambda *a: jax.jit(lambda x: scan_run(*a[:2], x, *a[3:]))(a[2]),
    ):
        out = runner(method, gradient, x0, 9, True)
        assert list(out) == ["w", "rest"] or runner is not pr.run
        flat = [out["w"].reshape(10, 2), out["rest"][0], out["rest"][1][0]]
        np.testing.assert_allclose(np.concatenate(flat, axis=1), truth, rtol=1e-12, atol=1e-13)
    partial = {"a": None, "b": jnp.ones(2)}  # as filtered models have them
    out = pr.run(method, lambda x: {"a": None, "b": 0.5 * x["b"]}, partial, 3)
    assert out["a"] is None and out["b"].shape == (2,)
    parameters = [torch.zeros(2, dtype=torch.float64), torch.zeros(3, dtype=torch.float64)]
    ct = torch.tensor(curvature)
    out = pr.run(method, lambda x: [ct[:2] * x[0] - 1, ct[2:] * x[1] - 1], parameters, 9)
    np.testing.assert_allclose(torch.cat(out).numpy(), truth[-1], rtol=1e-12, atol=1e-13)


def test_compile_time_does_not_grow_with_the_steps(jax: Any) -> None:
    """The program itself: as many equations for ten thousand steps as for ten."""
    from polyrates.execution.jax import scan_run

    def size(steps: int) -> int:
        program = jax.make_jaxpr(
            lambda x: scan_run(pr.Chebyshev(ELL, L), lambda y: 0.5 * y, x, steps)
        )
        return len(str(program(jax.numpy.ones(3)).jaxpr.eqns))

    assert size(10_000) < size(10) + 200


@pytest.mark.parametrize("name", ["gradient descent, large", "heavy ball", "Nesterov", "Chebyshev",
                                  "Sobolev", "Sobolev, asymptotic"])  # fmt: skip
def test_the_optax_form_and_the_torch_optimizer(name: str, jax: Any, torch: Any) -> None:
    from polyrates.execution.jax import evaluate, transformation
    from polyrates.execution.torch import Recurrence

    method, jnp, p = methods()[name], jax.numpy, problem()
    truth = numpy_history(method)
    H, b = jnp.asarray(p.H), jnp.asarray(p.b)
    steps = transformation(method, STEPS)
    split = lambda x: {"a": x[:2], "b": x[2:]}  # noqa: E731
    params = split(jnp.ones(6))
    state = steps.init(params)
    np.testing.assert_array_equal(evaluate(state)["a"], params["a"])

    @jax.jit
    def train(params: Any, state: Any) -> Any:
        g = split(H @ jnp.concatenate([params["a"], params["b"]]) + b)
        updates, state = steps.update(g, state, params)
        return jax.tree_util.tree_map(jnp.add, params, updates), state

    for t in range(1, STEPS + 1):
        params, state = train(params, state)
        out = evaluate(state)
        np.testing.assert_allclose(jnp.concatenate([out["a"], out["b"]]), truth[t], atol=1e-12)

    Ht, bt = torch.tensor(p.H.copy()), torch.tensor(p.b.copy())
    w = torch.nn.Parameter(torch.ones(6, dtype=torch.float64))
    optimizer = Recurrence([w], method)
    for t in range(1, STEPS + 1):
        if t == 11:  # saved and loaded on the way
            saved = optimizer.state_dict()
            optimizer = Recurrence([w], method)
            optimizer.load_state_dict(saved)

        def closure() -> Any:
            optimizer.zero_grad()  # noqa: B023
            loss = 0.5 * w @ Ht @ w + bt @ w
            loss.backward()
            return loss

        optimizer.step(closure)
        query = w.detach().clone()
        with optimizer.outputs():
            np.testing.assert_allclose(w.detach().numpy(), truth[t], atol=1e-12)
        assert torch.equal(query, w.detach())


def test_optax_itself_chains_it(jax: Any) -> None:
    require("optax", importlib.util.find_spec("optax") is not None)
    import optax

    from polyrates.execution.jax import transformation

    method = pr.Chebyshev(ELL, L)
    chain = optax.chain(optax.identity(), transformation(method, STEPS))
    x = jax.numpy.ones(6)
    state = chain.init(x)
    for _ in range(STEPS):
        updates, state = chain.update(jax.numpy.asarray(problem().gradient(x)), state, x)
        x = optax.apply_updates(x, updates)
    np.testing.assert_allclose(x, numpy_history(method)[-1], atol=1e-12)


def test_fixed_horizons_are_refused_by_the_training_forms(jax: Any, torch: Any) -> None:
    from polyrates.execution.jax import scan_run, transformation
    from polyrates.execution.torch import Recurrence

    method = pr.Richardson([1.0, 0.5])
    with pytest.raises(pr.InvalidValue, match="fixed horizon"):
        transformation(method)
    with pytest.raises(pr.HorizonError):
        scan_run(method, lambda x: x, jax.numpy.ones(2), 3)
    with pytest.raises(pr.InvalidValue, match="params"):
        tx = transformation(pr.Chebyshev(ELL, L), 5)
        tx.update(jax.numpy.ones(2), tx.init(jax.numpy.ones(2)))
    w = torch.nn.Parameter(torch.ones(2))
    optimizer = Recurrence([w], method)
    with pytest.raises(pr.InvalidValue, match=r"without \.grad"):
        optimizer.step()
    optimizer = Recurrence([w], method)
    w.grad = torch.ones(2)
    optimizer.step()
    optimizer.step()
    with pytest.raises(pr.InvalidValue, match="has 2 steps"):
        optimizer.step()


def test_containers_that_are_no_vectors_are_refused(jax: Any) -> None:
    jnp, method = jax.numpy, pr.Chebyshev(1, 10)
    for bad in (
        [1.0, 2.0],
        [np.ones(2)],
        (1,),
        {},
        {"a": None},
        [jnp.ones(2), np.ones(2)],
        "x",
        3.0,
    ):
        with pytest.raises(pr.InvalidType, match="x0"):
            pr.run(method, lambda x: x, bad, 3)
    tree = {"w": jnp.ones(2), "b": [jnp.ones(1)]}
    for wrong, error in (
        (lambda x: x["w"], "tree like x0"),
        (lambda x: {"w": x["w"], "b": x["b"][0]}, "structure"),
        (lambda x: {"w": x["w"][:1], "b": x["b"]}, "shape"),
        (lambda x: {"w": x["w"].astype(jnp.float32), "b": x["b"]}, "precisions"),
    ):
        with pytest.raises(pr.PolyratesError, match=error):
            pr.run(method, wrong, tree, 3)


class Own:
    """A problem of three methods, such as one whose gradient is jax.grad of a loss."""

    def gradient(self, x: Any) -> Any:
        return 2 * x

    def hvp(self, x: Any, v: Any) -> Any:
        return 2 * v

    def cross(self, x: Any) -> Any:
        return x


def test_derivatives_say_which_start_they_take(jax: Any, torch: Any) -> None:
    method, good = pr.Chebyshev(1, 10), np.ones(2)
    required = "must be a numpy array of shape (d,)"
    ones = jax.numpy.ones(2)
    starts = (
        ([1, 2.0], "x0 = [1, 2.0]: {}, not a list; give numpy.array(x0, dtype=float)."),
        ((1.0, 2.0), "x0 = (1.0, 2.0): {}, not a tuple; give numpy.array(x0, dtype=float)."),
        ({"w": ones}, "{}: pr.run takes trees, derivatives do not; ravel the tree into one"),
        ([ones], "{}: pr.run takes trees, derivatives do not"),
        (3.0, "x0 = 3.0: {}; give a numpy array."),
        (np.ones((2, 1)), "x0 = an array of shape (2, 1): {}; ravel it."),
    )
    for bad, words in starts:
        for derive in (pr.differentiate, pr.jvp):
            with pytest.raises(pr.PolyratesError) as caught:
                derive(method, Own(), bad, 3)
            assert words.format(required) in str(caught.value)
        if np.shape(bad) != (2, 1):  # of dx0 the same is said, by its name and with its shape
            with pytest.raises(pr.InvalidType) as caught:
                pr.differentiate(method, Own(), good, 3, dx0=bad)
            words = words.replace("x0", "dx0").format("must be a numpy array of shape (2,)")
            assert words in str(caught.value)
    for taken in (ones, torch.ones(2), torch.ones(2, requires_grad=True)):
        run = pr.differentiate(method, Own(), taken, 3, dx0=taken)
        assert np.array_equal(
            run.jacobians, pr.differentiate(method, Own(), good, 3, dx0=good).jacobians
        )
    with pytest.raises(pr.InvalidValue, match=r"dx0 = .*NaN or infinity"):
        pr.differentiate(method, Own(), good, 3, dx0=np.array([1.0, np.nan]))


def test_what_is_not_finite_is_reported_by_its_step(jax: Any, torch: Any) -> None:
    """Divergence (an interval too small) is told from a gradient that is itself not finite."""
    method = pr.Chebyshev(1, 10)
    starts = [np.ones(2), jax.numpy.ones(2), torch.ones(2, dtype=torch.float64),
              {"a": jax.numpy.ones(2)}]  # fmt: skip
    for x0 in starts:
        calls = 0

        def sick(x: Any) -> Any:
            nonlocal calls
            calls += 1
            scale = float("nan") if calls % 5 == 0 else 1.0
            return {"a": x["a"] * scale} if isinstance(x, dict) else x * scale

        with pytest.raises(pr.NonFiniteError, match=r"at step 5.*check the gradient"):
            pr.run(method, sick, x0, 10)
    with pytest.raises(pr.NonFiniteError, match="interval must cover"):
        pr.run(
            pr.GradientDescent(1e200), lambda x: 1e-100 * x - 1e250 * (x - x), np.ones(2) * 1e250, 9
        )
    # traced values are not known, and not looked at
    for x0 in (np.array([1.0, np.nan]), jax.numpy.array([1.0, np.nan])):
        with pytest.raises(pr.InvalidValue, match="x0"):
            pr.run(method, lambda x: x, x0, 3)
    assert bool(jax.numpy.isnan(jax.jit(lambda x: pr.run(method, lambda y: y * np.nan, x, 3))(
        jax.numpy.ones(2))).all())  # fmt: skip


def test_a_good_run_asks_exactly_one_gradient_a_step() -> None:
    calls = 0

    def gradient(x: np.ndarray) -> np.ndarray:
        nonlocal calls
        calls += 1
        return x

    pr.run(pr.Chebyshev(0.5, 2), gradient, np.ones(3), 17)
    assert calls == 17


def test_precision_is_that_of_x0_and_mixtures_are_refused(jax: Any, torch: Any) -> None:
    method, jnp = pr.Chebyshev(ELL, L), jax.numpy
    assert pr.run(method, lambda x: 0.5 * x, np.ones(2, np.float32), 3).dtype == np.float32
    assert pr.run(method, lambda x: 0.5 * x, jnp.ones(2, jnp.float32), 3).dtype == jnp.float32
    assert pr.run(method, lambda x: 0.5 * x, torch.ones(2), 3).dtype == torch.float32
    with pytest.raises(pr.InvalidType, match=r"float64.*x0 is float32"):
        pr.run(method, lambda x: x.astype(float), np.ones(2, np.float32), 3)
    with pytest.raises(pr.InvalidType, match=r"float32.*x0 is float64"):
        pr.run(method, lambda x: x.astype(jnp.float32), jnp.ones(2), 3)


def test_points_are_never_written_to() -> None:
    """Sums are accumulated in memory of the loop's own; the user's arrays and history stay."""
    x0 = np.ones(50_000)
    kept: list[np.ndarray] = []

    def gradient(x: np.ndarray) -> np.ndarray:
        kept.append(x.copy())
        seen.append(x)
        return 0.5 * x

    seen: list[np.ndarray] = []
    for method in methods().values():
        pr.run(method, gradient, x0, 6, history=True)
    assert np.all(x0 == 1.0)
    assert all(np.array_equal(a, b) for a, b in zip(kept, seen, strict=True))


def test_memory_is_flat_in_the_steps() -> None:
    """An anytime method holds its state and no more, however long it runs."""
    import tracemalloc

    d, peaks = 20_000, []
    method = Sobolev(pr.GegenbauerDensity(ELL, L, 0), 0.3)
    for steps in (10, 80):
        tracemalloc.start()
        pr.run(method, lambda x: 0.5 * x, np.ones(d), steps)
        peaks.append(tracemalloc.get_traced_memory()[1] / (8 * d))
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 0.5 and peaks[1] < 12

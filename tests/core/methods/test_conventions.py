"""The momentum of torch and optax, step for step, as runs, as rates and as Jacobians."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import sympy
from support import Lazily

import polyrates as pr

torch, optax, jax, jnp = (Lazily(name) for name in ("torch", "optax", "jax", "jax.numpy"))

STEPS = 60
H = np.diag([1.0, 3.0, 10.0]) + 0.1
B, X0 = np.array([1.0, -2.0, 0.5]), np.array([3.0, -1.0, 2.0])
COSINE = [0.02 + 0.06 * (1 + math.cos(math.pi * k / STEPS)) / 2 for k in range(STEPS)]

CASES = [
    pytest.param(pr.GradientDescent(0.1), {"lr": 0.1}, None, id="plain"),
    pytest.param(pr.HeavyBall.torch(0.1, 0.9), {"lr": 0.1, "momentum": 0.9}, None, id="momentum"),
    pytest.param(
        pr.HeavyBall.torch(0.1, 0.7, dampening=0.3),
        {"lr": 0.1, "momentum": 0.7, "dampening": 0.3}, None, id="dampening",
    ),
    pytest.param(
        pr.HeavyBall.torch(0.1, 0.0, dampening=0.3),
        {"lr": 0.1, "momentum": 0.0, "dampening": 0.3}, None, id="dampening alone",
    ),
    pytest.param(
        pr.Nesterov.torch(0.05, 0.8),
        {"lr": 0.05, "momentum": 0.8, "nesterov": True}, None, id="nesterov",
    ),
    pytest.param(
        pr.Tabulated.torch(COSINE, 0.8), {"lr": 0.1, "momentum": 0.8}, COSINE, id="cosine"
    ),
    pytest.param(
        pr.Tabulated.torch(COSINE, 0.8, dampening=0.25),
        {"lr": 0.1, "momentum": 0.8, "dampening": 0.25}, COSINE, id="cosine, dampening",
    ),
]  # fmt: skip


def torch_run(theta: object, settings: dict[str, object], schedule: list[float] | None) -> object:
    """torch.optim.SGD's own update rule on tensors that keep their graph."""
    Ht, b = torch.tensor(H), torch.tensor(B)
    x, buffer = torch.tensor(X0), None
    m, damp = settings.get("momentum", 0.0), settings.get("dampening", 0.0)
    for k in range(STEPS):
        g = Ht @ x + b + torch.exp(theta) * x
        lr = schedule[k] if schedule else settings["lr"]
        if m:
            buffer = g if buffer is None else m * buffer + (1 - damp) * g
            g = g + m * buffer if settings.get("nesterov") else buffer
        x = x - lr * g
    return x


def real_torch(settings: dict[str, object], schedule: list[float] | None) -> np.ndarray:
    x = torch.tensor(X0, requires_grad=True)
    optimizer = torch.optim.SGD([x], **settings)
    for k in range(STEPS):
        if schedule:
            optimizer.param_groups[0]["lr"] = schedule[k]
        optimizer.zero_grad()
        (0.5 * x @ torch.tensor(H) @ x + torch.tensor(B) @ x + 0.5 * x @ x).backward()
        optimizer.step()
    return x.detach().numpy()


@pytest.mark.parametrize("method, settings, schedule", CASES)
def test_runs_and_jacobians_are_torchs(
    method: pr.Method, settings: dict[str, object], schedule: list[float] | None
) -> None:
    problem = pr.Quadratic(H + np.eye(3), B, np.eye(3), np.zeros(3))
    theirs = real_torch(settings, schedule)
    assert np.abs(pr.run(method, problem.gradient, X0, STEPS) - theirs).max() < 1e-12
    theta = torch.zeros((), dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(
        lambda s: torch_run(s, settings, schedule), theta
    ).numpy()
    assert np.abs(torch_run(theta, settings, schedule).numpy() - theirs).max() < 1e-12
    run = pr.differentiate(method, problem, X0, STEPS)
    assert np.abs(run.iterates[-1] - theirs).max() < 1e-12
    assert np.abs(run.jacobians[-1] - jacobian).max() < 1e-12 * max(1, np.abs(jacobian).max())
    assert pr.verify(method, problem, STEPS).ok


@pytest.mark.parametrize(
    "method, settings",
    [
        (pr.HeavyBall.torch(0.1, 0.9), {"learning_rate": 0.1, "momentum": 0.9}),
        (pr.Nesterov.torch(0.05, 0.8), {"learning_rate": 0.05, "momentum": 0.8, "nesterov": True}),
        (
            pr.Tabulated.torch(COSINE, 0.8),
            {"learning_rate": lambda k: jnp.asarray(COSINE)[k], "momentum": 0.8},
        ),
    ],
)
def test_runs_are_optaxs(method: pr.Method, settings: dict[str, object]) -> None:
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    try:
        if callable(settings["learning_rate"]):
            # optax multiplies the trace of gradients by the rate of the step
            trace = optax.trace(decay=settings["momentum"])
            rates = COSINE
        else:
            trace = optax.sgd(**settings)
            rates = None
        x = jnp.asarray(X0)
        state = trace.init(x)
        for k in range(STEPS):
            updates, state = trace.update(jnp.asarray(H) @ x + B, state, x)
            x = x - rates[k] * updates if rates else optax.apply_updates(x, updates)
        mine = pr.run(method, lambda y: H @ y + B, X0, STEPS)
        assert np.abs(mine - np.asarray(x)).max() < 1e-12
    finally:
        jax.config.update("jax_enable_x64", before)


def scalar_error(settings: dict[str, object], t: int, eigenvalue: float) -> tuple[float, float]:
    """(P_t, P_t′) of torch's rule by complex differentiation of the recursion itself."""
    lam = complex(eigenvalue, 1e-30)
    x, buffer = 1 + 0j, None
    m, damp = settings.get("momentum", 0.0), settings.get("dampening", 0.0)
    for _ in range(t):
        g = lam * x
        if m:
            buffer = g if buffer is None else m * buffer + (1 - damp) * g
            g = g + m * buffer if settings.get("nesterov") else buffer
        x = x - settings["lr"] * g
    return x.real, x.imag / 1e-30


@pytest.mark.parametrize("method, settings, schedule", CASES[:5])
def test_rates_are_those_of_the_rule_by_brute_force(
    method: pr.Method, settings: dict[str, object], schedule: None
) -> None:
    where = pr.Interval(1, 10)
    rate = pr.rate(method, where)
    grid = np.linspace(1, 10, 4001)
    for t in (1, 3, 10, 40):
        pairs = np.array([scalar_error(settings, t, v) for v in grid])
        for part, values in (
            ("residual", pairs[:, 0]),
            ("drift", pairs[:, 1]),
            ("initial", pairs[:, 0] - grid * pairs[:, 1]),
        ):
            largest, found = np.abs(values).max(), float(getattr(rate, part)(t))
            assert largest * (1 - 1e-9) <= found <= largest * (1 + 1e-3) + 1e-14


def test_conventions_are_exact_for_exact_numbers() -> None:
    heavy = pr.HeavyBall.torch("0.1", "0.9", dampening="1/4")
    assert heavy.parameters == (sympy.Rational(3, 40), sympy.Rational(9, 10), sympy.Rational(1, 10))
    two = pr.residual_polynomial(pr.Nesterov.torch(Fraction(1, 10), Fraction(1, 2)), 1).as_expr()
    assert sympy.expand(two - (1 - sympy.Rational(3, 20) * pr.lam)) == 0
    h, m = sympy.symbols("h m", positive=True)
    formula = pr.residual_polynomial(pr.Nesterov.torch(h, m), 2).as_expr()
    u = h * pr.lam
    expected = (1 - u * (1 + m)) * (1 + m) * (1 - u) - m * (1 - u)
    assert sympy.expand(formula - expected) == 0
    schedule = pr.Tabulated.torch(["1/2", "1/4", "1/8"], "1/2")
    assert schedule.momenta == (0, sympy.Rational(1, 4), sympy.Rational(1, 4))


@pytest.mark.parametrize(
    "call",
    [
        lambda: pr.HeavyBall.torch(0.1, 0.9, dampening=1),
        lambda: pr.HeavyBall.torch(0, 0.9),
        lambda: pr.Nesterov.torch(-0.1, 0.9),
        lambda: pr.Tabulated.torch([0.1, 0.1], [0.9, 0.0]),
        lambda: pr.Tabulated.torch([0.1, 0.1], [0.9]),
        lambda: pr.Tabulated.torch([0.1, 0.1], 0.9, 0.5, nesterov=True),
        lambda: pr.Tabulated.torch([0.1, 0.1], 0.9, nesterov=1),
        lambda: pr.MomentumSchedule([], 0.9),
        lambda: pr.Tabulated.torch([], 0.9),
    ],
)
def test_settings_out_of_range_are_refused(call: Callable[[], object]) -> None:
    with pytest.raises(pr.PolyratesError):
        call()


RESTARTS = [0.05 * (1 + math.cos(math.pi * (k % 20) / 19)) / 2 for k in range(STEPS)]
RESTARTS[19] = RESTARTS[39] = 0.0  # the last rate of a cosine is 0 but for rounding


@pytest.mark.parametrize("rates", [RESTARTS, [0.0, 0.0, *COSINE[2:]], [*COSINE[:-1], 0.0]])
@pytest.mark.parametrize("extra", [{}, {"dampening": 0.25}, {"nesterov": True}])
def test_rates_of_zero_keep_the_velocity(rates: list[float], extra: dict[str, object]) -> None:
    """Cosine restarts, a warm-up from 0, an end at 0: torch's own run and rule."""
    method = pr.Tabulated.torch(rates, 0.8, **extra)
    settings = {"lr": 0.1, "momentum": 0.8, **extra}
    problem = pr.Quadratic(H + np.eye(3), B, np.eye(3), np.zeros(3))
    theirs = real_torch(settings, rates)
    assert np.abs(pr.run(method, problem.gradient, X0, STEPS) - theirs).max() < 1e-12
    theta = torch.zeros((), dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(
        lambda s: torch_run(s, settings, rates), theta
    ).numpy()
    found = pr.differentiate(method, problem, X0, STEPS).jacobians[-1]
    assert np.abs(found - jacobian).max() < 1e-12
    assert pr.verify(method, problem, STEPS).ok


def test_the_page_of_conventions_runs() -> None:
    """Every cell: torch, optax, jaxopt and optimistix, iterates and Jacobians to 1e-12."""
    for name in ("jaxopt", "optimistix"):
        pytest.importorskip(name)
    page = Path(__file__).parents[3] / "docs" / "conventions.md"
    blocks = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 10
    before = jax.config.jax_enable_x64
    space: dict[str, object] = {}
    try:
        for block in blocks:
            exec(compile(block, str(page), "exec"), space)  # our own page
    finally:
        jax.config.update("jax_enable_x64", before)


def test_optimisers_given_as_methods_are_answered_with_the_spelling() -> None:
    x = torch.ones(3, requires_grad=True)
    for given, words in (
        (torch.optim.SGD([x], 0.1), r"pr\.GradientDescent\(0\.1\)"),
        (torch.optim.SGD([x], 0.1, 0.9), r"pr\.HeavyBall\.torch\(0\.1, 0\.9\)"),
        (torch.optim.SGD([x], 0.1, 0.9, 0.5), r"HeavyBall\.torch\(0\.1, 0\.9, dampening=0\.5\)"),
        (torch.optim.SGD([x], 0.1, 0.9, nesterov=True), r"pr\.Nesterov\.torch\(0\.1, 0\.9\)"),
        (torch.optim.SGD([x], 0.1, weight_decay=0.01), "weight_decay"),
        (torch.optim.Adam([x]), "not linear"),
        (torch.optim.SGD, "not a method"),
        (optax.sgd(0.1), r"give pr\.GradientDescent\(0\.1\)"),
        (optax.sgd(0.1, 0.9), r"give pr\.HeavyBall\.torch\(0\.1, 0\.9\)"),
        (optax.sgd(0.1, 0.9, nesterov=True), r"give pr\.Nesterov\.torch\(0\.1, 0\.9\)"),
        (optax.sgd(lambda k: 0.1, 0.9), r"give pr\.Tabulated\.torch\(lrs, 0\.9\)"),
        (optax.chain(optax.scale(2.0), optax.sgd(0.1)), "cannot be read"),
        (optax.adam(0.1), "scale_by_adam.*not linear"),
    ):
        with pytest.raises(TypeError, match=words):
            pr.rate(given, pr.Interval(1, 10))
        with pytest.raises(TypeError, match=words):
            pr.run(given, lambda y: y, X0, 3)

"""What certificates refuse, in the same words each, and with nothing half-done."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import polyrates as pr


class Counted:
    """A quadratic that counts what is asked of it; its products may be spoilt."""

    def __init__(self, spoil: Callable[[np.ndarray, np.ndarray], np.ndarray] | None = None) -> None:
        self.base = pr.Quadratic.random(pr.Interval(1, 10), 6, 2, commuting=False)
        self.spoil, self.products = spoil, 0
        self.constants = pr.Constants(1.0, 10.0, 0.0, float(np.linalg.norm(self.base.dH, 2)))

    def gradient(self, x: np.ndarray) -> np.ndarray:
        return self.base.gradient(x)

    def cross(self, x: np.ndarray) -> np.ndarray:
        return self.base.cross(x)

    def hvp(self, x: np.ndarray, v: np.ndarray) -> np.ndarray:
        self.products += 1
        return self.base.H @ v if self.spoil is None else self.spoil(self.base.H, v)


OUTER = (lambda x, theta: x, lambda x, theta: 0.0)
VERBS: dict[str, Callable[..., Any]] = {
    "certify": lambda problem, x, J, **more: pr.certify(problem, x, J, **more),
    "certify_vjp": lambda problem, x, J, **more: pr.certify_vjp(problem, x, J, 0.0, **more),
    "hypergradient": lambda problem, x, J, **more: pr.hypergradient(
        problem, OUTER, x, J=J, outer_lipschitz=1, **more
    ),
}
ARGUMENTS: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"ell": 0}, ValueError, "ell = 0: must be > 0"),
    ({"ell": -1e-3}, ValueError, "ell"),
    ({"ell": np.nan}, ValueError, "ell"),
    ({"ell": True}, TypeError, "ell"),
    ({"products": 0}, ValueError, "products"),
    ({"products": 2.5}, TypeError, "products"),
    ({"J": np.zeros(5)}, ValueError, "does not fit"),
    ({"J": np.zeros((6, 2))}, ValueError, "does not fit"),
    ({"J": np.full(6, np.nan)}, ValueError, "NaN"),
    ({"J": np.full(6, np.inf)}, ValueError, "NaN or infinity"),
    ({"J": np.zeros(6, dtype=complex)}, TypeError, "dtype"),
    ({"x": np.full(6, np.nan)}, ValueError, "x = "),
    ({"x": np.array(["1"] * 6)}, TypeError, "dtype"),
    ({"constants": (1, 2, 3, 4)}, TypeError, "Constants"),
    ({"preconditioner": np.eye(6)}, TypeError, "Preconditioner"),
]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("change", "error", "words"), ARGUMENTS, ids=lambda value: str(value)[:40].replace("\n", " ")
)
def test_refused_before_a_product_is_spent(
    verb: str, change: dict[str, Any], error: type[Exception], words: str
) -> None:
    problem = Counted()
    given = {"x": problem.base.solution + 1.0, "J": np.ones(6), **change}
    x, J = given.pop("x"), given.pop("J")
    kept = np.array(x), np.array(J)
    with pytest.raises(error, match=words) as caught:
        VERBS[verb](problem, x, J, **given)
    assert isinstance(caught.value, pr.PolyratesError) and problem.products == 0
    for before, after in zip(kept, (x, J), strict=True):
        assert before.dtype.kind == "U" or np.array_equal(before, after, equal_nan=True)


@pytest.mark.parametrize("verb", VERBS)
def test_ell_above_a_ritz_value_is_refused_with_the_value(verb: str) -> None:
    problem = Counted()
    x = problem.base.solution + 1.0
    with pytest.raises(ValueError, match="which has an eigenvalue of at most") as caught:
        VERBS[verb](problem, x, np.ones(6), ell=9.99)
    found = float(str(caught.value).split("give ell ≤ ")[1].rstrip("."))
    lowest = float(np.linalg.eigvalsh(problem.base.H)[0])
    assert lowest * (1 - 1e-5) <= found < 9.99
    assert VERBS[verb](problem, x, np.ones(6), ell=0.5).status == "certified"  # as if not asked


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda H, v: H @ v + 0.5 * np.roll(v, 1, axis=0), "symmetric"),
        (lambda H, v: H @ v - 8 * v, "positive definite|eigenvalue of at most"),
        (lambda H, v: -(H @ v), "positive definite|eigenvalue of at most"),
        (lambda H, v: np.full_like(v, np.nan), "NaN"),
        (lambda H, v: (H @ v)[:3], "returned shape"),
    ],
)
def test_products_that_are_no_hessian(verb: str, spoil: Any, words: str) -> None:
    problem = Counted(spoil)
    with pytest.raises((ValueError, pr.PolyratesError), match=words):
        VERBS[verb](problem, problem.base.solution + 1.0, np.ones(6))


def test_a_prediction_prints_no_inequality() -> None:
    problem = Counted()
    problem.constants = None  # type: ignore[assignment]
    x = problem.base.solution + 0.1
    for found in (pr.certify(problem, x, np.ones(6)), pr.certify_vjp(problem, x, np.ones(6), 0.0)):
        assert found.status == "predicted"
        assert "≤" not in str(found) and "about" in str(found) and "predicted" in str(found)
        assert "at most about" in found._repr_html_()
    hyper = pr.hypergradient(problem, OUTER, x)
    assert hyper.status == "predicted" and "± about" in str(hyper) and "measured" in str(hyper)
    sure = pr.certify(problem, x, np.ones(6), constants=pr.Constants(1, 10, 0, 50))
    assert " ≤ error ≤ " in str(sure)


def test_products_in_single_precision_are_taken_for_what_they_are() -> None:
    """Small blocks, where the process would otherwise see an asymmetry beyond 64-bit rounding."""
    for seed in range(40):
        rng = np.random.default_rng(seed)
        d, p = int(rng.integers(1, 5)), int(rng.integers(1, 4))
        Q = np.linalg.qr(rng.standard_normal((d, d)))[0]
        values = rng.uniform(0.5, 1.0, d)
        dH = rng.standard_normal((p, d, d))
        base = pr.Quadratic(
            (Q * values) @ Q.T, rng.standard_normal(d), dH + np.swapaxes(dH, 1, 2),
            rng.standard_normal((p, d)),
        )  # fmt: skip
        problem = Counted(lambda H, v, A=base.H: A.astype(np.float32) @ v.astype(np.float32))
        problem.base = base
        N = float(np.linalg.norm(base.dH.reshape(-1, d), 2))
        J = base.solution_jacobian * (1 + 1e-3) + 1e-3
        error = float(np.linalg.norm(J - base.solution_jacobian))
        found = pr.certify(
            problem, base.solution + 1e-3, J, constants=pr.Constants(0.4, 1.1, 0.0, N)
        )
        assert found.lower <= error <= found.bound


def test_memory_is_flat_in_d_beyond_the_lanczos_vectors() -> None:
    """In vectors of length d: one a step of Lanczos, and a number that d does not change."""

    class Diagonal:
        def __init__(self, d: int) -> None:
            self.values = np.linspace(1.0, 50.0, d)
            self.constants = pr.Constants(1.0, 50.0, 0.0, 1.0)

        def gradient(self, x: np.ndarray) -> np.ndarray:
            return self.values * x - 1.0

        def hvp(self, x: np.ndarray, v: np.ndarray) -> np.ndarray:
            return self.values * v

        def cross(self, x: np.ndarray) -> np.ndarray:
            return x

    def vectors(d: int, k: int) -> float:
        problem, x = Diagonal(d), np.full(d, 0.1)
        pr.certify(problem, x, x, products=k)
        tracemalloc.start()
        pr.certify(problem, x, x, products=k)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak / (8 * d)

    small, large = vectors(20_000, 8), vectors(200_000, 8)
    assert large <= small * 1.02 and large <= 8 + 16
    assert vectors(20_000, 24) - small <= 16 + 2

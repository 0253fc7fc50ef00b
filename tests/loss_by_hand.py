"""A polynomial loss with its derivatives by hand, and what a framework must make of it."""

from __future__ import annotations

import numpy as np
import pytest


def loss(x: dict[str, object], theta: object) -> object:
    """Σ θ_i u_i³/3 + (θ·u) v²/2, x = {u: (2,), v: ()}: d = 3, two parameters."""
    u, v = x["u"], x["v"]
    return (theta * u**3).sum() / 3 + (theta * u).sum() * v**2 / 2


U, V, THETA = np.array([1.5, -0.5]), 2.0, np.array([0.7, -1.2])
X = np.array([*U, V])
GRADIENT = np.array([*(THETA * U**2 + THETA * V**2 / 2), (THETA @ U) * V])
HESSIAN = np.block([
    [np.diag(2 * THETA * U), (THETA * V)[:, None]],
    [(THETA * V)[None], np.array([[THETA @ U]])],
])  # fmt: skip
CROSS = np.vstack([np.diag(U**2 + V**2 / 2), U * V])


def value_and_derivatives(d) -> None:
    """Those by hand."""
    x = d.enter(X)
    value = (THETA * U**3).sum() / 3 + (THETA @ U) * V**2 / 2
    assert float(d.value(x)) == pytest.approx(value, rel=1e-15)
    assert float(d.raw()) == pytest.approx(value, rel=1e-15)
    for found, wanted in (
        (d.gradient(x), GRADIENT), (d.cross(x), CROSS), (d.x0, X),
        (d.hvp(x, d.enter(np.arange(3.0))), HESSIAN @ np.arange(3.0)),
        (d.hvp(x, d.enter(np.eye(3))), HESSIAN),
        (d.pull(x, d.enter(np.array([1.0, -2.0, 3.0]))), np.array([1.0, -2.0, 3.0]) @ CROSS),
    ):  # fmt: skip
        np.testing.assert_allclose(d.leave(found), wanted, rtol=1e-13, atol=1e-15)


def containers(made) -> None:
    """They come back."""
    tree = made.unravel(made.enter(np.array([1.0, 2.0, 3.0])))
    assert set(tree) == {"u", "v"}
    assert np.asarray(tree["u"]).tolist() == [1.0, 2.0] and float(tree["v"]) == 3.0
    again = made.leave(made.ravel(tree))
    assert again.dtype == float and again.tolist() == [1.0, 2.0, 3.0]


def more_parameters(made) -> None:
    """f = (Σθ) x²/2: ∂_θ∇f = (x, x, x, x), by the other order of differentiation."""
    kind = type(made)
    wide = kind(lambda x, t: t.sum() * (x * x).sum() / 2, np.ones(4), made.enter(np.array([3.0])))
    x = wide.enter(np.array([3.0]))
    assert wide.leave(wide.cross(x)).tolist() == [[3.0] * 4]
    assert wide.leave(wide.pull(x, wide.enter(np.array([2.0])))).tolist() == [6.0] * 4
    without = kind(lambda x, t: (x * x).sum(), np.ones(2), made.enter(np.array([3.0])))
    assert without.leave(without.cross(x)).tolist() == [[0.0, 0.0]]
    bare = kind(lambda x, t: (x * t).sum(), np.ones(1), made.enter(np.array([3.0])))
    assert bare.leave(bare.hvp(x, x)).tolist() == [0.0]  # linear in x: no curvature

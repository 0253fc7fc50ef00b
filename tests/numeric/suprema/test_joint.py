"""The joint worst case of two functions, and the share that balances them."""

import math
from fractions import Fraction as F

import numpy as np
import pytest
from numpy.polynomial import chebyshev

import polyrates as pr
from polyrates.numeric.suprema import joint
from polyrates.numeric.suprema.balls import Maximum, enclosed_values
from polyrates.numeric.suprema.joint import joint_worst_case


def grid(support, count=2001):
    """Points of the support, dense near the ends of every interval."""
    cosine = (1 - np.cos(np.linspace(0, np.pi, count))) / 2
    return np.concatenate([low + (high - low) * cosine for low, high in support])


def series(coefficients, hull, form):
    """Chebyshev series of A and B on the hull."""
    slope = chebyshev.chebder(coefficients) * 2 / (hull[1] - hull[0])
    lam = np.array([(hull[0] + hull[1]) / 2, (hull[1] - hull[0]) / 2])
    if form == "residual/drift":
        return np.asarray(coefficients), slope
    return chebyshev.chebsub(coefficients, chebyshev.chebmul(lam, slope)), slope


@pytest.mark.parametrize("t", [3, 10, 25])
def test_joint_worst_case_of_the_chebyshev_method_is_closed(t):
    """Both maxima meet at L: the joint worst case is their sum, at one eigenvalue."""
    ell, top = 1.0, 100.0
    kappa, height = ell / top, math.cosh(t * math.acosh(101 / 99))
    p = np.zeros(t + 1)
    p[t] = (-1) ** t / height
    found = joint_worst_case(*series(p, (ell, top), "initial/cross"), [(ell, top)], 1.0, 3.0)
    exact = (abs(2 * t**2 / (1 - kappa) - 1) + 3 * 2 * t**2 / (top - ell)) / height
    assert found.lower == pytest.approx(exact, rel=1e-10)
    assert found.lower <= found.upper <= found.lower * (1 + 1e-12)
    np.testing.assert_allclose(found.points, [top])


def test_joint_worst_case_random():
    rng = np.random.default_rng(3)
    two = 0
    for trial in range(120):
        a, b = rng.standard_normal(rng.integers(1, 20)), rng.standard_normal(rng.integers(1, 20))
        b *= 10.0 ** rng.uniform(-4, 4)
        support = [(1.0, 4.0)] if trial % 2 else [(1.0, 1.0), (1.2, 2.0), (3.0, 4.0)]
        size, second = rng.random(2)
        found = joint_worst_case(a, b, support, size, second)
        assert found.lower <= found.upper <= found.lower * (1 + 1e-11)
        lam = grid(support)
        x = (size * chebyshev.Chebyshev(a, domain=(1, 4))(lam)) ** 2
        y = (second * chebyshev.Chebyshev(b, domain=(1, 4))(lam)) ** 2
        for s in rng.random(5):
            assert math.sqrt(np.max(x / s + y / (1 - s))) >= found.lower * (1 - 1e-5)
        assert math.sqrt(np.max(x)) + math.sqrt(np.max(y)) >= found.lower * (1 - 1e-5)
        assert np.max(np.sqrt(x) + np.sqrt(y)) <= found.upper
        at = chebyshev.Chebyshev(a, domain=(1, 4))(found.points)
        bt = chebyshev.Chebyshev(b, domain=(1, 4))(found.points)
        value = size * math.sqrt(found.weights @ at**2)
        value += second * math.sqrt(found.weights @ bt**2)
        assert value == pytest.approx(found.lower, rel=1e-10)
        two += len(found.points) == 2
    assert two > 10


def test_joint_worst_case_edges():
    zero, line = np.zeros(1), np.array([1.0, 2.0])
    alone = joint_worst_case(line, zero, [(2.0, 4.0)], 1.0, 1.0)
    assert (alone.share, alone.upper) == (1.0, pytest.approx(3.0))
    drift = joint_worst_case(zero, line, [(3.0, 3.0)], 1.0, 2.0, domain=(2.0, 4.0))
    assert (drift.share, drift.upper) == (0.0, pytest.approx(2.0))
    assert joint_worst_case(zero, zero, [(2.0, 4.0)], 1.0, 1.0).upper == 0
    loose = joint_worst_case(line, line, [(2.0, 4.0)], 1.0, 1.0, errors=(1e-3, 0.0))
    assert loose.lower <= 6 - 0.9e-3
    assert 6 + 0.9e-3 <= loose.upper < 6 + 1.5e-3
    with pytest.raises(ValueError, match="domain"):
        joint_worst_case(line, line, [(2.0, 5.0)], 1.0, 1.0, domain=(2.0, 4.0))


def test_what_a_point_is_not_known_to_is_its_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A value known to lie in [.9, 1.3] only: the middle and the error cover all of it."""

    def vague(*args: object, **kwargs: object) -> list[dict[str, Maximum]]:
        rows = enclosed_values(*args, **kwargs)  # type: ignore[arg-type]
        return [{kind: Maximum(0.9, 1.3, 3.0) for kind in row} for row in rows]

    monkeypatch.setattr(joint, "enclosed_values", vague)
    (piece,) = joint.method_pieces(pr.GradientDescent(0.1), 3, [(3, 3)], True)
    for value, error in zip((piece.first[0], piece.second[0]), piece.errors, strict=True):
        assert F(float(value)) - F(error) <= F(0.9) and F(float(value)) + F(error) >= F(1.3)

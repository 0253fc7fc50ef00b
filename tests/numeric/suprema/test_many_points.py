"""Very many points through one series, against balls at every point."""

from __future__ import annotations

import numpy as np
import pytest

import polyrates as pr
from polyrates.numeric.suprema import many_points
from polyrates.numeric.suprema.balls import enclosed_values
from polyrates.numeric.suprema.many_points import curve_at_points, maximum_at_points, worth_it

RNG = np.random.default_rng(3)
METHODS = {
    "Chebyshev": pr.Chebyshev(0.01, 1.0),
    "Gegenbauer": pr.Gegenbauer(0.01, 1.0, 1.5),
    "Nesterov": pr.Nesterov.tuned(0.01, 1.0),
    "diverging": pr.GradientDescent(2.5),
}
POINTS = {
    "uniform": np.sort(RNG.uniform(0.01, 1.0, 60)),
    "at the ends": np.array([0.01, np.nextafter(0.01, 1), 0.5, np.nextafter(1.0, 0), 1.0]),
    "clusters": np.concatenate([0.01 + 1e-12 * RNG.random(20), 1 - 1e-13 * RNG.random(20)]),
    "tiny": np.geomspace(1e-12, 1.0, 40),
}


@pytest.mark.parametrize("place", POINTS)
@pytest.mark.parametrize("name", METHODS)
def test_bounds_hold_and_are_as_tight(name: str, place: str) -> None:
    method, points, t = METHODS[name], POINTS[place].tolist(), 24
    for kind in ("residual", "initial", "drift"):
        exact = [enclosed_values(method, pr.Unrolled(), t, p) for p in points]
        curve = curve_at_points(method, pr.Unrolled(), t, points, kind)
        for s in (0, 1, 7, t):
            lower = max(rows[s][kind].lower for rows in exact)
            upper = max(rows[s][kind].upper for rows in exact)
            if curve is not None:
                assert lower <= curve[s] <= upper * (1 + 3e-11)
            found = maximum_at_points(method, pr.Unrolled(), s, points, kind)
            if found is not None:
                assert found.lower <= upper and lower <= found.upper
                assert found.upper - found.lower <= 1e-14 * found.upper
                assert found.point in points


def test_what_floats_cannot_tell_is_left_to_balls() -> None:
    points = [*np.linspace(0.5, 1.0, 300).tolist(), 1e6]  # P is huge on the hull, tiny where asked
    method = pr.Chebyshev(0.5, 1.0)
    assert curve_at_points(method, pr.Unrolled(), 20, points[:-1], "residual") is not None
    spectrum = pr.Empirical([*points[:-1], 40.0])
    assert pr.rate(method, spectrum).residual.enclosure(6)[0] > 1  # the far point decides


def test_a_rate_on_many_points_takes_the_series(monkeypatch: pytest.MonkeyPatch) -> None:
    points = np.linspace(0.01, 1.0, 250)
    part = pr.rate(METHODS["Gegenbauer"], pr.Empirical(points)).residual
    assert worth_it(pr.Unrolled(), part.spectrum.isolated)
    quick, curve = part.enclosure(12), part.curve(12)
    monkeypatch.setattr(many_points, "_MANY", 10**9)
    slow, exact = part.enclosure(12), part.curve(12)
    assert quick == slow
    assert np.all(curve >= exact * (1 - 1e-15)) and np.all(curve <= exact * (1 + 3e-11))

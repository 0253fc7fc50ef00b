"""check_method: what every linear first-order method owes, checked on one that a user wrote."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable
from itertools import islice
from typing import cast

import numpy as np
import sympy
from numpy.polynomial import Chebyshev as Series

from polyrates.core.carriers import JetCarrier
from polyrates.core.recurrence import Method, as_method, orbit
from polyrates.core.spectra import as_spectrum
from polyrates.core.transition import Transition
from polyrates.execution.run import run
from polyrates.ground.errors import HorizonError, PolyratesError
from polyrates.ground.numbers import floating, is_exact, is_symbolic
from polyrates.numeric.ring import ValueRing
from polyrates.symbolic.polynomials import residual_polynomial
from polyrates.testing.latex import latex_fault

UNIT = 2.0**-53


def check_method(method: Method, hull: object = (1, 10), steps: int = 6) -> None:
    """Hold a method to the laws of linear first-order methods.

    Rows of query, mixing and output that sum to one; P_t(0) = 1 and deg P_t ≤ t; two runs that
    agree; polynomial, values, derivative and run that agree; iterates that move and scale with the
    problem; a horizon that is kept; a name, parameters, LaTeX, a pickle.

    Parameters
    ----------
    method : Method
    hull : pair or spectrum, default (1, 10)
        Where it is compared; not where it must converge.
    steps : int
        How many steps are looked at, at most the method's horizon.

    Raises
    ------
    AssertionError
        With the law that does not hold, where, and by how much.
    """
    if not isinstance(method, Method):
        as_method(method)
    subject = f"check_method({type(method).__name__})"
    ell, L = (floating(end) for end in as_spectrum(hull).hull)
    steps = steps if method.horizon is None else min(steps, method.horizon)
    laws: tuple[Callable[[], str | None], ...] = (
        lambda: _described(as_method(method)),
        lambda: _rows(method, steps),
        lambda: _repeats(method, steps),
        lambda: _horizon(method),
        lambda: _one_at_zero(method, steps),
        lambda: _degrees(method, steps, ell, L),
        lambda: _carriers(method, steps, ell, L),
        lambda: _derivatives(method, steps, ell, L),
        lambda: _runs(method, steps, ell, L),
        lambda: _pickles(method, steps),
        lambda: latex_fault(method),
    )
    for law in laws:
        try:
            fault = law()
        except PolyratesError as error:
            fault = str(error)
        if fault:
            raise AssertionError(f"{subject}: {fault}")


def _described(method: Method) -> str | None:
    if not isinstance(method.name, str) or not method.name.strip():
        return f"name is {method.name!r}, not a text that a table can show"
    if not isinstance(method.parameters, tuple):
        return f"parameters is a {type(method.parameters).__name__}, not a tuple of numbers"
    return None


def _sum(row: tuple[object, ...]) -> float:
    return math.fsum(cast("tuple[float, ...]", row))


def _rows(method: Method, steps: int) -> str | None:
    for t, step in enumerate(islice(method.transitions(floating), steps)):
        size = len(step.gain)
        rows = [("query", step.query), ("output", step.output)]
        rows += [(f"mixing row {i}", row) for i, row in enumerate(step.mixing)]
        if len(step.mixing) != size:
            return f"step {t}: mixing has {len(step.mixing)} rows for a state of {size} points"
        for label, row in rows:
            if len(row) != size:
                return f"step {t}: {label} has {len(row)} entries for a state of {size} points"
            if not np.all(np.isfinite(np.array(row, dtype=float))):
                return f"step {t}: {label} = {row} is not finite"
            slack = 8 * size * UNIT * max(1.0, *(abs(float(value)) for value in row))
            if abs(_sum(row) - 1.0) > slack:
                return f"step {t}: {label} sums to {_sum(row):.17g}, not to 1"
        if not np.all(np.isfinite(np.array(step.gain, dtype=float))):
            return f"step {t}: gain = {step.gain} is not finite"
    return None


def _repeats(method: Method, steps: int) -> str | None:
    def coefficients() -> list[Transition[object]]:
        return list(islice(method.transitions(floating), steps))

    for t, (first, second) in enumerate(zip(coefficients(), coefficients(), strict=False)):
        if first != second:
            return f"step {t}: two calls of transitions give different coefficients"
    return None


def _horizon(method: Method) -> str | None:
    if method.horizon is None:
        return None
    given = len(list(islice(method.transitions(floating), method.horizon + 1)))
    if given < method.horizon:
        return f"horizon is {method.horizon}, but there are {given} transitions"
    try:
        method.table(method.horizon + 1)
    except HorizonError:
        return None
    return f"table({method.horizon + 1}) passes the horizon {method.horizon} without HorizonError"


def _values(method: Method, steps: int, points: np.ndarray) -> list[np.ndarray]:
    return list(orbit(method, ValueRing(points), steps))


def _one_at_zero(method: Method, steps: int) -> str | None:
    for t, value in enumerate(_values(method, steps, np.zeros(1))):
        if not abs(float(value[0]) - 1.0) <= 64 * (t + 1) * UNIT * _growth(method, steps):
            return f"P_{t}(0) = {float(value[0]):.17g}, not 1"
    return None


def _growth(method: Method, steps: int) -> float:
    """How much a rounding error may be amplified: products of the rows' absolute sums."""
    grown = 1.0
    for step in islice(method.transitions(floating), steps):
        rows = (*step.mixing, step.query, step.output)
        grown *= max(1.0, *(sum(abs(float(v)) for v in row) for row in rows))
    return grown


def _degrees(method: Method, steps: int, ell: float, L: float) -> str | None:
    """Divided differences of order t + 1 vanish for a polynomial of degree t."""
    for t in range(steps + 1):
        nodes = (L + ell) / 2 + (L - ell) / 2 * np.cos(np.pi * np.arange(t + 2) / (t + 1))
        values = _values(method, t, nodes)[t]
        weights = np.where(np.arange(t + 2) % 2 == 0, 1.0, -1.0)
        weights[[0, -1]] /= 2  # the divided difference at Chebyshev's extrema, up to a factor
        size = float(np.max(np.abs(values))) * _growth(method, t)
        if abs(float(weights @ values)) > 1e-9 * max(size, 1.0):
            return f"P_{t} has a degree above {t}: the step is not linear in the gradient"
    return None


def _is_exact(method: Method) -> bool:
    return all(is_exact(value) for value in method.parameters) and not any(
        is_symbolic(value) for value in method.parameters
    )


def _carriers(method: Method, steps: int, ell: float, L: float) -> str | None:
    if not _is_exact(method):
        return None
    points = np.linspace(ell, L, 5)
    exact = residual_polynomial(method, steps)
    values = _values(method, steps, points)[steps]
    for point, value in zip(points.tolist(), values.tolist(), strict=True):
        truth = float(exact.as_expr().subs(exact.gen, _rational(point)))
        if abs(truth - value) > 1e-10 * _growth(method, steps) * max(1.0, abs(truth)):
            return (
                f"the exact polynomial has P_{steps}({point:g}) = {truth:.12g}, the run in floats "
                f"{value:.12g}: transitions does not use number() for every coefficient"
            )
    return None


def _rational(value: float) -> object:
    return sympy.Rational(*value.as_integer_ratio())


def _derivatives(method: Method, steps: int, ell: float, L: float) -> str | None:
    """The tangent of the loop against Lagrange's derivative through t + 1 nodes."""
    nodes = (L + ell) / 2 - (L - ell) / 2 * np.cos(
        np.pi * (np.arange(steps + 1) + 0.5) / (steps + 1)
    )
    ring = ValueRing(nodes)
    jet = list(orbit(method, JetCarrier(ring, ring), steps))[steps]
    slope = Series.fit(nodes, jet.value, steps, domain=[ell, L]).deriv()(nodes)
    size = float(np.max(np.abs(slope), initial=0.0)) + float(np.max(np.abs(jet.value))) / L
    worst = float(np.max(np.abs(jet.tangent - slope)))
    if worst > 1e-7 * size * _growth(method, steps):
        return f"the tangent of the run is {worst:.3g} away from P_{steps}'"
    return None


def _runs(method: Method, steps: int, ell: float, L: float) -> str | None:
    """x_t − x* = P_t(H)(x_0 − x*) wherever x* is and however long x_0 − x* is."""
    eigenvalues = np.linspace(ell, L, 5)
    start = np.array([1.0, -2.0, 0.5, 3.0, -1.0])
    factor = _values(method, steps, eigenvalues)[steps]
    slack = 1e-10 * _growth(method, steps) * max(1.0, float(np.max(np.abs(factor))))
    for scale, shift in ((1.0, 0.0), (1.0, 7.0), (1024.0, 0.0)):
        found = run(method, _shifted(eigenvalues, shift), scale * start + shift, steps)
        error = np.asarray(found) - shift - scale * factor * start
        worst = float(np.max(np.abs(error)))
        if worst > slack * (abs(shift) + 4 * scale):
            what = "moves" if shift else "scales" if scale != 1 else "is solved"
            return (
                f"x_{steps} is {worst:.3g} away from P_{steps}(H)(x_0 − x*) when the problem {what}"
            )
    return None


def _shifted(eigenvalues: np.ndarray, shift: float) -> Callable[[np.ndarray], np.ndarray]:
    return lambda x: np.asarray(eigenvalues * (x - shift))


def _pickles(method: Method, steps: int) -> str | None:
    try:
        again = pickle.loads(pickle.dumps(method))
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        if "<locals>" in str(error) or "local object" in str(error):
            return None  # a class inside a function cannot be pickled by Python itself
        return f"it does not pickle: {error}"
    first, second = method.table(steps), again.table(steps)
    for field in ("query", "mixing", "gain", "output"):
        if not np.array_equal(getattr(first, field), getattr(second, field)):
            return f"its pickle has another {field}"
    return None

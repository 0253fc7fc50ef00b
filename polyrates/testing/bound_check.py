"""check_bound: a claimed bound of the Jacobian error, attacked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

import numpy as np

from polyrates.analysis.attained import worst_case_problem
from polyrates.analysis.rate import Rate
from polyrates.analysis.rate_part import RatePart
from polyrates.core.estimators import Estimator, Unrolled
from polyrates.core.parts import PARTS, Part
from polyrates.core.recurrence import Method, as_method
from polyrates.core.spectra import Spectrum, as_spectrum
from polyrates.execution.trajectory import differentiate
from polyrates.ground.errors import refuse_type
from polyrates.ground.numbers import floating
from polyrates.numeric.ring import ValueRing
from polyrates.numeric.suprema.balls import enclosed_values
from polyrates.problems.quadratic import Quadratic

__all__ = ["BoundViolated", "check_bound"]

Bound = Callable[[int], object]


class BoundViolated(AssertionError):
    """A bound that is too small, with the problem on which it fails.

    Attributes
    ----------
    problem : Quadratic
    x0, dx0 : arrays (d,)
        The start; x* = 0 and ∂x* = 0.
    t : int
    observed, bound : float
        The error of the Jacobian at t, and what was claimed for it.
    """

    def __init__(
        self,
        message: str,
        attack: tuple[Quadratic, np.ndarray, np.ndarray],
        at: tuple[int, float, float],
    ) -> None:
        super().__init__(message)
        self.problem, self.x0, self.dx0 = attack
        self.t, self.observed, self.bound = at


def check_bound(
    bound: Rate | RatePart | Bound,
    spectrum: object = None,
    *,
    method: Method | None = None,
    part: Part = "initial",
    estimator: Estimator | None = None,
    steps: int = 30,
    seed: int = 0,
) -> None:
    """Attack a bound of the Jacobian error with random and adversarial problems.

    Parameters
    ----------
    bound : Rate, a part of one, or a callable t -> number
        Of a Rate all four parts are attacked, and the joint worst case.
    spectrum : spectrum or pair, with a callable
    method : Method, with a callable
    part : "initial", "cross", "residual" or "drift", with a callable
        The bound of sup |R − λC|, |C|, |R| or |C| over the support.
    estimator : Estimator, default unrolled
    steps : int
        The largest t.
    seed : int

    Raises
    ------
    BoundViolated
        An AssertionError that holds the violating problem: λ, its start, the error, the bound.
    """
    if isinstance(bound, Rate):
        last = _last(bound.method, steps)
        for kind in PARTS:
            own = cast(RatePart, getattr(bound, kind))
            _attack(own, own, last, seed)
        _attack_jointly(bound, last, seed)
        return
    if isinstance(bound, RatePart):
        _attack(bound, bound, _last(bound.method, steps), seed)
        return
    if not callable(bound) or method is None or spectrum is None:
        refuse_type(
            "bound",
            bound,
            "a callable needs the spectrum and the method it speaks of",
            "give check_bound(bound, spectrum, method=…), or a pr.rate(…)",
        )
    as_method(method)
    truth = RatePart(part, method, as_spectrum(spectrum), estimator or Unrolled())
    _attack(bound, truth, _last(method, steps), seed)


def _last(method: Method, steps: int) -> int:
    return steps if method.horizon is None else min(steps, method.horizon)


def _candidates(where: Spectrum, rng: np.random.Generator, t: int) -> np.ndarray:
    """Ends, isolated points, Chebyshev nodes of every piece, random points, all in the support."""
    found = []
    for segment in where.support:
        low, high = floating(segment[0]), floating(segment[1])
        nodes = np.cos(np.pi * np.arange(4 * t + 5) / (4 * t + 4))
        inside = (low + high) / 2 + (high - low) / 2 * nodes
        drawn = rng.uniform(low, high, 8) if high > low else np.array([low])
        found.append(np.clip(np.concatenate([[low, high], inside, drawn]), low, high))
    return np.unique(np.concatenate(found))


def _values(part: RatePart, t: int, points: np.ndarray) -> np.ndarray:
    pair = part.estimator.pair(part.method, t, ValueRing(points))
    R, C = (np.broadcast_to(each, points.shape) for each in pair)
    chosen = {"initial": R - points * C, "residual": R, "drift": C, "cross": C}[part.kind]
    return np.asarray(np.abs(chosen))


def _attack(bound: Bound | RatePart, truth: RatePart, last: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for t in range(last + 1):
        claimed = floating(bound(t))
        points = _candidates(truth.spectrum, rng, t)
        values = _values(truth, t, points)
        for i in np.argsort(values)[::-1][:3]:
            point, seen = float(points[i]), float(values[i])
            if seen <= claimed * (1 + 1e-12):
                break
            # rounding is no violation: the lower end of the enclosure at this λ must lie above
            sure = enclosed_values(truth.method, truth.estimator, t, point, only=t)[0][truth.kind]
            if sure.lower > claimed * (1 + 2.0**-50):
                raise _violated(truth, t, point, sure.lower, claimed)


def _violated(part: RatePart, t: int, point: float, seen: float, claimed: float) -> BoundViolated:
    """One eigenvalue: E = 1, or G = 1 or D = 1 for the drift."""
    form = {"initial": (1.0, 0.0), "residual": (1.0, 0.0), "drift": (0.0, 1.0), "cross": (0.0, 1.0)}
    E, second = form[part.kind]
    D = -point * E if part.kind == "initial" else second
    problem = Quadratic(np.array([[point]]), np.zeros(1), np.array([[D]]), np.zeros(1))
    return BoundViolated(
        f"check_bound: the {part.kind} part of {part.method.name} is {seen:.12g} at t = {t} for "
        f"λ = {point!r}, above the bound {claimed:.12g}",
        (problem, np.ones(1), np.full(1, E)),
        (t, seen, claimed),
    )


def _forms(rng: np.random.Generator) -> Iterator[dict[str, float]]:
    for names in (("initial", "cross"), ("residual", "drift")):
        for _ in range(2):
            yield dict(zip(names, (10.0 ** rng.uniform(-2, 2, 2)).tolist(), strict=True))


def _attack_jointly(claimed: Rate, last: int, seed: int) -> None:
    """The problem that should attain the joint worst case, and random ones, run in floats."""
    rng = np.random.default_rng(seed)
    for t in sorted({0, 1, last // 2, last}):
        for given in _forms(rng):
            top = floating(claimed.worst_case(t, **given))
            attack = worst_case_problem(
                claimed.method, claimed.spectrum, t, estimator=claimed.estimator, **given
            )
            problem, x0, dx0 = attack
            found = differentiate(claimed.method, problem, x0, t, claimed.estimator, dx0)
            seen = float(np.linalg.norm(found.jacobians[-1]))
            size = float(np.linalg.norm(dx0)) + float(np.linalg.norm(problem.cross(x0)))
            if seen > top * (1 + 1e-9) + 1e-11 * size:
                sizes = ", ".join(f"{name}={value:.6g}" for name, value in given.items())
                raise BoundViolated(
                    f"check_bound: with {sizes} the error of {claimed.method.name} is {seen:.12g} "
                    f"at t = {t}, above worst_case {top:.12g}",
                    attack,
                    (t, seen, top),
                )

"""The main job's computation: from data to plain numbers; no text, no pictures.

Errors are relative to the start: ‖x_t − x*‖/‖x_0 − x*‖ for iterates, ‖∂x_t − ∂x*‖/‖∂x_0 − ∂x*‖
with ∂x_0 = 0 for the Jacobian, so every curve begins at 1 and the Jacobian "burns in" while it is
above 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from polyrates.data import BUILT_IN, Dataset, load, load_csv, load_vector
from polyrates.errors import refuse_value
from polyrates.estimators import Unrolled
from polyrates.methods import Chebyshev, GradientDescent
from polyrates.numbers import Number, count, floating, parse
from polyrates.numeric.enclosures import enclosed_pairs, supremum
from polyrates.numeric.problems import Ridge
from polyrates.numeric.run import differentiate
from polyrates.numeric.values import chebyshev_size, residual_values
from polyrates.numeric.verify import verify
from polyrates.rates import rate
from polyrates.report.named import DEFAULT_METHODS, NamedMethod, parse_methods
from polyrates.spectra import Interval

__all__ = ["Analysis", "MethodResult", "Profile", "Request", "Start", "analyse", "read_data"]

Array = npt.NDArray[np.float64]
FAR = 10.0  # ‖x_0‖/‖x*‖ of the far start
TARGET = 0.01  # "accurate" on the page: 1 % of the initial error


@dataclass(frozen=True)
class Request:
    """What was asked for, as strings and integers."""

    data: str = "breast-cancer"
    target: str | None = None
    penalty: str = "0.2"
    steps: int = 150
    x0: str = "far"
    seed: int = 0
    methods: str = DEFAULT_METHODS

    @property
    def command(self) -> str:
        """The command line that makes this report again."""
        import shlex

        words = ["polyrates", "report", "--data", self.data]
        if self.target is not None:
            words += ["--target", self.target]
        words += ["--penalty", self.penalty, "--steps", str(self.steps), "--x0", self.x0]
        words += ["--seed", str(self.seed)]
        if self.methods != DEFAULT_METHODS:
            words += ["--methods", self.methods]
        return shlex.join(words)


@dataclass(frozen=True, eq=False)
class Start:
    """x_0 and the sizes that it gives the error.

    E = ∂x_0 − ∂x*, D = ∂H(x_0 − x*), G = ∂_θ∇f(x_0); ``length`` is ‖x_0‖/‖x*‖,
    ``low_share`` the share of ‖E‖² on eigenvalues below √(ℓL).
    """

    kind: str
    x0: Array
    length: float
    distance: float
    E: float
    D: float
    G: float
    low_share: float

    @property
    def cross_ratio(self) -> float:
        """‖G‖/‖E‖, in units of λ."""
        return self.G / self.E

    @property
    def drift_ratio(self) -> float:
        """‖D‖/‖E‖, in units of λ; its square is η."""
        return self.D / self.E


@dataclass(frozen=True)
class Profile:
    """What a curve that starts at 1 did in T steps.

    ``burn_in`` is the last t with a value above 1, 0 if there is none, None if the curve is still
    above 1 at T. ``settled`` is the first t from which it stays within 1 %, None if not within T.
    """

    peak: float
    peak_at: int
    burn_in: int | None
    settled: int | None
    final: float

    @classmethod
    def of(cls, curve: Array) -> Profile:
        """Read off a curve."""
        above = np.flatnonzero(curve > 1.0 + 1e-9)
        outside = np.flatnonzero(curve > TARGET)
        last, end = int(np.max(above, initial=0)), len(curve) - 1
        inside = int(np.max(outside, initial=-1)) + 1
        at = int(np.argmax(curve))
        if curve[at] <= 1.0 + 1e-9:
            at = 0
        return cls(
            float(curve[at]),
            at,
            None if len(above) and last == end else last,
            inside if inside <= end else None,
            float(curve[-1]),
        )


@dataclass(frozen=True, eq=False)
class MethodResult:
    """One method on the problem: curves over t = 0, …, T and what they say.

    ``values`` and ``slopes`` are P_t and P_t′ on the grid at t = ``shown_at`` of the analysis.
    ``bound`` is the guarantee for every H with spectrum in [ℓ, L] and these ‖E‖ and ‖G‖:
    max|P − λP′| + max|P′| ‖G‖/‖E‖; ``iterate_bound`` is max|P|. Both are upper bounds, certified.
    """

    named: NamedMethod
    iterate: Array
    jacobian: Array
    iterate_bound: Array
    bound: Array
    status: str
    gap: float
    agrees: bool
    values: Array = field(repr=False)
    slopes: Array = field(repr=False)

    @property
    def key(self) -> str:
        """The name, for looks and columns."""
        return self.named.entry.key

    @property
    def within_guarantee(self) -> bool:
        """Whether neither observed curve exceeds its bound by more than rounding."""
        slack = 1e-10 * max(1.0, float(np.max(self.jacobian)))
        return bool(
            np.all(self.jacobian <= self.bound * (1 + 1e-9) + slack)
            and np.all(self.iterate <= self.iterate_bound * (1 + 1e-9) + slack)
        )

    @property
    def verified(self) -> bool:
        """The run agrees with the formula at every step and stays below its guarantee."""
        return self.agrees and self.within_guarantee

    @property
    def seen(self) -> Profile:
        """The observed Jacobian error."""
        return Profile.of(self.jacobian)

    @property
    def promised(self) -> Profile:
        """The bound on the Jacobian error."""
        return Profile.of(self.bound)

    @property
    def optimiser(self) -> Profile:
        """The observed error of the iterates."""
        return Profile.of(self.iterate)


@dataclass(frozen=True, eq=False)
class Analysis:
    """Everything the page shows."""

    request: Request
    data: Dataset
    penalty: float
    eigenvalues: Array
    ell: float
    L: float
    widened: bool
    start: Start
    eta: float
    commutes: bool
    lower_bound: Array
    grid: Array = field(repr=False)
    shown_at: int
    methods: tuple[MethodResult, ...]

    @property
    def kappa(self) -> float:
        """ℓ/L of the interval that the methods were tuned to."""
        return self.ell / self.L

    @property
    def steps(self) -> int:
        """T."""
        return self.request.steps


def read_data(data: str, target: str | None) -> Dataset:
    """A built-in data set by name, else a CSV file."""
    if data in BUILT_IN:
        if target is not None:
            refuse_value("target", target, f"{data} has its own target", "leave --target out")
        return load(data)
    if not Path(data).exists() and not data.lower().endswith((".csv", ".tsv", ".txt")):
        import difflib

        close = difflib.get_close_matches(data, BUILT_IN, 1, 0.4)
        hint = f"did you mean {close[0]}?" if close else f"give {', '.join(BUILT_IN)} or a CSV file"
        refuse_value("data", data, "is neither a built-in data set nor a file", hint)
    if target is None and Path(data).is_file():
        refuse_value("target", None, "a CSV file needs it", "give --target COLUMN")
    return load_csv(data, target or "y")


def ridge(data: Dataset, penalty: str) -> Ridge:
    """The ridge problem of a data set, its penalty parsed exactly and required to be > 0."""
    try:
        strength = floating(parse(penalty, "penalty"), "penalty")
    except OverflowError:
        strength = math.inf
    if not (strength > 0 and math.isfinite(strength)):
        refuse_value("penalty", penalty, "must be > 0 and finite", "give for instance 0.1")
    problem = Ridge(data.X, data.y, strength)
    values = problem.eigensystem[0]
    if values[0] <= 1e-14 * values[-1] * len(values):
        refuse_value(
            "penalty",
            penalty,
            "the smallest eigenvalue of H drowns in rounding",
            "give a larger one",
        )
    return problem


def choose_start(problem: Ridge, x0: str, seed: int) -> Start:
    """x_0 by name (far, zero) or from a file, and the sizes of E, D and G there."""
    solution = problem.solution
    size = float(np.linalg.norm(solution))
    E = float(np.linalg.norm(problem.solution_jacobian))
    if not 1e-12 * float(np.linalg.norm(problem.X)) / problem.X.size < E:
        refuse_value(
            "data",
            "a target uncorrelated with every feature",
            "then x* = 0 and ∂x* = 0",
            "choose another target",
        )
    if x0 == "zero":
        point, kind = np.zeros_like(solution), "zero"
    elif x0 == "far":
        direction = np.random.default_rng(seed).standard_normal(problem.dimension)
        point, kind = FAR * size * direction / np.linalg.norm(direction), "far"
    else:
        point, kind = load_vector(x0, problem.dimension), "file"
    distance = float(np.linalg.norm(point - solution))
    if distance <= 1e-10 * size:
        refuse_value("x0", x0, "is the solution itself", "start somewhere else")
    values, vectors = problem.eigensystem
    parts, middle = vectors.T @ problem.solution_jacobian, math.sqrt(values[0] * values[-1])
    return Start(
        kind,
        point,
        float(np.linalg.norm(point)) / size,
        distance / size,
        E,
        float(np.linalg.norm(problem.hessian_derivative() @ (point - solution))),
        float(np.linalg.norm(problem.cross(point))),
        float(np.sum(parts[values < middle] ** 2) / np.sum(parts**2)),
    )


def analyse(request: Request, progress: Callable[[str], None] = lambda _: None) -> Analysis:
    """Data → ridge problem → spectrum → methods → curves, bounds and checks."""
    steps = count(request.steps, "steps", 1)
    seed = count(request.seed, "seed")
    data = read_data(request.data, request.target)
    problem = ridge(data, request.penalty)
    progress("spectrum")
    eigenvalues = problem.eigensystem[0]
    low, high = float(eigenvalues[0]), float(eigenvalues[-1])
    widened = high - low < 1e-6 * high
    if widened:
        low = high / 2
    start = choose_start(problem, request.x0, seed)
    eta = start.drift_ratio**2
    defaults: dict[str, Number] = {"eta": eta}
    named = parse_methods(request.methods, low, high, defaults)
    grid = np.geomspace(low, high, 400) if low > 0 else np.linspace(low, high, 400)
    runs = []
    for each in named:
        progress(each.title)
        runs.append(_observe(each, problem, start, steps))
    # the step at which the pictures over λ are drawn: where the worst method is at its worst
    peaks = [Profile.of(jacobian) for _, jacobian in runs]
    shown_at = max(peaks, key=lambda peak: peak.peak).peak_at or min(10, steps)
    results = []
    for each, (iterate, jacobian) in zip(named, runs, strict=True):
        progress(f"guarantee: {each.title}")
        bound = _guarantee(each, start, steps, Interval(low, high))
        check = verify(each.method, problem, steps, x0=start.x0)
        results.append(
            MethodResult(
                each,
                iterate,
                jacobian,
                *bound,
                check.gap,
                check.ok,
                *residual_values(each.method, shown_at, grid),
            )
        )
    floor = np.array([chebyshev_size(low, high, t) for t in range(steps + 1)])
    return Analysis(
        request,
        data,
        float(problem.penalty),
        eigenvalues,
        low,
        high,
        widened,
        start,
        eta,
        problem.commutes,
        floor,
        grid,
        shown_at,
        tuple(results),
    )


def _observe(named: NamedMethod, problem: Ridge, start: Start, steps: int) -> tuple[Array, Array]:
    """Relative errors of the iterates and of the Jacobian along a run."""
    run = differentiate(named.method, problem, start.x0, steps)
    iterate = _norms(run.iterates - problem.solution)
    jacobian = _norms(run.jacobians - problem.solution_jacobian)
    return iterate / iterate[0], jacobian / jacobian[0]


def _guarantee(
    named: NamedMethod, start: Start, steps: int, spectrum: Interval
) -> tuple[Array, Array, str]:
    """Certified upper bounds of the same two curves, and the word for how they are known."""
    method = named.method
    if isinstance(method, (GradientDescent, Chebyshev)):  # theorems: a value costs nothing
        parts = rate(method, spectrum)
        residual, initial, cross = (
            part.curve(steps) for part in (parts.residual, parts.initial, parts.cross)
        )
        status = str(parts.initial.status)
    else:  # one pass for all parts; a rate would take one for each
        rows = [
            [supremum(series[part]).upper for part in ("residual", "initial", "cross")]
            for series in enclosed_pairs(method, Unrolled(), steps, spectrum.hull)
        ]
        residual, initial, cross = np.array(rows).T
        status = "certified"
    if start.G > 0:
        initial = initial + cross * start.cross_ratio
    return residual, initial, status


def _norms(errors: Any) -> Array:
    return np.asarray(np.linalg.norm(errors, axis=1))

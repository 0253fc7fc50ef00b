"""What a report is about and what it found: plain numbers, no text, no pictures."""

from __future__ import annotations

import math
import shlex
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from polyrates.choices.plan import Plan
from polyrates.core.methods.named import DEFAULT_METHODS, NamedMethod
from polyrates.problems.data import BUILT_IN
from polyrates.report.subject import MODELS, PENALTIES, Subject

__all__ = ["Analysis", "Locality", "MethodResult", "Profile", "Request", "Start"]

Array = npt.NDArray[np.float64]
SHOWN = 1e-4  # errors below this, relative to the start, are no part of the story
TARGET = 0.01  # "accurate" on the page: 1 % of the initial error


@dataclass(frozen=True)
class Request:
    """What was asked for, as strings and integers; None is the default of the model."""

    data: str | None = None
    column: str | None = None
    penalty: str | None = None
    steps: int = 150
    x0: str | None = None
    seed: int = 0
    methods: str = DEFAULT_METHODS
    model: str = "ridge"
    drop: tuple[str, ...] = ()
    features: tuple[str, ...] = ()

    @property
    def start(self) -> str:
        """x0, or its default: far for the demonstrations, zero for a user's data or problem."""
        if self.x0 is not None:
            return self.x0
        own = self.model not in MODELS or (self.data is not None and self.data not in BUILT_IN)
        return "zero" if own else "far"

    @property
    def command(self) -> str:
        """The command line that makes this report again."""
        words = ["polyrates", "report"]
        if self.model != "ridge":
            words += ["--model", self.model]
        if self.model in MODELS:
            words += ["--data", self.data or "breast-cancer"]
            words += [] if self.column is None else ["--column", self.column]
            for option, names in (("--drop", self.drop), ("--features", self.features)):
                words += [option, ",".join(names)] if names else []
            words += ["--penalty", self.penalty or PENALTIES[self.model]]
        words += ["--steps", str(self.steps), "--x0", self.start, "--seed", str(self.seed)]
        if self.methods != DEFAULT_METHODS:
            words += ["--methods", self.methods]
        return shlex.join(words)


@dataclass(frozen=True, eq=False)
class Start:
    """x_0 and the sizes that it gives the error.

    E = ∂x_0 − ∂x*, D = ∂H(x_0 − x*), G = ∂_θ∇f(x_0), ``H`` is ‖∂H‖_F‖x_0 − x*‖; ``length`` is
    ‖x_0‖/‖x*‖, ``low_share`` the share of ‖E‖² on eigenvalues below √(ℓL).
    """

    kind: str
    x0: Array
    length: float
    distance: float
    E: float
    D: float
    G: float
    H: float
    commutes: bool
    low_share: float

    @property
    def cross_ratio(self) -> float:
        """‖G‖/‖E‖, in units of λ."""
        return self.G / self.E

    @property
    def drift_ratio(self) -> float:
        """‖D‖/‖E‖, in units of λ; its square is η."""
        return self.D / self.E

    @property
    def form(self) -> tuple[str, float]:
        """("residual", ‖D‖/‖E‖), or where G is small beside D ("initial", ‖G‖/‖E‖)."""
        if self.G <= 0.1 * self.D:
            return "initial", self.cross_ratio
        return "residual", self.drift_ratio

    @property
    def sizes(self) -> dict[str, float]:
        """The arguments of ``rate.worst_case``, relative to ‖E‖."""
        if not self.commutes:
            return {"residual": 1.0, "hessian": self.H / self.E}
        first, second = self.form
        return {first: 1.0, "cross" if first == "initial" else "drift": second}


@dataclass(frozen=True)
class Profile:
    """What a curve that starts at 1 did in T steps.

    ``burn_in`` is the last t with a value above 1, 0 if there is none, None if the curve is still
    above 1 at T. ``settled`` is the first t from which it stays within 1 %, None if not within T.
    ``growing`` says that it is largest at T: what comes later may be larger.
    """

    peak: float
    peak_at: int
    burn_in: int | None
    settled: int | None
    final: float
    growing: bool = False

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
            0 < at == end,
        )


@dataclass(frozen=True, eq=False)
class MethodResult:
    """One method on the problem: curves over t = 0, …, T and what they say.

    ``bound`` is the guarantee for every quadratic with spectrum in [ℓ, L] and these sizes of E, D
    and G, the tight joint worst case where H and ∂H commute; ``iterate_bound`` is max|P|. Both are
    upper bounds, certified. ``predicted`` is what the formula says of this problem; where it is not
    quadratic, of its local model, and ``bound`` holds for that model only. ``certified`` are pairs
    (t, bound) of :func:`polyrates.measurement.certify.certify`, which knows neither method nor
    start: at a few steps, where it is certified and finite.
    """

    named: NamedMethod
    iterate: Array
    jacobian: Array
    iterate_bound: Array
    bound: Array
    predicted: Array
    gap: float
    agrees: bool
    exact: bool
    certified: tuple[tuple[int, float], ...] = ()

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
        """The run agrees with the formula and, on a quadratic, stays below its guarantee."""
        return self.agrees and (self.within_guarantee or not self.exact)

    @property
    def seen(self) -> Profile:
        """The observed Jacobian error."""
        return Profile.of(self.jacobian)

    @property
    def promised(self) -> Profile:
        """The bound on the Jacobian error."""
        return Profile.of(self.bound)

    @property
    def foreseen(self) -> Profile:
        """The prediction of the Jacobian error."""
        return Profile.of(self.predicted)

    @property
    def told(self) -> Profile:
        """What the page says before the run: the guarantee, or the prediction where none holds."""
        return self.promised if self.exact else self.foreseen

    @property
    def optimiser(self) -> Profile:
        """The observed error of the iterates."""
        return Profile.of(self.iterate)


@dataclass(frozen=True, eq=False)
class Locality:
    """How well the local model predicts runs that start at some distances from x*.

    ``distances`` are in units of ‖x*‖ (of 1 where x* = 0), ``gaps`` relative to the largest
    predicted error, by the method named ``title``.
    """

    title: str
    distances: tuple[float, ...]
    gaps: tuple[float, ...]
    certified: tuple[tuple[int, float, float, float, float], ...] = ()
    """(t, observed, predicted, remainder, bound) from the last distance, over the start's error."""

    @property
    def reach(self) -> float:
        """The distance at which the prediction errs by 1 %, the gap being proportional to it."""
        return 0.01 * self.distances[-1] / self.gaps[-1] if self.gaps[-1] > 0 else math.inf


@dataclass(frozen=True, eq=False)
class Analysis:
    """Everything the page shows; [ℓ, L] is the interval that the methods were tuned to."""

    request: Request
    about: Subject
    eigenvalues: Array
    ell: float
    L: float
    widened: bool
    start: Start
    methods: tuple[MethodResult, ...]
    plan: Plan
    plan_observed: tuple[float, ...]
    locality: Locality | None = None

    @property
    def exact(self) -> bool:
        """Whether the problem is quadratic, so that guarantees hold."""
        return self.about.exact

    @property
    def kappa(self) -> float:
        """ℓ/L."""
        return self.ell / self.L

    @property
    def steps(self) -> int:
        """T."""
        return self.request.steps

    @property
    def told_until(self) -> int:
        """The last t of the pictures over t: a little after every curve has left below."""
        curves = [
            np.asarray(values) for each in self.methods for values in (each.iterate, each.jacobian)
        ]
        last = max(int(np.max(np.flatnonzero(~(c < SHOWN)), initial=0)) for c in curves)
        return min(self.steps, max(last + last // 20 + 1, 10))

    @property
    def shown_at(self) -> int:
        """The t of the pictures over λ: where the worst method is at its worst."""
        peaks = [each.seen for each in self.methods]
        return max(peaks, key=lambda peak: peak.peak).peak_at or min(10, self.steps)

"""The majorant theorem: how wrong a differentiated run can be off quadratics.

*Class.* spec H* ⊂ [ℓ, L] for H* = ∇²f(x*), ‖∇²f(x) − H*‖ ≤ M‖x − x*‖ and ‖G(x)‖ ≤ c‖x − x*‖ with
G(x) = ∂_θ∇f(x) + ∇²f(x)∂x*; both from x* only, not between all pairs. c ≤ M‖∂x*‖ + N where ∂_θ∇f
is N-Lipschitz in x. Several parameters: Frobenius norms.

*Theorem.* ‖x_t − x*‖ ≤ u_t and ‖∂x_t − ∂x*‖ ≤ v_t, by the Volterra inequalities of
:mod:`polyrates.analysis.volterra` for any method, and where condition K is proved
(:mod:`polyrates.analysis.scalar_run`) by the method itself run on one scalar, which is attained by
:func:`polyrates.analysis.majorant_example.majorant_example`. Inside the basin ‖x_0 − x*‖ < 2ℓ/M the
scalar falls; outside of it there is no bound: a function of the class has a second stationary
point at 2ℓ/M.

Weights on Chebyshev's iterates have a bound that is sharper than the Volterra sum
(:mod:`polyrates.analysis.weighted_bound`).

*Estimators.* Truncation resets the tangents. An implicit estimate at x_t solves with a Hessian in
[ℓ − Mu_t, L + Mu_t]: exactly, ‖E_t‖ ≤ cu_t/(ℓ − Mu_t); by k inner steps with the residual
polynomial Q_k, ‖E_t‖ ≤ max|Q_k|‖E_0‖ + max|(1 − Q_k)/λ| c u_t, maxima over that interval.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import sympy

from polyrates.analysis.scalar_run import condition_k, exact_run, float_run
from polyrates.analysis.volterra import Sizes, basin_of, iterate_bounds, tangent_bounds
from polyrates.analysis.weighted_bound import weighted_bounds
from polyrates.core.estimators import Estimator, Unrolled, as_estimator
from polyrates.core.methods.classical import Chebyshev, GradientDescent
from polyrates.core.methods.iterate_weights import IterateWeights
from polyrates.core.recurrence import Method, Stationary, as_method, check_steps, own
from polyrates.core.spectra import hull_of
from polyrates.ground.cards import Card, Carded, lower_cell, upper_cell
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import (
    Number,
    floating,
    is_exact,
    is_symbolic,
    nonnegative,
    sign,
    unify,
)
from polyrates.ground.rounding import float_above
from polyrates.ground.typeset import latex
from polyrates.numeric.suprema.inner import inner_maxima
from polyrates.numeric.suprema.kernels import kernels

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Majorant", "majorant"]

_EXACT_STEPS = 10  # the digits of an exact run double at every step where M > 0


@dataclass(frozen=True, eq=False)
class Majorant(Carded):
    """‖x_t − x*‖ ≤ iterates[t], ‖∂x_t − ∂x*‖ ≤ jacobians[t], t = 0, …, steps.

    Attributes
    ----------
    iterates, jacobians : arrays (steps+1,)
        Floats rounded upward, or exact numbers (dtype object); infinite where nothing is proved.
    basin : number
        The bounds of the iterates fall (``form`` "scalar") or stay within a fixed multiple of
        ‖x_0 − x*‖ up to the horizon ("kernels") for ‖x_0 − x*‖ below it.
    form : "scalar", "weighted" or "kernels"
    status : "argued" or "certified"
        Of the numbers: exact, or floats rounded outward. The theorem's proof has steps in prose.
    reason : str
        Why a bound is infinite; empty where it is not.
    hypotheses : tuple of str
        Conditions on symbols that were taken to hold.
    """

    method: Method
    interval: tuple[Number, Number]
    estimator: Estimator
    hessian_lipschitz: Number
    cross_lipschitz: Number
    distance: Number
    residual: Number
    iterates: np.ndarray
    jacobians: np.ndarray
    basin: Number
    form: str
    status: str
    reason: str = ""
    hypotheses: tuple[str, ...] = ()

    def __repr__(self) -> str:
        last = len(self.iterates) - 1
        why = f"; {self.reason}" if self.reason else ""
        return (
            f"Majorant({self.method.name}, {self.estimator.name}: at t = {last} "
            f"iterate <= {self.iterates[-1]}, Jacobian <= {self.jacobians[-1]}; "
            f"{self.form} form, {self.status}{why})"
        )

    def _latex(self) -> str:
        last = len(self.iterates) - 1
        u, v = (r"\infty" if _infinite(x[-1]) else latex(x[-1]) for x in self._pair())
        return (
            rf"\left\|x_{{{last}}} - x_{{\star}}\right\| \le {u}, \quad "
            rf"\left\|\partial x_{{{last}}} - \partial x_{{\star}}\right\| \le {v}"
        )

    def _pair(self) -> tuple[np.ndarray, np.ndarray]:
        return self.iterates, self.jacobians

    def _card(self) -> Card:
        last = len(self.iterates) - 1
        rows = [
            (f"iterate, t = {last}", upper_cell(self.iterates[-1])),
            (f"Jacobian, t = {last}", upper_cell(self.jacobians[-1])),
            ("largest Jacobian bound", upper_cell(max(self.jacobians))),
            ("basin, ‖x_0 − x*‖ below", lower_cell(self.basin)),
            ("form", self.form),
            ("status", self.status),
        ]
        title = f"Majorant of {self.method.name}, {self.estimator.name}"
        return Card(title, rows, formula=self._latex(), note=self.reason)

    def plot(self, axes: Axes | None = None) -> Axes:
        """Both bounds over t, on a logarithmic scale."""
        from polyrates.ground.drawing import axes_of

        axes = axes_of(axes, "majorant")
        for values, label in ((self.iterates, "iterates"), (self.jacobians, "Jacobians")):
            axes.semilogy([float(value) for value in values], label=label)
        axes.set_xlabel("t")
        axes.set_ylabel("bound of the error")
        axes.legend()
        return axes


def _exact_array(values: Iterable[sympy.Expr]) -> np.ndarray:
    listed = list(values)
    result = np.empty(len(listed), dtype=object)
    result[:] = listed
    return result


def _infinite(value: object) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def majorant(
    method: Method,
    interval: object,
    steps: int,
    *,
    hessian_lipschitz: object,
    cross_lipschitz: object,
    distance: object,
    residual: object,
    estimator: Estimator | None = None,
) -> Majorant:
    """Bounds of the errors of x_t and of its Jacobian on functions that are not quadratic.

    Parameters
    ----------
    method : Method
        "Tuned" is recognized by equality with ``.tuned(ell, L)``; floats ℓ and L stand for the
        numbers they are, and the bound is that of the method tuned to them in exact arithmetic.
    interval : (ell, L)
        Holds the spectrum of the Hessian at the solution.
    steps : int ≥ 0
    hessian_lipschitz, cross_lipschitz : numbers ≥ 0
        M and c; for a problem c = M‖∂x*‖ + N.
    distance, residual : numbers ≥ 0
        ‖x_0 − x*‖, and ‖E_0‖ of the estimate's start (‖∂x*‖ where it starts at 0).
    estimator : Estimator, default ``pr.Unrolled()``

    Notes
    -----
    Exact where all inputs are exact and the run is: symbols included, at most 10 steps where M > 0.
    """
    steps = check_steps(as_method(method), steps)
    chosen = as_estimator(Unrolled() if estimator is None else estimator)
    given = (
        ("hessian_lipschitz", hessian_lipschitz),
        ("cross_lipschitz", cross_lipschitz),
        ("distance", distance),
        ("residual", residual),
    )
    ell, L, *rest = unify(
        *hull_of(interval),
        *(nonnegative(value, name) for name, value in given),
    )
    M, c, d, r = rest
    question = _Question(method, (ell, L), chosen, M, c, d, r, steps)
    return question.answer()


@dataclass(frozen=True)
class _Question:
    method: Method
    interval: tuple[Number, Number]
    estimator: Estimator
    M: Number
    c: Number
    distance: Number
    residual: Number
    steps: int

    def answer(self) -> Majorant:
        """By the scalar where condition K is proved, else by the kernels."""
        ell, L = self.interval
        holds = condition_k(self.method, ell, L)
        hypotheses = [holds] if isinstance(holds, str) else []
        inside = sign(2 * ell - self.M * self.distance) if sign(self.M) != 0 else 1
        if inside is None:
            hypotheses.append(f"{self.M}*({self.distance}) < 2*({ell})")
        form = "scalar" if holds else "kernels"
        basin: Number = math.inf if sign(self.M) == 0 else 2 * ell / self.M
        if inside is not None and inside <= 0:
            reason = (
                f"M‖x_0 − x*‖ = {self.M * self.distance} is not below 2ℓ = {2 * ell}: the class "
                "holds functions with a second stationary point there"
            )
            return self._nothing(basin, form, reason)
        if not holds:
            found = self._weighted(basin)
            return self._by_kernels() if found is None else found
        if self._exact():
            return self._exactly(basin, tuple(hypotheses))
        if any(is_symbolic(value) for value in (*self.method.parameters, *self._numbers())):
            refuse_value(
                "steps",
                self.steps,
                f"a symbolic run of more than {_EXACT_STEPS} steps doubles its degree at each, "
                "and only unrolling, its truncation for gradient descent and exact implicit "
                "solves are symbolic",
                "give numbers, or fewer steps",
            )
        return self._floats(basin)

    def _numbers(self) -> tuple[Number, ...]:
        return (*self.interval, self.M, self.c, self.distance, self.residual)

    def _exact(self) -> bool:
        if not all(is_exact(value) for value in (*self.method.parameters, *self._numbers())):
            return False
        short = self.steps <= _EXACT_STEPS or sign(self.M) == 0
        return short and (self.estimator.exact_solve or not any(self._resets()))

    def _resets(self) -> list[int]:
        """Where the tangents of ∂x_t start afresh, by t; nowhere where a system is solved."""
        if self.estimator.solve is not None:
            return [0] * (self.steps + 1)
        return [self.estimator.reset_at(t) for t in range(self.steps + 1)]

    def _made(
        self,
        bounds: tuple[np.ndarray, np.ndarray],
        basin: Number,
        form: str,
        status: str = "certified",
        reason: str = "",
        hypotheses: tuple[str, ...] = (),
    ) -> Majorant:
        sizes = (self.M, self.c, self.distance, self.residual)
        return Majorant(
            self.method,
            self.interval,
            self.estimator,
            *sizes,
            *bounds,
            basin,
            form,
            status,
            reason,
            hypotheses,
        )

    def _nothing(self, basin: Number, form: str, reason: str) -> Majorant:
        endless = np.full(self.steps + 1, np.inf)
        return self._made((endless, endless), basin, form, reason=reason)

    def _exactly(self, basin: Number, hypotheses: tuple[str, ...]) -> Majorant:
        sizes = (self.M, self.c, self.distance, self.residual)
        pairs = exact_run(self.method, self.interval[0], sizes, self.steps)
        iterates = _exact_array(u for u, _ in pairs)
        if not self.estimator.exact_solve:
            jacobians = _exact_array(v for _, v in pairs)
            return self._made((iterates, jacobians), basin, "scalar", "argued", "", hypotheses)
        solved: list[sympy.Expr] = []
        for u in iterates:
            room = self.interval[0] - self.M * u
            known = sign(room)
            if known is None:
                hypotheses = (*hypotheses, f"{room} > 0")
            solved.append(sympy.oo if known in (0, -1) else sympy.factor(self.c * u / room))
        bounds = (iterates, _exact_array(solved))
        return self._made(bounds, basin, "scalar", "argued", "", hypotheses)

    def _upward(self) -> Sizes:
        return Sizes(*(float_above(x) for x in (self.M, self.c, self.distance, self.residual)))

    def _floats(self, basin: Number) -> Majorant:
        ends = floating(self.interval[0]), floating(self.interval[1])
        sizes = self._upward()
        u, v = float_run(self.method, ends, sizes, self.steps)
        if not np.all(np.isfinite(u)):
            return self._nothing(basin, "scalar", "the distance is too near the edge of the basin")
        if self.estimator.solve is not None:
            return self._implicit(u, basin, "scalar")
        if not any(self._resets()):
            return self._made((u, v), basin, "scalar")
        if type(self.method) is GradientDescent:  # what is left of it after a reset is itself
            tangents = np.array([self._restarted(ends, sizes, u, t) for t in range(len(u))])
            return self._made((u, tangents), basin, "scalar")
        return self._by_kernels()

    def _weighted(self, basin: Number) -> Majorant | None:
        """Of weights on the iterates of Chebyshev's method on this interval; else None."""
        found: IterateWeights | None = own(self.method, "iterate_weights")
        if found is None or type(found.base) is not Chebyshev:
            return None
        numbers = (*self.method.parameters, *self._numbers())
        if any(self._resets()) or any(is_symbolic(value) for value in numbers):
            return None
        if condition_k(found.base, *self.interval) is not True:
            return None
        ends = floating(self.interval[0]), floating(self.interval[1])
        u, v = weighted_bounds(ends, found, self._upward(), self.steps)
        if not np.all(np.isfinite(u)):
            return self._nothing(basin, "weighted", "the distance is too near the basin's edge")
        if self.estimator.solve is not None:
            return self._implicit(u, basin, "weighted")
        return self._made((u, v), basin, "weighted")

    def _restarted(self, ends: tuple[float, float], sizes: Sizes, u: np.ndarray, t: int) -> float:
        s = self.estimator.reset_at(t)
        fresh = Sizes(sizes.hessian_lipschitz, sizes.cross_lipschitz, float(u[s]), sizes.residual)
        return float(float_run(self.method, ends, fresh, t - s)[1][-1])

    def _by_kernels(self) -> Majorant:
        if any(is_symbolic(value) for value in (*self.method.parameters, *self._numbers())):
            refuse_value(
                "method",
                self.method,
                "condition K is not proved for it, and kernels need numbers",
                "give numbers, or a method tuned to (ell, L)",
            )
        diverges = self._diverges()
        if diverges:
            return self._nothing(0.0, "kernels", diverges)
        sizes, resets = self._upward(), self._resets()
        starts = [0, *sorted(set(resets) - {0})]
        found = kernels(self.method, self.interval, self.steps, starts)
        queries, u = iterate_bounds(found, sizes)
        basin = basin_of(found, sizes.hessian_lipschitz)
        reason = "" if np.all(np.isfinite(u)) else "the Volterra bound overflows"
        if self.estimator.solve is not None:
            return self._implicit(u, basin, "kernels", reason)
        v = tangent_bounds(found, sizes, queries, resets)
        return self._made((u, v), basin, "kernels", reason=reason)

    def _diverges(self) -> str:
        """Why the method diverges on a quadratic with this spectrum, where that is plain."""
        if not isinstance(self.method, Stationary):
            return ""
        step = self.method.transition(floating)
        M, g, q = (np.array(part, dtype=float) for part in (step.mixing, step.gain, step.query))
        for end in self.interval:
            radius = max(abs(np.linalg.eigvals(M - floating(end) * np.outer(g, q))))
            if radius > 1 + 1e-9:
                return f"the method diverges on quadratics at λ = {end}"
        return ""

    def _implicit(self, u: np.ndarray, basin: Number, form: str, reason: str = "") -> Majorant:
        solve, sizes = self.estimator.solve, self._upward()
        if solve is None or solve.damping or solve.preconditioner is not None:
            refuse_value("estimator", self.estimator.name, "has no majorant", "give pr.Implicit()")
        drop = sizes.hessian_lipschitz * u * (1 + 2.0**-52)
        if solve.inner is None:
            room = math.nextafter(floating(self.interval[0]), 0.0) - drop
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                v = np.where(room > 0, sizes.cross_lipschitz * u / room * (1 + 2.0**-50), np.inf)
            if not np.all(np.isfinite(v)):
                reason = reason or "M‖x_t − x*‖ is not below ℓ at the first steps"
            return self._made((u, v), basin, form, reason=reason)
        inner, k = solve.inner, solve.inner_steps or 0
        v = np.full_like(u, np.inf)
        for t in np.flatnonzero(np.isfinite(drop)):
            Q, W = inner_maxima(inner, k, self.interval, float(drop[t]))
            v[t] = (Q * sizes.residual + W * sizes.cross_lipschitz * u[t]) * (1 + 2.0**-50)
        return self._made((u, v), basin, form, reason=reason)

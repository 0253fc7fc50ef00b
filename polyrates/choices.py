r"""The choices an estimator leaves open, made by the guarantee: where to truncate, how to split.

With N products to spend, gradients plus Hessian-vector products (t of the one, and as many of the
other as steps are differentiated or solved),

    truncated at s of t            N = 2t − s
    restarted at s, tail of k      N = s + 2k     (R, C) = (Q_k, Q_k′P_s), a fresh method's tail Q_k
    implicit, k inner steps        N = t + k      (R, C) = (Q_k, P_t(Q_k − 1)/λ)

The choice is a search over s or k on a fine grid of eigenvalues (numeric); the guarantee at the
choice is certified. So a guarantee always holds, and that no other choice beats it is numeric.

The optimal polynomial for truncated unrolling: for a fixed head P_s the worst case of (Q, Q′P_s) is
convex in the tail Q, and :func:`optimal_tail` minimizes it. It is not convex in head and tail
together (C is a product of the two), nor over a single P: the pair of a truncated run belongs to
the realization of P, not to P. For those nothing is claimed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.polynomial import Chebyshev as ChebyshevSeries

from polyrates.errors import refuse_type, refuse_value
from polyrates.estimators import (
    Estimator,
    Implicit,
    JetCarrier,
    Truncated,
    Unrolled,
    _InverseCarrier,
)
from polyrates.methods import Chebyshev
from polyrates.minimax_optimum import minimax_optimal
from polyrates.numbers import Number, count, floating
from polyrates.numeric.ring import ValueRing
from polyrates.numeric.run import Products
from polyrates.rates import rate
from polyrates.recurrence import Method, Transition, as_method, check_steps, orbit
from polyrates.sizes import InitialSizes, sizes_of
from polyrates.spectra import Spectrum, as_spectrum
from polyrates.worst_case import enclose, worst_case

__all__ = [
    "Choice",
    "Restarted",
    "best_restart",
    "best_split",
    "best_start",
    "best_tail",
    "chebyshev_on",
    "guarantee",
    "optimal_tail",
    "products_of",
    "tail_lower_bound",
]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Restarted(Method):
    """``start`` steps of ``head``, then ``tail`` from a fresh state at the head's last output.

    P_t = P^{head}_s P^{tail}_{t−s}. With ``Truncated(start)`` the tail alone is differentiated and
    (R, C) = (Q_k, Q_k′P_s), k = t − s: what a user does who solves first and then differentiates a
    fresh run.

    Parameters
    ----------
    head, tail : Method
    start : int ≥ 0
        s, the number of steps of the head.
    """

    head: Method
    tail: Method
    start: int

    def __post_init__(self) -> None:
        as_method(self.head, "head")
        as_method(self.tail, "tail")
        object.__setattr__(self, "start", check_steps(self.head, self.start, "start"))

    @property
    def name(self) -> str:
        """Both names, and where the second starts."""
        return f"{self.head.name}, restarted as {self.tail.name} at {self.start}"

    @property
    def parameters(self) -> tuple[Number, ...]:
        """Those of both methods."""
        return self.head.parameters + self.tail.parameters

    @property
    def horizon(self) -> int | None:
        """The start and the tail's horizon."""
        return None if self.tail.horizon is None else self.start + self.tail.horizon

    def transitions(self, number: Callable[[Number], Any]) -> Iterator[Transition[Any]]:
        """The head's, then the tail's; its first step reads every point as the head's output."""
        heads = list(islice(self.head.transitions(number), self.start))
        tails = self.tail.transitions(number)
        first = next(tails, None)
        size = max(len(heads[0].gain) if heads else 0, len(first.gain) if first is not None else 0)
        for each in heads:
            yield _padded(each, size)
        if first is None:
            return
        if heads:
            output = _padded(heads[-1], size).output
            rows = (output,) * size
            whole = _padded(first, size)
            yield Transition(output, rows, whole.gain, whole.output)
        else:
            yield _padded(first, size)
        for each in tails:
            yield _padded(each, size)


def _padded(step: Transition[Any], size: int) -> Transition[Any]:
    """The same step on a longer state, whose extra points copy the first and are never read."""
    extra = size - len(step.gain)
    if not extra:
        return step
    zeros = (0,) * extra
    rows = tuple((*row, *zeros) for row in step.mixing)
    return Transition(
        (*step.query, *zeros),
        rows + (rows[0],) * extra,
        step.gain + (step.gain[0],) * extra,
        (*step.output, *zeros),
    )


@dataclass(frozen=True, eq=False)
class Choice:
    """A method, an estimator and a number of steps, chosen by their guarantee.

    Attributes
    ----------
    method : Method
    estimator : Estimator
    t : int
        Steps of the (outer) method.
    parameter : int
        What was chosen: the start s, or the number k of inner or differentiated steps.
    guarantee : float
        Certified: the error is at most this, in units of ‖E‖.
    lower : float
        Certified: some problem of these sizes has at least this error (0 where not known).
    scanned : array (n, 2)
        (parameter, error on the grid) of every candidate that was looked at; numeric.
    """

    method: Method
    estimator: Estimator
    t: int
    parameter: int
    guarantee: float
    lower: float
    scanned: Array = field(repr=False)

    @property
    def products(self) -> Products:
        """Gradients and Hessian-vector products."""
        return products_of(self.estimator, self.t)


def products_of(estimator: Estimator, t: int) -> Products:
    """What an estimate at t costs; an exact solve counts no products."""
    t = count(t, "t")
    if isinstance(estimator, Unrolled):
        return Products(t, t)
    if isinstance(estimator, Truncated):
        return Products(t, t - estimator.reset_at(t))
    if isinstance(estimator, Implicit):
        return Products(t, estimator.inner_steps or 0)
    refuse_type("estimator", estimator, "has no known cost", "use one of the package's own")


def guarantee(
    method: Method, estimator: Estimator, t: int, spectrum: Any, sizes: InitialSizes
) -> tuple[float, float]:
    """(lower, upper), certified: the tight worst case, the smallest over the forms that are known.

    ``lower`` is the largest error that some problem of these sizes is certain to have; with two
    forms given, or without commutation, it is 0: the two bounds need not be attained together.
    """
    of = rate(method, as_spectrum(spectrum), estimator)
    found = []
    for pair in sizes.forms:
        if pair.form == "residual/hessian":
            found.append((0.0, floating(worst_case(of, t, **pair.arguments))))
        else:
            best = enclose(of, t, pair)
            found.append((best.lower, best.upper))
    top = min(upper for _, upper in found)
    return (found[0][0] if len(found) == 1 else 0.0), top


# -- the grid on which choices are compared --------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Grid:
    """Eigenvalues fine enough for degree ``degree``, and the sizes: errors as plain floats."""

    points: Array
    sizes: InitialSizes

    @classmethod
    def of(cls, spectrum: Spectrum, degree: int, sizes: InitialSizes) -> _Grid:
        pieces = []
        for a, b in spectrum.support:
            low, high = floating(a, "ell"), floating(b, "L")
            if low == high:
                pieces.append(np.array([low]))
            else:
                # four points a half-wave: the maximum on the grid is within 8 % of the true one
                angle = np.linspace(0.0, math.pi, 4 * max(degree, 8) + 1)
                pieces.append(low + (high - low) * np.cos(angle / 2) ** 2)
        return cls(np.concatenate(pieces), sizes)

    @property
    def ring(self) -> ValueRing:
        return ValueRing(self.points)

    def error(self, residual: Array, drift: Array) -> float:
        """The worst case on the grid; without commutation the drift stands for its multiplier."""
        values = []
        for form, first, second in self.sizes.forms:
            a, g = floating(first), floating(second)
            A = residual - self.points * drift if form == "initial/cross" else residual
            if form == "residual/hessian":
                values.append(a * float(np.max(np.abs(A))) + g * float(np.max(np.abs(drift))))
            else:
                values.append(_joint((a * A) ** 2, (g * drift) ** 2))
        return min(values)


def _joint(x: Array, y: Array) -> float:
    """√ of min over s of max_i x_i/s + y_i/(1 − s), by bisection on the slope in log(s/(1 − s))."""
    if not (np.all(np.isfinite(x)) and np.all(np.isfinite(y))):
        return math.inf
    if not x.any() or not y.any():
        return math.sqrt(float(np.max(x)) + float(np.max(y)))
    low, high, best = -30.0, 30.0, math.inf
    for _ in range(34):
        odds = math.exp((low + high) / 2)
        value = x * (1 + 1 / odds) + y * (1 + odds)
        i = int(np.argmax(value))
        best = min(best, float(value[i]))
        if y[i] * odds > x[i] / odds:
            high = (low + high) / 2
        else:
            low = (low + high) / 2
    return math.sqrt(best)


def _search(
    candidates: list[int], value: Callable[[int], float], most: int = 200
) -> dict[int, float]:
    """Values at all candidates, or, of many, at every 2^j-th and then ever closer to the best."""
    found: dict[int, float] = {}

    def look(indices: Iterable[int]) -> None:
        for i in indices:
            if 0 <= i < len(candidates) and candidates[i] not in found:
                found[candidates[i]] = value(candidates[i])

    stride = 1
    while len(candidates) > most * stride:
        stride *= 2
    look([*range(0, len(candidates), stride), len(candidates) - 1])
    while stride > 1:
        stride //= 2
        best = candidates.index(min(found, key=lambda key: found[key]))
        look((best - stride, best + stride))
    return found


def _sizes(spectrum: Spectrum, sizes: dict[str, Any]) -> InitialSizes:
    given = sizes.pop("given", None)
    return given if isinstance(given, InitialSizes) else sizes_of(spectrum, **sizes)


def _choice(
    method: Method, estimator: Estimator, t: int, parameter: int, spectrum: Spectrum,
    sizes: InitialSizes, found: dict[int, float],
) -> Choice:  # fmt: skip
    lower, upper = guarantee(method, estimator, t, spectrum, sizes)
    scanned = np.array(sorted(found.items()), dtype=float)
    return Choice(method, estimator, t, parameter, upper, lower, scanned)


def best_start(
    method: Method,
    spectrum: Any,
    t: int | None = None,
    budget: int | None = None,
    *,
    exhaustive: bool = True,
    **sizes: Any,
) -> Choice:
    """The best step s at which to reset the tangents of a truncated run.

    Parameters
    ----------
    method : Method
    spectrum : Spectrum
    t : int ≥ 1, or
        Steps of the run: s ranges over 0, …, t − 1.
    budget : int ≥ 2
        N = 2t − s products: s and t grow together. Give exactly one of the two.
    exhaustive : bool
        Look at every s; False looks at every few and then closer to the best.
    initial, cross, residual, drift, hessian : numbers ≥ 0
        The sizes of the initial error; see :func:`polyrates.sizes.sizes_of`.
    """
    where = as_spectrum(spectrum)
    as_method(method)
    if (t is None) == (budget is None):
        refuse_value("t, budget", (t, budget), "exactly one of them must be given", "give one")
    known = _sizes(where, sizes)
    if t is not None:
        fixed = check_steps(method, count(t, "t", 1), "t")
        pairs = dict.fromkeys(range(fixed), fixed)
    else:
        assert budget is not None
        total = _budget(budget)
        limit = total if method.horizon is None else method.horizon
        pairs = {
            s: (total + s) // 2 for s in range(total % 2, total, 2) if (total + s) // 2 <= limit
        }
        if not pairs:
            fewer = min(total // 2, limit)
            pairs = {0: fewer}
    grid = _Grid.of(where, max(pairs.values()), known)

    def value(s: int) -> float:
        with np.errstate(over="ignore", invalid="ignore"):
            return grid.error(*Truncated(s).pair(method, pairs[s], grid.ring))

    order = sorted(pairs)
    found = {s: value(s) for s in order} if exhaustive else _search(order, value, 24)
    best = min(found, key=lambda s: found[s])
    return _choice(method, Truncated(best), pairs[best], best, where, known, found)


def _budget(value: object, minimum: int = 2) -> int:
    result = count(value, "budget")
    if result < minimum:
        refuse_value(
            "budget", value, "is too small for one step: a gradient and a Hessian-vector product",
            f"give N ≥ {minimum}",
        )  # fmt: skip
    return result


def best_split(
    budget: int, spectrum: Any, outer: Method, inner: Method | None = None, **sizes: Any
) -> Choice:
    """The best split of N products between outer steps and inner steps of an implicit solve.

    Parameters
    ----------
    budget : int ≥ 2
        N = t + k.
    spectrum : Spectrum
    outer : Method
        Finds x_t.
    inner : Method, optional
        Solves for ∂x*; None takes the outer method.
    initial, cross, residual, drift, hessian : numbers ≥ 0
        The sizes of the initial error.
    """
    where = as_spectrum(spectrum)
    total = _budget(budget)
    solver = as_method(outer, "outer") if inner is None else as_method(inner, "inner")
    as_method(outer, "outer")
    known = _sizes(where, sizes)
    grid = _Grid.of(where, total, known)
    most = total if solver.horizon is None else min(total, solver.horizon)
    reach = total if outer.horizon is None else min(total, outer.horizon)
    ring = grid.ring
    with np.errstate(over="ignore", invalid="ignore"):
        residuals = list(orbit(solver, ring, most))
        solved = list(orbit(solver, _InverseCarrier(ring), most))
        values = list(orbit(outer, ring, reach))
        found = _search(
            list(range(1, most + 1)),
            lambda k: grid.error(residuals[k], values[min(reach, total - k)] * solved[k]),
        )
    best = min(found, key=lambda k: found[k])
    estimator = Implicit(solver, best)
    return _choice(outer, estimator, min(reach, total - best), best, where, known, found)


def best_restart(
    budget: int, spectrum: Any, head: Method, tail: Method | None = None, **sizes: Any
) -> Choice:
    """The best length k of a fresh differentiated run after N − 2k plain steps.

    Parameters
    ----------
    budget : int ≥ 2
        N = s + 2k.
    spectrum : Spectrum
    head : Method
        The plain steps.
    tail : Method, optional
        The differentiated steps; None takes the head's method.
    initial, cross, residual, drift, hessian : numbers ≥ 0
        The sizes of the initial error.
    """
    where = as_spectrum(spectrum)
    total = _budget(budget)
    fresh = as_method(head, "head") if tail is None else as_method(tail, "tail")
    as_method(head, "head")
    known = _sizes(where, sizes)
    grid = _Grid.of(where, total, known)
    most = total // 2 if fresh.horizon is None else min(total // 2, fresh.horizon)
    reach = total if head.horizon is None else min(total, head.horizon)
    ring = grid.ring
    with np.errstate(over="ignore", invalid="ignore"):
        jets = list(orbit(fresh, JetCarrier(ring, ring), most))
        values = list(orbit(head, ring, reach))
        found = _search(
            list(range(1, most + 1)),
            lambda k: grid.error(
                jets[k].value, jets[k].tangent * values[min(total - 2 * k, reach)]
            ),
        )
    best = min(found, key=lambda k: found[k])
    start = min(total - 2 * best, reach)
    method = Restarted(head, fresh, start)
    return _choice(method, Truncated(start), start + best, best, where, known, found)


def optimal_tail(spectrum: Any, head: Method, start: int, steps: int, **sizes: Any) -> Choice:
    """The best differentiated run of ``steps`` steps after ``start`` steps of a fixed head.

    Minimizes the worst case of (Q, Q′P_s) over Q with Q(0) = 1 and deg Q ≤ k, which is convex in Q,
    with max|P_s| in the place of |P_s(λ)|: the minimax problem with the drift ‖D‖max|P_s|, solved
    with a certificate. The guarantee is the tight worst case of the true pair, so it is at most
    that optimum; :func:`tail_lower_bound` says how far it can be from the best tail.

    Parameters
    ----------
    spectrum : Spectrum
    head : Method
    start : int ≥ 0
        s.
    steps : int ≥ 1
        k.
    residual, drift : numbers ≥ 0
        ‖E‖ and ‖D‖ (or residual, hessian). The form initial/cross has no such reduction: in it
        the head multiplies part of the initial term too.
    """
    where = as_spectrum(spectrum)
    known = _sizes(where, sizes)
    s, k = check_steps(as_method(head, "head"), start, "start"), count(steps, "steps", 1)
    second = known.drift if known.drift is not None else known.hessian
    if second is None:
        refuse_value(
            "cross", known.cross, "the tail is optimized in the form residual/drift",
            "give residual= and drift=",
        )  # fmt: skip
    scale = rate(head, where, Unrolled()).residual.enclosure(s)[1]
    optimum = minimax_optimal(
        where, k, residual=floating(known.error), drift=floating(second) * scale
    )
    tail = optimum.method
    method = Restarted(head, tail, s)
    found = {k: float(optimum.upper)}
    used = k if tail.horizon is None else min(k, tail.horizon)
    return _choice(method, Truncated(s), s + used, k, where, known, found)


def best_tail(budget: int, spectrum: Any, head: Method, **sizes: Any) -> Choice:
    """The optimal tail of the best length k after N − 2k plain steps of the head.

    A search over k around the best length for the head's own restart, then :func:`optimal_tail`.
    """
    where = as_spectrum(spectrum)
    total = _budget(budget)
    known = _sizes(where, sizes)
    middle = best_restart(total, where, head, given=known).parameter
    found: dict[int, Choice] = {}

    def look(k: int) -> None:
        if 1 <= k <= total // 2 and k not in found:
            found[k] = optimal_tail(where, head, total - 2 * k, k, given=known)

    stride = max(1, total // 24)
    for k in (middle - stride, middle, middle + stride):
        look(k)
    while True:
        best = min(found, key=lambda k: found[k].guarantee)
        before = len(found)
        look(best - stride)
        look(best + stride)
        if len(found) == before or min(found, key=lambda k: found[k].guarantee) == best:
            if stride == 1:
                break
            stride = max(1, stride // 2)
    best = min(found, key=lambda k: found[k].guarantee)
    chosen = found[best]
    scanned = np.array(sorted((k, each.guarantee) for k, each in found.items()), dtype=float)
    return Choice(chosen.method, chosen.estimator, chosen.t, best, chosen.guarantee, chosen.lower,
                  scanned)  # fmt: skip


def tail_lower_bound(
    spectrum: Any, head: Method, start: int, steps: int, rounds: int = 60, **sizes: Any
) -> float:
    """A lower bound (numeric) on the guarantee of every tail of ``steps`` steps after the head.

    For a measure ω on the support and every s in (0, 1), max ≥ mean, so min over s and Q of
    ∫ a²Q²/s + d²(Q′P_s)²/(1 − s) dω ≤ V². The inner minimum is a least-squares problem; ω is moved
    towards the least favourable one by Lawson's iteration, started where it is large.
    """
    where = as_spectrum(spectrum)
    known = _sizes(where, sizes)
    k = count(steps, "steps", 1)
    a = floating(known.error)
    d = floating(known.drift if known.drift is not None else known.hessian or 0)
    grid = _Grid.of(where, 2 * k, known)
    points = grid.points
    low, high = float(points.min()), float(points.max())
    values = np.asarray(list(orbit(head, grid.ring, count(start, "start")))[-1])
    basis = [ChebyshevSeries.basis(j, domain=[low, high]) for j in range(k + 1)]
    table = np.stack([each(points) for each in basis], axis=1)
    slopes = np.stack(
        [each.deriv()(points) if j else 0 * points for j, each in enumerate(basis)], 1
    )
    at_zero = np.array([float(each(0.0)) for each in basis])
    # Q = 1/T_k(0)·T_k + combinations that vanish at 0, scaled by their values there
    fixed = np.zeros(k + 1)
    fixed[k] = 1 / at_zero[k]
    free = np.eye(k + 1)[:k] - np.outer(at_zero[:k] / at_zero[k], np.eye(k + 1)[k])

    def least(weights: Array) -> tuple[float, Array, Array]:
        root = np.sqrt(weights)[:, None]
        share, best = 0.5, (0.0, 0 * points, 0 * points)
        for _ in range(12):  # alternate Q and s: jointly convex, so this settles
            weighted = root * (slopes * values[:, None])
            A = np.vstack(
                [a / math.sqrt(share) * root * table, d / math.sqrt(1 - share) * weighted]
            )
            c = np.linalg.lstsq(A @ free.T, -A @ fixed, rcond=None)[0]
            q = fixed + free.T @ c
            first, second = a * (table @ q), d * (slopes @ q) * values
            x, y = float(weights @ first**2), float(weights @ second**2)
            best = (math.sqrt(x) + math.sqrt(y)), first, second
            share = min(max(math.sqrt(x) / (math.sqrt(x) + math.sqrt(y) + 1e-300), 1e-6), 1 - 1e-6)
        return best

    # start from the profile of the bound that optimal_tail minimizes
    weights = np.full(len(points), 1 / len(points))
    top = 0.0
    for _ in range(rounds):
        value, first, second = least(weights)
        top = max(top, value)
        x, y = float(weights @ first**2), float(weights @ second**2)
        share = math.sqrt(x) / (math.sqrt(x) + math.sqrt(y) + 1e-300)
        share = min(max(share, 1e-6), 1 - 1e-6)
        profile = np.sqrt(first**2 / share + second**2 / (1 - share))
        weights = weights * profile
        weights /= weights.sum()
    return top


def chebyshev_on(spectrum: Any) -> Chebyshev:
    """Chebyshev's method on the hull, in floats."""
    ell, L = as_spectrum(spectrum).hull
    return Chebyshev(floating(ell, "ell"), floating(L, "L"))

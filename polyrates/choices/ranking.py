"""Every way to spend N products, with its guarantee, best first."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from polyrates.choices.choice import Choice, guarantee
from polyrates.choices.optimal_tail import best_tail, chebyshev_on
from polyrates.choices.plan_rows import FAMILIES, PlanRow
from polyrates.choices.searches import best_restart, best_split, best_start
from polyrates.core.estimator_catalogue import ESTIMATORS
from polyrates.core.estimators import Estimator, Implicit, OneStep, Unrolled
from polyrates.core.measures.densities import GegenbauerDensity
from polyrates.core.methods import catalogue
from polyrates.core.methods.classical import Chebyshev
from polyrates.core.methods.conjugate_gradient import ConjugateGradient
from polyrates.core.methods.orthogonal import Sobolev
from polyrates.core.recurrence import Method
from polyrates.core.spectra import Spectrum, as_spectrum
from polyrates.execution.reverse import forward_memory
from polyrates.ground.errors import PolyratesError, refuse_value
from polyrates.ground.numbers import floating
from polyrates.numeric.values import chebyshev_size
from polyrates.problems.sizes import Form, InitialSizes, SizePair, status_of
from polyrates.synthesis.minimax import minimax_optimal

_OPTIMAL_TAILS = 320
"""Beyond this budget the search for an optimal tail takes many seconds and its row is left out."""


def standard_methods(spectrum: object) -> dict[str, Method]:
    """The named methods tuned for the hull, in floats; those that need ℓ > 0 only where it is."""
    ell, L = (
        floating(end, name)
        for end, name in zip(as_spectrum(spectrum).hull, ("ell", "L"), strict=True)
    )
    return catalogue.standard_methods(ell, L)


def ranked(
    where: Spectrum,
    budget: int,
    sizes: InitialSizes,
    methods: Mapping[str, Method],
    families: Iterable[str] = FAMILIES,
    goal: float = math.inf,
) -> tuple[PlanRow, ...]:
    """The rows of ``budget`` products, best first, for what :func:`polyrates.plan` has checked.

    What is below :func:`rounding`, and below the ``goal``, a run cannot tell apart: there the
    simplest comes first.
    """
    rows = []
    for label, family, choose in _candidates(where, budget, sizes, methods, set(families)):
        try:
            choice = choose()
        except PolyratesError as error:
            # what cannot be analyzed (it diverges, or needs ℓ > 0) has no guarantee: no row
            if not isinstance(error, ValueError):
                raise
            continue
        rows.append(
            PlanRow(
                label,
                family,
                choice.method,
                choice.estimator,
                choice.t,
                choice.guarantee,
                choice.lower,
                choice.products,
                forward_memory(choice.method, choice.estimator),
                status_of(where, sizes),
            )
        )
    if not rows:
        refuse_value("methods", sorted(methods), "none of them can be analyzed here", "give others")
    return best_first(rows, min(rounding(budget, sizes), goal))


def best_first(rows: Iterable[PlanRow], floor: float) -> tuple[PlanRow, ...]:
    """By what is known of their error; those below ``floor`` are equal, the simplest first."""

    def key(row: PlanRow) -> tuple[float, int, int]:
        family, memory = simplicity(row)
        return max(row.error, floor), family, memory if row.error < floor else 0

    return tuple(sorted(rows, key=key))


def simplicity(row: PlanRow) -> tuple[int, int]:
    """The order of a tie: by family, then by memory."""
    known = row.family in FAMILIES
    return FAMILIES.index(row.family) if known else len(FAMILIES), row.memory


def rounding(budget: int, sizes: InitialSizes, unit: float = 2.0**-53) -> float:
    """N·u·‖E‖, u the unit roundoff: about how small N steps in floats let such an error become.

    Every step rounds, relative to what it holds. An estimate, not a bound: what grows on the way,
    or x* beside a small x_0 − x*, leaves more.
    """
    return budget * unit * floating(sizes.error)


Candidate = tuple[str, str, Callable[[], Choice]]


def _candidates(
    where: Spectrum,
    budget: int,
    sizes: InitialSizes,
    methods: Mapping[str, Method],
    wanted: set[str],
) -> Iterator[Candidate]:
    """(label, family, how to choose) of every row, the named methods first."""
    half = budget // 2
    for label, method in methods.items():
        steps = half if method.horizon is None else min(half, method.horizon)
        chosen = {
            "unrolled": partial(_fixed, method, Unrolled(), steps, where, sizes),
            "truncated": partial(
                best_start, method, where, budget=budget, exhaustive=False, given=sizes
            ),
            "one step": partial(_fixed, method, OneStep(), budget - 1, where, sizes),
            "restarted": partial(best_restart, budget, where, method, given=sizes),
            "implicit": partial(best_split, budget, where, method, given=sizes),
        }
        for family, choose in chosen.items():
            if family in wanted:
                yield label, family, choose
        for entry in ESTIMATORS.values():
            if entry.planned and wanted >= set(FAMILIES):
                own = entry.make()
                t = _affordable(own, budget, method)
                yield label, entry.key, partial(_fixed, method, own, t, where, sizes)
    if "unrolled" in wanted:
        for method in _sobolev(where, sizes):
            yield "Sobolev", "unrolled", partial(_fixed, method, Unrolled(), half, where, sizes)
        yield "minimax-optimal", "unrolled", partial(minimax_choice, half, where, sizes)
    if "implicit" in wanted and floating(where.hull[0]) > 0:
        yield (
            "conjugate gradients",
            "implicit",
            partial(_by_conjugate_gradients, budget, where, sizes),
        )
    if "implicit" in wanted and len(where.support) > 1:
        on_pieces = partial(_implicit_on_pieces, budget, where, sizes)
        yield "optimal on the pieces", "implicit", on_pieces
    residual_form = sizes.drift is not None or sizes.hessian is not None
    if "restarted" in wanted and residual_form and budget <= _OPTIMAL_TAILS:
        tail = partial(best_tail, budget, where, chebyshev_on(where), given=sizes)
        yield "Chebyshev, then optimal", "restarted", tail


def _affordable(estimator: Estimator, budget: int, method: Method) -> int:
    """The most steps whose estimate costs at most the budget."""
    most = budget if method.horizon is None else min(budget, method.horizon)
    return max(t for t in range(most + 1) if t == 0 or estimator.products(t).total <= budget)


def _fixed(
    method: Method, estimator: Estimator, t: int, where: Spectrum, sizes: InitialSizes
) -> Choice:
    lower, upper = guarantee(method, estimator, t, where, sizes)
    return Choice(method, estimator, t, t, upper, lower, np.zeros((0, 2)))


def minimax_choice(t: int, where: Spectrum, sizes: InitialSizes) -> Choice:
    """Unrolling t steps of the minimax-optimal method, with its guarantee.

    For each form that is known, since what is optimal for one may keep the start in another.
    Without commutation the bound is a sum of two maxima, between V and √2 V of the joint worst
    case V: the polynomial that minimizes V is run, within √2 of the best for the sum.
    """
    found = []
    for form, first, second in sizes.forms:
        joint: Form = "initial/cross" if form == "initial/cross" else "residual/drift"
        pair: dict[str, Any] = SizePair(joint, first, second).arguments
        method = minimax_optimal(where, t, **pair).method
        horizon = method.horizon or 0  # 0 where P = 1 is optimal: the start is kept
        found.append(_fixed(method, Unrolled(), horizon, where, sizes))
    return min(found, key=lambda choice: choice.guarantee)


def _implicit_on_pieces(budget: int, where: Spectrum, sizes: InitialSizes) -> Choice:
    """Implicit with what Chebyshev's method is on an interval: the smallest max|P| on the pieces.

    Outer and inner steps share the products in the halves or near them.
    """
    best: Choice | None = None
    for outer in sorted({budget // 2, (2 * budget) // 5, (3 * budget) // 5} - {0, budget}):
        inner = budget - outer
        first, second = (
            minimax_optimal(where, steps, residual=1, drift=0).method for steps in (outer, inner)
        )
        t, k = first.horizon or 0, second.horizon or 0
        choice = _fixed(first, Implicit(second, k), t, where, sizes)
        if best is None or choice.guarantee < best.guarantee:
            best = choice
    assert best is not None
    return best


def _by_conjugate_gradients(budget: int, where: Spectrum, sizes: InitialSizes) -> Choice:
    """Implicit, its solve by conjugate gradients after Chebyshev's steps: what [ℓ, L] alone tells.

    With m the error of the exact solve at x_t, the start of the inner solve is within ‖E‖ + m of
    its solution, and k steps leave √(L/ℓ)/T_k(m₀) of that in the 2-norm (column by column, so in
    Frobenius norm too): m + √(L/ℓ)(‖E‖ + m)/T_k(m₀). On a problem they usually do far better.
    """
    ell, L = (floating(end) for end in where.hull)
    a = floating(sizes.error)
    second = max(floating(v) for pair in sizes.forms for v in (pair.second,))
    falls = np.array([chebyshev_size(ell, L, k) for k in range(budget)])
    rest = falls[::-1] * (second / ell + a)  # about m at t = N − 1 − k, to choose k by
    scanned = rest + math.sqrt(L / ell) * falls * (a + rest)
    k = int(np.argmin(scanned[1:])) + 1 if budget > 2 else 1
    outer = Chebyshev(ell, L)
    _, m = guarantee(outer, Implicit(), budget - k, where, sizes)
    # 1e-10 covers the rounding of the closed form of 1/T_k and of this line
    bound = (m + math.sqrt(L / ell) * falls[k] * (a + m)) * (1 + 1e-10)
    estimator = Implicit(ConjugateGradient(), k)
    return Choice(outer, estimator, budget - k, k, float(bound), 0.0, np.zeros((0, 2)))


def _sobolev(where: Spectrum, sizes: InitialSizes) -> list[Method]:
    """The running Sobolev method for Chebyshev's density with η = (‖D‖/‖E‖)²."""
    ell, L = where.hull
    a = floating(sizes.error)
    second = next((v for v in (sizes.drift, sizes.hessian, sizes.cross) if v is not None), None)
    if second is None or not a > 0 or not floating(second) > 0:
        return []
    ratio = floating(second) / a
    if not 0 < ratio * ratio < math.inf:  # beyond the range of floats: the other rows answer
        return []
    eta = ratio * ratio
    return [Sobolev(GegenbauerDensity(floating(ell), floating(L), 0), eta)]

r"""How far a given J is from ∂x*, from products at a given x: the core of certificates.

With A = ∇²f(x), B(x) = ∂_θ∇f(x) and r = AJ + B(x), at ANY point x,

    A(J − ∂x*) = r − [(A − ∇²f(x*))∂x* + B(x) − B(x*)],

so with Lipschitz constants M of ∇²f and N of ∂_θ∇f, and ‖x − x*‖ ≤ ε,

    ‖J − ∂x*‖ ≤ ‖A⁻¹r‖ + (M‖∂x*‖ + N)ε/ℓ,    ‖∂x*‖ ≤ ‖J‖ + ‖J − ∂x*‖.

J does not depend on x: the point is only a means. The k products spent on ∇f(x) give the step
e ≈ A⁻¹∇f(x) of Newton's method by conjugate gradients, ‖e‖ ≤ ‖A⁻¹∇f(x)‖ ≤ ‖∇f(x)‖/ℓ, and the
bound is taken at x or at x − e, whichever promises less. Both lie in the ball B(x, ‖∇f(x)‖/ℓ),
where ℓ, M and N must hold. On quadratics M = 0 and ε ≤ ‖A⁻¹∇f(x)‖; where ∂H = cI the second term
at x is exactly |c|‖A⁻²∇f(x)‖.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from polyrates.execution.inverse_norm import InverseNorms, Probe, inverse_norms, probe, underflow
from polyrates.execution.krylov import Operator
from polyrates.execution.preconditioner import Preconditioner, bracket
from polyrates.ground.arrays import Array, euclidean, to_numpy
from polyrates.ground.errors import refuse_type, refuse_value
from polyrates.problems.losses import Constants
from polyrates.problems.quadratic import Problem, QuadraticProblem

__all__ = [
    "JacobianBound",
    "Known",
    "Place",
    "known_constants",
    "locate",
    "products_at",
    "residual_bound",
]


@dataclass(frozen=True)
class Known:
    """What is known of the problem: ℓ, M, N, and |c| where ∂H = cI; None has to be measured."""

    ell: float | None
    hessian_lipschitz: float | None
    mixed_lipschitz: float | None
    multiple: float | None = None

    @property
    def complete(self) -> bool:
        """Whether nothing has to be measured."""
        return None not in (self.ell, self.hessian_lipschitz, self.mixed_lipschitz)


def known_constants(problem: Problem, ell: float | None, constants: Constants | None) -> Known:
    """From what is given, else from the problem itself."""
    if constants is not None and not isinstance(constants, Constants):
        refuse_type(
            "constants", constants, "must be pr.Constants", "give pr.Constants(ell, L, M, N)"
        )
    if constants is None and isinstance(problem, QuadraticProblem):
        return _of_quadratic(problem, ell)
    if constants is None:
        own = getattr(problem, "constants", None)
        constants = own if isinstance(own, Constants) else None
    if constants is None:
        return Known(ell, None, None)
    lowest, _, M, N = (float(value) for value in constants)
    below = lowest if np.isfinite(lowest) and lowest > 0 else None
    return Known(
        below if ell is None else ell,
        M if np.isfinite(M) else None,
        N if np.isfinite(N) else None,
    )


def _of_quadratic(problem: QuadraticProblem, ell: float | None) -> Known:
    dH = problem.hessian_derivative()
    stack = dH[None] if dH.ndim == 2 else dH
    flat = stack.reshape(-1, stack.shape[-1])  # v ↦ (∂H_1 v, …, ∂H_p v), in Frobenius norm
    norm = float(np.linalg.norm(flat, 2)) * (1 + 64 * 2.0**-53 * len(flat))
    multiple = None
    if len(stack) == 1:
        c = float(stack[0, 0, 0])
        if np.array_equal(stack[0], c * np.eye(len(stack[0]))):
            multiple = abs(c)
    if ell is None:
        values = problem.eigensystem[0]
        lowest = float(values[0]) - 16 * 2.0**-53 * len(values) * float(values[-1])
        ell = lowest if lowest > 0 else None
    return Known(ell, 0.0, norm, multiple)


@dataclass(frozen=True, eq=False)
class Place:
    """Where the bound is taken.

    Attributes
    ----------
    x : array (d,)
    distance : float
        ε ≥ ‖x − x*‖.
    direct : float or None
        ‖A⁻¹∂H A⁻¹∇f(x)‖ at most, where that is known without constants.
    ell : float
    measured : bool
        Whether ℓ was.
    moved : array (d,)
        The step e from the point that was given; zero where it is kept.
    about : Probe
    products, gradients : int
        Spent so far.
    """

    x: Array
    distance: float
    direct: float | None
    ell: float
    measured: bool
    moved: Array
    about: Probe
    products: int
    gradients: int


def _vector(value: object) -> Array:
    return np.asarray(to_numpy(value), dtype=float)


def _unit(value: object) -> float:
    """The unit roundoff of the precision that an array came in."""
    dtype = np.asarray(to_numpy(value)).dtype
    return float(np.finfo(dtype).eps) / 2 if dtype.kind == "f" else 2.0**-53


def products_at(problem: Problem, x: Array, about: Probe | None = None) -> Operator:
    """v ↦ ∇²f(x)v, at least as rough as a problem that converts its arrays says, or as was seen."""
    operator = Operator(lambda v: problem.hvp(x, v), len(x))
    seen = 0.0 if about is None else about.unit
    operator.unit = max(operator.unit, float(getattr(problem, "unit", 0.0)), seen)
    return operator


def locate(
    problem: Problem,
    x: Array,
    known: Known,
    steps: int,
    preconditioner: Preconditioner | None = None,
) -> Place:
    """x, or the point that k products with the Hessian lead to, and how far it is from x*."""
    operator = products_at(problem, x)
    about = probe(operator, ell=known.ell)
    raw = problem.gradient(x)
    about, g = Probe(about.size, max(about.unit, _unit(raw))), _vector(raw)
    if not np.all(np.isfinite(g)):
        refuse_value("x", x, "has a gradient with NaN or infinity", "check the problem at x")
    found = bracket(operator, g, steps, known.ell, about, preconditioner)
    ell = known.ell if known.ell is not None else _measured_ell(operator, found, steps, about)
    lost = underflow(about.unit) * float(np.sqrt(len(x)))
    slip = (about.slip(float(euclidean(x))) + lost) / ell
    quadratic = known.hessian_lipschitz == 0.0
    length = float(euclidean(g))
    here = (found.upper if quadratic else length / ell) + slip
    direct = None
    if known.multiple is not None and quadratic:
        direct = known.multiple * (found.twice + slip / ell)
    ahead = x - found.solution
    after = float(euclidean(_vector(problem.gradient(ahead))))
    there = after / ell + slip
    if quadratic:
        there = min(there, found.energy / np.sqrt(ell) + slip)
    here_term = direct if direct is not None else _times(known.mixed_lipschitz, here, ell)
    there_term = _times(known.mixed_lipschitz, there, ell)
    stays = here_term <= there_term if known.complete else here <= there
    return Place(
        x if stays else ahead,
        here if stays else there,
        direct if stays else None,
        ell,
        known.ell is None,
        np.zeros(len(x)) if stays else found.solution,
        about,
        operator.products,
        2,
    )


def _times(constant: float | None, distance: float, ell: float) -> float:
    return distance if constant is None else constant * distance / ell


def _measured_ell(operator: Operator, found: InverseNorms, steps: int, about: Probe) -> float:
    """The smallest Ritz value that is seen from ∇f(x) and from a random start: no bound."""
    start = np.random.default_rng(1).standard_normal(operator.dim)
    seen = inverse_norms(operator, start, steps, None, about).ritz[0]
    lowest = min(found.ritz[0], seen)
    if not lowest > 0:
        refuse_value(
            "ell", None, "the Hessian seems singular", "give a lower bound of its spectrum"
        )
    return float(lowest)


@dataclass(frozen=True, eq=False)
class JacobianBound:
    """lower ≤ ‖J − ∂x*‖ ≤ bound, the two terms of the bound, and what was spent."""

    bound: float
    lower: float
    terms: tuple[float, float]
    certified: bool
    missing: tuple[str, ...]
    products: int
    gradients: int
    solution_norm: float


def residual_bound(
    problem: Problem,
    place: Place,
    J: Array,
    known: Known,
    steps: int,
    preconditioner: Preconditioner | None = None,
) -> JacobianBound:
    """The bound of J, shape (d,) or (d, p), at a place that was located; k block products."""
    d = len(place.x)
    # in the precision of the products, which the operator must see
    block = Operator(
        lambda v: np.asarray(to_numpy(problem.hvp(place.x, v.reshape(J.shape)))).reshape(-1), J.size
    )
    raw = problem.cross(place.x)
    block.unit, B = max(place.about.unit, _unit(raw)), _vector(raw)
    product = block(np.ascontiguousarray(J.reshape(-1))).reshape(J.shape)
    r = product + B
    length = float(euclidean(J))
    about = Probe(place.about.size, max(place.about.unit, block.unit))
    lost = underflow(about.unit) * float(np.sqrt(J.size))
    slip = about.slip(length) + 8 * about.unit * float(euclidean(B)) + 2 * lost
    ell = None if place.measured else place.ell
    found = bracket(block, r.reshape(-1), steps, ell, about, preconditioner, J.size // d)
    M, N, missing = known.hessian_lipschitz, known.mixed_lipschitz, []
    if place.measured:
        missing.append("ell")
    if M is None or N is None:
        missing.append("hessian_lipschitz and mixed_lipschitz")
        M, N = 0.0, _measured_change(problem, place, J, d)
    first = found.upper + slip / place.ell
    direct = None if place.direct is None or np.isnan(place.direct) else place.direct
    change = M * place.distance / place.ell
    if direct is None:
        direct = N * place.distance / place.ell
    bound = (first + direct + change * length) / (1 - change) if change < 1 else np.inf
    bound *= 1 + 64 * 2.0**-53
    rest = bound - first if np.isfinite(bound) else np.inf
    lower = max(found.lower - slip / place.ell - rest, 0.0) if np.isfinite(rest) else 0.0
    return JacobianBound(
        float(bound),
        float(lower) * (1 - 64 * 2.0**-53),
        (float(first), float(rest)),
        not missing,
        tuple(missing),
        place.products + block.products,
        place.gradients,
        length,
    )


def _measured_change(problem: Problem, place: Place, J: Array, d: int) -> float:
    """‖(∇²f(x) − ∇²f(y))J + B(x) − B(y)‖/‖x − y‖ for a y near x: what M‖J‖ + N seems to be."""
    step = place.moved
    if not np.any(step):
        step = np.random.default_rng(2).standard_normal(d)
        step *= place.distance / float(euclidean(step))
    size = float(euclidean(step))
    if size == 0.0:
        return 0.0
    near = place.x + step
    change = _vector(problem.hvp(near, J)) - _vector(problem.hvp(place.x, J))
    change = change + _vector(problem.cross(near)) - _vector(problem.cross(place.x))
    return float(euclidean(change)) / size

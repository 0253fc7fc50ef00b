"""Extreme eigenvalues and the spectral density of a Hessian from its products with vectors.

Lanczos' process from a Gaussian start g, ‖g‖² = w, gives the orthonormal polynomials p_0 = 1, p_1,
… of the measure that weighs eigenvalue λ_i with ⟨g, u_i⟩²/w: the basis vectors are
v_{j+1} = p_j(H)g/‖g‖, so ⟨v_{j+1}, u⟩ = p_j(λ)⟨g, u⟩/√w for an eigenpair (λ, u), and Bessel's
inequality over the k + 1 of them reads

    ⟨g, u⟩² ≤ w/K(λ),    K(x) = Σ_{j≤k} p_j(x)².                                          (1)

*A safe upper bound.* Beyond the largest Ritz value every p_j² increases. With q starts, (1) summed
says that the largest eigenvalue λ₁ satisfies F(λ₁) ≥ Σ ⟨g_i, u₁⟩² for F(x) = Σ_i w_i/K_i(x), which
decreases there, and the right side is a χ² variable with q degrees of freedom whatever H is. So
with probability 1 − δ

    λ₁ ≤ max{x : F(x) ≥ c},    c the δ-quantile of χ²_q,                                    (2)

for every number of steps at once, and the same downward for the smallest. (One start, and the last
term of K alone: van Dorsselaer, Hochstenbach, van der Vorst, SIAM J. Matrix Anal. Appl. 22, 2001.
The bound of Kuczyński and Woźniakowski, ibid. 13, 1992, which needs no run, says how fast it
closes: λ₁ − ritz ≤ ε(λ₁ − λ_d) with ε ≈ (ln(1.65√d/δ)/(2k − 1))².) A multiple or clustered
eigenvalue only makes the bound safer.

*The density.* Ritz values with the squared first components of their vectors are Gauss quadrature
for the weights ⟨g, u_i⟩²/w. By the separation theorem of Chebyshev, Markov and Stieltjes its
partial sums enclose that measure's distribution function. The mean over q starts is within s of the
spectral distribution at all eigenvalues at once with probability 1 − 2d·exp(−q(d + 2)s²), because
each is a Beta variable, sub-Gaussian with proxy variance 1/(2(d + 2)) (Marchal, Arbel 2017; Chen,
Trogdon, Ubaru 2021).

Rounding: the basis is reorthogonalised in full, twice, so the process is that of a matrix within a
few ulps of H, and every bound is widened by that much (``margin``).
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import linalg

from polyrates.execution.checks import Gradient
from polyrates.ground.arrays import Tree, euclidean, flatten, is_tree, library, to_numpy
from polyrates.ground.asked import refuse_misfit
from polyrates.ground.errors import (
    NonFiniteError,
    NotSymmetric,
    described,
    did,
    refuse_type,
    refuse_value,
)
from polyrates.ground.late import late

__all__ = [
    "LanczosRun",
    "Operator",
    "dense",
    "distribution_bounds",
    "extreme_bounds",
    "lanczos",
    "pooled_nodes",
]

_FITS = "check dim and the product"
_MOVES = "give like=, an array (or tree) such as it takes, of its library and on its device"
special = late("scipy.special")


class Operator:
    """v ↦ Hv on numpy vectors of 64 bits, whatever arrays the user's closure takes.

    Parameters
    ----------
    hvp : callable
    dim : int
    like : array or tree, optional
        An array (or a tree of JAX or torch arrays, of ``dim`` entries together) such as the closure
        takes. None: numpy vectors are tried first; a closure that fails on them, or that answers
        with torch tensors, is given tensors, of 64 and then of 32 bits.

    Attributes
    ----------
    unit : float
        The unit roundoff of the closure's answers.
    products : int
        How many it has made.
    """

    def __init__(self, hvp: Gradient, dim: int, like: object = None) -> None:
        if not callable(hvp):
            refuse_type("hvp", hvp, "must be callable", "give a function v -> ∇²f(x) v")
        self._hvp = hvp
        self.dim = dim
        self.unit = 2.0**-53
        self.products = 0
        self._enter: Callable[[np.ndarray], object] | None = None
        if like is not None:
            self._enter = _entrance(like, dim)

    def __call__(self, v: np.ndarray) -> np.ndarray:
        """Hv, shape (dim,)."""
        answer = self._first(v) if self._enter is None else self._asked(self._enter(v))
        self.products += 1
        result = self._vector(answer)
        if not np.all(np.isfinite(result)):
            raise NonFiniteError(
                "hvp",
                described(f"NaN or infinity in product {self.products}"),
                "must be finite",
                "check the point at which the Hessian is taken",
            )
        return result

    def _vector(self, answer: object) -> np.ndarray:
        leaves = flatten(answer, "hvp").leaves if is_tree(answer) else [answer]
        if any(library(leaf) is None for leaf in leaves):
            refuse_type("hvp", answer, "must return an array", "return ∇²f(x) v as an array like v")
        parts = [to_numpy(leaf) for leaf in leaves]
        for part in parts:
            if part.dtype.kind not in "fiu" and str(part.dtype) != "bfloat16":
                refuse_type("hvp", part.dtype, "must return real floats", "check its dtype")
            if part.dtype.kind == "f":
                self.unit = max(self.unit, float(np.finfo(part.dtype).eps) / 2)
        shapes = [part.shape for part in parts]
        result = np.concatenate([part.reshape(-1) for part in parts]).astype(float)
        if result.shape != (self.dim,) or (
            not is_tree(answer) and shapes[0] != (self.dim,) and self._enter is None
        ):
            refuse_value(
                "hvp",
                did(f"returned shape {shapes[0] if len(shapes) == 1 else shapes}"),
                f"must return {self.dim} numbers, like v",
                _FITS,
            )
        return result

    def _first(self, v: np.ndarray) -> object:
        """The first product decides which arrays the closure takes."""
        torch = sys.modules.get("torch")
        plain: Callable[[np.ndarray], object] = np.array
        if torch is None:
            self._enter = plain
            return self._asked(plain(v))
        complaint: Exception | None = None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # torch warns when numpy wraps its answer
                answer = self._hvp(plain(v))
            if library(answer) != "torch":
                self._enter = plain
                return answer
        except Exception as error:  # whatever a foreign closure raises on the wrong kind of array
            complaint = error
        for dtype in (torch.float64, torch.float32):
            enter = _entrance(torch.empty(self.dim, dtype=dtype), self.dim)
            try:
                answer = self._hvp(enter(v))
            except Exception as error:
                complaint = complaint or error
                continue
            self._enter = enter
            return answer
        assert complaint is not None
        refuse_misfit("hvp", complaint, v, fits=_FITS, moves=_MOVES)
        raise complaint

    def _asked(self, v: object) -> object:
        try:
            return self._hvp(v)
        except Exception as error:
            refuse_misfit("hvp", error, v, fits=_FITS, moves=_MOVES)
            raise


def _entrance(like: object, dim: int) -> Callable[[np.ndarray], object]:
    """The map from a numpy vector to arrays like the given one."""
    tree = flatten(like, "like") if is_tree(like) else Tree([like], lambda leaves: leaves[0])
    shapes = [tuple(leaf.shape) for leaf in tree.leaves]
    sizes = [int(np.prod(shape)) for shape in shapes]
    if sum(sizes) != dim:
        refuse_value(
            "like", shapes, f"has {sum(sizes)} entries and dim is {dim}", "make them equal"
        )
    cuts = np.cumsum(sizes)[:-1]

    def one(part: np.ndarray, leaf: np.ndarray) -> object:
        kind = library(leaf)
        if kind == "torch":
            torch = sys.modules["torch"]
            return torch.tensor(part, dtype=leaf.dtype, device=leaf.device)
        if kind == "jax":
            return sys.modules["jax"].numpy.asarray(part, dtype=leaf.dtype)
        return np.array(part, dtype=getattr(leaf, "dtype", float))

    def enter(v: np.ndarray) -> object:
        parts = [p.reshape(s) for p, s in zip(np.split(v, cuts), shapes, strict=True)]
        return tree.rebuild([one(p, leaf) for p, leaf in zip(parts, tree.leaves, strict=True)])

    return enter


@dataclass(frozen=True, eq=False)
class LanczosRun:
    """One run of k steps: T has ``alpha`` (k,) on and ``beta`` (k − 1,) beside the diagonal.

    ``last`` is β_k, the norm of the residual, 0 when the space became invariant; ``weight`` is
    ‖g‖²; ``noise`` is the largest entry of T that symmetry would have made 0; ``basis`` (k, d) the
    vectors v_1, …, v_k, where they were to be kept.
    """

    alpha: np.ndarray
    beta: np.ndarray
    last: float
    weight: float
    noise: float = 0.0
    basis: np.ndarray | None = None

    @property
    def ritz(self) -> tuple[np.ndarray, np.ndarray]:
        """Ritz values (k,), ascending, and their Gauss weights (k,), of sum 1."""
        if len(self.alpha) == 1:
            return self.alpha.copy(), np.ones(1)
        values, vectors = linalg.eigh_tridiagonal(self.alpha, self.beta)
        return values, vectors[0] ** 2

    def kernel(self, x: float, enough: float) -> float:
        """K(x) = Σ_{j≤k} p_j(x)², or some number ≥ ``enough`` as soon as it is that large."""
        before, here, total = 0.0, 1.0, 1.0
        couplings = [0.0, *self.beta.tolist(), self.last]
        for j, alpha in enumerate(self.alpha.tolist()):
            ahead = (x - alpha) * here - couplings[j] * before
            if couplings[j + 1] == 0.0:
                return total if ahead == 0.0 else max(enough, total)
            before, here = here, ahead / couplings[j + 1]
            total += here * here
            if total >= enough:
                break
        return total


def lanczos(operator: Operator, start: np.ndarray, steps: int, keep: bool = False) -> LanczosRun:
    """k ≤ steps steps of Lanczos' process with full reorthogonalisation, memory k·d.

    ``keep`` leaves the basis in the result.

    Raises NotSymmetric where the matrix of Hv_j in the basis is not tridiagonal to rounding.
    """
    weight = float(start @ start)
    basis = np.empty((min(steps, operator.dim), operator.dim))
    basis[0] = start / np.sqrt(weight)
    alpha: list[float] = []
    beta: list[float] = []
    size = noise = 0.0
    for j in range(len(basis)):
        w = operator(basis[j])
        size = max(size, euclidean(w))
        projection = basis[: j + 1] @ w
        w = w - projection @ basis[: j + 1]
        again = basis[: j + 1] @ w
        w -= again @ basis[: j + 1]
        projection += again
        expected = np.zeros(j)
        if j:
            expected[-1] = beta[-1]
        asymmetry = float(np.linalg.norm(projection[:j] - expected))
        tolerance = 8.0 * np.sqrt(2 * operator.unit) * size
        if asymmetry > tolerance:
            raise NotSymmetric(
                "hvp",
                described(f"asymmetry {asymmetry / size:.1e} of ‖H‖ after {j + 1} products"),
                "is not the product with one symmetric matrix",
                "give v -> ∇²f(x) v at a fixed x: not the gradient, not a changing minibatch",
            )
        noise = max(noise, asymmetry)
        alpha.append(float(projection[j]))
        norm = euclidean(w)
        if norm <= 16.0 * operator.unit * np.sqrt(operator.dim) * size:
            norm = 0.0
        if j + 1 == len(basis) or norm == 0.0:
            kept = basis[: j + 1] if keep else None
            return LanczosRun(np.array(alpha), np.array(beta), norm, weight, noise, kept)
        beta.append(norm)
        basis[j + 1] = w / norm
    raise AssertionError("unreachable: steps ≥ 1")


def dense(operator: Operator) -> tuple[np.ndarray, float]:
    """All eigenvalues, ascending, from d products, and the margin of their error."""
    H = np.stack([operator(column) for column in np.eye(operator.dim)], axis=1)
    size = float(np.linalg.norm(H, 2))
    asymmetry = float(np.linalg.norm(H - H.T, 2))
    if asymmetry > 8.0 * np.sqrt(2 * operator.unit) * size:
        raise NotSymmetric(
            "hvp",
            described(f"asymmetry {asymmetry / size:.1e} of ‖H‖"),
            "is not symmetric: not a Hessian's",
            "give v -> ∇²f(x) v at a fixed x: not the gradient, not a changing minibatch",
        )
    values = np.linalg.eigvalsh((H + H.T) / 2)
    return values, margin(operator, size) + asymmetry / 2


def margin(operator: Operator, size: float) -> float:
    """What rounding in the products and in the process can move an eigenvalue by."""
    return 64.0 * operator.unit * float(np.sqrt(operator.dim)) * size


def extreme_bounds(runs: list[LanczosRun], failure: float) -> tuple[float, float]:
    """(lower, upper): all eigenvalues lie between them with probability ≥ 1 − failure, see (2).

    Half of ``failure`` goes to each end. Rounding is not included: add the ``margin``.
    """
    level = 2.0 * float(special.gammaincinv(len(runs) / 2, failure / 2))
    low, high = np.inf, -np.inf
    for run in runs:
        values = run.ritz[0]
        low, high = min(low, float(values[0])), max(high, float(values[-1]))
    return -_bound([_mirror(run) for run in runs], -low, level), _bound(runs, high, level)


def _mirror(run: LanczosRun) -> LanczosRun:
    return LanczosRun(-run.alpha, run.beta, run.last, run.weight)


def _bound(runs: list[LanczosRun], ritz: float, level: float) -> float:
    """The largest x with Σ w_i/K_i(x) ≥ level, from above, to 1e-6 of the distance."""
    enough = 1e3 * len(runs) * max(run.weight for run in runs) / level

    def beyond(x: float) -> bool:
        return sum(run.weight / run.kernel(x, enough) for run in runs) < level

    scale = max(abs(ritz), *(max(run.last, float(np.max(np.abs(run.alpha)))) for run in runs))
    if scale == 0.0 or beyond(ritz + 1e-15 * scale):
        return ritz + 1e-15 * scale
    step = 1e-15 * scale
    while not beyond(ritz + 2 * step):
        step *= 2
    inner, outer = step, 2 * step
    while outer - inner > 1e-6 * outer:
        middle = (inner + outer) / 2
        inner, outer = (inner, middle) if beyond(ritz + middle) else (middle, outer)
    return ritz + outer


def pooled_nodes(runs: list[LanczosRun], width: float) -> tuple[np.ndarray, np.ndarray]:
    """The mean of the runs' Gauss rules: nodes ascending and weights; those within width merged."""
    rules = [run.ritz for run in runs]
    nodes = np.concatenate([values for values, _ in rules])
    weights = np.concatenate([masses for _, masses in rules]) / len(runs)
    order = np.argsort(nodes)
    nodes, weights = nodes[order], weights[order]
    groups = np.concatenate([[0], np.cumsum(np.diff(nodes) > width)])
    mass = np.bincount(groups, weights)
    center = np.bincount(groups, weights * nodes)
    with np.errstate(invalid="ignore", divide="ignore"):
        where = np.where(
            mass > 0, center / mass, nodes[np.searchsorted(groups, np.arange(len(mass)))]
        )
    keep = mass > 1e-18
    return where[keep], mass[keep] / mass[keep].sum()


def distribution_bounds(
    runs: list[LanczosRun], points: np.ndarray, failure: float, dim: int, width: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(lower, estimate, upper) of the share of eigenvalues ≤ x, all x at once.

    The enclosure of every run's weighted distribution, averaged, and widened by the deviation that
    q starts allow with probability 1 − failure. ``width`` is the margin of rounding in λ.
    """
    points = np.asarray(points, dtype=float)
    below, above, middle = (np.zeros(points.shape) for _ in range(3))
    for run in runs:
        values, masses = run.ritz
        partial = np.concatenate([[0.0], np.cumsum(masses)])
        inside_low = np.searchsorted(values, points - width, side="right")
        inside_high = np.searchsorted(values, points + width, side="right")
        # at or above θ_m the distribution is at least w_1 + … + w_{m−1}, and below θ_{m+1} at most
        # w_1 + … + w_{m+1}; an invariant space leaves nothing unknown
        if run.last == 0.0:
            below += partial[inside_low]
            above += partial[inside_high]
        else:
            below += partial[np.maximum(inside_low - 1, 0)]
            above += partial[np.minimum(inside_high + 1, len(values))]
        middle += partial[np.searchsorted(values, points, side="right")]
    count = len(runs)
    deviation = np.sqrt(np.log(2 * dim / failure) / (count * (dim + 2)))
    lower = np.clip(below / count - deviation, 0.0, 1.0)
    upper = np.clip(above / count + deviation, 0.0, 1.0)
    return lower, middle / count, upper

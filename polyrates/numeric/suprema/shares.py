"""The largest sum of independent terms: max over H of ‖Σ_j q_j(H) G_j‖ for free vectors ‖G_j‖ ≤ 1.

For shares σ_j ≥ 0 of sum one,

    ‖Σ_j q_j(H)G_j‖ ≤ √max_λ g(λ),    g = Σ_j q_j²/σ_j    (a term with σ_j = 0 must vanish).

*Proof.* Let u be a unit vector and μ the spectral measure of H at u (for matrices G_j and u, in
Frobenius norm, its sum over the columns). ⟨u, q_j(H)G_j⟩ ≤ ‖q_j(H)u‖ = (∫q_j²dμ)^{1/2}, and by
Cauchy and Schwarz Σ_j √σ_j (∫q_j²dμ/σ_j)^{1/2} ≤ (∫g dμ)^{1/2}. ∎

At σ_j ∝ max|q_j| that is at most Σ_j max|q_j|, the bound term by term. The best σ makes it the
exact supremum: sup over u is that of F(μ) = Σ_j (∫q_j²dμ)^{1/2}, concave in μ, and F² is the least
∫g dμ over σ (a minimax theorem). It is found on a measure with few points: F is maximized on a
grid, then on its support and the local maxima of g. How σ was found does not matter: g is a
polynomial of degree 2n, bounded rigorously from its values at 2n + 1 points.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from polyrates.ground.late import late
from polyrates.numeric.suprema.balls import UNIT
from polyrates.numeric.suprema.rows import row_suprema, series_of_rows

__all__ = ["at_lobatto_points", "largest_sum", "quick_sum", "rough_sum"]

fft = late("scipy.fft")

_GRID = 4
_SWEEPS = 5
_CLOSE = 1e-11  # of the maximum of g over F², where the search ends


def at_lobatto_points(series: np.ndarray, size: int) -> np.ndarray:
    """Values of Chebyshev series (J, n+1) at cos(jπ/size), j = 0, …, size, size ≥ n."""
    padded = np.zeros((len(series), size + 1))
    padded[:, : series.shape[1]] = series
    padded[:, 1:-1] /= 2.0
    return np.asarray(fft.dct(padded, type=1, axis=1))


def rough_sum(values: np.ndarray, sweeps: int = 40) -> float:
    """√max g on a grid, values (J, m) of the q_j there, after some multiplicative steps for σ.

    ν ← ν g/F² raises F; quick, for a search, and no bound between the points of the grid.
    """
    squares = values[np.any(values != 0.0, axis=1)] ** 2
    if not len(squares):
        return 0.0
    measure = np.full(squares.shape[1], 1.0 / squares.shape[1])
    best = math.inf
    for _ in range(sweeps):
        roots = np.sqrt(squares @ measure)
        g = roots.sum() * ((1.0 / roots) @ squares)
        best = min(best, float(g.max()))
        measure *= g
        measure /= measure.sum()
    return math.sqrt(best)


def largest_sum(series: np.ndarray, errors: np.ndarray, rounds: int = 20) -> float:
    """The bound at the best σ found, rounded upward.

    Parameters
    ----------
    series : array (J, n+1)
        Chebyshev coefficients of the q_j on the interval.
    errors : array (J,)
        Bounds of what the q_j can differ by from these series, on the interval.
    rounds : int
        Of the search for σ, each of which leaves about a quarter of the distance to the supremum;
        0 takes what multiplicative steps on a grid find, about a thousandth above it.
    """
    sizes = np.sum(np.abs(series), axis=1) + errors
    if not np.all(np.isfinite(sizes)):
        return math.inf
    kept = sizes > 0.0
    if not np.any(kept):
        return 0.0
    unit = float(sizes.max())
    series, errors = series[kept] / unit, errors[kept] / unit * (1 + 4 * UNIT)
    values = np.abs(at_lobatto_points(series, max(2 * series.shape[1] - 2, 2)))
    by_terms = float(np.sum(row_suprema(series) + errors)) * (1 + 2 * len(series) * UNIT)
    found = _certified(series, values, errors, _best_roots(series, rounds))
    return min(found, by_terms) * unit * (1 + 4 * UNIT)


def quick_sum(series: np.ndarray, values: np.ndarray, errors: np.ndarray) -> float:
    """A bound some percent above the supremum, quicker by far.

    ``values`` are those of the series at the 2n + 1 points of :func:`at_lobatto_points`.
    """
    sizes = np.abs(values).max(axis=1) + errors
    unit = float(sizes.max(initial=0.0))
    if not 0.0 < unit < math.inf:
        return unit if unit == 0.0 else math.inf
    series, values, errors = series / unit, np.abs(values) / unit, errors / unit * (1 + 4 * UNIT)
    roots = _some_roots(values**2, _SWEEPS)[0]
    found = _certified(series, values, errors, roots, _grid_maximum)
    by_terms = float(np.sum(np.abs(series)) + np.sum(errors)) * (1 + 2 * series.size * UNIT)
    return min(found, by_terms) * unit * (1 + 4 * UNIT)


def _grid_maximum(series: np.ndarray) -> float:
    """A bound of the maximum of |g|, degree n, by Ehlich and Zeller: the grid's over cos(πn/2N)."""
    size = fft.next_fast_len(32 * series.shape[1], real=True)
    top = float(np.max(np.abs(at_lobatto_points(series, size))))
    rounding = 16.0 * UNIT * math.log2(2 * size) * math.sqrt(2 * size)
    ratio = math.cos(math.pi * (series.shape[1] - 1) / (2 * size))
    return (top + rounding * float(np.sum(np.abs(series)))) / ratio * (1 + 8 * UNIT)


def _sharp_maximum(series: np.ndarray) -> float:
    return float(row_suprema(series)[0])


def _certified(
    series: np.ndarray,
    values: np.ndarray,
    errors: np.ndarray,
    roots: np.ndarray,
    maximum: Callable[[np.ndarray], float] = _sharp_maximum,
) -> float:
    """√max g, σ ∝ ``roots``, from the |q_j| at ≥ 2n + 1 points, each with its rounding."""
    terms, size = len(series), values.shape[1] - 1
    spread = 8 * math.log2(2 * size + 2) * UNIT * np.sum(np.abs(series), axis=1)
    off = (errors + spread)[:, None]
    shares = np.maximum(roots, 1e-9 * roots.max()) + 1e-150
    weights = (shares.sum() / shares)[:, None]
    g = np.sum(values**2 * weights, axis=0)
    slack = np.sum((2 * values * off + off**2) * weights, axis=0)
    wrong = float(np.max(slack + (terms + 8) * UNIT * g))
    top = maximum(series_of_rows(g[None]))
    spread = 8 * math.log2(2 * size + 2) * UNIT * float(g.max())
    lebesgue = (2 / math.pi) * math.log(size + 1) + 1
    return math.sqrt(top + (wrong + spread) * lebesgue) * (1 + 4 * UNIT)


def _best_roots(series: np.ndarray, rounds: int) -> np.ndarray:
    """√∫q_j²dμ of a μ that maximizes their sum, up to rounding: σ is proportional to it."""
    n = series.shape[1] - 1
    size = max(_GRID * n, 4)
    angles = np.arange(size + 1) * (math.pi / size)
    squares = at_lobatto_points(series, size) ** 2
    best, measure = _some_roots(squares, 60)
    least = math.inf
    for _ in range(rounds):
        kept = measure > 1e-7 * measure.max()
        angles, squares = angles[kept], squares[:, kept]
        measure = _maximized(squares, measure[kept])
        roots = np.sqrt(squares @ measure)
        value = float(roots.sum()) ** 2
        weights = roots.sum() / np.maximum(roots, 1e-9 * roots.max())
        peaks, top = _peaks(series, weights, 0.5 * value)
        if top < least:
            best, least = roots, top
        if top <= value * (1 + _CLOSE):
            break
        angles = np.concatenate([angles, peaks])
        squares = (series @ np.cos(np.outer(np.arange(n + 1), angles))) ** 2
        measure = np.concatenate([measure, np.full(len(peaks), 1e-3 / len(peaks))])
    return np.asarray(best)


def _some_roots(squares: np.ndarray, sweeps: int) -> tuple[np.ndarray, np.ndarray]:
    """√∫q_j²dν and ν after multiplicative steps on a grid, from σ ∝ max|q_j|."""
    roots = np.sqrt(squares.max(axis=1)) + 1e-100
    measure = np.full(squares.shape[1], 1.0)
    for _ in range(sweeps):
        measure *= roots.sum() * ((1.0 / roots) @ squares)
        measure /= measure.sum()
        roots = np.sqrt(squares @ measure) + 1e-100
    return roots, measure


def _peaks(series: np.ndarray, weights: np.ndarray, floor: float) -> tuple[np.ndarray, float]:
    """θ of the local maxima above a floor of g(cos θ) = Σ w_jq_j², and the largest of them."""
    k = np.arange(series.shape[1])
    size = fft.next_fast_len(16 * len(k), real=True)
    g = weights @ at_lobatto_points(series, size) ** 2
    padded = np.concatenate([g[1:2], g, g[-2:-1]])  # even at both ends
    at = np.flatnonzero((g >= padded[:-2]) & (g >= padded[2:]) & (g > floor))
    angles = at * (math.pi / size)
    near = math.pi / size
    for _ in range(4):
        cosine, sine = np.cos(np.outer(k, angles)), np.sin(np.outer(k, angles))
        q, slope, bend = series @ cosine, -(series * k) @ sine, -(series * k**2) @ cosine
        first, second = weights @ (q * slope), weights @ (slope**2 + q * bend)
        move = np.where(second < 0, -first / np.where(second < 0, second, 1.0), 0.0)
        angles = np.clip(angles + np.clip(move, -near, near), 0.0, math.pi)
    q = series @ np.cos(np.outer(k, angles))
    return angles, float(np.max(weights @ q**2))


def _maximized(squares: np.ndarray, measure: np.ndarray) -> np.ndarray:
    """The ν ≥ 0 of sum one that maximizes Σ_j √(Σ_i ν_i q_ij²), by a barrier and Newton's method.

    Without the constraint on the sum 2F(ν) − Σν has its maximum at ν F²: F is homogeneous of
    degree ½.
    """
    value = float(np.sum(np.sqrt(squares @ measure))) ** 2
    scaled = squares / value
    nu = np.maximum(measure, 1e-6 / len(measure))
    barrier = 1e-2 / len(nu)
    while True:
        for _ in range(30):
            roots = np.sqrt(scaled @ nu) + 1e-100
            slope = (1.0 / roots) @ scaled - 1.0 + barrier / nu
            bent = scaled * roots[:, None] ** -1.5
            hessian = 0.5 * bent.T @ bent + np.diag(barrier / nu**2)
            step = np.linalg.solve(hessian, slope)
            decrement = float(slope @ step)
            length = min(1.0, 0.95 / max(float(np.max(-step / nu)), 1e-300))
            nu = nu + length * step
            if decrement < 1e-4 * barrier:
                break
        if barrier * len(nu) < 1e-13:
            return np.asarray(nu / nu.sum())
        barrier *= 0.1

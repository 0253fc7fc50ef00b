r"""P_t and P_t′ as certified Chebyshev series: a whole series is one integer, its error one number.

With λ = c + w y, c the middle of [ℓ, L], w = (L − ℓ)/4 and y = 2x in [−2, 2], a step reads

    s_i⁺ = Σ_j a_ij s_j + g_ij y s_j,    a_ij = A_ij − c b_i q_j,    g_ij = −w b_i q_j,

q the query, and y T_0 = 2T_1, y T_k = T_{k+1} + T_{k−1}. Coefficients are multiples of 2^−K; the
series Σ c_k T_k is the integer Σ 2^K c_k 2^{Wk} (Kronecker's substitution), so that a sum of series
is a sum of integers, y a shift, a multiple a product. The digits below 2^−K are cut off after all
products of a row have been added.

The error is bounded beforehand in the norm ‖p‖ = Σ|c_k| ≥ sup|p|, in which y has norm 2. With
u = 2^−K, ‖s_j‖ ≤ N_j and |rounded coefficient − its ball| ≤ u,

    N_i⁺ = Σ_j (|a_ij| + 2|g_ij|) N_j,
    e_i⁺ = Σ_j (|a_ij| + 2|g_ij|) e_j + 3 Σ_j 2N_j + t + 2    (errors e u, as long as e u ≤ N),

and likewise for tangents along y, ∂(y s) = y ∂s + s. In the middle of the interval these grow as
slowly as may be: (1 + √2)^t for Chebyshev's method, where s − hλs would give three times the bits.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from itertools import islice

import flint
import numpy as np

from polyrates.core.recurrence import Method
from polyrates.core.transition import Scalar, Transition
from polyrates.ground.constants import ball
from polyrates.ground.numbers import Number
from polyrates.ground.precision import ball_bits

__all__ = ["PackedSeries", "packed_pairs"]

UP = 1.0 + 2.0**-40
"""More than the rounding of a short sum of nonnegative floats."""

_GUARD = 24  # bits by which a coefficient may lie below what a residual polynomial must reach
_LONGEST = 1600  # steps; beyond them one integer is out of the cache, and balls are faster
_LIFT, _LOWEST = 2.0**512, 1e-300  # bounds above are divided, none becomes 0


class _Unfit(Exception):
    """Where balls must decide: coefficients that are not sharp, or norms out of range."""


@dataclass(frozen=True)
class PackedSeries:
    """Coefficients (floats to the nearest, from multiples of 2^−K) and the norm of their error."""

    coefficients: np.ndarray
    error: float


Row = tuple[tuple[Scalar, Scalar], ...]
"""(a_ij, g_ij) for every j: balls, later integers; the ints 0 and 1 as themselves."""


def packed_pairs(
    method: Method,
    steps: int,
    segment: tuple[Number, Number],
    wanted: Container[int],
    kinds: Container[str],
) -> list[dict[str, PackedSeries]] | None:
    """Those of residual, drift and initial in ``kinds`` at the steps wanted; None to take balls."""
    if steps > _LONGEST:
        return None
    try:
        least = _least_log(ball(segment[0]), ball(segment[1]), steps)
        with ball_bits(160 + 4 * steps + math.ceil(least)):
            low, high = ball(segment[0]), ball(segment[1])
            frame = _Frame((low + high) / 2, (high - low) / 4)
            transitions = list(islice(method.transitions(ball), steps))
            rows = [frame.rows(step) for step in transitions]
            bounds = _bounds(rows)
            bits = math.ceil(bounds.log_error + least) + 60 + _GUARD + steps.bit_length()
            run = _Run(bits, bounds, frame, steps)
            return [
                {
                    kind: run.series(kind, t)
                    for kind in ("residual", "drift", "initial")
                    if kind in kinds
                }
                for t in run.over(rows)
                if t in wanted
            ]
    except _Unfit:
        return None


def _least_log(low: flint.arb, high: flint.arb, t: int) -> float:
    """log₂ of |T_t(m₀)| or a little more: a residual polynomial is nowhere below its inverse."""
    if not low > 0:
        return 0.0
    ratio = math.sqrt(float(low / high))
    # on a segment so short that little is left, balls, whose digits float, are cheaper
    if not ratio < 0.8:
        raise _Unfit
    return t * math.log2((1 + ratio) / (1 - ratio))


@dataclass(frozen=True)
class _Frame:
    """c and w, and the rows of a step in y."""

    center: flint.arb
    unit: flint.arb

    def rows(self, step: Transition[Scalar]) -> tuple[list[Row], Row]:
        """(a, g) of the state's points, and the output's row (o, 0)."""
        state = [
            tuple(self._entry(a, b, q) for a, q in zip(row, step.query, strict=True))
            for row, b in zip(step.mixing, step.gain, strict=True)
        ]
        return state, tuple((o, 0) for o in step.output)

    def _entry(self, a: Scalar, b: Scalar, q: Scalar) -> tuple[Scalar, Scalar]:
        if _is(b, 0) or _is(q, 0):
            return a, 0
        pull = b * q
        return a - pull * self.center, -pull * self.unit


def _is(value: Scalar, number: int) -> bool:
    return type(value) is int and value == number


@dataclass
class _Bounds:
    """log₂ of the largest norm met, and of the errors in units of 2^−K, by step."""

    log_norm: float = 0.0
    log_error: float = 0.0
    errors: list[tuple[float, float]] = field(default_factory=list)
    ratio: float = 0.0  # the largest log₂(e/N)


def _bounds(rows: list[tuple[list[Row], Row]]) -> _Bounds:
    """The recursion for N and e, values and tangents, in floats with an exponent of their own."""
    found = _Bounds(errors=[(-math.inf, -math.inf)])
    n = len(rows[0][0]) if rows else 1
    state = [(1.0, 0.0, 0.0, 0.0)] * n  # N and e of values, N and e of tangents
    lift = 0.0
    for t, (points, output) in enumerate(rows):
        unit = max(math.ldexp(t + 3.0, -int(lift)), _LOWEST)
        state = [_spread(row, state, unit) for row in points]
        read = _spread(output, state, unit)
        largest = max(max(each) for each in (*state, read))
        if not largest < math.inf:
            raise _Unfit
        found.log_norm = max(found.log_norm, lift + math.log2(max(largest, 1e-300)))
        for norm, error, tangent, slip in (*state, read):
            for part, whole in ((error, norm), (slip, tangent)):
                if part > 0:
                    found.ratio = max(found.ratio, math.log2(part) - math.log2(whole))
        logs = tuple(lift + math.log2(max(e * UP, 1e-300)) for e in (read[1], read[3]))
        found.errors.append((logs[0], logs[1]))
        found.log_error = max(found.log_error, *logs)
        if largest > _LIFT:
            lift += 512.0
            state = [_divided(*each) for each in state]
    return found


def _divided(*bounds: float) -> tuple[float, float, float, float]:
    a, b, c, d = (max(each / _LIFT, _LOWEST) for each in bounds)
    return a, b, c, d


def _spread(
    row: Row, state: list[tuple[float, float, float, float]], unit: float
) -> tuple[float, float, float, float]:
    """One row of the recursion; a row that only takes a point over has no error of its own."""
    norm = error = tangent = slip = 0.0
    plain = True
    for (a, g), (N, e, M, f) in zip(row, state, strict=True):
        if _is(a, 0) and _is(g, 0):
            continue
        size, pull = _size(a), _size(g)
        weight = size + 2.0 * pull
        norm += weight * N
        tangent += weight * M + pull * N
        error += weight * e
        slip += weight * f + pull * e
        if not (_is(a, 1) and _is(g, 0)):
            plain = False
            error += 6.0 * N
            slip += 6.0 * M + 2.0 * N
    if not plain:
        error += unit
        slip += unit
    if not norm > 0:
        raise _Unfit
    tangent = max(tangent, norm)  # so that errors have something to be small against
    return norm * UP, error * UP, tangent * UP, slip * UP


def _size(value: Scalar) -> float:
    if isinstance(value, int):
        return float(abs(value))
    if not value.is_finite():
        raise _Unfit
    return float(value.abs_upper()) * UP


class _Masks:
    """2^{W−1} in every slot, the digits that are left when K are cut off, and 2^{W−1−K}."""

    def __init__(self, width: int, bits: int) -> None:
        self.width, self.size = width, 0
        self.each = (1 << (width - 1), (1 << (width - bits)) - 1, 1 << (width - 1 - bits))
        self.now = (flint.fmpz(0), flint.fmpz(0), flint.fmpz(0))

    def of(self, size: int) -> tuple[flint.fmpz, flint.fmpz, flint.fmpz]:
        """Those of the first ``size`` slots or of some more, which are empty."""
        if size > self.size:
            self.size = size + size // 8 + 8
            ones, filled = flint.fmpz(1), 1
            while filled < self.size:
                ones += ones << (filled * self.width)
                filled *= 2
            ones &= (flint.fmpz(1) << (self.size * self.width)) - 1
            half, kept, lowered = self.each
            self.now = (ones * half, ones * kept, ones * lowered)
        return self.now


class _Run:
    """The run on integers: X for values and Y for tangents along y, of every point of the state."""

    def __init__(self, bits: int, bounds: _Bounds, frame: _Frame, steps: int) -> None:
        if not bits + bounds.log_norm < 1e7 or bounds.ratio > bits:
            raise _Unfit
        self.bits, self.bounds, self.frame = bits, bounds, frame
        scale = max(_size(1 / frame.unit), _size(frame.center / frame.unit), 1.0)
        self.over_unit = self._whole(1 / frame.unit)
        self.center = self._whole(frame.center / frame.unit)
        room = 2 * bits + math.ceil(bounds.log_norm + math.log2(scale)) + 8
        self.width = -(-room // 64) * 64
        self.half = flint.fmpz(1) << (self.width - 1)
        self.masks = _Masks(self.width, bits)
        self.values: list[flint.fmpz] = []
        self.tangents: list[flint.fmpz] = []
        self.read = (flint.fmpz(1) << bits, flint.fmpz(0))
        self.scale = scale

    def _whole(self, value: flint.arb) -> flint.fmpz:
        """The ball's multiple of 2^−K, at most one unit away from all of the ball."""
        scaled = value * flint.arb(2) ** self.bits
        if not (scaled.is_finite() and float(scaled.rad()) < 0.25):
            raise _Unfit
        nearest = (scaled.mid() + flint.arb("0.5")).floor().unique_fmpz()
        if nearest is None:
            raise _Unfit
        return nearest

    def over(self, rows: list[tuple[list[Row], Row]]) -> Iterator[int]:
        """t = 0, …; ``read`` then holds (P_t, ∂P_t/∂y)."""
        n = len(rows[0][0]) if rows else 1
        self.values, self.tangents = [self.read[0]] * n, [self.read[1]] * n
        yield 0
        for t, (points, output) in enumerate(rows):
            size = t + 2
            lifted = [self._lifted(points, j) for j in range(len(self.values))]
            after = [self._row(row, lifted, size) for row in points]
            self.values, self.tangents = [x for x, _ in after], [y for _, y in after]
            self.read = self._row(output, [(None, None)] * len(after), size)
            yield t + 1

    def _lifted(self, points: list[Row], j: int) -> tuple[flint.fmpz | None, flint.fmpz | None]:
        """y s_j and its tangent, where a row takes them."""
        if all(_is(row[j][1], 0) for row in points):
            return None, None
        return self._times(self.values[j]), self._times(self.tangents[j]) + self.values[j]

    def _times(self, whole: flint.fmpz) -> flint.fmpz:
        """y times a series: up a slot and down a slot; T_0 goes up twice."""
        down = (whole + self.half) >> self.width
        first = whole - (down << self.width)
        return (whole << self.width) + down + (first << self.width)

    def _row(
        self, row: Row, lifted: list[tuple[flint.fmpz | None, flint.fmpz | None]], size: int
    ) -> tuple[flint.fmpz, flint.fmpz]:
        taken = [j for j, (a, g) in enumerate(row) if not (_is(a, 0) and _is(g, 0))]
        if len(taken) == 1 and _is(row[taken[0]][0], 1) and _is(row[taken[0]][1], 0):
            return self.values[taken[0]], self.tangents[taken[0]]
        value, tangent = flint.fmpz(0), flint.fmpz(0)
        for j in taken:
            a, g = row[j]
            if not _is(a, 0):
                factor, zeros = self._factor(a)
                value += (factor * self.values[j]) << zeros
                tangent += (factor * self.tangents[j]) << zeros
            if not _is(g, 0):
                factor, zeros = self._factor(g)
                up, pulled = lifted[j]
                value += (factor * up) << zeros
                tangent += (factor * pulled) << zeros
        return self._cut(value, size), self._cut(tangent, size)

    def _factor(self, value: Scalar) -> tuple[flint.fmpz, int]:
        """f and z, value = f 2^{z−K}: an exact coefficient is short, and so are its products."""
        if isinstance(value, int):
            return flint.fmpz(value), self.bits
        whole = self._whole(value)
        zeros = (int(whole) & -int(whole)).bit_length() - 1 if whole else 0
        return (whole >> zeros, zeros) if zeros > 64 else (whole, 0)

    def _cut(self, whole: flint.fmpz, size: int) -> flint.fmpz:
        """Every slot divided by 2^K and rounded down: at most one unit each."""
        half, kept, lowered = self.masks.of(size)
        return (((whole + half) >> self.bits) & kept) - lowered

    def series(self, kind: str, t: int) -> PackedSeries:
        """P, P′ or P − λP′ at the step that has been read."""
        value, tangent = self.read
        log_value, log_slope = self.bounds.errors[t]
        error, slip = _power(log_value - self.bits), _power(log_slope - self.bits)
        if kind == "residual":
            return PackedSeries(self._floats(value, t + 1), error)
        size, unit = t + 1, _power(math.log2(t + 3.0) - self.bits)
        # a factor that is rounded by 2^−K meets a tangent of norm at most 2^log_norm
        rough = _power(self.bounds.log_norm + 1.0 - self.bits)
        if kind == "drift":
            drift = self._cut(self.over_unit * tangent, size)
            return PackedSeries(self._floats(drift, t + 1), (self.scale * slip + rough + unit) * UP)
        initial = (value << self.bits) - self.center * tangent
        initial = self._cut(initial - (self._times(tangent) << self.bits), size)
        return PackedSeries(
            self._floats(initial, t + 1), (error + (self.scale + 2.0) * slip + rough + unit) * UP
        )

    def _floats(self, whole: flint.fmpz, size: int) -> np.ndarray:
        """The coefficients, each rounded to the nearest float."""
        bytes_each = self.width // 8
        data = int(whole + self.masks.of(size)[0]).to_bytes(
            (self.masks.size + 1) * bytes_each, "little"
        )
        half, one = 1 << (self.width - 1), 1 << self.bits
        try:
            return np.array(
                [
                    (int.from_bytes(data[i : i + bytes_each], "little") - half) / one
                    for i in range(0, size * bytes_each, bytes_each)
                ]
            )
        except OverflowError:
            raise _Unfit from None


def _power(log: float) -> float:
    """2^log, rounded up."""
    if log > 1000:
        raise _Unfit
    return math.exp2(log) * UP + 5e-324

"""The steps of the Sobolev method of harmonic measure, and its weights, on Chebyshev's iterates.

With W_n = S_n/T_n(c) and y_n = T_n/T_n(c), Chebyshev's iterates, the only points queried,

    W_n = first·y_n + Σ_{j=1…4} basis_j y_{n−j} + Σ_{i=1…3} past_i W_{n−i},
    P*_n = (1 − r·share)P*_{n−1} + share·W_n,    r = W_n(0).

Where a method runs in floats the elimination is done in balls and rounded once: in floats it loses
seven digits at κ = 1e-3, η = 1e-6, t = 200.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count as naturals
from typing import TypeVar

import flint
import numpy as np

from polyrates.core.methods.harmonic_rows import harmonic_rows
from polyrates.core.transition import Scalar, Transition
from polyrates.ground.constants import ball
from polyrates.ground.numbers import Number
from polyrates.ground.precision import ball_bits

__all__ = ["float_steps", "float_weights", "harmonic_steps"]

Given = tuple[Number, Number, Number]
"""(ξ, 4ξ/(L − ℓ), 4η/(L − ℓ)²)."""

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class _Step:
    """The coefficients above, ``step`` and ``momentum`` of y_n, ``size`` = A_n‖S_n‖²/T_n(c)²."""

    first: Scalar
    basis: list[Scalar]
    past: list[Scalar]
    value: Scalar
    share: Scalar
    size: Scalar
    step: Scalar
    momentum: Scalar


def _coefficients(
    given: Given, initial: bool, number: Callable[[Number], Scalar]
) -> Iterator[_Step]:
    xi, step, eta = map(number, given)
    one = xi * 0 + 1
    zero = one * 0
    r = [one, zero, zero]  # of n − 1, n − 2, n − 3
    powers = [one * 2, zero, zero, zero, zero]  # 1 + ξ^{2k}, k = n − 1, …, n − 5
    ratios = [one, xi, xi * xi, xi**3, xi**4]
    square, power = xi * xi, one
    size = norm = one
    for n, row in enumerate(harmonic_rows(xi, eta, initial), start=1):
        power = power * square
        powers = [1 + power, *powers[:4]]
        # T_{n−j}(c)/T_n(c)
        scales = [each * other / powers[0] for each, other in zip(ratios, powers, strict=True)]
        first, *basis = (each * scale for each, scale in zip(row.series, scales, strict=True))
        past = [-each * scale for each, scale in zip(row.link, scales[1:], strict=False)]
        value = first + sum(basis) + sum(m * before for m, before in zip(past, r, strict=True))
        if initial and n == 1:
            value = zero  # S_1 is a multiple of λ: P*_1 = 1, not nearly
        size = size * row.norm * scales[1] * scales[1] / norm + value * value
        norm = row.norm
        length = step * powers[1] / powers[0]
        yield _Step(
            first,
            basis,
            past,
            value,
            value / size,
            size,
            length / 2 if n == 1 else length,
            square * powers[2] / powers[0],
        )
        r = [value, *r[:2]]


def harmonic_steps(
    given: Given,
    initial: bool,
    number: Callable[[Number], Scalar],
    unit: Callable[[Scalar], Scalar] = lambda size: 1,
) -> Iterator[Transition[Scalar]]:
    """Eight points: x; four of y; u = σW + (1 − σr)y, three of them, σ = ``unit(size)``."""
    r, sigmas = [1, 0, 0], [1, 1, 1]  # of n − 1, n − 2, n − 3
    for n, each in enumerate(_coefficients(given, initial, number), start=1):
        sigma, momentum = unit(each.size), 0 if n == 1 else each.momentum
        new_y: tuple[Scalar, ...] = (0, 1 + momentum, -momentum, 0, 0, 0, 0, 0)
        # W_n without y_n: W_{n−i} = (u_{n−i} − (1 − σr)y_{n−i})/σ
        olds = [m / s for m, s in zip(each.past, sigmas, strict=True)]
        places = zip(each.basis, olds, sigmas, r, strict=False)
        others = (
            0,
            *(f - m * (1 - s * before) for f, m, s, before in places),
            each.basis[3],
            *olds,
        )
        lead = sigma * (each.first - each.value) + 1
        pairs = list(zip(new_y, others, strict=True))
        new_x = [each.share * (each.first * y + w) for y, w in pairs]
        new_x[0] = 1 - each.value * each.share
        yield Transition(
            query=(0, 1, 0, 0, 0, 0, 0, 0),
            mixing=(
                tuple(new_x),
                new_y,
                (0, 1, 0, 0, 0, 0, 0, 0),
                (0, 0, 1, 0, 0, 0, 0, 0),
                (0, 0, 0, 1, 0, 0, 0, 0),
                tuple(lead * y + sigma * w for y, w in pairs),
                (0, 0, 0, 0, 0, 1, 0, 0),
                (0, 0, 0, 0, 0, 0, 1, 0),
            ),
            gain=(each.share * each.first * each.step, each.step, 0, 0, 0, lead * each.step, 0, 0),
            output=(1, 0, 0, 0, 0, 0, 0, 0),
        )
        r, sigmas = [each.value, *r[:2]], [sigma, *sigmas[:2]]


def float_steps(given: Given, initial: bool) -> Iterator[Transition[float]]:
    """The same rounded from balls, σ a power of two that keeps u of the size of y."""

    def of(row: tuple[Scalar, ...]) -> tuple[float | int, ...]:
        return tuple(value if isinstance(value, int) else _nearest(value) for value in row)

    def rounded(step: Transition[Scalar]) -> Transition[float]:
        mixing = tuple(map(of, step.mixing))
        return Transition(of(step.query), mixing, of(step.gain), of(step.output))

    return _rounded(lambda: harmonic_steps(given, initial, ball, _power), rounded)


def float_weights(given: Given, initial: bool) -> Iterator[np.ndarray]:
    """The weights of x_t on y_0, …, y_t, t = 0, 1, …: each the float nearest the truth."""

    def rounded(row: tuple[int, flint.arb_poly]) -> np.ndarray:
        t, weights = row
        return np.array([_nearest(weights[k]) for k in range(t + 1)])

    return _rounded(lambda: enumerate(_weights(given, initial)), rounded)


def _weights(given: Given, initial: bool) -> Iterator[flint.arb_poly]:
    """As polynomials in a letter whose k-th power stands for y_k."""
    output = flint.arb_poly([1])
    yield output
    done = [output, output * 0, output * 0]
    for n, each in enumerate(_coefficients(given, initial, ball), start=1):
        lowest = max(n - 4, 0)
        own = [each.first, *each.basis][: n - lowest + 1][::-1]
        new = flint.arb_poly(own).left_shift(lowest)
        for m, before in zip(each.past, done, strict=True):
            new += before * m
        output = output * (1 - each.value * each.share) + new * each.share
        yield output
        done = [new, *done[:2]]


class _Coarse(Exception):
    """A ball is too wide to be a float."""


def _rounded(
    make: Callable[[], Iterator[Scalar]], rounded: Callable[[Scalar], Row]
) -> Iterator[Row]:
    """What ``make`` says in balls, at a precision that grows where the elimination loses it."""
    done, bits = 0, 512
    while True:
        walk = make()
        try:
            for n in naturals():
                with ball_bits(bits):  # not beyond the yield
                    each = next(walk)
                    row = rounded(each) if n >= done else None
                if row is not None:
                    done = n + 1
                    yield row
        except _Coarse:
            bits *= 2


def _power(size: flint.arb) -> flint.arb:
    """A power of two near the root of 1/size."""
    return flint.arb(2) ** -(math.frexp(float(size.mid()))[1] // 2)


def _nearest(value: flint.arb) -> float:
    if value.rel_accuracy_bits() < 60 and not value.abs_upper() < 1e-60:
        raise _Coarse
    return float(value.mid())

"""Problems on which the iterates converge and the unrolled Jacobian does not."""

from __future__ import annotations

from fractions import Fraction
from itertools import cycle, islice

from polyrates.analysis.switching import Switching, best_word, switching_rate
from polyrates.core.methods.classical import HeavyBall, contraction
from polyrates.core.recurrence import Method, Stationary, as_method, check_steps
from polyrates.core.spectra import hull_of
from polyrates.core.transition import combine
from polyrates.ground.constants import ball
from polyrates.ground.errors import refuse_type, refuse_value
from polyrates.ground.numbers import Number, floating
from polyrates.ground.precision import ball_bits
from polyrates.problems.diverging import Bumps, LogPeriodic
from polyrates.problems.scalar_functions import TranslatedFunction

__all__ = ["diverging_example"]

_BITS = 400  # of the centers, which mpmath runs may follow


def diverging_example(method: Method, interval: object, steps: int) -> TranslatedFunction:
    """A function of one variable with ℓ ≤ f″ ≤ L on which unrolling a method fails.

    f(x, θ) = f_0(x − θ) at θ = 0, so x* = 0 and ∂x* = 1. Run from ``.x0`` with ∂x_0 = 0 the
    iterates are those of a quadratic and converge; the error of ∂x_t grows exponentially up to
    ``steps`` (for ever for the closed form of the tuned heavy ball) in exact arithmetic. Floats
    follow while roundings of x, which grow at the same rate, are small beside x: some dozens of
    steps; mpmath as long as its digits last. Background: Bolte, Pauwels, Vaiter (NeurIPS 2022).

    Parameters
    ----------
    method : HeavyBall, Nesterov or another method with the same coefficients at every step
    interval : (ell, L)
    steps : int ≥ 1
    """
    steps = check_steps(as_method(method), steps)
    if not isinstance(method, Stationary):
        refuse_type("method", method, "must have fixed coefficients", "give heavy ball or Nesterov")
    ell, L = hull_of(interval)
    found = switching_rate(method, (ell, L), dimension=1)
    word, rate = best_word(method, ell, L)
    if not rate > 1.0:
        _refuse(found, method)
    if type(method) is HeavyBall:
        problem = _log_periodic(method, ell, L)
        if problem is not None:
            return problem
    return _bumps(method, (_rational(ell), _rational(L)), word, steps)


def _refuse(found: Switching, method: Method) -> None:
    threshold = "" if found.threshold is None else f"; it can for κ below {found.threshold}"
    refuse_value(
        "method",
        method,
        f"its tangents cannot diverge on a line with these ends (rate ≤ {found.rate}{threshold})",
        "give a smaller ell/L, or another method",
    )


def _rational(value: Number) -> Fraction:
    """A number to 400 bits as a fraction; exactly where it is rational with fewer."""
    with ball_bits(_BITS):
        mantissa, exponent = ball(value).mid().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _log_periodic(method: HeavyBall, ell: Number, L: Number) -> LogPeriodic | None:
    """The closed form where step and momentum are tuned, it diverges, and the first step fits."""
    tuned = HeavyBall.tuned(ell, L)
    near = [
        abs(floating(a) / floating(b) - 1) < 1e-14
        for a, b in zip(method.parameters[:2], tuned.parameters[:2], strict=True)
    ]
    low, high, xi = floating(ell), floating(L), floating(contraction(ell, L))
    plain = LogPeriodic(_rational(ell), _rational(L))
    ends = plain.curvature(1.0), plain.curvature(xi)
    reach = (ends[1] - ends[0]) / (high - low)  # of the half-width, that f″ attains at the points
    if not all(near) or xi * (reach + (1 + reach**2) ** 0.5) <= 1.0:
        return None
    first, middle = floating(method.first_step), (high + low) / 2
    if abs(first * middle / (1 - xi) - 1) < 1e-13:
        return plain
    for j in range(5, 60, 2):
        problem = LogPeriodic(_rational(ell), _rational(L), j, _rational(method.first_step))
        if low <= problem.constant() <= high:
            return problem
    return None


def _bumps(
    method: Stationary, ends: tuple[Fraction, Fraction], word: tuple[int, ...], steps: int
) -> Bumps:
    middle = ends[0] + Fraction(46, 100) * (ends[1] - ends[0])
    centers = _queries(method, middle, steps)
    radii = []
    for i, y in enumerate(centers):
        others = [abs(y - z) for k, z in enumerate(centers) if k != i]
        gap = min([abs(y), *others])
        if gap == 0:
            refuse_value("method", method, "two of its queries coincide", "give other coefficients")
        radii.append(_short(gap / 2))
    heights = tuple(ends[letter] - middle for letter in islice(cycle(word), steps))
    return Bumps(middle, tuple(centers), tuple(radii), heights)


def _short(value: Fraction) -> Fraction:
    """A fraction of 53 bits not above a positive one."""
    shift = 53 - (value.numerator.bit_length() - value.denominator.bit_length())
    scale = Fraction(2) ** shift
    return Fraction(int(value * scale)) / scale


def _queries(method: Stationary, curvature: Fraction, steps: int) -> list[Fraction]:
    """y_0, …, y_{steps−1} on f = curvature·x²/2 from x_0 = 1, to 400 bits relative to 1."""
    unit = Fraction(2) ** (_BITS + 200)
    state: list[Fraction] = []
    queries = []
    for step in islice(method.transitions(_rational), steps):
        state = state or [Fraction(1)] * len(step.gain)
        y = combine(step.query, state)
        queries.append(y)
        slope = curvature * y
        moved = [
            combine((*row, -gain), (*state, slope))
            for row, gain in zip(step.mixing, step.gain, strict=True)
        ]
        state = [Fraction(round(value * unit)) / unit for value in moved]
    return queries

"""rate_part."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np
import sympy

from polyrates.core.estimators import Estimator, Unrolled
from polyrates.core.methods.classical import Chebyshev, GradientDescent, HeavyBall, Nesterov
from polyrates.core.recurrence import Method, Stationary, check_steps, is_stationary
from polyrates.core.spectra import Interval, Spectrum, Union
from polyrates.ground.errors import NoClosedForm, Undecided
from polyrates.ground.numbers import is_symbolic
from polyrates.numeric.ring import ValueRing
from polyrates.numeric.suprema.balls import EnclosedSeries, Maximum, enclosed_pairs, enclosed_values
from polyrates.numeric.suprema.series import grid_bound, supremum
from polyrates.numeric.suprema.settling import settled_after
from polyrates.symbolic.asymptotics import AsymptoticRate, asymptotic_rate
from polyrates.symbolic.theorems.base import Theorem
from polyrates.symbolic.theorems.bounds import lower_bound
from polyrates.symbolic.theorems.find import find_theorem

_LONGEST_CERTIFIED = 600  # steps; a certified curve costs O(steps²)


PARTS: tuple[Part, ...] = ("initial", "cross", "residual", "drift")


@dataclass(frozen=True)
class RatePart:
    """t ↦ sup over the support of |part|, part one of R − λC, C, R, C.

    Calling it at an integer t gives an exact number where a theorem holds for exact input, else a
    float that is an upper bound; at ``pr.t`` an expression. ``status`` is the theorem's for the
    first ("proved", or "argued" where its derivation has steps in words), "certified" for the
    second (a rigorous enclosure, rounded outward).
    """

    kind: Part
    method: Method
    spectrum: Spectrum
    estimator: Estimator

    def __call__(self, t: Any) -> Any:
        """The supremum at t."""
        theorem = self._theorem
        if isinstance(t, sympy.Symbol) or self._is_symbolic:
            if theorem is None or not self._is_exact:
                raise NoClosedForm(
                    "t" if isinstance(t, sympy.Symbol) else "method",
                    t if isinstance(t, sympy.Symbol) else self.method,
                    f"no theorem covers the {self.kind} part of {self.method.name} here",
                    "give numbers for all parameters and an integer t: the value is then certified",
                )
            return theorem.value(t)
        t = check_steps(self.method, t, "t")
        if theorem is not None and self._is_exact:
            return theorem.value(t)
        return self.enclosure(t)[1]

    @property
    def status(self) -> Status:
        """How the values are known: the status of the theorem's derivation ("proved", or "argued"
        where some of its steps are prose), or "certified" (enclosed).
        """
        theorem = self._theorem
        return "certified" if theorem is None or not self._is_exact else theorem.status

    @property
    def derivation(self) -> Any:
        """The proof as a Derivation, each step checked by machine.

        Raises
        ------
        NoClosedForm
            Where the values are certified numerically and there is nothing to derive.
        """
        theorem = self._theorem
        if theorem is None:
            raise NoClosedForm(
                "derivation",
                self.method.name,
                f"the {self.kind} part is certified by enclosure, not by a theorem",
                "read enclosure(t)",
            )
        return theorem.derivation

    @property
    def asymptotic(self) -> Any:
        """limsup part(t)^{1/t}: exact for exact parameters, a float otherwise."""
        return self._asymptotic.value

    @property
    def asymptotic_status(self) -> Status:
        """How it is known: "proved", "argued" (exact, by algebra), or "numeric" (a float)."""
        return self._asymptotic.status

    @property
    def _asymptotic(self) -> AsymptoticRate:
        theorem = self._theorem
        if theorem is not None and self._is_exact:
            return AsymptoticRate(theorem.asymptotic, "proved")
        return asymptotic_rate(self.method, self.spectrum, self.estimator, self.kind)

    def enclosure(self, t: int) -> tuple[float, float]:
        """Floats lower ≤ supremum ≤ upper, rounded outward."""
        t = check_steps(self.method, t, "t")
        self._require_numbers()
        theorem = self._theorem
        if theorem is not None:
            return theorem.value_enclosure(t)
        best = self.maximum(t)
        return best.lower, best.upper

    def over_lower_bound(self, t: Any) -> Any:
        """part(t) over 1/|T_t(m₀)|, which no first-order method beats for ‖E‖ on the hull.

        Exact where the part is; an expression at ``pr.t``; a float else.
        """
        value, floor = self(t), lower_bound(Interval(*self.spectrum.hull), t)
        return value / (float(floor) if isinstance(value, float) else floor)

    def maximum(self, t: int) -> Maximum:
        """The enclosure, and a λ of the support at which its lower end is reached."""
        t = check_steps(self.method, t, "t")
        self._require_numbers()
        found = [supremum(series) for series in self._series(t)]
        found += [
            enclosed_values(self.method, self.estimator, t, point, only=t)[0][self.kind]
            for point in _points(self.spectrum)
        ]
        top = max(found, key=lambda m: m.lower)
        return Maximum(top.lower, max(m.upper for m in found), top.point)

    def curve(self, steps: int, tight: bool = True) -> np.ndarray:
        """Upper bounds of part(0), …, part(steps), shape (steps+1,).

        ``tight=False`` takes the maximum on one Chebyshev grid over cos(π/16): at most 2 % above.
        """
        steps = check_steps(self.method, steps)
        self._require_numbers()
        theorem = self._theorem
        if theorem is not None:
            return np.array([theorem.value_enclosure(t)[1] for t in range(steps + 1)])
        bound = supremum if tight else grid_bound
        rows = []
        for segment in _segments(self.spectrum):
            pairs = enclosed_pairs(self.method, self.estimator, steps, segment)
            rows.append([bound(parts[self.kind]).upper for parts in pairs])
        for point in _points(self.spectrum):
            values = enclosed_values(self.method, self.estimator, steps, point)
            rows.append([parts[self.kind].upper for parts in values])
        return np.asarray(np.max(np.array(rows), axis=0))

    @property
    def peak(self) -> tuple[Any, Any]:
        """(t, value) of the largest value over all t: exact integers where a theorem holds.

        Elsewhere over the horizon, or over a run long enough to see the values decay (numeric).
        (oo, oo) if divergent.
        """
        theorem = self._theorem
        if theorem is not None:
            self._require_numbers()
            t, value = theorem.peak()
            if not self._is_exact and value != sympy.oo:
                value = theorem.value_enclosure(int(t))[1]
            return t if t == sympy.oo else int(t), value
        curve = self._long_curve()
        if curve is None:
            return sympy.oo, sympy.oo
        at = int(np.argmax(curve >= curve.max() * (1 - 1e-12)))  # the first of equals
        return at, float(curve[at])

    @property
    def burn_in(self) -> Any:
        """The last t with part(t) > 1; 0 if none, oo if divergent.

        An exact integer where a theorem holds; certified for fixed horizons and, where the powers
        of the transition matrix are seen to fall within 600 steps, for stationary methods; else
        numeric: floats on a grid, to four times that t and until the values visibly decay. A value
        that its enclosure cannot tell from 1 counts as 1.
        """
        theorem = self._theorem
        if theorem is not None:
            self._require_numbers()
            last = theorem.burn_in()
            return last if last == sympy.oo else int(last)
        curve = self._long_curve()
        if curve is None:
            return sympy.oo
        for t in np.flatnonzero(curve > 1)[::-1]:
            # an upper bound of 1 may be rounded above it: the lower end decides
            if curve[t] > 1 + 1e-9 or self.enclosure(int(t))[0] > 1:
                return int(t)
        return 0

    @property
    def burn_in_status(self) -> Status:
        """How ``burn_in`` and ``peak`` are known."""
        if self._theorem is not None:
            return self.status
        settled = self.method.horizon is not None or self._settled_after() is not None
        return "certified" if settled else "numeric"

    def _settled_after(self) -> int | None:
        """A t beyond which the values stay below 1 and below their peak, certified."""
        if not isinstance(self.method, Stationary) or not is_stationary(self.method):
            return None
        if type(self.estimator) is not Unrolled:
            return None
        try:
            if not float(self.asymptotic) < 1:
                return None
        except NoClosedForm:
            pass
        level = min(1.0, float(self.curve(8, tight=False).max()) / 1.02)
        found = [
            settled_after(self.method, segment, self.kind, level) if level > 0 else None
            for segment in _segments(self.spectrum)
        ]
        longest = max((T for T in found if T is not None), default=0)
        return None if None in found or longest > _LONGEST_CERTIFIED else longest

    def _long_curve(self) -> np.ndarray | None:
        """Values until they decay for good, as far as can be seen; None if they diverge."""
        self._require_numbers()
        if self.method.horizon is not None:
            return self.curve(self.method.horizon)
        settled = self._settled_after()
        if settled is not None:
            return self.curve(settled)
        steps = 64
        while steps <= 4096:
            curve = self._float_curve(steps)
            if not np.all(np.isfinite(curve)):
                return None
            last = int(np.max(np.flatnonzero(curve > 1), initial=0))
            half = steps // 2
            late, later = curve[half : 3 * half // 2].max(), curve[3 * half // 2 :].max()
            if later < 0.9 * late and steps >= 4 * last:
                end = min(steps, 2 * max(last, int(np.argmax(curve))) + 8)
                return self.curve(end)
            if curve[-1] > 1e12 and later > 2 * late:
                return None
            plateau = 1024 if isinstance(self.estimator, Unrolled) else 128
            if steps >= plateau and 0.999 < later / late < 1.001:
                return self.curve(min(half, 128))  # a plateau: neither grows nor decays
            steps *= 2
        raise Undecided(
            "burn_in",
            f"{steps // 2} steps",
            "the values have not settled by then",
            "read curve(steps) for the steps of interest",
        )

    def _float_curve(self, steps: int) -> np.ndarray:
        """Maxima of floats on a grid, to look far ahead cheaply: numeric."""
        fine = np.cos(np.linspace(0.0, np.pi, max(65, 2 * steps + 1)))
        grids = [
            (float(a) + float(b)) / 2 + (float(b) - float(a)) / 2 * (fine if a != b else fine[:1])
            for a, b in self.spectrum.support
        ]
        points = np.concatenate(grids)
        found = []
        with np.errstate(over="ignore", invalid="ignore"):
            for pair in self.estimator.pairs(self.method, steps, ValueRing(points)):
                part = {
                    "residual": pair.residual,
                    "initial": pair.residual - points * pair.drift,
                }.get(self.kind, pair.drift)
                found.append(float(np.max(np.abs(part))))
        return np.array(found)

    @property
    def _is_symbolic(self) -> bool:
        numbers = (*self.method.parameters, *self.spectrum.hull)
        return any(is_symbolic(value) for value in numbers)

    @property
    def _is_exact(self) -> bool:
        numbers = (*self.method.parameters, *self.spectrum.hull)
        return not any(isinstance(value, float) for value in numbers)

    @property
    def _theorem(self) -> Theorem | None:
        if type(self.estimator) is not Unrolled:
            return None
        method, spectrum = as_exact(self.method), as_exact(self.spectrum)
        if method is None or spectrum is None:
            return None
        return find_theorem(method, spectrum, self.kind, self.estimator)

    def _series(self, t: int) -> list[EnclosedSeries]:
        return [
            enclosed_pairs(self.method, self.estimator, t, segment, only=t)[0][self.kind]
            for segment in _segments(self.spectrum)
        ]

    def _require_numbers(self) -> None:
        if self._is_symbolic:
            raise Undecided(
                "method, spectrum",
                (self.method, self.spectrum),
                "have symbols",
                "give numbers, or call the part itself for its expression",
            )

    def _latex(self) -> str:
        from polyrates.ground.typeset import latex

        symbol = {"initial": "R - \\lambda C", "residual": "R"}.get(self.kind, "C")
        left = rf"\sup_{{\lambda}} \left|{symbol}\right|"
        theorem = self._theorem
        if theorem is None or not self._is_exact:
            return rf"{left} \quad \text{{({self.status})}}"
        return f"{left} = {latex(theorem.value(sympy.Symbol('t', integer=True, nonnegative=True)))}"

    def _repr_latex_(self) -> str:
        return f"$${self._latex()}$$"


def _segments(spectrum: Spectrum) -> list[tuple[Any, Any]]:
    """The intervals of the support that are not points."""
    return [(low, high) for low, high in spectrum.support if low != high]


def _points(spectrum: Spectrum) -> list[Any]:
    """The isolated points of the support."""
    return [low for low, high in spectrum.support if low == high]


def as_exact(value: Any) -> Any:
    """A method or spectrum with floats read as the dyadic rationals they are; None if it cannot."""
    kinds = (GradientDescent, Chebyshev, HeavyBall, Nesterov, Interval)
    if type(value) in kinds:
        parameters = value.parameters if isinstance(value, Method) else value.hull
        if not any(isinstance(p, float) for p in parameters):
            return value
        return type(value)(*(_dyadic(p) for p in parameters))
    if isinstance(value, Spectrum):
        ends = [end for segment in value.support for end in segment]
        if not any(isinstance(end, float) for end in ends):
            return value
        return Union([(_dyadic(low), _dyadic(high)) for low, high in value.support])
    if any(isinstance(p, float) for p in value.parameters):
        return None
    return value


def _dyadic(value: Any) -> sympy.Expr:
    if not isinstance(value, float):
        return value
    exact = Fraction(value)
    return sympy.Rational(exact.numerator, exact.denominator)


Part = Literal["initial", "cross", "residual", "drift"]


Status = Literal["proved", "argued", "certified", "numeric"]

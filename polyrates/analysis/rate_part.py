"""One part of a rate: t ↦ sup over the support of |R − λC|, |C|, |R| or |C|.

A theorem where there is one (exact), a certified enclosure elsewhere, and the word that says which.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

import numpy as np
import sympy

from polyrates.analysis.certificates import part_certificate
from polyrates.analysis.long_run import LongRun, float_curve, long_run
from polyrates.analysis.steps_to import steps_to
from polyrates.core.estimators import Estimator, Unrolled
from polyrates.core.methods.classical import Chebyshev, GradientDescent, HeavyBall, Nesterov
from polyrates.core.parts import Part, check_part
from polyrates.core.recurrence import Method, check_steps, is_stationary
from polyrates.core.spectra import Interval, Spectrum
from polyrates.ground.cards import Typeset
from polyrates.ground.certificates import ProofFile
from polyrates.ground.errors import NoClosedForm, Undecided
from polyrates.ground.numbers import Number, is_symbolic
from polyrates.numeric.suprema.balls import EnclosedSeries, Maximum, enclosed_pairs, enclosed_values
from polyrates.numeric.suprema.many_points import curve_at_points, maximum_at_points, worth_it
from polyrates.numeric.suprema.supremum import supremum
from polyrates.symbolic.asymptotics import AsymptoticRate, asymptotic_rate
from polyrates.symbolic.proofs.derivation import Derivation
from polyrates.symbolic.theorems.base import Theorem
from polyrates.symbolic.theorems.bounds import lower_bound
from polyrates.symbolic.theorems.find import find_theorem

Status = Literal["proved", "argued", "certified", "numeric"]


@dataclass(frozen=True)
class RatePart(Typeset):
    """t ↦ sup over the support of |part|, part one of R − λC, C, R, C.

    Calling it at an integer t gives an exact number where a theorem holds for exact input, else a
    float that is an upper bound; at ``pr.t`` an expression. ``status`` is the theorem's for the
    first ("proved", or "argued" where its derivation has steps in words), "certified" for the
    second (a rigorous enclosure, rounded outward).
    """

    sources = ("curse", "grid")

    kind: Part
    method: Method
    spectrum: Spectrum
    estimator: Estimator

    def __post_init__(self) -> None:
        check_part(self.kind)

    def __call__(self, t: object) -> Number:
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
    def derivation(self) -> Derivation:
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
    def asymptotic(self) -> Number:
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
        found = asymptotic_rate(self.method, self.spectrum, self.estimator, self.kind)
        fixed = is_stationary(self.method) or any(map(is_symbolic, self.method.parameters))
        if found.value != 1 or self.spectrum.segments or fixed:
            return found
        # an average falls like 1/t, unless at every point what it sums up comes to nothing
        late = float_curve(self, 64)
        if not np.any(late[33:]):
            return AsymptoticRate(0.0, "numeric")
        if late[64] < late[32] / 4:
            raise NoClosedForm(
                "asymptotic",
                self.method.name,
                "its sums vanish at the points of the spectrum: faster than 1/t",
                "read the value at several t",
            )
        return found

    def enclosure(self, t: int) -> tuple[float, float]:
        """Floats lower ≤ supremum ≤ upper, rounded outward."""
        t = check_steps(self.method, t, "t")
        self._require_numbers()
        theorem = self._theorem
        if theorem is not None:
            return theorem.value_enclosure(t)
        best = self.maximum(t)
        return best.lower, best.upper

    def certificate(self, t: int) -> ProofFile:
        """The enclosure at t with its proof, exact numbers that anyone can check.

        The part is a polynomial in λ, which belongs to the statement; floats among the parameters
        count as the rationals they are.
        """
        best = self.maximum(t)
        return part_certificate(self.kind, self.method, self.estimator, self.spectrum, t, best)

    def over_lower_bound(self, t: int | sympy.Expr) -> Number:
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
        points = self.spectrum.isolated
        quick = None
        if worth_it(self.estimator, points):
            quick = maximum_at_points(self.method, self.estimator, t, points, self.kind)
        found += (
            [quick]
            if quick is not None
            else [
                enclosed_values(self.method, self.estimator, t, point, only=t)[0][self.kind]
                for point in points
            ]
        )
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
        rows = []
        for segment in self.spectrum.segments:
            pairs = enclosed_pairs(self.method, self.estimator, steps, segment, kinds=(self.kind,))
            rows.append([supremum(parts[self.kind], tight=tight).upper for parts in pairs])
        points = self.spectrum.isolated
        if worth_it(self.estimator, points):
            quick = curve_at_points(self.method, self.estimator, steps, points, self.kind)
            if quick is not None:
                rows.append(quick)
                points = ()
        for point in points:
            values = enclosed_values(self.method, self.estimator, steps, point)
            rows.append([parts[self.kind].upper for parts in values])
        return np.asarray(np.max(np.array(rows), axis=0))

    @property
    def peak(self) -> tuple[Number | int, Number]:
        """(t, value) of the largest value over all t: exact integers where a theorem holds.

        Elsewhere over the horizon, or over a run long enough to see the values settle (certified
        or numeric, as ``burn_in_status`` says).
        (oo, oo) if divergent.
        """
        theorem = self._theorem
        if theorem is not None:
            self._require_numbers()
            t, value = theorem.peak()
            if not self._is_exact and value != sympy.oo:
                value = theorem.value_enclosure(int(t))[1]
            return t if t == sympy.oo else int(t), value
        run = self._long_run
        if run.outcome == "grows":
            return sympy.oo, sympy.oo
        if run.far is not None:
            return run.far.peak
        at = int(np.argmax(run.curve >= run.curve.max() * (1 - 1e-12)))  # the first of equals
        return at, float(run.curve[at])

    @property
    def burn_in(self) -> Number | int:
        """The last t with part(t) > 1; 0 if none, oo if there is no last one.

        An exact integer where a theorem holds; certified for fixed horizons and, where the powers
        of the transition matrix are seen to fall within some thousand steps, for stationary
        methods; numeric for slower ones, and else: floats on a grid, to four times that t and until
        the values visibly decay or keep a level, which above 1 is no end. A value that its
        enclosure cannot tell from 1 counts as 1.
        """
        theorem = self._theorem
        if theorem is not None:
            self._require_numbers()
            last = theorem.burn_in()
            return last if last == sympy.oo else int(last)
        run = self._long_run
        if run.outcome == "grows" or run.level > 1 + 1e-9:
            return sympy.oo
        if run.far is not None:
            return run.far.last
        for t in np.flatnonzero(run.curve > 1)[::-1]:
            if run.lower is not None and run.lower[t] > 1:
                return int(t)
            # an upper bound of 1 may be rounded above it: the lower end decides
            if self.enclosure(int(t))[0] > 1:
                return int(t)
        return 0

    def steps_to(self, eps: object) -> int | sympy.Expr:
        """The first t from which the part stays ≤ eps; oo if it never does."""
        self._require_numbers()
        return steps_to(self, eps, self._theorem)

    @property
    def burn_in_status(self) -> Status:
        """How ``burn_in`` and ``peak`` are known."""
        return self.status if self._theorem is not None else self._long_run.status

    @cached_property
    def _long_run(self) -> LongRun:
        self._require_numbers()
        return long_run(self)

    @property
    def _is_symbolic(self) -> bool:
        numbers = (*self.method.parameters, *self.spectrum.hull)
        return any(is_symbolic(value) for value in numbers)

    @property
    def _is_exact(self) -> bool:
        numbers = (*self.method.parameters, *self.spectrum.hull)
        return not any(isinstance(value, float) for value in numbers)

    @cached_property
    def _theorem(self) -> Theorem | None:
        if type(self.estimator) is not Unrolled:
            return None
        method = as_exact(self.method)
        if method is None:  # before the spectrum, which may have very many points
            return None
        spectrum = as_exact(self.spectrum)
        if spectrum is None:
            return None
        return find_theorem(method, spectrum, self.kind, self.estimator)

    def _series(self, t: int) -> list[EnclosedSeries]:
        return [
            enclosed_pairs(self.method, self.estimator, t, segment, only=t)[0][self.kind]
            for segment in self.spectrum.segments
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
        symbol = {"initial": r"R - \lambda C", "residual": "R", "drift": "C", "cross": "C"}
        left = rf"\sup_{{\lambda}} \left|{symbol[self.kind]}\right|"
        theorem = self._theorem
        if theorem is None or not self._is_exact:
            return left + self._long_run_latex()
        return f"{left} = {theorem._latex()}"

    def _long_run_latex(self) -> str:
        """How the part falls where it has no formula in t, and how that is known."""
        from polyrates.ground.typeset import latex

        try:
            found = self._asymptotic
        except (NoClosedForm, Undecided):
            return rf" \quad \text{{({self.status} at every }} t)"
        return (
            r" = \Theta, \quad \limsup_{t \to \infty} \Theta^{1/t} = "
            rf"{latex(found.value)} \quad \text{{({found.status}; }} \Theta \text{{ "
            rf"{self.status} at every }} t)"
        )


@dataclass(frozen=True)
class _Support(Spectrum):
    """A support without what else its spectrum is; a point 0 may be in it."""

    pieces: tuple[tuple[Number, Number], ...]

    @property
    def support(self) -> tuple[tuple[Number, Number], ...]:
        """The pieces."""
        return self.pieces


def as_exact(value: Any) -> Any:
    """A method or spectrum with floats read as the dyadic rationals they are; None if it cannot."""
    if type(value) in (GradientDescent, Chebyshev, HeavyBall, Nesterov, Interval):
        parameters = value.parameters if isinstance(value, Method) else value.hull
        if not any(isinstance(p, float) for p in parameters):
            return value
        return type(value)(*(_dyadic(p) for p in parameters))
    if isinstance(value, Spectrum):
        ends = [end for segment in value.support for end in segment]
        if not any(isinstance(end, float) for end in ends):
            return value
        return _Support(tuple((_dyadic(low), _dyadic(high)) for low, high in value.support))
    if any(isinstance(p, float) for p in value.parameters):
        return None
    return value


def _dyadic(value: Number) -> sympy.Expr:
    if not isinstance(value, float):
        return value
    exact = Fraction(value)
    return sympy.Rational(exact.numerator, exact.denominator)

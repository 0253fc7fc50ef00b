"""Estimators of the Jacobian ∂x*, and the pair (R, C) of each.

With E = ∂x_0 − ∂x* and D = ∂H(x_0 − x*), when H and ∂H commute, every estimator has the error

    R(H)E + C(H)D = (R − λC)(H)E + C(H)G,    G = d/dθ ∇f(x_0(θ), θ) = D + HE,

a *residual* polynomial R with R(0) = 1 and a *drift* C. ("residual/drift" multiplies (E, D),
"initial/cross" = (R − λC, C) multiplies (E, G).) The pairs are computed by the one loop on any
ring: polynomials, series, values, enclosures. Without commutation C becomes a function of two
eigenvalues, C(λ_i, λ_j), the multiplier of the (i, j) entry of ∂H in H's eigenbasis; the same loop
computes it when values run along j and tangents along (i, j).

E is the start of the *estimate* minus ∂x*: ∂x_0 − ∂x* for unrolling, −∂x* where an inner solve
starts at zero. Step and momentum are constants: a gradient through a step size is stopped.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, NamedTuple, Protocol, TypeVar, cast

from polyrates.core.recurrence import Jet, Method, Shifted, check_steps, final, orbit, walk
from polyrates.core.transition import advance, combine
from polyrates.ground.errors import refuse_type, refuse_value
from polyrates.ground.numbers import Number, count

__all__ = ["Estimator", "Implicit", "OneStep", "Pair", "Ring", "Truncated", "Unrolled"]

P = TypeVar("P")


class Ring(Protocol[P]):
    """A commutative ring with the element λ, and scalars that a method's numbers map to."""

    @property
    def start(self) -> P:
        """The element 1."""
        ...

    def number(self, value: Number) -> Any:
        """A coefficient as a scalar."""
        ...

    def gradient(self, point: P) -> P:
        """λ times an element."""
        ...

    def product(self, left: P, right: P) -> P:
        """The product of two elements."""
        ...


def zero_of(ring: Ring[P]) -> P:
    """The element 0, which has the shape and the kind of the element 1."""
    zero: Any = ring.start * 0  # type: ignore[operator]
    return cast(P, zero)


class Pair(NamedTuple, Generic[P]):
    """(R, C): error = R(H)E + C(H)D."""

    residual: P
    drift: P


@dataclass(frozen=True)
class JetCarrier(Generic[P]):
    """(P, C) with gradient (λP, λC + P): C is the derivative of P when nothing is reset.

    ``values`` is the ring of the polynomial's values, ``tangents`` that of the drift. They differ
    for two-variable multipliers only, where values run along λ_j and tangents along (λ_i, λ_j).
    """

    values: Ring[P]
    tangents: Ring[P]

    @property
    def start(self) -> Jet[P]:
        """(1, 0)."""
        return Jet(self.values.start, zero_of(self.tangents))

    def number(self, value: Number) -> Any:
        """A scalar of the ring."""
        return self.values.number(value)

    def gradient(self, point: Jet[P]) -> Jet[P]:
        """(λP, λC + P)."""
        tangent = self.tangents.gradient(point.tangent) + point.value  # type: ignore[operator]
        return Jet(self.values.gradient(point.value), tangent)


@dataclass(frozen=True)
class InverseCarrier(Generic[P]):
    """W = (Q − 1)/λ without the division: the method on the gradient λW + 1, started at 0."""

    ring: Ring[P]

    @property
    def start(self) -> P:
        return zero_of(self.ring)

    def number(self, value: Number) -> Any:
        return self.ring.number(value)

    def gradient(self, point: P) -> P:
        return self.ring.gradient(point) + self.ring.start  # type: ignore[operator, no-any-return]


class Estimator(ABC):
    """A way to estimate ∂x* from a method's run."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What a reader calls it, for tables and plots."""

    @abstractmethod
    def pairs(
        self, method: Method, steps: int, rows: Ring[P], columns: Ring[P] | None = None
    ) -> Iterator[Pair[P]]:
        """(R, C) at t = 0, …, steps.

        One ring gives polynomials in λ. Two give multipliers: ``rows`` is the ring along λ_i,
        ``columns`` along λ_j, and C takes both by broadcasting.
        """

    def pair(
        self, method: Method, t: int, rows: Ring[P], columns: Ring[P] | None = None
    ) -> Pair[P]:
        """(R, C) at t."""
        result = None
        for result in self.pairs(method, t, rows, columns):  # noqa: B007
            pass
        assert result is not None
        return result

    @property
    def exact_solve(self) -> bool:
        """Whether it solves with H, so that its drift is a polynomial over λ."""
        return False

    def degree(self, t: int) -> int:
        """An upper bound for the degrees of R, λC and R − λC at t."""
        return t

    @abstractmethod
    def _latex(self) -> str:
        """The pair (R, C), or how it comes about."""

    def _repr_latex_(self) -> str:
        return f"$${self._latex()}$$"


@dataclass(frozen=True)
class Unrolled(Estimator):
    """The tangent of the whole run: (R, C) = (P_t, P_t′)."""

    @property
    def name(self) -> str:
        """Unrolled."""
        return "unrolled"

    def _latex(self) -> str:
        return r"R = P_{t}, \quad C = P_{t}'"

    def pairs(
        self, method: Method, steps: int, rows: Ring[P], columns: Ring[P] | None = None
    ) -> Iterator[Pair[P]]:
        """(P_t, P_t′), or with two rings (P_t(λ_i), P_t[λ_i, λ_j])."""
        if columns is None:
            for jet in orbit(method, JetCarrier(rows, rows), steps):
                yield Pair(jet.value, jet.tangent)
        else:
            residuals = orbit(method, rows, steps)
            for residual, jet in zip(
                residuals, orbit(method, JetCarrier(columns, rows), steps), strict=True
            ):
                yield Pair(residual, jet.tangent)


@dataclass(frozen=True)
class Truncated(Estimator):
    """Tangents of the whole state reset at step s of t: only the last steps are differentiated.

    R runs the method's own steps s, …, t − 1 from the state (1, …, 1); C runs the same steps on
    tangents from 0 while P runs on. For gradient descent (R, C) = (P_{t−s}, P_{t−s}′P_s). The pair
    belongs to the realization of P_t, not to P_t alone. For t < s it is (1, 0): the start.

    Parameters
    ----------
    start : int ≥ 0, optional
        s, the same for every t.
    last : int ≥ 0, optional
        s = max(t − last, 0): the number of steps differentiated. Give exactly one of the two.
    """

    start: int | None = None
    last: int | None = None

    def __post_init__(self) -> None:
        if (self.start is None) == (self.last is None):
            refuse_value(
                "start, last",
                (self.start, self.last),
                "exactly one of them must be given",
                "give start (the step of the reset) or last (how many steps are differentiated)",
            )
        for label in ("start", "last"):
            if getattr(self, label) is not None:
                object.__setattr__(self, label, count(getattr(self, label), label))

    @property
    def name(self) -> str:
        """Truncated, and where."""
        if self.last == 1:
            return "one step"
        return f"truncated, {f'start {self.start}' if self.last is None else f'last {self.last}'}"

    def _latex(self) -> str:
        where = (
            f"s = {self.start}"
            if self.last is None
            else rf"s = \max\left(t - {self.last}, 0\right)"
        )
        return rf"\text{{tangents reset at step }} {where}"

    def reset_at(self, t: int) -> int:
        """s for the estimate at t."""
        if self.start is not None:
            return min(self.start, t)
        assert self.last is not None
        return max(t - self.last, 0)

    def pairs(
        self, method: Method, steps: int, rows: Ring[P], columns: Ring[P] | None = None
    ) -> Iterator[Pair[P]]:
        """One pass for a fixed start; ``last`` steps for each t when the start moves with t."""
        steps = check_steps(method, steps)
        if self.last is not None:
            yield from self._moving(method, steps, rows, columns or rows, self.last)
            return
        assert self.start is not None
        s = min(self.start, steps)
        values = rows if columns is None else columns
        zero = zero_of(rows)
        state: tuple[P, ...] = ()
        for t, (_, reached) in enumerate(walk(method, values, s)):
            state = reached
            if t < s:
                yield Pair(rows.start, zero)
        fresh = tuple(Jet(point, zero) for point in state)
        tangents = walk(method, JetCarrier(values, rows), steps, (s, fresh))
        residuals = orbit(Shifted(method, s), rows, steps - s)
        for (jet, _), residual in zip(tangents, residuals, strict=True):
            yield Pair(residual, jet.tangent)

    def _moving(
        self, method: Method, steps: int, rows: Ring[P], values: Ring[P], last: int
    ) -> Iterator[Pair[P]]:
        """The run once, keeping ``last`` states; from each, its tangents and residual afresh."""
        transitions = list(islice(method.transitions(values.number), steps))
        carrier, zero = JetCarrier(values, rows), zero_of(rows)
        size = len(transitions[0].gain) if transitions else 1
        states = deque([(values.start,) * size], maxlen=last + 1)
        for t in range(steps + 1):
            if t:
                states.append(advance(transitions[t - 1], states[-1], values.gradient))
            jets = tuple(Jet(point, zero) for point in states[0])
            fresh: tuple[P, ...] = (rows.start,) * size
            pair = Pair(rows.start, zero)
            for transition in transitions[t + 1 - len(states) : t]:
                jets = advance(transition, jets, carrier.gradient)
                fresh = advance(transition, fresh, rows.gradient)
                output = transition.output
                pair = Pair(combine(output, fresh), combine(output, jets).tangent)
            yield pair

    def pair(
        self, method: Method, t: int, rows: Ring[P], columns: Ring[P] | None = None
    ) -> Pair[P]:
        """(R, C) at t."""
        if self.last is None:
            return super().pair(method, t, rows, columns)
        return Truncated(start=self.reset_at(t)).pair(method, t, rows, columns)


def OneStep() -> Truncated:
    """``Truncated(last=1)``: the last step's derivative alone (Bolte, Pauwels, Vaiter 2023)."""
    return Truncated(last=1)


@dataclass(frozen=True)
class Implicit(Estimator):
    """−H⁻¹ ∂_θ∇f at x_t, solved exactly or by k inner steps of a method.

    Exact: R = 0, C = −P_t/λ (the one estimator with R(0) ≠ 1). With the inner residual polynomial
    Q_k: R = Q_k, C = P_t(Q_k − 1)/λ.

    Parameters
    ----------
    inner : Method, optional
        The inner method; None solves exactly.
    inner_steps : int ≥ 0, optional
        k, to be given with ``inner``.
    """

    inner: Method | None = None
    inner_steps: int | None = None

    def __post_init__(self) -> None:
        if self.inner is None and self.inner_steps is not None:
            refuse_value("inner_steps", self.inner_steps, "needs an inner method", "give inner too")
        if self.inner is not None:
            if not isinstance(self.inner, Method):
                refuse_type(
                    "inner",
                    self.inner,
                    "must be a method",
                    "give for instance pr.Chebyshev(ell, L)",
                )
            if self.inner_steps is None:
                refuse_value(
                    "inner_steps", None, "an inner method needs its steps", "give inner_steps"
                )
            object.__setattr__(
                self, "inner_steps", check_steps(self.inner, self.inner_steps, "inner_steps")
            )

    @property
    def name(self) -> str:
        """Implicit, and how it is solved."""
        if self.inner is None:
            return "implicit, exact solve"
        return f"implicit, {self.inner_steps} inner steps of {self.inner.name}"

    def _latex(self) -> str:
        if self.inner is None:
            return r"R = 0, \quad C = -\frac{P_{t}}{\lambda}"
        k = self.inner_steps
        return rf"R = Q_{{{k}}}, \quad C = \frac{{P_{{t}} \left(Q_{{{k}}} - 1\right)}}{{\lambda}}"

    @property
    def exact_solve(self) -> bool:
        """Without an inner method."""
        return self.inner is None

    def degree(self, t: int) -> int:
        """Outer and inner degrees add up."""
        return t + (self.inner_steps or 0)

    def pairs(
        self, method: Method, steps: int, rows: Ring[P], columns: Ring[P] | None = None
    ) -> Iterator[Pair[P]]:
        """The inner solve once, the outer run along."""
        outer = orbit(method, rows if columns is None else columns, steps)
        complete = self._solve(rows)
        for value in outer:
            yield complete(value)

    def pair(
        self, method: Method, t: int, rows: Ring[P], columns: Ring[P] | None = None
    ) -> Pair[P]:
        """(R, C) at t: one product of polynomials, the outer run needs none."""
        value = final(method, rows if columns is None else columns, t)
        return self._solve(rows)(value)

    def _solve(self, rows: Ring[P]) -> Callable[[P], Pair[P]]:
        """(R, C) as a function of P_t."""
        if self.inner is None or self.inner_steps is None:
            inverse = getattr(rows, "inverse", None)
            if inverse is None:
                refuse_value(
                    "estimator",
                    self.name,
                    "its drift −P_t/λ is not in this ring",
                    "evaluate it at points with λ > 0, or in the exact ring",
                )
            zero, negated = zero_of(rows), inverse() * -1
            return lambda value: Pair(zero, rows.product(negated, value))
        residual = final(self.inner, rows, self.inner_steps)
        solved = final(self.inner, InverseCarrier(rows), self.inner_steps)
        return lambda value: Pair(residual, rows.product(solved, value))


def as_estimator(value: object, name: str = "estimator") -> Estimator:
    """An Estimator, or our error."""
    if isinstance(value, Estimator):
        return value
    refuse_type(
        name,
        value,
        "must be an estimator",
        "give pr.Unrolled(), pr.Truncated(start), pr.OneStep() or pr.Implicit()",
    )

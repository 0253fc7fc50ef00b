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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar, NamedTuple

from polyrates.core.carriers import InverseCarrier, JetCarrier, P, Pair, Ring, zero_of
from polyrates.core.recurrence import Jet, Method, Shifted, check_steps, final, orbit, walk
from polyrates.core.transition import advance, combine
from polyrates.ground.cards import Typeset
from polyrates.ground.errors import refuse_type, refuse_value
from polyrates.ground.numbers import count
from polyrates.ground.tables import escape_tex

__all__ = ["Estimator", "Implicit", "OneStep", "Truncated", "Unrolled"]


class Products(NamedTuple):
    """What the estimate at the last step costs."""

    gradients: int
    hessian_vector: int

    @property
    def total(self) -> int:
        """Gradients plus Hessian-vector products (one a parameter and step counts once)."""
        return self.gradients + self.hessian_vector


class Estimator(Typeset, ABC):
    """A way to estimate ∂x* from a method's run.

    One that runs tangents needs ``name`` and :meth:`reset_at`, and everything else follows: its
    pairs, its cost, its run. One that solves a system at x_t says so with :attr:`solve`.
    """

    sources: ClassVar[tuple[str, ...]] = ()

    @property
    @abstractmethod
    def name(self) -> str:
        """What a reader calls it, for tables and plots."""

    def reset_at(self, t: int) -> int:
        """s ≤ t, the step at which the tangents of the estimate at t begin, afresh from ∂x_0."""
        refuse_type(
            "estimator",
            self.name,
            "does not say where its tangents begin",
            "define reset_at(t)",
        )

    @property
    def solve(self) -> Implicit | None:
        """The solve at x_t that the estimate is, or None where tangents are run."""
        return None

    @property
    def exact_solve(self) -> bool:
        """Whether it solves with H exactly, so that its drift is a polynomial over λ."""
        return self.solve is not None and self.solve.inner is None

    def products(self, t: int) -> Products:
        """What the estimate at t costs: the run, and the steps that are differentiated."""
        t = count(t, "t")
        return Products(t, t - self.reset_at(t))

    def memory(self, n: int, parameters: int = 1) -> int:
        """Arrays held at once in forward mode for a state of n points: 2n + 1, with tangents."""
        return (2 * n + 1) * (1 + parameters)

    def pairs(
        self, method: Method, steps: int, rows: Ring[P], columns: Ring[P] | None = None
    ) -> Iterator[Pair[P]]:
        """(R, C) at t = 0, …, steps.

        One ring gives polynomials in λ. Two give multipliers: ``rows`` is the ring along λ_i,
        ``columns`` along λ_j, and C takes both by broadcasting. One pass where the tangents begin
        at the same step for every t, else those of each t.
        """
        steps = check_steps(method, steps)
        resets = [self.reset_at(t) for t in range(steps + 1)]
        if is_fixed(resets):
            yield from _from(method, steps, resets[-1], rows, columns)
        else:
            yield from _moving(method, resets, rows, columns or rows)

    def pair(
        self, method: Method, t: int, rows: Ring[P], columns: Ring[P] | None = None
    ) -> Pair[P]:
        """(R, C) at t."""
        if type(self).pairs is Estimator.pairs:
            *_, result = _from(method, check_steps(method, t), self.reset_at(t), rows, columns)
        else:
            *_, result = self.pairs(method, t, rows, columns)
        return result

    def degree(self, t: int) -> int:
        """An upper bound for the degrees of R, λC and R − λC at t."""
        return t

    def _latex(self) -> str:
        """The pair (R, C), or how it comes about."""
        return rf"\text{{{escape_tex(self.name)}}}"


def is_fixed(resets: Sequence[int]) -> bool:
    """Whether the tangents of every t begin at one step s (at t itself before s)."""
    return all(s == min(t, resets[-1]) for t, s in enumerate(resets))


def _from(
    method: Method, steps: int, s: int, rows: Ring[P], columns: Ring[P] | None
) -> Iterator[Pair[P]]:
    """Tangents from step s on, in one pass; (1, 0) before."""
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
    method: Method, resets: Sequence[int], rows: Ring[P], values: Ring[P]
) -> Iterator[Pair[P]]:
    """The run once, keeping the states that are begun from; from each, R and C afresh."""
    steps = len(resets) - 1
    needed = [min(resets[t:]) for t in range(steps + 1)]  # no state before it is asked for again
    transitions = list(islice(method.transitions(values.number), steps))
    carrier, zero = JetCarrier(values, rows), zero_of(rows)
    size = len(transitions[0].gain) if transitions else 1
    states = {0: (values.start,) * size}
    for t in range(steps + 1):
        if t:
            states[t] = advance(transitions[t - 1], states[t - 1], values.gradient)
        for s in [s for s in states if s < needed[t] and s < t]:
            del states[s]
        jets = tuple(Jet(point, zero) for point in states[resets[t]])
        fresh: tuple[P, ...] = (rows.start,) * size
        pair = Pair(rows.start, zero)
        for transition in transitions[resets[t] : t]:
            jets = advance(transition, jets, carrier.gradient)
            fresh = advance(transition, fresh, rows.gradient)
            output = transition.output
            pair = Pair(combine(output, fresh), combine(output, jets).tangent)
        yield pair


@dataclass(frozen=True)
class Unrolled(Estimator):
    """The tangent of the whole run: (R, C) = (P_t, P_t′)."""

    sources = ("curse",)

    @property
    def name(self) -> str:
        """Unrolled."""
        return "unrolled"

    def reset_at(self, t: int) -> int:
        """0."""
        return 0

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

    sources = ("one-step", "curse")

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

    sources = ("one-step",)

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
    def solve(self) -> Implicit:
        """Itself."""
        return self

    def reset_at(self, t: int) -> int:
        """t: no step is differentiated."""
        return t

    def products(self, t: int) -> Products:
        """The outer and the inner steps; an exact solve counts no products."""
        return Products(count(t, "t"), self.inner_steps or 0)

    def memory(self, n: int, parameters: int = 1) -> int:
        """x_t and the right side stay while the inner method runs on the columns."""
        if self.inner is None:
            return max(2 * n + 1, 1 + 2 * parameters)
        width = 2 * self.inner.state_size + 1
        return max(2 * n + 1, width * parameters + 1 + parameters)

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

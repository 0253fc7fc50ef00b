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
from typing import ClassVar, NamedTuple

from polyrates.core.carriers import (
    InverseCarrier,
    JetCarrier,
    P,
    Pair,
    Ring,
    inverse_of,
    zero_of,
)
from polyrates.core.preconditioning import (
    checked_preconditioner,
    degree_of,
    element_of,
    preconditioned_latex,
)
from polyrates.core.recurrence import Method, check_steps, final, orbit
from polyrates.core.tangent_pairs import pairs_from, pairs_moving
from polyrates.core.transition import Scalar
from polyrates.ground.cards import Typeset
from polyrates.ground.errors import refuse_type, refuse_value
from polyrates.ground.numbers import Number, count, nonnegative, sign
from polyrates.ground.tables import escape_tex
from polyrates.ground.typeset import latex

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
        return self.solve is not None and self.solve.inner is None and not self.solve.damping

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
            yield from pairs_from(method, steps, resets[-1], rows, columns)
        else:
            yield from pairs_moving(method, resets, rows, columns or rows)

    def pair(
        self, method: Method, t: int, rows: Ring[P], columns: Ring[P] | None = None
    ) -> Pair[P]:
        """(R, C) at t."""
        if type(self).pairs is Estimator.pairs:
            *_, result = pairs_from(method, check_steps(method, t), self.reset_at(t), rows, columns)
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
    Q_k: R = Q_k, C = P_t(Q_k − 1)/λ. Damped, (H + δ)V = −∂_θ∇f + δV_0 from V_0 = ∂x_0: exact
    R = δ/(λ+δ), C = −P_t/(λ+δ); k steps R = 1 + λW, C = P_tW, W = (Q_k(λ+δ) − 1)/(λ+δ).

    Parameters
    ----------
    inner : Method, optional
        The inner method; None solves exactly.
    inner_steps : int ≥ 0, optional
        k, to be given with ``inner``.
    damping : number ≥ 0
        δ, in units of λ: for curvature that is tiny, zero or not known; the bias is R.
    preconditioner : expression in ``pr.lam``, callable, or object with ``solve``, optional
        With ``inner``, which then sees r(H)(H + δ) or P⁻¹(H + δ). A function r(λ) > 0 near
        1/(λ+δ): R = 1 + λW, C = P_tW are rational, W by the method on r(λ)((λ+δ)W + 1), certified
        where r is a polynomial. v ↦ P⁻¹v, symmetric and positive, is run, not analyzed. Its cost is
        not counted.
    """

    inner: Method | None = None
    inner_steps: int | None = None
    damping: Number = 0
    preconditioner: object = None

    sources = ("one-step",)

    def __post_init__(self) -> None:
        damping = nonnegative(self.damping, "damping")
        object.__setattr__(self, "damping", damping if sign(damping) != 0 else 0)
        object.__setattr__(
            self,
            "preconditioner",
            checked_preconditioner(self.preconditioner, self.inner is not None),
        )
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
        damped = f", damped by {self.damping}" if self.damping else ""
        damped += "" if self.preconditioner is None else ", preconditioned"
        if self.inner is None:
            return f"implicit, exact solve{damped}"
        return f"implicit, {self.inner_steps} inner steps of {self.inner.name}{damped}"

    def _latex(self) -> str:
        k, damping = self.inner_steps, latex(self.damping)
        if self.damping and self.inner is None:
            below = rf"\lambda + {damping}"
            return rf"R = \frac{{{damping}}}{{{below}}}, \quad C = -\frac{{P_{{t}}}}{{{below}}}"
        if self.preconditioner is not None:
            return preconditioned_latex(self.preconditioner, damping, k)
        if self.damping:
            shifted = rf"\frac{{Q_{{{k}}}\left(\mu\right) - 1}}{{\mu}}"
            return (
                rf"R = 1 + \lambda W, \quad C = P_{{t}} W, \quad W = {shifted}, \quad "
                rf"\mu = \lambda + {damping}"
            )
        if self.inner is None:
            return r"R = 0, \quad C = -\frac{P_{t}}{\lambda}"
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
        more, k = degree_of(self.preconditioner), self.inner_steps or 0
        return t + k * (1 + more) + more * (k > 0)

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

    def undone(self, ring: Ring[P]) -> P:
        """W with V_k = V_0 + W(HV_0 + ∂_θ∇f): near −1/(λ+δ), (Q_k(λ+δ) − 1)/(λ+δ) where plain."""
        assert self.inner is not None
        made = element_of(ring, self.preconditioner)
        carrier = InverseCarrier(ring, self.damping, made)
        return final(self.inner, carrier, self.inner_steps or 0)

    def _solve(self, rows: Ring[P]) -> Callable[[P], Pair[P]]:
        """(R, C) as a function of P_t."""
        if self.inner is None or self.inner_steps is None:
            inverse: Scalar = inverse_of(rows, self.damping, self.name)
            exact: Scalar = zero_of(rows)
            if self.damping:
                exact = inverse * rows.number(self.damping)
            return lambda value: Pair(exact, rows.product(inverse * -1, value))
        solved: Scalar = self.undone(rows)
        if self.damping or self.preconditioner is not None:
            lifted: Scalar = rows.gradient(solved)
            residual = lifted + rows.start
        else:
            residual = final(self.inner, rows, self.inner_steps)
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

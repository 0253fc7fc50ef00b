"""Methods given by their coefficients: tables, Richardson products, weighted iterates."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sympy

from polyrates.core.methods.iterate_weights import IterateWeights, on_partial_sums
from polyrates.core.methods.momentum_schedule import MomentumSchedule
from polyrates.core.recurrence import Method
from polyrates.core.transition import Scalar, Transition, dot, momentum_step, output_row
from polyrates.ground.abridged import abridged
from polyrates.ground.errors import refuse_type, refuse_value
from polyrates.ground.numbers import (
    Number,
    floating,
    is_exact,
    is_symbolic,
    number,
    numbers,
    sign,
    unify,
)
from polyrates.ground.typeset import Shortened, latex, with_values

__all__ = ["Richardson", "Tabulated", "WeightedIterates"]

_STEEPEST = 1000  # a rate over the one before, above which three digits of the velocity are lost


@dataclass(frozen=True)
class Tabulated(Method, trusted=True):
    """x⁺ = x + m_t(x − x₋) − h_t∇f(x + n_t(x − x₋)), t < len(steps).

    Parameters
    ----------
    steps : sequence of numbers
        h_t, in units of 1/λ; any sign.
    momenta, lookahead : sequences of numbers, as long as steps, optional
        m_t and n_t; zeros when None. ``lookahead=momenta`` is Nesterov's form.
    """

    step_sizes: tuple[Number, ...]
    momenta: tuple[Number, ...]
    lookahead: tuple[Number, ...]

    def __init__(self, steps: object, momenta: object = None, lookahead: object = None) -> None:
        h = numbers(steps, "steps")
        if not h:
            refuse_value("steps", steps, "must not be empty", "give at least one step")
        zeros = (sympy.Integer(0),) * len(h)
        m = zeros if momenta is None else numbers(momenta, "momenta")
        n = zeros if lookahead is None else numbers(lookahead, "lookahead")
        for values, label in ((m, "momenta"), (n, "lookahead")):
            if len(values) != len(h):
                refuse_value(
                    label, values, f"has {len(values)} entries", f"give {len(h)}, one a step"
                )
        flat = unify(*h, *m, *n)
        size = len(h)
        object.__setattr__(self, "step_sizes", flat[:size])
        object.__setattr__(self, "momenta", flat[size : 2 * size])
        object.__setattr__(self, "lookahead", flat[2 * size :])

    @classmethod
    def torch(
        cls, lrs: object, momentum: object, dampening: object = 0, nesterov: object = False
    ) -> Tabulated | MomentumSchedule:
        """torch.optim.SGD and optax.sgd with momentum and one learning rate a step, step for step.

        Their velocity is multiplied by each step's own rate, so m_k = m·h_k/h_{k−1}; with the
        dampening τ all gradients but the first count (1 − τ). Where that divides by a rate of 0 or
        by a ratio above 1000 (a restart of a cosine schedule), and for ``nesterov``, the answer is
        a :class:`MomentumSchedule`, the same run with the velocity kept.
        """
        kept = MomentumSchedule(lrs, momentum, dampening, nesterov)
        h, m, damp = kept.rates, kept.momenta, kept.dampening
        moving = any(sign(each) != 0 for each in m)
        if moving and (kept.nesterov or not all(map(_divides, h, h[1:]))):
            return kept
        scaled = [
            each * (after / before) if moving else each
            for each, after, before in zip(m[1:], h[1:], h, strict=False)
        ]
        share = 1 - damp if moving else 1
        return cls([*h[:1], *(share * rate for rate in h[1:])], [h[0] * 0, *scaled])

    def __repr__(self) -> str:
        return abridged(self)

    def _latex(self) -> str:
        ahead = any(value != 0 for value in self.lookahead)
        moving = any(value != 0 for value in self.momenta)
        query = r"x_{t} + n_{t} \left(x_{t} - x_{t-1}\right)" if ahead else "x_{t}"
        rule = r"x_{t+1} = x_{t}"
        rule += r" + m_{t} \left(x_{t} - x_{t-1}\right)" if moving else ""
        rows = [("h", self.step_sizes)]
        rows += [("m", self.momenta)] if moving else []
        rows += [("n", self.lookahead)] if ahead else []
        rule += rf" - h_{{t}} \nabla f\left({query}\right), \quad t < {self.horizon}"
        return with_values(rule, *((name, Shortened(row)) for name, row in rows))

    @property
    def name(self) -> str:
        """Tabulated."""
        return "tabulated"

    @property
    def horizon(self) -> int:
        """The number of steps given."""
        return len(self.step_sizes)

    @property
    def parameters(self) -> tuple[Number, ...]:
        """All coefficients."""
        return self.step_sizes + self.momenta + self.lookahead

    def transitions(self, number: Callable[[Number], Scalar]) -> Iterator[Transition[Scalar]]:
        """One a row."""
        for h, m, n in zip(self.step_sizes, self.momenta, self.lookahead, strict=True):
            yield momentum_step(number(h), number(m), number(n))


def _divides(before: Number, after: Number) -> bool:
    """Whether a velocity can be rescaled from one rate to the next without losing digits."""
    if is_symbolic(before) or is_symbolic(after):
        return sign(before) != 0
    return sign(before) != 0 and (is_exact(before) or abs(after) <= _STEEPEST * abs(before))


@dataclass(frozen=True)
class Richardson(Method, trusted=True):
    """x⁺ = x − h_t∇f(x): P_t(λ) = Π(1 − h_kλ), in the order given.

    Parameters
    ----------
    steps : sequence of numbers
        h_k, in units of 1/λ. The order decides the stability, not the polynomial: the 64 Chebyshev
        steps at κ = 0.01 in descending order let partial products grow beyond 1e26, in Leja order
        to 24.
    """

    sources = ("leja",)

    step_sizes: tuple[Number, ...]
    momenta: tuple[Number, ...]

    def __init__(self, steps: object, momenta: object = None) -> None:
        table = Tabulated(steps, momenta)
        object.__setattr__(self, "step_sizes", table.step_sizes)
        object.__setattr__(self, "momenta", table.momenta)

    def __repr__(self) -> str:
        return abridged(self)

    @classmethod
    def leja(cls, roots: object) -> Richardson:
        """The method with residual polynomial Π(1 − λ/root), its roots in Leja order.

        Each next root maximises the product of the distances to those before it. A conjugate pair
        z, z̄ is a block of two steps of 1/|z| with momentum 2cos(arg z) − 2 in the second, so all
        coefficients are real.

        Parameters
        ----------
        roots : sequence of nonzero numbers
            Complex ones in conjugate pairs.
        """
        entries = _roots(roots)
        steps: list[Number] = []
        momenta: list[Number] = []
        for root, is_pair in _leja_order(entries):
            if not is_pair:
                steps.append(1 / root)
                momenta.append(sympy.Integer(0))
            else:
                modulus = abs(root)
                steps += [1 / modulus, 1 / modulus]
                momenta += [sympy.Integer(0), 2 * root.real / modulus - 2]
        return cls(steps, momenta)

    def _latex(self) -> str:
        moving = any(value != 0 for value in self.momenta)
        rule = r"x_{t+1} = x_{t}"
        rule += r" + m_{t} \left(x_{t} - x_{t-1}\right)" if moving else ""
        rule += rf" - h_{{t}} \nabla f\left(x_{{t}}\right), \quad t < {self.horizon}"
        rows = [("h", self.step_sizes), *([("m", self.momenta)] if moving else [])]
        return with_values(rule, *((name, Shortened(row)) for name, row in rows))

    @property
    def name(self) -> str:
        """Richardson."""
        return "Richardson"

    @property
    def horizon(self) -> int:
        """The number of steps given."""
        return len(self.step_sizes)

    @property
    def parameters(self) -> tuple[Number, ...]:
        """The steps, and the momenta that conjugate pairs of roots need."""
        return self.step_sizes + self.momenta

    def transitions(self, number: Callable[[Number], Scalar]) -> Iterator[Transition[Scalar]]:
        """One a step."""
        for h, m in zip(self.step_sizes, self.momenta, strict=True):
            yield momentum_step(number(h), number(m) if m != 0 else 0)


def _roots(roots: object) -> list[tuple[Scalar, bool]]:
    """Real roots as Numbers, one complex float for each conjugate pair (marked True)."""
    if isinstance(roots, (str, bytes)) or not hasattr(roots, "__iter__"):
        refuse_type("roots", roots, "must be a sequence of numbers", "give a list, tuple or array")
    real: list[Scalar] = []
    upper: list[complex] = []
    lower: list[complex] = []
    for i, value in enumerate(roots):
        label = f"roots[{i}]"
        is_complex = isinstance(value, complex) or (
            isinstance(value, sympy.Expr) and value.is_real is False
        )
        if is_complex and complex(value).imag != 0:
            z = complex(value)
            if not cmath.isfinite(z):
                refuse_value(label, value, "must be finite", "check what computed it")
            (upper if z.imag > 0 else lower).append(z)
            continue
        root = number(complex(value).real if is_complex else value, label)
        if sign(root) == 0:
            refuse_value(
                label, value, "a residual polynomial has P(0) = 1, so no root at 0", "drop it"
            )
        real.append(root)
    pairs: list[complex] = []
    for z in upper:
        match = min(lower, key=lambda w: abs(w - z.conjugate()), default=None)
        if match is None or abs(match - z.conjugate()) > 1e-8 * abs(z):
            refuse_value("roots", z, "has no conjugate among the roots", "give both of each pair")
        lower.remove(match)
        pairs.append(z)
    if lower:
        refuse_value(
            "roots", lower[0], "has no conjugate among the roots", "give both of each pair"
        )
    if not real and not pairs:
        refuse_value("roots", roots, "must not be empty", "give at least one root")
    return [(root, False) for root in real] + [(z, True) for z in pairs]


def _leja_order(entries: list[tuple[Scalar, bool]]) -> list[tuple[Scalar, bool]]:
    points = [complex(float(r)) if not pair else complex(r) for r, pair in entries]
    remaining = list(range(len(entries)))
    scale = max(abs(p) for p in points)
    score = [math.log(abs(p) / scale) for p in points]  # the first is the largest
    order: list[tuple[Scalar, bool]] = []
    first = True
    while remaining:
        chosen = max(remaining, key=lambda i: score[i])
        remaining.remove(chosen)
        order.append(entries[chosen])
        if first:
            score = [0.0] * len(entries)
            first = False
        others = [points[chosen]] + ([points[chosen].conjugate()] if entries[chosen][1] else [])
        for i in remaining:
            for z in others:
                distance = abs(points[i] - z)
                # a repeated root goes last, where its zero distance no longer matters
                score[i] += math.log(distance / scale) if distance > 0 else -1e6
    return order


@dataclass(frozen=True)
class WeightedIterates(Method, trusted=True):
    """x_t = Σ_k w_k y_k on the iterates y_k of a base method, run without storing them.

    Before the horizon the output is the partial sum x_s = Σ_{k<s} w_k y_k + (1 − Σ_{k<s} w_k) y_s,
    so P_s(0) = 1 at every step; it needs one point of memory beyond the base method's.

    Parameters
    ----------
    base : Method
        Scalar method with at least len(weights) − 1 steps.
    weights : sequence of numbers
        w_0, …, w_t, with sum one.
    """

    base: Method
    weights: tuple[Number, ...]

    def __init__(self, base: Method, weights: object) -> None:
        if not isinstance(base, Method):
            refuse_type("base", base, "must be a method", "give for instance pr.Chebyshev(ell, L)")
        w = numbers(weights, "weights")
        total: Scalar = sum(w) if w and is_exact(w[0]) else math.fsum(map(float, w))
        size = sum(abs(x) for x in w)
        exact_sum = is_exact(total)
        wrong = (
            sympy.simplify(total - 1) != 0 if exact_sum else abs(total - 1) > 1e-9 * max(size, 1)
        )
        if not w or wrong:
            refuse_value("weights", total, "must sum to 1", "divide them by their sum")
        if base.horizon is not None and base.horizon < len(w) - 1:
            refuse_value(
                "weights",
                len(w),
                f"the base method has {base.horizon} steps only",
                "give a base method with as many steps",
            )
        object.__setattr__(self, "base", base)
        object.__setattr__(self, "weights", w)

    def __repr__(self) -> str:
        return abridged(self)

    def _latex(self) -> str:
        rule = rf"x_{{{self.horizon}}} = \sum_{{k=0}}^{{{self.horizon}}} w_{{k}} y_{{k}}"
        weights = with_values(rule, ("w", Shortened(self.weights)))
        return (
            rf"{weights}, \quad y_{{k}} \text{{ the iterates }} x_{{k}} \text{{ of }} \; "
            + latex(self.base)
        )

    @property
    def name(self) -> str:
        """Weighted iterates of the base method."""
        return f"weighted {self.base.name}"

    @property
    def horizon(self) -> int:
        """len(weights) − 1."""
        return len(self.weights) - 1

    @property
    def parameters(self) -> tuple[Number, ...]:
        """The base method's parameters, then the weights."""
        return self.base.parameters + self.weights

    def transitions(self, number: Callable[[Number], Scalar]) -> Iterator[Transition[Scalar]]:
        """The state is (u, state of the base method), u = V_s + (1 − W_s/c_s) y_s.

        V_s = Σ_{k≤s} w_k y_k / c_s, W_s = Σ_{k≤s} w_k, c_s a power of two that follows the size of
        the terms so far. So u never exceeds what is left of the error, old rounding is scaled down
        with it, and the sum keeps its relative accuracy: with c_s = 1 it would end at ε|x_0|.
        """
        scales = self._scales()
        before: tuple[Scalar, ...] = ()
        total: Scalar = number(self.weights[0])  # W_{s−1}
        for s, inner in enumerate(self.base.transitions(number), start=1):
            if s > self.horizon:
                return
            weight, scale, last = number(self.weights[s]), number(scales[s]), number(scales[s - 1])
            keep = last / scale
            size = len(inner.gain)
            reading = before or (1,) + (0,) * (size - 1)
            after, loss = output_row(inner)
            lost = keep - total / scale  # (1 − W_{s−1}/c_{s−1}) c_{s−1}/c_s
            total = total + weight
            share = 1 + (weight - total) / scale
            row = [dot((share, -lost), pair) for pair in zip(after, reading, strict=True)]
            yield Transition(
                query=(0, *inner.query),
                mixing=((keep, *row), *((0, *each) for each in inner.mixing)),
                gain=(share * loss, *inner.gain),
                output=(scale, *(dot((1 - scale,), (each,)) for each in inner.output)),
            )
            before = inner.output

    @property
    def made_for(self) -> tuple[Number, Number] | None:
        """The base method's."""
        return self.base.made_for

    @property
    def iterate_weights(self) -> IterateWeights:
        """On the iterates of the base method."""
        exact = all(isinstance(weight, float) for weight in self.weights)
        return on_partial_sums(self.base, list(map(floating, self.weights)), exact)

    def _scales(self) -> list[Number]:
        """c_0 ≤ … ≤ c_t = 1, exact powers of two; 1 throughout where the weights are symbols."""
        if any(map(is_symbolic, self.weights)):
            return [sympy.Integer(1)] * len(self.weights)
        sizes: list[int | None] = []
        largest = total = 0.0
        for weight in map(floating, self.weights):
            total += weight
            largest = max(largest, abs(weight), abs(total))
            sizes.append(min(math.frexp(largest)[1], 0) if largest > 0 else None)
        first = next(size for size in sizes if size is not None)
        powers = [first if size is None else size for size in sizes]
        powers[-1] = 0
        return [sympy.Integer(2) ** power for power in powers]

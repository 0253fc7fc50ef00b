"""The one core object and the one loop.

A first-order method is a small linear system driven by one gradient a step (the state-space form
of Lessard, Recht and Packard, SIAM J. Optim. 26, 2016). With the state s = (s_1, …, s_n), all
points equal to x_0 at the start,

    g = ∇f(Σ_i c_i s_i),    s_i⁺ = Σ_j A_ij s_j − b_i g,    output x = Σ_i o_i s_i⁺,

where c, o and every row of A sum to one. On f(x) = ½ xᵀHx this *is* the recurrence of the
residual polynomials, so P_t(0) = 1 and deg P_t ≤ t hold by construction. The loop :func:`walk`
is the only place that runs it; what a "point" and a "gradient" are is the carrier's affair:
polynomials with multiplication by λ, values, Chebyshev series, arrays with ∇f, pairs of an iterate
and its tangent.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from scipy.linalg import blas

from polyrates.ground.errors import HorizonError, refuse_type, refuse_value
from polyrates.ground.numbers import Number, count, floating
from polyrates.ground.typeset import plain_text

__all__ = [
    "Carrier",
    "Jet",
    "Method",
    "Shifted",
    "Stationary",
    "Table",
    "Transition",
    "advance",
    "as_method",
    "check_steps",
    "combine",
    "momentum_step",
    "orbit",
    "walk",
]

S = TypeVar("S")  # scalars of a carrier
Scalar = TypeVar("Scalar", covariant=True)
P = TypeVar("P")  # points of a carrier


@dataclass(frozen=True, slots=True)
class Transition(Generic[S]):
    """One step in state-space form; the plain integers 0 and 1 may stand for the scalars' own."""

    query: tuple[S | int, ...]
    mixing: tuple[tuple[S | int, ...], ...]
    gain: tuple[S | int, ...]
    output: tuple[S | int, ...]


class Carrier(Protocol[P, Scalar]):
    """What the loop runs on."""

    @property
    def start(self) -> P:
        """x_0, or the polynomial 1."""
        ...

    def number(self, value: Number) -> Scalar:
        """A coefficient of the method as a scalar of this carrier."""
        ...

    def gradient(self, point: P) -> P:
        """∇f at a point; for polynomials, multiplication by λ."""
        ...


def momentum_step(step: S, momentum: S | int, lookahead: S | int = 0) -> Transition[S]:
    """x⁺ = x + m(x − x₋) − h∇f(x + n(x − x₋)) on the state (x, x₋)."""
    one_plus: Any = lambda m: 1 if isinstance(m, int) and m == 0 else m + 1  # noqa: E731
    minus: Any = lambda m: 0 if isinstance(m, int) and m == 0 else -m  # noqa: E731
    return Transition(
        query=(one_plus(lookahead), minus(lookahead)),
        mixing=((one_plus(momentum), minus(momentum)), (1, 0)),
        gain=(step, 0),
        output=(1, 0),
    )


class Method(ABC):
    """A linear first-order method: a validated table of coefficients, and nothing else."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What a reader calls it, for tables and plots."""

    @property
    @abstractmethod
    def parameters(self) -> tuple[Number, ...]:
        """The numbers it is made of; they decide whether its analysis is exact."""

    @abstractmethod
    def transitions(self, number: Callable[[Number], Any]) -> Iterator[Transition[Any]]:
        """The steps, their coefficients computed among the scalars that ``number`` maps to."""

    @property
    def horizon(self) -> int | None:
        """The number of steps the method has, or None for any number."""
        return None

    def table(self, steps: int) -> Table:
        """The coefficients of the first ``steps`` steps as float arrays."""
        steps = check_steps(self, steps)
        walk = self.transitions(floating)
        return Table.of([next(walk) for _ in range(steps)])

    def _latex(self) -> str:
        """What the method does, as far as its table tells."""
        horizon = "" if self.horizon is None else rf", \quad t \le {self.horizon}"
        rule = (
            r"x_{t+1} = x_{t} + m_{t} \left(x_{t} - x_{t-1}\right) - h_{t} \nabla f(\cdot)"
            if hasattr(self, "momenta")
            else r"x_{t} - x_{\star} = P_{t}(H) \left(x_{0} - x_{\star}\right)"
        )
        return rf"\text{{{plain_text(self.name)}}}: \quad {rule}{horizon}"

    def _repr_latex_(self) -> str:
        return f"$${self._latex()}$$"


class Stationary(Method):
    """A method whose steps are all alike, but for the first.

    A user's own method needs only this: ``name``, ``parameters``, ``transition`` and, where the
    first step differs, ``first_transition``. Closed forms in t are solved from them.
    """

    @abstractmethod
    def transition(self, number: Callable[[Number], Any]) -> Transition[Any]:
        """The repeated step."""

    def first_transition(self, number: Callable[[Number], Any]) -> Transition[Any]:
        """The first step; the repeated one unless the method says otherwise."""
        return self.transition(number)

    def transitions(self, number: Callable[[Number], Any]) -> Iterator[Transition[Any]]:
        """The first step, then the repeated one for ever."""
        yield self.first_transition(number)
        repeated = self.transition(number)
        while True:
            yield repeated


@dataclass(frozen=True)
class Table:
    """Coefficients as arrays, n the number of points in the state.

    query (steps, n), mixing (steps, n, n), gain (steps, n), output (steps, n).
    """

    query: np.ndarray
    mixing: np.ndarray
    gain: np.ndarray
    output: np.ndarray

    @classmethod
    def of(cls, transitions: Sequence[Transition[Any]]) -> Table:
        """Stack transitions with float coefficients."""
        if not transitions:
            return cls(np.ones((0, 1)), np.ones((0, 1, 1)), np.ones((0, 1)), np.ones((0, 1)))

        def stack(field: str) -> np.ndarray:
            return np.array([getattr(each, field) for each in transitions], dtype=float)

        return cls(stack("query"), stack("mixing"), stack("gain"), stack("output"))

    def __len__(self) -> int:
        return len(self.gain)

    def _momentum_form(self) -> np.ndarray:
        shift = self.mixing.shape[1] == 1 or (
            self.mixing.shape[1] == 2
            and bool(np.all(self.mixing[:, 1] == (1, 0)))
            and not np.any(self.gain[:, 1])
            and bool(np.all(self.output == (1, 0)))
        )
        if not shift:
            refuse_value(
                "method",
                f"a state of {self.mixing.shape[1]} points",
                "it is not of the form x⁺ = x + m(x − x₋) − h∇f(x + n(x − x₋))",
                "read query, mixing, gain and output",
            )
        return np.zeros(len(self)) if self.mixing.shape[1] == 1 else np.ones(len(self))

    @property
    def steps(self) -> np.ndarray:
        """h_t of the form x⁺ = x + m_t(x − x₋) − h_t∇f(x + n_t(x − x₋)), shape (steps,)."""
        self._momentum_form()
        return self.gain[:, 0]

    @property
    def momenta(self) -> np.ndarray:
        """m_t of the same form, shape (steps,)."""
        return np.zeros(len(self)) if not self._momentum_form().any() else -self.mixing[:, 0, 1]

    @property
    def lookahead(self) -> np.ndarray:
        """n_t of the same form, shape (steps,)."""
        return np.zeros(len(self)) if not self._momentum_form().any() else -self.query[:, 1]


class Jet(Generic[P]):
    """A point and its tangent, combined alike: the carrier of every derivative in the package."""

    __slots__ = ("tangent", "value")

    def __init__(self, value: P, tangent: P) -> None:
        self.value = value
        self.tangent = tangent

    def __mul__(self, scalar: Any) -> Jet[P]:
        return Jet(self.value * scalar, self.tangent * scalar)

    def __add__(self, other: Jet[P]) -> Jet[P]:
        return Jet(self.value + other.value, self.tangent + other.tangent)  # type: ignore[operator]


@dataclass(frozen=True)
class Shifted(Method):
    """The steps of a method from step ``start`` on, run from a fresh state."""

    base: Method
    start: int

    @property
    def name(self) -> str:
        """The base method's name and where it starts."""
        return f"{self.base.name} from step {self.start}"

    @property
    def parameters(self) -> tuple[Number, ...]:
        """The base method's parameters."""
        return self.base.parameters

    @property
    def horizon(self) -> int | None:
        """What is left of the base method's horizon."""
        return None if self.base.horizon is None else self.base.horizon - self.start

    def transitions(self, number: Callable[[Number], Any]) -> Iterator[Transition[Any]]:
        """All but the first ``start`` transitions of the base method."""
        return islice(self.base.transitions(number), self.start, None)


def as_method(value: object, name: str = "method") -> Method:
    """A Method, or our error."""
    if isinstance(value, Method):
        return value
    refuse_type(name, value, "must be a method", "give for instance pr.Chebyshev(ell, L)")


def check_steps(method: Method, steps: object, name: str = "steps") -> int:
    """A count of steps the method has, or HorizonError."""
    number = count(steps, name)
    if method.horizon is not None and number > method.horizon:
        raise HorizonError(
            name,
            number,
            f"{method.name} has a fixed horizon of {method.horizon} steps",
            "build the method for the longer horizon, or use an anytime method",
        )
    return number


_AXPY = {np.dtype(np.float64): blas.daxpy, np.dtype(np.float32): blas.saxpy}


def combine(coefficients: Sequence[Any], points: Sequence[P]) -> P:
    """Σ_i c_i p_i: the one place where points are combined.

    Zero coefficients cost nothing, a single coefficient of one returns the point itself, and
    containers whose ``+`` concatenates are refused. Points are never written to.
    """
    if len(coefficients) == 1 and type(coefficients[0]) is int and coefficients[0] == 1:
        return points[0]
    terms = [
        (coefficient, point)
        for coefficient, point in zip(coefficients, points, strict=True)
        if type(coefficient) is not int or coefficient != 0
    ]
    if len(terms) > 1 and type(terms[0][1]) is np.ndarray:
        total = _sum_of_arrays(terms)
        if total is not None:
            return total  # type: ignore[no-any-return]
    total = None
    for coefficient, point in terms:
        if isinstance(point, (list, tuple, str, bytes)) or type(point) is dict:
            refuse_type(
                "point",
                point,
                "a plain container is not a vector: its + concatenates",
                "give a numpy, JAX or torch array",
            )
        one = type(coefficient) is int and coefficient == 1
        term: Any = point if one else point * coefficient
        total = term if total is None else total + term
    return total  # type: ignore[no-any-return]


def _sum_of_arrays(terms: list[tuple[Any, Any]]) -> Any:
    """The same sum in memory of its own, by BLAS' y ← ax + y, or None where that does not apply.

    One pass over memory a term, where numpy's operators make two and a copy.
    """
    (coefficient, first), (scale, second) = terms[:2]
    shape, dtype = first.shape, first.dtype
    starts_with_one = type(coefficient) is int and coefficient == 1
    if len(terms) == 2 and starts_with_one and type(second) is np.ndarray:  # a gradient step
        if second.dtype != dtype or second.shape != shape or type(scale) is not float:
            return None
        total = second * scale
        total += first
        return total
    axpy = _AXPY.get(dtype)
    if axpy is None or not shape or not first.size:
        return None
    for factor, point in terms:
        if (
            (type(factor) is not float and type(factor) is not int)
            or type(point) is not np.ndarray
            or point.dtype != dtype
            or point.shape != shape
            or not point.flags.c_contiguous
        ):
            return None
    total = first.copy() if starts_with_one else first * coefficient
    for factor, point in terms[1:]:
        axpy(point.reshape(-1), total.reshape(-1), a=factor)
    return total


def walk(
    method: Method,
    carrier: Carrier[P, Any],
    steps: int,
    begin: tuple[int, tuple[P, ...]] = (0, ()),
) -> Iterator[tuple[P, tuple[P, ...]]]:
    """The loop: (output, state) at t = s, …, steps for ``begin = (s, state at s)``.

    At s = 0 the state may be empty, which stands for the carrier's start in every place.
    """
    s, state = begin
    transitions = method.transitions(carrier.number)
    reading: tuple[Any, ...] = (1,)
    for transition in islice(transitions, s):
        reading = transition.output
    output = combine(reading, state) if state else carrier.start
    yield output, state
    for _ in range(s, check_steps(method, steps)):
        transition = next(transitions)
        if not state:
            state = (carrier.start,) * len(transition.gain)
        state = advance(transition, state, carrier.gradient)
        output = combine(transition.output, state)
        yield output, state


def advance(
    transition: Transition[Any], state: tuple[P, ...], gradient: Callable[[P], P]
) -> tuple[P, ...]:
    """One step: the gradient at the query, then every point of the next state."""
    at = combine(transition.query, state)
    slope = gradient(at)
    # a row that mixes what the query mixed starts from the query itself (x⁺ = y − h∇f(y))
    return tuple(
        combine((1, _negated(gain)), (at, slope))
        if all(map(_same, row, transition.query))
        else combine((*row, _negated(gain)), (*state, slope))
        for row, gain in zip(transition.mixing, transition.gain, strict=True)
    )


def _same(left: Any, right: Any) -> bool:
    """Whether two coefficients are known to be equal; what == means on the others is not asked."""
    return left is right or (
        type(left) in (int, float) and type(right) in (int, float) and left == right
    )


def orbit(method: Method, carrier: Carrier[P, Any], steps: int) -> Iterator[P]:
    """The outputs x_0, x_1, …, x_steps of a method on a carrier."""
    return (output for output, _ in walk(method, carrier, steps))


def final(method: Method, carrier: Carrier[P, Any], steps: int) -> P:
    """The last of :func:`orbit`: x_steps."""
    output = carrier.start
    for output in orbit(method, carrier, steps):  # noqa: B007
        pass
    return output


def _negated(gain: Any) -> Any:
    return gain if type(gain) is int and gain == 0 else -gain

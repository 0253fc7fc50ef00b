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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar, Generic, Protocol, TypeVar

from polyrates.core.checked import check_first_steps, guard
from polyrates.core.spectra import named_numbers
from polyrates.core.spelling import spelling_of
from polyrates.core.table import Table
from polyrates.core.transition import Scalar, Transition, advance, combine, transition_latex
from polyrates.ground.cards import Card, Carded, number_cell
from polyrates.ground.errors import HorizonError, refuse_type, refuse_value
from polyrates.ground.numbers import Number, count, floating
from polyrates.ground.numbers import number as plain_number
from polyrates.ground.tables import escape_tex
from polyrates.ground.typeset import Shortened, latex

__all__ = [
    "Carrier",
    "Jet",
    "Method",
    "Shifted",
    "Stationary",
    "as_method",
    "check_steps",
    "is_stationary",
    "orbit",
    "own",
    "walk",
]

S = TypeVar("S")  # scalars of a carrier
S_co = TypeVar("S_co", covariant=True)
P = TypeVar("P")  # points of a carrier


class Carrier(Protocol[P, S_co]):
    """What the loop runs on."""

    @property
    def start(self) -> P:
        """x_0, or the polynomial 1."""
        ...

    def number(self, value: Number) -> S_co:
        """A coefficient of the method as a scalar of this carrier."""
        ...

    def gradient(self, point: P) -> P:
        """∇f at a point; for polynomials, multiplication by λ."""
        ...


class Method(Carded, ABC):
    """A linear first-order method: a validated table of coefficients, and nothing else.

    What a subclass defines is read and checked when it is used (:mod:`polyrates.core.checked`).
    """

    sources: ClassVar[tuple[str, ...]] = ("state-space",)
    """Keys of the literature, for :func:`polyrates.cite`."""

    adaptive: ClassVar[bool] = False
    """Whether its coefficients depend on the problem: it has a run then, but no polynomial."""

    def __init_subclass__(cls, trusted: bool = False, **rest: object) -> None:
        """Guard a class that does not say that its rows sum to one by construction."""
        super().__init_subclass__(**rest)
        if not trusted:
            guard(cls)
            own_steps = vars(cls).keys() & {"transition", "first_transition", "transitions"}
            if own_steps and "_latex" not in vars(cls):  # a parent's formula would be of the parent
                changing = "transitions" in vars(cls) or not issubclass(cls, Stationary)
                setattr(cls, "_latex", (Method if changing else Stationary)._latex)  # noqa: B010

    def __repr__(self) -> str:
        """The class and its numbers; data classes write their fields."""
        return f"{type(self).__name__}({', '.join(map(str, self.parameters))})"

    @property
    def name(self) -> str:
        """What a reader calls it, for tables and plots: the class's name, where nothing is said."""
        return type(self).__name__

    @property
    @abstractmethod
    def parameters(self) -> tuple[Number, ...]:
        """The numbers it is made of; they decide whether its analysis is exact."""

    @abstractmethod
    def transitions(self, number: Callable[[Number], Scalar]) -> Iterator[Transition[Scalar]]:
        """The steps, their coefficients computed among the scalars that ``number`` maps to."""

    @property
    def horizon(self) -> int | None:
        """The number of steps the method has, or None for any number."""
        return None

    @property
    def named_parameters(self) -> tuple[tuple[str, Number], ...]:
        """(name, value) of what it was built from, for pages and tables."""
        return named_numbers(self)

    @property
    def state_size(self) -> int:
        """n, the number of points that a step needs."""
        for transition in self.transitions(floating):
            return len(transition.gain)
        return 1

    @property
    def limit_interval(self) -> tuple[Number, Number] | None:
        """[ℓ, L] where the coefficients tend to those of Chebyshev's method on it: the rate is ξ.

        A fact of the exact type, read by :func:`own`: a subclass says it again, or has none.
        """
        return None

    @property
    def limits(self) -> tuple[Stationary, ...]:
        """Stationary methods the largest of whose rates is the method's; none where not known.

        A fact of the exact type too.
        """
        return ()

    @property
    def made_for(self) -> tuple[Number, Number] | None:
        """The interval its numbers are tuned to, or None where they do not tell."""
        return self.limit_interval

    @property
    def iterate_weights(self) -> object:
        """IterateWeights where the outputs are weights on another method's iterates, else None."""
        return None

    @property
    def inexact(self) -> tuple[str, str] | None:
        """(why, what instead) where the coefficients are floats whatever they are made of."""
        return None

    def table(self, steps: int) -> Table:
        """The coefficients of the first ``steps`` steps as float arrays."""
        steps = check_steps(self, steps)
        walk = self.transitions(floating)
        return Table.of([next(walk) for _ in range(steps)])

    def _latex(self) -> str:
        """Its name and its parameters; a class that knows its recurrence says it."""
        horizon = "" if self.horizon is None else rf", \quad t \le {self.horizon}"
        rule = r"x_{t} - x_{\star} = P_{t}(H) \left(x_{0} - x_{\star}\right)"
        values = latex(Shortened(self.parameters)) if self.parameters else r"\emptyset"
        return (
            rf"\text{{{escape_tex(self.name)}}}: \quad {rule}{horizon}, \quad "
            rf"\text{{parameters }} {values}"
        )

    def _card(self) -> Card:
        shown = ", ".join(map(number_cell, self.parameters)) or "none"
        horizon = "any" if self.horizon is None else f"at most {self.horizon}"
        return Card(self.name, [("parameters", shown), ("steps", horizon)], formula=self._latex())


class Stationary(Method, trusted=True):
    """A method whose steps are all alike, but for the first.

    A user's own method needs only this: ``name``, ``parameters``, ``transition`` and, where the
    first step differs, ``first_transition``. Closed forms in t are solved from them. One step takes
    the n points s of the state, all equal to x_0 at the start, to

        s_i⁺ = Σ_j A_ij s_j − b_i ∇f(Σ_j c_j s_j),    and the iterate is x⁺ = Σ_i o_i s_i⁺:

    ``query`` is c, where the gradient is taken; ``mixing`` is A; ``gain`` is b, the step sizes, in
    units of 1/λ; ``output`` is o. The query, the output and every row of A sum to one, or the
    solution would not be a fixed point: another sum is refused. ``number`` maps a coefficient (an
    int, a Fraction, a string such as "0.9", a float, a symbol) to the scalars of whatever the
    method runs on; the plain integers 0 and 1 need no mapping.

    Quasi-hyperbolic momentum (Ma and Yarats 2019), v⁺ = βv + (1 − β)g, x⁺ = x − α((1 − ν)g + νv⁺),
    has the points x and z = x − ανβ/(1 − β) v, which takes plain gradient steps:

    >>> from dataclasses import dataclass
    >>> import polyrates as pr
    >>> @dataclass(frozen=True)
    ... class QuasiHyperbolic(pr.Stationary):
    ...     alpha: object
    ...     beta: object
    ...     nu: object
    ...     name = "quasi-hyperbolic momentum"
    ...
    ...     @property
    ...     def parameters(self):
    ...         return (self.alpha, self.beta, self.nu)
    ...
    ...     def transition(self, number):
    ...         alpha, beta, nu = map(number, self.parameters)
    ...         return pr.Transition(
    ...             query=(1, 0),
    ...             mixing=((beta, 1 - beta), (0, 1)),
    ...             gain=(alpha * (1 - nu * beta), alpha),
    ...             output=(1, 0),
    ...         )
    >>> method = QuasiHyperbolic("0.2", "0.5", 1)
    >>> pr.residual_polynomial(method, 2)
    Poly(1/100*lambda**2 - 1/4*lambda + 1, lambda, domain='QQ')
    >>> pr.rate(method, pr.Interval(1, 10)).residual.asymptotic
    sqrt(2)/2
    """

    @abstractmethod
    def transition(self, number: Callable[[Number], Scalar]) -> Transition[Scalar]:
        """The repeated step."""

    def first_transition(self, number: Callable[[Number], Scalar]) -> Transition[Scalar]:
        """The first step; the repeated one unless the method says otherwise."""
        return self.transition(number)

    def _latex(self) -> str:
        """The repeated step, row by row."""
        steps = self.transition(plain_number), self.first_transition(plain_number)
        rule = transition_latex(steps[0])
        apart = "" if steps[0] == steps[1] else r" \quad \text{(the first step apart)}"
        return rf"\text{{{escape_tex(self.name)}}}{apart}: \quad {rule}"

    def transitions(self, number: Callable[[Number], Scalar]) -> Iterator[Transition[Scalar]]:
        """The first step, then the repeated one for ever."""
        first, repeated = self.first_transition(number), self.transition(number)
        if len(first.gain) != len(repeated.gain):
            refuse_value(
                "first_transition",
                first,
                f"has {len(first.gain)} points, the repeated step {len(repeated.gain)}",
                "give both the same state",
            )
        yield first
        while True:
            yield repeated


def own(value: Method, fact: str) -> Scalar:
    """What the exact type of a method says of itself, else None: a subclass is another method."""
    return getattr(value, fact) if fact in vars(type(value)) else None


def is_stationary(method: Method) -> bool:
    """Whether ``transition`` tells all of a method: a subclass with its own ``transitions`` is not.

    What is solved from one step, a closed form or a rate, holds for these alone.
    """
    return isinstance(method, Stationary) and type(method).transitions is Stationary.transitions


class Jet(Generic[P]):
    """A point and its tangent, combined alike: the carrier of every derivative in the package."""

    __slots__ = ("tangent", "value")

    def __init__(self, value: P, tangent: P) -> None:
        self.value = value
        self.tangent = tangent

    def __mul__(self, scalar: Scalar) -> Jet[P]:
        return Jet(self.value * scalar, self.tangent * scalar)

    def __add__(self, other: Jet[P]) -> Jet[P]:
        return Jet(self.value + other.value, self.tangent + other.tangent)  # type: ignore[operator]


@dataclass(frozen=True)
class Shifted(Method, trusted=True):
    """The steps of a method from step ``start`` on, run from a fresh state."""

    base: Method
    start: int

    def _latex(self) -> str:
        return rf"{latex(self.base)}, \quad \text{{from step }} {self.start} \text{{ on}}"

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

    def transitions(self, number: Callable[[Number], Scalar]) -> Iterator[Transition[Scalar]]:
        """All but the first ``start`` transitions of the base method."""
        return islice(self.base.transitions(number), self.start, None)


def as_method(value: object, name: str = "method") -> Method:
    """A Method, or our error."""
    if isinstance(value, Method):
        check_first_steps(value)
        return value
    requirement, remedy = spelling_of(value) or (
        "must be a method",
        "give for instance pr.Chebyshev(ell, L)",
    )
    refuse_type(name, value, requirement, remedy)


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


def walk(
    method: Method,
    carrier: Carrier[P, Scalar],
    steps: int,
    begin: tuple[int, tuple[P, ...]] = (0, ()),
) -> Iterator[tuple[P, tuple[P, ...]]]:
    """The loop: (output, state) at t = s, …, steps for ``begin = (s, state at s)``.

    At s = 0 the state may be empty, which stands for the carrier's start in every place.
    """
    s, state = begin
    transitions = method.transitions(carrier.number)
    reading: tuple[Scalar, ...] = (1,)
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


def orbit(method: Method, carrier: Carrier[P, Scalar], steps: int) -> Iterator[P]:
    """The outputs x_0, x_1, …, x_steps of a method on a carrier."""
    return (output for output, _ in walk(method, carrier, steps))


def final(method: Method, carrier: Carrier[P, Scalar], steps: int) -> P:
    """The last of :func:`orbit`: x_steps."""
    output = carrier.start
    for output in orbit(method, carrier, steps):  # noqa: B007
        pass
    return output

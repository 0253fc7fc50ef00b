"""What a user's class says of its steps, read as numbers of the package and checked.

A row of A, the query or the output that does not sum to one makes P_t(0) ≠ 1, and every rate of the
method meaningless. So :func:`guard` wraps what a class defines, ``parameters``, ``transition``,
``first_transition`` and ``transitions``: numbers of any kind the package takes are read, a wrong
length, a coefficient that is not finite and a sum other than one are refused. Exact numbers must
sum to one exactly, floats to rounding. The classes of the package are right by construction and
say so (``trusted=True``); a subclass of theirs is another method and is guarded.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import wraps
from itertools import islice

import sympy

from polyrates.core.transition import Transition
from polyrates.ground.errors import refuse_type, refuse_value
from polyrates.ground.numbers import Number, floating, number, numbers

__all__ = ["check_first_steps", "guard"]

Reader = Callable[[object], object]
"""A coefficient as a scalar of a carrier."""

_JUDGED = 4  # steps of a method without a horizon whose rows are summed as exact numbers
_ROUNDING = 1e-12  # how far floats may be from one, over the sum of their sizes
_EXACT = ("flint", "sympy", "fractions", "gmpy2")  # whose scalars are exact, but for flint's arb


def guard(cls: type) -> None:
    """Wrap what ``cls`` itself defines; what it inherits is guarded where it is defined."""
    own = vars(cls)
    setattr(cls, "_guarded", True)  # noqa: B010  inherited: what is guarded may be a parent's
    if "parameters" in own and not getattr(own["parameters"], "__isabstractmethod__", False):
        setattr(cls, "parameters", _read_parameters(cls, own["parameters"]))  # noqa: B010
    for name in ("transition", "first_transition"):
        if name in own and not getattr(own[name], "__isabstractmethod__", False):
            setattr(cls, name, _one(own[name]))
    if "transitions" in own and not getattr(own["transitions"], "__isabstractmethod__", False):
        setattr(cls, "transitions", _all(own["transitions"]))  # noqa: B010


def check_first_steps(method: object) -> None:
    """Draw two steps of a guarded method: a wrong one is refused before any rate is computed."""
    if getattr(method, "_guarded", False):
        draw: Callable[[Reader], Iterator[object]] = method.transitions  # type: ignore[attr-defined]
        for _ in islice(draw(_plain(method)), 2):
            pass


def _read_parameters(cls: type, given: object) -> object:
    """A property, its numbers read; what was given may be one, or a plain sequence."""
    get = getattr(given, "__get__", lambda instance, owner: given)

    def read(self: object) -> tuple[Number, ...]:
        return numbers(get(self, type(self)), "parameters")

    return property(read, doc=getattr(given, "__doc__", None))


def _one(define: Callable[[object, Reader], Transition[object]]) -> object:
    """``transition`` or ``first_transition``, checked."""

    @wraps(define)
    def transition(self: object, number: Reader) -> Transition[object]:
        plain = _plain(self)
        _check(_step(define(self, plain), plain, 0), "")
        reader = _reading(number)
        return _step(define(self, reader), reader, 0)

    return transition


def _all(define: Callable[[object, Reader], Iterator[Transition[object]]]) -> object:
    """``transitions``, each checked as it is drawn."""

    @wraps(define)
    def transitions(self: object, number: Reader) -> Iterator[Transition[object]]:
        plain, reader = _plain(self), _reading(number)
        judged = islice(define(self, plain), _JUDGED)
        size = 0
        before: object = None
        t = -1
        for t, each in enumerate(define(self, reader)):
            if each is not before:
                where = f"step {t}: "
                exact = next(judged, None)
                if exact is not None:
                    _check(_step(exact, plain, size), where)
                step = _step(each, reader, size)
                _check(step, where)
                size, before = len(step.gain), each
            yield step
        horizon = getattr(self, "horizon", None)
        if horizon is None or t + 1 < horizon:
            refuse_value(
                "transitions",
                self,
                f"end after {t + 1} steps",
                "yield one a step, or say so by the property horizon",
            )

    return transitions


def _plain(method: object) -> Reader:
    """Numbers as they are: all floats where one of the method's parameters is."""
    parameters = getattr(method, "parameters", ())
    scalar = floating if any(isinstance(each, float) for each in parameters) else number
    return lambda value: scalar(value, "coefficient")


def _reading(scalar: Reader) -> Reader:
    """The carrier's reading of whatever stands for a number."""
    return lambda value: scalar(number(value, "coefficient"))


def _step(given: object, reader: Reader, size: int) -> Transition[object]:
    """A transition of tuples of equal lengths, bare exact numbers among them read."""
    if not isinstance(given, Transition):
        refuse_type("transition", given, "must be a Transition", "give pr.Transition(…)")
    gain = _row(given.gain, reader, "gain", size)
    n = len(gain)
    if not n:
        refuse_value("gain", given.gain, "must not be empty", "give one entry a point of the state")
    mixing = tuple(given.mixing)
    if len(mixing) != n:
        refuse_value("mixing", mixing, f"has {len(mixing)} rows, the gain {n}", "give n rows of n")
    return Transition(
        _row(given.query, reader, "query", n),
        tuple(_row(row, reader, f"mixing[{i}]", n) for i, row in enumerate(mixing)),
        gain,
        _row(given.output, reader, "output", n),
    )


def _row(row: object, reader: Reader, name: str, size: int) -> tuple[object, ...]:
    if isinstance(row, (str, bytes)) or not isinstance(row, Sequence):
        refuse_type(name, row, "must be a tuple of coefficients", "give one entry a point")
    if size and len(row) != size:
        refuse_value(name, row, f"has {len(row)} entries", f"give {size}, one a point of the state")
    raw = (Fraction, Decimal, str, sympy.Basic)
    return tuple(reader(each) if isinstance(each, raw) else each for each in row)


def _check(step: Transition[object], place: str) -> None:
    """Finite coefficients, and rows that sum to one."""
    rows = [("query", step.query), ("output", step.output)]
    rows += [(f"mixing[{i}]", row) for i, row in enumerate(step.mixing)]
    for name, row in [("gain", step.gain), *rows]:
        for entry in row:
            if not _is_finite(entry):
                refuse_value(f"{place}{name}", row, "must be finite", "check what computed it")
    for name, row in rows:
        if _differs_from_one(row):
            refuse_value(
                f"{place}{name}",
                row,
                f"sums to {_total(row)}, not to 1",
                "a step must map the solution to itself: give coefficients with sum 1 (a velocity "
                "v is no point: take x − c·v for it)",
            )


def _is_finite(entry: object) -> bool:
    if isinstance(entry, float):
        return math.isfinite(entry)
    if isinstance(entry, sympy.Basic):
        return not entry.has(sympy.nan, sympy.oo, -sympy.oo, sympy.zoo)
    finite = getattr(entry, "is_finite", None)  # a ball's
    return bool(finite()) if callable(finite) else True


def _total(row: Sequence[object]) -> object:
    total: object = 0
    for entry in row:
        total = total + entry  # type: ignore[operator]
    return total


def _differs_from_one(row: Sequence[object]) -> bool:
    """Whether a row certainly does not sum to one; scalars of an unknown library are not asked."""
    total = _total(row)
    difference = total - 1  # type: ignore[operator]
    if isinstance(total, sympy.Basic) and not total.has(sympy.Float):
        return bool(difference != 0) and sympy.simplify(difference) != 0
    if isinstance(total, int):
        return total != 1
    if isinstance(total, (float, sympy.Basic)) or hasattr(total, "mid"):  # mid: a ball's
        size = _total([abs(entry) for entry in row])  # type: ignore[arg-type]
        return bool(abs(difference) > _ROUNDING * size)  # type: ignore[operator]
    if type(total).__module__.partition(".")[0] in _EXACT:
        return bool(difference)
    return False

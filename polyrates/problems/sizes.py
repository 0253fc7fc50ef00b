"""How large the initial error is: the sizes that guarantees are stated for, checked in one place.

With E = ∂x_0 − ∂x*, D = ∂H(x_0 − x*) and G = D + HE (the total derivative of ∇f at x_0) a guarantee
needs ‖E‖ ≤ a and one of

    ‖D‖ ≤ d            residual/drift: R(H)E + C(H)D
    ‖G‖ ≤ g            initial/cross: (R − λC)(H)E + C(H)G
    ‖∂H‖_F‖x_0 − x*‖   residual/hessian: no commutation assumed

E is the same vector in both forms, so "initial" and "residual" are two names for a. Both d and g
may be given: every guarantee then holds in both forms and the smaller one counts. All that is known
is :class:`InitialSizes`; one line of the above, which is what one worst case needs, a
:class:`SizePair`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from polyrates.core.spectra import Spectrum
from polyrates.ground.errors import refuse_type, refuse_value, shape_of
from polyrates.ground.numbers import Number, floating, is_symbolic, nonnegative
from polyrates.problems.quadratic import Problem, QuadraticProblem

__all__ = [
    "SIZES",
    "Form",
    "InitialSizes",
    "Predicted",
    "SizePair",
    "Status",
    "joint_sizes",
    "sizes_of",
    "sizes_of_problem",
    "status_of",
]

Form = Literal["residual/drift", "initial/cross", "residual/hessian"]
Status = Literal["certified", "predicted"]

SIZES = ("initial", "residual", "drift", "cross", "hessian")
_FORMS: tuple[Form, ...] = ("initial/cross", "residual/drift", "residual/hessian")
_SLACK = 1e-9  # sizes measured in floats satisfy the triangle inequalities to rounding only


class Predicted(float):
    """A size that was estimated: a plan made from it is "predicted" too."""

    status: Status = "predicted"


def status_of(*known: object) -> Status:
    """The weakest word of what a conclusion rests on; what says nothing is taken at its word."""
    weak = any(getattr(each, "status", "certified") == "predicted" for each in known)
    return "predicted" if weak else "certified"


class SizePair(NamedTuple):
    """The sizes of one form: ‖E‖ ≤ first and ‖D‖, ‖G‖ or ‖∂H‖_F‖x_0 − x*‖ ≤ second."""

    form: Form
    first: Number
    second: Number

    @property
    def arguments(self) -> dict[str, Number]:
        """The keyword arguments of ``rate.worst_case``."""
        first, second = self.form.split("/")
        return {first: self.first, second: self.second}


@dataclass(frozen=True)
class InitialSizes:
    """‖E‖ ≤ error, and ‖D‖ ≤ drift, ‖G‖ ≤ cross, ‖∂H‖_F‖x_0 − x*‖ ≤ hessian where they are known.

    Attributes
    ----------
    error : number ≥ 0
        In units of ∂x*.
    drift, cross, hessian : number ≥ 0, or None
        In units of λ·∂x*. At least one is given.
    status : "certified" or "predicted"
        "predicted" where one of them was estimated.
    """

    error: Number
    drift: Number | None = None
    cross: Number | None = None
    hessian: Number | None = None
    status: Status = "certified"

    @property
    def forms(self) -> Iterator[SizePair]:
        """The pair of each second size that is known."""
        if self.drift is not None:
            yield SizePair("residual/drift", self.error, self.drift)
        if self.cross is not None:
            yield SizePair("initial/cross", self.error, self.cross)
        if self.hessian is not None:
            yield SizePair("residual/hessian", self.error, self.hessian)

    @property
    def arguments(self) -> Iterator[dict[str, Number]]:
        """The keyword arguments of ``rate.worst_case`` for each form."""
        for pair in self.forms:
            yield pair.arguments

    def __str__(self) -> str:
        shown = [f"‖E‖ = {floating(self.error):g}"]
        for label, value in (
            ("‖D‖", self.drift),
            ("‖G‖", self.cross),
            ("‖∂H‖‖x_0 − x*‖", self.hessian),
        ):
            if value is not None:
                shown.append(f"{label} = {floating(value):g}")
        return ", ".join(shown)


def sizes_of(spectrum: Spectrum | None = None, **given: object) -> InitialSizes:
    """The sizes from keyword arguments, validated.

    Parameters
    ----------
    spectrum : Spectrum, optional
        Where given, the triangle inequalities between E, D and G are checked on its hull.
    initial, residual : number ≥ 0
        Both name ‖E‖; where both are given they must agree.
    drift, cross, hessian : number ≥ 0
        ‖D‖, ‖G‖ and ‖∂H‖_F‖x_0 − x*‖.

    Raises
    ------
    InvalidValue
        No form is complete, the two names of ‖E‖ differ, or one of ‖G‖ ≤ ‖D‖ + L‖E‖,
        ‖D‖ ≤ ‖G‖ + L‖E‖, ℓ‖E‖ ≤ ‖G‖ + ‖D‖, ‖D‖ ≤ ‖∂H‖_F‖x_0 − x*‖ fails.
    """
    values = _parsed(given, _FORMS)
    _require_complete(values, _FORMS)
    if values.get("initial", 0) != values.get("residual", 0) and {"initial", "residual"} <= {
        *values
    }:
        refuse_value(
            "initial, residual",
            (values["initial"], values["residual"]),
            "both are ‖E‖ = ‖∂x_0 − ∂x*‖ and must be equal",
            "give one of them, or the same number",
        )
    error = values["initial"] if "initial" in values else values["residual"]
    drift, cross, hessian = (values.get(name) for name in ("drift", "cross", "hessian"))
    result = InitialSizes(error, drift, cross, hessian, status_of(*given.values()))
    if spectrum is not None:
        _require_triangle(result, spectrum)
    return result


def joint_sizes(given: Mapping[str, object], *, hessian: bool = False) -> SizePair:
    """The two sizes of one worst case: as :func:`sizes_of`, and of exactly one form."""
    forms = _FORMS if hessian else _FORMS[:2]
    values = _parsed(given, forms)
    form = _require_complete(values, forms)
    first, second = form.split("/")
    third = next((name for name in values if name not in (first, second)), None)
    if third is not None:
        refuse_value(
            third, values[third], f"{first} and {second} are two sizes already", "leave it out"
        )
    return SizePair(form, values[first], values[second])


def _parsed(given: Mapping[str, object], forms: tuple[Form, ...]) -> dict[str, Number]:
    """The sizes that were given, in the order of ``SIZES``."""
    known = [name for name in SIZES if any(name in form.split("/") for form in forms)]
    for name, value in given.items():
        if name not in known and value is not None:
            refuse_type(name, value, "is not a size", f"the sizes are {', '.join(known)}")
    return {name: nonnegative(given[name], name) for name in known if given.get(name) is not None}


def _require_complete(values: Mapping[str, Number], forms: tuple[Form, ...]) -> Form:
    """The first form of which both sizes are there; ‖E‖ may have either name beside the others."""
    for form in forms:
        if set(form.split("/")) <= set(values):
            return form
    if not values:
        refuse_value(
            "sizes",
            None,
            "the size of the initial error is needed",
            "give initial and cross, or residual and drift",
        )
    alone = next(iter(values))
    pairs = [form.split("/") for form in forms if alone in form.split("/")]
    partners = [second if first == alone else first for first, second in pairs]
    refuse_value(alone, values[alone], "is one size of two", f"give {' or '.join(partners)} too")


def _require_triangle(sizes: InitialSizes, spectrum: Spectrum) -> None:
    """G = D + HE and ‖HE‖ ∈ [ℓ‖E‖, L‖E‖]."""
    ell, L = spectrum.hull
    numbers = [
        v for v in (ell, L, sizes.error, sizes.drift, sizes.cross, sizes.hessian) if v is not None
    ]
    if any(is_symbolic(value) for value in numbers):
        return
    low, high, a = floating(ell), floating(L), floating(sizes.error)
    room = 1 + _SLACK
    if sizes.drift is not None and sizes.hessian is not None:
        d, h = floating(sizes.drift), floating(sizes.hessian)
        if d > h * room:
            refuse_value(
                "drift, hessian",
                (d, h),
                "‖D‖ = ‖∂H(x_0 − x*)‖ is at most ‖∂H‖_F‖x_0 − x*‖",
                "check which problem the sizes belong to",
            )
    if sizes.drift is None or sizes.cross is None:
        return
    d, g = floating(sizes.drift), floating(sizes.cross)
    for holds, what in (
        (g <= (d + high * a) * room, f"‖G‖ ≤ ‖D‖ + L‖E‖ = {d + high * a:.6g}"),
        (d <= (g + high * a) * room, f"‖D‖ ≤ ‖G‖ + L‖E‖ = {g + high * a:.6g}"),
        (low * a <= (g + d) * room, f"ℓ‖E‖ = {low * a:.6g} ≤ ‖G‖ + ‖D‖"),
    ):
        if not holds:
            refuse_value(
                "residual, drift, cross",
                (a, d, g),
                f"G = D + HE needs {what} on the hull [{low:.6g}, {high:.6g}]",
                "give one form only, or check which problem the sizes belong to",
            )


def sizes_of_problem(problem: Problem, x0: object, dx0: object = None) -> InitialSizes:
    """The exact sizes of a quadratic problem at a start, Frobenius norms over all parameters.

    Parameters
    ----------
    problem : Quadratic or Ridge
        Whose solution is known.
    x0 : array (d,)
    dx0 : array (d,) or (d, p), optional
        None is 0.

    Returns
    -------
    InitialSizes with drift and cross where H ∂H = ∂H H, else with hessian: the other two forms are
    not guarantees there.
    """
    if not isinstance(problem, QuadraticProblem):
        refuse_type(
            "problem",
            problem,
            "must be a quadratic whose solution is known",
            "give pr.Quadratic or pr.Ridge, or the sizes themselves",
        )
    start = np.asarray(x0, dtype=float)
    if start.shape != (problem.dimension,):
        refuse_value(
            "x0",
            shape_of(start),
            f"does not fit d = {problem.dimension}",
            f"give shape ({problem.dimension},)",
        )
    distance = start - problem.solution
    E = (0.0 if dx0 is None else np.asarray(dx0, dtype=float)) - problem.solution_jacobian
    dH = problem.hessian_derivative()
    D = np.asarray((dH @ distance).T)
    G = D + problem.hessian @ E

    size_E, size_D, size_G, size_dH = (float(np.linalg.norm(np.ravel(a))) for a in (E, D, G, dH))
    if problem.commutes:
        return InitialSizes(size_E, drift=size_D, cross=size_G)
    return InitialSizes(size_E, hessian=size_dH * float(np.linalg.norm(distance)))

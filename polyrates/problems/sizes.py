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
from typing import Any, Literal, NamedTuple

import numpy as np

from polyrates.core.spectra import Spectrum
from polyrates.ground.errors import refuse_type, refuse_value
from polyrates.ground.numbers import (
    Number,
    floating,
    is_symbolic,
    nonnegative,
)
from polyrates.problems.quadratic import Problem, QuadraticProblem

__all__ = ["Form", "InitialSizes", "SizePair", "sizes_of", "sizes_of_problem"]

Form = Literal["residual/drift", "initial/cross", "residual/hessian"]

_GIVE = "give residual= and drift=, or initial= and cross="
_SLACK = 1e-9  # sizes measured in floats satisfy the triangle inequalities to rounding only


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
    """

    error: Number
    drift: Number | None = None
    cross: Number | None = None
    hessian: Number | None = None

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


def sizes_of(spectrum: Spectrum | None = None, **given: Any) -> InitialSizes:
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
        A form is incomplete, the two names of ‖E‖ differ, or one of ‖G‖ ≤ ‖D‖ + L‖E‖,
        ‖D‖ ≤ ‖G‖ + L‖E‖, ℓ‖E‖ ≤ ‖G‖ + ‖D‖, ‖D‖ ≤ ‖∂H‖_F‖x_0 − x*‖ fails.
    """
    known = ("initial", "residual", "drift", "cross", "hessian")
    for name in given:
        if name not in known:
            refuse_type(name, given[name], "is not a size", _GIVE)
    values: dict[str, Number] = {
        name: nonnegative(given[name], name) for name in known if given.get(name) is not None
    }
    _require_complete(values)
    if "initial" in values and "residual" in values and values["initial"] != values["residual"]:
        refuse_value(
            "initial, residual",
            (values["initial"], values["residual"]),
            "both are ‖E‖ = ‖∂x_0 − ∂x*‖ and must be equal",
            "give one of them, or the same number",
        )
    error = values["initial"] if "initial" in values else values["residual"]
    result = InitialSizes(error, values.get("drift"), values.get("cross"), values.get("hessian"))
    if spectrum is not None:
        _require_triangle(result, spectrum)
    return result


def _require_complete(values: Mapping[str, Number]) -> None:
    if not values:
        refuse_value("sizes", None, "the size of the initial error is needed", _GIVE)
    for first, seconds in (("initial", ("cross",)), ("residual", ("drift", "hessian"))):
        present = [name for name in seconds if name in values]
        other = "residual" if first == "initial" else "initial"
        if present and first not in values and other not in values:
            refuse_value(
                present[0], values[present[0]], "needs ‖E‖ beside it", f"give {first}= too"
            )
    if "initial" in values and "cross" not in values and "residual" not in values:
        refuse_value(
            "initial",
            values["initial"],
            "needs ‖G‖ beside it",
            "give cross= too (or residual= with drift=)",
        )
    if "residual" in values and not {"drift", "hessian"} & set(values) and "initial" not in values:
        refuse_value(
            "residual",
            values["residual"],
            "needs ‖D‖ beside it",
            "give drift= too (or initial= with cross=)",
        )
    if not {"drift", "cross", "hessian"} & set(values):
        refuse_value("sizes", dict(values), "lack a second size", _GIVE)


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


def sizes_of_problem(problem: Problem, x0: Any, dx0: Any = None) -> InitialSizes:
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
            f"an array of shape {start.shape}",
            f"does not fit d = {problem.dimension}",
            f"give shape ({problem.dimension},)",
        )
    distance = start - problem.solution
    E = (0.0 if dx0 is None else np.asarray(dx0, dtype=float)) - problem.solution_jacobian
    dH = problem.hessian_derivative()
    D = np.asarray((dH @ distance).T)
    G = D + problem.hessian @ E

    def norm(array: Any) -> float:
        return float(np.linalg.norm(np.ravel(array)))

    if problem.commutes:
        return InitialSizes(norm(E), drift=norm(D), cross=norm(G))
    return InitialSizes(norm(E), hessian=norm(dH) * norm(distance))


_FORMS: dict[tuple[str, str], Form] = {
    ("initial", "cross"): "initial/cross",
    ("residual", "drift"): "residual/drift",
    ("residual", "hessian"): "residual/hessian",
}


def joint_sizes(sizes: dict[str, Any], *, hessian: bool = False) -> SizePair:
    """The two sizes of a worst case, from keyword arguments."""
    given = {name: value for name, value in sizes.items() if value is not None}
    for (first, second), form in _FORMS.items():
        if set(given) == {first, second} and (hessian or form != "residual/hessian"):
            return SizePair(
                form, nonnegative(given[first], first), nonnegative(given[second], second)
            )
    known = ("initial", "cross", "residual", "drift", *(("hessian",) if hessian else ()))
    unknown = [name for name in given if name not in known]
    if unknown:
        refuse_type(
            unknown[0], given[unknown[0]], "is no size", f"the sizes are {', '.join(known)}"
        )
    refuse_type(
        ", ".join(given) or "sizes",
        given or "nothing",
        "two sizes of one form are needed",
        "give initial=‖E‖ and cross=‖G‖, or residual=‖E‖ and drift=‖D‖"
        + (", or residual=‖E‖ and hessian=‖∂H‖_F‖x_0 − x*‖" if hessian else ""),
    )

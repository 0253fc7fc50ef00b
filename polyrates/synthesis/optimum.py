"""What an optimiser of residual polynomials returns: a value, its proof, and a runnable method."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from polyrates.core.recurrence import Method
from polyrates.core.spectra import Spectrum
from polyrates.ground.cards import Card, Carded, lower_cell, number_cell, upper_cell
from polyrates.ground.certificates import ProofFile
from polyrates.ground.digits import exact_text
from polyrates.ground.errors import NoClosedForm
from polyrates.ground.numbers import Number, floating, is_exact, is_symbolic
from polyrates.ground.outward import at_least, at_most, latex_at_least, latex_at_most

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Certificate", "Optimum", "Status"]

Status = Literal["proved", "certified", "numeric"]


def _nothing() -> None:
    """The default of what is built on demand; a function of the module, so that it pickles."""


def _unproved() -> ProofFile:
    raise NoClosedForm("certificate", None, "was not built for this optimum", "solve it anew")


@dataclass(frozen=True)
class Certificate:
    """Two numbers that vanish at the optimum, evaluated on the polynomial that is returned.

    Attributes
    ----------
    residual : number ≥ 0
        Largest violation of the optimality condition ⟨P*, q⟩ = value · q(0) over a basis of q,
        relative to the sizes of both factors. 0 exactly on the exact path.
    kernel : number
        (‖P*‖² − 1/A_t) A_t: the objective at P* against the kernel identity, relative. 0 exactly on
        the exact path.
    executed : float, or None where it was not tried
        ‖P − P*‖/‖P*‖ of the P that floats make of the method. Large where the optimum
        itself is ill-conditioned: eigenvalues far apart, and many steps.
    """

    residual: Number
    kernel: Number
    executed: float | None = None
    build_proof: Callable[[], ProofFile] = field(default=_unproved, repr=False, compare=False)

    @property
    def proof(self) -> ProofFile:
        """P* in fractions, for anyone to check."""
        return self.build_proof()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the proof to a file that ``polyrates certificate FILE`` checks."""
        self.proof.save(path)


@dataclass(frozen=True)
class Optimum(Carded):
    """The best residual polynomial of one degree for one objective.

    Attributes
    ----------
    spectrum : Spectrum
        What it is optimal for; for a minimax problem the least favourable measure.
    degree : int
        t; deg P* ≤ t.
    value : exact number, float, or mpmath.mpf where a float would be below 1e−300
        The optimal value.
    lower, upper : numbers of the same kind
        lower ≤ optimal value ≤ upper. Rigorous when the status is "proved" (they coincide) or
        "certified"; when it is "numeric" they are two evaluations whose distance shows the
        rounding.
    status : "proved", "certified" or "numeric"
    method : Method
        Its iterate after ``degree`` steps has the residual polynomial P*.
    values : tuple of numbers, or None
        The optimal values of the degrees 0, …, t.
    contact_points : tuple of numbers, or None
        Where a worst case is attained; None for an average.
    share, eta : numbers, or None
        Of a worst case: the share s of the first term, and the weight of the matching average.
    form : "residual/drift" or "initial/cross"
        Which two sizes it is for.
    """

    spectrum: Spectrum
    degree: int
    value: Any
    lower: Any
    upper: Any
    status: Status
    method: Method
    values: tuple[Any, ...] | None = None
    contact_points: tuple[Number, ...] | None = None
    share: float | None = None
    eta: Any = None
    form: str = "residual/drift"
    # Built when asked for: they can cost more than the value. Picklable callables (module-level
    # functions or functools.partial of them) without arguments.
    build_polynomial: Callable[[], Any] = field(default=_nothing, repr=False, compare=False)
    build_certificate: Callable[[], Any] = field(default=_nothing, repr=False, compare=False)

    @property
    def polynomial(self) -> Any:
        """P*: sympy Poly in λ when exact, numpy Chebyshev series on the hull when float."""
        return self.build_polynomial()

    @property
    def certificate(self) -> Any:
        """What proves the bracket; its ``save(path)`` writes a file that anyone can check.

        Minimax: a ProofFile, of the same ends or tighter. An average: how far P* is from satisfying
        the conditions of optimality, with the ProofFile of those as ``proof``.
        """
        return self.build_certificate()

    @property
    def gap(self) -> Any:
        """upper − lower."""
        return self.upper - self.lower

    def __repr__(self) -> str:
        if is_symbolic(self.value):
            return f"Optimum(t={self.degree}, {self.status}, value = {exact_text(self.value)})"
        bounds = f"{at_least(self.lower, 12)} <= value <= {at_most(self.upper, 12)}"
        return f"Optimum(t={self.degree}, {self.status}, {bounds}{self._remark})"

    @property
    def _remark(self) -> str:
        """Said wherever the optimum is shown: the best may be not to move."""
        if is_symbolic(self.value):  # its ends are one formula
            return ""
        still = self.eta is not None and self.eta == math.inf and self.value == self.upper
        if still and self.lower >= self.upper * (1 - 1e-6):
            return "; P* = 1: no method helps at this horizon, a longer one may"
        if self.lower < 0.5 * self.upper:
            return "; the ends are far apart: floats hold no spectrum that would prove more"
        return ""

    def _latex(self) -> str:
        from polyrates.ground.typeset import latex

        if is_exact(self.value):
            value = latex(self.value)
        else:
            low, high = latex_at_least(self.lower, 12), latex_at_most(self.upper, 12)
            value = rf"{low} \le V^\star \le {high}"
        line = (
            rf"\text{{optimum at }} t = {self.degree}: \quad {value} \quad \text{{({self.status})}}"
        )
        if not is_exact(self.value):
            remark = rf" \quad \text{{{self._remark[2:]}}}" if self._remark else ""
            return line + remark
        return rf"\begin{{gathered}} {line} \\ P^\star = {latex(self.polynomial)} \end{{gathered}}"

    def plot(self, ax: Axes | None = None) -> Axes:
        """P*, and of a worst case its profile √(A² + ηB²) with the contact points; returns axes.

        A is P*, or P* − λP*′ in the form initial/cross, and B is P*′: the profile is largest, and
        level, at the contact points.
        """
        from polyrates.synthesis.optimum_plot import draw_optimum

        points = np.array([floating(point) for point in self.contact_points or ()])
        eta = None if self.eta is None else float(self.eta)  # may be infinite
        title = f"Optimum at t = {self.degree}: {number_cell(self.value)} ({self.status})"
        initial = self.form == "initial/cross"
        return draw_optimum(
            self.method, self.degree, self.spectrum, points, eta, initial, title, ax
        )

    def _card(self) -> Card:
        rows = [
            ("lower", lower_cell(self.lower)),
            ("upper", upper_cell(self.upper)),
            ("degree", str(self.degree)),
            ("method", self.method.name),
            ("status", self.status),
        ]
        if self.contact_points is not None:
            shown = ", ".join(map(number_cell, self.contact_points[:8]))
            more = "" if len(self.contact_points) <= 8 else f", … ({len(self.contact_points)})"
            rows.insert(3, ("attained at λ =", shown + more))
        return Card("Optimum", rows, formula=self._latex(), note=self._remark.lstrip("; "))

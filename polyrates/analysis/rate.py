"""Rates: how large the Jacobian error of a method and estimator is over a spectrum, at every t.

The joining room: theorems where one exists (exact), certified enclosures elsewhere (floats rounded
outward), and always the word that says which.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import sympy

from polyrates.analysis.rate_part import RatePart
from polyrates.core.estimators import Estimator, Unrolled, as_estimator
from polyrates.core.parts import Part, check_part
from polyrates.core.recurrence import Method, as_method, check_steps
from polyrates.core.spectra import Spectrum, as_spectrum
from polyrates.ground.cards import Card, Carded, number_cell
from polyrates.ground.drawing import Curve, Look, axes_of, draw_curves, limits, mark_one, style
from polyrates.ground.errors import PolyratesError, refuse_value
from polyrates.ground.numbers import Number, is_symbolic

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Rate", "rate"]


@dataclass(frozen=True)
class Rate(Carded):
    """The worst-case Jacobian error of a method and an estimator over a spectrum.

    error = R(H)E + C(H)D = (R − λC)(H)E + C(H)G. Four parts, each the supremum over the support:
    ``residual`` |R|, ``drift`` |C| (these multiply ‖E‖ and ‖D‖), ``initial`` |R − λC|, ``cross``
    |C| (these multiply ‖E‖ and ‖G‖; the form of Scieur, Gidel, Bertrand, Pedregosa 2022).
    """

    sources = ("curse", "grid")

    method: Method
    spectrum: Spectrum
    estimator: Estimator

    def _part(self, kind: Part) -> RatePart:
        return RatePart(kind, self.method, self.spectrum, self.estimator)

    @property
    def initial(self) -> RatePart:
        """sup |R − λC|."""
        return self._part("initial")

    @property
    def cross(self) -> RatePart:
        """sup |C|, which multiplies ‖G‖."""
        return self._part("cross")

    @property
    def residual(self) -> RatePart:
        """sup |R|."""
        return self._part("residual")

    @property
    def drift(self) -> RatePart:
        """sup |C|, which multiplies ‖D‖."""
        return self._part("drift")

    def worst_case(self, t: int, **sizes: object) -> Number:
        """The tight joint worst case at t; see :func:`polyrates.analysis.worst_case.worst_case`.

        Give ``initial=a, cross=g`` (‖E‖ ≤ a, ‖G‖ ≤ g), ``residual=a, drift=d`` (‖E‖ ≤ a,
        ‖D‖ ≤ d), or, without commutation, ``residual=a, hessian=‖∂H‖_F‖x_0 − x*‖``.
        """
        from polyrates.analysis.worst_case import worst_case

        return worst_case(self.method, self.spectrum, self.estimator, t, **sizes)

    def worst_curve(self, steps: int, **sizes: object) -> np.ndarray:
        """Certified upper bounds of :meth:`worst_case` at t = 0, …, steps, shape (steps+1,)."""
        from polyrates.analysis.worst_curve import worst_curve

        return worst_curve(self.method, self.spectrum, self.estimator, steps, **sizes)

    def steps_to(self, part: str, eps: object) -> int | sympy.Expr:
        """The first t from which a part stays ≤ eps, oo if it never does.

        Parameters
        ----------
        part : "initial", "cross", "residual" or "drift"
        eps : number > 0
        """
        return self._part(check_part(part)).steps_to(eps)

    def average(self, t: int, eta: object) -> Number:
        """∫R² dμ + η∫C² dμ over a spectrum that is a measure."""
        from polyrates.analysis.average import average

        if type(self.estimator) is not Unrolled:
            refuse_value(
                "estimator",
                self.estimator.name,
                "the average is defined for unrolling here",
                "use pr.Unrolled()",
            )
        return average(self.method, self.spectrum, t, eta)

    def plot(self, steps: int | None = None, ax: Axes | None = None) -> Axes:
        """The four parts against t, and the lower bound; returns matplotlib's axes."""

        return plot_rate(self, steps, ax)

    def _latex(self) -> str:
        parts = [self.residual, self.drift, self.initial]
        return (
            r"\begin{aligned}"
            + r" \\ ".join(
                part._latex().replace("=", "&=", 1).replace(r"\quad", r"&\quad", 1)
                for part in parts
            )
            + r"\end{aligned}"
        )

    def _card(self) -> Card:
        """The formula of every part, its value at a few t, and how it is known."""
        horizon = self.method.horizon
        times = (1, 10, 100) if horizon is None else tuple(sorted({1, horizon} - {0}))
        if any(map(is_symbolic, (*self.method.parameters, *self.spectrum.hull))):
            times = ()  # a value in letters is what the formula says
        rows = [
            (
                f"${name}$",
                *(_number(part, t) for t in times if t <= (horizon or t)),
                f"${part._latex().partition('=')[2].strip() or name}$",
                part.status,
            )
            for name, part in (
                (r"\sup|R|", self.residual),
                (r"\sup|C|", self.drift),
                (r"\sup|R - \lambda C|", self.initial),
            )
        ]
        head = ("part", *(f"t = {t}" for t in times), "formula", "status")
        where = " ∪ ".join(
            f"[{number_cell(low)}, {number_cell(high)}]" for low, high in self.spectrum.support[:3]
        )
        where += " ∪ …" if len(self.spectrum.support) > 3 else ""
        note = "R multiplies E = ∂x_0 − ∂x*, C multiplies D; R − λC and C in terms of E and G."
        return Card(f"{self.method.name}, {self.estimator.name}, on {where}", rows, head, "", note)


def _number(part: RatePart, t: int) -> str:
    try:
        return number_cell(part(t))
    except PolyratesError:
        return "—"


def rate(method: Method, spectrum: object, estimator: Estimator | None = None) -> Rate:
    """How wrong the Jacobian is: the Rate of a method and an estimator over a spectrum.

    Parameters
    ----------
    method : Method
    spectrum : Spectrum
        An interval, a union, or a measure, whose support counts.
    estimator : Estimator, default ``pr.Unrolled()``
    """
    chosen = as_estimator(Unrolled() if estimator is None else estimator)
    return Rate(as_method(method), as_spectrum(spectrum), chosen)


def plot_rate(rate: Rate, steps: int | None = None, ax: Axes | None = None) -> Axes:
    """The four parts of a rate against t; returns matplotlib's axes.

    Parameters
    ----------
    rate : Rate
    steps : int, optional
        t runs over 0, …, steps; None is the method's horizon, or 60.
    ax : matplotlib axes, optional
        None makes a figure.
    """

    horizon = rate.method.horizon
    steps = check_steps(
        rate.method, (60 if horizon is None else horizon) if steps is None else steps
    )
    where = np.arange(steps + 1)
    parts = (
        (r"initial  $|R-\lambda C|$", rate.initial, Look("#D55E00", "-", 2.2)),
        (r"cross  $|C|$", rate.cross, Look("#0072B2", (0, (5, 1.6)))),
        (r"residual  $|R|$", rate.residual, Look("#009E73")),
    )
    curves = [Curve(label, where, part.curve(steps), look) for label, part, look in parts]
    ax = axes_of(ax, "rate")
    with style("rate"):
        draw_curves(ax, curves, *limits(curves, 1e-8))
        mark_one(ax)
        ell, L = rate.spectrum.hull
        ax.set_xlabel("$t$")
        ax.set_title(
            f"{rate.method.name}, {rate.estimator.name}\n"
            rf"maximum over $\lambda\in[{float(ell):.4g}, {float(L):.4g}]$",
            fontsize=11,
        )
    return ax

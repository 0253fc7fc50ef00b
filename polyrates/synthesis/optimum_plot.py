"""The picture of an optimum: its polynomial, and the profile that is level where it is attained."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from polyrates.core.recurrence import Method
from polyrates.core.spectra import Spectrum
from polyrates.ground.arrays import Array
from polyrates.ground.drawing import INK, Look, axes_of, style
from polyrates.ground.numbers import floating
from polyrates.numeric.values import residual_values

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_optimum", "profile"]

_POINTS = 1500


def profile(method: Method, t: int, points: Array, eta: float, initial: bool) -> Array:
    """√(A² + ηB²) at the points: A = P, or P − λP′ where ``initial``, and B = P′; |B| for η = ∞.

    Of a worst case it is largest, and level, at the contact points; an average integrates its
    square.
    """
    P, derivative = residual_values(method, t, points)
    if math.isinf(eta):
        return np.asarray(np.abs(derivative))
    A = P - points * derivative if initial else P
    return np.asarray(np.hypot(A, math.sqrt(eta) * derivative))


def draw_optimum(
    method: Method,
    t: int,
    spectrum: Spectrum,
    contact_points: Array,
    eta: float | None,
    initial: bool,
    title: str,
    ax: Axes | None = None,
) -> Axes:
    """P* over the hull of the spectrum, the profile over its largest value, the contact points."""
    low, high = (floating(end) for end in spectrum.hull)
    low, high = (low, high) if low < high else (0.5 * low, 1.5 * high + (high == 0))
    bend = np.cos(np.linspace(np.pi, 0, _POINTS))  # denser at the ends, where P* is steep
    where = (low + high) / 2 + (high - low) / 2 * bend
    axes: Axes = axes_of(ax, "optimum")
    with style("optimum"), np.errstate(over="ignore", invalid="ignore"):
        P, _ = residual_values(method, t, where)
        size = max(1.0, float(np.abs(P).max(initial=0.0)))
        words = "$P^\\ast$" if size <= 1 + 1e-9 else rf"$P^\ast$ divided by {size:.3g}"
        axes.plot(where, P / size, color="#0072B2", label=words, zorder=3)
        if eta is not None:
            level = profile(method, t, where, eta, initial)
            at_contacts = profile(method, t, contact_points, eta, initial)
            top = float(max(level.max(initial=0.0), at_contacts.max(initial=0.0))) or 1.0
            look = Look("#D55E00", (0, (5, 1.6)))
            words = "profile over its maximum"
            axes.plot(where, level / top, color=look.color, linestyle=look.dash, label=words)
            if len(contact_points):
                marks = at_contacts / top
                axes.plot(contact_points, marks, "o", color=INK, ms=4.5, label="contact points")
        axes.axhline(0.0, color=INK, lw=0.8)
        if 0 < low < high / 20:
            axes.set_xscale("log")
        axes.set_xlabel(r"$\lambda$")
        axes.set_title(title, fontsize=11)
        axes.legend(frameon=False, fontsize=9.5)
    return axes

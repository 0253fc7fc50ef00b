"""The certified optimum: no burn-in at any horizon, and why nothing can be better.

Three pictures. V*(t), the smallest worst Jacobian error of any method, against gradient descent,
heavy ball, Chebyshev and Sobolev on [κ, 1], ‖E‖ ≤ 1, ‖G‖ ≤ κ. The optimal polynomial of degree 10
on [0.1, 1] with its profile, which touches V* at the contact points, and the least favourable
spectrum on them. V* against its closed form, in both pairs of sizes.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from numpy.polynomial import Chebyshev as ChebyshevSeries

from polyrates.analysis.rate import rate
from polyrates.core.measures.densities import GegenbauerDensity
from polyrates.core.measures.empirical import Empirical
from polyrates.core.methods.classical import Chebyshev, GradientDescent, HeavyBall
from polyrates.core.methods.orthogonal import Sobolev
from polyrates.core.recurrence import Method
from polyrates.core.spectra import Interval
from polyrates.gallery.claims import claim
from polyrates.gallery.tables import read_columns, write_columns
from polyrates.ground.drawing import (
    INK,
    MUTED,
    Curve,
    Look,
    draw_curves,
    figure,
    log_axis,
    look,
    mark_one,
    style,
    svg,
)
from polyrates.numeric.asymptotics import residual_drift_asymptotic
from polyrates.numeric.values import chebyshev_size
from polyrates.synthesis.minimax import minimax_optimal
from polyrates.synthesis.near_minimax import minimax_asymptotic

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["about", "check", "compute", "draw"]

about = "V*(t), the certified optimum: against other methods, its contact points, its closed form"

Array = npt.NDArray[np.float64]

# κ: last horizon, number of horizons, and the η of the Sobolev method in units of L²
PANELS: dict[str, tuple[float, int, int, float]] = {
    "0.1": (0.1, 24, 25, 0.1),
    "0.01": (0.01, 75, 26, 0.1),
    "0.001": (1e-3, 210, 18, 0.03),
    "0.0001": (1e-4, 330, 12, 1e-3),
}
LABELS = {
    "large": "GD  2/(L+ℓ)",
    "flat": "GD  √2/L",
    "short": "GD  1/L",
    "heavy-ball": "heavy ball",
    "chebyshev": "Chebyshev",
    "sobolev": "Sobolev, one η",
    "minimax": "optimal, V*",
    "bound": r"$1/T_t(c)$",
}
DEGREE, ELL = 10, 0.1
CLOSED_HORIZONS = {"0.1": (4, 48, 18), "0.01": (4, 120, 18)}  # κ: first, last, how many
CLOSED = {"g = 0": 0.0, "g = ℓ": 1.0}
CLOSED_LOOKS = {
    "0.1": Look("#0072B2"),
    "0.01": Look("#D55E00", (0, (5, 1.6))),
}


def _methods(kappa: float, eta: float) -> dict[str, Method]:
    return {
        "large": GradientDescent.large(kappa, 1.0),
        "flat": GradientDescent.flat(kappa, 1.0),
        "short": GradientDescent.short(kappa, 1.0),
        "heavy-ball": HeavyBall.tuned(kappa, 1.0),
        "chebyshev": Chebyshev(kappa, 1.0),
        "sobolev": Sobolev(GegenbauerDensity(kappa, 1.0, 0), eta),
    }


def compute(folder: Path) -> list[Path]:
    """minimax-KAPPA, minimax-profile, minimax-contacts and minimax-closed-form-KAPPA, all .csv."""
    written = [_compute_panel(folder, name) for name in PANELS]
    return [*written, *_compute_profile(folder), *_compute_closed_form(folder)]


def _compute_panel(folder: Path, name: str) -> Path:
    kappa, last, count, eta = PANELS[name]
    interval = Interval(kappa, 1.0)
    t = np.unique(np.round(np.linspace(0.0, last, count)))
    a, g = 1.0, kappa
    columns = {"t": t}
    for key, method in _methods(kappa, eta).items():
        parts = rate(method, interval)
        columns[key] = np.array([float(parts.worst_case(int(n), initial=a, cross=g)) for n in t])
    optima = [minimax_optimal(interval, int(n), initial=a, cross=g) for n in t]
    columns["minimax"] = np.array([float(each.upper) for each in optima])
    columns["minimax gap"] = np.array([float(each.gap / each.upper) for each in optima])
    columns["bound"] = np.array([chebyshev_size(kappa, 1.0, int(n)) for n in t])
    return write_columns(folder / f"minimax-{name}.csv", columns)


def _compute_profile(folder: Path) -> list[Path]:
    interval = Interval(ELL, 1.0)
    optimum = minimax_optimal(interval, DEGREE, initial=1.0, cross=ELL)
    angle = np.linspace(0.0, np.pi, 801)
    x = ELL + (1 - ELL) * np.sin(angle / 2) ** 2

    def errors(polynomial: ChebyshevSeries, at: Array) -> tuple[Array, Array]:
        return polynomial(at) - at * polynomial.deriv()(at), polynomial.deriv()(at)

    def profile(polynomial: ChebyshevSeries, at: Array, s: float) -> Array:
        A, B = errors(polynomial, at)
        return np.sqrt(A**2 / s + (ELL * B) ** 2 / (1 - s))

    share = float(optimum.share or 0.0)
    P = optimum.polynomial
    A, B = errors(P, x)
    columns = {
        "angle": angle,
        "lambda": x,
        "polynomial": P(x),
        "initial": A,
        "cross": ELL * B,
        "profile": profile(P, x, share),
    }
    spectrum = optimum.spectrum
    assert isinstance(spectrum, Empirical)
    points, weights = spectrum.atoms()
    contacts = {
        "lambda": points,
        "angle": 2 * np.arcsin(np.sqrt(np.clip((points - ELL) / (1 - ELL), 0, 1))),
        "weight": weights,
        "profile": profile(P, points, share),
        "lower": np.full(len(points), float(optimum.lower)),
        "upper": np.full(len(points), float(optimum.upper)),
        "share": np.full(len(points), share),
    }
    return [
        write_columns(folder / "minimax-profile.csv", columns),
        write_columns(folder / "minimax-contacts.csv", contacts, digits=16),
    ]


def _compute_closed_form(folder: Path) -> list[Path]:
    written = []
    for name, horizons in CLOSED_HORIZONS.items():
        kappa = PANELS[name][0]
        interval = Interval(kappa, 1.0)
        t = np.unique(np.round(np.geomspace(*horizons)))
        columns: dict[str, Array] = {"t": t}
        for label, factor in CLOSED.items():
            a, g = 1.0, factor * kappa
            columns[f"{label} optimum"] = np.array(
                [float(minimax_optimal(interval, int(n), initial=a, cross=g).upper) for n in t]
            )
            columns[f"{label} closed"] = np.array(
                [minimax_asymptotic(interval, int(n), initial=a, cross=g) for n in t]
            )
        columns["d = ℓ optimum"] = np.array(
            [float(minimax_optimal(interval, int(n), residual=1.0, drift=kappa).upper) for n in t]
        )
        columns["d = ℓ closed"] = np.array(
            [residual_drift_asymptotic(kappa, 1.0, int(n), 1.0, kappa) for n in t]
        )
        written.append(
            write_columns(folder / f"minimax-closed-form-{name}.csv", columns, digits=15)
        )
    return written


def draw(folder: Path) -> list[Path]:
    """minimax.svg, minimax-profile.svg, minimax-closed-form.svg."""
    return [_draw_panels(folder), _draw_profile(folder), _draw_closed_form(folder)]


def _draw_panels(folder: Path) -> Path:
    with style("minimax"):
        width, height = 10.2, 6.9
        drawn = figure(width, height)
        for i, name in enumerate(PANELS):
            columns = read_columns(folder / f"minimax-{name}.csv")
            row, column = divmod(i, 2)
            ax = drawn.add_axes(
                (
                    (0.62 + 5.05 * column) / width,
                    (0.6 + 3.4 * (1 - row)) / height,
                    3.25 / width,
                    2.4 / height,
                )
            )
            curves = [
                Curve(label, columns["t"], columns[key], look(key)) for key, label in LABELS.items()
            ]
            top = max(float(columns[key].max()) for key in LABELS)
            low = max(1e-5, 10.0 ** np.floor(np.log10(columns["bound"].min())))
            draw_curves(ax, curves, low, top * 8, size=9.5)
            mark_one(ax, burn_in=True)
            ax.set_xlabel("horizon  $t$", labelpad=2)
            ax.set_title(rf"$\kappa = {name}$", fontsize=11.5, fontweight="normal", pad=7)
        path = folder / "minimax.svg"
        path.write_bytes(svg(drawn))
    return path


def _draw_profile(folder: Path) -> Path:
    columns = read_columns(folder / "minimax-profile.csv")
    contacts = read_columns(folder / "minimax-contacts.csv")
    black, blue, orange = look("minimax").color, look("chebyshev").color, look("large").color
    with style("minimax-profile"):
        width, height = 8.2, 7.4
        drawn = figure(width, height)
        panels = [
            drawn.add_axes((0.85 / width, bottom / height, 5.6 / width, size / height))
            for bottom, size in ((5.0, 2.0), (2.55, 1.75), (0.6, 1.25))
        ]
        ticks = [ELL, 0.15, 0.3, 0.5, 0.7, 0.9, 1.0]
        places = [2 * np.arcsin(np.sqrt(min(max((x - ELL) / (1 - ELL), 0.0), 1.0))) for x in ticks]
        for ax in panels:
            ax.set_xlim(0, np.pi)
            ax.set_xticks(places, labels=[f"{x:g}" for x in ticks])
            for at in contacts["angle"]:
                ax.axvline(at, color=MUTED, lw=0.6, ls=(0, (1, 2)), zorder=1)
            ax.grid(False)
        top, middle, low = panels
        for key, label, color, dash in (
            ("polynomial", r"$P$", black, "-"),
            ("initial", r"$P - \lambda P'$", orange, "-"),
            ("cross", r"$\ell P'$", blue, (0, (5, 1.6))),
        ):
            top.plot(columns["angle"], columns[key], color=color, ls=dash, lw=1.8, label=label)
        top.axhline(0, color=INK, lw=0.7)
        top.legend(loc="center left", bbox_to_anchor=(1.02, 0.5), frameon=False, fontsize=11)
        top.set_title(
            rf"The optimal polynomial, $t = {DEGREE}$, $\kappa = {ELL}$, $\Vert E\Vert \leq 1$, "
            rf"$\Vert G\Vert \leq \ell$",
            fontsize=11.5,
            fontweight="normal",
            pad=8,
        )
        _draw_contacts(middle, columns, contacts)
        _draw_weights(low, contacts)
        path = folder / "minimax-profile.svg"
        path.write_bytes(svg(drawn))
    return path


def _draw_contacts(ax: Axes, columns: dict[str, Array], contacts: dict[str, Array]) -> None:
    value, orange = contacts["upper"][0], look("large").color
    ax.plot(columns["angle"], columns["profile"], color=look("minimax").color, lw=1.8, zorder=3)
    ax.axhline(value, color=orange, lw=1.2, zorder=2)
    ax.plot(
        contacts["angle"],
        contacts["profile"],
        "o",
        ms=5.5,
        color=orange,
        zorder=4,
        clip_on=False,
    )
    ax.set_ylim(0, 1.12 * value)
    ax.text(
        1.02,
        value / (1.12 * value),
        f"$V^*$ = {value:.6f}",
        transform=ax.transAxes,
        color=orange,
        va="center",
        fontsize=11,
    )
    ax.set_title(
        r"its profile  $\sqrt{(P-\lambda P')^2/s + (\ell P')^2/(1-s)}$,  "
        rf"$s = {contacts['share'][0]:.3f}$, touches $V^*$ at {len(contacts['angle'])} points",
        fontsize=11.5,
        fontweight="normal",
        pad=8,
    )


def _draw_weights(ax: Axes, contacts: dict[str, Array]) -> None:
    black = look("minimax").color
    ax.vlines(contacts["angle"], 0, contacts["weight"], color=black, lw=2.4)
    ax.plot(contacts["angle"], contacts["weight"], "o", ms=4.5, color=black, clip_on=False)
    ax.set_ylim(0, 1.15 * contacts["weight"].max())
    ax.set_title(
        r"the least favourable spectrum $\omega^*$: nothing does better than $V^*$ on it",
        fontsize=11.5,
        fontweight="normal",
        pad=8,
    )
    ax.set_xlabel(r"eigenvalue  $\lambda$  (drawn on the scale of $\arccos$)", labelpad=2)


def _draw_closed_form(folder: Path) -> Path:
    titles = {
        "g = 0": r"$\Vert G\Vert = 0$: argued",
        "g = ℓ": r"$\Vert G\Vert \leq \ell$: leading order argued",
        "d = ℓ": r"$\Vert D\Vert \leq \ell$: leading order argued",
    }
    with style("minimax-closed-form"):
        width, height = 11.0, 3.7
        drawn = figure(width, height)
        for k, (key, title) in enumerate(titles.items()):
            ax = drawn.add_axes(
                ((0.95 + 3.45 * k) / width, 0.62 / height, 2.7 / width, (height - 1.2) / height)
            )
            for name, style_of in CLOSED_LOOKS.items():
                columns = read_columns(folder / f"minimax-closed-form-{name}.csv")
                error = np.abs(columns[f"{key} closed"] / columns[f"{key} optimum"] - 1)
                error[error < 1e-12] = np.nan  # below the gap of the certificate
                ax.plot(
                    columns["t"],
                    error,
                    "o",
                    ls=style_of.dash,
                    lw=1.2,
                    ms=3.6,
                    color=style_of.color,
                    label=rf"$\kappa = {name}$",
                )
            ax.set_xscale("log")
            log_axis(ax, 1e-12 if key == "g = 0" else 1e-5, 10.0)
            if key != "g = 0":
                t = np.array([10.0, 120.0])
                ax.plot(t, 20 / t**2, color=MUTED, lw=0.9, ls=(0, (1, 2)))
                ax.text(60, 20 / 60**2 * 2.2, "$t^{-2}$", color=MUTED, fontsize=10)
            ax.set_xlim(3.5, 140)
            ax.set_xticks([5, 10, 20, 50, 100], labels=["5", "10", "20", "50", "100"])
            ax.minorticks_off()
            ax.set_xlabel("horizon  $t$", labelpad=2)
            ax.set_title(title, fontsize=11, fontweight="normal", pad=7)
            if k == 0:
                ax.legend(frameon=False, fontsize=10, loc="lower left")
                ax.set_ylabel("|closed form / $V^*$ − 1|")
        path = folder / "minimax-closed-form.svg"
        path.write_bytes(svg(drawn))
    return path


def check(folder: Path) -> None:
    """V* never exceeds 1, never grows, lies below every method; contacts and closed forms hold."""
    for name in PANELS:
        columns = read_columns(folder / f"minimax-{name}.csv")
        best = columns["minimax"]
        claim(np.all(best <= 1) and np.all(np.diff(best) <= 1e-12), name)
        claim(np.all(columns["minimax gap"] < 1e-9), name)
        claim(np.all(best >= columns["bound"] * (1 - 1e-12)), name)
        for key in LABELS:
            if key not in ("minimax", "bound"):
                claim(np.all(columns[key] >= best * (1 - 1e-10)), (name, key))
        claim(columns["chebyshev"].max() > 0.3 / PANELS[name][0] ** 0.9, name)
    contacts = read_columns(folder / "minimax-contacts.csv")
    claim(np.allclose(contacts["profile"], contacts["upper"], rtol=1e-9))
    claim(np.allclose(contacts["lower"], contacts["upper"], rtol=1e-10))
    claim(abs(contacts["weight"].sum() - 1) < 1e-12)
    for name in CLOSED_LOOKS:
        columns = read_columns(folder / f"minimax-closed-form-{name}.csv")
        for key in ("g = 0", "g = ℓ", "d = ℓ"):
            last = columns[f"{key} closed"][-1] / columns[f"{key} optimum"][-1]
            claim(abs(last - 1) < 5e-3, (name, key))

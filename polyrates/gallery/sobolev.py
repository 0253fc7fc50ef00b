"""The Sobolev method: its polynomials, its curves, and what knowing the spectrum is worth.

sobolev-polynomials  P_t and P_t′ on [0.01, 1] at t = 10: five methods at η = 0.01, six η
sobolev-curves       worst case max|P_t − λP_t′| and average case ∫P_t² dμ + η∫P_t′² dμ on [0.01, 1]
sobolev-spectra      ridge on two data sets: the optimum of their own spectrum against that of
                     the interval, which knows ℓ and L only

η has the units of λ². For ridge with penalty p and θ = log p, ∂H = p·I, so D = p(x_0 − x*); with
‖x_0 − x*‖ = 10‖∂x_0 − ∂x*‖ the η of the third picture is (10p)². A polynomial that is optimal for
30 points alone is huge between them and cannot be run in floats; mixing 1 % of the interval's
density into the spectrum makes it robust (see ``sobolev_optimal``).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from polyrates.analysis.average import average
from polyrates.analysis.rate import rate
from polyrates.core.measures.densities import GegenbauerDensity, Uniform
from polyrates.core.measures.empirical import Empirical
from polyrates.core.measures.mixture import Mixture
from polyrates.core.methods.classical import Chebyshev, GradientDescent
from polyrates.core.methods.orthogonal import Sobolev, SobolevAsymptotic
from polyrates.core.recurrence import Method
from polyrates.core.spectra import Interval
from polyrates.gallery.claims import claim
from polyrates.gallery.tables import read_columns, write_columns
from polyrates.ground.drawing import (
    INK,
    Curve,
    Look,
    draw_curves,
    figure,
    label_ends,
    limits,
    look,
    mark_one,
    style,
    svg,
)
from polyrates.numeric.values import residual_values
from polyrates.synthesis.optimum import Optimum
from polyrates.synthesis.sobolev import sobolev_optimal

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from polyrates.core.measures.base import Measure

__all__ = ["about", "check", "compute", "draw"]

about = "the Sobolev polynomials, their worst and average case, and two real spectra"

ELL, BIG = 0.01, 1.0
DEGREE = 10
ETA = 0.01  # of the polynomials drawn for several methods
STEPS = 60
HORIZON = 40
SHOWN = 16  # the degree of the polynomials drawn over the real spectra
ETAS = ("0", "0.001", "0.01", "0.1", "1", "10")
PENALTIES = {"breast-cancer": 0.2, "diabetes": 0.1}
TITLES = {
    "breast-cancer": "breast cancer, 30 features, penalty $p=0.2$",
    "diabetes": "diabetes, 10 features, penalty $p=0.1$",
}
LABELS = {
    "large": "GD  2/(L+ℓ)",
    "chebyshev": "Chebyshev",
    "sobolev 0": "Sobolev  α = 0",
    "sobolev 0.5": "Sobolev  α = ½",
    "sobolev 1": "Sobolev  α = 1",
}
LOOKS = {
    "large": look("large"),
    "chebyshev": look("chebyshev"),
    "sobolev 0": look("sobolev"),
    "sobolev 0.5": Look("#CC79A7", (0, (5, 1.6))),
    "sobolev 1": Look("#8c6a00", (0, (1.2, 1.2)), 2.0),
    "asymptotic": Look("#56B4E9", (0, (6, 1.5, 1.2, 1.5))),
}
SHADES = ("#440154", "#414487", "#2a788e", "#22a884", "#7ab800", "#c9a800")  # dark to light: η

Array = npt.NDArray[np.float64]


def _methods(eta: float) -> dict[str, Method]:
    return {
        "large": GradientDescent.large(ELL, BIG),
        "chebyshev": Chebyshev(ELL, BIG),
        "sobolev 0": Sobolev(GegenbauerDensity(ELL, BIG, 0.0), eta),
        "sobolev 0.5": Sobolev(GegenbauerDensity(ELL, BIG, 0.5), eta),
        "sobolev 1": Sobolev(GegenbauerDensity(ELL, BIG, 1.0), eta),
    }


def _spectrum(name: str) -> tuple[Empirical, float]:
    """The eigenvalues of XᵀX/n + p, and η."""
    from polyrates.problems.data import load

    penalty = PENALTIES[name]
    values = np.array(Empirical.from_data(load(name).X).atoms()[0]) + penalty
    return Empirical(values), (10.0 * penalty) ** 2


def _robust(spectrum: Empirical, t: int, eta: float) -> Optimum:
    return sobolev_optimal(Mixture([(0.99, spectrum), (0.01, Uniform(*spectrum.hull))]), t, eta)


def compute(folder: Path) -> list[Path]:
    """Six tables: polynomials, polynomials over η, curves, eigenvalues and curves of real spectra.

    sobolev-polynomials.csv, sobolev-etas.csv: lambda, and P and P′ of each method or η.
    sobolev-curves.csv: t, the worst and the average case of each method.
    sobolev-spectra-NAME.csv: t, and the average case of each method on the data set's spectrum.
    sobolev-polynomials-NAME.csv: lambda, two polynomials; sobolev-eigenvalues-NAME.csv.
    """
    return [
        *_compute_polynomials(folder),
        _compute_curves(folder),
        *(path for name in PENALTIES for path in _compute_spectrum(folder, name)),
    ]


def _compute_polynomials(folder: Path) -> list[Path]:
    points = np.linspace(0.0, BIG, 301)
    columns, etas = {"lambda": points}, {"lambda": points}
    for key, method in _methods(ETA).items():
        columns[f"{key} value"], columns[f"{key} slope"] = residual_values(method, DEGREE, points)
    for eta in ETAS:
        method = Sobolev(GegenbauerDensity(ELL, BIG, 0.0), float(eta))
        etas[f"{eta} value"], etas[f"{eta} slope"] = residual_values(method, DEGREE, points)
    return [
        write_columns(folder / "sobolev-polynomials.csv", columns, digits=8),
        write_columns(folder / "sobolev-etas.csv", etas, digits=8),
    ]


def _compute_curves(folder: Path) -> Path:
    columns: dict[str, Array] = {"t": np.arange(STEPS + 1.0)}
    interval, density = Interval(ELL, BIG), Uniform(ELL, BIG)
    for key, method in _methods(1.0).items():
        columns[f"{key} worst"] = rate(method, interval).initial.curve(STEPS)
        columns[f"{key} average"] = _averages(method, density, 1.0, STEPS)
    variant = SobolevAsymptotic(ELL, BIG)
    columns["asymptotic worst"] = rate(variant, interval).initial.curve(STEPS)
    columns["asymptotic average"] = _averages(variant, density, 1.0, STEPS)
    return write_columns(folder / "sobolev-curves.csv", columns, digits=9)


def _averages(method: Method, measure: Measure, eta: float, steps: int) -> Array:
    return np.array([float(average(method, measure, t, eta)) for t in range(steps + 1)])


def _compute_spectrum(folder: Path, name: str) -> list[Path]:
    spectrum, eta = _spectrum(name)
    ell, L = (float(end) for end in spectrum.hull)
    interval = Sobolev(GegenbauerDensity(ell, L, 0.0), eta)
    own = [_robust(spectrum, t, eta) for t in range(HORIZON + 1)]
    bound = sobolev_optimal(spectrum, HORIZON, eta).values
    assert bound is not None
    columns = {
        "t": np.arange(HORIZON + 1.0),
        "chebyshev": _averages(Chebyshev(ell, L), spectrum, eta, HORIZON),
        "interval": _averages(interval, spectrum, eta, HORIZON),
        "own": np.array(
            [float(average(each.method, spectrum, t, eta)) for t, each in enumerate(own)]
        ),
        # below what is drawn it is rounding
        "bound": np.maximum([float(value) for value in bound], 1e-12),
    }
    points = np.geomspace(0.5 * ell, L, 401)
    polynomials = {
        "lambda": points,
        "interval": residual_values(interval, SHOWN, points)[0],
        "own": residual_values(own[SHOWN].method, SHOWN, points)[0],
    }
    return [
        write_columns(folder / f"sobolev-spectra-{name}.csv", columns, digits=8),
        write_columns(folder / f"sobolev-polynomials-{name}.csv", polynomials, digits=8),
        write_columns(folder / f"sobolev-eigenvalues-{name}.csv", {"lambda": spectrum.atoms()[0]}),
    ]


def draw(folder: Path) -> list[Path]:
    """sobolev-polynomials.svg, sobolev-curves.svg, sobolev-spectra.svg."""
    return [_draw_polynomials(folder), _draw_curves(folder), _draw_spectra(folder)]


def _save(drawn: Figure, folder: Path, name: str) -> Path:
    path = folder / f"{name}.svg"
    path.write_bytes(svg(drawn))
    return path


def _head(drawn: Figure, inches: float, text: str) -> None:
    """A line across the figure, ``inches`` below its top."""
    width, height = drawn.get_size_inches()
    drawn.text(0.62 / width, 1 - inches / height, text, fontsize=11.5, fontweight="bold", va="top")


def _draw_polynomials(folder: Path) -> Path:
    tables = (
        (read_columns(folder / "sobolev-polynomials.csv"), list(LABELS.items()), LOOKS),
        (
            read_columns(folder / "sobolev-etas.csv"),
            [(eta, f"η = {eta}") for eta in ETAS],
            {eta: Look(shade) for eta, shade in zip(ETAS, SHADES, strict=True)},
        ),
    )
    heads = (
        rf"$t={DEGREE}$ on $[\ell,L]=[0.01,1]$,  $\eta={ETA}\,L^2$;  beside the "
        r"names of the slopes their maximum $|L\,P_t'|$ on $[\ell,L]$",
        r"The same for the Sobolev method, $\alpha=0$, with $\eta$ in units of $L^2$",
    )
    width, height, row = 11.0, 7.4, 3.7
    with style("sobolev-polynomials"):
        drawn = figure(width, height)
        for i, (columns, entries, looks) in enumerate(tables):
            _head(drawn, 0.12 + row * i, heads[i])
            for k, (part, limit) in enumerate((("value", 0.62), ("slope", 16.0))):
                ax = drawn.add_axes(
                    (
                        (0.72 + 5.15 * k) / width,
                        (height - row * (i + 1) + 0.62) / height,
                        3.3 / width,
                        (row - 1.42) / height,
                    )
                )
                _polynomial_panel(ax, columns, entries, looks, part, limit)
        return _save(drawn, folder, "sobolev-polynomials")


def _polynomial_panel(
    ax: Axes,
    columns: dict[str, Array],
    entries: list[tuple[str, str]],
    looks: dict[str, Look],
    part: str,
    limit: float,
) -> None:
    points = columns["lambda"]
    inside = points >= ELL
    curves = []
    for key, label in entries:
        values = columns[f"{key} {part}"]
        peak = f"   {np.abs(values[inside]).max():.2g}" if part == "slope" else ""
        curves.append(Curve(label + peak, points, values, looks[key]))
    low = -limit if part == "slope" else -0.35
    high = limit if part == "slope" else 1.05
    draw_curves(ax, curves, low, high, labels=False)
    label_ends(ax, curves, size=9.5)
    ax.axhline(0.0, color=INK, lw=0.8, zorder=2)
    ax.set_xlabel(r"eigenvalue  $\lambda/L$", labelpad=2)
    title = r"residual polynomial  $P_t(\lambda)$"
    if part == "slope":
        title = r"its derivative  $L\,P_t'(\lambda)$"
    ax.set_title(title, fontsize=11, fontweight="normal", pad=6)


def _draw_curves(folder: Path) -> Path:
    columns = read_columns(folder / "sobolev-curves.csv")
    t = columns["t"]
    labels = {**LABELS, "asymptotic": "Sobolev  t → ∞"}
    width, height = 10.6, 4.1
    with style("sobolev-curves"):
        drawn = figure(width, height)
        _head(drawn, 0.1, r"$[\ell,L]=[0.01,1]$,  $\eta=1\,L^2$;  error relative to the start")
        for k, part in enumerate(("worst", "average")):
            ax = drawn.add_axes(
                ((0.62 + 5.2 * k) / width, 0.55 / height, 3.3 / width, (height - 1.42) / height)
            )
            curves = [
                Curve(label, t, columns[f"{key} {part}"], LOOKS[key])
                for key, label in labels.items()
            ]
            top = limits(curves, 1e-6, 0.12)[1]
            draw_curves(ax, curves, 1e-4 if part == "worst" else 1e-6, top, size=9.5)
            mark_one(ax, burn_in=part == "worst")
            ax.set_xlabel("iteration  $t$", labelpad=2)
            if part == "worst":
                title = r"worst case  $\max\,|P_t-\lambda P_t'|$"
            else:
                title = r"mean square  $\int P_t^2\,d\mu+\eta\int P_t'^2\,d\mu$,  $\mu$ uniform"
            ax.set_title(title, fontsize=11, fontweight="normal", pad=6)
        return _save(drawn, folder, "sobolev-curves")


_OWN = Look("#CC79A7", (0, (5, 1.4)), 2.2)


def _draw_spectra(folder: Path) -> Path:
    width, row = 11.0, 3.75
    height = row * len(PENALTIES)
    with style("sobolev-spectra"):
        drawn = figure(width, height)
        for i, name in enumerate(PENALTIES):
            polynomials = read_columns(folder / f"sobolev-polynomials-{name}.csv")
            eigenvalues = read_columns(folder / f"sobolev-eigenvalues-{name}.csv")["lambda"]
            columns = read_columns(folder / f"sobolev-spectra-{name}.csv")
            eta = (10 * PENALTIES[name]) ** 2
            _head(
                drawn,
                0.12 + row * i,
                rf"{TITLES[name]},  $\eta=(10p)^2={eta:.3g}$",
            )
            bottom = (height - row * (i + 1) + 0.62) / height
            tall = (row - 1.42) / height
            ax = drawn.add_axes((0.72 / width, bottom, 3.3 / width, tall))
            _spectrum_panel(ax, polynomials, eigenvalues)
            ax = drawn.add_axes((5.87 / width, bottom, 3.3 / width, tall))
            _square_panel(ax, columns)
        return _save(drawn, folder, "sobolev-spectra")


def _spectrum_panel(ax: Axes, polynomials: dict[str, Array], eigenvalues: Array) -> None:
    points = polynomials["lambda"]
    low = min(-0.5, 1.25 * float(polynomials["own"].min()))
    curves = [
        Curve("interval", points, polynomials["interval"], look("sobolev")),
        Curve("own", points, polynomials["own"], _OWN),
    ]
    draw_curves(ax, curves, low, 0.7, size=9.5)
    ax.set_xscale("log")
    ticks = [x for x in (0.1, 0.2, 0.5, 1, 2, 5, 10) if points[0] <= x <= points[-1]]
    ax.set_xticks(ticks, labels=[f"{x:g}" for x in ticks])
    ax.minorticks_off()
    ax.axhline(0.0, color=INK, lw=0.8, zorder=2)
    ax.plot(
        eigenvalues,
        np.full(len(eigenvalues), 0.91 * low),
        "|",
        color=INK,
        ms=9,
        mew=1.0,
        zorder=4,
    )
    ax.set_xlabel(r"eigenvalue  $\lambda$  (ticks: those of the data)", labelpad=2)
    ax.set_title(
        rf"optimal polynomials  $P_t(\lambda)$,  $t={SHOWN}$",
        fontsize=11,
        fontweight="normal",
        pad=6,
    )


def _square_panel(ax: Axes, columns: dict[str, Array]) -> None:
    t = columns["t"]
    curves = [
        Curve("Chebyshev", t, columns["chebyshev"], look("chebyshev")),
        Curve("interval, α = 0", t, columns["interval"], look("sobolev")),
        Curve("own, 1 % uniform", t, columns["own"], _OWN),
        Curve("points alone, exact", t, columns["bound"], look("bound")),
    ]
    draw_curves(ax, curves, 1e-6, limits(curves, 1e-6, 0.1)[1], size=9.5)
    mark_one(ax)
    ax.set_xlabel("iteration  $t$  (of the own optima: horizon)", labelpad=2)
    ax.set_title(
        r"mean square  $\int P_t^2\,d\mu+\eta\int P_t'^2\,d\mu$ on the eigenvalues",
        fontsize=11,
        fontweight="normal",
        pad=6,
    )


def check(folder: Path) -> None:
    """The peaks, the optimality of each Sobolev curve, and the gain from knowing the spectrum."""
    curves = read_columns(folder / "sobolev-curves.csv")
    claim(abs(curves["sobolev 0 worst"].max() - 1.037) < 2e-3)
    claim(abs(curves["chebyshev worst"].max() - 53.0) < 0.5)
    claim(abs(curves["asymptotic worst"].max() - 11.6) < 0.1)
    best = curves["sobolev 0.5 average"]  # optimal for the uniform density
    for name, column in curves.items():
        if name.endswith("average"):
            claim(np.all(best <= column * (1 + 1e-8)), name)
    claim(np.all(np.diff(best) <= 0))
    etas = read_columns(folder / "sobolev-etas.csv")
    slopes = [np.abs(etas[f"{eta} slope"]).max() for eta in ETAS]
    claim(np.all(np.diff(slopes) < 0))
    for name in PENALTIES:
        columns = read_columns(folder / f"sobolev-spectra-{name}.csv")
        claim(np.all(columns["bound"] <= columns["own"] * (1 + 1e-6) + 1e-11))
        claim(np.all(columns["own"][:HORIZON] <= columns["interval"][:HORIZON] * 1.02))
        claim(columns["own"][20] < 0.6 * columns["interval"][20])
        claim(columns["interval"].max() <= 1.001 < columns["chebyshev"].max())

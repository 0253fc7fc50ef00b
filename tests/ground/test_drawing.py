from __future__ import annotations

import itertools
import sys

import matplotlib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import finished

import polyrates as pr
from polyrates.analysis.comparison import plot_comparison
from polyrates.analysis.rate import plot_rate
from polyrates.ground.drawing import (
    Curve,
    draw_curves,
    figure,
    limits,
    look,
    pdf,
    spread,
    style,
    svg,
)

matplotlib.use("Agg")


def test_importing_polyrates_does_not_load_matplotlib() -> None:
    program = (
        "import sys, polyrates, polyrates.ground.drawing, polyrates.cli.entry\n"
        "print('matplotlib' in sys.modules)"
    )
    done = finished([sys.executable, "-c", program])
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "False"


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8).map(sorted))
def test_labels_keep_their_order_and_their_distance(places: list[float]) -> None:
    gap = 0.08
    moved = spread(places, gap, 0.04, 1.0)
    assert len(moved) == len(places)
    assert all(b - a >= gap - 1e-9 for a, b in itertools.pairwise(moved))
    assert moved[0] >= 0.04 - 1e-9 and moved[-1] <= 1.0 + 1e-9


def test_labels_far_apart_stay_where_they_are() -> None:
    assert spread([0.1, 0.5, 0.9], 0.1, 0.0, 1.0) == [0.1, 0.5, 0.9]
    assert np.allclose(spread([0.5, 0.5], 0.1, 0.0, 1.0), [0.45, 0.55])


def test_limits_show_the_top_and_not_much_below_the_floor() -> None:
    curve = Curve("", np.arange(3), np.array([1.0, 30.0, 1e-12]), look("large"))
    low, high = limits([curve], 1e-6)
    assert low == 1e-6 and 30 < high < 300


def drawn() -> bytes:
    with style("test"):
        fig = figure(4, 3)
        ax = fig.add_subplot()
        curves = [
            Curve("one", np.arange(5), 10.0 ** -np.arange(5), look("large")),
            Curve("two", np.arange(5), np.array([1, 0, np.nan, 3, 1e-9]), look("unknown", 1)),
        ]
        draw_curves(ax, curves, 1e-4, 10)
        return svg(fig) + pdf(fig)


def test_pictures_are_the_same_every_time_and_carry_no_date() -> None:
    first = drawn()
    assert first == drawn()
    assert b"dc:date" not in first and b"CreationDate" not in first


def test_every_method_has_its_own_look() -> None:
    keys = ["large", "short", "flat", "heavy-ball", "nesterov", "chebyshev", "sobolev"]
    assert len({look(key).color for key in keys}) == len(keys)
    assert len({(str(look(key).dash), look(key).width) for key in keys}) >= 6  # legible in gray


def test_plot_rate_and_comparison_draw_what_they_say() -> None:
    spectrum = pr.Interval(1, 10)
    rate = pr.rate(pr.Chebyshev(1, 10), spectrum)
    ax = rate.plot(12)
    assert len(ax.lines[0].get_xdata()) == 13
    assert np.allclose(ax.lines[0].get_ydata(), rate.initial.curve(12))
    assert "Chebyshev" in ax.get_title(loc="left") + ax.get_title()
    again = plot_rate(rate, 5, ax=figure(4, 3).add_subplot())
    assert len(again.lines[0].get_xdata()) == 6
    comparison = pr.compare([pr.GradientDescent("1/10"), pr.GradientDescent("2/11")], spectrum, 8)
    ax = plot_comparison(comparison)
    labels = [text.get_text() for text in ax.texts]
    assert len(labels) == 3 and len(set(labels)) == 3
    assert len({line.get_color() for line in ax.lines[:2]}) == 2


def test_plotting_more_steps_than_a_method_has_is_refused() -> None:
    with pytest.raises(pr.HorizonError):
        pr.rate(pr.Richardson([1, 2]), pr.Interval(1, 2)).plot(9)

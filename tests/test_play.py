"""The page to play with computes what the package computes: in node, and in a browser."""

from __future__ import annotations

import html
import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import ROOT, finished, require

import polyrates as pr

STATIC = ROOT / "docs" / "_static"
STEPS = 100
CASES: dict[str, tuple[str, float, dict[str, float], pr.Method]] = {
    "gradient descent": ("gradient descent", 0.01, {}, pr.GradientDescent.large(0.01, 1.0)),
    "short step": ("gradient descent", 0.1, {"step": 1.3}, pr.GradientDescent(1.3)),
    "heavy ball": ("heavy ball", 0.05, {}, pr.HeavyBall.tuned(0.05, 1.0)),
    "own heavy ball": ("heavy ball", 0.1, {"step": 1.5, "momentum": 0.2}, pr.HeavyBall(1.5, 0.2)),
    "Nesterov": ("Nesterov", 0.1, {}, pr.Nesterov.tuned(0.1, 1.0)),
    "Chebyshev": ("Chebyshev", 0.01, {}, pr.Chebyshev(0.01, 1.0)),
    "Sobolev": (
        "Sobolev",
        0.1,
        {"eta": 1e-4},
        pr.Sobolev(pr.GegenbauerDensity(0.1, 1.0, 0), 1e-4),
    ),
    "harmonic": ("harmonic", 0.05, {"eta": 0.01}, pr.HarmonicSobolev(0.05, 1.0, 0.01)),
}
SCRIPT = """
const R = require('./recurrences.js');
const cases = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(cases.map(([name, kappa, options, steps]) => {
  const run = R.run(name, kappa, options, steps), curve = run.curve('initial');
  return {
    parts: Object.fromEntries(['residual', 'drift', 'initial'].map(
      part => [part, [1, 7, 40].map(t => run.supremum(part, t))])),
    joint: run.joint(7, 1, 0.3), peak: run.peak('initial', curve),
    burnIn: run.burnIn('initial', curve), points: [1, 7, 40].map(t => run.at(t, 0.3)),
  };
})));
"""


@pytest.fixture(scope="module")
def played() -> dict[str, Any]:
    node = shutil.which("node")
    require("node", node is not None)
    given = [[name, kappa, options, STEPS] for name, kappa, options, _ in CASES.values()]
    done = finished([str(node), "-e", SCRIPT], given=json.dumps(given), cwd=STATIC)
    assert done.returncode == 0, done.stderr
    return dict(zip(CASES, json.loads(done.stdout), strict=True))


@pytest.mark.parametrize("name", CASES)
def test_its_numbers_are_the_package_s(name: str, played: dict[str, Any]) -> None:
    found, (_, kappa, _, method) = played[name], CASES[name]
    rate = pr.rate(method, pr.Interval(kappa, 1.0))
    for part, values in found["parts"].items():
        for t, value in zip((1, 7, 40), values, strict=True):
            lower, upper = getattr(rate, part).enclosure(t)
            assert lower - 1e-10 * upper <= value <= upper * (1 + 1e-10), (part, t)
    V = float(rate.worst_case(7, initial=1.0, cross=0.3))
    assert found["joint"] == pytest.approx(V, rel=1e-10)
    t, top = rate.initial.peak
    assert found["peak"][0] == t and found["peak"][1] == pytest.approx(float(top), rel=1e-10)
    assert found["burnIn"] == min(rate.initial.burn_in, STEPS)


@pytest.mark.parametrize("name", CASES)
def test_its_polynomials_are_the_package_s(name: str, played: dict[str, Any]) -> None:
    method = CASES[name][3]
    for t, (value, slope) in zip((1, 7, 40), played[name]["points"], strict=True):
        P, D = pr.residual_values(method, t, np.array([0.3]))
        assert value == pytest.approx(float(P[0]), rel=1e-10, abs=1e-12)
        assert slope == pytest.approx(float(D[0]), rel=1e-10, abs=1e-12)


PROBE = """<script>addEventListener("load", () => setTimeout(() => {
  const rows = Object.fromEntries([...document.querySelectorAll("[data-row]")].map(
    row => [row.dataset.row, row.querySelector("td").textContent]));
  document.body.setAttribute("data-probe", JSON.stringify(rows));
}, 1500));</script>"""


def test_in_a_browser(tmp_path: Path) -> None:
    browser = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    require("chromium", browser is not None)
    body = (ROOT / "docs" / "making" / "play.html").read_text(encoding="utf-8")
    (tmp_path / "_static").mkdir()
    for name in ("recurrences.js", "play.js"):
        shutil.copy(STATIC / name, tmp_path / "_static")
    page = tmp_path / "play.html"
    page.write_text(f"<!doctype html><meta charset='utf-8'><body>{body}{PROBE}", encoding="utf-8")
    said = "method=Chebyshev&other=&kappa=-1&t=7&cross=-0.5"
    base = [
        str(browser),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--enable-logging=stderr",
        f"--user-data-dir={tmp_path / 'profile'}",
        "--virtual-time-budget=4000",
    ]
    done = finished([*base, "--dump-dom", f"{page.as_uri()}#{said}"])
    assert "CONSOLE" not in done.stderr, done.stderr
    found = re.search(r'data-probe="([^"]*)"', done.stdout)
    assert found is not None
    rows = json.loads(html.unescape(found.group(1)))
    part = pr.rate(pr.Chebyshev(0.1, 1.0), pr.Interval(0.1, 1.0))
    assert float(rows["initial"]) == pytest.approx(float(part.initial(7)), rel=5e-4)
    assert rows["burn-in"] == str(part.initial.burn_in)
    assert rows["peak"].endswith(f"t = {part.initial.peak[0]}")

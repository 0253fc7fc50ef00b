"""What several tests share: catalogues of methods, programs with a hard end, absent tools."""

from __future__ import annotations

import json
import math
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

import polyrates as pr
from polyrates.core.estimator_catalogue import ESTIMATORS as NAMED_ESTIMATORS
from polyrates.core.methods.catalogue import NAMES
from polyrates.core.methods.named import build
from polyrates.ground.certificates import ProofFile

ROOT = Path(__file__).parent.parent
REFERENCE = Path(__file__).parent / "reference"
LONGEST = 300.0
"""Seconds after which a program started by a test is ended, whatever it does."""


@contextmanager
def started(command: Sequence[str], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A program and all it starts, ended when the block is left, however it is left."""
    posix = os.name == "posix"
    options = {"text": True, "encoding": "utf-8", "errors": "replace", **options}
    process = subprocess.Popen(list(command), start_new_session=posix, **options)
    try:
        yield process
    finally:
        if posix:
            with suppress(ProcessLookupError, PermissionError):  # it has ended, with its children
                os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait(timeout=10)
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def finished(
    command: Sequence[str], *, given: str | None = None, timeout: float = LONGEST, **options: Any
) -> subprocess.CompletedProcess[str]:
    """What a program printed and how it ended; past ``timeout`` seconds it is killed."""
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    pipes["stdin"] = subprocess.DEVNULL if given is None else subprocess.PIPE
    with started(command, **{**pipes, **options}) as process:
        out, error = process.communicate(given, timeout=timeout)
    return subprocess.CompletedProcess(list(command), process.returncode, out, error)


def require(name: str, available: bool) -> None:
    """Skip when a tool is absent; fail where POLYRATES_REQUIRE (comma-separated) demands it."""
    if available:
        return
    demanded = {word.strip() for word in os.environ.get("POLYRATES_REQUIRE", "").split(",")}
    if name in demanded or "all" in demanded:
        pytest.fail(f"{name} is required here (POLYRATES_REQUIRE) and absent")
    pytest.skip(f"{name} is not installed")


class Lazily:
    """A module that is imported when a test first uses it; where it is absent, the test skips.

    Files that use torch or JAX are collected without seconds of imports.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __getattr__(self, item: str) -> Any:
        if item.startswith(("_", "pytest")):  # asked of every name of a file that is collected
            raise AttributeError(item)
        return getattr(pytest.importorskip(self.name), item)


def without_coq() -> bool:
    """Said in words where the machine cannot have Coq (POLYRATES_WITHOUT); else it is required."""
    if "coq" in os.environ.get("POLYRATES_WITHOUT", "").split(","):
        print("Coq cannot be installed here: derivations/formal is not compiled")
        return True
    require("coq", shutil.which("coqc") is not None)
    return False


KATEX = """
const katex = require('katex');
const formulas = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const bad = [];
for (const [name, text] of Object.entries(formulas)) {
  try { katex.renderToString(text, {displayMode: true, strict: 'error', throwOnError: true}); }
  catch (error) { bad.push(name + ': ' + error.message + ' in ' + text.slice(0, 200)); }
}
console.log(JSON.stringify(bad));
"""


def refused_by_katex(texts: dict[str, str]) -> list[str]:
    """What KaTeX says against each of many formulas, at least a hundred."""
    node = shutil.which("node")
    require("katex", node is not None and (ROOT / "node_modules" / "katex").is_dir())
    assert len(texts) > 100
    done = finished([str(node), "-e", KATEX], given=json.dumps(texts), cwd=ROOT)
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads(done.stdout)
    return found


def clause_against(content: dict[str, object]) -> str:
    """The clause by which the checker refuses what a certificate would say; empty if it does not.

    The digest is made anew, so that it is the content that is judged.
    """
    return ProofFile(content).check().clause


def best_of_all_methods(ell: F, L: F, t: int) -> F:
    """1/|T_t(m(0))| by the power sum, not by the recurrence."""
    x = (L + ell) / (L - ell)
    total = sum(
        math.comb(t, 2 * k) * (x * x - 1) ** k * x ** (t - 2 * k) for k in range(t // 2 + 1)
    )
    return 1 / F(total)


def exact_methods() -> dict[str, pr.Method]:
    """One of each kind with exact parameters, on [1, 10], at least 6 steps each."""
    sixth = [F(1, 10), F(1, 3), F(1, 7), F(2, 9), F(1, 5), F(1, 8)]
    polynomial = pr.residual_polynomial(pr.Nesterov(F(1, 9), F(1, 4)), 6)
    found: dict[str, pr.Method] = {
        "gradient descent, large": pr.GradientDescent.large(1, 10),
        "gradient descent, short": pr.GradientDescent.short(1, 10),
        "gradient descent, flat": pr.GradientDescent.flat(1, 10),
        "heavy ball": pr.HeavyBall(F(1, 6), F(1, 3), first_step=F(1, 5)),
        "heavy ball, tuned": pr.HeavyBall.tuned(1, 10),
        "Nesterov": pr.Nesterov(F(1, 9), F(2, 5)),
        "Nesterov, tuned": pr.Nesterov.tuned(1, 10),
        "Chebyshev": pr.Chebyshev(1, 10),
        "Chebyshev, ell = 0": pr.Chebyshev(0, 10),
        "Gegenbauer 1": pr.Gegenbauer(1, 10, 1),
        "Gegenbauer -1/4": pr.Gegenbauer(1, 10, F(-1, 4)),
        "Gegenbauer 5/2": pr.Gegenbauer(F(1, 2), F(21, 2), F(5, 2)),
        "tabulated": pr.Tabulated(sixth, [0, F(1, 3), F(-1, 5), 1, 0, F(1, 2)], [0, 1, 0, 0, 2, 0]),
        "Richardson": pr.Richardson(sixth),
        "Richardson, Leja": pr.Richardson.leja([1, 2, 9, 4, 6, F(15, 2)]),
        "realized": pr.realize(polynomial, pr.Interval(1, 10)),
        "harmonic Sobolev": pr.HarmonicSobolev(F(10, 9), 10, F(3, 2)),
        "harmonic Sobolev, residual": pr.HarmonicSobolev(F(10, 9), 10, 2, "residual/drift"),
        "weighted": pr.WeightedIterates(pr.GradientDescent(F(1, 7)), [F(1, 7)] * 7),
    }
    return found | _others({type(each) for each in found.values()})


def _others(known: set[type]) -> dict[str, pr.Method]:
    """The catalogue's methods of other classes, with their defaults on [1, 10], where exact."""
    ell, L = pr.Interval(1, 10).hull
    made = {
        entry.title: build(entry.key, ell, L).method
        for entry in NAMES.values()
        if entry.kind is not None and entry.kind not in known
    }
    return {title: each for title, each in made.items() if each.inexact is None}


def symbolic_methods() -> dict[str, pr.Method]:
    """Methods with symbols among their parameters, made by their entries."""
    h, m, f = sp.symbols("h m f", positive=True)
    ell, L = sp.symbols("ell L", positive=True)
    given = {
        "gradient-descent": {"step": h},
        "heavy-ball": {"step": h, "momentum": m, "first_step": f},
        "nesterov": {"step": h, "momentum": m},
        "chebyshev": {},
        "gegenbauer": {"alpha": sp.Rational(3, 2)},
    }
    return {NAMES[key].title: NAMES[key].make(ell, L, each) for key, each in given.items()}


def float_methods(ell: float, L: float, steps: int = 200) -> dict[str, pr.Method]:
    """The named methods with float parameters, and a stable fixed-horizon one."""
    import numpy as np

    chebyshev_roots = (L + ell) / 2 + (L - ell) / 2 * np.cos(
        np.pi * (np.arange(steps) + 0.5) / steps
    )
    spelled = {
        "gradient descent, large": "large",
        "gradient descent, short": "short",
        "heavy ball": "heavy-ball",
        "Nesterov": "nesterov",
        "Chebyshev": "chebyshev",
        "Gegenbauer": "gegenbauer:alpha=3/2",
        "harmonic Sobolev": f"harmonic:eta={L * ell!r}",
    }
    found = {name: build(spelling, ell, L).method for name, spelling in spelled.items()}
    found["Richardson, Leja"] = pr.Richardson.leja(chebyshev_roots)
    for entry in NAMES.values():  # those whose coefficients are floats whatever they are made of
        if entry.kind is not None:
            options = f":horizon={steps}" if "horizon" in entry.options else ""
            needed = ":step=1" if entry.key == "gradient-descent" else options
            method = build(entry.key + needed, ell, L).method
            if method.inexact is not None:
                found[entry.title] = method
    return found


ESTIMATORS: dict[str, pr.Estimator] = {
    "unrolled": pr.Unrolled(),
    "truncated, start 2": pr.Truncated(2),
    "truncated, last 3": pr.Truncated(last=3),
    "one step": pr.OneStep(),
    "implicit, 2 inner steps": pr.Implicit(pr.GradientDescent(F(1, 8)), 2),
    "implicit, exact": pr.Implicit(),
}


def estimators() -> dict[str, pr.Estimator]:
    """:data:`ESTIMATORS`, and the catalogue's of other classes."""
    known = {type(each) for each in ESTIMATORS.values()}
    made = {key: entry.make() for key, entry in NAMED_ESTIMATORS.items() if not entry.argument}
    return ESTIMATORS | {key: each for key, each in made.items() if type(each) not in known}

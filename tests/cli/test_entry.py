from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import finished, require, started

import polyrates as pr
from polyrates.cli.entry import main
from polyrates.cli.parser import make_parser


class Run:
    """main(argv) with what it printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *argv: str) -> None:
        try:
            self.status = main(list(argv))
        except SystemExit as leave:  # --help, --version
            self.status = int(leave.code or 0)
        self.out, self.err = capsys.readouterr()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


OWN = """
class Concave:
    dimension = 2
    def gradient(self, x): return 1 - x
    def hvp(self, x, v): return -v
    def cross(self, x): return x
concave = Concave
def number(): return 3
def boom(): raise ValueError("first line\\nsecond line")
"""

RATE = ["rate", "--method", "large", "--ell", "1", "--L", "10"]
PLAN = ["plan", "--ell", "1", "--L", "10"]
OPTIMAL = ["optimal", "--ell", "1", "--L", "9", "--t", "4"]
MINIMAX = [*OPTIMAL, "--minimax"]
RATIO = [*PLAN, "--budget", "9"]

# the same words for the same mistake in every command, and in Python
ALONE = [
    (["--initial", "1"], "initial = 1: is one size of two; give cross too."),
    (["--cross", "1"], "cross = 1: is one size of two; give initial too."),
    (["--hessian", "1"], "hessian = 1: is one size of two; give residual too."),
    (["--drift", "1"], "drift = 1: is one size of two; give residual too."),
    (["--residual", "1"], "residual = 1: is one size of two; give drift"),
    (["--initial", "1", "--drift", "1"], "initial = 1: is one size of two; give cross too."),
]
THREE = [
    (
        ["--initial", "1", "--cross", "1", "--drift", "1"],
        "drift = 1: initial and cross are two sizes already; leave it out.",
    ),
    (
        ["--residual", "1", "--drift", "1", "--hessian", "1"],
        "hessian = 1: residual and drift are two sizes already; leave it out.",
    ),
]

# Each line: arguments, and what the one line on stderr must say.
BAD = [
    (["reprot"], "did you mean report?"),
    (["--verison"], "there is no option --verison"),
    (["report", "--stesp", "3"], "there is no option --stesp; did you mean --steps?"),
    (["report", "--penlaty=1"], "did you mean --penalty?"),
    (["report", "surplus"], "what is 'surplus'?"),
    (["report", "--steps"], "expected one argument"),
    (["report", "--penalty", "nan"], "penalty = 'nan': the string is not a number"),
    (["report", "--penalty", "-1"], "penalty = '-1': must be > 0"),
    (["report", "--penalty", "0"], "penalty = '0': must be > 0"),
    (["report", "--penalty", "__import__('os')"], "the string is not a number"),
    (["report", "--penalty", "1e999"], "penalty"),
    (["report", "--steps", "-3"], "steps = -3: must be ≥ 1"),
    (["report", "--steps", "2.5"], "steps = '2.5': must be an integer"),
    (["report", "--steps", "99999999999"], "must be ≤"),
    (["report", "--seed", "-1"], "seed = -1: must be ≥ 0"),
    (["report", "--data", "brest-cancer"], "; did you mean breast-cancer?\n"),
    (["report", "--data", "absent.csv", "--column", "y"], "there is no such file"),
    (["report", "--data", "diabetes", "--column", "y"], "diabetes has its own target"),
    (["report", "--data", "diabetes", "--target", "y"], "leave --column out"),
    (["report", "--data", "data.csv"], "column = None: a CSV file needs it; give --column COLUMN"),
    (["report", "--data", "data.csv", "--column", "z"], "column = 'z': is not a column"),
    (["report", "--data", "text.csv", "--column", "y"], "'x' is not a number"),
    (["report", "--data", "long.csv", "--column", "prise"], "long.csv; did you mean price?\n"),
    (["plan", "--data", "long.csv", "--column", "Price", "--budget", "9"], "mean price?\n"),
    (["verify", "--data", "long.csv", "--column", "zzz"], "; its columns are a, price.\n"),
    (["report", "--traget", "y"], "there is no option --traget; did you mean --data?"),
    (["report", "--model", "own:make", "--column", "y"], "belongs to ridge and logistic"),
    (["report", "--data", "diabetes", "--x0", "absent.txt"], "there is no such file"),
    (["report", "--data", "diabetes", "--x0", "data.csv"], "is not a finite number"),
    (["report", "--methods", "large,chebishev"], "; did you mean chebyshev?\n"),
    (["report", "--methods", ""], "names no method"),
    (["report", "--methods", "large,large"], "names large twice"),
    (["report", "--methods", "heavy-ball:stride=1"], "has no option 'stride=1'"),
    (["report", "--methods", "sobolev:eta=-1"], "eta"),
    (["report", "--methods", "sobolev:eta=exit()"], "the string is not a number"),
    (["report", "--methods", "gradient-descent"], "needs its step"),
    (["report", "--out", "data.csv"], "exists and is not a folder"),
    (["report", "--out", "theirs"], "was not written by polyrates"),
    (["report", "--out", "no/such/place"], "does not exist"),
    (["report", "--out", "data.csv/inside"], "does not exist"),
    (["report", "--out", "/proc/polyrates-report"], "cannot be written"),
    (["report", "--out", ""], "out"),
    (["report", "--model", "logistc"], "did you mean logistic?"),
    (["report", "--model", "logistic", "--data", "diabetes"], "values and logistic regression"),
    (["report", "--model", "logistic", "--penalty", "-1"], "penalty = '-1': must be > 0"),
    (["report", "--model", "own:make", "--data", "diabetes"], "belongs to ridge and logistic"),
    (["report", "--model", "own:make", "--penalty", "1"], "belongs to ridge and logistic"),
    (["report", "--model", "own:absent"], "own has no function absent"),
    (["report", "--model", "absent.module:make"], "raised ModuleNotFoundError"),
    (["report", "--model", "own:number"], "returned int, which has no gradient"),
    (["report", "--model", "own:boom"], "raised ValueError: first line;"),
    (["report", "--model", "own:concave"], "its Hessian at the solution has the eigenvalue -1"),
    (["report", "--model", "own:make()"], "is not module:function"),
    (["report", "--model", "__import__('os'):system"], "is not module:function"),
    (["report", "--model", "../own:make"], "is not module:function"),
    (["rate", "--ell", "1", "--L", "10"], "required: --method"),
    (["rate", "--method", "large", "--ell", "10", "--L", "1"], "ell = "),
    (["rate", "--method", "large", "--ell", "-1", "--L", "1"], "ell = "),
    (["rate", "--method", "large", "--ell", "x", "--L", "1"], "the string is not a number"),
    (["rate", "--method", "large", "--step", "1", "--ell", "1", "--L", "2"], "takes no --step"),
    (["rate", "--method", "nesterov", "--ell", "0", "--L", "2"], "ell"),
    (["rate", "--method", "gradient-descent", "--ell", "1", "--L", "2"], "needs its step"),
    (["rate", "--method", "gradient-descent", "--step", "-1", "--ell", "1", "--L", "2"], "step"),
    (
        ["rate", "--method", "large", "--ell", "1", "--L", "2", "--estimator", "unroled"],
        "unrolled?",
    ),
    (
        ["rate", "--method", "large", "--ell", "1", "--L", "2", "--latex", "no/such.tex"],
        "cannot be",
    ),
    ([*RATE, "--json", "--latex"], "argument --latex: not allowed with argument --json"),
    ([*RATE, "--latex", "x.tex", "--json"], "--json: not allowed with argument --latex"),
    *(([*command, *sizes], said) for command in (RATE, RATIO) for sizes, said in ALONE),
    *(([*MINIMAX, *sizes], said) for sizes, said in ALONE[3:5]),
    *(([*RATE, *sizes], said) for sizes, said in THREE),
    *(([*MINIMAX, *sizes], said) for sizes, said in THREE[:1]),
    ([*RATE, "--initial", "-1", "--cross", "1"], "initial = -1: must be ≥ 0"),
    ([*RATE, "--initial", "1", "--cross", "-0.5"], "cross = -1/2: must be ≥ 0"),
    ([*RATE, "--initial", "nan", "--cross", "1"], "initial = 'nan': the string is not a number"),
    ([*RATE, "--residual", "1", "--drift", "inf"], "drift = 'inf': the string is not a number"),
    ([*RATE, "--residual", "exit()", "--hessian", "1"], "residual = 'exit()': the string is not"),
    ([*RATE, "--initial", "1e999", "--cross", "1"], "exceeds the range of floats"),
    ([*RATE, "--initial", "--cross", "1"], "argument --initial: expected one argument"),
    (["optimal", "--ell", "1", "--L", "2", "--t", "3", "--density", "unifrom"], "uniform?"),
    (["optimal", "--ell", "1", "--L", "2", "--t", "3", "--density", "gegenbauer"], "give --alpha"),
    (["optimal", "--ell", "1", "--L", "2", "--t", "-3"], "t = -3: must be ≥ 0"),
    (["optimal", "--ell", "1", "--L", "2", "--t", "3", "--eta", "-1"], "eta"),
    (["optimal", "--ell", "1", "--L", "2", "--t", "3", "--initial", "1"], "add --minimax"),
    (["optimal", "--ell", "1", "--L", "2", "--t", "3", "--minimax", "--eta", "1"], "worst case"),
    (["optimal", "--ell", "1", "--L", "2", "--t", "3", "--json", "--latex"], "not allowed with"),
    ([*PLAN, "--json", "--latex"], "argument --latex: not allowed with argument --json"),
    ([*OPTIMAL, "--gap", "2", "3"], "gap = '2 3': has no place in a density; add --minimax"),
    ([*OPTIMAL, "--minimax", "--gap", "3"], "argument --gap: expected 2 arguments"),
    ([*OPTIMAL, "--minimax", "--gap", "3", "x"], "gap = 'x': the string is not a number"),
    ([*OPTIMAL, "--minimax", "--gap", "3", "2"], "gap = '3 2': must have 1 ≤ A < B ≤ 9; give"),
    ([*OPTIMAL, "--minimax", "--gap", "3", "10"], "gap = '3 10': must have 1 ≤ A < B ≤ 9; give"),
    (
        [*OPTIMAL, "--minimax", "--gap", "2", "5", "--gap", "4", "6"],
        "gap = '4 6': must have 5 ≤ A < B ≤ 9: gaps do not overlap",
    ),
    ([*RATE, "--gap", "0", "2"], "gap = 0: must be > 0"),
    (["plan", "--data", "diabetes", "--budget", "9", "--gap", "1", "2"], "measured from --data"),
    (["plan", "--ell", "1", "--L", "9", "--budget", "9"], "residual is not given: the size of"),
    (["frobnicate"], "there is no command 'frobnicate'; there are report, rate,"),
    (["plan", "--budget", "10"], "ell is not given: the spectrum is needed"),
    (["plan", "--ell", "1", "--L", "10", "--budget", "10"], "the size of the initial error is"),
    ([*PLAN, "--residual", "1", "--drift", "1"], "budget, target = (None, None): exactly one"),
    ([*PLAN, "--residual", "1", "--drift", "1", "--budget", "9", "--target", "1"], "exactly one"),
    ([*PLAN, "--residual", "1", "--drift", "1", "--budget", "1"], "is too small for one step"),
    ([*PLAN, "--residual", "1", "--drift", "1", "--budget", "-1"], "budget = -1: must be ≥ 0"),
    ([*PLAN, "--residual", "1", "--drift", "1", "--budget", "9e9"], "must be an integer"),
    ([*PLAN, "--residual", "1", "--drift", "1", "--budget", "999999"], "must be ≤ 600"),
    ([*PLAN, "--residual", "1", "--drift", "1", "--target", "0"], "target = 0: must be > 0"),
    ([*PLAN, "--residual", "1", "--drift", "1", "--target", "1e-300"], "is not guaranteed by"),
    ([*PLAN, "--residual", "-1", "--drift", "1", "--budget", "9"], "residual = -1: must be ≥ 0"),
    ([*PLAN, "--residual", "exit()", "--drift", "1", "--budget", "9"], "is not a number"),
    (
        [*PLAN, "--initial", "2", "--residual", "1", "--drift", "1", "--budget", "9"],
        "both are ‖E‖ = ‖∂x_0 − ∂x*‖ and must be equal",
    ),
    (
        [*PLAN, "--residual", "1", "--drift", "1", "--cross", "100", "--budget", "9"],
        "G = D + HE needs ‖G‖ ≤ ‖D‖ + L‖E‖ = 11",
    ),
    (["plan", "--ell", "9", "--L", "1", "--budget", "9", "--residual", "1", "--drift", "1"], "ell"),
    ([*PLAN, "--residual", "1", "--drift", "1", "--budget", "9", "--x0", "far"], "give --data too"),
    (["plan", "--data", "diabetes", "--budget", "9", "--ell", "1"], "is measured from --data"),
    (["plan", "--data", "diabetes", "--budget", "9", "--drift", "1"], "is measured from --data"),
    (["plan", "--data", "data.csv", "--budget", "9"], "give --column COLUMN"),
    (["plan", "--data", "diabetes", "--budget", "9", "--column", "y"], "leave --column out"),
    ([*PLAN, "--residual", "1", "--drift", "1", "--budget", "9", "--column", "y"], "--data too"),
    (["plan", "--data", "diabetse", "--budget", "9"], "did you mean diabetes?"),
    (["plan", "--bugdet", "9"], "did you mean --budget?"),
    (
        [*PLAN, "--residual", "1", "--drift", "1", "--budget", "9", "--plot", "plan.png"],
        "must end in .svg or .pdf",
    ),
    (
        [*PLAN, "--residual", "1", "--drift", "1", "--budget", "4", "--plot", "no/such.svg"],
        "plot = 'no/such.svg': cannot be written",
    ),
    (["verify", "--trials", "0"], "trials = 0: must be ≥ 1"),
    (["verify", "--data", "data.csv"], "give --column COLUMN"),
    (["verify", "--dim", "0"], "dim = 0: must be ≥ 1"),
    (["figures", "figrue1"], "did you mean figure1?"),
    (["figures", "--out", "data.csv"], "exists and is not a folder"),
]


@pytest.mark.parametrize(("argv", "expected"), BAD, ids=lambda value: " ".join(value)[:60])
def test_bad_input_gets_one_line_and_leaves_nothing_behind(
    argv: list[str],
    expected: str,
    here: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("sklearn")
    monkeypatch.delitem(sys.modules, "own", raising=False)
    (here / "data.csv").write_text("a,b,y\n1,2,3\n2,1,5\n4,4,4\n", encoding="utf-8")
    (here / "long.csv").write_text("a,price\n1,3\n2,5\n4,4\n", encoding="utf-8")
    (here / "text.csv").write_text("a,y\n1,3\nx,5\n", encoding="utf-8")
    (here / "own.py").write_text(OWN, encoding="utf-8")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    (here / "theirs").mkdir()
    (here / "theirs" / "precious").write_text("keep", encoding="utf-8")
    before = sorted(path.relative_to(here) for path in here.rglob("*"))
    run = Run(capsys, *argv)
    assert run.status == 2
    assert run.out == ""
    assert run.err.count("\n") == 1 and run.err.startswith("polyrates")
    assert expected in run.err
    assert "Traceback" not in run.err
    assert sorted(path.relative_to(here) for path in here.rglob("*")) == before


@pytest.mark.parametrize(
    "command",
    ["", "report", "rate", "optimal", "plan", "verify", "certify", "figures", "certificate"],
)
def test_help_is_documentation_with_examples(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Run(capsys, *filter(None, [command]), "--help")
    assert run.status == 0
    assert "examples\n  polyrates" in run.out
    assert max(map(len, run.out.splitlines())) <= 100


def test_the_examples_of_the_help_parse(capsys: pytest.CaptureFixture[str]) -> None:
    import shlex

    parser, commands = make_parser()
    for each in commands.values():
        lines = (each.epilog or "").splitlines()
        examples = [line.strip() for line in lines if line.strip().startswith("polyrates ")]
        assert examples
        for example in examples:
            assert parser.parse_known_args(shlex.split(example)[1:])[1] == [], example


def test_without_arguments_it_explains_itself_and_does_not_succeed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = Run(capsys)
    assert run.status == 2 and run.out == "" and "polyrates report" in run.err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(capsys, "--version")
    assert run.status == 0 and run.out == f"polyrates {pr.__version__}\n"


GD = ["rate", "--method", "gradient-descent", "--step", "2/11", "--ell", "1", "--L", "10"]


def test_rate_says_what_the_library_says(capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(capsys, *GD, "--steps", "20", "--json")
    assert run.status == 0 and run.err == ""
    said = json.loads(run.out)
    rate = pr.rate(pr.GradientDescent(Fraction(2, 11)), pr.Interval(1, 10))
    assert said["initial"]["burn_in"] == 18 == rate.initial.burn_in
    assert (said["initial"]["peak_at"], said["initial"]["status"]) == (5, "proved")
    assert said["initial"]["exact_at_last_step"] == str(rate.initial(20))
    assert np.array_equal(said["cross"]["curve"], rate.cross.curve(20))
    table = Run(capsys, *GD)
    assert "burn-in           18" in table.out and str(rate.initial(20)) in table.out


PAIRS = [("initial", "cross"), ("residual", "drift"), ("residual", "hessian")]


@pytest.mark.parametrize(("first", "second"), PAIRS)
@pytest.mark.parametrize(
    ("spec", "method"),
    [
        ("large", pr.GradientDescent.large(1, 10)),
        ("chebyshev", pr.Chebyshev(1, 10)),
        ("short", pr.GradientDescent.short(1, 10)),
        ("sobolev", pr.Sobolev(pr.GegenbauerDensity(1, 10, 0), 1)),
        ("harmonic", pr.HarmonicSobolev(1, 10, 1, "residual/drift")),
    ],
)
def test_rate_with_two_sizes_has_the_worst_case(
    spec: str, method: pr.Method, first: str, second: str, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ["rate", "--method", spec, "--ell", "1", "--L", "10", "--steps", "6"]
    sizes = [f"--{first}", "2", f"--{second}", "1/3"]
    said = json.loads(Run(capsys, *argv, *sizes, "--json").out)
    worst = said.pop("worst_case")
    assert said == json.loads(Run(capsys, *argv, "--json").out)
    rate = pr.rate(method, pr.Interval(1, 10))
    values = [rate.worst_case(t, **{first: 2, second: Fraction(1, 3)}) for t in range(7)]
    exact = [not isinstance(value, float) for value in values]
    assert worst["sizes"] == {first: "2", second: "1/3"}
    assert worst["status"] == ("proved" if all(exact) else "certified")
    assert worst["exact_at_last_step"] == (str(values[6]) if exact[6] else None)
    for shown, value in zip(worst["curve"], values, strict=True):
        assert shown >= value and shown == pytest.approx(float(value), rel=1e-15)
    lines = Run(capsys, *argv, *sizes).out.splitlines()
    assert next(line for line in lines if "residual" in line and "cross" in line).endswith(
        "residual   worst case"
    )
    shown = [line for line in lines if line[:7].strip().isdigit()]
    assert [line.split()[-1] for line in shown] == [f"{value:.6g}" for value in worst["curve"]]
    assert f"worst case for {first} 2, {second} 1/3" in lines
    assert (f"worst case at t = 6, exactly: {values[6]}" in lines) == exact[6]


def test_the_worst_case_of_a_divergent_run_is_infinite(capsys: pytest.CaptureFixture[str]) -> None:
    argv = ["rate", "--method", "gradient-descent", "--step", "1", "--ell", "1", "--L", "10"]
    run = Run(capsys, *argv, "--steps", "400", "--initial", "1", "--cross", "1")
    last = next(line for line in run.out.splitlines() if line.startswith("    400"))
    assert run.status == 0 and last.split()[-1] == "inf"


def test_of_estimators_the_worst_case_is_certified(capsys: pytest.CaptureFixture[str]) -> None:
    for estimator in ("one-step", "implicit", "truncated:2"):
        argv = [*RATE, "--steps", "4", "--estimator", estimator, "--initial", "1", "--cross", "0"]
        assert json.loads(Run(capsys, *argv, "--json").out)["worst_case"]["status"] == "certified"


@pytest.mark.parametrize(
    "argv",
    [
        ["--method", "large"],
        ["--method", "flat", "--estimator", "one-step"],
        ["--method", "heavy-ball"],
        ["--method", "heavy-ball", "--step", "1/10", "--momentum", "1/4", "--first-step", "1/11"],
        ["--method", "nesterov", "--momentum", "1/3"],
        ["--method", "chebyshev", "--estimator", "implicit"],
        ["--method", "gegenbauer", "--alpha", "3/2", "--estimator", "truncated:3"],
        ["--method", "sobolev", "--eta", "2", "--alpha", "1/2"],
        ["--method", "chebyshev:L=20"],
        ["--method", "gradient-descent", "--step", "1"],
    ],
)
def test_rate_of_every_method(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(capsys, "rate", *argv, "--ell", "1", "--L", "10", "--steps", "8")
    assert run.status == 0, run.err
    assert "burn-in" in run.out and run.err == ""


def test_optimal_is_the_sobolev_optimum(capsys: pytest.CaptureFixture[str]) -> None:
    argv = ["optimal", "--ell", "1", "--L", "9", "--density", "uniform", "--t", "5", "--eta", "2"]
    said = json.loads(Run(capsys, *argv, "--json").out)
    best = pr.sobolev_optimal(pr.Uniform(1, 9), 5, 2)
    assert said["value_exact"] == str(best.value) and said["status"] == "proved"
    assert said["coefficients_low_to_high"][0] == "1"
    assert all(a <= b for a, b in zip(said["values"], said["chebyshev"], strict=True))
    assert "proved" in Run(capsys, *argv).out


def test_minimax_is_certified(capsys: pytest.CaptureFixture[str]) -> None:
    argv = ["optimal", "--ell", "1", "--L", "10", "--t", "10", "--minimax"]
    said = json.loads(Run(capsys, *argv, "--json").out)
    assert said["status"] == "certified"
    assert said["lower"] <= 0.0659537 * (1 + 1e-5) and said["upper"] >= 0.0659537 * (1 - 1e-5)
    assert said["gap"] < 1e-10 and said["chebyshev"] > 10 * said["upper"]
    run = Run(capsys, *argv[:-1], "--minimax", "--residual", "1", "--drift", "2")
    assert run.status == 0 and "residual 1, drift 2" in run.out


def test_an_error_of_size_zero_has_no_times(capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(capsys, *OPTIMAL, "--minimax", "--initial", "0", "--cross", "0")
    assert run.status == 0 and "upper bound     0\nChebyshev       0\n" in run.out


GAPS = ["--ell", "0.01", "--L", "1.1", "--gap", "0.5", "0.9", "--gap", "1/10", "1/2"]
TEXTS = [["1/100", "1/10"], ["1/2", "1/2"], ["9/10", "11/10"]]
PIECES = pr.Union(TEXTS)


def test_a_spectrum_with_gaps_is_what_the_library_takes(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = "[1/100, 1/10] ∪ {1/2} ∪ [9/10, 11/10]"
    argv = ["optimal", *GAPS, "--t", "12", "--minimax", "--cross", "1/10"]
    best = pr.minimax_optimal(PIECES, 12, initial=1, cross=Fraction(1, 10))
    said = json.loads(Run(capsys, *argv, "--json").out)
    assert said["spectrum"] == {"ell": "1/100", "L": "11/10", "support": TEXTS}
    assert (said["lower"], said["upper"]) == (best.lower, best.upper)
    assert f"on {shown} at t = 12, initial 1, cross 1/10: certified" in Run(capsys, *argv).out

    argv = ["rate", *GAPS, "--method", "chebyshev", "--steps", "9"]
    said = json.loads(Run(capsys, *argv, "--json").out)
    rate = pr.rate(pr.Chebyshev(Fraction(1, 100), Fraction(11, 10)), PIECES)
    assert said["spectrum"]["support"] == TEXTS
    assert said["initial"]["exact_at_last_step"] == str(rate.initial(9))
    assert f"unrolled, on {shown}\n" in Run(capsys, *argv).out

    argv = ["plan", *GAPS, "--budget", "12", "--residual", "1", "--drift", "1/10"]
    run = Run(capsys, *argv, "--plot", "plan.svg")
    plan = pr.plan(PIECES, 12, residual=1, drift=Fraction(1, 10))
    assert "spectrum in [0.01, 0.1] ∪ {0.5} ∪ [0.9, 1.1]" in " ".join(run.out.split())
    program = run.out.strip().splitlines()[-1].removeprefix("in Python: ")
    again = eval(program, {"pr": pr})
    assert again.verdict == plan.verdict and again.spectrum == PIECES
    said = json.loads(Run(capsys, *argv, "--json").out)
    assert said["spectrum"]["support"] == [[0.01, 0.1], [0.5, 0.5], [0.9, 1.1]]
    assert said["verdict"] == plan.verdict and (here / "plan.svg").exists()


def test_plan_says_what_the_library_says(capsys: pytest.CaptureFixture[str]) -> None:
    argv = [*PLAN, "--budget", "24", "--residual", "1", "--drift", "0.5"]
    run = Run(capsys, *argv, "--json")
    assert run.status == 0 and run.err == ""
    said = json.loads(run.out)
    plan = pr.plan(pr.Interval(1, 10), 24, residual=1, drift=Fraction(1, 2))
    assert said["verdict"] == plan.verdict and said["sizes"]["D"] == 0.5
    assert [(row["method"], row["estimator"], row["guarantee"]) for row in said["rows"]] == [
        (row.label, row.family, row.guarantee) for row in plan.rows
    ]
    assert all(row["products"] <= 24 and "observed" not in row for row in said["rows"])
    text = Run(capsys, *argv).out
    assert max(map(len, text.splitlines())) <= 79
    assert " ".join(text.split("\n\n")[0].split()) == plan.verdict
    # the last line is Python that makes the same plan
    program = text.strip().splitlines()[-1].removeprefix("in Python: ")
    assert eval(program, {"pr": pr}).verdict == plan.verdict


def test_plan_for_a_target(capsys: pytest.CaptureFixture[str]) -> None:
    argv = [*PLAN, "--initial", "1", "--cross", "1", "--target", "1/100", "--json"]
    said = json.loads(Run(capsys, *argv).out)
    assert said["target"] == 0.01 and said["rows"][0]["guarantee"] <= 0.01
    fewer = [*PLAN, "--initial", "1", "--cross", "1", "--budget", str(said["budget"] - 1)]
    assert json.loads(Run(capsys, *fewer, "--json").out)["rows"][0]["guarantee"] > 0.01


def test_plan_from_data_runs_every_row(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("sklearn")
    argv = ["plan", "--data", "diabetes", "--penalty", "0.5", "--budget", "12"]
    said = json.loads(Run(capsys, *argv, "--json", "--plot", "plan.svg").out)
    assert len(said["rows"]) > 20
    for row in said["rows"]:
        assert 0 < row["observed"] <= row["guarantee"] * (1 + 1e-9)
    assert (here / "plan.svg").read_bytes().startswith(b"<?xml")
    text = Run(capsys, *argv).out
    assert "observed" in text and max(map(len, text.splitlines())) <= 79


MINE = """
import numpy as np
import polyrates as pr


def make():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((30, 4))
    problem = pr.PseudoHuber(X, X @ np.ones(4) + rng.standard_cauchy(30), 0.1)
    object.__setattr__(problem, "x0", 3 * np.ones(4))
    return problem


def zero():
    return 0
"""


def test_plan_for_a_problem_of_ones_own(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "folder").mkdir()
    (here / "folder" / "mine_to_plan.py").write_text(MINE)
    argv = ["plan", "--model", "folder/mine_to_plan.py:make", "--budget", "12"]
    said = json.loads(Run(capsys, *argv, "--json").out)
    assert "observed" in said["verdict"] and said["status"] == "predicted"
    assert not any("guarantee" in row for row in said["rows"])
    assert all(row["status"] == "predicted" and row["predicted"] > 0 for row in said["rows"])
    errors = [row["observed"] for row in said["rows"]]
    assert errors == sorted(errors) and errors[0] < 0.2 * errors[-1]
    text = Run(capsys, *argv).out
    assert "predicted  observed" in text and max(map(len, text.splitlines())) <= 79
    assert "guarantee" not in text and "certified" not in text
    elsewhere = json.loads(Run(capsys, *argv, "--x0", "zero", "--json").out)
    assert elsewhere["sizes"] != said["sizes"]
    for more, words in (
        (["--ell", "1"], "is measured from --model"),
        (["--penalty", "1"], "goes without --model"),
    ):
        assert words in Run(capsys, *argv, *more).err
    for where, words in (
        ("folder/mine_to_plan.py:zero", "has no gradient"),
        ("folder/mine_to_plan.py", "is not module:function"),
        ("folder/nobody.py:make", "there is no such file"),
    ):
        run = Run(capsys, "plan", "--model", where, "--budget", "12")
        assert run.status == 2 and words in run.err


def test_verify_agrees_and_exits_accordingly(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    argv = [
        "verify",
        "--trials",
        "1",
        "--dim",
        "6",
        "--steps",
        "20",
        "--methods",
        "large,chebyshev",
    ]
    run = Run(capsys, *argv)
    assert run.status == 0 and "2 of 2 runs agree" in run.out
    assert json.loads(Run(capsys, *argv, "--noncommuting", "--json").out)["ok"] is True
    assert "gap and growth are over the initial error; a gap of 1e-10 max(1, growth)" in run.out
    wild = [*argv[:-1], "short,gradient-descent:step=1"]
    run = Run(capsys, *wild)
    assert run.status == 0 and "* the error still grows at the end: the run diverges" in run.out
    assert [line.endswith("*") for line in run.out.splitlines()[1:3]] == [False, True]
    rows = json.loads(Run(capsys, *wild, "--json").out)["runs"]
    assert [row["growing"] for row in rows] == [False, True]
    assert rows[1]["tolerance"] == 1e-10 * rows[1]["growth"] >= rows[1]["gap"] > 1
    from polyrates.measurement import verify

    monkeypatch.setattr(verify, "TOLERANCE", 0.0)
    run = Run(capsys, *argv)
    assert run.status == 1 and "FAILS" in run.out


@pytest.mark.parametrize("command", ["report", "verify"])
@pytest.mark.parametrize("option", ["--column", "--target"])
def test_the_column_has_an_older_name(
    command: str, option: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = np.random.default_rng(0).standard_normal((12, 3))
    text = "a,b,y\n" + "".join(",".join(map(str, row)) + "\n" for row in rows.tolist())
    (here / "data.csv").write_text(text, encoding="utf-8")
    argv = [command, "--data", "data.csv", "--steps", "8", "--methods", "large"]
    run = Run(capsys, *argv, option, "y")
    assert run.status == 0 and "data.csv" in run.out and run.err == ""
    if command == "report":
        again = (here / "polyrates-report" / "report.json").read_text(encoding="utf-8")
        assert " --column y " in json.loads(again)["command"]
    assert "--target" not in Run(capsys, command, "--help").out


def test_plan_says_what_it_draws_on_a_terminal_only(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    argv = [*PLAN, "--budget", "8", "--residual", "1", "--drift", "1", "--plot", "plan.svg"]
    quiet = Run(capsys, *argv)
    assert quiet.status == 0 and quiet.err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    run = Run(capsys, *argv)
    said = [re.sub(r" … \d\d:\d\d *$", "", line) for line in run.err.split("\r")]
    assert said[-1] == "" == said[-2].strip()  # nothing stays on the line
    assert {"ranking", "picture", "guarantees for N = 8, up to 16"} <= {*map(str.strip, said)}
    assert run.out == quiet.out


DOCUMENTS = [
    [*GD, "--latex"],
    [*GD, "--initial", "2", "--cross", "1/3", "--latex"],
    [*RATE, "--residual", "2", "--hessian", "0.1", "--latex"],
    ["rate", "--method", "sobolev", "--ell", "1", "--L", "10", "--steps", "6", "--latex"],
    ["optimal", "--ell", "1", "--L", "100", "--t", "6", "--latex"],
    ["optimal", "--ell", "1", "--L", "10", "--t", "6", "--minimax", "--latex"],
    [*PLAN, "--budget", "20", "--residual", "1", "--drift", "1/3", "--latex"],
    ["rate", *GAPS, "--method", "large", "--initial", "1", "--cross", "1", "--latex"],
    ["optimal", *GAPS, "--t", "6", "--minimax", "--latex"],
    ["plan", *GAPS, "--budget", "12", "--residual", "1", "--drift", "1", "--latex"],
]


@pytest.mark.parametrize("argv", DOCUMENTS, ids=lambda argv: " ".join(argv)[:40])
def test_latex_is_a_document_that_compiles(
    argv: list[str], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Run(capsys, *argv)
    assert run.status == 0
    assert run.out.startswith("\\documentclass") and run.out.endswith("\\end{document}\n")
    assert Run(capsys, *argv, "doc.tex").out == ""
    assert (here / "doc.tex").read_text(encoding="utf-8") == run.out
    require("tex", shutil.which("pdflatex") is not None)
    compile_tex(here, "doc.tex")


def compile_tex(folder: Path, name: str) -> None:
    done = finished(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", name], cwd=folder)
    assert done.returncode == 0, done.stdout[-2000:]


def command(*argv: str) -> list[str]:
    return [sys.executable, "-m", "polyrates", *argv]


def test_in_a_pipe_there_is_no_progress_and_a_closed_pipe_is_no_crash(here: Path) -> None:
    done = finished(command(*GD))
    assert done.returncode == 0 and done.stderr == ""
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as closed:
        done = finished(command(*GD, "--json"), stdout=closed)
    assert "Traceback" not in done.stderr and done.returncode != 0


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_leaves_nothing(kind: int, here: Path) -> None:
    pytest.importorskip("sklearn")
    program = (
        "import signal, sys, polyrates.report.analysis; from polyrates.cli.entry import main\n"
        # where this suite runs in the background, its children inherit an ignored SIGINT
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "print('ready', flush=True); sys.exit(main(['report', '--steps', '1000']))"
    )
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with started([sys.executable, "-c", program], **pipes) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(1)
        process.send_signal(kind)
        _, error = process.communicate(timeout=60)
    assert process.returncode in (130, 143)
    assert "Traceback" not in error
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(("sizes", "said"), [*ALONE, *THREE])
def test_python_says_of_sizes_what_the_commands_say(sizes: list[str], said: str) -> None:
    given = {
        name.removeprefix("--"): int(size) for name, size in zip(*[iter(sizes)] * 2, strict=True)
    }
    rate, interval = pr.rate(pr.Chebyshev(1, 10), pr.Interval(1, 10)), pr.Interval(1, 9)
    calls = [lambda: rate.worst_case(3, **given)]
    if len(given) < 3:
        calls.append(lambda: pr.plan(interval, 9, **given))
    if "hessian" not in given:
        calls.append(lambda: pr.minimax_optimal(interval, 4, **given))
    for call in calls:
        with pytest.raises(pr.InvalidValue) as caught:
            call()
        assert str(caught.value).startswith(said)


def test_an_interrupt_at_any_line_of_the_entry_is_no_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Ctrl-C before the command begins, while the streams are set up, or after it has ended."""
    module = sys.modules[main.__module__]
    moment = 0
    while True:
        left, stopped = moment, False

        def line(frame: Any, event: str, _: object) -> Any:
            nonlocal left, stopped
            if event == "line" and not stopped:
                left -= 1
                if left < 0:
                    stopped = True
                    raise KeyboardInterrupt
            return line

        def call(frame: Any, event: str, _: object) -> Any:
            inner = frame.f_code.co_name in ("_main", "_command", "_work", "_signals", "spelled")
            return line if inner and frame.f_code.co_filename != __file__ else None

        before = sys.gettrace()
        sys.settrace(call)
        try:
            status = main(["figures", "--list"])
        finally:
            sys.settrace(before)
        said = capsys.readouterr().err
        if not stopped:
            break
        assert status in (0, 130) and said.count("\n") <= 1, (moment, said)
        assert "interrupted" in said or status == 0
        moment += 1
    assert moment > 30 and module is not None

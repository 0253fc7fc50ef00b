"""``polyrates certify``: a gate that a test suite can stand behind."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import polyrates as pr
from polyrates.cli.entry import main

MODEL = """
import numpy as np
import polyrates as pr

def problem(p=None):
    rng = np.random.default_rng(3)
    X, y = rng.standard_normal((30, 6)), rng.standard_normal(30)
    return pr.Ridge(X, y, 0.3 if p is None else np.full(p, 0.3))

def make():
    return problem()

def wide():
    return problem(6)

class Bare:
    def __init__(self):
        base = problem()
        self.gradient, self.hvp, self.cross = base.gradient, base.hvp, base.cross

def turned():
    bare = Bare()
    H = problem().hessian
    bare.hvp = lambda x, v: H @ v + 0.3 * np.roll(v, 1)
    return bare

def failing():
    bare = Bare()
    bare.hvp = lambda x, v: 1 / 0
    return bare
"""


@pytest.fixture
def problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pr.Ridge:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(MODEL, encoding="utf-8")
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    monkeypatch.delitem(__import__("sys").modules, "mine", raising=False)
    rng = np.random.default_rng(3)
    found = pr.Ridge(rng.standard_normal((30, 6)), rng.standard_normal(30), 0.3)
    x = found.solution + 1e-3
    np.save("x.npy", x)
    np.save("J.npy", found.solution_jacobian + 1e-2)
    np.savetxt("x.csv", x, delimiter=",")
    np.savetxt("J.csv", found.solution_jacobian + 1e-2, delimiter=",")
    return found


FILES = ["--x", "x.npy", "--jacobian", "J.npy"]
BASE = ["certify", "--model", "mine:make", *FILES]


@pytest.mark.parametrize("model", ["mine:make", "mine.py:make"])
@pytest.mark.parametrize("kind", ["npy", "csv"])
def test_it_says_what_the_library_says(
    model: str, kind: str, problem: pr.Ridge, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ["certify", "--model", model, "--x", f"x.{kind}", "--jacobian", f"J.{kind}", "--json"]
    assert main(argv) == 0
    said = json.loads(capsys.readouterr().out)
    J = problem.solution_jacobian + 1e-2
    found = pr.certify(problem, problem.solution + 1e-3, J)
    assert said["bound"] == pytest.approx(found.bound, rel=1e-12)
    assert said["lower"] <= 1e-2 * np.sqrt(6) <= said["bound"]
    assert said["status"] == "certified" and said["met"] and said["at_most"] is None


def test_several_parameters(problem: pr.Ridge, capsys: pytest.CaptureFixture[str]) -> None:
    wide = pr.Ridge(problem.X, problem.y, np.full(6, 0.3))
    np.savetxt("W.csv", 1.01 * wide.solution_jacobian, delimiter=",")
    argv = ["certify", "--model", "mine:wide", "--x", "x.csv", "--jacobian", "W.csv", "--json"]
    assert main(argv) == 0
    error = 0.01 * float(np.linalg.norm(wide.solution_jacobian))
    said = json.loads(capsys.readouterr().out)
    assert said["lower"] <= error * (1 + 1e-9) and error <= said["bound"]


@pytest.mark.parametrize(("goal", "status"), [("0.02449", 1), ("0.0245", 0), ("1", 0), ("0", 1)])
def test_the_gate(
    goal: str, status: int, problem: pr.Ridge, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error is 1e-2·√6 = .02449; six products in six dimensions close the bracket."""
    np.save("x.npy", problem.solution)
    assert main([*BASE, "--at-most", goal, "--products", "6"]) == status
    said = capsys.readouterr()
    assert said.out.count("\n") == 1 and "certified" in said.out
    assert said.err.count("\n") == status and ("is more" in said.err) == bool(status)


def test_a_prediction_meets_no_gate(problem: pr.Ridge, capsys: pytest.CaptureFixture[str]) -> None:
    bare = ["certify", "--model", "mine:Bare", *FILES, "--at-most", "1"]
    assert main(bare) == 1
    said = capsys.readouterr()
    assert "only predicted" in said.err and "≤" not in said.out and "predicted" in said.out
    assert main([*bare, "--predicted"]) == 0
    known = ["--ell", "0.3", "--hessian-lipschitz", "0", "--mixed-lipschitz", "0.3"]
    assert main([*bare, *known]) == 0


BAD = [
    (["certify", *FILES], "required: --model"),
    ([*BASE, "--ell", "0"], "ell = 0: must be > 0"),
    ([*BASE, "--ell", "-1"], "must be > 0"),
    ([*BASE, "--ell", "1e3"], "has an eigenvalue of at most"),
    ([*BASE, "--ell", "nan"], "not a number"),
    ([*BASE, "--products", "0"], "products = 0: must be ≥ 1"),
    ([*BASE, "--at-most", "-1"], "at-most"),
    ([*BASE, "--at-most", "exit()"], "not a number"),
    ([*BASE, "--hessian-lipschitz", "1"], "give --mixed-lipschitz too"),
    ([*BASE, "--hessian-lipschitz", "1", "--mixed-lipschitz", "1"], "give --ell too"),
    (["certify", "--model", "mine:make", "--x", "no.npy", "--jacobian", "J.npy"], "no such file"),
    (["certify", "--model", "mine:make", "--x", "short.npy", "--jacobian", "J.npy"], "x = "),
    (["certify", "--model", "mine:make", "--x", "x.npy", "--jacobian", "short.npy"], "not fit"),
    (["certify", "--model", "mine:make", "--x", "x.npy", "--jacobian", "nan.npy"], "NaN"),
    (["certify", "--model", "mine:make", "--x", "x.npy", "--jacobian", "words.npy"], "dtype"),
    (["certify", "--model", "mine:make", "--x", "x.npy", "--jacobian", "fake.npy"], "no array"),
    (["certify", "--model", "mine:make", "--x", "x.npy", "--jacobian", "objects.npy"], "no array"),
    (["certify", "--model", "mine:make", "--x", "words.csv", "--jacobian", "J.npy"], "'a' is not"),
    (["certify", "--model", "mine:make", "--x", "x.npy", "--jacobian", "ragged.csv"], "one length"),
    (["certify", "--model", "mine:make", "--x", "x.npy", "--jacobian", "empty.csv"], "one length"),
    (["certify", "--model", "mine:none", *FILES], "has no function none"),
    (["certify", "--model", "none.py:make", *FILES], "there is no such file"),
    (["certify", "--model", "mine:turned", *FILES], "symmetric"),
    (["certify", "--model", "mine:failing", *FILES], "raised ZeroDivisionError"),
    ([*BASE, "--atmost", "1"], "did you mean --at-most?"),
]


@pytest.mark.parametrize(("argv", "said"), BAD, ids=lambda value: " ".join(value)[-50:])
def test_bad_input_ends_with_two_and_one_line(
    argv: list[str], said: str, problem: pr.Ridge, capsys: pytest.CaptureFixture[str]
) -> None:
    np.save("short.npy", np.zeros(3))
    np.save("nan.npy", np.full(6, np.nan))
    np.save("words.npy", np.array(["a"] * 6))
    np.save("objects.npy", np.array([{}] * 6), allow_pickle=True)
    for name, text in (("fake.npy", "1,2"), ("words.csv", "a\n1"), ("ragged.csv", "1,2\n3")):
        Path(name).write_text(text, encoding="utf-8")
    Path("empty.csv").write_text("\n", encoding="utf-8")
    before = sorted(Path().iterdir())
    assert main(argv) == 2
    found = capsys.readouterr()
    assert found.out == "" and found.err.count("\n") == 1
    assert found.err.startswith("polyrates certify: ") and said in found.err
    assert sorted(Path().iterdir()) == before

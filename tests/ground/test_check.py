"""The checker: it stands alone, refuses every harm by its clause, and its arithmetic bounds."""

from __future__ import annotations

import ast
import json
import math
import random
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from support import clause_against, finished

import polyrates as pr
from polyrates.ground import check
from polyrates.ground.certificates import checker, write_checker
from polyrates.ground.check import BITS, ORDER, Model, Newton, below, small
from polyrates.ground.check_reading import Refused

POINTS = pr.Union([(2, 2), (5, 5), (9, 9)])


def alone(folder: Path, name: str) -> subprocess.CompletedProcess[str]:
    return finished([sys.executable, "-I", "-S", "check.py", name], cwd=folder)


def test_the_copied_checker_proves_every_kind_and_refuses(tmp_path: Path) -> None:
    assert write_checker(tmp_path).read_text(encoding="utf-8") == checker()
    assert "polyrates." not in "".join(
        line for line in checker().splitlines() if line.lstrip().startswith(("import", "from"))
    )
    proofs = {
        "minimax": pr.minimax_optimal(POINTS, 3, initial=1, cross=1).certificate,
        "sobolev": pr.sobolev_optimal(pr.Uniform(1, 9), 3, 1).certificate,
        "supremum": pr.rate(pr.Chebyshev(1, 9), pr.Interval(1, 9)).initial.certificate(4),
        "chebyshev": pr.lower_bound_certificate((1, 9), 4),
        "switching": pr.switching_rate(pr.Nesterov.tuned(1, 9), (1, 9)).certificate.proof,
    }
    for kind, proof in proofs.items():
        name = f"{kind}.json"
        proof.save(tmp_path / name)
        said = alone(tmp_path, name)
        ours = pr.check_certificate(tmp_path / name)
        assert said.returncode == 0 and said.stderr == ""
        assert said.stdout == f"proved: {ours.statement}\n" and ours.ok and ours.clause == ""
    (tmp_path / "text.json").write_text("no certificate")
    for name in ("absent.json", "text.json"):
        said = alone(tmp_path, name)
        assert said.returncode == 2 and said.stdout == "" and said.stderr.count("\n") == 1
    content = json.loads((tmp_path / "minimax.json").read_text())
    (tmp_path / "bad.json").write_text(json.dumps({**content, "degree": "4"}))
    said = alone(tmp_path, "bad.json")
    assert said.returncode == 1 and said.stdout == "" and "'digest'" in said.stderr
    assert {path.name for path in tmp_path.iterdir()} == {
        "check.py", "bad.json", "text.json", *(f"{kind}.json" for kind in proofs)
    }  # fmt: skip


def test_the_minimax_checker_is_a_file_of_its_own_that_stays_short() -> None:
    """Beside the reader it needs nothing, and no other kind changes a name of it."""
    names, lines = dict[str, set[str]](), dict[str, int]()
    for path in Path(check.__file__).parent.glob("check*.py"):
        text = path.read_text(encoding="utf-8")
        tree, rows = ast.parse(text), text.splitlines()
        docs = {
            line
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            for line in range(node.lineno - 1, node.end_lineno or 0)
        }
        held = [row for i, row in enumerate(rows) if i not in docs and row.strip()]
        lines[path.name] = sum(not row.lstrip().startswith("#") for row in held)
        names[path.name] = {
            n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)
        }
    print("lines of code:", lines)
    assert lines["check.py"] <= 255 and lines["check_reading.py"] <= 60
    everything = [name for found in names.values() for name in found]
    assert len(everything) == len(set(everything))


SMALL = {
    "minimax": lambda: pr.minimax_optimal(POINTS, 3, initial=1, cross=1).certificate,
    "interval": lambda: pr.minimax_optimal(pr.Interval(1, 4), 2, residual=1, drift=1).certificate,
    "sobolev": lambda: pr.sobolev_optimal(pr.Uniform(1, 9), 4, 1).certificate.proof,
    "chebyshev": lambda: pr.lower_bound_certificate((1, 9), 6),
    "switching": lambda: pr.switching_rate(pr.Nesterov.tuned(1, 9), (1, 9)).certificate.proof,
}


@pytest.mark.parametrize("name", SMALL)
def test_every_character_changed_once(name: str) -> None:
    text = SMALL[name]().text
    said = check.check(text.encode())
    draw = random.Random(name)
    for i, old in enumerate(text):
        for new in {draw.choice("0123456789"), draw.choice('-/.e"{}[], x'), ""} - {old}:
            try:
                assert check.check((text[:i] + new + text[i + 1 :]).encode()) == said
            except Refused as error:
                assert error.args[0] in ("form", "digest")


V = Fraction("0.71302385070525")  # POINTS, t = 3, sizes 1 and 1: twelve digits


A_VALUE = pr.minimax_optimal(POINTS, 3, initial=1, cross=1).certificate


def true_of(content: dict[str, object]) -> bool:
    """Whether lower ≤ V* ≤ upper is true of the question as first asked."""
    asked = {key: A_VALUE.content[key] for key in ("form", "degree", "support", "first", "second")}
    if any(content[key] != value for key, value in asked.items()):
        return True  # another question: judged elsewhere
    slack = Fraction(1, 10**12)
    return Fraction(str(content["lower"])) <= V + slack and V - slack <= Fraction(
        str(content["upper"])
    )


def test_harm_is_refused_by_the_clause_that_fails() -> None:
    content = A_VALUE.content
    dual = content["dual"]
    assert isinstance(dual, dict)
    newton = content["newton"]
    assert isinstance(newton, list)
    harm = {
        "degree": ({"degree": "2"}, {"polynomial"}),
        "longer": ({"degree": "4"}, {"lower bound"}),
        "smaller support": ({"support": [["2", "2"], ["5", "5"]]}, {"lower bound"}),
        "larger support": ({"support": [["2", "2"], ["5", "9"]]}, {"upper bound"}),
        "overlap": ({"support": [["2", "5"], ["5", "9"]]}, {"question"}),
        "negative": ({"support": [["-2", "5"]]}, {"question"}),
        "first": ({"first": "2"}, {"upper bound"}),
        "less": ({"first": "1/2"}, {"lower bound"}),
        "second": ({"second": "3"}, {"upper bound"}),
        "form": ({"form": "residual/drift"}, {"upper bound", "lower bound"}),
        "no form": ({"form": "initial/drift"}, {"question"}),
        "share": ({"share": "1/1000"}, {"upper bound"}),
        "share of all": ({"share": "1"}, {"share"}),
        "share above": ({"share": "2"}, {"share"}),
        "upper": ({"upper": "0.7"}, {"upper bound"}),
        "negative upper": ({"upper": "-1", "lower": "-2"}, {"upper bound"}),
        "lower": ({"lower": "0.72"}, {"lower bound"}),
        "between": ({"lower": "0.7130238508"}, {"lower bound"}),
        "coefficient": ({"newton": [*newton[:-1], "1"]}, {"upper bound"}),
        "no nodes": ({"nodes": []}, {"polynomial"}),
        "vanishing": ({"newton": ["0"], "nodes": []}, {"polynomial"}),
        "nothing": ({"newton": []}, {"upper bound"}),
        "weight": ({"dual": {**dual, "weights": ["0"] * len(dual["weights"])}}, {"lower bound"}),
        "weights": ({"dual": {**dual, "weights": dual["weights"][1:]}}, {"lower bound"}),
        "points": ({"dual": {**dual, "points": ["3"] * len(dual["points"])}}, {"lower bound"}),
        "nodes": ({"dual": {**dual, "nodes": dual["nodes"][1:]}}, {"lower bound"}),
        "thrice": ({"dual": {**dual, "nodes": [dual["nodes"][0]] * 4}}, {"lower bound"}),
        "constant": ({"dual": {**dual, "constant": "9e30"}}, {"lower bound"}),
        "first row": ({"dual": {**dual, "first": dual["second"]}}, {"lower bound"}),
        "extra": ({"more": "1"}, {"form"}),
        "a number": ({"degree": "03"}, {"form"}),
        "words": ({"upper": "nan"}, {"form"}),
        "spaces": ({"upper": " 1"}, {"form"}),
        "other digits": ({"upper": "١"}, {"form"}),
        "kind": ({"kind": "optimum"}, {"form"}),
    }
    assert clause_against(dict(content)) == ""
    for name, (change, clauses) in harm.items():
        assert clause_against({**content, **change}) in clauses, name


@pytest.mark.parametrize("seed", range(3))
def test_perturbed_multipliers_and_digits_are_refused_or_true(seed: int) -> None:
    draw = random.Random(seed)
    accepted = 0
    for _ in range(150):
        content = json.loads(json.dumps(A_VALUE.content))
        rows = [content["newton"], content["nodes"]]
        rows += [content["dual"][key] for key in ("nodes", "points", "weights", "first", "second")]
        keys = ["share", "ratio", "lower", "upper"]
        for _ in range(draw.randint(1, 2)):
            if draw.random() < 0.3:
                holder, place = content, draw.choice(keys)
            else:
                holder = draw.choice(rows)
                place = draw.randrange(len(holder))
            text = holder[place]
            spot = draw.randrange(len(text))
            holder[place] = text[:spot] + draw.choice("0123456789-/.e") + text[spot + 1 :]
        if clause_against(content) == "":
            accepted += 1
            assert true_of(content)
    assert accepted  # a last digit of a multiplier does no harm


@pytest.mark.parametrize("value", [None, True, [], {}, ["1"], "", "1e99999", "1/0", "--1", "1_0"])
def test_other_types_are_refused(value: object) -> None:
    for key in A_VALUE.content:
        content = {**A_VALUE.content, key: value}
        if content != A_VALUE.content and not (key == "newton" and value == []):
            assert clause_against(content) != "", key


def random_newton(draw: random.Random) -> Newton:
    nodes = [Fraction(draw.randint(0, 99), 100) for _ in range(7)]
    return Newton([draw.randint(-999, 999) for _ in range(8)], nodes, Fraction(5, -3))


def test_a_model_holds_its_function_within_its_error() -> None:
    """Products with linear factors, against exact values; what is cut off is in the error."""
    draw = random.Random(3)
    for size in (1, ORDER - 3, ORDER + 20):
        model, factors = Model([1 << BITS] + [0] * (ORDER - 1), 0), list[tuple[int, int]]()
        for _ in range(size):
            factors.append((draw.randint(-99, 99), draw.randint(-9, 9)))
            model = model.times(*factors[-1], 6)
        total = model.plus(model).scaled(Fraction(1, 7))
        for tau in (Fraction(-1), Fraction(2, 7), Fraction(1)):
            exact = math.prod((m + h * tau) / 64 for m, h in factors) * 2**BITS
            said = sum(c * tau**k for k, c in enumerate(model.c))
            assert abs(exact - said) <= model.error
            said = sum(c * tau**k for k, c in enumerate(total.c))
            assert abs(exact * Fraction(2, 7) - said) <= total.error + abs(exact) / 2**BITS
    assert model.error < 1 << BITS // 2


def test_a_maximum_is_bounded_tightly_and_never_from_below() -> None:
    """The least worst case that holds, for both parts, is what a fine grid sees."""
    draw = random.Random(7)
    for case in range(12):
        P, initial = random_newton(draw), case % 2 == 0
        low, high, o = Fraction(draw.randint(0, 50), 100), Fraction(7, 10), Fraction(-3, 7)
        sizes = Fraction(draw.randint(0, 3)), Fraction(draw.randint(1, 3), 10)
        top = Fraction(0)
        for i in range(401):
            first, second = P.parts_at(low + (high - low) * i / 400, o, initial)
            top = max(top, 3 * (sizes[0] * first) ** 2 + 2 * (sizes[1] * second) ** 2)
        root = Fraction(math.sqrt(top / 6))
        for factor, holds in ((Fraction(1001, 1000), True), (1 - Fraction(1, 10**12), False)):
            scaled = sizes[0] / (root * factor), sizes[1] / (root * factor)
            assert P.bounded((low, high), o, initial, scaled, (3, 2, 6)) == holds


def test_a_sum_of_squares_is_bounded_on_the_whole_cell() -> None:
    """Peaks at ±1 and inside: τ² + (1 − τ²) and τ³ of exactly 1; an error counts."""
    one, zeros = 1 << BITS, [0] * (ORDER - 2)
    little = one >> 60
    for c in ([0, one - little, *zeros], [one - little, 0, *zeros], [0, little - one, *zeros]):
        assert small(Model(c, 0), Model([0] * ORDER, 0), 1, 1, 1)
        assert small(Model([0] * ORDER, 0), Model(c, 0), 1, 1, 1)
        assert not small(Model(c, 2 * little), Model([0] * ORDER, 0), 1, 1, 1)
        assert not small(Model(c, 0), Model([little, 0, *zeros], 1 << BITS - 4), 1, 1, 1)


def test_a_polynomial_in_bernsteins_form_is_bounded() -> None:
    one = 1 << BITS
    assert below([0, one], one) and not below([0, one], one - 1)
    # 1 − (τ − 1/3)² touches 1 inside
    inside = [one - one // 9, one - one // 9 + one // 3, one - 4 * one // 9]
    assert below(inside, one + one // 2**60)
    assert not below(inside, one - one // 2**60)

"""Certificates: what is proved is true, the checker stands alone, and harm is refused."""

from __future__ import annotations

import ast
import csv
import json
import math
import random
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import mpmath
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from support import REFERENCE, finished

import polyrates as pr
from polyrates.ground import check
from polyrates.ground.certificates import ProofFile, checker, write_checker
from polyrates.ground.check import BITS, ORDER, Model, Newton, below, small
from polyrates.ground.check_reading import LARGEST_FILE, Refused, digest
from polyrates.ground.check_supremum import in_newton_form, value_at
from polyrates.numeric.minimax.exact_series import series_on

GAPS = pr.Union([(1, 10), (90, 100)])
POINTS = pr.Union([(2, 2), (5, 5), (9, 9)])
BESIDE = pr.Union([(1, 1), (20, 30)])


def signed(content: dict[str, object]) -> bytes:
    return ProofFile(content).text.encode()


def verdict(content: dict[str, object]) -> str:
    """The clause that fails; empty where none does."""
    try:
        check.check(signed(content))
    except Refused as error:
        return str(error.args[0])
    return ""


# -- what is proved is true ------------------------------------------------------------------------

with open(REFERENCE / "minimax.csv", encoding="utf-8") as file:
    TABLE = [row for row in csv.DictReader(file) if int(row["t"]) <= 25]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row['form'][:3]}-{row['L']}-{row['t']}")
def test_brackets_hold_the_values_of_the_reference(row: dict[str, str]) -> None:
    first, second = row["form"].split("/")
    sizes = {first: Fraction(row["a"]), second: Fraction(row["g"])}
    where = pr.Interval(Fraction(row["ell"]), Fraction(row["L"]))
    proof = pr.minimax_optimal(where, int(row["t"]), **sizes).certificate
    assert proof.check().ok
    # two rigorous brackets of one number overlap
    assert proof.lower <= Fraction(row["upper"]) and Fraction(row["lower"]) <= proof.upper
    assert proof.upper - proof.lower <= proof.upper * Fraction(3, 10**12)


def chebyshev(ell: Fraction, L: Fraction, t: int) -> Fraction:
    """1/|T_t(m(0))| by the power sum, not by the recurrence."""
    x = (L + ell) / (L - ell)
    total = sum(
        math.comb(t, 2 * k) * (x * x - 1) ** k * x ** (t - 2 * k) for k in range(t // 2 + 1)
    )
    return 1 / Fraction(total)


@pytest.mark.parametrize("t", [0, 1, 2, 7, 20])
@pytest.mark.parametrize("ends", [(1, 100), (Fraction(1, 97), Fraction(1000, 7))])
def test_without_drift_the_bracket_holds_chebyshevs_value(
    ends: tuple[Fraction, Fraction], t: int
) -> None:
    value = chebyshev(*map(Fraction, ends), t)
    proof = pr.minimax_optimal(pr.Interval(*ends), t, residual=1, drift=0).certificate
    assert proof.check().ok and proof.lower <= value <= proof.upper
    bound = pr.lower_bound_certificate(ends, t)
    assert bound.check().ok and bound.lower == bound.upper == value


KINDS = {
    "interval": (pr.Interval(1, 100), 10, {"initial": 1, "cross": 1}, 1e-12),
    "interval, drift": (pr.Interval(1, 10), 16, {"residual": 1, "drift": 1}, 1e-12),
    "floats": (pr.Interval(0.01, 1.0), 40, {"initial": 1, "cross": 0.02}, 1e-12),
    "irrational": (pr.Interval(sympy.sqrt(2), 30), 9, {"residual": 1, "drift": 1}, 1e-12),
    "tiny": (pr.Interval(1e-200, 1e-198), 12, {"initial": 1, "cross": 1e-200}, 1e-12),
    "huge": (pr.Interval(1e200, 1e202), 12, {"residual": 1, "drift": 1e200}, 1e-12),
    "union": (GAPS, 12, {"initial": 1, "cross": 1}, 1e-12),
    "union, drift": (GAPS, 25, {"residual": 1, "drift": 1}, 1e-12),
    "points": (POINTS, 3, {"initial": 1, "cross": 1}, 1e-12),
    "points, double": (POINTS, 5, {"residual": 1, "drift": 1}, 1e-12),
    "point beside": (BESIDE, 12, {"residual": 1, "drift": 1}, 1e-12),
    "no cross": (pr.Interval(1, 100), 20, {"initial": 1, "cross": 0}, 1e-12),
    "no cross, points": (POINTS, 3, {"initial": 1, "cross": 0}, 1e-12),
    "annihilated": (POINTS, 6, {"residual": 1, "drift": 1}, 0.0),
    "annihilated, no cross": (POINTS, 4, {"initial": 1, "cross": 0}, 0.0),
    "one point": (pr.Union([(2, 2)]), 1, {"residual": 1, "drift": 1}, 0.0),
    "nothing helps": (pr.Interval(Fraction(1, 100), 1), 20, {"initial": 1, "cross": 1}, 1e-17),
    "nothing helps, drift": (pr.Interval(1, 1000), 10, {"residual": 1, "drift": 100}, 1e-17),
    "zero in it": (pr.Interval(0, 1), 7, {"initial": 2, "cross": 1}, 0.0),
    "no step": (pr.Interval(1, 100), 0, {"initial": 1, "cross": 1}, 0.0),
    "one step": (pr.Interval(1, 100), 1, {"initial": 1, "cross": 1}, 0.0),
    "no first size": (pr.Interval(1, 100), 5, {"initial": 0, "cross": 1}, 0.0),
    "no size": (pr.Interval(1, 100), 5, {"residual": 0, "drift": 0}, 0.0),
}


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_question_has_a_tight_certificate(name: str) -> None:
    where, t, sizes, gap = KINDS[name]
    optimum = pr.minimax_optimal(where, t, **sizes)
    proof = optimum.certificate
    found = proof.check()
    assert found.ok, found
    assert proof.lower <= Fraction(float(optimum.upper))
    assert Fraction(float(optimum.lower)) <= proof.upper
    assert proof.upper - proof.lower <= proof.upper * Fraction(gap)


@settings(max_examples=5, deadline=None, derandomize=True)
@given(
    st.lists(st.integers(1, 60), min_size=2, max_size=6, unique=True),
    st.lists(st.booleans(), min_size=3, max_size=3),
    st.integers(0, 4),
    st.sampled_from([("initial", "cross"), ("residual", "drift")]),
    st.tuples(st.integers(0, 9), st.integers(0, 9)),
    st.sampled_from([Fraction(1), Fraction(10) ** 150, Fraction(1, 10**150), Fraction(1, 7)]),
)
def test_random_supports_with_points_in_any_unit(
    ends: list[int],
    joined: list[bool],
    t: int,
    form: tuple[str, str],
    sizes: tuple[int, int],
    unit: Fraction,
) -> None:
    """P(λ) on S with sizes (a, g) is P(λ/u) on uS with (a, ug): both are proved, and agree."""
    places = sorted(ends)
    pieces: list[tuple[Fraction, Fraction]] = []
    while places:
        low = places.pop(0)
        high = places.pop(0) if places and joined[len(pieces) % 3] else low
        pieces.append((Fraction(low), Fraction(high)))
    found = []
    for u in (Fraction(1), unit):
        where = pr.Union([(low * u, high * u) for low, high in pieces])
        asked = dict(zip(form, (sizes[0], sizes[1] * u), strict=True))
        optimum = pr.minimax_optimal(where, t, **asked)
        proof = optimum.certificate
        assert proof.check().ok, proof.check()
        assert proof.lower <= Fraction(optimum.upper) and Fraction(optimum.lower) <= proof.upper
        found.append(proof)
    assert found[0].lower <= found[1].upper and found[1].lower <= found[0].upper


def test_a_size_that_is_no_float_is_rounded_away_from_the_value() -> None:
    where = pr.Union([(Fraction(551, 97), Fraction(733, 97)), (Fraction(1078, 97), 29)])
    optimum = pr.minimax_optimal(where, 7, initial=Fraction(1, 3), cross=100)
    assert optimum.certificate.lower > Fraction(1, 3) * (1 - Fraction(1, 10**17))
    assert Fraction(optimum.upper) >= Fraction(1, 3)


@pytest.mark.parametrize("cross", [0, 1])
@pytest.mark.parametrize("where", [GAPS, pr.Union([(1, 10), 100])], ids=["union", "outlier"])
def test_hard_questions_have_an_honest_certificate(where: pr.Union, cross: int) -> None:
    optimum = pr.minimax_optimal(where, 8, initial=1, cross=cross)
    proof = optimum.certificate
    assert proof.check().ok and 0 < proof.lower <= proof.upper
    wide = proof.upper - proof.lower > proof.upper * Fraction(1, 10**6)
    assert ("wide" in proof.remark) == wide
    assert proof.lower <= Fraction(float(optimum.upper))
    assert Fraction(float(optimum.lower)) <= proof.upper


@pytest.mark.slow
@pytest.mark.parametrize("form", [("initial", "cross"), ("residual", "drift")])
@pytest.mark.parametrize(
    ("where", "t"), [(pr.Interval(1, 100), 100), (pr.Interval(1, 10), 200), (GAPS, 100)]
)
def test_long_horizons(where: pr.Interval, t: int, form: tuple[str, str]) -> None:
    """What is dearer is in the attack: t = 200 on the others, t = 400."""
    proof = pr.minimax_optimal(where, t, **dict.fromkeys(form, 1)).certificate
    assert proof.check().ok
    assert proof.upper - proof.lower <= proof.upper * Fraction(2, 10**12)


# -- averages, suprema -----------------------------------------------------------------------------

MEASURES = [
    pr.Uniform(1, 100),
    pr.GegenbauerDensity(1, 10, 0),
    pr.JacobiDensity(1, 10, Fraction(1, 2), Fraction(-1, 2)),
    pr.MarchenkoPastur(Fraction(3, 2)),
    pr.Empirical([0, 2, 5], [1, 2, 3]),
    pr.Empirical([1.1, 2.3, 5.7, 9.2], [0.1, 0.2, 0.3, 0.7]),
    pr.Mixture([(Fraction(9, 10), pr.Empirical([1, 2])), (Fraction(1, 10), pr.Uniform(1, 5))]),
]


@pytest.mark.parametrize("measure", MEASURES, ids=lambda m: type(m).__name__)
@pytest.mark.parametrize("t", [0, 3])
def test_a_sobolev_optimum_is_proved(measure: pr.Spectrum, t: int) -> None:
    optimum = pr.sobolev_optimal(measure, t, Fraction(1, 3))
    proof = optimum.certificate.proof
    assert proof.check().ok
    assert float(proof.lower) == pytest.approx(float(optimum.value), rel=1e-9)
    assert proof.upper - proof.lower <= proof.upper * Fraction(1, 10**16)
    # a value of its own: least squares on a fine rule, in long floats
    nodes, weights = measure.quadrature(24)
    with mpmath.workdps(60):
        rows = mpmath.matrix(2 * len(nodes), t + 1)
        for i, (x, w) in enumerate(zip(nodes.tolist(), weights.tolist(), strict=True)):
            for k in range(t + 1):
                rows[2 * i, k] = mpmath.sqrt(w) * mpmath.mpf(x) ** k
                slope = k * mpmath.mpf(x) ** (k - 1) if k else mpmath.mpf(0)
                rows[2 * i + 1, k] = mpmath.sqrt(mpmath.mpf(w) / 3) * slope
        best = rows[:, 0]
        if t:
            rest = rows[:, 1:]
            best = best - rest * mpmath.lu_solve(rest.T * rest, rest.T * best)
        assert float(proof.lower) == pytest.approx(float((best.T * best)[0]), rel=1e-9)


def test_what_is_no_fraction_is_refused() -> None:
    optimum = pr.sobolev_optimal(pr.Uniform(1, 9), 2, sympy.Symbol("eta", positive=True))
    assert optimum.certificate.residual == 0
    with pytest.raises(pr.PolyratesError, match="is not rational"):
        optimum.certificate.save("never.json")
    assert not Path("never.json").exists()


@pytest.mark.parametrize("part", ["initial", "cross", "residual", "drift"])
@pytest.mark.parametrize(
    "method",
    [
        pr.GradientDescent.large(1, 100),
        pr.Chebyshev(1, 100),
        pr.HeavyBall.tuned(1, 100),
        pr.HeavyBall(0.03, 0.5),
        pr.Tabulated([0.1, 0.2, 0.05], [0, 0.2, 0.3]),
    ],
    ids=lambda m: type(m).__name__,
)
@pytest.mark.parametrize("where", [pr.Interval(1, 100), pr.Union([(1, 10), 20, (90, 100)])])
def test_suprema_are_proved(where: pr.Spectrum, method: pr.Method, part: str) -> None:
    t = method.horizon or 9
    rate = getattr(pr.rate(method, where), part)
    proof = rate.certificate(t)
    lower, upper = rate.enclosure(t)
    assert proof.check().ok
    assert proof.lower <= Fraction(upper) and Fraction(lower) <= proof.upper
    assert proof.upper - proof.lower <= proof.upper * Fraction(1, 10**9)


def test_a_part_that_is_no_polynomial_is_refused() -> None:
    rate = pr.rate(pr.Chebyshev(1, 9), pr.Interval(1, 9), pr.Implicit())
    with pytest.raises(pr.PolyratesError, match="no polynomial"):
        rate.drift.certificate(3)


# -- the checker stands alone ----------------------------------------------------------------------


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


def test_a_wide_bracket_says_why() -> None:
    content = A_VALUE.content
    assert A_VALUE.remark == ""
    half = ProofFile({**content, "lower": str(A_VALUE.upper / 2)})
    assert half.check().ok and "0.5 of its upper end" in half.remark
    assert pr.lower_bound_certificate((1, 9), 4).remark == ""


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    proof = pr.lower_bound_certificate((1, 9), 4)
    with pytest.raises(pr.PolyratesError, match="cannot be written"):
        proof.save(tmp_path / "no" / "such.json")
    with pytest.raises(pr.PolyratesError, match="cannot be read"):
        pr.check_certificate(tmp_path / "absent.json")
    assert list(tmp_path.iterdir()) == []


# -- every character of a small file, changed once -------------------------------------------------

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


# -- with the digest made anew ---------------------------------------------------------------------

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
    assert verdict(dict(content)) == ""
    for name, (change, clauses) in harm.items():
        assert verdict({**content, **change}) in clauses, name


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
        if verdict(content) == "":
            accepted += 1
            assert true_of(content)
    assert accepted  # a last digit of a multiplier does no harm


def test_an_average_with_another_coefficient_is_refused() -> None:
    content = pr.sobolev_optimal(pr.Uniform(1, 9), 4, 1).certificate.proof.content
    terms = content["polynomial"]
    assert isinstance(terms, list)
    for k in range(len(terms)):
        changed = [*terms[:k], str(int(terms[k]) + 1), *terms[k + 1 :]]
        assert verdict({**content, "polynomial": changed}) == "optimality"
    assert verdict({**content, "eta": "2"}) == "optimality"
    assert verdict({**content, "eta": "-1"}) == "question"
    assert verdict({**content, "degree": "5"}) == "optimality"
    assert verdict({**content, "degree": "3"}) == "polynomial"
    assert verdict({**content, "lower": content["upper"]}) == "value"
    measure = content["measure"]
    assert isinstance(measure, list)
    for change, clause in (({"mass": "1/2"}, "question"), ({"alpha": "1"}, "optimality"),
                           ({"alpha": "-1"}, "question"), ({"L": "10"}, "optimality")):  # fmt: skip
        assert verdict({**content, "measure": [{**measure[0], **change}]}) == clause


def test_a_supremum_or_a_bound_with_another_number_is_refused() -> None:
    where = pr.Interval(1, 9)
    content = pr.rate(pr.Chebyshev(1, 9), where).initial.certificate(4).content
    upper, lower = Fraction(str(content["upper"])), Fraction(str(content["lower"]))
    assert verdict({**content, "upper": str(lower * Fraction(999, 1000))}) == "upper bound"
    assert verdict({**content, "lower": str(upper * Fraction(1001, 1000))}) == "lower bound"
    assert verdict({**content, "point": "10"}) == "lower bound"
    assert verdict({**content, "support": [["1", "10"]]}) == "upper bound"
    assert verdict({**content, "upper": "-1"}) == "upper bound"
    bound = pr.lower_bound_certificate((1, 9), 6).content
    assert verdict({**bound, "numerator": "2"}) == "value"
    assert verdict({**bound, "degree": "5"}) == "value"
    assert verdict({**bound, "ell": "9"}) == "question"
    assert verdict({**bound, "denominator": "0"}) == "value"


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{}", b"[]", b"null", b"\xff", b'{"sha256": "0"}', b"[" * 100_000,
        b'{"kind": "minimax", "kind": "minimax"}', b'{"kind": 1}', b'{"kind": NaN}',
        b'{"kind": 1e400}', b'{"a": Infinity}', b'"text"', b" " * (LARGEST_FILE + 1),
    ],
    ids=range(14),
)  # fmt: skip
def test_what_is_no_certificate_is_refused(raw: bytes) -> None:
    with pytest.raises(Refused):
        check.check(raw)


@pytest.mark.parametrize("value", [None, True, [], {}, ["1"], "", "1e99999", "1/0", "--1", "1_0"])
def test_other_types_are_refused(value: object) -> None:
    for key in A_VALUE.content:
        content = {**A_VALUE.content, key: value}
        if content != A_VALUE.content and not (key == "newton" and value == []):
            assert verdict(content) != "", key


# -- the arithmetic --------------------------------------------------------------------------------


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


def test_the_newton_form_of_a_supremum_is_its_polynomial() -> None:
    q = [3, -7, 0, 11, 5]
    P, unit = in_newton_form(q, Fraction(1, 3), Fraction(9, 2))
    for x in (Fraction(0), Fraction(1, 3), Fraction(22, 7)):
        assert P.parts_at(x, x, False)[0] == unit * value_at(q, x)
        assert value_at(q, x) == sum(c * x**k for k, c in enumerate(q))


def test_series_of_a_newton_form_are_its_values() -> None:
    draw = random.Random(5)
    o, P = Fraction(-3, 7), random_newton(draw)
    low, high = Fraction(1, 9), Fraction(5, 8)
    for initial in (False, True):
        first, second = series_on(P, low, high, o, initial)
        for c in (Fraction(-1), Fraction(1, 3), Fraction(1)):
            x = (low + high) / 2 + (high - low) / 2 * c
            waves = [Fraction(1), c]
            while len(waves) < 12:
                waves.append(2 * c * waves[-1] - waves[-2])
            for (row, unit), value in zip((first, second), P.parts_at(x, o, initial), strict=True):
                assert sum(p * w for p, w in zip(row, waves, strict=False)) * unit == value


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


def test_the_digest_is_of_the_content() -> None:
    content = json.loads(A_VALUE.text)
    claimed = content.pop("sha256")
    assert claimed == digest(content) == digest(dict(reversed(content.items())))
    loose = json.dumps({"sha256": claimed, **content}, indent=3)
    assert check.check(loose.encode()) == check.check(A_VALUE.text.encode())

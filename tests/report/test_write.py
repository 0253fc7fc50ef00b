from __future__ import annotations

import html
import json
import re
import shutil
import signal
import sys
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from support import finished, require

import polyrates as pr
from polyrates.cli.entry import main
from polyrates.core.methods.named import DEFAULT_METHODS
from polyrates.ground.errors import InvalidValue
from polyrates.ground.outward import at_least
from polyrates.ground.tables import escape_tex
from polyrates.report.analysis import analyse
from polyrates.report.answer import GROWS, answer
from polyrates.report.folder import MARKER, check_target, write_folder
from polyrates.report.mathml import mathml
from polyrates.report.registry import SECTIONS, as_json
from polyrates.report.results import Analysis, Profile, Request
from polyrates.report.sections.computed import density, start_text
from polyrates.report.sections.overview import table_text
from polyrates.report.shown import bound_text, lower_text, number_text
from polyrates.report.write import files, report

pytestmark = pytest.mark.skipif(find_spec("sklearn") is None, reason="no scikit-learn")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, Path]:
    return report(Request(), tmp_path_factory.mktemp("report") / "out")


@pytest.fixture(scope="module")
def folder(done: tuple[object, Path]) -> Path:
    return done[1]


@pytest.fixture(scope="module")
def said(folder: Path) -> dict:
    return json.loads((folder / "report.json").read_text(encoding="utf-8"))


def page(folder: Path) -> str:
    return (folder / "report.html").read_text(encoding="utf-8")


def csv_write(folder: Path, X: np.ndarray, y: np.ndarray) -> str:
    names = [f"x{i}" for i in range(X.shape[1])]
    lines = [",".join([*names, "y"])]
    lines += [",".join(map(repr, map(float, (*row, goal)))) for row, goal in zip(X, y, strict=True)]
    path = folder / "data.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def small(**changes: object) -> Request:
    return Request(**{"data": "diabetes", "steps": 12, "methods": "large,sobolev", **changes})


@cache
def analysed() -> Analysis:
    """A small request, analysed once for all tests that only read it."""
    return analyse(small())


def said_in(analysis: Analysis) -> str:
    return str([each.words(analysis) for each in SECTIONS])


# what it shows


def test_the_curse_and_the_cure_are_visible_by_default(said: dict) -> None:
    methods = {each["method"]: each for each in said["methods"]}
    assert list(methods) == DEFAULT_METHODS.split(",")
    assert methods["large"]["jacobian"]["peak"] > 5
    assert methods["chebyshev"]["jacobian"]["peak"] > 8
    assert methods["sobolev"]["jacobian"]["peak"] < 1.2
    assert methods["large"]["iterates"]["peak"] == 1.0
    assert said["start"]["norm_x0_over_norm_solution"] == pytest.approx(10)
    assert said["verified"] and said["largest_gap"] < 1e-12


def test_the_rounding_of_a_run_that_diverges_is_explained(folder: Path) -> None:
    calm, wild = (analyse(small(methods=m)) for m in ("short", "short,gradient-descent:step=1"))
    assert "taken for it" not in page(folder) + said_in(calm)
    assert "differences up to $10^{-10}$ of the largest error of a run" in said_in(wild)


def test_curves_hold_the_numbers_of_the_table(folder: Path, said: dict) -> None:
    head, *rows = (folder / "curves.csv").read_text(encoding="utf-8").splitlines()
    table = dict(zip(head.split(","), np.array([r.split(",") for r in rows], float).T, strict=True))
    assert np.array_equal(table["t"], np.arange(said["steps"] + 1))
    for each in said["methods"]:
        name = each["method"]
        observed, bound = table[f"{name} jacobian"], table[f"{name} jacobian guarantee"]
        assert np.all(observed <= bound * (1 + 1e-9) + 1e-12)
        assert np.all(
            table[f"{name} iterates"] <= table[f"{name} iterates guarantee"] * (1 + 1e-9) + 1e-12
        )
        assert observed[0] == 1 and each["jacobian"]["peak"] == observed.max()
        assert each["guarantee"]["peak"] == bound.max()
        last = each["jacobian"]["burn_in"]
        above = np.flatnonzero(observed > 1 + 1e-9)
        assert above.max(initial=0) == (said["steps"] if last is None else last)
        # no method beats the lower bound in the worst case
        assert np.all(table[f"{name} iterates guarantee"] >= table["lower bound"] * (1 - 1e-12))


def test_the_answer_stands_at_the_top_of_the_page(folder: Path, said: dict) -> None:
    text = html.unescape(page(folder)).replace("\u00a0", " ").replace("\u2011", "-")
    assert text.index(said["answer"]) < text.index("<svg")


class _Text(HTMLParser):
    """The words of a page without figures, formulas and style."""

    def __init__(self) -> None:
        super().__init__()
        self.silent, self.words = 0, []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.silent += tag in ("svg", "math", "style", "title")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("svg", "math", "style", "title")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.words.append(data)


def numbers_of(value: object) -> list[float]:
    if isinstance(value, dict):
        return [x for each in value.values() for x in numbers_of(each)]
    if isinstance(value, list):
        return [x for each in value for x in numbers_of(each)]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return [float(value)]
    return []


def bounds_of(value: object) -> list[float]:
    """The numbers under the keys of what is certified: the page rounds them up."""
    if isinstance(value, list):
        return [x for each in value for x in bounds_of(each)]
    if not isinstance(value, dict):
        return []
    ends = ("bound", "remainder", "guarantee")
    return [x for k, v in value.items() for x in (numbers_of if k in ends else bounds_of)(v)]


def test_every_number_on_the_page_is_in_the_json(folder: Path, said: dict) -> None:
    numbers_are_known(folder, said)


def numbers_are_known(folder: Path, said: dict) -> None:
    reader = _Text()
    reader.feed(page(folder))
    text = " ".join(reader.words).replace("\u00a0", " ").replace("−", "-")
    text = text.replace(said["command"], "").replace("NeurIPS 2022", "")
    text = re.sub(r"h = (2/|1/|√2/)", "", text).replace("1 %", "").replace("begins at 1;", "")
    text = re.sub(r"stays near 1\b", "", text).replace("are 0 and 1.", "")
    text = text.replace("≥", "").replace("≤", "")
    plain = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    text = re.sub(r" × 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda m: "e" + m.group(1).translate(plain), text)
    shown = re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e-?\d+)?(?![\w.]*\d)", text)
    assert len(shown) > 60
    # the steps of the methods and the counts are numbers of the JSON too
    known = np.array([*numbers_of(said), len(said["methods"])])
    local = [row["predicted"] for row in said["plan"]["rows"] if "predicted" in row]
    bounds = np.array(bounds_of(said) + local)  # a bound of the local model is one too
    for number in shown:
        value = float(number)
        digits = len(re.sub(r"e.*|\D", "", number).lstrip("0")) or 1
        unit = 10 ** (np.floor(np.log10(max(abs(value), 1e-300))) + 1 - digits)
        close = (np.abs(known - value) <= 0.5000001 * unit) | (known == value)
        up = (bounds <= value) & (value < bounds + unit)
        assert np.any(close) or np.any(up), number


def test_two_runs_are_byte_identical_and_another_seed_is_not() -> None:
    assert files(analyse(small())) == files(analysed())
    assert as_json(analyse(small(seed=1))) != as_json(analysed())


def test_the_page_needs_nothing_from_elsewhere(folder: Path) -> None:
    text = page(folder)
    assert "<script" not in text and "@import" not in text and "<img" not in text
    links = re.findall(r'(?:src|href)="([^"#][^"]*)"', text)
    assert all(link.startswith("data:") for link in links), links
    ids = re.findall(r'\bid="([^"]*)"', text)
    assert len(ids) == len(set(ids))
    assert not re.search(r"date|20\d\d-\d\d", text.replace("NeurIPS 2022", ""), re.IGNORECASE)


def test_figures_are_well_formed_and_named_in_the_paper(folder: Path) -> None:
    for path in (folder / "figures").glob("*.svg"):
        assert ElementTree.parse(path).getroot().tag.endswith("svg")
    paper = (folder / "report.tex").read_text(encoding="utf-8")
    for name in re.findall(r"\{(figures/[^}]+)\}", paper):
        assert (folder / name).exists(), name


# what to do, and where the story ends


def test_the_page_says_what_to_do(folder: Path, said: dict) -> None:
    from polyrates.report.advice import advice

    assert said["advice"].startswith("What to do: ") and "advice" in page(folder)
    analysis = analysed()
    text, row = advice(analysis), analysis.plan.rows[0]
    assert row.label in text and row.split in text
    seen = analysis.plan_observed[0]
    assert number_text(seen) in text and bound_text(row.guarantee / analysis.start.E) in text
    if row.family != "unrolled":
        assert analysis.plan.best_of("unrolled").label in text


def test_axes_end_where_the_story_ends() -> None:
    analysis = analyse(small(data="diabetes", penalty="2", methods="chebyshev", steps=120))
    last = analysis.told_until
    each = analysis.methods[0]
    assert 10 <= last < 60
    for values in (each.iterate, each.jacobian):
        assert np.all(values[last:] < 1e-4)
    assert analysed().told_until == analysed().steps  # nothing has left by then


def test_equally_fast_methods_are_a_tie() -> None:
    analysis = analyse(small(data=None, methods="chebyshev,large", steps=30))
    first, other = analysis.methods
    analysis = replace(analysis, methods=(first, replace(first), other))
    assert "Chebyshev and Chebyshev are the fastest of 3 methods" in answer(analysis)
    assert "equally" in answer(analysis)


# starts


def test_a_users_own_data_start_at_zero_and_the_demonstration_far(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    path = csv_write(tmp_path, rng.standard_normal((9, 2)), rng.standard_normal(9))
    assert Request(data=path, column="y").start == "zero"
    assert Request(model="mine:make").start == "zero"
    assert Request().start == Request(data="diabetes").start == "far"
    assert Request(data=path, x0="far").start == "far"
    analysis = analyse(small(data=path, column="y"))
    assert analysis.start.kind == "zero" and not np.any(analysis.start.x0)
    assert "--x0 zero" in analysis.request.command
    assert "from a start at 10 times" in answer(analysed())


def test_columns_are_chosen_and_words_noted(tmp_path: Path) -> None:
    from polyrates.report.advice import advice

    path = tmp_path / "d.csv"
    path.write_text("a;city;b;y\n1,5;Rome;2;no\n2,25;Oslo;3;yes\n4;Bern;1;yes\n3,5;Bonn;5;no\n")
    analysis = analyse(small(data=str(path), column="y", drop=("city",)))
    assert analysis.about.data is not None and analysis.about.data.features == ("a", "b")
    assert "'yes' is 1, 'no' is 0" in advice(analysis)
    assert "--drop city" in analysis.request.command


def test_the_start_at_zero_hides_the_burn_in_and_the_page_says_why(tmp_path: Path) -> None:
    request = Request(x0="zero", methods="large,chebyshev", steps=24)
    analysis, out = report(request, tmp_path / "z")
    assert analysis.start.G == 0
    assert 1 < max(each.seen.peak for each in analysis.methods) < GROWS
    assert analysis.start.low_share > 0.9
    assert max(each.promised.peak for each in analysis.methods) > 2
    assert "hides the burn-in" in answer(analysis)
    assert "That hides the burn\u2011in" in page(out)


def test_what_is_muted_is_not_called_hidden() -> None:
    analysis = analyse(small(x0="zero", methods="chebyshev", steps=40))
    assert analysis.methods[0].seen.peak > 1.5
    assert "That mutes the burn-in" in start_text(analysis) and "hides" not in answer(analysis)


def test_a_start_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "x0.txt").write_text(" ".join(["3"] * 10), encoding="utf-8")
    analysis = analyse(small(x0=str(tmp_path / "x0.txt")))
    assert analysis.start.kind == "file" and np.array_equal(analysis.start.x0, np.full(10, 3.0))


def test_the_solution_is_no_start(tmp_path: Path) -> None:
    from polyrates.report.subject import read_data, ridge

    solution = ridge(read_data("diabetes", None), "0.2").solution
    (tmp_path / "x0.txt").write_text(" ".join(map(repr, map(float, solution))), encoding="utf-8")
    with pytest.raises(InvalidValue, match="the solution itself"):
        analyse(small(x0=str(tmp_path / "x0.txt")))


# data


def test_more_features_than_rows_works_and_says_kappa(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    path = csv_write(tmp_path, rng.standard_normal((6, 9)), rng.standard_normal(6))
    analysis, out = report(small(data=path, column="y"), tmp_path / "wide")
    assert analysis.ell == pytest.approx(0.2)
    assert "more features than rows" in page(out)
    assert f"κ = {number_text(analysis.kappa)}" in answer(analysis)
    assert all(each.verified for each in analysis.methods)


def test_one_feature_has_one_eigenvalue(tmp_path: Path) -> None:
    path = csv_write(tmp_path, np.array([[1.0], [2], [4]]), np.array([1.0, 3, 2]))
    analysis, out = report(small(data=path, column="y"), tmp_path / "one")
    assert analysis.widened and "they coincide to rounding" in page(out)
    assert all(each.verified for each in analysis.methods)


def test_a_target_without_correlation_is_refused(tmp_path: Path) -> None:
    X = np.array([[1.0], [-1], [1], [-1]])
    path = csv_write(tmp_path, X, np.array([1.0, 1, -1, -1]))
    with pytest.raises(InvalidValue, match="uncorrelated"):
        analyse(small(data=path, column="y"))


def test_a_penalty_lost_in_rounding_is_refused(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    path = csv_write(tmp_path, rng.standard_normal((6, 9)), rng.standard_normal(6))
    with pytest.raises(InvalidValue, match="drowns in rounding"):
        analyse(small(data=path, column="y", penalty="1e-17"))


def test_odd_names_survive_in_every_format(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    source = csv_write(tmp_path, rng.standard_normal((8, 2)), rng.standard_normal(8))
    odd = tmp_path / "a&b_<i>%$#~ü漢.csv"
    shutil.copy(source, odd)
    _, out = report(small(data=str(odd), column="y"), tmp_path / "odd")
    assert "a&amp;b_&lt;i&gt;" in page(out) and "<i>%" not in page(out)
    if shutil.which("pdflatex"):
        compile_tex(out)


# methods


def test_every_method_can_be_on_the_page(tmp_path: Path) -> None:
    methods = (
        "gegenbauer:alpha=3/2,gradient-descent:step=1/20,heavy-ball:momentum=1/2,nesterov:step=1/9"
        ",harmonic"
    )
    analysis, _ = report(small(methods=methods), tmp_path / "all")
    assert all(each.verified for each in analysis.methods)
    assert len(table_text(analysis).splitlines()) == 6


def test_a_diverging_step_is_shown_as_such() -> None:
    analysis = analyse(small(methods="gradient-descent:step=1", steps=20))
    (each,) = analysis.methods
    assert each.seen.burn_in is None and each.optimiser.final > 1e3
    assert "still is worse than at the start after 20 steps" in answer(analysis)


def test_one_step_is_enough() -> None:
    assert files(analyse(small(steps=1)))


def test_profiles() -> None:
    assert Profile.of(np.array([1, 2, 0.5, 1.5, 0.02, 0.005])) == Profile(2, 1, 3, 5, 0.005)
    assert Profile.of(np.array([1, 0.5, 0.1])) == Profile(1, 0, 0, None, 0.1)
    assert Profile.of(np.array([1, 2.0])).burn_in is None


def test_a_bound_that_still_grows_is_no_maximum(folder: Path) -> None:
    """On a small κ the guarantee of short steps is far larger at 5T than at T."""
    request = small(penalty="0.01", methods="short")
    short, long = analyse(request), analyse(small(penalty="0.01", methods="short", steps=48))
    (first,), (second,) = short.methods, long.methods
    assert first.promised.growing and second.promised.peak > 1.5 * first.promised.peak
    text = html.unescape(files(short)["report.html"].decode())
    assert f"≥ {lower_text(first.promised.peak)}\u00a0×, still growing" in text
    assert "guaranteed at most, t\u00a0≤\u00a012" in text and "may be larger later" in text
    assert f"≥{at_least(first.promised.peak, 3)}" in table_text(short)
    assert as_json(short)["methods"][0]["guarantee"]["still_growing"] is True  # type: ignore[index]
    assert "still growing" not in page(folder)


def test_a_section_is_its_file_and_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    from polyrates.report import write
    from polyrates.report.section import Formulas, Note, Section, Words

    mine = Section(
        lambda analysis: Words(
            "Mine", (f"$T$ is {analysis.steps}.", Formulas(("x^2",)), Note("x"))
        ),
        lambda analysis: {"mine": analysis.steps},
        tables=lambda analysis: {"mine.csv": {"t": np.arange(2), "x": np.array([0.5, 0.25])}},
    )
    monkeypatch.setattr(write, "SECTIONS", (*SECTIONS, mine))
    made = files(analyse(small(steps=3)))
    assert "<h2>Mine</h2>" in made["report.html"].decode()
    assert r"\section*{Mine}" in made["report.tex"].decode()
    assert made["mine.csv"] == b"t,x\n0,0.5\n1,0.25\n"


def test_every_method_runs_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from polyrates.report import analysis

    runs = []
    plain = analysis.differentiate

    def counted(method: pr.Method, *rest: object) -> object:
        runs.append(method)
        return plain(method, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(analysis, "differentiate", counted)
    done = analyse(small())
    assert runs == [each.named.method for each in done.methods]


@pytest.mark.parametrize("absent", ["jinja2", "latex2mathml"])
def test_without_the_extra_one_line_says_which_to_install(
    absent: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from polyrates.report import write

    monkeypatch.setattr(write, "find_spec", lambda name: None if name == absent else name)
    assert main(["report", "--out", str(tmp_path / "r")]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and absent in err
    assert "pip install 'polyrates[report]'" in err and not list(tmp_path.iterdir())


def test_numbers_and_names_are_typeset() -> None:
    assert number_text(1234567.0) == "1.23 × 10⁶" and number_text(-2.5e-12) == "−2.5 × 10⁻¹²"
    assert escape_tex("a_b × 10⁻¹² 50% ü漢") == r"a\_b $\times$ 10$^{-12}$ 50\% ü?"


# formulas


def test_formulas_become_mathml() -> None:
    text = mathml(r"\frac{1}{2} \|x\|^2 + P_t'(\lambda) \le \max_{\lambda} \sqrt{2}")
    tree = ElementTree.fromstring(text)
    names = {node.tag.rpartition("}")[2] for node in tree.iter()}
    assert {"mfrac", "msup", "msubsup", "munder", "msqrt", "annotation"} <= names
    assert all(len(n) == 2 for n in tree.iter() if n.tag.endswith(("mfrac", "msup", "munder")))


@pytest.mark.parametrize("latex", [r"\unknown", "{x", "x}", "x^", "&"])
def test_formulas_that_are_not_understood_are_refused(latex: str) -> None:
    with pytest.raises(ValueError, match="MathML"):
        mathml(latex)


# other models


OWN = """
import numpy as np
import polyrates as pr

A, b = np.diag([1.0, 3.0, 10.0]), np.array([1.0, -2.0, 0.5])

class Smooth:  # gradient, hvp and cross alone
    dimension = 3
    def gradient(self, x): return A @ x - b + 0.05 * x**3
    def hvp(self, x, v): return A @ v + 0.15 * x**2 * v
    def cross(self, x): return 0.3 * x

class Plain(Smooth):
    def gradient(self, x): return A @ x - b
    def hvp(self, x, v): return A @ v

def quadratic(): return pr.Quadratic.random(pr.Interval(1, 10), 5, 0, commuting=False)
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "own_losses.py").write_text(OWN, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    monkeypatch.delitem(sys.modules, "own_losses", raising=False)
    return tmp_path


@pytest.fixture(scope="module")
def logistic(tmp_path_factory: pytest.TempPathFactory) -> tuple[Analysis, Path]:
    request = Request(model="logistic", steps=60, methods="large,chebyshev,sobolev")
    return report(request, tmp_path_factory.mktemp("logistic") / "out")


def test_logistic_regression_has_predictions_and_no_guarantee(
    logistic: tuple[Analysis, Path],
) -> None:
    analysis, out = logistic
    said = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert said["quadratic"] is False and said["verified"]
    large, chebyshev, sobolev = said["methods"]
    assert chebyshev["guarantee"] is None and chebyshev["jacobian"]["peak"] > 10
    assert said["plan"]["status"] == "predicted"
    assert all("guarantee" not in row and row["predicted"] > 0 for row in said["plan"]["rows"])
    # from this far the prediction has the height of the burn-in, and no more
    told = chebyshev["local_model"]["prediction"]["peak"]
    assert told == pytest.approx(chebyshev["jacobian"]["peak"], rel=0.1)
    assert sobolev["jacobian"]["peak"] < 0.2 * large["jacobian"]["peak"]
    text = page(out).replace("\u00a0", " ")
    assert "they do not carry over: nothing here bounds the error of these runs" in text
    assert "is no guarantee" in text and "What is guaranteed" not in text
    table = (out / "curves.csv").read_text(encoding="utf-8").splitlines()[0]
    assert "chebyshev jacobian prediction" in table and "jacobian guarantee" not in table
    assert answer(analysis).startswith("For logistic regression on breast-cancer")
    head = table_text(analysis).splitlines()[0]
    assert "model" in head and "bound" not in head


def test_the_local_model_is_right_to_first_order(logistic: tuple[Analysis, Path]) -> None:
    near = logistic[0].locality
    assert near is not None
    assert near.distances == (1.0, 0.1, 0.01, 0.001)
    for before, after in pairwise(near.gaps[1:]):
        assert after == pytest.approx(before / 10, rel=0.05)
    assert 0.01 < near.reach < 0.5
    assert near.certified  # run within prediction ± remainder, and below the majorant
    for t, observed, predicted, remainder, bound in near.certified:
        assert t > 0 and abs(observed - predicted) <= remainder + 1e-12
        assert observed <= bound < float("inf")


def test_logistic_numbers_are_in_the_json_and_the_paper_compiles(
    logistic: tuple[Analysis, Path], tmp_path: Path
) -> None:
    said = json.loads((logistic[1] / "report.json").read_text(encoding="utf-8"))
    numbers_are_known(logistic[1], said)
    if shutil.which("pdflatex"):
        shutil.copytree(logistic[1], tmp_path / "copy")
        compile_tex(tmp_path / "copy")


def test_own_problem_from_gradient_hvp_and_cross(own: Path) -> None:
    analysis, out = report(
        Request(model="own_losses:Smooth", steps=20, methods="large,chebyshev"), own / "out"
    )
    assert not analysis.exact and all(each.verified for each in analysis.methods)
    assert "do not carry over" in page(out)
    assert analysis.request.command.split()[:4] == ["polyrates", "report", "--model",
                                                    "own_losses:Smooth"]  # fmt: skip
    # the derivative of the Hessian along the path of solutions, by hand
    x, J = analysis.about.quadratic.solution, analysis.about.quadratic.solution_jacobian
    expected = np.diag(0.3 + 0.3 * x * J)
    assert np.allclose(analysis.about.quadratic.hessian_derivative(), expected, atol=1e-8)
    assert np.allclose(np.array([1.0, 3, 10]) * x - [1, -2, 0.5] + 0.05 * x**3, 0, atol=1e-12)


def test_a_problem_from_a_loss_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("jax")
    (tmp_path / "traced_loss.py").write_text(
        "import jax, jax.numpy as jnp, numpy as np\n"
        "import polyrates as pr\n"
        "jax.config.update('jax_enable_x64', True)\n"
        "def loss(w, theta):\n"
        "    return jnp.sum(jnp.cosh(w - theta)) + theta * jnp.sum(jnp.arange(1.0, 4) * w**2)\n"
        "def make():\n"
        "    return pr.from_loss(loss, 1.0, np.zeros(3))\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    request = Request(model="traced_loss:make", steps=12, methods="large,chebyshev")
    analysis, out = report(request, tmp_path / "out")
    assert not analysis.exact and all(each.verified for each in analysis.methods)
    # sinh(w - θ) + 2θiw = 0 by bisection; its derivative by θ by the implicit function theorem
    w = np.array([bisected(i) for i in (1.0, 2.0, 3.0)])
    i = np.arange(1.0, 4)
    derivative = (np.cosh(w - 1) - 2 * i * w) / (np.cosh(w - 1) + 2 * i)
    found = analysis.about.quadratic.solution_jacobian
    assert np.allclose(np.ravel(found), derivative, rtol=1e-9)  # Newton stops near 1e-10
    assert "do not carry over" in page(out)


def bisected(i: float) -> float:
    """The root of sinh(w - 1) + 2iw on [0, 1]."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if np.sinh(middle - 1) + 2 * i * middle > 0 else (middle, high)
    return low


def test_own_quadratics_are_recognized_and_guaranteed(own: Path) -> None:
    for name, commutes in (("Plain", True), ("quadratic", False)):
        request = Request(model=f"own_losses:{name}", steps=20, methods="large,chebyshev")
        analysis = analyse(request)
        assert analysis.exact and analysis.start.commutes is commutes
        assert all(each.verified and each.within_guarantee for each in analysis.methods)
        text = files(analysis)["report.html"].decode()
        assert "What is guaranteed" in text
        assert ("do not commute" in text) is not commutes


# the tight guarantee and the plan


def test_the_guarantee_is_the_tight_worst_case() -> None:
    for x0, sizes in (("far", ("residual", "drift")), ("zero", ("initial", "cross"))):
        analysis = analyse(small(x0=x0, methods="chebyshev,sobolev"))
        ratio = analysis.start.form[1]
        for each in analysis.methods:
            tight = pr.rate(each.named.method, pr.Interval(analysis.ell, analysis.L))
            for t in (0, 3, 12):
                known = tight.worst_case(t, **dict(zip(sizes, (1.0, ratio), strict=True)))
                assert each.bound[t] == pytest.approx(float(known), rel=1e-9)


def test_the_plan_ranks_the_budget_that_the_run_used() -> None:
    analysis = analysed()
    assert analysis.plan.budget == 24
    said = as_json(analysis)["plan"]
    rows = said["rows"]  # type: ignore[index]
    guarantees = [row["guarantee"] for row in rows]
    assert guarantees == sorted(guarantees)
    for row in rows:
        assert row["observed"] <= row["guarantee"] * (1 + 1e-9)
        assert row["gradients"] + row["hessian_vector_products"] <= 24
    assert {row["estimator"] for row in rows} == {"unrolled", "truncated", "one step", "implicit"}


def test_the_densities_have_mass_one() -> None:
    grid, eigenvalues, shares = density(analysed())
    for curve in (eigenvalues, shares):
        steps = np.diff(np.log(grid))
        assert np.sum(steps * (curve[1:] + curve[:-1]) / 2) == pytest.approx(1, abs=0.005)
        assert np.all(curve >= 0)


# the folder


def test_an_own_folder_is_replaced_whole_and_a_foreign_one_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_folder(out, {"a": b"1", "sub/b": b"2"})
    write_folder(out, {"a": b"3"})
    assert sorted(path.name for path in out.iterdir()) == [MARKER, "a"]
    (out / "report.log").write_text("latex was here", encoding="utf-8")
    write_folder(out, {"a": b"4"})
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InvalidValue, match=r"did not write, notes\.txt"):
        check_target(out)
    assert (out / "notes.txt").exists() and (out / "a").read_bytes() == b"4"
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidValue, match="not written by polyrates"):
        check_target(tmp_path / "empty")


def test_a_link_to_an_own_folder_stays_a_link(tmp_path: Path) -> None:
    write_folder(tmp_path / "real", {"a": b"1"})
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_folder(tmp_path / "link", {"a": b"2"})
    assert (tmp_path / "link").is_symlink() and (tmp_path / "real" / "a").read_bytes() == b"2"


def test_a_failed_write_leaves_the_old_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_folder(out, {"a": b"1"})

    class Stop(BaseException):
        pass

    class Poisoned(dict):
        def __iter__(self):  # the second time the files are read, the process is told to stop
            raise Stop

        keys = __iter__

    with pytest.raises(Stop):
        write_folder(out, Poisoned({"a": b"2"}))
    assert (out / "a").read_bytes() == b"1"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_command_writes_prints_and_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    argv = ["report", "--data", "diabetes", "--steps", "12", "--methods", "large,sobolev"]
    assert main([*argv, "--out", "r"]) == 0
    out, err = capsys.readouterr()
    assert err == "" and out.endswith("r/report.html\n") and "GD, h = 2/(L+ℓ)" in out
    assert max(map(len, out.splitlines())) <= 79
    assert main([*argv, "--out", "r", "--json"]) == 0
    printed = capsys.readouterr().out
    assert printed == (tmp_path / "r" / "report.json").read_text(encoding="utf-8")
    assert json.loads(printed) == as_json(analysed())
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL  # as it was before


# other programs


def compile_tex(folder: Path) -> None:
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "report.tex"]
    done = finished(command, cwd=folder)
    assert done.returncode == 0, done.stdout[-2000:]


def test_the_paper_compiles(folder: Path, tmp_path: Path) -> None:
    require("tex", shutil.which("pdflatex") is not None)
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    compile_tex(copy)
    assert (copy / "report.pdf").stat().st_size > 50_000
    wide = re.findall(r"Overfull \\hbox \((\d+)", (copy / "report.log").read_text(errors="replace"))
    assert all(int(points) < 10 for points in wide)


PROBE = """<script>
addEventListener("load", () => {
  const math = [...document.querySelectorAll("math")];
  const flat = math.filter(m => m.getBoundingClientRect().height < 5).length;
  const fraction = document.querySelector("math mfrac");
  const parts = [...fraction.children].map(c => c.getBoundingClientRect());
  const figures = [...document.querySelectorAll("svg")].map(s => s.getBoundingClientRect());
  document.body.setAttribute("data-probe", JSON.stringify({
    formulas: math.length, flat, stacked: parts[0].bottom <= parts[1].top + 3,
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    small: figures.filter(f => f.width < 200 || f.height < 100).length, figures: figures.length,
    size: parseFloat(getComputedStyle(document.querySelector("td")).fontSize)}));
});</script>"""


def chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return next(filter(None, map(shutil.which, names)), None)


@pytest.mark.parametrize("width", [400, 1200, 1400])
def test_in_a_browser(folder: Path, tmp_path: Path, width: int) -> None:
    browser = chromium()
    require("chromium", browser is not None)
    probed = tmp_path / "probed.html"
    # the probe is the test's; the page itself has no script. An iframe narrower than the least
    # width of a window shows the page at 400 pixels.
    probed.write_text(page(folder).replace("</body>", PROBE + "</body>"), encoding="utf-8")
    picture = tmp_path / "page.png"
    base = [
        str(browser), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
        "--enable-logging=stderr", "--v=0", f"--user-data-dir={tmp_path / 'profile'}",
        f"--window-size={width},2400", "--virtual-time-budget=4000",
    ]  # fmt: skip
    dom = finished([*base, "--dump-dom", probed.as_uri()])
    assert "CONSOLE" not in dom.stderr, dom.stderr
    found = re.search(r'data-probe="([^"]*)"', dom.stdout)
    assert found is not None
    probe = json.loads(html.unescape(found.group(1)))
    assert probe["formulas"] > 20 and probe["flat"] == 0 and probe["stacked"]
    assert probe["figures"] == 13 and probe["small"] == 0
    assert probe["overflow"] <= 0 and probe["size"] >= 14
    shot = finished([*base, f"--screenshot={picture}", (folder / "report.html").as_uri()])
    assert "CONSOLE" not in shot.stderr
    pillow = pytest.importorskip("PIL.Image")
    with pillow.open(picture) as image:
        assert image.width == width
        pixels = np.asarray(image.convert("L"))
    assert (pixels < 128).mean() > 0.005  # ink
    for half in np.array_split(pixels, 2):
        assert half.min() < 80

"""A certificate for Coq: what is written is proved, what is changed is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction as F
from pathlib import Path

import pytest
from support import ROOT, finished, without_coq

import polyrates as pr
from polyrates.ground.certificates import ProofFile

FORMAL = ROOT / "derivations" / "formal"
UNION = pr.Union([(1, 2), (3, F(7, 2))])
QUESTIONS: dict[str, Callable[[], pr.Optimum]] = {
    "initial/cross": lambda: pr.minimax_optimal(pr.Interval(1, 10), 5, initial=1, cross=1),
    "residual/drift": lambda: pr.minimax_optimal(
        pr.Interval(F(1, 3), 7), 4, residual=2, drift=F(3, 2)
    ),
    "a union": lambda: pr.minimax_optimal(UNION, 4, initial=F(1, 7), cross=2),
    "to the spectrum's 0": lambda: pr.minimax_optimal(pr.Interval(0, 1), 3, initial=1, cross=1),
    "one step": lambda: pr.minimax_optimal(pr.Interval(1, 3), 1, residual=1, drift=1),
    "tiny": lambda: pr.minimax_optimal(pr.Interval(1, 3), 16, initial=1, cross=1),
}


def proof(name: str) -> ProofFile:
    found = QUESTIONS[name]().certificate
    assert isinstance(found, ProofFile)
    return found


def goal(certificate: ProofFile, folder: Path, slack: float = 1e-6) -> str:
    certificate.to_coq(folder / "goal.v", slack)
    return (folder / "goal.v").read_text(encoding="utf-8")


def ends(text: str) -> tuple[F, F]:
    """lower and upper of the theorem, as fractions."""
    found = re.search(r"/\\ (\d+) / (\d+) <= V <= (\d+) / (\d+)\.", text)
    assert found is not None
    a, b, c, d = map(int, found.groups())
    return F(a, b), F(c, d)


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("slack", [1e-4, 1e-7])
def test_the_bracket_is_the_certificate_s_within_the_slack(
    name: str, slack: float, tmp_path: Path
) -> None:
    certificate = proof(name)
    lower, upper = ends(goal(certificate, tmp_path, slack))
    assert certificate.upper <= upper <= certificate.upper * (1 + F(slack)) * (1 + F(1, 10**11))
    assert certificate.lower * (1 - F(slack)) <= lower <= certificate.upper


def test_the_goal_says_what_was_asked(tmp_path: Path) -> None:
    text = goal(proof("a union"), tmp_path)
    assert "Definition pieces : list (Z * Z) := [(2, 4); (6, 7)]%Z." in text
    statement = text[text.index("Theorem optimum") :]
    sizes = [F(int(p), int(q)) for p, q in re.findall(r"\((\d+) / (\d+)\)", statement)]
    assert sizes == [F(1, 7), 2] and "initial_cross (support 2 pieces)" in statement
    assert re.search(r" 4 V\b", statement)


def test_what_is_not_written_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "goal.v"
    with pytest.raises(pr.PolyratesError, match="minimax"):
        pr.lower_bound_certificate(pr.Interval(1, 4), 2).to_coq(file)
    certificate = proof("initial/cross")
    for slack in (0, -1e-6, 0.5):
        with pytest.raises(pr.PolyratesError, match="slack"):
            certificate.to_coq(file, slack)
    long = pr.minimax_optimal(pr.Interval(1, 2), 41, initial=1, cross=1).certificate
    with pytest.raises(pr.PolyratesError, match="t <= 40"):
        long.to_coq(file)
    plain = pr.minimax_optimal(pr.Interval(1, 2), 3, initial=1, cross=0).certificate
    with pytest.raises(pr.PolyratesError, match="positive sizes"):
        plain.to_coq(file)
    points = pr.minimax_optimal(pr.Union([(1, 2), (4, 4)]), 3, initial=1, cross=1).certificate
    with pytest.raises(pr.PolyratesError, match="isolated point"):
        points.to_coq(file)
    assert not file.exists()


def test_a_certificate_that_proves_too_little_is_refused(tmp_path: Path) -> None:
    """Bounds on the wrong side, and multipliers that are no longer dual."""
    certificate = proof("initial/cross")
    dual = certificate.content["dual"]
    assert isinstance(dual, dict)
    first = [str(2 * int(dual["first"][0])), *dual["first"][1:]]
    for changed in (
        {"upper": "0.7"}, {"lower": "0.75"}, {"share": "0.01"},
        {"dual": {**dual, "first": first}},
    ):  # fmt: skip
        with pytest.raises(pr.PolyratesError, match="larger slack"):
            ProofFile({**certificate.content, **changed}).to_coq(tmp_path / "goal.v")


def proves(text: str, folder: Path) -> bool:
    """Whether coqc closes the goal, within a minute."""
    (folder / "goal.v").write_text(text, encoding="utf-8")
    command = ["coqc", "-w", "none", "-R", str(FORMAL), "Polyrates", str(folder / "goal.v")]
    return finished(command, cwd=folder, timeout=60).returncode == 0


def test_coq_closes_the_goal_and_refuses_what_is_changed(tmp_path: Path) -> None:
    if without_coq():
        return
    done = finished(["make", "-C", str(FORMAL), "certificates"], timeout=600)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    text = goal(proof("initial/cross"), tmp_path)
    assert proves(text, tmp_path)
    found = re.search(r"/\\ (\d+) / (\d+) <= V <= (\d+) / (\d+)\.", text)
    assert found is not None
    least, unit, value, _ = found.groups()
    less, more = str(int(value) * 9 // 10), str(int(least) * 11 // 10)
    multiplier = re.search(r"Point \d+ \d+ \d+ (\(?-?0x[0-9a-f]+\)?)", text)
    assert multiplier is not None
    wrong = {
        "the upper end": text.replace(f"V <= {value} /", f"V <= {less} /"),
        "the upper end everywhere": text.replace(value, less).replace(
            hex(int(value)), hex(int(less))
        ),
        "the lower end": text.replace(f"/\\ {least} /", f"/\\ {more} /"),
        "the lower end everywhere": text.replace(f"{least} {unit}", f"{more} {unit}").replace(
            f"{least} / {unit}", f"{more} / {unit}"
        ),
        "a multiplier": text.replace(multiplier[1], hex(int(multiplier[1].strip("()"), 16) * 2)),
        "the degree": re.sub(r"\b5 V\b", "6 V", text),
        "the support": text.replace("(1, 10)", "(1, 11)"),
    }
    for what, changed in wrong.items():
        assert changed != text, what
        assert not proves(changed, tmp_path), what

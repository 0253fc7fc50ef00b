"""Changes a number or a sign in the conclusion of each theorem and shows that Coq refuses it.

``python derivations/formal/mutate.py [EACH [FILE ...]]`` compiles EACH changed copies of each file
(``make`` first) and rewrites mutants.md, which docs/formal.md shows. A change that leaves the statement true is
no fault of the proof; it is listed as what it is.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from polyrates.ground.tables import markdown_table
from polyrates.symbolic.derivations.formal import LEMMAS

HERE = Path(__file__).parent
EACH, LONGEST = 3, 120
OTHERS = {
    "tight_worst_case": "TightWorstCase",
    "gradient_descent_majorant": "GradientDescentMajorant",
    "between": "Minimax",
    "upper_sound": "UpperBound",
    "functional_bound": "DualBound",
    "certified": "Certificate",
    "chebyshev_is_least": "Alternation",
    "phi_at_ends": "EndPoints",
    "iterate_is_residual": "StateSpace",
    "gradient_descent_residual_polynomial": "GradientDescentPolynomial",
    "divided_difference": "DividedDifferences",
    "max_at_ends": "Calculus",
    "pell": "ChebyshevFacts",
    "heavy_ball_recurrence": "Momentum",
    "nonneg_sound": "IntegerPolynomials",
}
"""The theorems of files that are no derivation's; Statements.v has definitions alone."""
CHANGE = re.compile(r"(?<![\w%.])\d+(?![\w.])| \+ | - |<=")


def statement(text: str, name: str) -> tuple[int, int]:
    """Where the statement of a theorem begins and ends."""
    found = re.search(rf"^(?:Theorem|Lemma) {name}\b(.*?)\.\nProof", text, re.S | re.M)
    assert found is not None, name
    return found.span(1)


def places(text: str, name: str) -> list[tuple[int, int, str]]:
    """(begin, end, other text): numbers raised by one and signs turned, in conclusions alone."""
    begin, end = statement(text, name)
    found, at = [], begin
    for claim in text[begin:end].split("/\\\n"):
        last = max(claim.rfind("->"), claim.rfind("fun "), 0)
        for each in CHANGE.finditer(claim, last):
            old = each[0]
            new = {" + ": " - ", " - ": " + ", "<=": ">="}.get(old) or str(int(old) + 1)
            found.append((at + each.start(), at + each.end(), new))
        at += len(claim) + len("/\\\n")
    if found:
        return found
    whole = CHANGE.finditer(text, begin, end)  # a conclusion without numbers: anywhere
    return [
        (m.start(), m.end(), {"<=": ">="}.get(m[0]) or str(int(m[0]) + 1))
        for m in whole
        if m[0].strip() not in "+-"
    ]


def refused(text: str) -> bool:
    """Whether coqc does not compile a file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "Mutant.v"
        file.write_text(text, encoding="utf-8")
        command = ["coqc", "-w", "none", "-R", str(HERE), "Polyrates", str(file)]
        try:
            done = subprocess.run(
                command, cwd=folder, capture_output=True, timeout=LONGEST, check=False
            )
        except subprocess.TimeoutExpired:
            return True
        return done.returncode != 0


def row(name: str, file: str, each: int) -> list[str]:
    text = (HERE / f"{file}.v").read_text(encoding="utf-8")
    everywhere = places(text, name)
    chosen = random.Random(name).sample(everywhere, min(each, len(everywhere)))
    left = []
    for begin, end, new in sorted(chosen):
        if not refused(text[:begin] + new + text[end:]):
            around = f"{text[max(0, begin - 20) : begin]}{new}{text[end : end + 20]}"
            left.append(f"`{' '.join(around.split())}`")
    counts = [len(everywhere), len(chosen), len(chosen) - len(left)]
    return [f"`{file}.v`", f"`{name}`", *map(str, counts), ", ".join(left) or "none"]


def main(each: int, files: list[str]) -> None:
    chosen = {name: f for name, f in {**LEMMAS, **OTHERS}.items() if not files or f in files}
    with ThreadPoolExecutor(2) as pool:
        rows = list(pool.map(lambda pair: row(*pair, each), chosen.items()))
    head = ["file", "theorem", "numbers and signs", "changed", "refused", "compiled"]
    table = markdown_table(head, rows)
    if files:
        print(table)
    else:
        (HERE / "mutants.md").write_text(table + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else EACH, sys.argv[2:])

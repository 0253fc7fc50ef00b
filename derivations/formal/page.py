"""Writes docs/formal.md: each statement in words, in LaTeX and in Coq, what it rests on, what is missing.

``python derivations/formal/page.py`` rewrites the page from the registry and the files beside this
one; a test holds the page to what this prints.
"""

from __future__ import annotations

import re
from pathlib import Path

import sympy

import polyrates as pr
from polyrates.symbolic.derivations.formal import LEMMAS

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "formal.md"


def text_of(file: str) -> str:
    return (HERE / f"{file}.v").read_text(encoding="utf-8")


def comment_of(file: str) -> str:
    """The first comment: what the file proves, in words."""
    found = re.match(r"\(\*\*(.*?)\*\)", text_of(file), re.S)
    assert found is not None, file
    return " ".join(found[1].split())


def theorem_of(file: str, name: str) -> str:
    """The statement of a theorem, as the file has it."""
    found = re.search(rf"^Theorem {name}\b(.*?)\.\nProof", text_of(file), re.S | re.M)
    assert found is not None, (file, name)
    return f"Theorem {name}{found[1]}."


def latex_of(derivation: pr.Derivation) -> list[str]:
    return [each if isinstance(each, str) else sympy.latex(each) for each in derivation.statement]


def page() -> str:
    """The whole page."""
    template = (HERE / "page.md").read_text(encoding="utf-8")
    registry = pr.derivations()
    parts = []
    for name, file in LEMMAS.items():
        made = registry[name]()
        formulas = "\n".join(f"$$\n{each}\n$$\n" for each in latex_of(made))
        parts.append(
            f"### {made.title}\n\n{comment_of(file)}\n\n{formulas}\n"
            f"`{file}.v`:\n\n```coq\n{theorem_of(file, name)}\n```\n"
        )
    return template.replace("@THEOREMS@\n", "\n".join(parts)).replace(
        "@MUTANTS@", (HERE / "mutants.md").read_text(encoding="utf-8").rstrip()
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

"""What the compiled files rest on, as coqchk finds it: the axioms of Coq's reals and nothing else.

``python derivations/formal/audit.py`` compiles, has coqchk check every file and all they import,
prints the axioms, and ends with 1 where one is not on the list or anything else is unsafe.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ALLOWED = {
    "Coq.Logic.FunctionalExtensionality.functional_extensionality_dep",
    "Coq.Reals.ClassicalDedekindReals.sig_not_dec",
    "Coq.Reals.ClassicalDedekindReals.sig_forall_dec",
    "Coq.Logic.Classical_Prop.classic",
}


def faults(summary: str) -> list[str]:
    """What is wrong in a context summary of coqchk."""
    sections = {
        head.strip(): body.split()
        for head, body in re.findall(r"\* ([^:*]+):(.*?)(?=\n\s*\n|\n\* |\Z)", summary, re.S)
    }
    if "Axioms" not in sections:
        return ["coqchk printed no list of axioms"]
    found = [f"axiom {each}" for each in sections.pop("Axioms") if each not in {*ALLOWED, "<none>"}]
    theory = sections.pop("Theory", [])
    if theory != ["Set", "is", "predicative"]:
        found.append(f"theory: {' '.join(theory)}")
    return found + [f"{head}: {' '.join(v)}" for head, v in sections.items() if v != ["<none>"]]


def unfinished() -> list[str]:
    """Words that leave something out, in any file."""
    words = r"\b(Admitted|admit|give_up|Axioms?|Parameters?|Conjecture|Unset Guard Checking)\b"
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(HERE.glob("*.v"))}
    return [f"{name}: {word}" for name, text in texts.items() for word in re.findall(words, text)]


def main() -> int:
    left_out = unfinished()
    checked = subprocess.run(
        ["make", "-s", "-C", str(HERE), "check"], capture_output=True, text=True, check=False
    )
    wrong = left_out + faults(checked.stdout)
    print(checked.stdout, checked.stderr if checked.returncode else "", sep="")
    print("\n".join(wrong) or "no axiom beyond Coq's classical reals, nothing left out")
    return 1 if wrong or checked.returncode else 0


if __name__ == "__main__":
    sys.exit(main())

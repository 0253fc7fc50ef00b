"""What the compiled files rest on: the axioms of Coq's reals and nothing else.

``python derivations/formal/audit.py``, after ``make``: coqchk checks every file again (what they import
of Coq and mathcomp is admitted here; ``make check`` checks that too, in minutes), and Coq prints the
axioms of every theorem. Ends with 1 where one is not on the list, or where anything is unsafe.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ALLOWED = {
    "FunctionalExtensionality.functional_extensionality_dep",
    "ClassicalDedekindReals.sig_not_dec",
    "ClassicalDedekindReals.sig_forall_dec",
    "Classical_Prop.classic",
}


def faults(summary: str) -> list[str]:
    """What is wrong in coqchk's summary: an axiom in a file of ours, or an unsafe definition.

    Without their sources coqchk also lists what the libraries hide behind signatures.
    """
    sections = {
        head.strip(): body.split()
        for head, body in re.findall(r"\* ([^:*]+):(.*?)(?=\n\s*\n|\n\* |\Z)", summary, re.S)
    }
    if "Axioms" not in sections:
        return ["coqchk printed no list of axioms"]
    listed = sections.pop("Axioms")
    found = [
        f"axiom {each}" for each in listed if not each.startswith(("Coq.", "mathcomp.", "<none>"))
    ]
    theory = sections.pop("Theory", [])
    if theory != ["Set", "is", "predicative"]:
        found.append(f"theory: {' '.join(theory)}")
    return found + [f"{head}: {' '.join(v)}" for head, v in sections.items() if v != ["<none>"]]


def theorems() -> list[str]:
    """Every theorem and corollary, qualified."""
    return [
        f"{path.stem}.{name}"
        for path in sorted(HERE.glob("*.v"))
        for name in re.findall(r"^(?:Theorem|Corollary) (\w+)", path.read_text("utf-8"), re.M)
    ]


def questions() -> str:
    """A file that prints the axioms of every theorem."""
    names = theorems()
    files = " ".join(dict.fromkeys(name.partition(".")[0] for name in names))
    asked = "\n".join(f"Print Assumptions {name}." for name in names)
    return f"From Polyrates Require {files}.\n{asked}\n"


def assumed(printed: str) -> set[str]:
    """The axioms that Coq printed."""
    return set(re.findall(r"^([\w.']+)\s+:", printed, re.M))


def unfinished() -> list[str]:
    """Words that leave something out, in any file."""
    words = r"\b(Admitted|admit|give_up|Axioms?|Parameters?|Conjecture|Unset Guard Checking)\b"
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(HERE.glob("*.v"))}
    return [f"{name}: {word}" for name, text in texts.items() for word in re.findall(words, text)]


def run(*command: str, folder: Path = HERE) -> tuple[int, str]:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def main() -> int:
    ours = [
        word for path in sorted(HERE.glob("*.v")) for word in ("-norec", f"Polyrates.{path.stem}")
    ]
    checked, summary = run("coqchk", "-silent", "-o", "-R", ".", "Polyrates", *ours)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "Asked.v").write_text(questions(), encoding="utf-8")
        command = ["coqc", "-w", "none", "-R", str(HERE), "Polyrates", "Asked.v"]
        asked, printed = run(*command, folder=Path(folder))
    axioms = assumed(printed)
    wrong = unfinished() + faults(summary) + [f"axiom {each}" for each in sorted(axioms - ALLOWED)]
    if checked or asked:
        wrong += [summary[-1000:], printed[-1000:]]
    print(f"{len(theorems())} theorems rest on:", *sorted(axioms), sep="\n  ")
    print("\n".join(wrong) or "no axiom beyond Coq's classical reals, nothing left out")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

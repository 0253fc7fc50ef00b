"""What is proved, argued or numeric: a table of every derivation of the registry, as Markdown.

``python -m polyrates.symbolic.derivations.table`` prints it; docs/theorems.md keeps it.
"""

from __future__ import annotations

from collections import Counter

from polyrates.ground.tables import markdown_table
from polyrates.symbolic.derivations.registry import derivations

__all__ = ["derivations_table"]

_HEAD = """# Theorems and what they rest on

Printed by `python -m polyrates.symbolic.derivations.table`. **proved**: every step that the
statement rests on is checked by machine (a symbolic zero, a certificate of a sign, an induction),
and the steps yield the statement. **proved (Coq)**: beside the steps, derivations/formal has a
theorem with this statement that Coq's kernel has checked; [formal.md](formal.md) shows both.
**argued**: the formulas of the steps are checked, the prose beside them is not. **numeric**: a step
has a known gap, and numbers stand beside it. Exact and floating-point evaluations illustrate; no
statement rests on them.

"""


def derivations_table() -> str:
    """One row a derivation: title, name in ``pr.derivations()``, status, kinds of its steps."""
    rows = []
    for name, make in derivations().items():
        made = make()
        kinds = Counter(step.kind for step in made.steps)
        steps = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
        file = made.lemma.partition(".")[0]
        rows.append([made.title, f"`{name}`", made.status, steps, file and f"`{file}.v`"])
    return _HEAD + markdown_table(["derivation", "name", "status", "steps", "Coq"], rows) + "\n"


if __name__ == "__main__":
    print(derivations_table(), end="")

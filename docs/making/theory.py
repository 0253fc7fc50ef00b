"""The theory: one page a derivation of ``pr.derivations()``, as the package itself writes it."""

from __future__ import annotations

import re
from collections import Counter

import polyrates as pr

__all__ = ["pages"]


def pages() -> dict[str, str]:
    """Each derivation, and docs/theorems.md with every name a link."""
    made: dict[str, str] = {}
    entries = []
    for name, make in pr.derivations().items():
        derivation = make()
        made[f"theory/{name}.md"] = _page(name, derivation)
        entries.append(name)
    from making.facts import ROOT

    table = (ROOT / "docs" / "theorems.md").read_text(encoding="utf-8")
    table = re.sub(r"`(\w+)` \|", lambda found: _linked(found[1], entries), table)
    table = re.sub(
        r"\| (proved|proved \(Coq\)|argued|numeric) \|",
        lambda found: f"| {_badge(found[1])} |",
        table,
    )
    toctree = "\n".join(["", "```{toctree}", ":hidden:", "", *(f"theory/{e}" for e in entries)])
    made["theorems.md"] = f"{table}{toctree}\n```\n"
    return made


def _linked(name: str, entries: list[str]) -> str:
    return f"[`{name}`](theory/{name}.md) |" if name in entries else f"`{name}` |"


def _badge(status: str) -> str:
    return f'<span class="status status-{status.split()[0]}">{status}</span>'


def _page(name: str, derivation: pr.Derivation) -> str:
    written = derivation._repr_markdown_()
    _, _, body = written.partition("\n\n")
    kinds = Counter(step.kind for step in derivation.steps)
    steps = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    lines = [
        f"# {derivation.title}",
        "",
        f"{_badge(derivation.status)} · steps: {steps}",
        "",
        body,
        "",
        "## Check it",
        "",
        f"```py\npr.derivations()[{name!r}]().check()\n```",
        "",
    ]
    if derivation.sources:
        cited = ", ".join(f"{{cite}}`{key}`" for key in derivation.sources)
        lines += ["## Sources", "", f"{cited}; all are listed under [Sources](../sources.md).", ""]
    return "\n".join(lines)

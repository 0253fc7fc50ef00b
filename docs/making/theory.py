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


_VERBS = {"proved": "proved", "argued": "argued", "numeric": "argued, in part by numbers"}
_PARTS = {
    "residual part": r"the largest $|P_t|$ on the spectrum, by which the iterates are wrong",
    "drift": r"the largest $|P_t'|$ on the spectrum, by which the unrolled Jacobian is wrong "
    r"for what "
    "the start does to the Hessian",
    "initial part": r"the largest $|P_t - \lambda P_t'|$ on the spectrum, by which the unrolled "
    r"Jacobian "
    "is wrong for a wrong start",
}
_WORDS = {
    "two_horns": r"where $\kappa < \sqrt{2} - 1$, no constant step of gradient descent is "
    r"both free of "
    "burn-in and the fastest",
    "flat_step": r"gradient descent's Jacobian never gets worse than at a wrong start, for all "
    r"eigenvalues between 0 and $L$, exactly when $h \le \sqrt{2}/L$",
    "counterexample": "the largest sum of both parts at one eigenvalue is no bound of the joint "
    "worst case",
}


def _opening(name: str, derivation: pr.Derivation) -> str:
    """The sentence that says what is shown, before any formula."""
    verb = _VERBS[derivation.status.split()[0]]
    method, _, part = derivation.title.rpartition(", ")
    if part in _PARTS:
        words = f"{_PARTS[part]}, for {method[0].lower() if method[1:2] else ''}{method[1:]}"
        if method.split("'")[0] in ("Chebyshev", "Gegenbauer", "Nesterov"):
            words = f"{_PARTS[part]}, for {method}"
    else:
        words = _WORDS.get(name, derivation.title)
    return f"**What is {verb} here:** {words}."


def _page(name: str, derivation: pr.Derivation) -> str:
    written = derivation._repr_markdown_()
    _, statement, *body = written.split("\n\n")
    given = body.pop(0) if body and body[0].startswith("Given: ") else ""
    holds = f"{given.rstrip('.').replace('Given: ', 'Given ', 1)}, this holds:" if given else ""
    kinds = Counter(step.kind for step in derivation.steps)
    steps = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    lines = [
        f"# {derivation.title}",
        "",
        f"{_badge(derivation.status)} · steps: {steps}",
        "",
        f"{_opening(name, derivation)} {holds}",
        "",
        statement,
        "",
        *("## Steps", "", "\n\n".join(body), ""),
        "## Check it",
        "",
        f"```py\npr.derivations()[{name!r}]().check()\n```",
        "",
    ]
    if derivation.sources:
        cited = ", ".join(f"{{cite}}`{key}`" for key in derivation.sources)
        lines += ["## Sources", "", f"{cited}; all are listed under [Sources](../sources.md).", ""]
    return "\n".join(lines)

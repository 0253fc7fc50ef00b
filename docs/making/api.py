"""The API pages: every public name, on the page of its heading in the package's contents.

A name that the contents page (``polyrates.__doc__``) lists stands under that heading; a result
class that it does not list stands with the verbs of its room.
"""

from __future__ import annotations

import inspect
import re

import polyrates as pr
from polyrates import testing

__all__ = ["headings", "pages"]

ROOMS = {
    "core": "Methods",
    "core.measures": "Spectra",
    "core.estimators": "Estimators",
    "core.spectra": "Spectra",
    "problems": "Problems",
    "analysis": "Analysis",
    "numeric": "Analysis",
    "symbolic": "Analysis",
    "symbolic.proofs": "Presentation",
    "synthesis": "Synthesis",
    "choices": "Choices",
    "execution": "Execution",
    "measurement": "Measurement",
    "ground.errors": "Errors",
    "ground.certificates": "Proofs",
    "ground.numbers": "Presentation",
}
WORDS = {
    "Spectra": "Where the eigenvalues of the Hessian lie, with or without a density.",
    "Methods": "A method is a recurrence of residual polynomials; each is a frozen value.",
    "Estimators": "How the derivative of the solution is estimated from a run.",
    "Problems": "Anything with a gradient, Hessian-vector products and a cross derivative.",
    "Analysis": "A method and a spectrum in, its rates out.",
    "Proofs": "Certificates that travel, and what checks them.",
    "Synthesis": "A spectrum in, the best method out.",
    "Choices": "Which method, which estimator, which split, for a budget.",
    "Execution": "Methods run, differentiated and verified on your problem.",
    "Certificates": "How wrong is the Jacobian I hold?",
    "Measurement": "What is measured on a problem.",
    "Presentation": "Formulas, sources, derivations, symbols.",
    "Errors": "Every exception; [Errors](../errors.md) says how each is mended.",
    "Testing": "`polyrates.testing`, for the tests of your own methods and problems.",
}


def headings() -> dict[str, list[str]]:
    """Heading to the public names under it."""
    contents = pr.__doc__ or ""
    listed: dict[str, list[str]] = {}
    heading = ""
    for line in contents.split("\n\n", 2)[-1].split("\n"):
        found = re.match(r"([A-Z][a-z]+) {2,}(.*)|\s+(.*)", line)
        if not found:
            continue
        heading = found[1] or heading
        words = re.findall(r"\.?\b\w+", found[2] or found[3] or "")
        listed.setdefault(heading, []).extend(
            word for word in words if word in pr.__all__ and len(word) > 1
        )
    placed: dict[str, str] = {}
    for heading, names in listed.items():
        for name in names:
            placed.setdefault(name, heading)
    for name in pr.__all__:
        if name not in placed:
            placed[name] = _by_room(name)
    found = {heading: [] for heading in [*listed, "Errors"]}
    for name, heading in placed.items():
        found.setdefault(heading, []).append(name)
    return found


def _by_room(name: str) -> str:
    thing = getattr(pr, name)
    module = getattr(thing, "__module__", "polyrates.ground.numbers")
    if isinstance(thing, type) and issubclass(thing, Exception):
        return "Errors"
    path = module.removeprefix("polyrates.")
    while path:
        if path in ROOMS:
            return ROOMS[path]
        path = path.rpartition(".")[0]
    return "Presentation"


def entry(name: str, module: str = "polyrates") -> str:
    """One directive."""
    thing = getattr(pr if module == "polyrates" else testing, name)
    if isinstance(thing, type):
        lines = [f".. autoclass:: {module}.{name}"]
        if not issubclass(thing, Exception):
            lines += (
                ["   :members:", "   :undoc-members:"]
                if issubclass(thing, tuple)
                else ["   :members:"]
            )
    elif inspect.isroutine(thing):
        lines = [f".. autofunction:: {module}.{name}"]
    else:
        meaning = {
            "lam": "λ, the eigenvalue: a real sympy symbol.",
            "t": "t, the iteration: a sympy symbol for an integer ≥ 0.",
        }[name]
        lines = [f".. py:data:: {module}.{name}", "", f"   {meaning}"]
    return "\n".join(lines) + "\n"


def pages() -> dict[str, str]:
    """One page a heading, and the list of all names."""
    found = headings()
    made: dict[str, str] = {}
    groups = {heading: ("polyrates", names) for heading, names in found.items() if names}
    groups["Testing"] = ("polyrates.testing", list(testing.__all__))
    index = [
        "# API",
        "",
        "Every public name. `import polyrates as pr`; verbs are functions, values",
        "are frozen dataclasses.",
        "",
    ]
    for heading, (module, names) in groups.items():
        words = WORDS.get(heading, "")
        body = "\n".join(entry(name, module) for name in names)
        plain = re.sub(r"\[([^\]]*)\]\(\.\./(\w+)\.md\)", r":doc:`\1 </\2>`", words)
        plain = re.sub(r"(?<![:`\w>])`([\w.]+)`", r"``\1``", plain)
        title = f"{heading}\n{'=' * len(heading)}\n"
        made[f"api/{heading.lower()}.rst"] = f"{title}\n{plain}\n\n{body}"
        index += [f"## [{heading}]({heading.lower()}.rst)", "", words, ""]
        index += [", ".join(f"{{py:obj}}`~{module}.{name}`" for name in names), ""]
    entries = "\n".join(heading.lower() for heading in groups)
    index += ["```{toctree}", ":hidden:", "", entries, "```", ""]
    made["api/index.md"] = "\n".join(index)
    return made

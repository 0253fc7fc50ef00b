"""The encyclopedia: one card a method, generated from the catalogue.

Numbers are those of the method on [1, 100], κ = 1/100, by the verbs of the package; what a verb
refuses is said in its own words. A method that joins the catalogue has its card in the next build.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator

import sympy

import polyrates as pr
from making.card_words import CALLS, LEADS, defined
from polyrates.core.methods.catalogue import NAMES, Entry
from polyrates.core.methods.named import build
from polyrates.ground.numbers import parse
from polyrates.ground.references import sources_of

__all__ = ["pages"]

ELL, HIGH = 1, 100
STEPS = (10, 50, 200)
GIVEN = {
    "gradient-descent": {"step": "1/100"},
    "sobolev": {"eta": "100", "alpha": "0"},
    "harmonic": {"eta": "100"},
}
"""Options on the cards, where they are not the tuned ones."""

_INDEX = """# Encyclopedia of methods

One card a method, generated from the catalogue: its recurrence, its residual polynomial, how wrong
its iterates and its unrolled Jacobian are, what happens with noise and under changing Hessians, its
LaTeX and its sources. All numbers are for eigenvalues in [1, 100].

"""


def pages() -> dict[str, str]:
    """A card each, and the table of all."""
    made: dict[str, str] = {}
    rows = [
        "| method | peak of the Jacobian's error | burn-in | asymptotic rate |",
        "|---|---|---|---|",
    ]
    where = pr.Interval(ELL, HIGH)
    for entry in NAMES.values():
        needed = {name: parse(text) for name, text in GIVEN.get(entry.key, {}).items()}
        method = build(entry.key, *where.hull, needed).method
        rate = pr.rate(method, where)
        rounded = {name: float(value) for name, value in needed.items()}
        noisy = build(entry.key, float(ELL), float(HIGH), rounded).method
        made[f"methods/{entry.key}.md"] = _card(entry, method, rate, noisy)
        part = rate.initial
        peak = tried(lambda part=part: _peak(part))
        burn = tried(lambda part=part: str(part.burn_in))
        limit = tried(lambda part=part: f"{float(part.asymptotic):.4f}")
        rows.append(f"| [{entry.title}]({entry.key}.md) | {peak} | {burn} | {limit} |")
    toctree = "\n".join(["```{toctree}", ":hidden:", "", *NAMES, "```"])
    others = _others()
    made["methods/index.md"] = f"{_INDEX}{chr(10).join(rows)}\n\n{others}\n\n{toctree}\n"
    return made


def _others() -> str:
    """The classes of methods that have no entry of their own, to their API."""
    kinds = {entry.kind for entry in NAMES.values()}
    names = [
        name
        for name in pr.__all__
        if isinstance(kind := getattr(pr, name), type)
        and issubclass(kind, pr.Method)
        and kind not in kinds
        and kind not in (pr.Method, pr.Stationary)
    ]
    listed = ", ".join(f"{{py:obj}}`~polyrates.{name}`" for name in names)
    return f"Made from tables, measures or other methods, so without a card: {listed}."


def _peak(part: pr.RatePart) -> str:
    t, top = part.peak
    return "grows without bound" if t == sympy.oo else f"{float(top):.4g} at t = {t}"


def tried(make: Callable[[], str]) -> str:
    """What a verb gives, or a dash where it refuses."""
    try:
        return make()
    except pr.PolyratesError:
        return "—"


def _card(entry: Entry, method: pr.Method, rate: pr.Rate, noisy: pr.Method) -> str:
    kind = type(method)
    lines = [f"# {entry.title}", "", LEADS.get(entry.key, _first_paragraph(kind)), ""]
    closed = tried(lambda: pr.latex(pr.residual_polynomial(method, pr.t)))
    lines += ["## Recurrence", "", f"$${entry.update}$$", ""]
    lines += ["## Residual polynomial", "", f"$${entry.residual}$$", ""]
    lines += [defined(entry.key, entry.update, entry.residual, closed), ""]
    second = tried(lambda: pr.latex(pr.residual_polynomial(method, 2)))
    for words, formula in (("On [1, 100] at $t = 2$:", second), ("In closed form:", closed)):
        lines += ["", *((words, "", f"$${formula}$$") if formula != "—" else ()), ""]
    lines += ["## How wrong, in the worst case over [1, 100]", "", *_rates(rate), ""]
    lines += ["## Burn-in, noise, changing Hessians", "", *_facts(method, rate, noisy), ""]
    lines += ["## In Python", "", _python(entry), ""]
    lines += ["## LaTeX", "", f"```latex\n{pr.latex(method)}\n```", ""]
    lines += ["## Sources", "", *_sources(method), ""]
    lines += [f"API: {{py:obj}}`~polyrates.{kind.__name__}`.", ""]
    return "\n".join(lines)


def _first_paragraph(kind: type) -> str:
    """Of the class's docstring, as text."""
    text = (inspect.getdoc(kind) or "").split("\n\n")[0].replace("\n", " ")
    return text.replace("*", r"\*").replace("_", r"\_").replace("|", r"\|").replace("``", "`")


def _rates(rate: pr.Rate) -> Iterator[str]:
    """A row a part."""
    yield (
        "| part | " + " | ".join(f"t = {t}" for t in STEPS) + " | limit of the t-th root | status |"
    )
    yield "|---|" + "---|" * (len(STEPS) + 2)
    for name, words in (
        ("residual", "iterates, and `residual`"),
        ("initial", "Jacobian, `initial`"),
        ("cross", "Jacobian, `cross`"),
    ):
        part = getattr(rate, name)
        values = [
            tried(lambda t=t, part=part: f'<span class="number">{float(part(t)):.4g}</span>')
            for t in STEPS
        ]
        limit = tried(lambda part=part: f"{float(part.asymptotic):.6f}")
        yield f"| {words} | {' | '.join(values)} | {limit} | {part.status} |"


def _facts(method: pr.Method, rate: pr.Rate, noisy: pr.Method) -> Iterator[str]:
    """Burn-in and peak; and what is known of the method in other settings; ``noisy`` in floats."""
    part, hull = rate.initial, (ELL, HIGH)
    peak = tried(lambda: _peak(part))
    yield "| what | value |\n|---|---|"
    yield f"| peak of the Jacobian's error, relative to the start | {peak} |"
    yield f"| burn-in: worse than at the start up to t = | {tried(lambda: str(part.burn_in))} |"
    where = pr.Interval(float(ELL), float(HIGH))
    for words, name in (
        ("noise floor of the iterates (variance a unit of noise)", "iterate_floor"),
        ("noise floor of the Jacobian (a unit of noise and of ∂H)", "jacobian_floor"),
    ):
        yield from _row(words, lambda name=name: _shown(getattr(pr.noise(noisy, where), name)))
    words = "rate of the tangents when the Hessian changes at every step"
    yield from _row(words, lambda: _shown(pr.switching_rate(method, hull).rate))
    if hasattr(pr, "reach"):
        words = "largest query in 50 steps, relative to the start's error"
        yield from _row(words, lambda: f"{float(pr.reach(method, 50).query):.4g}")


def _row(words: str, value: Callable[[], str]) -> Iterator[str]:
    """A row; the refusal's requirement where there is no value."""
    try:
        yield f"| {words} | {value()} |"
    except pr.PolyratesError as error:
        reason = getattr(error, "requirement", str(error)).replace("|", r"\|")
        yield f"| {words} | none: {reason} |"


def _shown(value: object) -> str:
    return f"{float(value):.4g}"  # type: ignore[arg-type]


def _python(entry: Entry) -> str:
    call = CALLS.get(entry.key)
    lines = ["import polyrates as pr", ""]
    if call is None:
        lines += ["from polyrates.core.methods.named import build", ""]
        call = f'build("{entry.key}", 1, 100).method'
    lines += [f"method = {call}", "pr.rate(method, pr.Interval(1, 100)).initial(10)"]
    block = "\n".join(lines)
    command = f"polyrates rate --method {entry.key} --ell 1 --L 100"
    if entry.key == "gradient-descent":
        command += " --step 1/100"
    if entry.key in ("sobolev", "harmonic"):
        command += " --eta 100"
    return f"```py\n{block}\n```\n\nOn the command line:\n\n```sh\n{command}\n```"


def _sources(method: pr.Method) -> Iterator[str]:
    found = sources_of(method)
    if not found:
        yield "None is recorded."
        return
    yield ", ".join(f"{{cite}}`{each.key}`" for each in found) + "."
    yield ""
    yield "```bibtex\n" + "\n\n".join(each.bibtex for each in found) + "\n```"

"""The gallery: every figure of the package with its script, its numbers and its picture.

The package owns the figures: each computes CSV, draws from it, and checks what it claims; tests
make them anew. sphinx-gallery would run minutes of experiments in every build and knows
nothing of the CSV, so the pages are generated here from the same registry.
"""

from __future__ import annotations

import inspect
import re

from making.facts import ROOT
from polyrates.gallery.figures import FIGURES

__all__ = ["pages"]

FOLDER = ROOT / "figures"
_HEAD = """# Gallery

Every figure is made by a script from numbers in a CSV file, and checks what it claims:
`polyrates figures NAME` makes it anew.

"""


def pages() -> dict[str, str | bytes]:
    """A page a figure, the overview, and the pictures and numbers themselves."""
    made: dict[str, str | bytes] = {
        f"figures/{path.name}": path.read_bytes()
        for path in sorted(FOLDER.iterdir())
        if path.suffix in (".svg", ".png", ".csv")
    }
    cards = ["::::{grid} 1 1 2 2", ":gutter: 3", ""]
    for name, figure in FIGURES.items():
        source = inspect.getsource(figure)  # type: ignore[arg-type]
        pictures = _named(name, source, "svg|png")
        made[f"gallery/{name}.md"] = _page(name, figure, source, pictures)
        cards += [
            f":::{{grid-item-card}} {_title(figure)}",
            f":link: {name}",
            ":link-type: doc",
            f":img-bottom: ../figures/{pictures[0]}",
            f":img-alt: {figure.about}",
            "",
            figure.about[0].upper() + figure.about[1:] + ".",
            ":::",
            "",
        ]
    toctree = "\n".join(["```{toctree}", ":hidden:", "", *FIGURES, "```"])
    made["gallery/index.md"] = _HEAD + "\n".join([*cards, "::::", "", toctree, ""])
    return made


def _title(figure: object) -> str:
    """The first line of its docstring."""
    return (inspect.getdoc(figure) or "").split("\n\n")[0].replace("\n", " ").rstrip(".")


def _named(name: str, source: str, endings: str) -> list[str]:
    """The files of a figure: those that begin with its name, and those that its module names."""
    files = [path.name for path in sorted(FOLDER.iterdir())]
    files = [each for each in files if re.search(rf"\.({endings})$", each)]
    own = [each for each in files if re.match(rf"{re.escape(name)}[-.]", each)]
    own.sort(key=len)
    return own + [each for each in files if f'"{each}"' in source and each not in own]


def _page(name: str, figure: object, source: str, pictures: list[str]) -> str:
    words = (inspect.getdoc(figure) or "").split("\n\n")
    rest = words[1:]
    about = getattr(figure, "about", "")
    lines = [f"# {_title(figure)}", ""]
    lines += [_plain("\n\n".join(rest)), ""]
    for picture in pictures:
        lines += [
            f"```{{image}} ../figures/{picture}",
            f":alt: {about}",
            ":class: picture",
            "```",
            "",
        ]
    numbers = _named(name, source, "csv")
    if numbers:
        listed = ", ".join(f"{{download}}`{each} <../figures/{each}>`" for each in numbers)
        lines += ["## Numbers", "", listed, ""]
    module = figure.__name__.rpartition(".")[2]  # type: ignore[attr-defined]
    script = (FOLDER / f"{module}.py").read_text(encoding="utf-8")
    lines += ["## Script", "", f"`polyrates figures {name}`, or", "", f"```py\n{script}```", ""]
    lines += [
        "```{dropdown} How it is computed, drawn and checked",
        "",
        "````py",
        source.rstrip(),
        "````",
        "```",
        "",
    ]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """A docstring as Markdown."""
    text = re.sub(r":\w+:`~?[\w.]*?(\w+)`", r"`\1`", text)
    return text.replace("``", "`").replace("*", r"\*").replace("|", r"\|").replace("_", r"\_")

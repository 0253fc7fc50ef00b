"""The notebooks of derivations/ as a course, in the order of their numbers."""

from __future__ import annotations

import json

from making.facts import ROOT, opened_in

__all__ = ["course_pages"]

_INDEX = """# The course

{count} notebooks, from the identity behind everything to the best possible method. Each derives,
checks every step by machine, draws, and ends in assertions. They need nothing but the package:
`polyrates examples` copies them into a folder of yours.

"""


def course_pages() -> dict[str, str | bytes]:
    """Each notebook, with its links at the top, and the list of them."""
    pages: dict[str, str | bytes] = {}
    rows = []
    for path in sorted((ROOT / "derivations").glob("*.ipynb")):
        book = json.loads(path.read_text(encoding="utf-8"))
        first = "".join(book["cells"][0]["source"])
        title = first.split("\n", 1)[0].removeprefix("# ")
        opened = opened_in(path.stem)
        if opened:
            book["cells"][0]["source"] = first.replace("\n", f"\n\n{opened}\n", 1)
        pages[f"course/{path.name}"] = json.dumps(book, ensure_ascii=False, indent=1)
        rows.append((path.stem, title))
    lines = [f"{i}. [{title}]({stem}.ipynb)" for i, (stem, title) in enumerate(rows, 1)]
    toctree = "\n".join(["```{toctree}", ":hidden:", "", *(stem for stem, _ in rows), "```"])
    head = _INDEX.format(count=len(rows))
    pages["course/index.md"] = head + "\n".join(lines) + f"\n\n{toctree}\n"
    return pages

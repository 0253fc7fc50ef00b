"""Put the sources of the site into one folder: what is written, and what is generated.

Written pages are Markdown that GitHub shows as well: every ```` ```python ```` block becomes a cell
that runs in the build, a ```` ```text ```` block right below it gives way to what the cell prints.
Only what changed is written, so that Sphinx and the cache of cells do no work twice.
"""

from __future__ import annotations

import posixpath
import re
import shutil
from pathlib import Path

from making import api, cards, errors, gallery, theory
from making.course import course_pages
from making.facts import ROOT, addresses

__all__ = ["require_katex", "stage"]

DOCS = ROOT / "docs"
KATEX = ROOT / "node_modules" / "katex" / "dist"
FRONT = """---
file_format: mystnb
kernelspec:
  name: python3
---
"""
_CELL = re.compile(r"^```python\n(.*?)^```\n(?:\n+```text\n.*?^```\n)?", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)\s]+)\)")
_IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
COPIED = {"CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md"}
"""Pages from outside of docs/, by where they are shown."""


def require_katex() -> None:
    """Stop where KaTeX is absent, before anything slow."""
    if not (KATEX / "katex.min.js").exists():
        command = "npm install --no-save katex@0.16 axe-core@4"
        raise SystemExit(f"KaTeX is absent; run in {ROOT}: {command}")


def stage(source: Path) -> int:
    """Everything into ``source``, where what is no longer made is removed; the number of pages."""
    require_katex()
    made: dict[str, bytes] = {}
    for path in sorted(DOCS.rglob("*")):
        name = path.relative_to(DOCS).as_posix()
        if not path.is_file() or "__pycache__" in name or name == "build.py":
            continue
        text = path.read_bytes()
        if path.suffix == ".md":
            text = page(text.decode("utf-8"), f"docs/{name}").encode("utf-8")
        made[name] = text
    for outside, name in COPIED.items():
        text = (ROOT / outside).read_text(encoding="utf-8")
        made[name] = page(text, outside).encode("utf-8")
    made["references.bib"] = (ROOT / "polyrates/ground/references.bib").read_bytes()
    made |= vendored()
    for generated in (
        course_pages(),
        api.pages(),
        theory.pages(),
        cards.pages(),
        errors.pages(),
        gallery.pages(),
    ):
        made |= {
            name: text.encode("utf-8") if isinstance(text, str) else text
            for name, text in generated.items()
        }
    made["more.md"] = with_others(made).encode("utf-8")
    made["extra/llms.txt"] = overview(made).encode("utf-8")
    write(source, made)
    return sum(name.endswith((".md", ".rst", ".ipynb")) for name in made)


def with_others(made: dict[str, bytes]) -> str:
    """``more.md`` with every page of docs/ that no list names: a new one is shown at once."""
    pages = {name: text.decode("utf-8") for name, text in made.items() if name.endswith(".md")}
    lists = "\n".join(
        block
        for text in pages.values()
        for block in re.findall(r"^```{toctree}.*?^```", text, re.MULTILINE | re.DOTALL)
    )
    named = {posixpath.basename(line.strip()) for line in lists.split("\n")}
    others = [
        name.removesuffix(".md")
        for name in sorted(pages)
        if "/" not in name and name != "index.md" and name.removesuffix(".md") not in named
    ]
    return re.sub(
        r"^others\n", "".join(f"{name}\n" for name in others), pages["more.md"], flags=re.M
    )


def write(folder: Path, made: dict[str, bytes]) -> None:
    """What differs; what is not made is removed."""
    for path in sorted(folder.rglob("*")) if folder.exists() else []:
        if path.is_file() and path.relative_to(folder).as_posix() not in made:
            path.unlink()
    for name, content in made.items():
        path = folder / name
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def vendored() -> dict[str, bytes]:
    """KaTeX from node_modules: script, style and the fonts of today's browsers."""
    found = {
        "katex.min.js": KATEX / "katex.min.js",
        "auto-render.min.js": KATEX / "contrib" / "auto-render.min.js",
        "katex.min.css": KATEX / "katex.min.css",
    }
    found |= {f"fonts/{path.name}": path for path in (KATEX / "fonts").glob("*.woff2")}
    return {f"_static/katex/{name}": path.read_bytes() for name, path in found.items()}


def page(text: str, where: str) -> str:
    """A written page with its cells made to run and its links leading into the site."""
    has_cells = "```python\n" in text or "```{code-cell}" in text
    text = _CELL.sub(lambda found: f"```{{code-cell}} python\n{found[1]}```\n", text)
    text = text.replace("```mermaid\n", "```text\n")
    text = _IMAGE.sub(lambda found: f"![{found[1]}]({_image(found[2], where)})", text)
    text = _LINK.sub(lambda found: _link(found[1], found[2], where), text)
    return FRONT + "\n" + text if has_cells and not text.startswith("---\n") else text


def _resolved(target: str, where: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(where), target))


def _image(target: str, where: str) -> str:
    path = _resolved(target, where)
    return f"/figures/{posixpath.basename(path)}" if path.startswith("figures/") else target


def _link(words: str, target: str, where: str) -> str:
    """Into the site where it is a page of it, to the repository where that is known."""
    file, _, anchor = target.partition("#")
    if "://" in target or target.startswith(("mailto:", "/")) or not file:
        return f"[{words}]({target})"
    path = _resolved(file, where)
    if path.startswith("docs/"):
        return f"[{words}](/{path.removeprefix('docs/')}{'#' + anchor if anchor else ''})"
    if path in COPIED:
        return f"[{words}](/{COPIED[path]}{'#' + anchor if anchor else ''})"
    if path.startswith("derivations/") and path.endswith(".ipynb"):
        return f"[{words}](/course/{posixpath.basename(path)})"
    if path.startswith("figures/"):
        return f"[{words}](/figures/{posixpath.basename(path)})"
    home = addresses().get("repository")
    return f"[{words}]({home}/blob/main/{path})" if home else words


def overview(made: dict[str, bytes]) -> str:
    """``llms.txt``: what the package is and every page with its title, for machines that read."""
    import polyrates as pr

    lines = [
        "# polyrates",
        "",
        f"> {(pr.__doc__ or '').split(chr(10))[0]}",
        "",
        (pr.__doc__ or "").split("\n\n", 1)[1].strip(),
        "",
        "## Pages",
        "",
    ]
    for name in sorted(made):
        if name.endswith((".md", ".rst")) and not name.startswith("_"):
            title = title_of(made[name].decode("utf-8"))
            lines.append(f"- [{title}]({re.sub(r'[.](md|rst)$', '.html', name)})")
    return "\n".join(lines) + "\n"


def title_of(text: str) -> str:
    """The first heading of a page, Markdown or reStructuredText."""
    found = re.search(r"^# (.+)$|^(.+)\n=+$", text, re.MULTILINE)
    return next(filter(None, found.groups())) if found else ""


def clear(folder: Path) -> None:
    """Remove a staged folder."""
    shutil.rmtree(folder, ignore_errors=True)

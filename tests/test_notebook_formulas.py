"""Every formula of every notebook, in its text and in its outputs: KaTeX and a TeX engine."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from support import ROOT, finished, refused_by_katex, require

FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<![\\$])\$(?!\$)([^$\n]+?)\$(?!\$)", re.DOTALL)


def texts() -> dict[str, list[str]]:
    """The Markdown and LaTeX of each notebook: cells, and displayed outputs."""
    nbformat = pytest.importorskip("nbformat")
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "derivations").glob("*.ipynb")):
        parts = found.setdefault(path.name, [])
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                parts.append(cell.source)
            for output in cell.get("outputs", []):
                data = output.get("data", {})
                parts += [data[kind] for kind in ("text/latex", "text/markdown") if kind in data]
    return found


def formulas() -> dict[str, str]:
    return {
        f"{name} {i}.{j}": next(filter(None, match.groups()))
        for name, parts in texts().items()
        for i, part in enumerate(parts)
        for j, match in enumerate(FORMULA.finditer(part))
    }


def test_katex_accepts_every_notebook() -> None:
    assert refused_by_katex(formulas()) == []


def test_a_tex_engine_compiles_every_notebook(tmp_path: Path) -> None:
    engine = shutil.which("pdflatex")
    require("tex", engine is not None)
    body = "\n\n".join(rf"\[{text.strip()}\]" for text in formulas().values())
    packages = r"\usepackage{amsmath,amssymb}\usepackage[utf8]{inputenc}"
    source = rf"\documentclass{{article}}{packages}\begin{{document}}{body}\end{{document}}"
    (tmp_path / "all.tex").write_text(source, encoding="utf-8")
    command = [str(engine), "-interaction=nonstopmode", "-halt-on-error", "all.tex"]
    done = finished(command, cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-1500:]

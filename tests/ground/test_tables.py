"""One table in four dresses, and words that TeX takes."""

from __future__ import annotations

import shutil
import string
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import finished, require

from polyrates.ground.tables import (
    escape_tex,
    html_table,
    inline_tex,
    latex_table,
    markdown_table,
    text_table,
)

CELL = st.text(st.sampled_from("ab1&<>_%λ×"), min_size=1, max_size=6)
ROWS = st.integers(1, 4).flatmap(
    lambda n: st.lists(st.lists(CELL, min_size=n, max_size=n), min_size=1, max_size=5)
)


@given(ROWS, st.sampled_from(["", "l", "r", "lr", "rl"]))
def test_every_cell_of_a_text_table_stands_in_its_column(rows: list[list[str]], align: str) -> None:
    align = align[: len(rows[0])]
    lines = text_table(rows[0], rows[1:], align).split("\n")
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    letters = (align or "l").ljust(len(widths), (align or "l")[-1])
    for line, row in zip(lines, rows, strict=True):
        at = 0
        for cell, width, side in zip(row, widths, letters, strict=True):
            piece = line[at : at + width].ljust(width)
            assert piece == (cell.ljust(width) if side == "l" else cell.rjust(width))
            at += width + 2
        assert line == line.rstrip()


@given(ROWS)
def test_a_page_reads_back_the_cells(rows: list[list[str]]) -> None:
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_data(self, data: str) -> None:
            if self.get_starttag_text() is not None:
                found.append(data)

    Reader(convert_charrefs=True).feed(html_table(rows[0], rows[1:], "c & d") + "<p>")
    assert found == ["c & d", *(cell for row in rows for cell in row)]


def test_markdown_and_latex() -> None:
    head, rows = ["a", "b"], [["1", "$x_2$"], ["50%", "α"]]
    assert markdown_table(head, rows, "lr") == ("| a | b |\n|---|--:|\n| 1 | $x_2$ |\n| 50% | α |")
    assert latex_table(head, rows, "lr") == "\n".join(
        [r"\begin{tabular}{lr}", r"a & b \\ \hline", r"1 & $x_2$ \\", r"50\% & $\alpha$ \\",
         r"\end{tabular}"]
    )  # fmt: skip
    assert inline_tex("a_b is $a_b$") == r"a\_b is $a_b$"


@pytest.mark.parametrize("text", [string.printable.replace("\x0b", "").replace("\x0c", "") * 2,
                                  "κℓ√×ηαβλμξθσ∂∇⋆≤≥≈≠‖∞→· 10⁻¹² “a” ’ − ₀ ü 漢"])  # fmt: skip
def test_tex_takes_every_character(text: str, tmp_path: Path) -> None:
    require("tex", shutil.which("pdflatex") is not None)
    words = " ".join(escape_tex(each) for each in text.split())
    source = rf"\documentclass{{article}}\begin{{document}}{words}\end{{document}}"
    (tmp_path / "a.tex").write_text(source, encoding="utf-8")
    done = finished(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "a.tex"], cwd=tmp_path
    )
    assert done.returncode == 0, done.stdout[-800:]

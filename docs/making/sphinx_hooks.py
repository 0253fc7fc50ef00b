r"""What Sphinx is told: formulas by KaTeX, docstrings of mathematics, no public name left out.

Docstrings of this package say ``x*``, ``|R|`` and ``s_`` and mean them; reStructuredText would read
emphasis, a substitution and a reference. They are escaped before numpydoc reads the docstring.
"""

from __future__ import annotations

import re
from html import escape

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.writers.html5 import HTML5Translator

_LITERAL = re.compile(r"(``.+?``|:\w+:`[^`]+`|`[^`]+`_?|^\s*\.\. .*$|^\s*>>>.*$)")


def escaped(line: str) -> str:
    """Bars, stars and trailing underscores that are mathematics, escaped outside of literals."""
    parts = _LITERAL.split(line)
    for i in range(0, len(parts), 2):
        text = parts[i].replace("|", r"\|")
        text = re.sub(r"(?<![\w*\\])\*(\w[\w -]*\w)\*(?![\w*])", "\0\\1\0", text)  # *emphasis*
        text = re.sub(r"(?<!\\)\*", r"\\*", text).replace("\0", "*")
        parts[i] = re.sub(r"(\w)_(?=\W|$)", r"\1\\_", text)
    return "".join(parts)


def escape_mathematics(
    app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    """Before numpydoc; blocks of code (after ``::`` or ``>>>``) are left as they are."""
    literal = -1  # the indent of the paragraph that opened a block, or −1
    example = False
    for i, line in enumerate(lines):
        indent = len(line) - len(line.lstrip())
        if line.lstrip().startswith(">>>"):
            example = True
        elif not line.strip():
            example = False
        if literal >= 0 and line.strip() and indent <= literal:
            literal = -1
        if literal < 0 and not example:
            lines[i] = escaped(line)
            if line.rstrip().endswith("::"):
                literal = indent


_FIELD = re.compile(r"^:(Returns|Yields):\n\n((?: {4,}.*\n|\n)+)", re.MULTILINE)
_BARE = re.compile(r"^ {4}(\S.*)\n {8,}\.\.\n\n?", re.MULTILINE)


def prose_returns(
    app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    """After numpydoc, which reads each line of a Returns without a type as a type: a paragraph."""
    text = "\n".join(lines) + "\n"
    lines[:] = _FIELD.sub(_as_paragraph, text).split("\n")[:-1]


def _as_paragraph(field: re.Match[str]) -> str:
    said = _BARE.findall(field[2])
    if not any(" " in line for line in said):
        return field[0]
    return f":{field[1]}:\n\n" + _BARE.sub(r"    \1\n", field[2]) + "\n"


def visit_inline(self: HTML5Translator, node: nodes.math) -> None:
    """``<span class="math">`` for KaTeX."""
    self.body.append(self.starttag(node, "span", "", CLASS="math notranslate nohighlight"))
    self.body.append(escape(node.astext()) + "</span>")
    raise nodes.SkipNode


def visit_block(self: HTML5Translator, node: nodes.math_block) -> None:
    """``<div class="math">``, which scrolls where it is wider than the page."""
    self.body.append(self.starttag(node, "div", CLASS="math notranslate nohighlight", tabindex="0"))
    self.body.append(escape(node.astext()))
    self.body.append("</div>\n")
    raise nodes.SkipNode


def every_name_has_an_entry(app: Sphinx, error: Exception | None) -> None:
    """Fail on a public name of the package that no page documents."""
    if error is not None or app.builder.format != "html":
        return
    import polyrates as pr
    from polyrates import testing

    known = set(app.env.domaindata["py"]["objects"])
    public = [f"polyrates.{name}" for name in pr.__all__]
    public += [f"polyrates.testing.{name}" for name in testing.__all__]
    missing = [name for name in public if name not in known]
    if missing:
        raise ExtensionError(f"no entry in the API pages: {', '.join(missing)}")


def setup(app: Sphinx) -> dict[str, object]:
    """Connect them."""
    app.add_html_math_renderer(
        "katex", inline_renderers=(visit_inline, None), block_renderers=(visit_block, None)
    )
    app.connect("autodoc-process-docstring", escape_mathematics, priority=100)
    app.connect("autodoc-process-docstring", prose_returns, priority=900)
    app.connect("build-finished", every_name_has_an_entry)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

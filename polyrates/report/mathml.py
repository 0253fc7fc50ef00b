r"""LaTeX to MathML, for the handful of shapes that the page's formulas have.

One source for both documents: what report.tex typesets, report.html shows. Understood are letters,
numbers, operators, ``^ _ { }``, ``\frac``, ``\sqrt``, ``\text``, ``\left \right``, primes, Greek
letters and the symbols of the table below. Anything else raises ``ValueError``.
"""

from __future__ import annotations

import re
from html import escape

__all__ = ["mathml"]

_TOKEN = re.compile(r"\\[A-Za-z]+|\\[,;:!|{} ]|\d+(?:\.\d+)?|\s+|.", re.DOTALL)
_IDENTIFIERS = {
    "alpha": "α",
    "eta": "η",
    "kappa": "κ",
    "lambda": "λ",
    "mu": "μ",
    "sigma": "σ",
    "theta": "θ",
    "ell": "ℓ",
    "xi": "ξ",
    "partial": "∂",
    "nabla": "∇",
    "infty": "∞",
}
_OPERATORS = {
    "cdot": "·",
    "times": "×",
    "le": "≤",
    "ge": "≥",
    "approx": "≈",
    "in": "∈",
    "int": "∫",
    "sum": "∑",
    "to": "→",
    "star": "⋆",
    "propto": "∝",
    "ldots": "…",
    "pm": "±",
}
_NAMES = {"max", "min", "arg", "sup", "log", "exp"}
_SPACES = {
    "quad": "1em",
    "qquad": "2em",
    ",": "0.17em",
    ";": "0.28em",
    ":": "0.22em",
    " ": "0.25em",
}


def mathml(latex: str, display: bool = False) -> str:
    """The MathML of a formula, with its LaTeX as the accessible annotation."""
    row = _Parser(latex).row(None)
    mode = ' display="block"' if display else ""
    note = f'<annotation encoding="application/x-tex">{escape(latex)}</annotation>'
    head = f'<math xmlns="http://www.w3.org/1998/Math/MathML"{mode}>'
    return f"{head}<semantics>{_wrap(row)}{note}</semantics></math>"


def _wrap(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"<mrow>{''.join(parts)}</mrow>"


class _Parser:
    def __init__(self, latex: str) -> None:
        self.tokens = [token for token in _TOKEN.findall(latex) if token.strip() or token == "\\ "]
        self.at = 0
        self.source = latex

    def fail(self, what: str) -> ValueError:
        return ValueError(f"cannot turn {what} into MathML in {self.source!r}")

    def peek(self) -> str | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self) -> str:
        token = self.peek()
        if token is None:
            raise self.fail("an unfinished formula")
        self.at += 1
        return token

    def row(self, end: str | None) -> list[str]:
        """Everything up to ``end``, which is consumed."""
        parts: list[str] = []
        while True:
            token = self.peek()
            if token is None and end is None:
                return parts
            if token is None:
                raise self.fail("an unclosed group")
            if token == end:
                self.at += 1
                return parts
            parts.append(self.scripted())

    def scripted(self) -> str:
        """An atom with its primes, subscript and superscript."""
        base = self.atom()
        below = above = None
        while self.peek() in ("^", "_", "'"):
            mark = self.take()
            if mark == "'":
                above = "<mo>′</mo>" + (above or "")
            elif mark == "^":
                above = (above or "") + self.argument()
            else:
                below = self.argument()
        if above is not None and above.count("<mo>′</mo>") and above != "<mo>′</mo>":
            above = f"<mrow>{above}</mrow>"
        if below is None and above is None:
            return base
        under = (
            base in (f"<mo>{name}</mo>" for name in ("max", "min", "sup", "∑")) and above is None
        )
        if under:
            return f"<munder>{base}{below}</munder>"
        if below is None:
            return f"<msup>{base}{above}</msup>"
        if above is None:
            return f"<msub>{base}{below}</msub>"
        return f"<msubsup>{base}{below}{above}</msubsup>"

    def argument(self) -> str:
        if self.peek() == "{":
            self.take()
            return _wrap(self.row("}"))
        return self.atom()

    def atom(self) -> str:
        token = self.take()
        if token == "{":
            return _wrap(self.row("}"))
        if token == "\\|":
            return '<mo stretchy="false" lspace="0" rspace="0">‖</mo>'
        if token.startswith("\\"):
            return self.command(token[1:])
        if token[0].isdigit():
            return f"<mn>{token}</mn>"
        if token.isalpha():
            return f"<mi>{token}</mi>"
        if token in "+-=<>()[]|,;./":
            shown = {"-": "−"}.get(token, escape(token))
            fixed = ' stretchy="false"' if token in "()[]|" else ""
            if token == "|":  # without this a bar is spaced like a relation
                fixed += ' lspace="0" rspace="0"'
            return f"<mo{fixed}>{shown}</mo>"
        raise self.fail(repr(token))

    def command(self, name: str) -> str:
        if name in ("frac", "tfrac"):
            top = self.argument()
            return f"<mfrac>{top}{self.argument()}</mfrac>"
        if name == "sqrt":
            return f"<msqrt>{self.argument()}</msqrt>"
        if name == "text":
            if self.take() != "{":
                raise self.fail("\\text without braces")
            return f"<mtext>{self.raw()}</mtext>"
        if name == "left":
            opening = self.delimiter()
            inside = "".join(self.row("\\right"))
            return f"<mrow>{opening}{inside}{self.delimiter()}</mrow>"
        if name in _IDENTIFIERS:
            return f"<mi>{_IDENTIFIERS[name]}</mi>"
        if name in _NAMES:
            return f"<mo>{name}</mo>"
        if name in _OPERATORS:
            return f"<mo>{_OPERATORS[name]}</mo>"
        if name in _SPACES:
            return f'<mspace width="{_SPACES[name]}"></mspace>'
        raise self.fail(f"\\{name}")

    def delimiter(self) -> str:
        token = self.take()
        return f"<mo>{'‖' if token == chr(92) + '|' else escape(token)}</mo>"

    def raw(self) -> str:
        """The words of a \\text group: its tokens with single blanks between them."""
        start = self.at
        while self.take() != "}":
            pass
        words = self.tokens[start : self.at - 1]
        position = self.source.find("\\text{")
        for match in re.finditer(r"\\text\{([^}]*)\}", self.source[position:]):
            content = match.group(1)
            if [token for token in _TOKEN.findall(content) if token.strip()] == words:
                return escape(content).replace(" ", "\u00a0")
        raise self.fail("\\text")

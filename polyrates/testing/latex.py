"""Whether LaTeX is well formed, as far as can be told without a TeX engine."""

from __future__ import annotations

import re

from polyrates.ground.errors import PolyratesError
from polyrates.ground.typeset import latex


def latex_fault(obj: object) -> str | None:
    """What is wrong with the LaTeX of an object; None where nothing is."""
    try:
        text = latex(obj)
    except PolyratesError as error:
        return f"it has no LaTeX: {error}"
    if not isinstance(text, str) or not text.strip():
        return "its LaTeX is empty"
    depth = 0
    for character in re.sub(r"\\[{}]", "", text):
        depth += (character == "{") - (character == "}")
        if depth < 0:
            return f"its LaTeX closes a brace that was not opened: {text[:80]}"
    if depth:
        return f"its LaTeX leaves {depth} braces open: {text[:80]}"
    if len(re.findall(r"\\left\b", text)) != len(re.findall(r"\\right\b", text)):
        return f"its LaTeX has \\left without \\right: {text[:80]}"
    begun, ended = (re.findall(rf"\\{word}\{{(\w+\*?)\}}", text) for word in ("begin", "end"))
    if sorted(begun) != sorted(ended):
        return f"its LaTeX opens {begun} and closes {ended}"
    strange = [c for c in text if ord(c) > 126]
    if strange:
        return f"its LaTeX has {strange[0]!r}, which needs a package"
    return (
        "its LaTeX holds a $, which cannot stand inside a formula"
        if re.search(r"(?<!\\)\$", re.sub(r"\\text(bf)?\{[^{}]*\}", "", text))
        else None
    )

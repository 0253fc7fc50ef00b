"""The streams of a command: stdout is for answers alone, and every letter can be printed.

What an encoding lacks (ASCII, Windows' code pages) is spelled: κ as kappa, ‖ as ||. What a model of
the user's prints goes to stderr, so that an answer in JSON is nothing else. A stream that is
closed, full or has no reader ends a command with one line, not with a traceback.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import sys
import unicodedata
from collections.abc import Iterator
from io import TextIOWrapper
from typing import TextIO

__all__ = ["answering", "answers", "complain", "divert", "open_streams", "spelled", "spelling"]

_WORDS = """
α alpha β beta γ gamma δ delta ε eps ζ zeta η eta θ theta κ kappa λ lambda μ mu ν nu ξ xi π pi
ρ rho σ sigma τ tau φ phi χ chi ψ psi ω omega Γ Gamma Δ Delta Θ Theta Λ Lambda Π Prod Σ Sum Φ Phi
Ψ Psi Ω Omega ℓ l 𝔇 D ‖ || ≤ <= ≥ >= ≠ != ≈ ~ ∼ ~ ± +- × x · * ∗ * ⋆ * ★ * √ sqrt ∂ d ∇ grad ∞ inf
∈ in ∉ not_in ⊂ in ⊆ in ∪ or ∩ and ∅ {} ∀ all ∃ some ⟨ < ⟩ > ⌈ ceil( ⌉ ) ⌊ floor( ⌋ ) ∫ int ∏ prod
∑ sum → -> ↦ -> ⇒ => ← <- ⪰ >= ⪯ <= ≪ << ≫ >> … ... ⋯ ... − - – - — - ‑ - ’ ' ‘ ' “ " ” " ⁻ ^- ᵀ ^T
∘ o ∝ ~ ≡ == ⊕ + ⊗ x █ # ▁ _ ø o Ø O ß ss ł l æ ae ∓ -+ ∎ qed ✓ ok ✗ no § sec. ′ ' ″ "
"""
_PAIRS = _WORDS.split()
SPELLINGS = dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True))
_NAME = "polyrates.spelled"
_answers: TextIO | None = None


def spelling(text: str) -> str:
    """The text in ASCII: a word or a sign for a letter, ? where none is known."""
    return "".join(_spelled(letter) for letter in text)


def _spelled(letter: str) -> str:
    if letter.isascii():
        return letter
    if letter in SPELLINGS:
        return SPELLINGS[letter]
    plain = unicodedata.normalize("NFKD", letter)
    known = "".join(c if c.isascii() else SPELLINGS.get(c, "") for c in plain)
    return known if known or unicodedata.combining(letter) else "?"


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return spelling(error.object[error.start : error.end]), error.end


codecs.register_error(_NAME, _replace)


def open_streams() -> bool:
    """Whether there is a stdout; a closed stderr is opened on nothing.

    Python has None for a stream that was closed before it began, and ``print(file=None)`` prints to
    stdout: complaints must not land there.
    """
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 – for the rest of the process
    return sys.stdout is not None


@contextlib.contextmanager
def spelled() -> Iterator[None]:
    """Spell what the encodings of stdout and stderr lack."""
    streams = [s for s in (sys.stdout, sys.stderr) if isinstance(s, TextIOWrapper)]
    before = [stream.errors for stream in streams]
    for stream in streams:
        stream.reconfigure(errors=_NAME)
    try:
        yield
    finally:
        for stream, errors in zip(streams, before, strict=True):
            with contextlib.suppress(OSError, ValueError):  # it flushes, and may be closed
                stream.reconfigure(errors=errors or "strict")


@contextlib.contextmanager
def answering() -> Iterator[None]:
    """Within, stdout is :func:`answers`; what anything else prints goes to stderr."""
    global _answers
    before, _answers = _answers, sys.stdout
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        _answers = before


def answers() -> TextIO:
    """Where the answer of a command is printed."""
    return sys.stdout if _answers is None else _answers


def divert(stream: TextIO) -> None:
    """Let Python's last flush of a stream that is gone come to nothing."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def complain(message: str) -> None:
    """One line on stderr, if there is any."""
    try:
        print(" ".join(message.split()), file=sys.stderr, flush=True)
    except (OSError, ValueError):
        divert(sys.stderr)

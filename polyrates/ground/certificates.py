"""Certificates that travel: a file that anyone can check with Python's standard library."""

from __future__ import annotations

import json
import os
import re
import tempfile
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from types import ModuleType

from polyrates.ground import (
    check,
    check_chebyshev,
    check_reading,
    check_sobolev,
    check_supremum,
    check_switching,
)
from polyrates.ground.check_reading import LARGEST_FILE, Refused, digest, integer, number
from polyrates.ground.coq_certificate import coq_goal
from polyrates.ground.errors import refuse_value

__all__ = ["ProofFile", "Verdict", "check_certificate", "write_checker"]


_WIDE = 10**6


@dataclass(frozen=True)
class Verdict:
    """What the checker says of a file.

    Attributes
    ----------
    ok : bool
        Whether the file proves its statement.
    clause : str
        The clause that fails: "form", "digest", "question", "polynomial", "share", "upper bound",
        "lower bound", "optimality", "value", "matrix", "decrease" or "constants"; empty where none
        does.
    statement : str
        What was proved, or why the clause fails.
    """

    ok: bool
    clause: str
    statement: str

    def __bool__(self) -> bool:
        return self.ok


@dataclass(frozen=True)
class ProofFile:
    """Exact numbers that prove a statement: ``lower ≤ value ≤ upper``.

    ``docs/certificates.md`` describes the content, a JSON object of strings and lists; the checker,
    ``polyrates certificate --checker``, re-proves the statement from it.
    """

    content: dict[str, object] = field(repr=False)

    @property
    def lower(self) -> Fraction:
        """The lower end of what is proved."""
        return self._end("lower")

    @property
    def upper(self) -> Fraction:
        """The upper end of what is proved; the lower one where the value is a fraction."""
        return self._end("upper")

    def _end(self, name: str) -> Fraction:
        if name in self.content:
            return number(self.content[name])
        return Fraction(integer(self.content["numerator"]), integer(self.content["denominator"]))

    @property
    def remark(self) -> str:
        """Why the bracket is wide, where it is wider than a millionth; else empty."""
        if (self.upper - self.lower) * _WIDE <= self.upper:
            return ""
        share = float((self.upper - self.lower) / self.upper)
        return (
            f"the bracket is wide, {share:.1g} of its upper end: both ends are proved, but on this "
            "support the solver's floats gave no better polynomial or no better multipliers"
        )

    @property
    def kind(self) -> str:
        """What is certified: "minimax", "sobolev", "supremum", "chebyshev" or "switching"."""
        return str(self.content["kind"])

    @property
    def text(self) -> str:
        """The file, its digest included."""
        signed = {**self.content, "sha256": digest(self.content)}
        return json.dumps(signed, indent=0) + "\n"

    def check(self) -> Verdict:
        """The checker's verdict."""
        return _verdict(self.text.encode())

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the file, whole or not at all."""
        write_whole(path, self.text)

    def to_coq(self, path: str | os.PathLike[str], slack: float = 1e-6) -> None:
        """Write a Coq file whose theorem is the statement, closed by computation.

        For a minimax certificate of degree ≤ 40 with two positive sizes. Both ends are given away
        by ``slack``, relatively: the sharper, the longer Coq computes (``docs/formal.md``).

        Parameters
        ----------
        path : str or path
            The file: ``coqc -R derivations/formal Polyrates FILE`` proves it.
        slack : float
            Between 0 and 0.01.

        Raises
        ------
        PolyratesError
            For another kind of certificate, or where this one proves too little.
        """
        write_whole(path, coq_goal(self.content, slack))


def write_whole(path: str | os.PathLike[str], text: str) -> None:
    """Write a text file that is never seen half done."""
    target = Path(path)
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            os.chmod(name, 0o644)
            os.replace(name, target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        why = f"cannot be written ({error.strerror})"
        refuse_value("path", str(path), why, "give another file")


def check_certificate(path: str | os.PathLike[str]) -> Verdict:
    """Re-prove the statement of a certificate, by the code that ``check.py`` runs.

    Parameters
    ----------
    path : str or path
        A file that ``certificate.save`` wrote; nothing in it is trusted.

    Examples
    --------
    >>> import polyrates as pr, tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "bound.json"
    >>> pr.lower_bound_certificate(pr.Interval(1, 4), 2).save(file)
    >>> pr.check_certificate(file).ok
    True
    """
    if Path(path).exists() and not Path(path).is_file():
        refuse_value("path", str(path), "is no regular file", "save what it gives as a file")
    try:
        with open(path, "rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except OSError as error:
        why = f"cannot be read ({error.strerror})"
        refuse_value("path", str(path), why, "give a file that certificate.save wrote")
    return _verdict(raw)


def checker() -> str:
    """``check.py`` as one file: reading, the minimax checker, the other kinds, the command."""
    start = "from __future__ import annotations\n\n"

    def text(module: ModuleType) -> str:
        return Path(str(module.__file__)).read_text(encoding="utf-8")

    def body(module: ModuleType) -> str:
        rest = text(module).partition(start)[2]
        return re.sub(r"from polyrates[.\w]* import (\([^)]*\)|.*)\n", "", rest).strip() + "\n\n\n"

    minimax, command, last = body(check).partition('if __name__ == "__main__":')
    others = map(body, (check_sobolev, check_supremum, check_chebyshev, check_switching))
    whole = [text(check).partition(start)[0], start, body(check_reading), minimax, *others]
    return "".join([*whole, command, last.rstrip(), "\n"])


def write_checker(folder: str | os.PathLike[str] = ".") -> Path:
    """Write ``check.py`` into a folder."""
    target = Path(folder) / "check.py"
    write_whole(target, checker())
    return target


def _verdict(raw: bytes) -> Verdict:
    try:
        return Verdict(True, "", check.check(raw))
    except Refused as error:
        return Verdict(False, *map(str, error.args))

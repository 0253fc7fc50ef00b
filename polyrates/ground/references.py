"""The literature: a registry of sources, and :func:`cite`, which names those of an object.

The entries are those of ``references.bib`` beside this file, read when the first is asked for.
Sources are named by title; no statement of a paper is copied, and none is referred to by number.
An object names its own: a class by its attribute ``sources``, keys of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

from polyrates.ground.errors import refuse_type

__all__ = ["REFERENCES", "Reference", "cite", "sources_of"]

_ENTRY = re.compile(r"^@(\w+)\{([^,]+),\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r"^\s*(\w+) = \{(.*)\},?$", re.MULTILINE)
_VENUES = ("journal", "booktitle", "publisher", "howpublished")


@dataclass(frozen=True)
class Reference:
    """One source; ``str`` gives a line of text, ``bibtex`` the entry of the file.

    ``doi`` and ``eprint`` (arXiv) are empty where there is none or none is known for certain.
    """

    key: str
    authors: str
    title: str
    venue: str
    year: int
    doi: str = ""
    eprint: str = ""
    bibtex: str = ""

    def __str__(self) -> str:
        links = [f"https://doi.org/{self.doi}"] if self.doi else []
        links += [f"arXiv:{self.eprint}"] if self.eprint else []
        tail = f" {', '.join(links)}." if links else ""
        return f"{self.authors}. {self.title}. {self.venue}, {self.year}.{tail}"


class _Library(Mapping[str, Reference]):
    """The file, read at the first look into it."""

    @cached_property
    def _entries(self) -> dict[str, Reference]:
        text = (files("polyrates.ground") / "references.bib").read_text(encoding="utf-8")
        return {match[2]: _reference(match) for match in _ENTRY.finditer(text)}

    def __getitem__(self, key: str) -> Reference:
        return self._entries[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def _reference(match: re.Match[str]) -> Reference:
    fields = dict(_FIELD.findall(match[3]))
    *others, last = fields["author"].split(" and ")
    return Reference(
        match[2],
        f"{', '.join(others)} and {last}" if others else last,
        fields["title"],
        next(fields[name] for name in _VENUES if name in fields),
        int(fields["year"]),
        fields.get("doi", ""),
        fields.get("eprint", ""),
        match[0],
    )


REFERENCES: Mapping[str, Reference] = _Library()


def sources_of(obj: object) -> tuple[Reference, ...]:
    """The sources of an object: its own ``sources``, and those of its method and its estimator."""
    keys: list[str] = list(getattr(obj, "sources", ()))
    for name in ("method", "estimator"):
        part = getattr(obj, name, None)
        if part is not None and part is not obj and not callable(part):
            keys += [each.key for each in sources_of(part)]
    return tuple(REFERENCES[key] for key in dict.fromkeys(keys))


def cite(obj: object) -> str:
    """The sources of a method, estimator, spectrum, theorem, derivation or rate, one a line.

    A string is read as a key of :data:`REFERENCES`. A method of your own that names no ``sources``
    cites the state-space form in which its rate is computed, not an origin of the method.
    """
    if isinstance(obj, str) and obj in REFERENCES:
        return str(REFERENCES[obj])
    found = () if isinstance(obj, (str, bytes)) else sources_of(obj)
    if not found:
        refuse_type(
            "obj",
            obj,
            "no source is recorded for it",
            f"give a method, an estimator, a rate, or one of the keys {', '.join(REFERENCES)}",
        )
    return "\n".join(str(each) for each in found)

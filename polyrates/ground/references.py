"""The literature: a registry of sources, and :func:`cite`, which names those of an object.

Sources are named by title; no statement of a paper is copied, and none is referred to by number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from polyrates.ground.errors import refuse_type

__all__ = ["REFERENCES", "Reference", "cite", "sources_of"]


@dataclass(frozen=True)
class Reference:
    """One source; ``str`` gives a line of text, ``bibtex`` an entry."""

    key: str
    authors: str
    title: str
    venue: str
    year: int

    def __str__(self) -> str:
        return f"{self.authors}. {self.title}. {self.venue}, {self.year}."

    @property
    def bibtex(self) -> str:
        """A BibTeX entry."""
        people = " and ".join(
            name.strip() for name in self.authors.replace(" and ", ", ").split(", ")
        )
        fields = {
            "author": people,
            "title": self.title,
            "howpublished": self.venue,
            "year": self.year,
        }
        body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
        return f"@misc{{{self.key},\n{body}\n}}"


REFERENCES: dict[str, Reference] = {
    each.key: each
    for each in (
        Reference(
            "curse",
            "Damien Scieur, Gauthier Gidel, Quentin Bertrand and Fabian Pedregosa",
            "The Curse of Unrolling: Rate of Differentiating Through Optimization",
            "Advances in Neural Information Processing Systems (NeurIPS)",
            2022,
        ),
        Reference(
            "polyak",
            "Boris T. Polyak",
            "Some methods of speeding up the convergence of iteration methods",
            "USSR Computational Mathematics and Mathematical Physics",
            1964,
        ),
        Reference(
            "nesterov",
            "Yurii Nesterov",
            "A method of solving a convex programming problem with convergence rate O(1/k^2)",
            "Soviet Mathematics Doklady",
            1983,
        ),
        Reference(
            "flanders-shortley",
            "Donald A. Flanders and George Shortley",
            "Numerical determination of fundamental modes",
            "Journal of Applied Physics",
            1950,
        ),
        Reference(
            "average-case",
            "Fabian Pedregosa and Damien Scieur",
            "Acceleration through spectral density estimation",
            "International Conference on Machine Learning (ICML)",
            2020,
        ),
        Reference(
            "sobolev-coherent",
            "Arieh Iserles, Per Erik Koch, Syvert P. Nørsett and J. M. Sanz-Serna",
            "On polynomials orthogonal with respect to certain Sobolev inner products",
            "Journal of Approximation Theory",
            1991,
        ),
        Reference(
            "one-step",
            "Jérôme Bolte, Edouard Pauwels and Samuel Vaiter",
            "One-step differentiation of iterative algorithms",
            "Advances in Neural Information Processing Systems (NeurIPS)",
            2023,
        ),
        Reference(
            "state-space",
            "Laurent Lessard, Benjamin Recht and Andrew Packard",
            "Analysis and design of optimization algorithms via integral quadratic constraints",
            "SIAM Journal on Optimization",
            2016,
        ),
        Reference(
            "grid",
            "Hartmut Ehlich and Karl Zeller",
            "Schwankung von Polynomen zwischen Gitterpunkten",
            "Mathematische Zeitschrift",
            1964,
        ),
        Reference(
            "dlmf",
            "Frank W. J. Olver and others (editors)",
            "NIST Digital Library of Mathematical Functions",
            "chapter on orthogonal polynomials, https://dlmf.nist.gov/18",
            2010,
        ),
        Reference(
            "gautschi",
            "Walter Gautschi",
            "Orthogonal Polynomials: Computation and Approximation",
            "Oxford University Press",
            2004,
        ),
        Reference(
            "marchenko-pastur",
            "Vladimir A. Marchenko and Leonid A. Pastur",
            "Distribution of eigenvalues for some sets of random matrices",
            "Mathematics of the USSR-Sbornik",
            1967,
        ),
        Reference(
            "leja",
            "Lothar Reichel",
            "Newton interpolation at Leja points",
            "BIT Numerical Mathematics",
            1990,
        ),
    )
}

_BY_TYPE: dict[str, tuple[str, ...]] = {
    "GradientDescent": ("curse",),
    "HeavyBall": ("polyak", "curse"),
    "Nesterov": ("nesterov",),
    "Chebyshev": ("flanders-shortley", "curse"),
    "Gegenbauer": ("dlmf", "average-case"),
    "Orthogonal": ("average-case", "gautschi"),
    "Sobolev": ("curse", "sobolev-coherent"),
    "HarmonicSobolev": ("curse", "sobolev-coherent"),
    "Richardson": ("leja",),
    "Unrolled": ("curse",),
    "Truncated": ("one-step", "curse"),
    "Implicit": ("one-step",),
    "MarchenkoPastur": ("marchenko-pastur", "average-case"),
    "GegenbauerDensity": ("dlmf",),
    "JacobiDensity": ("dlmf",),
    "ClassicalTheorem": ("flanders-shortley", "curse"),
    "GradientDescentTheorem": ("curse",),
    "BestStep": ("curse",),
    "ErrorPolynomials": ("curse",),
    "Rate": ("curse", "grid"),
    "RatePart": ("curse", "grid"),
    "Method": ("state-space",),
}


def sources_of(obj: Any) -> tuple[Reference, ...]:
    """The sources of an object: its own ``sources``, those of its type, or of a base of its type.

    An object made of others (a rate of a method and an estimator) has theirs too.
    """
    keys: list[str] = list(getattr(obj, "sources", ()))
    for parent in type(obj).__mro__:
        if parent.__name__ in _BY_TYPE:
            keys += _BY_TYPE[parent.__name__]
            break
    for name in ("method", "estimator"):
        part = getattr(obj, name, None)
        if part is not None and part is not obj and not callable(part):
            keys += [each.key for each in sources_of(part)]
    return tuple(REFERENCES[key] for key in dict.fromkeys(keys))


def cite(obj: Any) -> str:
    """The sources of a method, estimator, spectrum, theorem, derivation or rate, one a line.

    A string is read as a key of :data:`REFERENCES`.
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

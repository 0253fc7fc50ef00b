"""Hypothesis strategies for spectra, methods, estimators and problems, small and readable first.

Each takes ``exact``: True draws rationals of small denominators, False draws floats over several
orders of magnitude, None (the default) either. What is drawn shrinks towards integers, few pieces,
few points and short tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from polyrates.core.estimators import Estimator, Implicit, OneStep, Truncated, Unrolled
from polyrates.core.measures.base import Measure
from polyrates.core.measures.densities import (
    GegenbauerDensity,
    JacobiDensity,
    MarchenkoPastur,
    Uniform,
)
from polyrates.core.measures.empirical import Empirical
from polyrates.core.measures.mixture import Mixture
from polyrates.core.methods.classical import (
    Chebyshev,
    Gegenbauer,
    GradientDescent,
    HeavyBall,
    Nesterov,
)
from polyrates.core.methods.harmonic import HarmonicSobolev
from polyrates.core.methods.orthogonal import Orthogonal, Sobolev
from polyrates.core.methods.tabulated import Richardson, Tabulated, WeightedIterates
from polyrates.core.recurrence import Method, Stationary
from polyrates.core.spectra import Interval, Spectrum, Union
from polyrates.core.transition import Transition
from polyrates.ground.errors import refuse_value
from polyrates.ground.numbers import Number
from polyrates.ground.numbers import number as as_number
from polyrates.problems.losses import Logistic, NonlinearLeastSquares
from polyrates.problems.quadratic import Problem, Quadratic, Ridge

Real = Fraction | float
Draw = Callable[[SearchStrategy[object]], object]

_LONGEST = 8
"""Steps of a tabulated method; enough for every law, few enough to read."""


def numbers(
    low: float = 0.0, high: float = 10.0, exact: bool | None = None
) -> SearchStrategy[Real]:
    """Numbers in [low, high]: fractions with denominators up to 12, or floats."""
    ends = (Fraction(end).limit_denominator(12) for end in (low, high))
    rational = st.fractions(*ends, max_denominator=12)
    floats = st.floats(low, high, allow_subnormal=False)
    if exact is None:
        return cast(SearchStrategy[Real], st.one_of(rational, floats))
    return cast(SearchStrategy[Real], rational if exact else floats)


def _positive(high: float, exact: bool | None) -> SearchStrategy[Real]:
    """Numbers in [1/12, high], and floats down to 1e−3."""
    if exact:
        return numbers(1 / 12, high, True)
    floats = cast(SearchStrategy[Real], st.floats(-3.0, np.log10(high)).map(lambda e: 10.0**e))
    return floats if exact is False else st.one_of(numbers(1 / 12, high, True), floats)


def _drawn(
    maker: Callable[[bool], SearchStrategy[object]], exact: bool | None
) -> SearchStrategy[object]:
    """One kind of number for all parts of a value, as the package asks."""
    if exact is not None:
        return maker(exact)
    return st.booleans().flatmap(lambda floats: maker(not floats))


def intervals(exact: bool | None = None, positive: bool = True) -> SearchStrategy[Interval]:
    """[ℓ, L], 0 < ℓ < L (0 ≤ ℓ with ``positive=False``)."""

    def make(kind: bool) -> SearchStrategy[object]:
        low = _positive(10, kind) if positive else st.one_of(st.just(0), _positive(10, kind))
        return st.tuples(low, _positive(100, kind)).map(lambda p: Interval(p[0], p[0] + p[1]))

    return cast(SearchStrategy[Interval], _drawn(make, exact))


def unions(exact: bool | None = None, most: int = 3) -> SearchStrategy[Union]:
    """Two to ``most`` disjoint pieces, isolated points among them."""

    def build(steps: list[tuple[Real, Real]]) -> Union:
        pieces, end = [], steps[0][0] * 0
        for gap, width in steps:
            pieces.append((end + gap, end + gap + width))
            end = pieces[-1][1]
        return Union(pieces)

    def make(kind: bool) -> SearchStrategy[object]:
        width = st.one_of(st.just(0 * Fraction(1) if kind else 0.0), _positive(10, kind))
        return st.lists(st.tuples(_positive(10, kind), width), min_size=2, max_size=most).map(build)

    return cast(SearchStrategy[Union], _drawn(make, exact))


def _densities(kind: bool) -> SearchStrategy[object]:
    exponents = numbers(-0.25, 2, kind)
    ends = st.tuples(_positive(5, kind), _positive(20, kind)).map(lambda p: (p[0], p[0] + p[1]))
    points = st.lists(_positive(20, kind), min_size=2, max_size=5, unique=True)
    return st.one_of(
        ends.map(lambda e: Uniform(*e)),
        st.tuples(ends, exponents).map(lambda p: GegenbauerDensity(*p[0], p[1])),
        st.tuples(ends, exponents, exponents).map(lambda p: JacobiDensity(*p[0], p[1], p[2])),
        points.map(Empirical),
        numbers(1 / 12, 0.75, kind).map(lambda r: MarchenkoPastur(r)),
    )


def measures(exact: bool | None = None, mixtures: bool = True) -> SearchStrategy[Measure]:
    """Densities, finite sets of eigenvalues, and mixtures of two of them."""

    def make(kind: bool) -> SearchStrategy[object]:
        simple = _densities(kind)
        if not mixtures:
            return simple
        pair = st.tuples(_positive(4, kind), simple, _positive(4, kind), simple)
        mixed = pair.map(lambda p: Mixture([(p[0], p[1]), (p[2], p[3])]))
        return st.one_of(simple, mixed) if not kind else simple

    return cast(SearchStrategy[Measure], _drawn(make, exact))


def spectra(exact: bool | None = None) -> SearchStrategy[Spectrum]:
    """Intervals, unions with points, and measures, all with eigenvalues > 0."""
    return cast(
        SearchStrategy[Spectrum], st.one_of(intervals(exact), unions(exact), measures(exact))
    )


@dataclass(frozen=True)
class OwnMethod(Stationary):
    """A stationary method given by its four rows, as a user would write one."""

    query: tuple[Real, ...]
    mixing: tuple[tuple[Real, ...], ...]
    gain: tuple[Real, ...]
    output: tuple[Real, ...]

    @property
    def name(self) -> str:
        """Own method, and its size."""
        return f"own method of {len(self.gain)} points"

    @property
    def parameters(self) -> tuple[Number, ...]:
        """Every coefficient, row by row."""
        rows = (self.query, *self.mixing, self.gain, self.output)
        return tuple(as_number(value) for row in rows for value in row)

    def transition(self, number: Callable[[Number], object]) -> Transition[object]:
        """The four rows among the scalars of ``number``."""

        def row(values: Iterable[Real]) -> tuple[object, ...]:
            return tuple(number(as_number(value)) for value in values)

        return Transition(
            row(self.query), tuple(map(row, self.mixing)), row(self.gain), row(self.output)
        )


def own_methods(exact: bool | None = None, most: int = 3) -> SearchStrategy[Method]:
    """Stationary methods with one to ``most`` points and random rows that each sum to one."""

    def affine(free: list[Real]) -> tuple[Real, ...]:
        return (*free, 1 - sum(free, 0 * free[0])) if free else (Fraction(1),)

    def make(kind: bool) -> SearchStrategy[object]:
        # quarters are floats exactly, so that rows of floats too sum to one
        free = st.integers(-4, 4).map(lambda k: Fraction(k, 4) if kind else k / 4)

        def sized(n: int) -> SearchStrategy[object]:
            one = st.lists(free, min_size=n - 1, max_size=n - 1).map(affine)
            rows = st.lists(one, min_size=n, max_size=n).map(tuple)
            gains = st.lists(numbers(0, 0.25, kind), min_size=n, max_size=n).map(tuple)
            return st.builds(OwnMethod, one, rows, gains, one)

        return st.integers(1, most).flatmap(sized)

    return cast(SearchStrategy[Method], _drawn(make, exact))


def _tables(kind: bool) -> Mapping[str, SearchStrategy[object]]:
    size = st.integers(1, _LONGEST)
    steps = size.flatmap(lambda n: st.lists(_positive(1, kind), min_size=n, max_size=n))
    momentum = numbers(-0.5, 0.9, kind)

    def momenta(given: list[Real]) -> SearchStrategy[object]:
        n = len(given)
        some = st.lists(momentum, min_size=n, max_size=n)
        return st.builds(Tabulated, st.just(given), some, some)

    weights = st.lists(numbers(-1, 1, kind), min_size=1, max_size=5).filter(lambda w: sum(w) != 0)
    normalized = weights.map(lambda w: [v / sum(w) for v in w])
    return {
        "tabulated": steps.flatmap(momenta),
        "richardson": steps.map(Richardson),
        "weighted": normalized.map(
            lambda w: WeightedIterates(GradientDescent(Fraction(1, 12) if kind else 1 / 12), w)
        ),
    }


def _named(ell: Real, L: Real, kind: bool) -> Mapping[str, SearchStrategy[object]]:
    """The named methods with parameters at which they are stable on [ℓ, L]."""
    share = numbers(0.25, 1.5, kind)
    momentum = numbers(0, 0.75, kind)
    alpha = numbers(-0.25, 2, kind)
    scale = ell * L
    eta = numbers(0.25, 4, kind).map(lambda e: e * scale)
    density = alpha.map(lambda a: GegenbauerDensity(ell, L, a))
    return {
        "gradient-descent": share.map(lambda s: GradientDescent(s / L)),
        "heavy-ball": st.tuples(share, momentum, share).map(
            lambda p: HeavyBall(p[0] / L, p[1], p[2] / L)
        ),
        "heavy-ball-tuned": st.just(HeavyBall.tuned(ell, L)),
        "nesterov": st.tuples(numbers(0.25, 1, kind), momentum).map(
            lambda p: Nesterov(p[0] / L, p[1])
        ),
        "nesterov-tuned": st.just(Nesterov.tuned(ell, L)),
        "chebyshev": st.just(Chebyshev(ell, L)),
        "gegenbauer": alpha.map(lambda a: Gegenbauer(ell, L, a)),
        "orthogonal": density.map(Orthogonal),
        "sobolev": st.tuples(density, eta).map(lambda p: Sobolev(*p)),
        "harmonic": eta.map(lambda e: HarmonicSobolev(ell, L, e, "residual/drift")),
    }


def methods(
    kinds: Iterable[str] | None = None,
    spectrum: Spectrum | None = None,
    exact: bool | None = None,
) -> SearchStrategy[Method]:
    """Methods of the package and of users.

    Parameters
    ----------
    kinds : names, optional
        Among "gradient-descent", "heavy-ball", "heavy-ball-tuned", "nesterov", "nesterov-tuned",
        "chebyshev", "gegenbauer", "orthogonal", "sobolev", "harmonic", "tabulated", "richardson",
        "weighted", "own"; None draws from all.
    spectrum : Spectrum, optional
        The hull that the named methods are made for; None is [1, 10].
    exact : bool, optional
    """
    given: tuple[object, object] = (1, 10) if spectrum is None else spectrum.hull

    def make(kind: bool) -> SearchStrategy[object]:
        as_given = Fraction if kind else float
        ell, L = (as_given(str(end)) if kind else float(end) for end in given)  # type: ignore[arg-type]
        table = {**_named(ell, L, kind), **_tables(kind), "own": own_methods(kind)}
        chosen = list(table) if kinds is None else list(kinds)
        for name in chosen:
            if name not in table:
                refuse_value("kinds", name, "is unknown", f"give some of {', '.join(table)}")
        return st.one_of(*(table[name] for name in chosen))

    return cast(SearchStrategy[Method], _drawn(make, exact))


def estimators(exact_solve: bool = True) -> SearchStrategy[Estimator]:
    """Unrolled, truncated, one step, implicit with inner steps, and solved exactly."""
    inner = GradientDescent(Fraction(1, 12))
    kinds: list[SearchStrategy[Estimator]] = [
        st.just(Unrolled()),
        st.integers(0, 6).map(Truncated),
        st.integers(1, 6).map(lambda n: Truncated(last=n)),
        st.just(OneStep()),
        st.integers(0, 6).map(lambda k: Implicit(inner, k)),
    ]
    return st.one_of(*kinds, *([st.just(Implicit())] if exact_solve else []))


_seeds = st.integers(0, 2**16)


def quadratics(
    commuting: bool | None = None, most: int = 6, spectrum: Spectrum | None = None
) -> SearchStrategy[Quadratic]:
    """Random quadratics of dimension 1 to ``most`` with spectra of any kind, equal values too."""
    where = st.just(spectrum) if spectrum is not None else spectra(exact=False)
    kind = st.booleans() if commuting is None else st.just(commuting)
    return st.builds(Quadratic.random, where, st.integers(1, most), _seeds, kind)


def _regression(seed: int, rows: int, columns: int, labels: bool) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((rows, columns))
    y = X @ rng.standard_normal(columns) + rng.standard_normal(rows)
    return X, np.where(y > np.median(y), 1.0, 0.0) if labels else y


def _penalties(columns: int, several: bool) -> SearchStrategy[object]:
    one = st.floats(-2, 1).map(lambda e: 10.0**e)
    many = st.lists(one, min_size=columns, max_size=columns).map(np.array)
    return many if several else one


def _regressions(
    maker: Callable[[np.ndarray, np.ndarray, object], object], labels: bool, several: bool
) -> SearchStrategy[object]:
    def sized(shape: tuple[int, int, int]) -> SearchStrategy[object]:
        seed, columns, extra = shape
        X, y = _regression(seed, columns + extra, columns, labels)
        return _penalties(columns, several).map(lambda penalty: maker(X, y, penalty))

    return st.tuples(_seeds, st.integers(1, 5), st.integers(2, 8)).flatmap(sized)


def ridge_problems(several: bool = False) -> SearchStrategy[Ridge]:
    """Ridge regressions with one penalty, or with one a feature."""
    return cast(SearchStrategy[Ridge], _regressions(Ridge, False, several))


def losses(several: bool = False) -> SearchStrategy[Problem]:
    """Losses that are not quadratic: logistic regression and nonlinear least squares."""
    logistic = _regressions(Logistic, True, several)
    least_squares = _regressions(NonlinearLeastSquares, True, several)
    return cast(SearchStrategy[Problem], st.one_of(logistic, least_squares))


def problems() -> SearchStrategy[Problem]:
    """Quadratics, ridge regressions and losses."""
    drawn: Iterator[SearchStrategy[object]] = iter((quadratics(), ridge_problems(), losses()))
    return cast(SearchStrategy[Problem], st.one_of(*drawn))


def sizes(form: str | None = None, exact: bool | None = None) -> SearchStrategy[dict[str, Real]]:
    """The keyword arguments of ``rate.worst_case``: two sizes of one form, zeros among them."""
    forms = ("initial/cross", "residual/drift") if form is None else (form,)

    def make(kind: bool) -> SearchStrategy[object]:
        size = numbers(0, 10, kind)
        return st.tuples(st.sampled_from(forms), size, size).map(
            lambda p: dict(zip(p[0].split("/"), p[1:], strict=True))
        )

    return cast(SearchStrategy[dict[str, Real]], _drawn(make, exact))

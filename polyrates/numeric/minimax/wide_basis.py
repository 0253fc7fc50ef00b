"""A basis in high precision for A = P − λP' alone, on a support with gaps.

There P* is near a multiple of λ on every piece, another one on each, and A is what is left of P
when these cancel. In floats eleven digits and more can go. So the combinations of the table's
polynomials whose A are nearly orthonormal on the support are formed in balls, where nothing is
lost: what floats see afterwards is A itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint
import numpy as np
import numpy.typing as npt

from polyrates.ground.precision import ball_bits
from polyrates.numeric.minimax.gapped_basis import Table
from polyrates.numeric.suprema.waves import Array, Index, Long

__all__ = ["Change", "changed", "longest", "scaled"]

_BITS = 320
_ROUNDS = 6
_GOOD = 4.0  # condition number of the rows at which they are orthonormal enough


@dataclass(frozen=True, eq=False)
class Change:
    """``matrix`` (m, m), exact: column j has the coefficients of Q_j on p_k / 2**e_k."""

    matrix: flint.arb_mat
    blocks: list[npt.NDArray[np.longdouble]]
    rho: Long

    @property
    def floats(self) -> Array:
        """The matrix, rounded."""
        return _array(self.matrix)

    def on_table(self, q: Array, exponents: Index) -> list[Fraction]:
        """The exact coefficients on p_k of Σ q_j Q_j, those of the columns in use."""
        with ball_bits(_BITS + 64):
            column = self.matrix * flint.arb_mat([[flint.arb(x)] for x in q.tolist()])
            return [
                _fraction(column[k, 0]) / Fraction(2) ** int(e) for k, e in enumerate(exponents)
            ]


def changed(
    table: Table,
    exponents: Index,
    columns: Index,
    pieces: list[npt.NDArray[np.longdouble]],
    basis: Array,
) -> Change:
    """The change from a first ``basis`` (m, m) of floats; ``pieces`` are the λ to sample at."""
    with ball_bits(_BITS):
        spots = np.array(
            [flint.arb(float(x)) + flint.arb(float(x - float(x))) for x in np.concatenate(pieces)]
        )
        value, slope = table.jets(spots)
        first = value - spots[:, None] * slope
        bare = scaled(first[:, columns], exponents[columns])
        matrix = flint.arb_mat(basis.tolist())
        for _ in range(_ROUNDS):
            rows = bare * matrix
            triangle = np.linalg.qr(_array(rows) / np.sqrt(len(spots)), mode="r")
            if np.linalg.cond(triangle) < _GOOD:
                break
            matrix = _middle(matrix * flint.arb_mat(np.linalg.inv(triangle).tolist()))
        scales = [flint.arb(2) ** int(exponents[-1] - e) for e in exponents[columns]]
        rho = flint.arb_mat([scales]) * matrix
        found = _array(rows).astype(np.longdouble)
        blocks = np.split(found, np.cumsum([len(piece) for piece in pieces])[:-1])
        blocks = [np.stack([block, 0 * block]) for block in blocks]
        return Change(matrix, blocks, longest([rho[0, k] for k in range(rho.ncols())]))


def scaled(rows: npt.NDArray[np.object_], exponents: Index) -> flint.arb_mat:
    """Rows over the powers of two of their columns."""
    powers = np.array([flint.arb(2) ** -int(e) for e in exponents], dtype=object)
    return flint.arb_mat((rows * powers).tolist())


def longest(balls: list[flint.arb]) -> Long:
    """Midpoints in the longest float."""
    high = [float(x) for x in balls]
    low = [float(x - top) for x, top in zip(balls, high, strict=True)]
    return np.asarray(np.array(high, dtype=np.longdouble) + np.array(low), dtype=np.longdouble)


def _array(matrix: flint.arb_mat) -> Array:
    return np.array([[float(x) for x in row] for row in matrix.tolist()])


def _middle(matrix: flint.arb_mat) -> flint.arb_mat:
    return flint.arb_mat([[x.mid() for x in row] for row in matrix.tolist()])


def _fraction(value: Any) -> Fraction:
    mantissa, exponent = (int(part) for part in value.mid().man_exp())
    return Fraction(mantissa) * Fraction(2) ** exponent

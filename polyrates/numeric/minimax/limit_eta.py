r"""The weight η to which that of the minimax optimum tends in "initial/cross", in closed form.

With harmonic measure ω of [ℓ, L] seen from 0 the limit solves

.. math:: s = \int \frac{\lambda^2}{\lambda^2 + \eta}\,d\omega, \qquad
          \eta = \Bigl(\frac ga\Bigr)^2 \frac{s}{1 - s}.

The first is :math:`1 + \mathrm{Re}(\sqrt{\ell L}/(\sqrt{z-\ell}\sqrt{z-L}))` taken from 1 at
:math:`z = i\sqrt\eta`, that is, with :math:`v^2 = \eta/(\ell L)`, :math:`X = 1 - v^2`,
:math:`Y = v(\ell + L)/\sqrt{\ell L}` and :math:`M = |X + iY|`,

.. math:: s = \mathrm{Re}\,(X - iY)^{-1/2} = \frac{1}{M}\sqrt{\frac{M + X}{2}}.

It falls in η and the second, :math:`s = \eta/(\eta + g^2/a^2)`, rises: there is one solution, an
algebraic number of degree at most 7 over the field of ℓ, L and g²/a².
"""

from __future__ import annotations

import mpmath

from polyrates.ground.precision import working_digits

__all__ = ["harmonic_share", "limit_eta"]


def harmonic_share(ell: mpmath.mpf, L: mpmath.mpf, eta: mpmath.mpf) -> mpmath.mpf:
    """∫λ²/(λ² + η)dω."""
    return _share_and_odds(ell, L, eta)[0]


def _share_and_odds(
    ell: mpmath.mpf, L: mpmath.mpf, eta: mpmath.mpf
) -> tuple[mpmath.mpf, mpmath.mpf]:
    """s and s/(1 − s), sums of positive terms: 1 − s² = (2M² − M − X)/2M²."""
    square = eta / (ell * L)
    spread = (ell + L) ** 2 / (ell * L)
    X = 1 - square
    excess = square * (spread - 2 + square)  # M² − 1
    M = mpmath.sqrt(1 + excess)
    total = M + X if X > 0 else square * spread / (M - X)
    s = mpmath.sqrt(total / 2) / M
    missing = square * ((spread - 2 + square) * (2 - 1 / (M + 1)) + 1)
    return s, s * (1 + s) * 2 * (1 + excess) / missing


def limit_eta(ell: object, L: object, ratio: object, digits: int = 30) -> mpmath.mpf:
    """η to a relative error below 10^-digits, for exact or float 0 < ℓ < L and ratio = g/a > 0."""
    with working_digits(digits + 20):
        low, high, size = map(mpmath.mpmathify, (ell, L, ratio))
        unit = mpmath.sqrt(low * high) * size

        def excess(place: mpmath.mpf) -> mpmath.mpf:
            """log of s/(1 − s) over η/ratio², falling in place = log(η/unit)."""
            eta = unit * mpmath.exp(place)
            return mpmath.log(_share_and_odds(low, high, eta)[1] * size**2 / eta)

        half = 1 + mpmath.log(high / low)
        left, right = -half, half
        at_left, at_right = excess(left), excess(right)
        while at_left < 0:
            left -= half
            at_left = excess(left)
        while at_right > 0:
            right += half
            at_right = excess(right)
        # the false position, the end that stays counted half (Illinois)
        place, change = left, right - left
        while abs(change) > mpmath.mpf(10) ** (-digits - 5):
            before, place = place, (left * at_right - right * at_left) / (at_right - at_left)
            change, value = place - before, excess(place)
            if value > 0:
                at_right /= 2 if before == left else 1
                left, at_left = place, value
            elif value < 0:
                at_left /= 2 if before == right else 1
                right, at_right = place, value
            else:
                break
        return unit * mpmath.exp(place)

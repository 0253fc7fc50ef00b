"""A certificate of the lower bound of all methods: Chebyshev's 1/|T_t(m(0))|."""

from __future__ import annotations

from polyrates.ground.check import KINDS, degree_of
from polyrates.ground.check_reading import fields, integer, number, require


def chebyshev(content: dict[str, object]) -> str:
    """Clauses "question", "value": the smallest max |P| on [ℓ, L] over P(0) = 1 is 1/|T_t(m(0))|.

    T_{k+1} = 2xT_k − T_{k−1} is cos kφ at x = cos φ: |T_t| ≤ 1 on [−1, 1], and T_t = ±1 in turn at
    t + 1 points. A smaller P would differ from T_t(m)/T_t(m(0)) by a polynomial of degree ≤ t with
    t zeros between those points and one more at λ = 0.
    """
    _, *ends, degree, above, under = fields(content, "kind ell L degree numerator denominator")
    (ell, L), t, n, d = map(number, ends), degree_of(degree), integer(above), integer(under)
    require("question", 0 <= ell < L, "0 ≤ ℓ < L is not so")
    m, e = (-(L + ell) / (L - ell)).as_integer_ratio()
    now, after = 1, m  # e^k T_k(m(0))
    for _ in range(t):
        now, after = after, 2 * m * after - e * e * now
    require("value", d > 0 and e**t * d == abs(now) * n, "it is another number")
    return (
        f"the smallest max |P| on [{ell}, {L}] of a polynomial of degree <= {t}, 1 at 0, is the "
        f"fraction 1/|T_{t}(m(0))| that is given, {len(str(above))} digits over {len(str(under))}"
    )


KINDS["chebyshev"] = chebyshev

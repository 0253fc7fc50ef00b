r"""Minimax-optimal unrolling: the smallest worst case over all polynomials, with a certificate.

For a support in [ell, L], weights a (``size``) and g (``second``), the value is

.. math:: V^* = \min_{P(0)=1,\ \deg P \le t}\ \min_{s \in [0,1]}\ \max_{\lambda}
          \sqrt{\frac{a^2 A(\lambda)^2}{s} + \frac{g^2 B(\lambda)^2}{1-s}},\qquad 0/0 = 0,

with :math:`A = P - \lambda P', B = P'` in the form "initial/cross" and :math:`A = P, B = P'` in
"residual/drift".  The inner part is the tight joint worst case (S-lemma: Polik and Terlaky, *SIAM
Review* 49, 2007); the outer problem is convex and its dual is a maximum over measures on the
support.  Every solution carries both: a polynomial whose profile is bounded from above, and a
measure whose weak-duality value bounds ``V*`` from below, each including its own rounding errors.

solve        the question's way from start to certified solution
cases        the question, the answer, and what needs no computation
problem      the normalised problem: hull, basis, functionals; on gaps ``support``
extremal     the closed form for large t, also as a start
interior     an interior-point method and reweighted least squares, the other starts
newton       Newton's method on the contact points
certify      both ends of the bracket: ``certificate`` from below, ``supremum`` from above
joint        the tight worst case of error functions that are given
digits       the same in mpmath numbers
"""

from .cases import Form, MinimaxSolution, Truth
from .extremal import asymptotic_value, limit_odds
from .joint import JointWorstCase, joint_worst_case, joint_worst_case_of, method_pieces
from .solve import solve_family, solve_minimax
from .supremum import Piece

__all__ = [
    "Form",
    "JointWorstCase",
    "MinimaxSolution",
    "Piece",
    "Truth",
    "asymptotic_value",
    "joint_worst_case",
    "joint_worst_case_of",
    "limit_odds",
    "method_pieces",
    "solve_family",
    "solve_minimax",
]

r"""The choices an estimator leaves open, made by the guarantee: where to truncate, how to split.

With N products to spend, gradients plus Hessian-vector products (t of the one, and as many of the
other as steps are differentiated or solved),

    truncated at s of t            N = 2t − s
    restarted at s, tail of k      N = s + 2k     (R, C) = (Q_k, Q_k′P_s), a fresh method's tail Q_k
    implicit, k inner steps        N = t + k      (R, C) = (Q_k, P_t(Q_k − 1)/λ)

The choice is a search over s or k on a fine grid of eigenvalues (numeric); the guarantee at the
choice is certified. So a guarantee always holds, and that no other choice beats it is numeric.

The optimal polynomial for truncated unrolling: for a fixed head P_s the worst case of (Q, Q′P_s) is
convex in the tail Q, and :func:`optimal_tail` minimizes it. It is not convex in head and tail
together (C is a product of the two), nor over a single P: the pair of a truncated run belongs to
the realization of P, not to P. For those nothing is claimed.
"""

from polyrates.choices.choice import Choice, guarantee, products_of
from polyrates.choices.searches import best_restart, best_split, best_start
from polyrates.choices.tails import best_tail, chebyshev_on, optimal_tail, tail_lower_bound
from polyrates.methods.restarted import Restarted

__all__ = [
    "Choice",
    "Restarted",
    "best_restart",
    "best_split",
    "best_start",
    "best_tail",
    "chebyshev_on",
    "guarantee",
    "optimal_tail",
    "products_of",
    "tail_lower_bound",
]

"""The proofs: each module builds Derivation objects of one method or one statement.

general           the master identity, the lower bound, the two horns of the curse
gradient_descent  the end-point theorem, the threshold sqrt(2)/L, the three step sizes
momentum          heavy ball and Nesterov on their own interval
classical         Chebyshev and Gegenbauer: everything is largest at lambda = L
estimators        the pair (R, C) of every estimator, where H and dH commute
two_variable      the multipliers without commutation, and the bound in Frobenius norm
worst_case        the tight joint worst case: its value, its attainment, what is no bound
minimax           the smallest worst case: no burn-in, the dual, when it is the initial error
asymptotic        that smallest worst case for large t
sobolev           the Sobolev-optimal polynomials and their short recurrence
notation          the symbols they share
"""

"""The proofs: each module builds Derivation objects of one method or one statement.

gradient_descent  the end-point theorem, the threshold sqrt(2)/L, the three step sizes
classical         Chebyshev and Gegenbauer: everything is largest at lambda = L
momentum          heavy ball and Nesterov on their own interval
general           the master identity, the lower bound, the two horns of the curse
"""

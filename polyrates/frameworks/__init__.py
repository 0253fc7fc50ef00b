"""The same methods inside other frameworks. Nothing here is imported unless you import it.

polyrates.frameworks.jax     a ``lax.scan`` form, and an optax-compatible gradient transformation
polyrates.frameworks.torch   a ``torch.optim`` optimizer

:func:`polyrates.run` itself already takes JAX and torch arrays.
"""

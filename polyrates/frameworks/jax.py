"""The former place of :mod:`polyrates.execution.jax`, kept for those who import it."""

from polyrates.execution.jax import *  # noqa: F403

"""The former place of :mod:`polyrates.execution.torch`, kept for those who import it."""

from polyrates.execution.torch import *  # noqa: F403

"""Libraries that cost more to load than most calls of them: imported at their first use.

``scipy.optimize``, ``scipy.fft``, ``scipy.special`` and ``scipy.sparse`` take a third as long to
load as all the other libraries of the package together, and most questions ask for none of them.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

__all__ = ["late"]


class _Late(ModuleType):
    """A module that is imported when an attribute is asked for."""

    def __getattr__(self, name: str) -> object:
        value: object = getattr(import_module(self.__name__), name)
        if not name.startswith("__"):
            setattr(self, name, value)  # from now on an attribute like any other
        return value


def late(name: str) -> ModuleType:
    """The module of this name, imported when an attribute of it is asked for."""
    return _Late(name)

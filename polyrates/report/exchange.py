"""Two folders change places in one step, where the system can do that.

Linux: renameat2 with RENAME_EXCHANGE; macOS: renamex_np with RENAME_SWAP. Elsewhere, and on file
systems without it, there is no moment-free way to replace a folder.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

__all__ = ["exchanged"]

_HERE = -100  # AT_FDCWD
_EXCHANGE = 2  # RENAME_EXCHANGE, and RENAME_SWAP


def exchanged(one: Path, other: Path) -> bool:
    """Whether the two have changed places; if not, nothing was done."""
    try:
        library = ctypes.CDLL(None, use_errno=True)
        first, second = os.fsencode(one), os.fsencode(other)
        if sys.platform == "darwin":
            return bool(library.renamex_np(first, second, _EXCHANGE) == 0)
        return bool(library.renameat2(_HERE, first, _HERE, second, _EXCHANGE) == 0)
    except (OSError, AttributeError, TypeError):  # no such library, no such function
        return False

"""Where the answers go: JSON, documents, files, and the line that says what is being done."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

from polyrates.ground.errors import refuse_value

__all__ = ["Progress", "print_json", "write", "write_document"]


class Progress:
    """What is being done, on one line of a terminal while the block runs; nothing anywhere else.

    The line is tqdm's; without that extra there is none, and nothing else is missing.
    """

    def __enter__(self) -> Callable[[str], None]:
        """A function to be called with what is being done."""
        try:
            from tqdm import tqdm
        except ImportError:
            return lambda _: None
        layout = "{desc} … {elapsed}"
        self._bar = tqdm(bar_format=layout, leave=False, disable=not sys.stderr.isatty())
        say: Callable[[str], None] = self._bar.set_description_str
        return say

    def __exit__(self, *_: object) -> None:
        if hasattr(self, "_bar"):
            self._bar.close()


def print_json(content: object) -> None:
    """Indented, letters as they are."""
    print(json.dumps(content, indent=1, ensure_ascii=False))


def write_document(where: str, document: bytes) -> int:
    """To stdout for "-", else to a file; the exit status."""
    if where == "-":
        sys.stdout.write(document.decode())
    else:
        write(where, "latex", document)
    return 0


def write(where: str, option: str, content: bytes) -> None:
    """To the file that an option named."""
    try:
        with open(where, "wb") as file:
            file.write(content)
    except OSError as error:
        refuse_value(option, where, f"cannot be written ({error.strerror})", "give another file")

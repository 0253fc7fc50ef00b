"""Where the answers go: JSON, documents, files, and the line that says what is being done."""

from __future__ import annotations

import json
import sys

from polyrates.ground.errors import refuse_value

__all__ = ["Progress", "print_json", "write", "write_document"]


class Progress:
    """What is being done, on one line of a terminal while the block runs; nothing anywhere else."""

    def __init__(self) -> None:
        self.shown = sys.stderr.isatty()

    def __call__(self, what: str) -> None:
        """Replace the line."""
        if self.shown:
            print(f"\r\033[K{what} …", end="", file=sys.stderr, flush=True)

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self.shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


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

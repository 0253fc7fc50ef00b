"""Where the answers go: JSON, documents, files, and the line that says what is being done."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable

from polyrates.cli.streams import answers, complain
from polyrates.ground.errors import refuse_value

__all__ = ["Overdue", "Progress", "print_json", "say", "write", "write_document"]


_doing = ""


def _note(text: str) -> None:
    global _doing
    _doing = text


class Overdue:
    """After 10 seconds, and whenever that has doubled, a line on stderr that the command lives.

    In a pipe too: whoever waits there has nothing else to see.
    """

    FIRST = 10.0

    def __init__(self, name: str) -> None:
        self._name = name
        self._over = threading.Event()

    def __enter__(self) -> None:
        _note("")
        threading.Thread(target=self._watch, daemon=True).start()

    def __exit__(self, *_: object) -> None:
        self._over.set()

    def _watch(self) -> None:
        elapsed = pause = self.FIRST
        while not self._over.wait(pause):
            doing = f" ({_doing})" if _doing else ""
            complain(f"{self._name}: still at work after {elapsed:.0f} s{doing}; Ctrl-C ends it")
            elapsed, pause = 2 * elapsed, elapsed


class Progress:
    """What is being done, on one line of a terminal while the block runs.

    The line is tqdm's; without that extra, and anywhere else, :class:`Overdue` says it in its time.
    """

    def __enter__(self) -> Callable[[str], None]:
        """A function to be called with what is being done."""
        try:
            from tqdm import tqdm
        except ImportError:
            return _note
        layout = "{desc} … {elapsed}"
        self._bar = tqdm(bar_format=layout, leave=False, disable=not sys.stderr.isatty())
        show: Callable[[str], None] = self._bar.set_description_str

        def both(text: str) -> None:
            _note(text)
            show(text)

        return both

    def __exit__(self, *_: object) -> None:
        if hasattr(self, "_bar"):
            self._bar.close()


def print_json(content: object) -> None:
    """Indented, letters as they are; escaped where the encoding has not all of them."""
    text = json.dumps(content, indent=1, ensure_ascii=False)
    try:
        text.encode(answers().encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(content, indent=1)
    say(text)


def say(*words: object, sep: str = " ") -> None:
    """Print an answer."""
    print(*words, sep=sep, file=answers())


def write_document(where: str, document: bytes) -> int:
    """To stdout for "-", else to a file; the exit status."""
    if where == "-":
        stream = answers()
        stream.flush()
        raw = getattr(stream, "buffer", None)
        if raw is None:  # in a notebook
            stream.write(document.decode())
        else:  # bytes as in a file: it declares its own encoding
            raw.write(document)
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

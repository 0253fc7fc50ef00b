"""Writing a folder whole or not at all.

Everything is made in memory first, written to a hidden sibling, synced, and changes places with
what was there in one step; where the system has no such step, in two renames, and who is stopped
between them, even by SIGKILL, has the old folder back at the next run. That run sweeps what a
stopped one left too: a hidden sibling that no process holds a lock on.

A folder is ours when it holds our marker, which lists the files we wrote; one of ours is replaced
whole, and anything else that stands in the way is refused.
"""

from __future__ import annotations

import contextlib
import glob
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from polyrates.ground.errors import refuse_value
from polyrates.report.exchange import exchanged

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

__all__ = ["MARKER", "check_target", "write_folder"]

MARKER = ".polyrates"
_LOCK = "lock"
_TOOLS = (".aux", ".log", ".out", ".pdf", ".synctex.gz", ".fls", ".fdb_latexmk")


def check_target(out: str | Path) -> Path:
    """The absolute path of a folder that may be written, or our error; nothing is created.

    What a stopped run left of this folder is put back or swept.
    """
    if not str(out):
        refuse_value("out", str(out), "is empty", "give a folder")
    path = Path(os.path.abspath(Path(out).expanduser()))
    if path.is_symlink() and not path.exists():
        refuse_value("out", str(out), "is a dangling link", "give another folder")
    _sweep(path.resolve())
    if path.exists():
        _require_ours(path.resolve(), str(out))
        path = path.resolve()
    parent = path.parent
    if not parent.is_dir():
        refuse_value("out", str(out), f"the folder {parent} does not exist", "create it first")
    with _temporary(path, str(out)):  # so that a long computation does not end in a refusal
        return path


def _prefix(path: Path) -> str:
    return f".{path.name}.polyrates-"


@contextlib.contextmanager
def _temporary(path: Path, shown: str) -> Iterator[Path]:
    """A fresh hidden sibling, locked; at the end it goes, and an old folder in it goes back."""
    try:
        temporary = Path(tempfile.mkdtemp(prefix=_prefix(path), dir=path.parent))
    except OSError as error:
        refuse_value("out", shown, f"cannot be written ({error.strerror})", "give another place")
    lock = None
    try:
        lock = _locked(temporary)
        yield temporary
    finally:
        if fcntl is None and lock is not None:
            lock.close()  # Windows removes no open file
        _clear(temporary, path)
        if lock is not None:
            lock.close()


def _locked(folder: Path) -> BinaryIO:
    """A file in the folder, locked for as long as it is open: until close(), or with its process.

    Not a descriptor closed by ``__del__``: Python would swallow a signal that comes in there.
    """
    file = open(folder / _LOCK, "wb")  # noqa: SIM115
    try:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise
    return file


def _clear(temporary: Path, path: Path) -> None:
    """The old folder put back where there is none, and the rest removed: in this order."""
    old = temporary / "old"
    if old.exists() and not path.exists():
        os.rename(old, path)
    shutil.rmtree(temporary, ignore_errors=True)


def _sweep(path: Path) -> None:
    """What stopped runs left beside ``path``; what is at work, or not ours, stays."""
    with contextlib.suppress(OSError):
        for stray in path.parent.glob(f"{glob.escape(_prefix(path))}*"):
            with contextlib.suppress(OSError):
                if {each.name for each in stray.iterdir()} <= {"new", "old", _LOCK}:
                    _sweep_one(stray, path)


def _sweep_one(stray: Path, path: Path) -> None:
    if fcntl is None:  # nothing tells whether it is at work, but its age
        if time.time() - stray.stat().st_mtime > 3600:
            _clear(stray, path)
        return
    with _locked(stray):  # raises where another process has it
        _clear(stray, path)


def _require_ours(path: Path, shown: str) -> None:
    if not path.is_dir():
        refuse_value("out", shown, "exists and is not a folder", "give another name")
    try:
        known = set(json.loads((path / MARKER).read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError):
        refuse_value(
            "out",
            shown,
            "exists and was not written by polyrates, so it is not replaced",
            "give another name or remove it",
        )
    for entry in sorted(path.rglob("*")):
        name = entry.relative_to(path).as_posix()
        product = entry.name.startswith("report.") and entry.name.endswith(_TOOLS)
        if entry.is_dir() or name in known or name == MARKER or product:
            continue
        refuse_value(
            "out",
            shown,
            f"holds a file that polyrates did not write, {name}",
            "move that file or give another name",
        )


def write_folder(out: str | Path, files: Mapping[str, bytes]) -> Path:
    """Write ``files`` (relative names) as the folder ``out``; its absolute path.

    Stopped at any moment, it leaves the old folder or the new one, whole.
    """
    path = check_target(out)
    marker = {
        "about": "Written by polyrates, which replaces this folder whole.",
        "files": sorted(files),
    }
    content = {**files, MARKER: json.dumps(marker, indent=1).encode()}
    try:
        with _temporary(path, str(out)) as temporary:
            fresh, old = temporary / "new", temporary / "old"
            _fill(fresh, content)
            if not path.exists():
                os.rename(fresh, path)
            elif not exchanged(fresh, path):
                os.rename(path, old)
                os.rename(fresh, path)
            _sync(path.parent)
    except OSError as error:
        refuse_value("out", str(out), f"cannot be written ({error.strerror})", "give another place")
    return path


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    """The files, on the disk before the folder gets its name."""
    folders = {folder}
    folder.mkdir()
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        folders.update(each for each in target.parents if folder in each.parents)
        with open(target, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    for each in folders:
        _sync(each)


def _sync(folder: Path) -> None:
    """The names in a folder on the disk; where folders cannot be opened, nothing."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

"""Writing a folder whole or not at all.

Everything is made in memory first, written to a hidden sibling, and renamed into place. A folder is
ours when it holds our marker, which lists the files we wrote; one of ours is replaced whole, and
anything else that stands in the way is refused.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from polyrates.ground.errors import refuse_value

__all__ = ["MARKER", "check_target", "write_folder"]

MARKER = ".polyrates"
_TOOLS = (".aux", ".log", ".out", ".pdf", ".synctex.gz", ".fls", ".fdb_latexmk")


def check_target(out: str | Path) -> Path:
    """The absolute path of a folder that may be written, or our error; nothing is created."""
    if not str(out):
        refuse_value("out", str(out), "is empty", "give a folder")
    path = Path(os.path.abspath(Path(out).expanduser()))
    if path.is_symlink() and not path.exists():
        refuse_value("out", str(out), "is a dangling link", "give another folder")
    if path.exists():
        _require_ours(path.resolve(), str(out))
        path = path.resolve()
    parent = path.parent
    if not parent.is_dir():
        refuse_value("out", str(out), f"the folder {parent} does not exist", "create it first")
    os.rmdir(_temporary(path, str(out)))  # so that a long computation does not end in a refusal
    return path


def _temporary(path: Path, shown: str) -> Path:
    """A fresh hidden sibling."""
    try:
        return Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    except OSError as error:
        refuse_value("out", shown, f"cannot be written ({error.strerror})", "give another place")


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

    Interrupted at any point, it leaves what was there before, and nothing else.
    """
    path = check_target(out)
    marker = {
        "about": "Written by polyrates, which replaces this folder whole.",
        "files": sorted(files),
    }
    temporary = _temporary(path, str(out))
    fresh, old = temporary / "new", temporary / "old"
    try:
        fresh.mkdir()
        for name, content in {**files, MARKER: json.dumps(marker, indent=1).encode()}.items():
            target = fresh / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        if path.exists():
            os.rename(path, old)
        try:
            os.rename(fresh, path)
        except BaseException:
            if old.exists() and not path.exists():
                os.rename(old, path)
            raise
    except OSError as error:
        refuse_value("out", str(out), f"cannot be written ({error.strerror})", "give another place")
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return path

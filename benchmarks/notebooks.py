"""The slowest cell of every derivation: a bound for its slowest symbolic call.

python benchmarks/notebooks.py
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parent.parent / "derivations"


def slowest(path: Path) -> tuple[float, int]:
    """(seconds, index) of the slowest cell of one notebook, run in a real kernel."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(FOLDER)}}).execute()
    best = (0.0, 0)
    for i, cell in enumerate(notebook.cells):
        times = cell.metadata.get("execution", {})
        if "iopub.execute_input" in times and "shell.execute_reply" in times:
            begin, end = (
                datetime.fromisoformat(times[key].replace("Z", "+00:00"))
                for key in ("iopub.execute_input", "shell.execute_reply")
            )
            best = max(best, ((end - begin).total_seconds(), i))
    return best


if __name__ == "__main__":
    for path in sorted(FOLDER.glob("*.ipynb")):
        seconds, cell = slowest(path)
        print(f"{path.name:40} slowest cell {cell:3}: {seconds:6.2f} s")

"""What the pages take from the repository: its folders, its addresses if any are known."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

__all__ = ["ROOT", "addresses", "cache", "links", "opened_in", "quick", "switcher_item"]

ROOT = Path(os.environ.get("POLYRATES_ROOT", Path(__file__).resolve().parents[2]))
"""The clone."""


def quick() -> bool:
    """Whether the notebooks of the course keep their saved outputs: for work on other pages."""
    return bool(os.environ.get("POLYRATES_DOCS_QUICK"))


def cache() -> str:
    """Where executed cells are kept, by their content."""
    return str(ROOT / "build" / "site" / "cells")


def addresses() -> dict[str, str]:
    """``[project.urls]``, by lower-case name; empty while there is none."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {name.lower(): url.rstrip("/") for name, url in project.get("urls", {}).items()}


def links() -> dict[str, object]:
    """The theme's options that need an address."""
    known = addresses()
    found: dict[str, object] = {}
    if "repository" in known:
        found["icon_links"] = [
            {"name": "Repository", "url": known["repository"], "icon": "fa-brands fa-github"}
        ]
    if "documentation" in known:
        found["switcher"] = {
            "json_url": f"{known['documentation']}/versions.json",
            "version_match": os.environ.get("POLYRATES_DOCS_VERSION", "dev"),
        }
        found["check_switcher"] = False
    return found


def switcher_item() -> list[str]:
    """The list of versions, where the address that serves it is known."""
    return ["version-switcher"] if "documentation" in addresses() else []


def opened_in(name: str) -> str:
    """Markdown links that open a notebook in Colab and Binder; empty without a repository."""
    home = addresses().get("repository", "")
    if not home.startswith("https://github.com/"):
        return ""
    place = home.removeprefix("https://github.com/")
    path = f"derivations/{name}.ipynb"
    colab = f"https://colab.research.google.com/github/{place}/blob/main/{path}"
    binder = f"https://mybinder.org/v2/gh/{place}/main?labpath={path.replace('/', '%2F')}"
    return f"[Open in Colab]({colab}) · [Open in Binder]({binder})"

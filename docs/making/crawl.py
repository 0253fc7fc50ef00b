"""Follow every link of the built site that stays in it: file and anchor must exist."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

__all__ = ["faults"]


class _Page(HTMLParser):
    """The links of a page and the places in it that a link can name."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect."""
        for name, value in attrs:
            if value is None:
                continue
            if name in ("href", "src") and tag != "base":
                self.links.append(value)
            if name == "id" or (name == "name" and tag == "a"):
                self.names.add(value)


def faults(site: Path) -> list[str]:
    """Every link that leads nowhere, one line each; the pages are read once."""
    pages: dict[Path, _Page] = {}
    for path in sorted(site.rglob("*.html")):
        if "_static" in path.relative_to(site).parts:
            continue
        found = _Page()
        found.feed(path.read_text(encoding="utf-8"))
        pages[path.resolve()] = found
    broken = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or link in ("#", ""):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            where = path.relative_to(site.resolve())
            names = pages[target].names if target in pages else {unquote(parts.fragment)}
            if not target.exists():
                broken.append(f"{where}: {link} does not exist")
            elif parts.fragment and unquote(parts.fragment) not in names:
                broken.append(f"{where}: {link}: no such anchor")
    return broken

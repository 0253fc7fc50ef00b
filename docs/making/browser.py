"""Open the built site in a browser without a window, from its files, and say what is wrong.

Every page at 400 pixels, light, and at 1400, dark, the main ones in all four views: no message on
the console, nothing wider than the page, every formula laid out. The search finds; the page to play
with computes, moves by keyboard and by touch; axe-core finds no serious fault. Screenshots stay in
``build/site/seen``.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from making.facts import ROOT
from making.tab import Tab, opened

__all__ = ["main"]

VIEWS = tuple(itertools.product((400, 1400), ("light", "dark")))
SHOWN = (
    "index",
    "start",
    "play",
    "choose",
    "sizes",
    "compares",
    "theorems",
    "theory/two_horns",
    "methods/index",
    "methods/chebyshev",
    "gallery/index",
    "gallery/three-steps",
    "api/analysis",
    "errors",
    "course/02_gradient_descent",
    "guide/losses",
    "contributing",
)
ACCESSIBLE = ("index", "play", "theory/two_horns", "methods/chebyshev", "api/analysis", "choose")
SEARCHES = {"burn-in": "two_horns", "certify": "certif", "minimax_optimal": "api/"}
PROBES = (Path(__file__).parent / "probes.js").read_text(encoding="utf-8")


async def settle(tab: Tab, seconds: float = 0.05) -> None:
    """Let the page draw."""
    await tab.evaluate(f"new Promise(r => setTimeout(r, {1000 * seconds:.0f}))")


async def view(tab: Tab, width: int, scheme: str) -> None:
    """Width in pixels, light or dark."""
    await tab.size(width)
    await tab.scheme(scheme)


async def look(tab: Tab, site: Path, seen: Path) -> list[str]:
    """Every page narrow and light, wide and dark; those of SHOWN in every view."""
    faults: list[str] = []
    for path in sorted(path for path in site.rglob("*.html") if "_static" not in path.parts):
        name = path.relative_to(site).with_suffix("").as_posix()
        tab.said.clear()
        await view(tab, *VIEWS[0])
        await tab.open(path.as_uri())
        await tab.evaluate(PROBES + ";0")
        for width, scheme in VIEWS if name in SHOWN else (VIEWS[0], VIEWS[-1]):
            await view(tab, width, scheme)
            await settle(tab)
            found = judged(await tab.evaluate("laidOut()"))
            faults += [f"{name} at {width}, {scheme}: {each}" for each in found]
            if name in SHOWN:
                await tab.shoot(seen / f"{name.replace('/', '-')}-{width}-{scheme}.png")
        faults += [f"{name}, console: {each}" for each in tab.said]
    return faults


def judged(found: Mapping[str, object]) -> list[str]:
    """What is wrong with the layout of a page, in words."""
    words = []
    if found["width"] > 0 or found["wide"]:
        words.append(f"{found['width']} pixels too wide: {', '.join(found['wide'])}")
    if found["plain"] or found["flat"]:
        words.append(f"{found['plain']} formulas not laid out, {found['flat']} flat")
    words += [f"KaTeX: {each}" for each in found["refused"]]
    if found["raw"]:
        words.append(f"LaTeX among the words: {' '.join(found['raw'][:4])}")
    return words


async def search(tab: Tab, site: Path) -> list[str]:
    """The search answers from a file."""
    faults = []
    links = "[...document.querySelectorAll('#search-results li a')]"
    for word, wanted in SEARCHES.items():
        tab.said.clear()
        await tab.ask("Page.navigate", url=f"{(site / 'search.html').as_uri()}?q={word}")
        try:
            await tab.until(f"{links}.some(each => each.href.includes('{wanted}'))", 20)
        except RuntimeError as error:
            faults.append(f"search for {word}: {error}")
        faults += [f"search for {word}, console: {each}" for each in tab.said]
    return faults


async def play(tab: Tab, site: Path, seen: Path) -> list[str]:
    """The page computes what the package says, and follows keys and fingers."""
    import polyrates as pr

    rate = pr.rate(pr.Chebyshev(0.01, 1.0), pr.Interval(0.01, 1.0)).initial
    await view(tab, 400, "light")
    await tab.open((site / "play.html").as_uri())
    await tab.until("document.getElementById('play').dataset.ready === '1'")
    await tab.evaluate(PROBES + ";0")
    at_first = await tab.evaluate("played()")
    await tab.evaluate("document.querySelector('#play input[name=t]').focus()")
    await tab.press("ArrowRight", 39)
    moved = await tab.evaluate("played()")
    await tab.evaluate("touch()")
    await settle(tab, 0.3)
    touched = await tab.evaluate("played()")
    await tab.shoot(seen / "play-touched-400.png")
    t, top = rate.peak
    return [
        what
        for right, what in (
            (at_first["peak"] == f"{float(top):#.4g} at t = {t}", f"peak: {at_first['peak']}"),
            (at_first["burnIn"] == str(rate.burn_in), f"burn-in: {at_first['burnIn']}"),
            (at_first["shortest"] > 100, "a curve is empty"),
            (at_first["least"] >= 24, f"{at_first['least']} pixels are too few to touch"),
            (moved["t"] == at_first["t"] + 1, "the arrow key does not move t"),
            (moved["initial"] != at_first["initial"], "the numbers do not follow t"),
            (touched["t"] > 100, f"a touch does not move t: {touched['t']}"),
        )
        if not right
    ]


async def accessible(tab: Tab, site: Path) -> list[str]:
    """No serious fault by axe-core on the pages that are read most, light and dark."""
    axe = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    if not axe.exists():
        raise SystemExit("axe-core is absent; run: npm install --no-save katex@0.16 axe-core@4")
    script, faults = axe.read_text(encoding="utf-8"), []
    for name, place in itertools.product(ACCESSIBLE, ((1400, "light"), (400, "dark"))):
        await view(tab, *place)
        await tab.open((site / f"{name}.html").as_uri())
        await settle(tab, 0.2)
        await tab.evaluate(f"{script}; {PROBES}; 0")
        faults += [
            f"{name}, {place[1]}: {impact}: {rule} ({count}): {where}"
            for impact, rule, count, where in await tab.evaluate("violations()")
            if impact in ("serious", "critical")
        ]
    return faults


async def everything(site: Path, seen: Path) -> list[str]:
    """All checks, in one browser."""
    async with opened() as tab:
        faults = await search(tab, site)
        faults += await play(tab, site, seen)
        faults += await accessible(tab, site)
        return faults + await look(tab, site, seen)


def main(site: Path, seen: Path) -> int:
    """Print the faults; 1 if there are any."""
    begun = time.perf_counter()
    faults = asyncio.run(everything(site, seen))
    for fault in faults:
        print(fault, file=sys.stderr)
    took = time.perf_counter() - begun
    print(f"opened every page, {len(faults)} faults, in {took:.0f} s; see {seen}")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main(ROOT / "build" / "site" / "html", ROOT / "build" / "site" / "seen"))

"""Open the built site in a browser without a window, from its files, and say what is wrong.

Every page at 400 and at 1400 pixels, light and dark: no message on the console, nothing wider than the
page, every formula laid out. The search finds; the page to play with computes, moves by keyboard and
by touch; axe-core finds no serious fault. Screenshots stay in ``build/site/seen``.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tornado.websocket import WebSocketClientConnection, websocket_connect

from making.facts import ROOT

__all__ = ["Browser", "main"]

WIDTHS = (400, 1400)
SHOWN = (
    "index", "start", "play", "choose", "sizes", "compares", "theorems", "theory/two_horns",
    "methods/index", "methods/chebyshev", "gallery/index", "gallery/three-steps", "api/analysis",
    "errors", "course/02_gradient_descent", "guide/losses", "contributing",
)  # fmt: skip
ACCESSIBLE = ("index", "play", "theory/two_horns", "methods/chebyshev", "api/analysis", "choose")

PROBE = """
(() => {
  const formulas = [...document.querySelectorAll('span.math, div.math')];
  const wide = [...document.querySelectorAll('body *')].filter(each => {
    const box = each.getBoundingClientRect();
    if (box.width === 0 || box.right <= innerWidth + 1) return false;
    for (let up = each.parentElement; up; up = up.parentElement)
      if (/(auto|scroll|hidden|clip)/.test(getComputedStyle(up).overflowX)) return false;
    return !each.closest('.katex-mathml, dialog, .sr-only');
  });
  return {
    width: document.documentElement.scrollWidth - innerWidth,
    wide: wide.slice(0, 3).map(each => each.tagName + '.' + each.className),
    plain: formulas.filter(each => !each.querySelector('.katex')).length,
    refused: [...document.querySelectorAll('.katex-error')].map(each => each.title),
    flat: formulas.filter(each => each.offsetParent && each.getBoundingClientRect().height < 4).length,
    raw: (document.querySelector('article') || document.body).innerText.match(/\\\\(frac|left|lambda|text)\\b/g) || [],
  };
})()
"""

PLAYED = """
(() => {
  const root = document.getElementById('play'), form = root.querySelector('form');
  const cell = (row) => root.querySelector(`[data-row="${row}"] td`).textContent;
  const curves = [...root.querySelectorAll('svg path')].map(each => each.getAttribute('d').length);
  return {ready: root.dataset.ready, peak: cell('peak'), burnIn: cell('burn-in'), initial: cell('initial'),
    t: form.elements.t.value, curves, says: root.querySelector('.play-verdict').textContent,
    least: Math.min(...[...root.querySelectorAll('button, select, input')].filter(e => e.offsetParent).map(e => e.getBoundingClientRect().height))};
})()
"""


class Browser:
    """One tab of Chromium, spoken to over its debugging protocol."""

    def __init__(self, socket: WebSocketClientConnection) -> None:
        self.socket = socket
        self.numbers = itertools.count(1)
        self.said: list[str] = []

    async def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command and its answer; what the console says meanwhile is kept."""
        number = next(self.numbers)
        await self.socket.write_message(
            json.dumps({"id": number, "method": method, "params": parameters})
        )
        while True:
            message = await asyncio.wait_for(self.socket.read_message(), 60)
            if message is None:
                raise RuntimeError("the browser left")
            answer = json.loads(message)
            self._note(answer)
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                result: dict[str, Any] = answer["result"]
                return result

    def _note(self, answer: dict[str, Any]) -> None:
        kind, content = answer.get("method"), answer.get("params", {})
        if kind == "Runtime.exceptionThrown":
            details = content["exceptionDetails"]
            self.said.append(details.get("exception", {}).get("description", details["text"]))
        elif kind == "Log.entryAdded" and content["entry"]["level"] in ("error", "warning"):
            self.said.append(f"{content['entry']['text']} {content['entry'].get('url', '')}")
        elif kind == "Runtime.consoleAPICalled" and content["type"] in ("error", "warning", "assert"):
            self.said.append(" ".join(str(each.get("value", "")) for each in content["args"]))

    async def evaluate(self, text: str) -> Any:
        """The value of an expression, awaited where it is a promise."""
        found = await self.ask(
            "Runtime.evaluate", expression=text, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in found:
            raise RuntimeError(str(found["exceptionDetails"])[:500])
        return found["result"].get("value")

    async def size(self, width: int, height: int = 900) -> None:
        """Of the window, in pixels of the page."""
        await self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=width < 600,
        )  # fmt: skip

    async def scheme(self, name: str) -> None:
        """Light or dark, as the system would ask for it."""
        features = [{"name": "prefers-color-scheme", "value": name}]
        await self.ask("Emulation.setEmulatedMedia", features=features)

    async def open(self, address: str) -> None:
        """Go there and wait until it has loaded."""
        await self.ask("Page.navigate", url=address)
        await self.until(f"location.href.split('#')[0] === {json.dumps(address.split('#')[0])} && "
                         "document.readyState === 'complete'", address)  # fmt: skip

    async def until(self, condition: str, what: str, seconds: float = 30) -> None:
        """Wait for a condition of the page."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with contextlib.suppress(RuntimeError):  # between two pages there is no context
                if await self.evaluate(condition):
                    return
            await asyncio.sleep(0.02)
        raise RuntimeError(f"{what}: {condition} did not become true")

    async def shoot(self, path: Path, whole: bool = True) -> None:
        """A picture of the page."""
        found = await self.ask("Page.captureScreenshot", captureBeyondViewport=whole, **(
            {"clip": await self._clip()} if whole else {}))  # fmt: skip
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(found["data"]))

    async def _clip(self) -> dict[str, float]:
        size = (await self.ask("Page.getLayoutMetrics"))["cssContentSize"]
        return {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 3000), "scale": 1}


def chromium() -> str | None:
    """The browser, if there is one."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return next(filter(None, map(shutil.which, names)), None)


@contextlib.asynccontextmanager
async def started() -> Any:
    """A browser that ends with the block, however it is left."""
    program = chromium()
    if program is None:
        raise SystemExit("no chromium: the site was built and crawled, not opened")
    with tempfile.TemporaryDirectory() as profile:
        command = [
            program, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
            "--remote-debugging-port=0", f"--user-data-dir={profile}", "--allow-file-access-from-files=0",
            "--no-first-run", "--disable-background-networking", "about:blank",
        ]  # fmt: skip
        command.remove("--allow-file-access-from-files=0")
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            port = Path(profile) / "DevToolsActivePort"
            for _ in range(600):
                if port.exists() and port.read_text().count("\n"):
                    break
                await asyncio.sleep(0.05)
            number = port.read_text().split("\n")[0]
            from tornado.httpclient import AsyncHTTPClient

            listed = await AsyncHTTPClient().fetch(f"http://127.0.0.1:{number}/json")
            tab = next(each for each in json.loads(listed.body) if each["type"] == "page")
            socket = await websocket_connect(
                tab["webSocketDebuggerUrl"], max_message_size=200_000_000
            )
            browser = Browser(socket)
            for domain in ("Page", "Runtime", "Log"):
                await browser.ask(f"{domain}.enable")
            yield browser
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=10)
            time.sleep(0.2)  # its children let go of the profile


async def look(browser: Browser, site: Path, seen: Path) -> list[str]:
    """Every page at both widths, in both schemes."""
    faults: list[str] = []
    pages = sorted(path for path in site.rglob("*.html") if "_static" not in path.parts)
    for width, scheme in ((400, "light"), (1400, "dark")):
        await browser.size(width)
        await browser.scheme(scheme)
        for path in pages:
            name = path.relative_to(site).with_suffix("").as_posix()
            browser.said.clear()
            await browser.open(path.as_uri())
            await browser.evaluate("new Promise(r => requestAnimationFrame(() => setTimeout(r, 0)))")
            faults += [f"{name} at {width}: {each}" for each in judged(await browser.evaluate(PROBE))]
            faults += [f"{name} at {width}, console: {each}" for each in browser.said]
            if name in SHOWN:
                other = WIDTHS[1 - WIDTHS.index(width)]
                stem = name.replace("/", "-")
                await browser.shoot(seen / f"{stem}-{width}-{scheme}.png")
                await browser.size(other)
                opposite = "dark" if scheme == "light" else "light"
                if width == 1400:
                    await browser.size(width)
                await browser.scheme(opposite)
                await browser.evaluate("new Promise(r => setTimeout(r, 150))")
                if width == 1400:
                    await browser.shoot(seen / f"{stem}-1400-light.png")
                else:
                    await browser.size(400)
                    await browser.shoot(seen / f"{stem}-400-dark.png")
                faults += [f"{name}, {opposite}: {each}" for each in judged(await browser.evaluate(PROBE))]
                faults += [f"{name}, {opposite}, console: {each}" for each in browser.said]
                await browser.size(width)
                await browser.scheme(scheme)
    return faults


def judged(probe: dict[str, Any]) -> list[str]:
    """What is wrong with a page, in words."""
    found = []
    if probe["width"] > 0 or probe["wide"]:
        found.append(f"{probe['width']} pixels too wide: {', '.join(probe['wide'])}")
    if probe["plain"] or probe["flat"]:
        found.append(f"{probe['plain']} formulas not laid out, {probe['flat']} flat")
    found += [f"KaTeX: {each}" for each in probe["refused"]]
    if probe["raw"]:
        found.append(f"LaTeX among the words: {' '.join(probe['raw'][:4])}")
    return found


async def search(browser: Browser, site: Path) -> list[str]:
    """The search answers from a file."""
    faults = []
    for word, wanted in (("burn-in", "two_horns"), ("certify", "certif"), ("minimax_optimal", "api/")):
        address = f"{(site / 'search.html').as_uri()}?q={word}"
        browser.said.clear()
        await browser.ask("Page.navigate", url=address)
        try:
            await browser.until("document.querySelectorAll('#search-results li a').length > 0", address)
            await browser.until(
                f"[...document.querySelectorAll('#search-results li a')].some(a => a.href.includes('{wanted}'))",
                address, 5,
            )  # fmt: skip
        except RuntimeError as error:
            faults.append(f"search for {word}: {error}")
        faults += [f"search for {word}, console: {each}" for each in browser.said]
    return faults


async def play(browser: Browser, site: Path, seen: Path) -> list[str]:
    """The page computes what the package says, and follows keys and fingers."""
    import polyrates as pr

    rate = pr.rate(pr.Chebyshev(0.01, 1.0), pr.Interval(0.01, 1.0)).initial
    faults = []
    await browser.size(400)
    await browser.open((site / "play.html").as_uri())
    await browser.until("document.getElementById('play').dataset.ready === '1'", "play")
    found = await browser.evaluate(PLAYED)
    t, top = rate.peak
    if found["peak"] != f"{top:.2f} at t = {t}"[: len(found["peak"])] and str(t) not in found["peak"]:
        faults.append(f"play: the peak is {found['peak']}, the package says {top} at {t}")
    if found["burnIn"] != str(rate.burn_in):
        faults.append(f"play: the burn-in is {found['burnIn']}, the package says {rate.burn_in}")
    if min(found["curves"]) < 100:
        faults.append("play: a curve is empty")
    if found["least"] < 24:
        faults.append(f"play: something to touch is {found['least']} pixels high")
    await browser.evaluate("document.querySelector('#play input[name=t]').focus()")
    for kind in ("keyDown", "keyUp"):
        await browser.ask("Input.dispatchKeyEvent", type=kind, key="ArrowRight", code="ArrowRight",
                          windowsVirtualKeyCode=39)  # fmt: skip
    moved = await browser.evaluate(PLAYED)
    if int(moved["t"]) != int(found["t"]) + 1 or moved["initial"] == found["initial"]:
        faults.append("play: the arrow key does not move t")
    place = await browser.evaluate(
        "(() => { const c = document.querySelector('[data-chart=errors]'); c.scrollIntoView({block: 'center'});"
        " const b = c.getBoundingClientRect(); return [b.left + b.width * 0.7, b.top + b.height / 2]; })()"
    )
    await browser.evaluate(
        "document.querySelector('[data-chart=errors]').dispatchEvent(new PointerEvent('pointerdown', "
        f"{{pointerType: 'touch', pointerId: 7, bubbles: true, clientX: {place[0]}, clientY: {place[1]}}}))"
    )
    await browser.evaluate("new Promise(r => setTimeout(r, 300))")
    touched = await browser.evaluate(PLAYED)
    if int(touched["t"]) < 100:
        faults.append(f"play: a touch on the picture does not move t (it is {touched['t']})")
    await browser.shoot(seen / "play-touched-400.png")
    return faults


async def accessible(browser: Browser, site: Path) -> list[str]:
    """No serious fault by axe-core on the pages that are read most, light and dark."""
    axe = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    if not axe.exists():
        raise SystemExit("axe-core is absent; run: npm install --no-save katex@0.16 axe-core@4")
    script, faults = axe.read_text(encoding="utf-8"), []
    for name, (width, scheme) in itertools.product(ACCESSIBLE, ((1400, "light"), (400, "dark"))):
        if not (site / f"{name}.html").exists():
            continue
        await browser.size(width)
        await browser.scheme(scheme)
        await browser.open((site / f"{name}.html").as_uri())
        await browser.evaluate("new Promise(r => setTimeout(r, 200))")
        await browser.evaluate(f"{script}; 0")
        found = await browser.evaluate(
            "axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map(v => "
            "[v.impact, v.id, v.nodes.length, v.nodes.slice(0, 2).map(n => n.html.slice(0, 160) + ' ' + (n.any[0] || {message: ''}).message).join(' | ')]))"
        )
        faults += [
            f"{name}, {scheme}: {impact}: {rule} ({count}): {where}"
            for impact, rule, count, where in found
            if impact in ("serious", "critical")
        ]
    return faults


async def everything(site: Path, seen: Path) -> list[str]:
    """All checks, in one browser."""
    async with started() as browser:
        faults = await search(browser, site)
        faults += await play(browser, site, seen)
        faults += await accessible(browser, site)
        return faults + await look(browser, site, seen)


def main(site: Path, seen: Path) -> int:
    """Print the faults; 1 if there are any."""
    begun = time.perf_counter()
    faults = asyncio.run(everything(site, seen))
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"opened every page, {len(faults)} faults, in {time.perf_counter() - begun:.0f} s; {seen}")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main(ROOT / "build" / "site" / "html", ROOT / "build" / "site" / "seen"))

"""One tab of Chromium without a window, spoken to over its debugging protocol."""

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
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from tornado.httpclient import AsyncHTTPClient
from tornado.websocket import WebSocketClientConnection, websocket_connect

__all__ = ["Tab", "opened"]

TALLEST = 3000


class Tab:
    """What it is asked and what its console said meanwhile."""

    def __init__(self, socket: WebSocketClientConnection) -> None:
        self.socket = socket
        self.numbers = itertools.count(1)
        self.said: list[str] = []

    async def ask(self, method: str, **parameters: object) -> dict[str, Any]:
        """One command and its answer."""
        number = next(self.numbers)
        command = {"id": number, "method": method, "params": parameters}
        await self.socket.write_message(json.dumps(command))
        while True:
            message = await asyncio.wait_for(self.socket.read_message(), 60)
            if message is None:
                raise RuntimeError("the browser left")
            answer = json.loads(message)
            self._note(answer.get("method", ""), answer.get("params", {}))
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                result: dict[str, Any] = answer["result"]
                return result

    def _note(self, kind: str, content: dict[str, Any]) -> None:
        loud = ("error", "warning", "assert")
        if kind == "Runtime.exceptionThrown":
            details = content["exceptionDetails"]
            self.said.append(details.get("exception", {}).get("description", details["text"]))
        elif kind == "Log.entryAdded" and content["entry"]["level"] in loud:
            self.said.append(f"{content['entry']['text']} {content['entry'].get('url', '')}")
        elif kind == "Runtime.consoleAPICalled" and content["type"] in loud:
            self.said.append(" ".join(str(each.get("value", "")) for each in content["args"]))

    async def evaluate(self, text: str) -> Any:
        """The value of an expression, awaited where it is a promise."""
        found = await self.ask(
            "Runtime.evaluate", expression=text, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in found:
            raise RuntimeError(str(found["exceptionDetails"])[:500])
        return found["result"].get("value")

    async def until(self, condition: str, seconds: float = 30) -> None:
        """Wait for a condition of the page."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with contextlib.suppress(RuntimeError):  # between two pages there is nothing to ask
                if await self.evaluate(condition):
                    return
            await asyncio.sleep(0.02)
        raise RuntimeError(f"never came true: {condition}")

    async def open(self, address: str) -> None:
        """Go there and wait until it has loaded."""
        await self.ask("Page.navigate", url=address)
        there = f"location.href.split('#')[0] === {json.dumps(address.split('#')[0])}"
        await self.until(f"{there} && document.readyState === 'complete'")

    async def size(self, width: int, height: int = 900) -> None:
        """Of the page, in its pixels; a narrow one is a telephone's."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        await self.ask("Emulation.setDeviceMetricsOverride", **size)

    async def scheme(self, name: str) -> None:
        """Light or dark, as the system would ask for it."""
        features = [{"name": "prefers-color-scheme", "value": name}]
        await self.ask("Emulation.setEmulatedMedia", features=features)

    async def press(self, key: str, code: int) -> None:
        """A key, down and up."""
        for kind in ("keyDown", "keyUp"):
            await self.ask(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code
            )

    async def shoot(self, path: Path) -> None:
        """A picture of the page from its top."""
        size = (await self.ask("Page.getLayoutMetrics"))["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], TALLEST)}
        found = await self.ask(
            "Page.captureScreenshot", captureBeyondViewport=True, clip={**clip, "scale": 1}
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(found["data"]))


@contextlib.asynccontextmanager
async def opened() -> AsyncIterator[Tab]:
    """A browser with one tab, ended with the block, however that is left."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        raise SystemExit("no chromium: the site was built and crawled, not opened")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [
            program,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--no-first-run",
            "--disable-background-networking",
            "--remote-debugging-port=0",
            f"--user-data-dir={profile}",
            "about:blank",
        ]
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(command, stdout=quiet, stderr=quiet, start_new_session=True)
        try:
            yield await _first_tab(Path(profile) / "DevToolsActivePort")
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=10)


async def _first_tab(port: Path) -> Tab:
    for _ in range(1200):
        if port.exists() and "\n" in port.read_text():
            break
        await asyncio.sleep(0.05)
    number = port.read_text().split("\n")[0]
    listed = await AsyncHTTPClient().fetch(f"http://127.0.0.1:{number}/json")
    page = next(each for each in json.loads(listed.body) if each["type"] == "page")
    address = page["webSocketDebuggerUrl"]
    tab = Tab(await websocket_connect(address, max_message_size=200_000_000))
    for domain in ("Page", "Runtime", "Log"):
        await tab.ask(f"{domain}.enable")
    return tab

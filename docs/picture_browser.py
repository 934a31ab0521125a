"""Headless Chromium, spoken to by its DevTools protocol over a pipe: no client library is needed."""

from __future__ import annotations

import base64
import fcntl
import io
import json
import os
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any

from PIL import Image

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LARGEST = 150_000  # bytes of a picture that everybody downloads with the repository
TALK = ".talk"  # the page's column that is a messenger's own screen
COLOURS = 256  # a palette makes the file three times smaller than full colours

# Everything is drawn: bubbles are there, each picture has come, and the end of the talk is in sight.
DRAWN = """
new Promise((done) => {
  const look = () => {
    const talk = document.querySelector("#messages");
    const images = [...document.querySelectorAll("#messages img")];
    images.forEach((image) => { image.loading = "eager"; });
    const drawn = document.querySelector(".bubble") && images.every((image) => image.complete);
    if (!drawn) return setTimeout(look, 100);
    talk.scrollTop = talk.scrollHeight;
    setTimeout(done, 500);
  };
  look();
})
"""

# How much higher the page must be for the last bubbles to fill the talk; less than 0 for lower.
MISSING = """
((last) => {
  const talk = document.querySelector("#messages");
  const first = [...talk.querySelectorAll(".bubble")].slice(-last)[0];
  const { bottom } = talk.getBoundingClientRect();
  return Math.round(bottom - first.getBoundingClientRect().top) + GAP - talk.clientHeight;
})(LAST)
"""
GAP = 4  # pixels over the first bubble: an earlier one ends above that


class Trouble(Exception):
    """What the reader of the terminal can mend."""


class Browser:
    """A browser without a window, and one page in it."""

    def __init__(self, binary: str, profile: Path) -> None:
        its_input, self._to = map(_high, os.pipe())
        self._from, its_output = map(_high, os.pipe())

        def hand_over() -> None:
            os.dup2(its_input, 3)  # the browser reads commands here
            os.dup2(its_output, 4)  # and answers here

        self._process = subprocess.Popen(
            [
                binary,
                "--headless=new",
                "--no-sandbox",  # Chromium refuses to run as root, as in a container, without it
                "--disable-gpu",
                "--hide-scrollbars",
                "--remote-debugging-pipe",
                f"--user-data-dir={profile}",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=hand_over,
            pass_fds=(3, 4),
        )
        os.close(its_input)
        os.close(its_output)
        self._number = 0
        self._unread = b""
        self._session: str | None = None

    def __enter__(self) -> Browser:
        target = self._ask("Target.createTarget", {"url": "about:blank"})["targetId"]
        attached = self._ask("Target.attachToTarget", {"targetId": target, "flatten": True})
        self._session = attached["sessionId"]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._to)  # the browser ends when its pipe does
        os.close(self._from)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def photograph(self, url: str, size: tuple[int, int], path: Path) -> None:
        """Open an address at a size in pixels, wait until it is drawn and save the page as PNG.

        Raises Trouble when the file would be too large.
        """
        self._resize(size, 1)
        self._open(url)
        self._save(path, None)

    def photograph_talk(
        self, url: str, size: tuple[int, int], path: Path, last: int, scale: int
    ) -> None:
        """Save the page's talk alone, as high as its last bubbles are; `scale` dots make one pixel.

        Raises Trouble when the file would be too large.
        """
        width, height = size
        self._resize(size, scale)
        self._open(url)
        missing = self._value(MISSING.replace("GAP", str(GAP)).replace("LAST", str(last)))
        self._resize((width, height + missing), scale)
        self._value(DRAWN)
        self._save(path, self._box(TALK, scale))

    def _open(self, url: str) -> None:
        self._ask("Page.navigate", {"url": "about:blank"}, self._session)
        self._ask("Page.navigate", {"url": url}, self._session)
        self._value(DRAWN)

    def _resize(self, size: tuple[int, int], scale: int) -> None:
        width, height = size
        metrics = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False}
        self._ask("Emulation.setDeviceMetricsOverride", metrics, self._session)

    def _save(self, path: Path, box: tuple[int, int, int, int] | None) -> None:
        shot = self._ask("Page.captureScreenshot", {"format": "png"}, self._session)
        with Image.open(io.BytesIO(base64.b64decode(shot["data"]))) as whole:
            content = _small(whole.crop(box))
        if len(content) > LARGEST:
            raise Trouble(f"{path.name} would have {len(content)} bytes, more than {LARGEST}.")
        path.write_bytes(content)

    def _box(self, selector: str, scale: int) -> tuple[int, int, int, int]:
        """Return where an element is, in dots: left, top, right, bottom."""
        edges = self._value(
            f"(({{left, top, right, bottom}}) => [left, top, right, bottom])"
            f"(document.querySelector({json.dumps(selector)}).getBoundingClientRect())"
        )
        left, top, right, bottom = (round(edge * scale) for edge in edges)
        return left, top, right, bottom

    def _value(self, expression: str) -> Any:
        ask = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        answer = self._ask("Runtime.evaluate", ask, self._session)
        if "exceptionDetails" in answer:
            raise Trouble(f"The page says: {answer['result'].get('description')}")
        return answer["result"].get("value")

    def _ask(self, method: str, params: dict[str, Any], session: str | None = None) -> Any:
        self._number += 1
        command = {"id": self._number, "method": method, "params": params}
        if session is not None:
            command["sessionId"] = session
        os.write(self._to, json.dumps(command).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise Trouble(f"Chromium says to {method}: {answer['error']['message']}")
                return answer["result"]

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._unread:
            more = os.read(self._from, 1 << 16)
            if not more:
                raise Trouble("Chromium ended too early; does it start on this machine at all?")
            self._unread += more
        line, self._unread = self._unread.split(b"\0", 1)
        answer: dict[str, Any] = json.loads(line)
        return answer


def browser_binary() -> str:
    """Return the browser of this machine; raises Trouble without one."""
    for name in BROWSERS:
        found = shutil.which(name)
        if found:
            return found
    raise Trouble(
        "Chromium is not on the PATH (looked for " + ", ".join(BROWSERS) + "). "
        "Install it, on Debian by: apt-get install chromium"
    )


def _small(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(out, "PNG", optimize=True)
    return out.getvalue()


def _high(descriptor: int) -> int:
    """Move a descriptor out of the way of 3 and 4, which the browser wants."""
    high = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(descriptor)
    return high

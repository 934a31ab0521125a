"""Make the pictures of the README: play a short scene in the demo and photograph the page.

Run it as `make picture`. It needs Chromium; the demo runs on a free port with a folder of its own.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

import httpx

HOUSE = Path(__file__).parent.parent
IMAGES = Path(__file__).parent / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LARGEST = 300_000  # bytes of a picture that everybody downloads with the repository
PATIENCE_S = 40.0  # a site is read every ten seconds

SUBSCRIBER = 1001
BOT = "vestnik"
DIALOG = f"{BOT}:{SUBSCRIBER}"
CHANNEL = "-1001000000001"
SHOTS = (
    ("page-desktop.png", DIALOG, 1280, 800),
    ("page-phone.png", CHANNEL, 390, 844),
)
NOON_UTC_S = 9 * 3600  # 12:00 in Moscow
DAY_S = 86400

NEWS = {
    "title": "В Шуе открыли учебный класс по охране труда",
    "html": "<p>Занятия бесплатные, <b>первая группа начинает 7 декабря</b>.</p>",
    "pictures": 3,
}

# Everything is drawn: bubbles are there, and each picture has come.
DRAWN = """
new Promise((done) => {
  const look = () => {
    const images = [...document.querySelectorAll("#messages img")];
    images.forEach((image) => { image.loading = "eager"; });
    const drawn = document.querySelector(".bubble") && images.every((image) => image.complete);
    drawn ? setTimeout(done, 500) : setTimeout(look, 100);
  };
  look();
})
"""


class Trouble(Exception):
    """What the reader of the terminal can mend."""


class Browser:
    """Headless Chromium, spoken to by its DevTools protocol over a pipe: no client library is needed."""

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

    def photograph(self, url: str, width: int, height: int, path: Path) -> None:
        """Open an address at a size in pixels, wait until it is drawn and save a PNG."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._ask("Emulation.setDeviceMetricsOverride", size, self._session)
        self._ask("Page.navigate", {"url": "about:blank"}, self._session)
        self._ask("Page.navigate", {"url": url}, self._session)
        wait = {"expression": DRAWN, "awaitPromise": True}
        self._ask("Runtime.evaluate", wait, self._session)
        shot = self._ask("Page.captureScreenshot", {"format": "png"}, self._session)
        content = base64.b64decode(shot["data"])
        if len(content) > LARGEST:
            raise Trouble(f"{path.name} would have {len(content)} bytes, more than {LARGEST}.")
        path.write_bytes(content)

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


class Scene:
    """People and sites of the demo, moved by control calls."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=f"{url}/control", timeout=70, trust_env=False)

    def play(self) -> None:
        """Publish news with an album, and let somebody subscribe by an organization's link."""
        now = self._call("/clock")["now_s"]
        self._call("/clock", {"at": now - now % DAY_S + DAY_S + NOON_UTC_S})
        self._call("/sites/federation", {"publish": NEWS})
        self._until(CHANNEL, _is_the_news)
        who = {"network": "telegram", "chat": BOT, "as": SUBSCRIBER}
        self._call("/do", {**who, "what": "start", "payload": "org-education"})
        self._press("Согласен, подписаться")
        self._until(DIALOG, _is_the_news)

    def _press(self, text: str) -> None:
        self._until(DIALOG, lambda message: text in _buttons(message))
        who = {"network": "telegram", "chat": DIALOG, "as": SUBSCRIBER}
        self._call("/press", {**who, "button": text})

    def _until(self, chat: str, is_it: Callable[[dict[str, Any]], bool]) -> None:
        """Wait until a chat has such a message."""
        end = time.monotonic() + PATIENCE_S
        path = f"/chats/telegram/{chat}?as={SUBSCRIBER}"
        seen = self._call(path)
        while not any(is_it(message) for message in seen["messages"]):
            if time.monotonic() > end:
                raise Trouble(f"What the scene waits for has not come to {chat}. Try `make demo`.")
            seen = self._call(f"{path}&wait=5&after={seen['version']}")

    def _call(self, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self._http.get(path) if body is None else self._http.post(path, json=body)
        if answer.is_error:
            raise Trouble(f"{path}: {answer.json()['error']}")
        return answer.json()


@contextmanager
def demo(data: Path) -> Iterator[str]:
    """Run the demo in a folder; yields the sandbox's address."""
    command = [sys.executable, "main.py", "demo", "--port", "0", "--data", str(data)]
    process = subprocess.Popen(command, cwd=HOUSE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        # The first address that the greeting names is the page's.
        line = next((line for line in process.stdout if "http://" in line), None)
        if line is None:
            raise Trouble("The demo did not start; its words are above.")
        yield line.split()[-1].rstrip("/")
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def browser_binary() -> str:
    """Return the browser of this machine."""
    for name in BROWSERS:
        found = shutil.which(name)
        if found:
            return found
    raise Trouble(
        "Chromium is not on the PATH (looked for " + ", ".join(BROWSERS) + "). "
        "Install it, on Debian by: apt-get install chromium"
    )


def main() -> int:
    """Make both pictures; 1 after saying what is missing."""
    try:
        make(browser_binary())
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


def make(binary: str) -> None:
    """Play the scene and photograph it at the width of a desk and of a phone."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="vestnik-picture-") as folder:
        data, profile = Path(folder) / "demo", Path(folder) / "profile"
        with demo(data) as url, Browser(binary, profile) as browser:
            Scene(url).play()
            for name, chat, width, height in SHOTS:
                address = f"{url}/#as={SUBSCRIBER}&chat=telegram/{quote(chat)}"
                browser.photograph(address, width, height, IMAGES / name)
                print(IMAGES / name)


def _buttons(message: dict[str, Any]) -> list[str]:
    return [button["text"] for row in message["buttons"] for button in row]


def _is_the_news(message: dict[str, Any]) -> bool:
    return str(message["text"]).startswith(str(NEWS["title"]))


def _high(descriptor: int) -> int:
    """Move a descriptor out of the way of 3 and 4, which the browser wants."""
    high = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(descriptor)
    return high


if __name__ == "__main__":
    sys.exit(main())

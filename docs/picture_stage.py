"""The demo as a stage: people write and press through the sandbox's control calls, and are waited for."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from picture_browser import Trouble

HOUSE = Path(__file__).parent.parent
PATIENCE_S = 60.0  # a site is read every ten seconds; a dialog gets one message a second
RECENT = 4  # messages in which words are looked for
BOT = "vestnik"
DAY_S = 86400
MINUTE_S = 60
NOON_UTC_S = 9 * 3600  # 12:00 in Moscow
MONDAY = 0
TELEGRAM = "telegram"
VK = "vk"

Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Offers:
    """The newest message has a button that begins so."""

    button: str

    def stands_in(self, messages: Sequence[Message]) -> bool:
        rows = messages[-1]["buttons"] if messages else []
        return any(str(one["text"]).startswith(self.button) for row in rows for one in row)


@dataclass(frozen=True, slots=True)
class _Says:
    """One of the last messages holds these words."""

    words: str

    def stands_in(self, messages: Sequence[Message]) -> bool:
        return any(self.words in str(message["text"]) for message in messages[-RECENT:])


class Stage:
    """People and sites of the demo, moved by control calls. Every call raises Trouble when it fails."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = httpx.Client(base_url=f"{url}/control", timeout=70, trust_env=False)

    def begin(self) -> None:
        """Go on to noon of the next Monday, so that every week in the pictures is a whole one."""
        now = self._call("/clock")["now_s"]
        noon = now - now % DAY_S + DAY_S + NOON_UTC_S
        while datetime.fromtimestamp(noon, UTC).weekday() != MONDAY:
            noon += DAY_S
        self._call("/clock", {"at": noon})

    def later(self, seconds: int) -> None:
        """Let time pass."""
        self._call("/clock", {"advance_s": seconds})

    def fails(self, network: str) -> None:
        """Cut a messenger off."""
        self._call("/faults", {"network": network, "do": "offline"})

    def endures(self, person: int, words: str) -> None:
        """Let minutes pass until words stand in the last messages of a person's dialog with the bot."""
        path = f"/chats/{TELEGRAM}/{_dialog(person)}?as={person}"
        end = time.monotonic() + PATIENCE_S
        while not _Says(words).stands_in(self._call(path)["messages"]):
            if time.monotonic() > end:
                raise Trouble(f"Nobody was told: {words}")
            self.later(MINUTE_S)
            time.sleep(1)  # the demo looks at itself once a minute of the clock

    def publish(self, site: str, item: dict[str, Any]) -> None:
        """Publish an item on a site."""
        self._call(f"/sites/{site}", {"publish": item})

    def start(self, person: int, network: str = TELEGRAM, payload: str | None = None) -> None:
        """Press «Начать», with what a link says."""
        told = {} if payload is None else {"payload": payload}
        self._call("/do", {**_who(person, network), "what": "start", **told})

    def add_bot(self, person: int, chat: str) -> None:
        """Make the bot an administrator of a channel."""
        body = {"network": TELEGRAM, "chat": chat, "as": person, "what": "add_bot", "account": BOT}
        self._call("/do", body)

    def say(
        self,
        person: int,
        text: str,
        network: str = TELEGRAM,
        pictures: Sequence[str] = (),
    ) -> None:
        """Write to the bot; several pictures (addresses at the sandbox) are an album."""
        media = [{"kind": "photo", "url": one} for one in pictures]
        more = {"media": media, "album": len(media) > 1} if media else {}
        self._call("/say", {**_who(person, network), "text": text, **more})

    def press(self, person: int, *buttons: str, network: str = TELEGRAM) -> None:
        """Press buttons one after the other, each in the newest message, as soon as it is there."""
        for button in buttons:
            self._until(_dialog(person), person, network, _Offers(button))
            self._call("/press", {**_who(person, network), "button": button})

    def hears(
        self, person: int, words: str, network: str = TELEGRAM, chat: str | None = None
    ) -> None:
        """Wait until words stand in the last messages of a person's dialog with the bot, or of a chat."""
        self._until(chat or _dialog(person), person, network, _Says(words))

    def _until(self, chat: str, person: int, network: str, wanted: _Offers | _Says) -> None:
        end = time.monotonic() + PATIENCE_S
        path = f"/chats/{network}/{chat}?as={person}"
        seen = self._call(path)
        while not wanted.stands_in(seen["messages"]):
            if time.monotonic() > end:
                last = seen["messages"][-1]["text"] if seen["messages"] else "nothing"
                raise Trouble(f"{wanted} has not come to {chat}. What stands there last: {last}")
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


def _who(person: int, network: str) -> dict[str, Any]:
    return {"network": network, "chat": BOT, "as": person}


def _dialog(person: int) -> str:
    return f"{BOT}:{person}"

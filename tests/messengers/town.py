"""One account of a messenger in a sandbox of its own, with people to talk to."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from core.incoming import Incoming
from core.messenger import Button, MediaFile, Messenger, Outcome, Part, Place, Sent
from core.richtext import RichText, plain
from core.words import ChatKind
from messengers.telegram.adapter import Telegram
from messengers.transport import Timeouts
from messengers.vk.adapter import Vk
from sandbox.networks import NetworkSide
from sandbox.server import Sandbox, serve
from sandbox.world import Account, Chat, Message, Person
from tests.support.inspected import inspected

ANNA, BORIS, OLGA = 11, 12, 90  # Olga manages everything
QUICK = Timeouts(connect=2, total=5, upload=5, poll=0)


class Town:
    """A sandbox with one account «news», and the adapter that serves it."""

    def __init__(self, sandbox: Sandbox, network: str) -> None:
        self.sandbox, self.network = sandbox, network
        self.world = sandbox.world
        sandbox.gate.limits.on[network] = False
        for id_, name in ((ANNA, "Анна Котова"), (BORIS, "Борис Лис"), (OLGA, "Ольга Главная")):
            self.world.people[id_] = Person(id_, name)
        self.side: NetworkSide = sandbox.sides[network]
        user_token = "user-key" if network == "vk" else None
        self.account: Account = self.side.add_account(
            "news", title="Вестник", user_token=user_token, admins=[OLGA]
        )
        self.messenger: Messenger = self.open()
        self.cursor: str | None = None

    def open(self, token: str | None = None) -> Messenger:
        """Return a new adapter of the account."""
        token, url = token or self.account.token, self.sandbox.url
        if self.network == "telegram":
            return Telegram(token, f"{url}/telegram", timeouts=QUICK)
        key = self.account.user_token
        return Vk(self.account.id, token, key, f"{url}/vk/method/", timeouts=QUICK, wall_pause=0)

    def wall(self) -> Place:
        """Return the place that everybody reads: VK's wall, a channel of Telegram."""
        if self.network == "vk":
            return Place(str(-self.account.id), ChatKind.WALL)
        chat = self.world.chat("telegram", -1001) or self.side.add_chat(
            "channel", "Новости", admins=[OLGA], bots=["news"], id=-1001
        )
        return Place(str(chat.id), ChatKind.CHANNEL)

    def chat(self, place: Place | int) -> Chat:
        """Return the chat of a place, or the dialog with a person."""
        if isinstance(place, int):
            return self.side.find_chat("news", place)
        if place.kind is ChatKind.PRIVATE:
            return self.side.find_chat("news", int(place.chat))
        found = self.world.chat(self.network, int(place.chat))
        assert found is not None
        return found

    def last(self, place: Place | int) -> Message:
        """Return the newest message of a chat."""
        return self.chat(place).messages[-1]

    async def meet(self, *people: int) -> list[Place]:
        """Let people press «Начать»; return their dialogs, the updates of it are read away."""
        for person in people:
            await self.side.do(self.chat(person), person, "start", {})
        await self.updates(len(people))
        return [Place(str(person), ChatKind.PRIVATE) for person in people]

    async def updates(self, at_least: int = 1) -> list[Incoming]:
        """Poll until so many updates have come; fails after ten polls."""
        got: list[Incoming] = []
        for _ in range(10):
            batch, self.cursor = await self.messenger.updates(self.cursor)
            got += batch
            if len(got) >= at_least:
                return got
        raise AssertionError(f"only {len(got)} of {at_least} updates: {got}")

    async def send(self, place: Place, part: Part, key: int = 7) -> Outcome:
        """Send to one place."""
        (outcome,) = await self.messenger.send([place], part, key)
        return outcome

    async def sent(self, place: Place, part: Part, key: int = 7) -> Sent:
        """Send to one place, successfully."""
        outcome = await self.send(place, part, key)
        assert isinstance(outcome, Sent), outcome
        return outcome

    def calls(self, method: str) -> int:
        """Return how often a method was called."""
        return sum(call["method"] == method for call in self.sandbox.gate.calls.read()["calls"])

    def fault(self, method: str, do: str, **more: Any) -> None:
        """Order bad weather for the next call of a method."""
        order = {"network": self.network, "method": method, "do": do, "times": 1}
        self.sandbox.gate.faults.add(order | more)


def play(network: str, story: Callable[[Town], Awaitable[None]]) -> None:
    """Run a story in a new town."""

    async def run() -> None:
        async with serve(inspected()) as sandbox:
            town = Town(sandbox, network)
            try:
                if network == "vk":
                    _, town.cursor = await town.messenger.updates(None)
                await story(town)
            finally:
                await town.messenger.close()

    asyncio.run(run())


def text(words: str | RichText, buttons: Sequence[Sequence[Button]] = ()) -> Part:
    """Return a part of text."""
    rich = plain(words) if isinstance(words, str) else words
    return Part(rich, buttons=tuple(tuple(row) for row in buttons))


def picture(folder: Path, color: str = "red") -> MediaFile:
    """Return a picture that lies on disk."""
    file = BytesIO()
    Image.new("RGB", (40, 30), color).save(file, "PNG")
    sha = hashlib.sha256(file.getvalue()).hexdigest()
    path = folder / sha
    path.write_bytes(file.getvalue())
    return MediaFile(sha, path, "image/png", "лист к новости.png")

"""A small world in a running sandbox, and pages of a real Chromium that look at it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

import httpx
from playwright.async_api import Browser, ConsoleMessage, Page, expect
from playwright.async_api import Error as PlaywrightError

from tests.support.inspected import inspected

DESK = (1280, 800)  # pixels
PHONE = (390, 844)
SMALL_PHONE = (320, 640)
TEACHER, WEAVER, PRESS, ADMIN, YOUTH = range(1001, 1006)
CHANNEL = "-1001000000001"
GROUP = "-1001000000003"
WALL = "-200000001"
PATIENCE_MS = 8_000
_PEOPLE = {
    TEACHER: "Ольга Смирнова",
    WEAVER: "Иван Кузнецов",
    PRESS: "Марина Белова",
    ADMIN: "Сергей Волков",
    YOUTH: "Анна Лебедева",
}
_BOT = {"name": "vestnik", "title": "Вестник профсоюзов"}
_ROOM = {"network": "telegram", "members": list(_PEOPLE), "admins": [ADMIN], "bots": ["vestnik"]}
_WORLD = {
    "people": [{"id": number, "name": name} for number, name in _PEOPLE.items()],
    "accounts": [
        {**_BOT, "network": "telegram", "id": 7000000001},
        {**_BOT, "network": "vk", "id": 200000001, "admins": [ADMIN], "user_token": "k"},
    ],
    "chats": [
        {**_ROOM, "kind": "channel", "title": "Профсоюзы области", "id": int(CHANNEL)},
        {**_ROOM, "kind": "supergroup", "title": "Текстильщики", "id": int(GROUP)},
    ],
}
LONGEST_S = 30  # of one test: what never ends is a failure, not a hang
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGNkYPj/n4GBgYmBgYGBAQAkBgMBVQyeJAAAAABJRU5ErkJggg=="


class Town:
    """One sandbox, one browser, one event loop; tests are coroutines that `played` runs."""

    def __init__(self, runner: asyncio.Runner, browser: Browser) -> None:
        """Begin with nobody: `afresh` makes the world."""
        self.runner, self.browser = runner, browser
        self.sandbox = inspected()
        self._http: httpx.AsyncClient
        # Each page has a context of its own, as another person's browser; by whether it has a touch screen.
        self._opened: list[tuple[bool, Page]] = []
        self._idle: dict[bool, list[Page]] = {True: [], False: []}
        self.troubles: list[str] = []

    async def start(self) -> None:
        """Listen on a free port."""
        await self.sandbox.start()
        self._http = httpx.AsyncClient(base_url=self.sandbox.url, timeout=70, verify=False)

    async def stop(self) -> None:
        """End everything."""
        await self.close_pages()
        for page in self._idle[True] + self._idle[False]:
            await page.context.close()
        await self._http.aclose()
        await self.sandbox.stop()

    async def afresh(self) -> None:
        """Make the world anew: everybody, a bot, a community, a channel and a group, fair weather."""
        await self.control("reset", {"to": "empty"})
        await self.control("clock", {"mode": "real"})
        await self.control("world", _WORLD)

    async def close_pages(self) -> None:
        """Close all pages that were opened; a browser that can be made as new is kept for the next test."""
        for touch, page in self._opened:
            page.remove_listener("pageerror", self._failed)
            page.remove_listener("console", self._heard)
            try:
                await self._forget(page)
                self._idle[touch].append(page)
            except PlaywrightError:
                await page.context.close()
        self._opened.clear()

    async def _forget(self, page: Page) -> None:
        await page.unroute_all()
        await page.goto("about:blank")
        tools = await page.context.new_cdp_session(page)
        kept = {"origin": self.sandbox.url, "storageTypes": "local_storage,cookies"}
        await tools.send("Storage.clearDataForOrigin", kept)
        await tools.detach()

    # what the browser does

    async def open(
        self,
        person: int,
        chat: str | None = None,
        *,
        network: str = "telegram",
        size: tuple[int, int] = DESK,
        touch: bool = False,
        dark: bool = False,
    ) -> Page:
        """Open the page as a person, in a browser that knows nothing of it."""
        width, height = size
        # To make one takes longer than most tests do.
        page = self._idle[touch].pop() if self._idle[touch] else await self._new_page(touch)
        self._opened.append((touch, page))
        await page.set_viewport_size({"width": width, "height": height})
        await page.emulate_media(color_scheme="dark" if dark else "light")
        page.on("pageerror", self._failed)
        page.on("console", self._heard)
        where = f"&chat={network}/{chat}" if chat else ""
        await page.goto(f"{self.sandbox.url}/#as={person}{where}")
        await expect(page.locator(".chip-person").first).to_be_visible()
        return page

    async def _new_page(self, touch: bool) -> Page:
        context = await self.browser.new_context(
            locale="ru-RU",
            reduced_motion="reduce",  # a click waits until nothing moves
            has_touch=touch,
        )
        context.set_default_timeout(PATIENCE_MS)
        return await context.new_page()

    def _failed(self, error: PlaywrightError) -> None:
        self.troubles.append(f"error on the page: {error}")

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.troubles.append(f"console: {message.text}")

    # what others do

    async def control(self, call: str, body: dict[str, Any] | None = None) -> Any:
        """Make a call of control that must succeed."""
        path = f"/control/{call}"
        answer = await (self._http.get(path) if body is None else self._http.post(path, json=body))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def bot(self, method: str, **params: Any) -> Any:
        """Call the Bot API as the bot and return the result."""
        answer = await self.try_bot(method, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    async def upload(
        self, method: str, field: str, file: tuple[str, bytes, str], **params: Any
    ) -> Any:
        """Call the Bot API as the bot with a file (its name, bytes and type) and return the result."""
        account = self.sandbox.world.account("telegram", "vestnik")
        assert account is not None
        address = f"/telegram/bot{account.token}/{method}"
        answer = await self._http.post(address, data=params, files={field: file})
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    async def try_bot(self, method: str, **params: Any) -> httpx.Response:
        """Call the Bot API as the bot."""
        account = self.sandbox.world.account("telegram", "vestnik")
        assert account is not None
        return await self._http.post(f"/telegram/bot{account.token}/{method}", json=params)

    async def vk(self, method: str, **params: Any) -> Any:
        """Call the VK API as the community, or with another `access_token`, and return the response."""
        account = self.sandbox.world.account("vk", "vestnik")
        assert account is not None
        params = {"access_token": account.token, "v": "5.199", **params}
        answer = (await self._http.post(f"/vk/method/{method}", data=params)).json()
        assert "response" in answer, answer
        return answer["response"]

    async def begin(self, person: int, network: str = "telegram") -> None:
        """Let a person press «Начать» in the dialog with the bot."""
        await self.control("do", {**dialog(person, network), "what": "start"})

    async def say(self, person: int, text: str, **more: Any) -> int:
        """Let a person write to the bot or, with `chat`, elsewhere; returns the message's id."""
        told = await self.control("say", {**dialog(person), "text": text, **more})
        number: int = told["messages"][-1]
        return number


def dialog(person: int, network: str = "telegram") -> dict[str, Any]:
    """Return what names a person's dialog with the bot or community in calls of control."""
    return {"network": network, "chat": "vestnik", "as": person}


def ref(person: int) -> str:
    """Return that dialog as the page's address names it."""
    return f"vestnik%3A{person}"


def played(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test that is a coroutine in the town's event loop; afterwards no page may have complained."""

    @wraps(test)
    def run(town: Town, **given: Any) -> None:
        town.runner.run(asyncio.wait_for(test(town=town, **given), LONGEST_S))
        assert town.troubles == []

    return run

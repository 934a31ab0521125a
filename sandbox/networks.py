"""What control needs of every network: the side of the people, without its wire format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from starlette.routing import BaseRoute

from sandbox.world import Account, Chat, Media


class Wrong(Exception):
    """A control call cannot be carried out; the text says what and how to mend it."""


class NetworkSide(Protocol):
    """One emulated messenger: its API as routes, and what people do in its apps."""

    name: str

    def routes(self) -> list[BaseRoute]:
        """Return the HTTP routes of its API, files and uploads (paths from the server's root)."""

    def start(self) -> None:
        """Begin what it does of itself (deliveries to bots' servers); the event loop runs, the world is filled."""

    async def stop(self) -> None:
        """End what it does of itself; `world.stopping` is set."""

    def add_account(
        self,
        name: str,
        *,
        title: str | None = None,
        token: str | None = None,
        user_token: str | None = None,
        admins: Sequence[int] = (),
        id: int | None = None,
    ) -> Account:
        """Make a bot or community (on VK with its wall, kind `wall`); ids and tokens are made up if not given."""

    def add_chat(
        self,
        kind: str,
        title: str,
        *,
        members: Sequence[int] = (),
        admins: Sequence[int] = (),
        bots: Sequence[str] = (),
        id: int | None = None,
        username: str | None = None,
    ) -> Chat:
        """Make a group, supergroup or channel; `bots` are accounts that are its administrators from the start."""

    def find_chat(self, ref: str, person: int | None) -> Chat:
        """Return the chat meant by an account's name (the person's dialog, made on demand), an id, @username or title."""

    def commands(self, chat: Chat) -> list[dict[str, str]] | None:
        """Return the menu of commands that a dialog shows, None where there is no such menu."""

    async def say(
        self,
        chat: Chat,
        person: int,
        *,
        text: str = "",
        entities: Sequence[dict[str, Any]] = (),
        media: Sequence[Media] = (),
        album: bool = False,
        reply_to: int | None = None,
        topic: int | None = None,
        forward_from: dict[str, Any] | None = None,
    ) -> list[int]:
        """A person writes into a chat; returns the ids of the messages made."""

    async def press(
        self, chat: Chat, person: int, message: int, row: int, column: int
    ) -> dict[str, Any] | None:
        """A person presses a button; returns what the app shows ({"text", "alert"} or {"url"}), None without answer in 5 s."""

    async def do(self, chat: Chat, person: int, what: str, args: dict[str, Any]) -> dict[str, Any]:
        """Everything else a person can do: start, stop, join, leave, add_bot, edit, delete…"""

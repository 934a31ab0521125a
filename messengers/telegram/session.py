"""aiogram's methods and exceptions over our own connections, for all that does not deliver.

Importing aiogram takes seconds of CPU: the adapter imports this module in a thread when it is first
needed, and a process that only sends never does. Delivering calls do not pass here: they cost a
tenth without aiogram's models, and outcomes need the answer's code, which aiogram's exceptions drop.
Results stay plain JSON for the reason that stands in incoming.py.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Sequence
from typing import Any, TypeVar

import orjson
from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramConflictError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import (
    AnswerCallbackQuery,
    DeleteMyCommands,
    SetMyCommands,
    TelegramMethod,
)
from aiogram.types import BotCommand, BotCommandScopeChat, BotCommandScopeDefault
from aiogram.utils.token import TokenValidationError

from core.errors import FileTooBig, MessengerError, PollConflict, TokenDead
from core.messenger import Rights
from core.words import ChatKind
from messengers.telegram.capabilities import UPDATES_AT_ONCE
from messengers.telegram.client import Client
from messengers.telegram.incoming import can_post, full_name, present, title
from messengers.transport import Lost, NotLeft

KINDS_OF_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
_TOO_LATE = "query is too old"
_TOO_BIG = "file is too big"

T = TypeVar("T")
Json = dict[str, Any]


class PollUpdates(TelegramMethod[list[Json]]):
    """getUpdates."""

    __returning__ = list[Json]
    __api_method__ = "getUpdates"

    offset: int | None = None
    timeout: int = 0
    limit: int = UPDATES_AT_ONCE
    allowed_updates: list[str] = KINDS_OF_UPDATES


class ReadMe(TelegramMethod[Json]):
    """getMe."""

    __returning__ = Json
    __api_method__ = "getMe"


class ReadChat(TelegramMethod[Json]):
    """getChat."""

    __returning__ = Json
    __api_method__ = "getChat"

    chat_id: int | str


class ReadMember(TelegramMethod[Json]):
    """getChatMember."""

    __returning__ = Json
    __api_method__ = "getChatMember"

    chat_id: int | str
    user_id: int


class ReadFile(TelegramMethod[Json]):
    """getFile."""

    __returning__ = Json
    __api_method__ = "getFile"

    file_id: str


class Session(BaseSession):
    """aiogram's session on the adapter's client; it sends JSON and no files."""

    def __init__(self, client: Client) -> None:
        """Share the client; closing it is its owner's business."""
        super().__init__(json_loads=orjson.loads)
        self._client = client

    async def make_request(
        self, bot: Bot, method: TelegramMethod[T], timeout: float | None = None
    ) -> T:
        """Make the call; raises aiogram's exceptions, NotLeft and Lost."""
        values = {
            name: self.prepare_value(value, bot=bot, files={}, _dumps_json=False)
            for name, value in method.model_dump(warnings=False).items()
        }
        params = {name: value for name, value in values.items() if value is not None}
        answer = await self._client.post(method.__api_method__, params, timeout=timeout)
        content = answer.body.decode(errors="replace")
        reply = self.check_response(bot, method, answer.status, content)
        return reply.result  # type: ignore[return-value]

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        """Nothing is downloaded through aiogram."""
        raise NotImplementedError
        yield b""

    async def close(self) -> None:
        """Leave the client open."""


class Asking:
    """The calls that do not deliver. Every one raises MessengerError or one of its kinds."""

    def __init__(self, client: Client, token: str) -> None:
        """Raise TokenDead for a token that cannot be one."""
        self._client = client
        try:
            self._bot = Bot(token, session=Session(client))
        except TokenValidationError:
            raise TokenDead("the token does not look like one of Telegram's") from None

    async def poll(self, offset: int | None, wait_s: float) -> list[Json]:
        """Wait up to `wait_s` seconds for updates from `offset` on."""
        method = PollUpdates(offset=offset, timeout=round(wait_s))
        return await self._made(method, timeout=wait_s + self._client.timeouts.total)

    async def me(self) -> str:
        """Ask what the bot is called."""
        me = await self._made(ReadMe())
        name, username = full_name(me), me.get("username")
        return f"{name} (@{username})" if username else name

    async def answer(self, press: str, text: str | None) -> None:
        """Answer a pressed button; one that nobody waits for any more is no error."""
        try:
            await self._made(AnswerCallbackQuery(callback_query_id=press, text=text))
        except MessengerError as error:
            if _TOO_LATE not in str(error):
                raise

    async def path(self, file: str) -> str:
        """Ask where a file lies, good for an hour. Raises FileTooBig for more than 20 MB."""
        try:
            found = await self._made(ReadFile(file_id=file))
        except MessengerError as error:
            if _TOO_BIG in str(error):
                raise FileTooBig(str(error)) from None
            raise
        path = found.get("file_path")
        if not isinstance(path, str) or not path:
            raise MessengerError("Telegram does not say where the file lies")
        return path

    async def set_commands(
        self, chat: int | str | None, commands: Sequence[tuple[str, str]]
    ) -> None:
        """Set the menu of one dialog or of all; none take it away."""
        scope = BotCommandScopeDefault() if chat is None else BotCommandScopeChat(chat_id=chat)
        if not commands:
            await self._made(DeleteMyCommands(scope=scope))
            return
        listed = [BotCommand(command=name, description=what) for name, what in commands]
        await self._made(SetMyCommands(commands=listed, scope=scope))

    async def rights(self, chat: int | str, kind: ChatKind) -> Rights:
        """Ask what the bot may do in a chat and what it is called."""
        known = await self._made(ReadChat(chat_id=chat))
        name = title(known)
        if kind is ChatKind.PRIVATE:
            return Rights(True, name)  # a block shows only when something is sent
        member = await self._made(ReadMember(chat_id=chat, user_id=self._bot.id))
        admin = member.get("status") in ("creator", "administrator")
        if can_post(member, kind):
            return Rights(True, name, admin=admin)
        return Rights(False, name, _missing(member, kind), admin)

    async def _made(self, method: TelegramMethod[T], timeout: float | None = None) -> T:
        # aiogram's hint is int, but it only hands the number on to the session.
        call: Awaitable[T] = self._bot.session(self._bot, method, timeout=timeout)  # type: ignore[arg-type]
        try:
            return await call
        except (AiogramError, NotLeft, Lost) as error:
            raise self._explained(error) from None

    def _explained(self, error: Exception) -> MessengerError:
        if isinstance(error, ClientDecodeError):
            return MessengerError("the answer is not the Bot API's")
        text = self._client.scrub(str(error))
        if isinstance(error, TelegramRetryAfter):
            return MessengerError(text, retry_after=error.retry_after)
        if isinstance(error, TelegramConflictError):
            return PollConflict(text)
        if isinstance(error, TelegramUnauthorizedError | TelegramNotFound):
            return TokenDead(text)
        return MessengerError(text)


def _missing(member: Json, kind: ChatKind) -> str:
    if not present(member):
        return "member"
    if kind is not ChatKind.CHANNEL:
        return "can_send_messages"
    return "can_post_messages" if member["status"] == "administrator" else "administrator"

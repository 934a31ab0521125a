"""Telegram as a Messenger."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.clock import Clock, SystemClock
from core.incoming import Incoming
from core.messenger import (
    Capabilities,
    Later,
    MediaFile,
    Outcome,
    Part,
    Place,
    Refused,
    Rights,
    Sent,
    Unknown,
)
from core.words import ChatKind, Reason
from messengers.telegram import encode, incoming, outcomes
from messengers.telegram.capabilities import ANSWER_LIMIT, PACE, capabilities
from messengers.telegram.client import Call, Client, Reply
from messengers.telegram.texts import Texts
from messengers.transport import Lost, NotLeft, Timeouts

if TYPE_CHECKING:
    from messengers.telegram.session import Asking

log = logging.getLogger(__name__)


class Telegram:
    """One bot."""

    network = "telegram"
    pace = PACE

    def __init__(
        self,
        token: str,
        api: str = "https://api.telegram.org",
        *,
        proxy: str | None = None,
        ca: Path | None = None,
        timeouts: Timeouts | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Connect to nothing yet; raises ValueError or OSError for a bad `proxy` or `ca` (PEM)."""
        self._token = token
        self._timeouts = timeouts or Timeouts()
        self._clock = clock or SystemClock()
        self._client = Client(token, api, proxy=proxy, ca=ca, timeouts=self._timeouts)
        self._texts = Texts()
        self._asking: Asking | None = None
        # Of channels and groups, by id, as answers tell them: their links open for everybody.
        self._usernames: dict[str, str] = {}

    def capabilities(self, kind: ChatKind) -> Capabilities:
        """Return what can be done in this kind of chat."""
        return capabilities(kind)

    # Deliveries

    async def send(self, places: Sequence[Place], part: Part, key: int) -> Sequence[Outcome]:
        """Send one part to one chat; Telegram has no idempotency, so `key` is not used."""
        (place,) = places
        send_call = encode.send_call if part.media else self._texts.send_call
        reply = await self._call(send_call(place, part), place.kind, create=True)
        if not isinstance(reply, Reply):
            return [reply]
        self._learn(place, reply.result)
        return [_sent(reply.result, part.media)]

    async def edit(self, place: Place, messages: Sequence[str], part: Part) -> Outcome:
        """Replace text and pictures; a different number of pictures is refused, Telegram cannot do it."""
        if len(messages) != max(1, len(part.media)):
            return Refused(Reason.BAD_CONTENT, "the number of pictures cannot be changed")
        refs: dict[str, str] = {}
        for number, call in enumerate(encode.edit_calls(place, messages, part)):
            reply = await self._call(call, place.kind, create=False)
            if not isinstance(reply, Reply):
                return reply
            refs |= _refs([reply.result], part.media[number : number + 1])
        return Sent(tuple(messages), refs)

    async def delete(self, place: Place, messages: Sequence[str]) -> Outcome:
        """Delete the messages; those that are gone already count as deleted."""
        for call in encode.delete_calls(place, messages):
            reply = await self._call(call, place.kind, create=False)
            gone = isinstance(reply, Refused) and reply.reason is Reason.GONE
            if not isinstance(reply, Reply) and not gone:
                return reply
        return Sent(tuple(messages))

    async def look_up(self, place: Place, key: int, part: Part) -> Sent | None:
        """Return None: a bot cannot read what it has sent."""
        return None

    async def _call(self, call: Call, kind: ChatKind, *, create: bool) -> Reply | Outcome:
        """Return the reply when it is ok (or nothing had to change), else its meaning."""
        careful = create and kind is ChatKind.CHANNEL
        try:
            reply = await self._client.call(call, careful=careful)
        except NotLeft as error:
            return Later(Reason.UNREACHABLE, str(error), whole_account=True)
        except Lost as error:
            return Unknown(str(error)) if create else Later(Reason.UNREACHABLE, str(error))
        except OSError as error:
            return Later(Reason.BAD_MEDIA, f"the picture cannot be read: {error.strerror}")
        if reply.ok or (not create and outcomes.not_modified(reply)):
            return reply
        return outcomes.refusal(reply, kind, create=create)

    # Everything else

    async def updates(self, cursor: str | None) -> tuple[Sequence[Incoming], str]:
        """Wait for updates; the cursor is the next update's number. Raises MessengerError."""
        asking = await self._aiogram()
        offset = int(cursor) if cursor else None
        batch = await asking.poll(offset, self._timeouts.poll)
        read = [found for raw in batch if (found := self._read(raw)) is not None]
        numbers = [raw["update_id"] for raw in batch if isinstance(raw.get("update_id"), int)]
        return read, str(max(numbers) + 1) if numbers else cursor or ""

    def _read(self, raw: Mapping[str, Any]) -> Incoming | None:
        try:
            return incoming.read(raw, self._clock.now())
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            # Only its number: an update holds what people wrote.
            log.warning("update %s cannot be read: %s", raw.get("update_id"), type(error).__name__)
            return None

    async def answer(self, press: str, text: str | None) -> None:
        """Answer a pressed button, cut to 200 characters. Raises MessengerError."""
        asking = await self._aiogram()
        await asking.answer(press, text and text[:ANSWER_LIMIT])

    async def rights(self, place: Place) -> Rights:
        """Ask what the bot may do in a chat. Raises MessengerError."""
        asking = await self._aiogram()
        chat = place.chat if place.chat.startswith("@") else int(place.chat)
        return await asking.rights(chat, place.kind)

    async def download(self, ref: str, limit: int) -> bytes:
        """Fetch a file, at most 20 MB whatever the limit. Raises FileTooBig and MessengerError."""
        asking = await self._aiogram()
        return await self._client.download(await asking.path(ref), limit)

    async def set_commands(self, chat: str | None, commands: Sequence[tuple[str, str]]) -> None:
        """Set or, without commands, take away a menu. Raises MessengerError, ValueError for an unfit one."""
        listed = encode.commands(commands)
        asking = await self._aiogram()
        scope = chat if chat is None or chat.startswith("@") else int(chat)
        await asking.set_commands(scope, listed)

    def link(self, place: Place, message: str) -> str | None:
        """Return a message's address, the public one where the username is known."""
        return encode.link(place, message, self._usernames.get(place.chat))

    def entry(self, handle: str, payload: str) -> str | None:
        """Return an address that begins a dialog (core.telegram.org/bots/features#deep-linking)."""
        return encode.entry(handle, payload)

    def _learn(self, place: Place, result: Any) -> None:
        """Keep the username of the channel or group in which a message was made."""
        if place.kind is ChatKind.PRIVATE:
            return
        made = result[0] if isinstance(result, list) and result else result
        chat = made.get("chat") if isinstance(made, dict) else None
        if not isinstance(chat, dict):
            return
        self._usernames.pop(place.chat, None)
        if username := chat.get("username"):
            self._usernames[place.chat] = str(username)

    async def check(self) -> str:
        """Ask who the bot is. Raises MessengerError, TokenDead for a key that is refused."""
        return await (await self._aiogram()).me()

    async def close(self) -> None:
        """Let the connections go."""
        await self._client.close()

    async def _aiogram(self) -> Asking:
        if self._asking is None:
            self._asking = await asyncio.to_thread(_open_asking, self._client, self._token)
        return self._asking

    def __repr__(self) -> str:
        """Name the bot by its number, the public half of its token."""
        return f"Telegram({self._token.partition(':')[0]})"


def _open_asking(client: Client, token: str) -> Asking:
    from messengers.telegram.session import Asking

    return Asking(client, token)


def _sent(result: Any, media: Sequence[MediaFile]) -> Outcome:
    messages = result if isinstance(result, list) else [result]
    try:
        ids = tuple(str(message["message_id"]) for message in messages)
    except (TypeError, KeyError):
        return Unknown("the answer holds no message")
    return Sent(ids, _refs(messages, media))


def _refs(messages: Sequence[Any], media: Sequence[MediaFile]) -> dict[str, str]:
    """Return the references of the pictures that were uploaded: the largest size of each."""
    refs: dict[str, str] = {}
    for message, picture in zip(messages, media, strict=False):
        sizes = message.get("photo") if isinstance(message, dict) else None
        if picture.ref is not None or not sizes:
            continue
        # The message is there, whatever its answer says of sizes: raising would send it once more.
        with suppress(TypeError, KeyError, AttributeError):
            largest = max(sizes, key=lambda size: size.get("width", 0) * size.get("height", 0))
            refs[picture.sha] = str(largest["file_id"])
    return refs

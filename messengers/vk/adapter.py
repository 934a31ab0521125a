"""VK as a Messenger: a community's dialogs with its own key, its wall with a human's."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.clock import Clock, SystemClock
from core.errors import MessengerError, TokenDead
from core.incoming import Incoming
from core.messenger import (
    Capabilities,
    Later,
    Outcome,
    Part,
    Place,
    Refused,
    Rights,
    Sent,
)
from core.words import ChatKind, Reason
from messengers.download import download
from messengers.transport import Http, Lost, NotLeft, Scrubber, Timeouts, proxy_password
from messengers.vk import encode, incoming, outcomes
from messengers.vk.capabilities import (
    ANSWER_LIMIT,
    PACE,
    USER_KEY_PAUSE_S,
    capabilities,
)
from messengers.vk.client import Caller, Refusal
from messengers.vk.dialogs import Dialogs
from messengers.vk.groups import only_group
from messengers.vk.people import People
from messengers.vk.polling import Polling
from messengers.vk.uploads import Uploads
from messengers.vk.wall import Wall

log = logging.getLogger(__name__)

_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_REDIRECTS = 5  # from a document's page to the server that has it
_NO_WALL = Refused(Reason.NO_WALL_KEY, outcomes.NO_KEY)


class Vk:
    """One community."""

    network = "vk"
    pace = PACE

    def __init__(
        self,
        group: int,
        community_key: str,
        user_key: str | None,
        api: str = "https://api.vk.ru/method/",
        *,
        proxy: str | None = None,
        ca: Path | None = None,
        timeouts: Timeouts | None = None,
        clock: Clock | None = None,
        wall_pause: float = USER_KEY_PAUSE_S,
    ) -> None:
        """Connect to nothing yet; raises ValueError or OSError for a bad `proxy` or `ca` (PEM).

        Without `user_key` the wall is closed, all else works; `wall_pause` seconds are between calls
        with that key.
        """
        if proxy and not proxy.startswith(("http://", "https://")):
            raise ValueError("VK is reached through an http or https proxy only")
        self._group, self._timeouts = group, timeouts or Timeouts()
        self._clock = clock or SystemClock()
        scrub = Scrubber(community_key, user_key, proxy_password(proxy))
        self._http = Http(scrub, self._timeouts, proxy=proxy, ca=ca)

        def caller(lane: str, key: str, threads: int, idle: float, pause: float = 0) -> Caller:
            return Caller(
                f"vk-{group}-{lane}",
                key,
                api,
                scrub,
                self._timeouts,
                threads=threads,
                idle=idle,
                pause=pause,
                proxy=proxy,
                ca=ca,
            )

        # Apart from each other: a pressed button is answered while four sends hang.
        idle, careful = self._timeouts.idle, self._timeouts.careful_idle
        dialogs = caller("dialogs", community_key, 4, idle)
        self._asides = caller("asides", community_key, 2, idle)
        self._callers = [dialogs, self._asides]
        self._people = People(self._asides)
        self._polling = Polling(self._asides, self._http, group, self._timeouts)
        upload = self._timeouts.upload
        pictures = Uploads(self._asides, self._http, upload, wall=None)
        self._dialogs = Dialogs(dialogs, self._asides, pictures, self._people, self._clock)
        self._wall: Wall | None = None
        if user_key:
            walls = caller("wall", user_key, 1, careful, wall_pause)
            self._callers.append(walls)
            pictures = Uploads(walls, self._http, upload, wall=group)
            self._wall = Wall(walls, group, pictures, self._clock)

    def capabilities(self, kind: ChatKind) -> Capabilities:
        """Return what can be done in this kind of chat."""
        return capabilities(kind)

    # Deliveries

    async def send(self, places: Sequence[Place], part: Part, key: int) -> Sequence[Outcome]:
        """Send one part to up to a hundred dialogs, or to the wall; `key` is 31 bits and not zero."""
        if not 0 < key < 1 << 31:
            raise ValueError("a key of VK is 31 bits and not zero")
        if places[0].kind is not ChatKind.WALL:
            return await self._dialogs.send(places, part, key)
        return [await self._wall.send(part, key) if self._wall else _NO_WALL for _ in places]

    async def edit(self, place: Place, messages: Sequence[str], part: Part) -> Outcome:
        """Replace text, pictures and buttons of a message or post."""
        if place.kind is not ChatKind.WALL:
            return await self._dialogs.edit(place, messages, part)
        return await self._wall.edit(messages, part) if self._wall else _NO_WALL

    async def delete(self, place: Place, messages: Sequence[str]) -> Outcome:
        """Delete for everybody; what is gone already counts as deleted."""
        if place.kind is not ChatKind.WALL:
            return await self._dialogs.delete(place, messages)
        return await self._wall.delete(messages) if self._wall else _NO_WALL

    async def look_up(self, place: Place, key: int, part: Part) -> Sent | None:
        """Look through the newest messages or posts. Raises MessengerError."""
        with self._told():
            if place.kind is not ChatKind.WALL:
                return await self._dialogs.look_up(place, key, part)
            return await self._wall.look_up(part) if self._wall else None

    # Everything else

    async def updates(self, cursor: str | None) -> tuple[Sequence[Incoming], str]:
        """Wait for events. Raises MessengerError, TokenDead for a key that is refused."""
        with self._told():
            events, after = await self._polling.next(cursor)
        read = [found for event in events if (found := self._read(event)) is not None]
        return await self._people.name(read), str(after)

    def _read(self, event: Any) -> Incoming | None:
        try:
            return incoming.read(event, self._group, self._clock.now())
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            # Only its kind: an event holds what people wrote.
            kind = event.get("type") if isinstance(event, dict) else None
            log.warning("an event %s cannot be read: %s", kind, type(error).__name__)
            return None

    async def answer(self, press: str, text: str | None) -> None:
        """Answer a pressed button, cut to 90 characters. Raises MessengerError."""
        event, user, peer = press.rsplit(":", 2)
        params = {"event_id": event, "user_id": user, "peer_id": peer}
        if text:
            params["event_data"] = encode.snackbar(text[:ANSWER_LIMIT])
        with self._told():
            await self._asides.call("messages.sendMessageEventAnswer", **params)

    async def rights(self, place: Place) -> Rights:
        """Ask what the community may do in a chat. Raises MessengerError."""
        with self._told():
            if place.kind is not ChatKind.WALL:
                return await self._dialogs.rights(place)
            title = await self.check()
            if self._wall is None:
                return Rights(False, title, outcomes.NO_KEY)
            return await self._wall.rights(title)

    async def download(self, ref: str, limit: int) -> bytes:
        """Fetch a file from the address that VK gave; no key goes there. Raises FileTooBig, MessengerError."""
        timeout = self._timeouts.upload
        return await download(self._http, ref, limit, timeout=timeout, redirects=_REDIRECTS)

    async def set_commands(self, chat: str | None, commands: Sequence[tuple[str, str]]) -> None:
        """Do nothing: VK has no menu of commands."""

    def link(self, place: Place, message: str) -> str | None:
        """Return the address of a post; messages have none."""
        return f"https://vk.com/wall{place.chat}_{message}" if place.kind is ChatKind.WALL else None

    def entry(self, handle: str, payload: str) -> str | None:
        """Return an address that begins a dialog, by number where the community has no short name."""
        if not _PAYLOAD.fullmatch(payload):
            raise ValueError("a payload is 1 to 64 of A-Z, a-z, 0-9, _ and -")
        return f"https://vk.me/{handle or f'club{self._group}'}?ref={payload}"

    async def check(self) -> str:
        """Ask what the community is called. Raises MessengerError, TokenDead for a refused key."""
        with self._told():
            found = await self._asides.call("groups.getById", group_id=self._group)
        return str(only_group(found).get("name", ""))

    async def close(self) -> None:
        """Let connections and threads go; waits for calls in the air."""
        for caller in self._callers:
            await caller.close()
        await self._http.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what a call runs into into MessengerError or TokenDead."""
        try:
            yield
        except (NotLeft, Lost) as error:
            raise MessengerError(str(error)) from None
        except Refusal as error:
            now = self._clock.now()
            outcome = outcomes.refusal(error, ChatKind.PRIVATE, now, create=False)
            if not isinstance(outcome, Later):
                raise MessengerError(str(error)) from None
            if outcome.reason is Reason.TOKEN_DEAD:
                raise TokenDead(str(error)) from None
            raise MessengerError(str(error), retry_after=outcome.after_s) from None

    def __repr__(self) -> str:
        """Name the community by its number."""
        return f"Vk({self._group})"

"""The sandbox's world as plain data: people, accounts, chats and what was said in them.

It knows no platform's wire format. The networks (`sandbox/telegram`, `sandbox/vk`) translate their
methods into changes of this world and its happenings into their updates; `sandbox/control` plays the
people. Every change ends with `World.touch(chat)`, which wakes whoever waits for news of that chat.

Times are seconds since 1970 (UTC) by the sandbox's clock; entity offsets are UTF-16 units.
"""

from __future__ import annotations

import asyncio
import hashlib
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Literal

from sandbox.clock import SandboxClock
from sandbox.kept import Kept
from sandbox.news import News
from sandbox.numbers import Numbers

Network = Literal["telegram", "vk"]
# What of an account's settings no reset takes away: VK's numbers, and both networks' handles of
# files, which bots keep for ever and send again instead of the bytes.
_LASTING = (
    "last_message_id", "last_media_id", "last_poll_id", "last_answer_id", "files", "media",
)  # fmt: skip
ChatKind = Literal["private", "group", "supergroup", "channel", "wall", "chat"]
MediaKind = Literal[
    "photo", "video", "document", "voice", "audio", "animation", "sticker", "video_note"
]


@dataclass(slots=True)
class Person:
    """A human who may be in several messengers under one id (the user id on each network)."""

    id: int
    name: str
    messengers: list[str] = field(default_factory=lambda: ["telegram", "vk"])
    hides: bool = False  # Telegram: forwards of what they wrote name them without a link to them


@dataclass(slots=True)
class Account:
    """A bot: a Telegram bot (id is its user id) or a VK community (id is the positive group id)."""

    id: int
    network: Network
    name: str  # what control calls it: short, unique on its network
    title: str  # what people see
    username: str
    token: str
    user_token: str | None = None  # VK only: the key of a human admin, needed for walls
    wall_rights: bool = True  # VK only: whether user_token carries the right `wall` (else error 15)
    admins: list[int] = field(default_factory=list)  # VK only: ids of the community's human admins
    # commands, allowed_updates, long-poll keys
    settings: dict[str, Any] = field(default_factory=dict)
    updates: list[dict[str, Any]] = field(default_factory=list)  # not yet confirmed, in wire format
    update_seq: int = 0  # Telegram: last update_id given out; VK: last ts


@dataclass(slots=True)
class Media:
    """A file inside a message; its bytes lie in `World.files` under `sha`."""

    kind: MediaKind
    sha: str
    name: str
    mime: str
    size: int
    width: int = 0
    height: int = 0
    duration: int = 0  # seconds; what plays
    caption: str = ""  # what a person wrote under this file of several
    # an audio's performer and title, a sticker's emoji
    extra: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(
        default_factory=dict
    )  # the network's own, e.g. {"file_id@<bot>": …}


@dataclass(slots=True)
class Button:
    """One button under a message (inline) or of a reply keyboard; `other` does what its `extra` says."""

    text: str
    kind: Literal["callback", "url", "text", "other"] = "callback"
    data: str | None = None  # Telegram callback_data; VK payload (JSON text)
    url: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)  # Telegram: further fields as sent


@dataclass(slots=True)
class Poll:
    """A vote with its answers; what everybody chose is known here even where the messenger hides it."""

    id: str
    question: str
    options: list[str]
    votes: dict[int, list[int]] = field(default_factory=dict)  # by person: places of the options
    anonymous: bool = True
    multiple: bool = False
    correct: int | None = None  # a quiz: place of the right option
    closed: bool = False
    extra: dict[str, Any] = field(default_factory=dict)  # explanation, close date, VK's owner…


@dataclass(slots=True)
class Message:
    """What was said; `sender` is a person's id, or the account's id when `by_account`."""

    id: int  # per chat; on VK the conversation_message_id, on a wall the post_id
    at: float
    sender: int
    by_account: bool
    text: str = ""
    entities: list[dict[str, Any]] = field(default_factory=list)  # Bot API shape, UTF-16 units
    media: list[Media] = field(default_factory=list)
    buttons: list[list[Button]] = field(default_factory=list)  # inline
    keyboard: list[list[Button]] | None = None  # reply keyboard shown since then; [] hides it
    edited: float | None = None
    album: str | None = None  # Telegram media_group_id; each item is a message of its own there
    topic: int | None = None
    reply_to: int | None = None
    global_id: int = 0  # VK: message id within the community
    key: str | None = None  # VK: random_id or guid
    poll: Poll | None = None
    reactions: dict[int, list[str]] | None = None  # by person or bot: emoji
    # caption_above, attachments as sent, payload, location, contact, dice…
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Member:
    """A person's or bot's place in a chat: status as in the Bot API, with an admin's rights."""

    status: Literal["creator", "administrator", "member", "restricted", "left", "kicked"]
    rights: dict[str, bool] = field(default_factory=dict)


@dataclass(slots=True)
class Chat:
    """A dialog of one account with one person, or a group, channel or wall."""

    # Telegram: chat id (a private dialog's is the user id); VK: peer_id, 2000000001 and up for a
    # group conversation (kind `chat`), the negative group id for a wall.
    id: int
    network: Network
    kind: ChatKind
    title: str
    account: str | None = None  # name of the account a private dialog or wall belongs to
    person: int | None = None  # private dialogs only
    username: str | None = None
    members: dict[int, Member] = field(default_factory=dict)  # people and bots, by id
    messages: list[Message] = field(default_factory=list)  # oldest first; no deleted ones
    last_id: int = 0
    version: int = 0  # grows with every change that somebody could see
    blocked: bool = False  # private: the person stopped the bot (Telegram) or denied messages (VK)
    started: bool = False  # private: the person has written first, so the bot may write
    migrated_to: int | None = None
    pinned: list[int] = field(default_factory=list)  # ids of messages, the newest pin last
    extra: dict[str, Any] = field(default_factory=dict)

    def find(self, message_id: int) -> Message | None:
        """Return the message with that id, None if there is none or it was deleted."""
        messages = self.messages
        place = bisect_left(messages, message_id, key=_id_of)
        if place < len(messages) and messages[place].id == message_id:
            return messages[place]
        # A postponed post of a wall stands where it appeared, not where it was numbered.
        return next((m for m in reversed(messages) if m.id == message_id), None)

    def next_id(self) -> int:
        """Give out the next message id of this chat."""
        self.last_id += 1
        return self.last_id


_id_of = attrgetter("id")


def _name(account: Account) -> str:
    return f"{account.network}/account/{account.id}"


class World:
    """All that exists; one per running sandbox."""

    def __init__(self, clock: SandboxClock | None = None, kept: Kept | None = None) -> None:
        """Begin empty; `kept` says how many messages stay."""
        self.clock = clock or SandboxClock()
        self.people: dict[int, Person] = {}
        self.accounts: dict[tuple[str, str], Account] = {}  # (network, name)
        self.chats: list[Chat] = []
        self.files: dict[str, bytes] = {}  # by SHA-256 hex
        self.sites: dict[str, Any] = {}  # sandbox.sites.Site by name
        # What bots remember outlives a reset: their cursors, ids and handles. So the numbers of an
        # earlier world go on (the highest given out, by what it counts), and what it knew of
        # uploaded files stays (settings by account).
        self.given: dict[str, int] = {}
        self.lasting: dict[str, dict[str, Any]] = {}
        self.seq = 0  # grows with every change anywhere
        self.stopping = asyncio.Event()  # set when the server goes down: long polls answer at once
        # Telegram's polls that close by themselves, a heap by time; `timed` is set when one is added.
        self.timed_polls: list[tuple[float, int, Chat, Message]] = []
        self.timed = asyncio.Event()
        self._kept = kept or Kept()
        self._news = News()
        self._by_token: dict[tuple[str, str], Account] = {}
        self._by_account_id: dict[tuple[str, int], Account] = {}
        self._accounts_indexed = 0
        self._by_id: dict[tuple[str, int], Chat] = {}
        self._dialogs: dict[tuple[str, str | None, int | None], Chat] = {}
        self._indexed = 0
        self._numbers = Numbers()

    def clear(self) -> None:
        """Forget everyone and everything but what bots rely on: `seq`, numbers and handles of files go on."""
        self._note_given()
        self.people.clear()
        self.accounts.clear()
        self.chats.clear()
        known = {
            file["sha"]
            for settings in self.lasting.values()
            for kind in ("files", "media")
            for file in settings.get(kind, {}).values()
        }
        self.files = {sha: content for sha, content in self.files.items() if sha in known}
        self.sites.clear()
        self.timed_polls.clear()
        self._index_afresh()
        self.touch()

    # looking things up

    def account(self, network: str, name: str) -> Account | None:
        """Return the account of that name on that network."""
        return self.accounts.get((network, name))

    def account_by_token(self, network: str, token: str) -> Account | None:
        """Return the account whose community key or bot token this is."""
        known = self._by_token.get((network, token))
        if known is not None and known.token == token and self._is_here(known):
            return known
        # A key may have been changed since; each account's newest one counts.
        for account in self.accounts.values():
            if account.network == network and account.token == token:
                self._by_token[network, token] = account
                return account
        return None

    def account_by_id(self, network: str, id: int) -> Account | None:
        """Return the account of that id on that network."""
        if self._accounts_indexed != len(self.accounts):
            self._by_account_id = {(a.network, a.id): a for a in self.accounts.values()}
            self._accounts_indexed = len(self.accounts)
        return self._by_account_id.get((network, id))

    def add_account(self, account: Account) -> None:
        """Take an account in; its numbers go on where an earlier one of that id stopped."""
        before = _name(account)
        account.update_seq = max(account.update_seq, self.given.get(f"{before}/update_seq", 0))
        account.settings |= deepcopy(self.lasting.get(before, {}))
        self.accounts[account.network, account.name] = account
        self._accounts_indexed = -1

    def _is_here(self, account: Account) -> bool:
        return self.accounts.get((account.network, account.name)) is account

    def add_chat(self, chat: Chat) -> None:
        """Take a chat in; its messages are numbered on from an earlier one of that id."""
        chat.last_id = max(chat.last_id, self.given.get(self._place(chat), 0))
        self.chats.append(chat)

    def published(self, site_name: str) -> int:
        """Return the last number that an earlier site of that name gave to a publication."""
        return self.given.get(f"site/{site_name}", 0)

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Take back what the block added if it raises; nothing may be awaited inside."""
        named: list[dict[Any, Any]] = [self.people, self.accounts, self.sites, self.files]
        before, chats = [dict(kept) for kept in named], list(self.chats)
        try:
            yield
        except BaseException:
            for now, then in zip(named, before, strict=True):
                now.clear()
                now.update(then)
            self.chats[:] = chats
            self._index_afresh()
            raise

    def _note_given(self) -> None:
        reached = {self._place(chat): chat.last_id for chat in self.chats}
        reached |= {f"site/{site.name}": site.last_number for site in self.sites.values()}
        for account in self.accounts.values():
            reached[f"{_name(account)}/update_seq"] = account.update_seq
            self.lasting[_name(account)] = {
                name: account.settings[name] for name in _LASTING if name in account.settings
            }
        for what, number in reached.items():
            self.given[what] = max(number, self.given.get(what, 0))

    def _place(self, chat: Chat) -> str:
        """Name a chat so that it is known again in another world: a dialog by its bot's id."""
        account = self.account(chat.network, chat.account or "") if chat.person else None
        owner = f"{account.id}/" if account else ""
        return f"{chat.network}/chat/{owner}{chat.id}"

    def chats_on(self, network: str) -> Iterator[Chat]:
        """Yield the chats of one network."""
        return (c for c in self.chats if c.network == network)

    def rooms(self, network: str) -> Iterator[Chat]:
        """Yield the chats of one network that are no private dialogs: of these there may be thousands."""
        self._index_new()
        return (c for (where, _), c in self._by_id.items() if where == network)

    def chat(self, network: str, id: int) -> Chat | None:
        """Return the chat of that id that is not a private dialog (their ids repeat from account to account)."""
        self._index_new()
        return self._by_id.get((network, id))

    def dialog(self, account: Account, person: int, *, create: bool = False) -> Chat | None:
        """Return the private dialog of an account with a person, made on demand."""
        self._index_new()
        known = self._dialogs.get((account.network, account.name, person))
        if known is not None or not create or person not in self.people:
            return known
        chat = Chat(
            person, account.network, "private", self.people[person].name, account.name, person
        )
        self.add_chat(chat)
        return chat

    def note_number(self, account: Account, number: int, chat: Chat) -> None:
        """Note in which dialog a community's new message of that id stands."""
        self._numbers.note(account.name, number, chat, 2 * self._kept.in_all)

    def dialog_of(self, account: Account, number: int) -> Chat | None:
        """Return the dialog in which a community's message of that id stands, or stood."""
        return self._numbers.find(account.name, number, self.chats_on("vk"))

    def _index_new(self) -> None:
        """Take chats into the indexes that were appended to `chats` since; they never leave singly."""
        if len(self.chats) == self._indexed:
            return
        if len(self.chats) < self._indexed:
            self._index_afresh()
        for chat in self.chats[self._indexed :]:
            if chat.kind == "private":
                self._dialogs[chat.network, chat.account, chat.person] = chat
            else:
                self._by_id[chat.network, chat.id] = chat
        self._indexed = len(self.chats)

    def _index_afresh(self) -> None:
        self._by_token.clear()
        self._by_account_id.clear()
        self._accounts_indexed = -1
        self._by_id.clear()
        self._dialogs.clear()
        self._indexed = 0
        self._numbers.forget()
        self._kept.forget()

    # changing

    def keep(self, content: bytes) -> str:
        """Keep a file's bytes and return their SHA-256 in hex."""
        sha = hashlib.sha256(content).hexdigest()
        self.files[sha] = content
        return sha

    def touch(self, chat: Chat | None = None) -> None:
        """Say that something changed (in `chat`, if given) and wake everyone who waits for such news."""
        self.seq += 1
        if chat is None:
            self._news.wake()
            return
        chat.version += 1
        self._kept.hold(chat)
        # A group's news may concern every bot in it, a dialog's only its own.
        alone = chat.account and chat.kind in ("private", "wall")
        self._news.wake((chat.network, chat.account or "") if alone else None)

    async def wait_change(self, timeout: float, account: Account | None = None) -> bool:
        """Return True at the next `touch`, False after `timeout` seconds of the machine's time.

        With `account`, changes of chats that belong to other accounts wake nobody.
        """
        return await self._news.wait(timeout, (account.network, account.name) if account else None)

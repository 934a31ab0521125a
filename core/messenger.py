"""What the house asks of a messenger, and what it gets back; networks differ in data, not in logic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from core.richtext import RichText, Style
from core.words import ChatKind, Reason


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes: the messenger's own id of a chat, and a forum topic if any."""

    chat: str
    kind: ChatKind
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A picture to send: its bytes on disk by SHA-256, and the account's reference once uploaded."""

    sha: str
    path: Path
    mime: str
    name: str
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: `data` comes back with the press, or `url` opens."""

    text: str
    data: str | None = None
    url: str | None = None


Keyboard = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What one call sends: text, or one picture or an album with the text as its caption."""

    text: RichText = field(default_factory=RichText)
    media: tuple[MediaFile, ...] = ()
    buttons: Keyboard = ()
    preview: bool = True  # whether links may unfold into a preview
    silent: bool = False
    replies_to: str | None = None  # an earlier message of the same chat


@dataclass(frozen=True, slots=True, eq=False)  # each is equal to itself only: a cheap key
class Capabilities:
    """What a messenger can do in one kind of chat; lengths are code points. Dated data, not constants."""

    styles: frozenset[Style]
    text_limit: int
    caption_limit: int
    album: int  # pictures one message can carry; 1 is no albums
    pack: int = 1  # chats one call can serve
    idempotent: bool = False  # a repeated key inside the window sends nothing twice
    window_ms: int = 0
    window_messages: int = 0  # of a chat, after which the key is forgotten; 0: however many
    look_up: bool = False
    edits: bool = True
    replies: bool = True
    upload_scope: str = "message"  # references of one scope are reusable inside it
    album_is_one_message: bool = False
    buttons_in_row: int = 8
    button_rows: int = 100
    buttons: int = 100  # in one keyboard
    button_text: int = 64


@dataclass(frozen=True, slots=True)
class Pace:
    """The platform's own limits: calls a second for the account, and messages for one chat."""

    account_per_s: float
    chat_per_s: float
    chat_burst: int
    group_per_min: float
    sliding: bool = True


# Outcomes of one delivery


@dataclass(frozen=True, slots=True)
class Sent:
    """It is there: ids of the messages made, and references of what was uploaded on the way (SHA-256 → ref)."""

    messages: tuple[str, ...]
    refs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """It will never be taken; `text` is the messenger's own, `moved_to` a new id of the chat."""

    reason: Reason
    text: str = ""
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """Nothing was done, try again: after `after_s` seconds if the platform said so.

    `whole_account` says the pause is the account's, not only the chat's; `unsure` that the platform
    does not tell which of them. `throttled` pauses do not count as attempts.
    """

    reason: Reason
    text: str = ""
    after_s: float | None = None
    whole_account: bool = False
    throttled: bool = False
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have arrived: the request left and no answer came."""

    text: str = ""


Outcome = Sent | Refused | Later | Unknown


@dataclass(frozen=True, slots=True)
class Rights:
    """What the account may do in a chat, and what it is called now."""

    can_post: bool
    title: str
    missing: str = ""  # the messenger's word for what is missing
    admin: bool = False


class Messenger(Protocol):
    """One account of one messenger. Every method may raise MessengerError except the delivering ones.

    `send`, `edit` and `delete` never raise for what the platform or the network does: they return outcomes.
    """

    network: str
    pace: Pace

    def capabilities(self, kind: ChatKind) -> Capabilities:
        """Return what can be done in this kind of chat."""

    async def updates(self, cursor: str | None) -> tuple[Sequence[Any], str]:
        """Wait for the next updates (core.incoming.Incoming) after `cursor`; return them and the new cursor."""

    async def send(self, places: Sequence[Place], part: Part, key: int) -> Sequence[Outcome]:
        """Send one part to each place (at most `capabilities.pack`); one outcome a place, in order."""

    async def edit(self, place: Place, messages: Sequence[str], part: Part) -> Outcome:
        """Replace text and media of the messages that one part made; «not modified» is Sent."""

    async def delete(self, place: Place, messages: Sequence[str]) -> Outcome:
        """Delete the messages; «not found» is Sent."""

    async def look_up(self, place: Place, key: int, part: Part) -> Sent | None:
        """Look whether a part of unknown fate arrived; None when it did not (or cannot be known)."""

    async def answer(self, press: str, text: str | None) -> None:
        """Answer a pressed button (an ephemeral call: not retried, errors only logged by the caller)."""

    async def rights(self, place: Place) -> Rights:
        """Ask what the account may do in a chat."""

    async def download(self, ref: str, limit: int) -> bytes:
        """Return the bytes of something a person attached (`IncomingFile.ref`).

        Raises FileTooBig beyond `limit` bytes, measured while reading, MessengerError for all else.
        """

    async def set_commands(self, chat: str | None, commands: Sequence[tuple[str, str]]) -> None:
        """Set the menu of commands (name without slash, description) of one dialog, or of all (None).

        No commands take the menu away. Does nothing where the messenger has no such menu; ephemeral.
        """

    def link(self, place: Place, message: str) -> str | None:
        """Return an address that opens a message of a channel, group or wall, None for private dialogs."""

    def entry(self, handle: str, payload: str) -> str | None:
        """Return an address that begins a dialog with a payload, None where the account has none.

        `payload` is 1 to 64 of A-Z a-z 0-9 _ and -; ValueError for another.
        """

    async def check(self) -> str:
        """Ask who the account is; return its title."""

    async def close(self) -> None:
        """Let connections and threads go."""

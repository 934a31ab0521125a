"""One turn of a conversation: everything a script may look at and do, inside one transaction."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bots.abilities import Abilities
from bots.screens import Limits, Screen, choices_json, keyboard, lay_out
from bots.settings import Settings
from bots.words import Words
from core.errors import MessengerError
from core.incoming import Incoming, IncomingKind
from core.messenger import Place, Rights
from core.richtext import RichText, Style, join, plain, styled
from storage import accounts, chats, journal, people, replies, screens
from storage.accounts import AccountRow
from storage.chats import Chat

Where = tuple[int, Place]  # an account and a chat it may be in
# What messengers said about chats. Not by the chat's id: that of a new chat is undone with the turn.
Facts = Mapping[Where, Rights | MessengerError]


class RightsWanted(Exception):
    """A script needs the messenger's word on a chat; the turn is undone and taken again with it."""

    def __init__(self, where: Where) -> None:
        """Name the account to ask and the chat."""
        super().__init__(f"rights in {where}")
        self.where = where


class Refused(Exception):
    """A pressed button may not do what it says: nothing is changed, the journal gets the reason."""

    def __init__(self, why: str) -> None:
        """Keep the reason in a word for the journal."""
        super().__init__(why)
        self.why = why


@dataclass(slots=True)
class Effects:
    """What is to happen once the transaction is on disk."""

    rings: set[Hashable] = field(default_factory=set)
    answer: str | None = None  # shown beside the pressed button
    farewell: RichText | None = None  # said without a row, where no row may stay
    menus: set[int] = field(default_factory=set)  # private chats whose list of commands changes


@dataclass(frozen=True, slots=True)
class Turn:
    """A conversation with one person in one private chat; `now` is ms UTC.

    `pressed_screen` is the id of the screen whose button was pressed, None otherwise.
    """

    connection: AsyncConnection
    settings: Settings
    words: Words
    now: int
    row_id: int
    chat: Chat
    person_id: int
    locale: str | None
    incoming: Incoming | None = None
    facts: Facts = field(default_factory=dict)
    abilities: Abilities = field(default_factory=Abilities)
    effects: Effects = field(default_factory=Effects)
    pressed_screen: int | None = None

    @property
    def limits(self) -> Limits:
        """Return how many buttons fit where this conversation is held."""
        return self.abilities.limits(self.chat.account_id)

    def say(self, key: str, /, **values: str | int) -> str:
        """Return a text in the person's language."""
        return self.words.say(self.locale, key, **values)

    def text(self, title: str | None, *lines: str) -> RichText:
        """Return a message: a title in bold, and paragraphs below it; empty ones are left out."""
        head = [styled(title, Style.BOLD)] if title else []
        return join([*head, *(plain(line) for line in lines)], "\n\n")

    async def tell(self, text: RichText, media: Sequence[str] = ()) -> None:
        """Say something without buttons, as a new message; `media` are SHA-256 names of kept pictures."""
        await replies.add(
            self.connection, self.chat.account_id, self.chat.id, text, now=self.now, media=media
        )
        self.effects.rings.add(("courier", self.chat.account_id))

    async def show(
        self,
        script: str,
        version: int,
        screen: Screen,
        *,
        revision_id: int | None = None,
        subject: str | None = None,
        instead_of: str | None = None,
        anew: bool = False,
    ) -> int:
        """Show a screen, in place of the one whose button was pressed; return its id.

        `instead_of` names another message of ours to put it into, `anew` makes it a new message.
        `subject` («review:12») is what all cards about one thing share.
        """
        rows = lay_out(screen.rows, self.limits)
        screen_id = await screens.add(
            self.connection,
            chat_id=self.chat.id,
            person_id=self.person_id,
            script=script,
            version=version,
            choices=choices_json(rows, script),
            now=self.now,
            expires_at=self.now + screen.lives_ms,
            revision_id=revision_id,
            subject=subject,
        )
        await replies.add(
            self.connection,
            self.chat.account_id,
            self.chat.id,
            screen.text,
            keyboard(rows, screen_id, self.limits),
            edits=None if anew else instead_of or self.pressed_message,
            screen_id=screen_id,
            now=self.now,
        )
        self.effects.rings.add(("courier", self.chat.account_id))
        return screen_id

    async def change(self, message: str, text: RichText) -> None:
        """Put other words into a message of ours, and take its buttons away."""
        account, chat = self.chat.account_id, self.chat.id
        await replies.add(self.connection, account, chat, text, edits=message, now=self.now)
        self.effects.rings.add(("courier", account))

    @property
    def pressed_message(self) -> str | None:
        """Return the message whose button was pressed, None if that was not here."""
        here = self.incoming
        pressed = here is not None and here.kind is IncomingKind.PRESS
        return here.message if here and pressed and here.chat == self.chat.external else None

    def answer(self, text: str) -> None:
        """Answer the pressed button with a few words that vanish again."""
        self.effects.answer = text

    def ring(self, *topics: Hashable) -> None:
        """Wake somebody once the turn is on disk."""
        self.effects.rings.update(topics)

    async def close_screen(self) -> None:
        """Let the pressed screen's buttons mean nothing any more."""
        if self.pressed_screen is not None:
            await screens.close(self.connection, self.pressed_screen, self.now)

    async def note(self, action: str, subject: str, **detail: str | int | None) -> None:
        """Write a line of the journal in the person's name."""
        await journal.write(self.connection, self.now, action, subject, self.person_id, **detail)

    async def account(self, account_id: int | None = None) -> AccountRow:
        """Return an account that is in use, the one of this conversation unless another is named."""
        wanted = self.chat.account_id if account_id is None else account_id
        found = [one for one in await accounts.active(self.connection) if one.id == wanted]
        return found[0]

    async def is_administrator(self) -> bool:
        """Tell whether the person administers the network, as it stands now."""
        known = await people.identities(self.connection, self.person_id)
        return not known.isdisjoint(self.settings.administrators)

    def rights(self, chat: Chat) -> Rights | MessengerError:
        """Return what the messenger says about a chat; the turn is taken again if it was not asked yet."""
        where = (chat.account_id, Place(chat.external, chat.kind, chat.topic or None))
        if where not in self.facts:
            raise RightsWanted(where)
        return self.facts[where]

    async def towards(self, chat: Chat) -> Turn:
        """Return a turn with whoever stands behind another private chat; its effects are shared."""
        assert chat.person_id is not None
        person = await people.get(self.connection, chat.person_id)
        return replace(
            self,
            chat=chat,
            person_id=person.id,
            locale=chat.locale or person.locale,
            incoming=self.incoming if chat.id == self.chat.id else None,
            pressed_screen=self.pressed_screen if chat.id == self.chat.id else None,
        )

    async def with_person(self, person_id: int) -> Turn | None:
        """Return a turn with a person where they can be spoken to, here if this is the one.

        None where nobody can be reached.
        """
        if person_id == self.person_id:
            return self
        mine = await chats.private_of(self.connection, person_id)
        return await self.towards(mine[0]) if mine else None

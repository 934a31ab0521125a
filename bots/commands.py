"""The messenger's own list of commands, per role."""

from __future__ import annotations

from collections.abc import Sequence

from bots.scripts.work import Duties
from bots.settings import Settings
from bots.words import Words
from core.messenger import Messenger
from core.words import ChatKind
from storage import people, roles
from storage.chats import Chat
from storage.database import Database

# What everybody may say, and the texts that describe it.
_ALL = (
    ("menu", "command-menu"),
    ("news", "command-news"),
    ("help", "command-help"),
    ("stop", "command-stop"),
)


def commands_of(duties: Duties) -> list[tuple[str, str]]:
    """Return (command, key of its description), those of the work first; empty for a reader."""
    work = [
        (duties.works, "work", "command-work"),
        (duties.submits, "mine", "command-mine"),
        (duties.decides, "queue", "command-queue"),
        (duties.plans, "plan", "command-plan"),
        (duties.submits or duties.decides, "history", "command-history"),
        (duties.invites, "people", "command-people"),
        (duties.network, "halt", "command-halt"),
    ]
    found = [(name, key) for has, name, key in work if has]
    return [*found, *_ALL] if found else []


async def set_menu(
    db: Database, messenger: Messenger, settings: Settings, words: Words, chat: Chat
) -> None:
    """Set the commands that a person's dialog offers, by the roles as they stand now.

    Without a role the dialog falls back to everybody's. Raises MessengerError.
    """
    if chat.kind is not ChatKind.PRIVATE or chat.person_id is None:
        return
    async with db.read() as connection:
        mine = await roles.of_person(connection, chat.person_id)
        known = await people.identities(connection, chat.person_id)
        person = await people.get(connection, chat.person_id)
    duties = Duties(mine, not known.isdisjoint(settings.administrators))
    locale = chat.locale or person.locale
    await messenger.set_commands(chat.external, _said(words, locale, commands_of(duties)))


async def set_default(messenger: Messenger, words: Words) -> None:
    """Set the commands that everybody's dialog offers. Raises MessengerError."""
    await messenger.set_commands(None, _said(words, None, _ALL))


def _said(
    words: Words, locale: str | None, listed: Sequence[tuple[str, str]]
) -> list[tuple[str, str]]:
    return [(name, words.say(locale, key)) for name, key in listed]

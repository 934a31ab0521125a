"""Whose people a person may look after, asked anew at each step, and what lists of them share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bots.screens import Choice
from bots.turn import Turn
from core.words import OrganizationKind
from newsroom import access
from newsroom.calendar import say_when
from newsroom.zones import zone_of
from storage import chats, organizations, people

NAME = "people"
VERSION = 1
LISTED = 6  # entries of a list, with four buttons beside them


async def of_person(turn: Turn, person_id: int) -> set[int]:
    """Return the organizations whose people a person invites and takes roles from, empty for most."""
    known = await people.identities(turn.connection, person_id)
    if known.isdisjoint(turn.settings.administrators):
        return await access.managed(turn.connection, person_id)
    return {one.id for one in await organizations.of_kinds(turn.connection, OrganizationKind)}


async def renew_menus(turn: Turn, person_id: int) -> None:
    """Let the commands in all dialogs of a person follow the roles."""
    mine = await chats.private_of(turn.connection, person_id)
    turn.effects.menus.update(chat.id for chat in mine)


async def until_words(turn: Turn, organization_id: int, at: int) -> str:
    """Return a moment (ms UTC) as it is said where an organization lives."""
    zone = await zone_of(turn.connection, turn.settings.rules, organization_id)
    moment, now = (datetime.fromtimestamp(ms / 1000, UTC) for ms in (at, turn.now))
    return say_when(moment.astimezone(zone), now)


def name_or(turn: Turn, name: str) -> str:
    """Return a person's name, or that there is none."""
    return name or turn.say("person-nameless")


def cut(entries: Sequence[Any], page: int, size: int = LISTED) -> tuple[list[Any], int, bool]:
    """Return one page of a list, its number, and whether there is another behind it."""
    # Some may have gone since the list was shown.
    page = min(max(page, 0), max(len(entries) - 1, 0) // size)
    return list(entries[page * size : (page + 1) * size]), page, len(entries) > (page + 1) * size


def turning(
    turn: Turn, do: str, args: Mapping[str, Any], page: int, more: bool, back: Choice
) -> tuple[Choice, ...]:
    """Return the way back, by pages first, and the way on."""
    steps = [Choice(turn.say("back"), do, {**args, "page": page - 1}) if page else back]
    if more:
        steps.append(Choice(turn.say("further"), do, {**args, "page": page + 1}))
    return tuple(steps)

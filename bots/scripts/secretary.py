"""Dialogs that humans of the community answer too: strangers are offered a human once, then silence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bots.screens import DAY_MS, Choice, Screen
from bots.scripts import subscribe
from bots.turn import Refused, Turn
from storage import chats, people

NAME = "secretary"
VERSION = 1
SILENCE_MS = DAY_MS


async def press(turn: Turn, do: str, args: Mapping[str, Any]) -> None:
    """Do what a button of this script says."""
    match do:
        case "human":
            await _call_human(turn)
        case "news":
            await chats.begin(turn.connection, turn.chat.id, turn.now)
            await subscribe.begin(turn)
        case _:
            raise Refused("unknown action")


async def greet(turn: Turn) -> None:
    """Offer a stranger a human or the news, the first time only."""
    if turn.chat.greeted_at is not None:
        return
    await chats.greet(turn.connection, turn.chat.id, turn.now)
    rows = (
        (Choice(turn.say("call-human"), "human"),),
        (Choice(turn.say("news-button"), "news"),),
    )
    await turn.show(NAME, VERSION, Screen(turn.text(None, turn.say("stranger")), rows))


async def fall_silent(turn: Turn) -> None:
    """Let the human who has just answered speak."""
    await chats.fall_silent(turn.connection, turn.chat.id, turn.now + SILENCE_MS)


async def _call_human(turn: Turn) -> None:
    silent = turn.chat.silent_until is not None and turn.chat.silent_until > turn.now
    await fall_silent(turn)
    turn.answer(turn.say("human-called-short"))
    if silent:
        return  # called already, nobody is told twice
    await turn.show(NAME, VERSION, Screen(turn.text(None, turn.say("human-called"))))
    person = await people.get(turn.connection, turn.person_id)
    messenger = turn.settings.networks.get(turn.chat.network, turn.chat.network)
    community = (await turn.account()).title
    for administrator in await people.having(turn.connection, turn.settings.administrators):
        for chat in await chats.private_of(turn.connection, administrator):
            their = await turn.towards(chat)
            name = person.name or their.say("somebody")
            where = f"{messenger}, «{community}»" if community else messenger
            await their.tell(their.text(None, their.say("human-wanted", name=name, where=where)))

"""Pressed buttons: what they mean is looked up in the screen that was shown, never in the press."""

from __future__ import annotations

from dataclasses import replace

from bots import screens
from bots.arrival import Arrival
from bots.registry import SCRIPTS
from bots.scripts import subscriptions
from bots.turn import Refused, Turn
from core.words import ChatKind, ChatState
from storage import chats, journal, people
from storage import screens as shown_screens
from storage.screens import Screen


async def press(arrival: Arrival) -> None:
    """Do what a pressed button means, or say that it means nothing any more."""
    here = arrival.incoming
    person_id = (
        await people.by_identity(arrival.connection, arrival.network, here.sender)
        if here.sender is not None
        else None
    )
    chat = await chats.find(arrival.connection, arrival.row.account_id, here.chat)
    locale = None
    try:
        # Nothing is made for a press: whoever presses a button of ours is known.
        if person_id is None or chat is None or chat.kind is not ChatKind.PRIVATE:
            raise Refused("unknown presser")
        turn = await arrival.turn(chat, person_id)
        locale = turn.locale
        await chats.hear(arrival.connection, chat.id, arrival.now)
        if chat.state is not ChatState.ACTIVE:
            await chats.set_state(arrival.connection, chat.id, ChatState.ACTIVE)
        screen, index = await _pressed(turn)
        turn = replace(turn, pressed_screen=screen.id)
        if SCRIPTS[_script(screen)].version != screen.version:
            turn.answer(turn.say("button-old"))
            await subscriptions.menu(turn)
            return
        choice = screen.choices[index]
        await SCRIPTS[choice["script"]].press(turn, choice["do"], choice["args"])
    except Refused as refused:
        arrival.effects.answer = arrival.words.say(locale, "button-dead")
        await journal.write(
            arrival.connection,
            arrival.now,
            "button.refused",
            f"chat:{chat.id}" if chat is not None else f"account:{arrival.row.account_id}",
            person_id,
            why=refused.why,
        )


def _script(screen: Screen) -> str:
    return screen.script.partition(".")[0]


async def _pressed(turn: Turn) -> tuple[Screen, int]:
    assert turn.incoming is not None
    pressed = screens.parse(turn.incoming.payload)
    if pressed is None:
        raise Refused("not a button of ours")
    screen = await shown_screens.get(turn.connection, pressed[0])
    if screen is None:
        raise Refused("unknown screen")
    if screen.chat_id != turn.chat.id or screen.person_id not in (None, turn.person_id):
        raise Refused("somebody else's screen")
    if screen.expires_at <= turn.now:
        raise Refused("expired")
    if pressed[1] >= len(screen.choices) or _script(screen) not in SCRIPTS:
        raise Refused("no such button")
    return screen, pressed[1]

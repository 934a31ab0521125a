"""Unsubscribing at once, and coming back with one press."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bots.documents import subscription_consent
from bots.screens import Choice, Screen
from bots.turn import Refused, Turn
from storage import consents, outgoing, subscriptions

NAME = "leave"
VERSION = 1


async def press(turn: Turn, do: str, args: Mapping[str, Any]) -> None:
    """Do what a button of this script says."""
    match do:
        case "return":
            await _return(turn)
        case _:
            raise Refused("unknown action")


async def leave(turn: Turn) -> None:
    """End the subscription now; nothing that was planned goes out any more."""
    wish = await subscriptions.of_chat(turn.connection, turn.chat.id)
    if wish is None:
        await turn.tell(turn.text(None, turn.say("left-never")))
        return
    if wish.ended_at is None:
        await subscriptions.end(turn.connection, wish.id, turn.now)
        await outgoing.call_off_chat(turn.connection, turn.chat.id, turn.now)
        await turn.note("subscription.ended", f"chat:{turn.chat.id}")
    halt = turn.say("left-administrator") if await turn.is_administrator() else ""
    text = turn.text(None, turn.say("left"), halt)
    rows = ((Choice(turn.say("return-button"), "return"),),)
    await turn.show(NAME, VERSION, Screen(text, rows))


async def _return(turn: Turn) -> None:
    wish = await subscriptions.of_chat(turn.connection, turn.chat.id)
    if wish is None:
        raise Refused("nothing to return to")
    document = subscription_consent(turn.settings)
    if not await consents.given(turn.connection, turn.person_id, "subscription", document.sha):
        # The text they agreed to is not the one that holds today.
        rows = ((Choice(turn.say("subscribe-button"), "choose", script="subscribe"),),)
        text = turn.text(None, turn.say("return-anew"))
        await turn.show(NAME, VERSION, Screen(text, rows))
        return
    was_paused = wish.paused_until is not None and wish.paused_until > turn.now
    if wish.ended_at is not None:
        await subscriptions.take_up(turn.connection, wish.id)
        await turn.note("subscription.begun", f"chat:{turn.chat.id}")
    text = turn.text(None, turn.say("returned-unpaused" if was_paused else "returned"))
    rows = ((Choice(turn.say("my-subscriptions"), "menu", script="subscriptions"),),)
    await turn.show(NAME, VERSION, Screen(text, rows))

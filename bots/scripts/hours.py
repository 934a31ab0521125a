"""How and when a subscriber's news come: the way, the hour of the selection, the night."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bots.screens import Choice, Screen, tick
from bots.scripts.subscriptions import NAME as MENU
from bots.scripts.subscriptions import active, menu
from bots.times import hours, minute_words
from bots.turn import Refused, Turn
from core.words import Mode
from storage import subscriptions

NAME = "hours"
VERSION = 1

_BUTTONS: Mapping[Mode, str] = {
    Mode.AT_ONCE: "way-at-once",
    Mode.DIGEST: "way-digest",
    Mode.URGENT_ONLY: "way-urgent",
}
_MINUTES = tuple(hour * 60 for hour in (18, 19, 20, 21))
_NIGHTS = ((21 * 60, 8 * 60), (22 * 60, 7 * 60), None)


async def press(turn: Turn, do: str, args: Mapping[str, Any]) -> None:
    """Do what a button of this script says."""
    match do:
        case "ways":
            await _show_ways(turn)
        case "way":
            wish, mode = await active(turn), Mode(args["mode"])
            if mode not in _BUTTONS:
                raise Refused("unknown way")
            await subscriptions.set_mode(turn.connection, wish.id, mode)
            await _saved(turn)
        case "hours":
            await _show_hours(turn)
        case "hour":
            wish = await active(turn)
            await subscriptions.set_digest_minute(turn.connection, wish.id, args["minute"])
            await _saved(turn)
        case "night":
            wish = await active(turn)
            night = tuple(args["night"]) if args["night"] else None
            await subscriptions.set_night(turn.connection, wish.id, night)
            await _saved(turn)
        case _:
            raise Refused("unknown action")


async def _saved(turn: Turn) -> None:
    turn.answer(turn.say("saved"))
    await menu(turn)


async def _show_ways(turn: Turn) -> None:
    wish = await active(turn)
    rows = [
        (_ticked(turn.say(_BUTTONS[mode]), mode is wish.mode, "way", {"mode": int(mode)}),)
        for mode in _BUTTONS
    ]
    text = turn.text(turn.say("menu-way"), turn.say("way-text"))
    await turn.show(NAME, VERSION, Screen(text, (*rows, _back(turn))))


async def _show_hours(turn: Turn) -> None:
    wish = await active(turn)
    times = tuple(
        _ticked(minute_words(minute), minute == wish.digest_minute, "hour", {"minute": minute})
        for minute in _MINUTES
    )
    nights = [
        (_ticked(_night_label(turn, night), night == wish.night, "night", {"night": night}),)
        for night in _NIGHTS
    ]
    # Without a selection there is no hour of it to choose.
    selection = wish.mode is Mode.DIGEST
    hint = turn.say("hours-text" if selection else "night-text")
    rows = (times if selection else (), *nights, _back(turn))
    await turn.show(NAME, VERSION, Screen(turn.text(turn.say("menu-hours"), hint), rows))


def _night_label(turn: Turn, night: tuple[int, int] | None) -> str:
    return turn.say("night-button", hours=hours(night)) if night else turn.say("night-none")


def _ticked(label: str, on: bool, do: str, args: Mapping[str, Any]) -> Choice:
    return Choice(tick(label, on), do, args)


def _back(turn: Turn) -> tuple[Choice, ...]:
    return (Choice(turn.say("back"), "menu", script=MENU),)

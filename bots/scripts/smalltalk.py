"""Answers to what asks for nothing: a kind word once in a while, a hint when we did not understand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bots.phrases import Courtesy
from bots.screens import Choice, Screen
from bots.scripts import work
from bots.turn import Refused, Turn
from storage import people, screens

NAME = "smalltalk"
VERSION = 1
_HOUR_MS = 3_600_000

# What we say, and for how long after it we say nothing of the kind again.
_ANSWERS: Mapping[Courtesy, tuple[str, int] | None] = {
    Courtesy.THANKS: ("kind-thanks", 12 * _HOUR_MS),
    Courtesy.GREETING: ("kind-greeting", 12 * _HOUR_MS),
    Courtesy.WORDLESS: None,
    Courtesy.OTHER: ("hint", _HOUR_MS),
}


async def press(turn: Turn, do: str, args: Mapping[str, Any]) -> None:
    """Refuse: the only button here belongs to another script."""
    raise Refused("unknown action")


async def answer(turn: Turn, kind: Courtesy) -> None:
    """Say a word, unless we said one of this kind a while ago."""
    said = _ANSWERS[kind]
    if said is None:
        return
    key, silence = said
    before = await screens.last_shown(turn.connection, turn.chat.id, f"{NAME}.{key}")
    if before is not None and turn.now - before < silence:
        return
    menu = Choice(turn.say("menu-button"), "menu", script="subscriptions")
    rows = () if kind is Courtesy.THANKS else ((menu,),)
    # The screen's name tells the next time what was said.
    await turn.show(f"{NAME}.{key}", VERSION, Screen(turn.text(None, turn.say(key)), rows))


async def help_out(turn: Turn) -> None:
    """Say which words we understand, and how each of the person's roles works."""
    mine = await work.duties(turn)
    said = [
        turn.say("help-words"),
        turn.say("help-authors") if mine.submits else "",
        turn.say("help-judges") if mine.decides else "",
        turn.say("help-youth") if mine.plans else "",
        turn.say("help-administrators") if mine.invites else "",
        turn.say("help-network") if mine.network else "",
        turn.say("help-number"),
    ]
    rows = [(Choice(turn.say("menu-button"), "menu", script="subscriptions"),)]
    if mine.works:
        rows.insert(0, (Choice(turn.say("menu-work"), "menu", script=work.NAME),))
    await turn.show(NAME, VERSION, Screen(turn.text(turn.say("help-title"), *said), tuple(rows)))


async def tell_number(turn: Turn) -> None:
    """Tell the person's number in this messenger: the settings name administrators by it."""
    network = turn.chat.network
    known = await people.identities(turn.connection, turn.person_id)
    for number in sorted(external for name, external in known if name == network):
        messenger = turn.settings.networks.get(network, network)
        await turn.tell(turn.text(None, turn.say("number", number=number, messenger=messenger)))

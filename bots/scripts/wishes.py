"""Which organizations and topics a subscriber gets news of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bots import pickers
from bots.names import listed
from bots.pickers import Picker
from bots.screens import Choice, Screen
from bots.scripts.subscriptions import NAME as MENU
from bots.scripts.subscriptions import active
from bots.turn import Refused, Turn
from storage import organizations, subscriptions

NAME = "wishes"
VERSION = 1


async def press(turn: Turn, do: str, args: Mapping[str, Any]) -> None:
    """Do what a button of this script says."""
    match do:
        case "menu":
            await turn.show(NAME, VERSION, await _home(turn))
        case "organizations":
            await turn.show(NAME, VERSION, await _home(turn))
        case "group":
            await _show_group(turn, args["group"], args["page"])
        case "organization":
            await _choose_organization(turn, args)
        case "rubrics":
            await _show_rubrics(turn, args["page"])
        case "rubric":
            await _choose_rubric(turn, args)
        case "all-rubrics":
            await subscriptions.clear_rubrics(turn.connection, (await active(turn)).id)
            turn.answer(turn.say("saved"))
            await _show_rubrics(turn, 0)
        case _:
            raise Refused("unknown action")


def _organizations(ticked: frozenset[int]) -> Picker:
    return Picker(open="group", pick="organization", home="organizations", ticked=ticked)


async def _home(turn: Turn) -> Screen:
    wish = await active(turn)
    chosen = await organizations.named(turn.connection, wish.organizations)
    line = turn.say("line-now", names=listed(chosen)) if chosen else turn.say("line-nobody")
    rows = await pickers.groups(turn, _organizations(wish.organizations))
    text = turn.text(turn.say("whose-news"), line, turn.say("tick-hint"))
    return Screen(text, (*rows, _menu_row(turn)))


async def _show_group(turn: Turn, group: str, page: int) -> None:
    wish = await active(turn)
    rows = await pickers.members(turn, _organizations(wish.organizations), group, page)
    text = turn.text(turn.say("whose-news"), turn.say("tick-hint"))
    await turn.show(NAME, VERSION, Screen(text, tuple(rows)))


async def _choose_organization(turn: Turn, args: Mapping[str, Any]) -> None:
    wish = await active(turn)
    organization = await organizations.by_id(turn.connection, args["organization"])
    if organization is None:
        raise Refused("organization gone")
    await subscriptions.set_organization(
        turn.connection, wish.id, organization.id, bool(args["on"])
    )
    turn.answer(turn.say("saved"))
    if "group" in args:
        await _show_group(turn, args["group"], args["page"])
    else:
        await turn.show(NAME, VERSION, await _home(turn))


async def _show_rubrics(turn: Turn, page: int) -> None:
    wish = await active(turn)
    picker = Picker(open="rubrics", pick="rubric", home="rubrics", ticked=wish.rubrics)
    rows = await pickers.topics(turn, picker, page)
    if page == 0:
        # Back from the first page is back to the menu, of another script.
        rows[-1] = (*_menu_row(turn), *rows[-1][1:])
    hint = turn.say("topics-hint" if wish.rubrics else "topics-all-hint")
    text = turn.text(turn.say("menu-topics"), hint)
    await turn.show(NAME, VERSION, Screen(text, tuple(rows)))


async def _choose_rubric(turn: Turn, args: Mapping[str, Any]) -> None:
    wish = await active(turn)
    await subscriptions.set_rubric(turn.connection, wish.id, args["rubric"], bool(args["on"]))
    turn.answer(turn.say("saved"))
    await _show_rubrics(turn, args["page"])


def _menu_row(turn: Turn) -> tuple[Choice, ...]:
    return (Choice(turn.say("back"), "menu", script=MENU),)

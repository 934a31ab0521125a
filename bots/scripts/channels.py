"""«Мои каналы»: what a person has connected, and switching it on, off, or over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bots import pickers
from bots.screens import PAGE, Choice, Screen, page_of
from bots.scripts import connect, connect_steps
from bots.turn import Refused, Turn
from core.words import ChatState, Mode
from storage import chats, organizations, subscriptions
from storage.chats import Chat

NAME = "channels"
VERSION = 1


async def press(turn: Turn, do: str, args: Mapping[str, Any]) -> None:
    """Do what a button of this script says."""
    match do:
        case "list":
            await show(turn, args.get("page", 0))
        case "channel":
            await _show_channel(turn, await connect.may_settle(turn, args["channel"]))
        case "settle":
            await connect.offer(turn, await connect.may_settle(turn, args["channel"]))
        case "off":
            chat = await connect.may_settle(turn, args["channel"])
            await connect.switch_off(turn, chat)
            turn.answer(turn.say("saved"))
            await show(turn)
        case _:
            raise Refused("unknown action")


async def show(turn: Turn, page: int = 0) -> None:
    """List what the person may settle; administrators see all that was connected in chat."""
    administrator = await turn.is_administrator()
    mine = await chats.connected(turn.connection, None if administrator else turn.person_id)
    entries = [
        Choice(f"{_mark(chat)} {chat.title}", "channel", {"channel": chat.id}) for chat in mine
    ]
    # Some may have left since the list was shown.
    page = min(page, max(len(entries) - 1, 0) // PAGE)
    shown, more = page_of(entries, page)
    rows: pickers.Rows = [(choice,) for choice in shown]
    steps = [
        Choice(turn.say("back"), "list", {"page": page - 1})
        if page
        else Choice(turn.say("back"), "menu", script="subscriptions")
    ]
    if more:
        steps.append(Choice(turn.say("further"), "list", {"page": page + 1}))
    text = turn.text(turn.say("my-channels"), turn.say("channels-text" if mine else "connect-how"))
    await turn.show(NAME, VERSION, Screen(text, (*rows, tuple(steps))))


def _mark(chat: Chat) -> str:
    return "●" if chat.state is ChatState.ACTIVE else "○"


async def _show_channel(turn: Turn, chat: Chat) -> None:
    wish = await subscriptions.of_chat(turn.connection, chat.id)
    active = chat.state is ChatState.ACTIVE
    lines = [turn.say("channel-on" if active else "channel-off")]
    if wish is not None:
        named = await organizations.named(turn.connection, wish.organizations)
        if named:
            names = ", ".join(one.short for one in named)
            lines.append(turn.say("line-organizations", names=names))
        key = connect_steps.MODE_WORDS.get(wish.mode)
        if key:
            lines.append(turn.say("line-way", way=turn.say(key)))
        if wish.day_limit is not None and wish.mode is not Mode.URGENT_ONLY:
            lines.append(turn.say("line-limit", count=wish.day_limit))
    args = {"channel": chat.id}
    settle = Choice(turn.say("change" if active else "settle"), "settle", args)
    rows = [(settle,), (Choice(turn.say("switch-off"), "off", args),) if active else ()]
    back = (Choice(turn.say("back"), "list"),)
    text = turn.text(chat.title, "\n".join(lines))
    await turn.show(NAME, VERSION, Screen(text, (*rows, back)))

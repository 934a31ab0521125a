"""«Мои каналы»: what a person has connected, and switching it on, off, or over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bots import pickers
from bots.screens import PAGE, Choice, Screen, page_of
from bots.scripts import connect
from bots.scripts import connect_steps as steps
from bots.turn import Refused, Turn
from core.words import ChatState, Mode, Reason
from storage import chats, subscriptions
from storage.chats import Chat
from storage.subscriptions import Subscription

NAME = "channels"
VERSION = 1


async def press(turn: Turn, do: str, args: Mapping[str, Any]) -> None:
    """Do what a button of this script says."""
    match do:
        case "list":
            await show(turn, args.get("page", 0))
        case "channel":
            await show_channel(turn, await connect.may_settle(turn, args["channel"]))
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
    turning = [
        Choice(turn.say("back"), "list", {"page": page - 1})
        if page
        else Choice(turn.say("back"), "menu", script="subscriptions")
    ]
    if more:
        turning.append(Choice(turn.say("further"), "list", {"page": page + 1}))
    text = turn.text(turn.say("my-channels"), turn.say("channels-text" if mine else "connect-how"))
    await turn.show(NAME, VERSION, Screen(text, (*rows, tuple(turning))))


def _mark(chat: Chat) -> str:
    return "●" if chat.state is ChatState.ACTIVE else "○"


async def show_channel(turn: Turn, chat: Chat) -> None:
    """Show what is settled about a channel and what can be done with it."""
    wish = await subscriptions.of_chat(turn.connection, chat.id)
    state = turn.say(_state_key(chat, wish))
    settled = await steps.lines(turn, chat, await steps.begin(turn, chat)) if wish else []
    args = {"channel": chat.id}
    rows: tuple[tuple[Choice, ...], ...] = ((Choice(turn.say("settle"), "settle", args),),)
    if chat.state is ChatState.ACTIVE:
        rows = (
            (Choice(turn.say("change"), "change", args, script="channel"),),
            (Choice(turn.say("switch-off"), "off", args),),
        )
    back = (Choice(turn.say("back"), "list"),)
    text = turn.text(chat.title, state, "\n".join(settled))
    await turn.show(NAME, VERSION, Screen(text, (*rows, back)))


def _state_key(chat: Chat, wish: Subscription | None) -> str:
    if chat.state is not ChatState.ACTIVE or wish is None:
        return "channel-no-right" if chat.reason is Reason.NO_RIGHTS else "channel-off"
    return {Mode.ASK: "channel-on-ask", Mode.URGENT_ONLY: "channel-on-urgent"}.get(
        wish.mode, "channel-on"
    )

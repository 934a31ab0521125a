"""«Мои подписки»: what the person gets, and the way to every change of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bots.names import listed
from bots.screens import DAY_MS, Choice, Screen
from bots.scripts import forget, leave, work
from bots.times import hours, minute_words, moment_words
from bots.turn import Refused, Turn
from core.words import Mode
from newsroom import desk
from storage import chats, organizations, outgoing, people, rubrics, subscriptions
from storage.subscriptions import FOREVER, Subscription

NAME = "subscriptions"
VERSION = 1

MODE_WORDS: Mapping[Mode, str] = {
    Mode.AT_ONCE: "mode-at-once",
    Mode.DIGEST: "mode-digest",
    Mode.URGENT_ONLY: "mode-urgent",
}
_PAUSES = ((1, "pause-day"), (7, "pause-week"), (0, "pause-open"))


async def press(turn: Turn, do: str, args: Mapping[str, Any]) -> None:
    """Do what a button of this script says."""
    match do:
        case "menu":
            await menu(turn)
        case "pauses":
            await _show_pauses(turn)
        case "pause":
            await _pause(turn, args["days"])
        case "go-on":
            await _go_on(turn)
        case "latest":
            # Once a screen: a second tap brings no second portion.
            await turn.close_screen()
            if await latest(turn):
                turn.answer(turn.say("latest-coming"))
                await menu(turn)
        case "leave":
            await leave.leave(turn)
        case "forget":
            await forget.ask(turn)
        case _:
            raise Refused("unknown action")


async def menu(turn: Turn) -> None:
    """Show what the person gets, with everything that can be changed."""
    wish = await subscriptions.of_chat(turn.connection, turn.chat.id)
    if wish is None or wish.ended_at is not None:
        await _show_nothing(turn, wish)
        return
    text = turn.text(turn.say("my-subscriptions"), "\n".join(await _lines(turn, wish)))
    paused = _is_paused(wish, turn.now)
    rows: list[tuple[Choice, ...]] = [
        (
            Choice(turn.say("menu-organizations"), "organizations", script="wishes"),
            Choice(turn.say("menu-topics"), "rubrics", {"page": 0}, script="wishes"),
        ),
        (
            Choice(turn.say("menu-way"), "ways", script="hours"),
            Choice(turn.say("menu-hours"), "hours", script="hours"),
        ),
        (
            Choice(turn.say("menu-go-on"), "go-on")
            if paused
            else Choice(turn.say("menu-pause"), "pauses"),
            Choice(turn.say("menu-latest"), "latest"),
        ),
        (Choice(turn.say("menu-leave"), "leave"), Choice(turn.say("menu-forget"), "forget")),
        await _special(turn),
    ]
    await turn.show(NAME, VERSION, Screen(text, tuple(rows)))


async def active(turn: Turn) -> Subscription:
    """Return the subscription that a button is about; it must still be there."""
    wish = await subscriptions.of_chat(turn.connection, turn.chat.id)
    if wish is None or wish.ended_at is not None:
        raise Refused("not subscribed")
    return wish


async def latest(turn: Turn) -> bool:
    """Send the newest of what the person has chosen and has not had; False if something else was shown."""
    wish = await subscriptions.of_chat(turn.connection, turn.chat.id)
    if wish is None or wish.ended_at is not None:
        await menu(turn)
        return False
    found = await desk.send_latest(turn.connection, turn.chat.id, turn.now, 3)
    turn.ring(("courier", turn.chat.account_id))
    if not found:
        text = turn.text(None, turn.say("latest-none"))
        await turn.show(NAME, VERSION, Screen(text, (_back(turn),)))
    return found


async def _show_nothing(turn: Turn, wish: Subscription | None) -> None:
    begin = (
        Choice(turn.say("subscribe-button"), "choose", script="subscribe")
        if wish is None
        else Choice(turn.say("return-button"), "return", script=leave.NAME)
    )
    key = "menu-never" if wish is None else "menu-ended"
    rows = ((begin,), (Choice(turn.say("menu-forget"), "forget"),), await _special(turn))
    text = turn.text(turn.say("my-subscriptions"), turn.say(key))
    await turn.show(NAME, VERSION, Screen(text, rows))


async def _special(turn: Turn) -> tuple[Choice, ...]:
    """Return what only owners of channels and people with work to do have."""
    row = []
    duties = await work.duties(turn)
    if duties.network or await chats.connected(turn.connection, turn.person_id):
        row.append(Choice(turn.say("my-channels"), "list", script="channels"))
    if duties.works:
        row.append(Choice(turn.say("menu-work"), "menu", script=work.NAME))
    return tuple(row)


async def _lines(turn: Turn, wish: Subscription) -> list[str]:
    chosen = await organizations.named(turn.connection, wish.organizations)
    topics = [one.name for one in await rubrics.living(turn.connection) if one.id in wish.rubrics]
    lines = [
        turn.say("line-organizations", names=listed(chosen)) if chosen else turn.say("line-nobody"),
        turn.say("line-topics", names=", ".join(topics)) if topics else turn.say("line-all-topics"),
        turn.say("line-way", way=turn.say(MODE_WORDS[wish.mode])),
    ]
    if wish.mode is Mode.DIGEST:
        lines.append(turn.say("line-time", time=minute_words(wish.digest_minute)))
    lines.append(
        turn.say("line-night", hours=hours(wish.night)) if wish.night else turn.say("line-no-night")
    )
    if wish.paused_until is not None and _is_paused(wish, turn.now):
        lines.append(await _paused_line(turn, wish.paused_until))
    return lines


def _is_paused(wish: Subscription, now: int) -> bool:
    return wish.paused_until is not None and wish.paused_until > now


async def _paused_line(turn: Turn, until: int) -> str:
    if until >= FOREVER:
        return turn.say("line-paused-open")
    person = await people.get(turn.connection, turn.person_id)
    zone = turn.chat.zone or person.zone or turn.settings.zone
    return turn.say("line-paused", until=moment_words(until, zone))


async def _show_pauses(turn: Turn) -> None:
    rows = [(Choice(turn.say(key), "pause", {"days": days}),) for days, key in _PAUSES]
    text = turn.text(turn.say("pause-title"), turn.say("pause-text"))
    await turn.show(NAME, VERSION, Screen(text, (*rows, _back(turn))))


async def _pause(turn: Turn, days: int) -> None:
    wish = await active(turn)
    until = turn.now + days * DAY_MS if days else FOREVER
    await subscriptions.pause(turn.connection, wish.id, until)
    # A selection of this evening that is gathered already would come in spite of the pause.
    await outgoing.call_off_chat(turn.connection, turn.chat.id, turn.now)
    turn.answer(turn.say("saved"))
    await menu(turn)


async def _go_on(turn: Turn) -> None:
    wish = await active(turn)
    await subscriptions.pause(turn.connection, wish.id, None)
    turn.answer(turn.say("saved"))
    await menu(turn)


def _back(turn: Turn) -> tuple[Choice, ...]:
    return (Choice(turn.say("back"), "menu"),)

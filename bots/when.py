"""«Когда?»: a moment is asked for, in the person's own words or by a button; shared by several scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bots.screens import Choice, Screen
from bots.turn import Turn
from newsroom.calendar import read_when, say_when
from newsroom.calendar.zones import name_of, offset_of
from storage import dialogs, screens

ASK = "when"  # what a dialog's data hold under "ask" while a moment is waited for
NIGHT_ENDS = 5  # o'clock: until then «сегодня» and «завтра» may mislead
QUICK = 4  # moments offered as buttons
MOST = 8  # moments offered by a question
AHEAD = timedelta(minutes=15)  # what comes sooner is not offered
_HOURS = ((12, 18), (9, 18), (9, 18))  # offered today, tomorrow, the day after
_DAY_HOURS = (9, 12, 15, 18)  # offered when only the hour is missing
_YES = frozenset(["да", "верно", "ага", "угу", "так", "правильно", "yes", "ok", "ок"])


async def ask(
    turn: Turn,
    *,
    script: str,
    version: int,
    do: str,
    args: Mapping[str, Any],
    zone: ZoneInfo,
    title: str,
    back: Choice,
    note: str = "",
) -> None:
    """Ask for a moment: the answer comes by `said`, or by a press of `do` with `args` and "at" (ms UTC).

    `note` is a sentence about why it is asked again. A pressed moment may have passed meanwhile:
    whoever takes it looks at `has_passed` first.
    """
    data = {
        "ask": ASK,
        "script": script,
        "version": version,
        "do": do,
        "args": dict(args),
        "zone": zone.key,
        "title": title,
        "back": {
            "label": back.label,
            "do": back.do,
            "args": dict(back.args),
            "script": back.script,
        },
        "day": None,
        "only": None,
    }
    await _ask(turn, data, note)


async def said(turn: Turn, data: Mapping[str, Any]) -> int | None:
    """Return the moment (ms UTC) that a message names, counted from the message's own time.

    Without one that is sure, what is unclear is asked, and the answer is still waited for.
    """
    assert turn.incoming is not None
    here = ZoneInfo(data["zone"])
    text = turn.incoming.text.text
    if data["only"] is not None and text.strip().strip(".!").lower() in _YES:
        return await _take(turn, data, data["only"])
    day = None if data["day"] is None else date.fromisoformat(data["day"])
    read = read_when(text, _local(turn.incoming.at, here), day=day)
    if read.at is not None:
        return await _take(turn, data, _ms(read.at))
    if read.ask is None:
        await _ask(turn, data, turn.say("when-unclear"))
        return None
    choices = [one for one in read.choices if not has_passed(turn, _ms(one))]
    if read.choices and not choices:
        await _ask(turn, data, turn.say("when-passed"))
        return None
    if read.day is not None and not choices:
        choices = [datetime.combine(read.day, time(hour), here) for hour in _DAY_HOURS]
        choices = [one for one in choices if not has_passed(turn, _ms(one))]
    only = _ms(choices[0]) if len(read.choices) == 1 else None
    asked = None if read.day is None else read.day.isoformat()
    await _show(turn, {**data, "day": asked, "only": only}, (read.ask,), choices)
    return None


def has_passed(turn: Turn, at: int) -> bool:
    """Tell whether a moment (ms UTC) that a button offered lies behind by now."""
    return at <= turn.now


async def _take(turn: Turn, data: Mapping[str, Any], at: int) -> int | None:
    if has_passed(turn, at):
        await _ask(turn, data, turn.say("when-passed"))
        return None
    await dialogs.drop(turn.connection, turn.chat.id)
    moment = _local(at, ZoneInfo(data["zone"]))
    await _put_away(turn, data, say_when(moment))
    return at


async def _ask(turn: Turn, data: Mapping[str, Any], note: str) -> None:
    now = _local(turn.now, ZoneInfo(data["zone"]))
    lines = (note, turn.say("when-how"), turn.say("when-zone", zone=name_of(now)))
    await _show(turn, {**data, "day": None, "only": None}, lines, _quick(now))


async def _show(
    turn: Turn, data: Mapping[str, Any], lines: Sequence[str], choices: Sequence[datetime]
) -> None:
    script, version = data["script"], data["version"]
    await _put_away(turn, data, turn.say("when-below"))
    await dialogs.put(turn.connection, turn.chat.id, script, version, data, turn.now)
    offered = list(choices)[:MOST]
    labels = _labels(turn, offered, _local(turn.now, ZoneInfo(data["zone"])))
    buttons = [
        Choice(label, data["do"], {**data["args"], "at": _ms(moment)})
        for label, moment in zip(labels, offered, strict=True)
    ]
    rows = [tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2)]
    screen = Screen(turn.text(data["title"], *lines), (*rows, (Choice(**data["back"]),)))
    await turn.show(script, version, screen, subject=_subject(turn))


def _subject(turn: Turn) -> str:
    # One question a dialog: what was said answers the last one.
    return f"when:{turn.chat.id}"


async def _put_away(turn: Turn, data: Mapping[str, Any], line: str) -> None:
    """Take the buttons from older questions in this dialog."""
    for card in await screens.cards_about(turn.connection, _subject(turn)):
        if card.message != turn.pressed_message:
            text = turn.text(data["title"], line)
            script, version = data["script"], data["version"]
            await turn.show(script, version, Screen(text), instead_of=card.message)


def _quick(now: datetime) -> list[datetime]:
    """Return the next moments that people usually mean."""
    days = [now.date() + timedelta(days=ahead) for ahead in range(len(_HOURS))]
    moments = [
        datetime.combine(day, time(hour), now.tzinfo)
        for day, hours in zip(days, _HOURS, strict=True)
        for hour in hours
    ]
    soonest = now.astimezone(UTC) + AHEAD
    return [one for one in moments if one.astimezone(UTC) >= soonest][:QUICK]


def _labels(turn: Turn, moments: Sequence[datetime], now: datetime) -> list[str]:
    labels = [short(turn, moment, now) for moment in moments]
    # The same hour twice, when the clock goes back: told apart by the offset.
    return [
        f"{label} ({offset_of(moment)})" if labels.count(label) > 1 else label
        for label, moment in zip(labels, moments, strict=True)
    ]


def short(turn: Turn, moment: datetime, now: datetime) -> str:
    """Return a moment as a button says it: «завтра, 18:00», or with weekday and date."""
    local = now.astimezone(moment.tzinfo)
    ahead = (moment.date() - local.date()).days
    clock = f"{moment:%H:%M}"
    if local.hour >= NIGHT_ENDS and ahead == 0:
        return turn.say("when-today", time=clock)
    if local.hour >= NIGHT_ENDS and ahead == 1:
        return turn.say("when-tomorrow", time=clock)
    day = short_day(turn, moment.date())
    if moment.year != local.year:
        day = f"{day}.{moment:%Y}"
    return turn.say("when-on", day=day, time=clock)


def short_day(turn: Turn, day: date) -> str:
    """Return a day as a button says it: «пн 23.11»."""
    return turn.say("when-day", weekday=day.isoweekday(), date=f"{day:%d.%m}")


def _local(at: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)

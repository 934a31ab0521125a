"""The plan as people look at it: a week day by day, a month in short, one day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bots import when
from bots.screens import Choice, Screen, page_of
from bots.scripts import mine, plan_week
from bots.scripts import plan_words as words
from bots.scripts.plan_words import NAME, VERSION
from bots.turn import Refused, Turn
from newsroom import timetable
from newsroom.timetable import Planned, Standing
from newsroom.zones import zone_of
from storage import submissions
from storage.organizations import Organization

_IN_WEEK = 4  # posts with a button on a screen of a week; the ways need the rest
_IN_MONTH = 6  # days with a button
_LISTED = 40  # posts told one by one
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Board:
    """Whose plans a person sees, and in which zone."""

    councils: Sequence[Organization]
    zone: ZoneInfo

    @property
    def ids(self) -> list[int]:
        """Return the organizations' ids."""
        return [one.id for one in self.councils]


async def board(turn: Turn) -> Board | None:
    """Return what the person sees, None for somebody without a planning role."""
    found = await timetable.councils(turn.connection, turn.person_id)
    if not found:
        return None
    rules = turn.settings.rules
    return Board(found, await zone_of(turn.connection, rules, found[0].id))


async def own_board(turn: Turn) -> Board:
    """Return what the person sees; raises Refused for somebody without a planning role."""
    found = await board(turn)
    if found is None:
        raise Refused("no planning role")
    return found


async def menu(turn: Turn) -> None:
    """Show this week, or whom to ask for those who plan nothing."""
    here = await board(turn)
    if here is None:
        back = Choice(turn.say("back"), "menu", script="work")
        text = turn.text(turn.say("plan-title"), turn.say("plan-not-yours"))
        await turn.show(NAME, VERSION, Screen(text, ((back,),)))
        return
    await week(turn, here, _today(turn, here))


def _today(turn: Turn, here: Board) -> date:
    return words.local(turn.now, here.zone).date()


async def week_of(turn: Turn, post_id: int) -> None:
    """Show the week in which a post is planned."""
    about = await submissions.get(turn.connection, post_id)
    here = await board(turn)
    if here is None:
        await mine.menu(turn)
        return
    at = turn.now if about is None or about.due_at is None else about.due_at
    await week(turn, here, words.local(at, here.zone).date())


async def week(turn: Turn, here: Board, day: date, page: int = 0) -> None:
    """Show the week of a day, with the ways to others."""
    first = words.monday(day)
    this = words.monday(_today(turn, here))
    found = await _between(turn, here, first, first + _WEEK)
    page = min(max(page, 0), max(0, (len(found) - 1) // _IN_WEEK))
    lines = await _day_lines(turn, here, found, first)
    text = turn.text(
        turn.say("plan-title"),
        turn.say(
            "plan-week", first=_date(turn, first), last=_date(turn, first + timedelta(days=6))
        ),
        "\n".join(lines),
    )
    rows: list[tuple[Choice, ...]] = [
        (Choice(_label(turn, here, one), "open", {"post": one.about.post_id}),)
        for one in found[page * _IN_WEEK : (page + 1) * _IN_WEEK]
    ]
    span = {"from": first.isoformat()}
    if len(found) > (page + 1) * _IN_WEEK:
        rows.append((Choice(turn.say("further"), "week", {**span, "page": page + 1}),))
    count = len(await plan_week.open_to(turn, found))
    if count:
        rows.append((Choice(turn.say("plan-approve-week", count=count), "approve-week", span),))
    after = {"from": (first + _WEEK).isoformat()}
    rows.append(
        (
            Choice(turn.say("plan-next-week"), "week", after),
            Choice(turn.say("plan-month"), "month", {"month": f"{first:%Y-%m}"}),
        )
    )
    rows.append((Choice(turn.say("plan-new"), "new"),))
    if page:
        back = Choice(turn.say("back"), "week", {**span, "page": page - 1})
    elif first == this:
        back = Choice(turn.say("back"), "menu", script="work")
    else:
        before = first - _WEEK if first > this else this
        back = Choice(turn.say("back"), "week", {"from": before.isoformat()})
    rows.append((back,))
    await turn.show(NAME, VERSION, Screen(text, tuple(rows)))


async def _between(turn: Turn, here: Board, first: date, end: date) -> list[Planned]:
    start, stop = words.midnight(first, here.zone), words.midnight(end, here.zone)
    return await timetable.planned(turn.connection, here.ids, start, stop)


def _date(turn: Turn, day: date) -> str:
    return when.short_day(turn, day)


def _label(turn: Turn, here: Board, one: Planned) -> str:
    assert one.about.due_at is not None
    at = words.local(one.about.due_at, here.zone)
    return f"{when.short_day(turn, at.date())} {at:%H:%M} {words.title(one.revision)}"


async def _day_lines(turn: Turn, here: Board, found: Sequence[Planned], first: date) -> list[str]:
    """Return a week day by day: each day's posts with moment, title and how they stand."""
    lines: list[str] = []
    told = found[:_LISTED]
    for ahead in range(7):
        day = first + timedelta(days=ahead)
        there = [one for one in told if _day(here, one) == day]
        if not there:
            lines.append(turn.say("plan-day-empty", day=_date(turn, day)))
            continue
        lines.append(turn.say("plan-day", day=_date(turn, day)))
        lines += [entry(turn, here, one) for one in there]
    if len(found) > len(told):
        lines.append(turn.say("plan-more", count=len(found) - len(told)))
    return lines


def _day(here: Board, one: Planned) -> date:
    assert one.about.due_at is not None
    return words.local(one.about.due_at, here.zone).date()


def entry(turn: Turn, here: Board, one: Planned) -> str:
    """Return a line about one plan."""
    assert one.about.due_at is not None
    said = turn.say(
        "plan-entry",
        time=f"{words.local(one.about.due_at, here.zone):%H:%M}",
        title=words.title(one.revision),
        state=words.standing(turn, one.standing),
    )
    if len(here.councils) == 1:
        return said
    whose = {council.id: council.short for council in here.councils}
    return turn.say("plan-entry-whose", entry=said, name=whose[one.about.organization_id])


async def month(turn: Turn, here: Board, wanted: str, page: int = 0) -> None:
    """Show a month («2026-11») in short: how many posts on which day."""
    first = date.fromisoformat(f"{wanted}-01")
    after = (first + timedelta(days=31)).replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    found = await _between(turn, here, first, after)
    days = sorted({_day(here, one) for one in found})
    lines = [
        _month_line(turn, day, [one for one in found if _day(here, one) == day]) for day in days
    ]
    page = min(max(page, 0), max(0, (len(days) - 1) // _IN_MONTH))
    shown = days[page * _IN_MONTH : (page + 1) * _IN_MONTH]
    buttons = [Choice(_date(turn, day), "day", {"day": day.isoformat()}) for day in shown]
    rows = [tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2)]
    further: tuple[Choice, ...] = ()
    if len(days) > (page + 1) * _IN_MONTH:
        further = (Choice(turn.say("further"), "month", {"month": wanted, "page": page + 1}),)
    rows.append(
        (
            Choice(turn.say("plan-month-before"), "month", {"month": f"{before:%Y-%m}"}),
            Choice(turn.say("plan-month-after"), "month", {"month": f"{after:%Y-%m}"}),
        )
    )
    rows.append((Choice(turn.say("back"), "menu"), *further))
    text = turn.text(
        turn.say("plan-title"),
        turn.say("plan-month-of", month=first.month, year=str(first.year)),
        "\n".join(lines) or turn.say("plan-month-empty"),
    )
    await turn.show(NAME, VERSION, Screen(text, tuple(rows)))


def _month_line(turn: Turn, day: date, there: Sequence[Planned]) -> str:
    waiting = sum(one.standing is Standing.WAITING for one in there)
    line = turn.say("plan-month-day", day=_date(turn, day), count=len(there))
    return turn.say("plan-month-waiting", line=line, count=waiting) if waiting else line


async def day(turn: Turn, here: Board, wanted: date, page: int = 0) -> None:
    """Show the posts of one day."""
    found = await _between(turn, here, wanted, wanted + timedelta(days=1))
    entries = [
        Choice(_label(turn, here, one), "open", {"post": one.about.post_id}) for one in found
    ]
    shown, more = page_of(entries, page)
    args = {"day": wanted.isoformat()}
    back = (
        Choice(turn.say("back"), "day", {**args, "page": page - 1})
        if page > 0
        else Choice(turn.say("back"), "month", {"month": f"{wanted:%Y-%m}"})
    )
    further = (Choice(turn.say("further"), "day", {**args, "page": page + 1}),) if more else ()
    lines = [entry(turn, here, one) for one in found[:_LISTED]]
    text = turn.text(
        turn.say("plan-day", day=_date(turn, wanted)),
        "\n".join(lines) or turn.say("plan-month-empty"),
    )
    rows = (*((one,) for one in shown), (back, *further))
    await turn.show(NAME, VERSION, Screen(text, rows))


async def explain(turn: Turn) -> None:
    """Say how a post gets into the plan."""
    back = (Choice(turn.say("back"), "menu"),)
    text = turn.text(turn.say("plan-new"), turn.say("plan-new-text"))
    await turn.show(NAME, VERSION, Screen(text, (back,)))

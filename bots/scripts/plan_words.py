"""What the plan's screens have in common: names of things, moments, warnings, who else is to know."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bots.objections import sentence
from bots.scripts.review_case import moment, name_of, title_of
from bots.times import hours
from bots.turn import Turn
from newsroom import plans, timetable
from newsroom.objection import Objection, Why
from newsroom.rewrite import Content
from newsroom.timetable import Standing
from newsroom.zones import zone_of
from storage import posts
from storage.posts import RevisionRow
from storage.submissions import Submission

NAME = "plan"
VERSION = 1
_NAMED = 3  # neighbours that a warning names

_STANDINGS: Mapping[Standing, str] = {
    Standing.WAITING: "standing-waiting",
    Standing.APPROVED: "standing-approved",
    Standing.OUT: "standing-out",
    Standing.LAPSED: "standing-lapsed",
    Standing.MISSED: "standing-missed",
    Standing.RETURNED: "standing-returned",
    Standing.REFUSED: "standing-refused",
    Standing.OFF: "standing-off",
}


def standing(turn: Turn, how: Standing) -> str:
    """Return how a plan stands, in words."""
    return turn.say(_STANDINGS[how])


def title(revision: RevisionRow, length: int = 60) -> str:
    """Return what a text is called among others; code points."""
    return title_of(Content(revision.title, revision.body, ()), length)


async def zone(turn: Turn, about: Submission) -> ZoneInfo:
    """Return the zone in which a post's moments are said."""
    return await zone_of(turn.connection, turn.settings.rules, about.organization_id)


def local(at: int, where: ZoneInfo) -> datetime:
    """Return a moment (ms UTC) on the clocks of a zone."""
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(where)


def midnight(day: date, where: ZoneInfo) -> int:
    """Return when a day begins in a zone (ms UTC)."""
    return int(datetime.combine(day, time(), where).timestamp() * 1000)


def monday(day: date) -> date:
    """Return the first day of a day's week."""
    return day - timedelta(days=day.weekday())


async def moment_lines(turn: Turn, about: Submission, at: int) -> list[str]:
    """Return a moment with weekday, date and zone, and its limit."""
    where = await zone(turn, about)
    lines = [turn.say("plan-moment", when=moment(turn, at, where))]
    if about.not_after_at is not None:
        lines.append(turn.say("plan-limit", when=moment(turn, about.not_after_at, where)))
    return lines


async def warnings(turn: Turn, about: Submission, at: int) -> list[str]:
    """Return what speaks against a moment (ms UTC): other posts nearby, the hours of night."""
    where = await zone(turn, about)
    lines = []
    for post_id, near in (await timetable.neighbours(turn.connection, about, at))[:_NAMED]:
        called = title(await posts.latest_revision(turn.connection, post_id))
        lines.append(turn.say("plan-near", title=called, time=f"{local(near, where):%H:%M}"))
    night = turn.settings.rules.night
    if night is not None and timetable.is_night(turn.settings.rules, local(at, where)):
        lines.append(turn.say("plan-night", hours=hours(night)))
    return lines


async def objection(turn: Turn, why: Objection, post_id: int) -> str:
    """Return why the desk does not do it, with the name of whoever was faster."""
    if why.why is not Why.DECIDED:
        return sentence(turn, why)
    decided = why.person_id or await plans.last_word(turn.connection, post_id)
    return sentence(turn, why, await name_of(turn, decided))

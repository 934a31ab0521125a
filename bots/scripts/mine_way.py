"""What all screens of «Мои новости» share: the way back, who may look, what a post is called."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bots.screens import Choice, shorten
from bots.turn import Refused, Turn
from newsroom import access
from newsroom.calendar.words import MONTH_NAMES
from newsroom.zones import zone_of
from storage import people, posts, reports, reviews, submissions
from storage.posts import PostRow
from storage.submissions import Submission

NAME = "mine"
VERSION = 1
_TITLE = 80  # code points


def pack(back: Choice) -> dict[str, Any]:
    """Return a way back as what a button can carry."""
    return {"script": back.script, "do": back.do, "args": dict(back.args)}


def way_back(turn: Turn, args: Mapping[str, Any]) -> Choice:
    """Return the way back that a button carried; without one it leads to the list."""
    known = args.get("back") or {"script": NAME, "do": "menu", "args": {}}
    return Choice(turn.say("back"), known["do"], known["args"], script=known["script"])


async def own(turn: Turn, post_id: int) -> Submission:
    """Return a submission of the person. Raises Refused for somebody else's."""
    about = await submissions.get(turn.connection, post_id)
    if about is None or about.author_id != turn.person_id:
        raise Refused("not the author")
    return about


async def visible(turn: Turn, post_id: int) -> PostRow | None:
    """Return a post whose story the person may see: its author, who decides about it, administrators."""
    post = await posts.get(turn.connection, post_id)
    if post is None:
        return None
    about = await submissions.get(turn.connection, post_id)
    if (about is not None and about.author_id == turn.person_id) or await turn.is_administrator():
        return post
    asked = {one.organization_id for one in await reviews.of_post(turn.connection, post_id)}
    sent = about is None or about.sent_at is not None
    for desk in {post.organization_id, *asked} if sent else ():
        if await access.may_judge(turn.connection, turn.person_id, desk):
            return post
    return None


async def required(turn: Turn, post_id: int) -> PostRow:
    """Return a post whose story the person may see. Raises Refused otherwise."""
    post = await visible(turn, post_id)
    if post is None:
        raise Refused("neither author nor moderator")
    return post


async def title_of(turn: Turn, post_id: int) -> str:
    """Return what a post is called: its title, or the beginning of its text."""
    found = await reports.heading(turn.connection, post_id)
    said = found.title or found.body.text.strip().partition("\n")[0]
    return shorten(said, _TITLE) or turn.say("mine-untitled")


async def zone(turn: Turn, organization_id: int) -> ZoneInfo:
    """Return the zone in which an organization's moments are said."""
    return await zone_of(turn.connection, turn.settings.rules, organization_id)


def day(at: int, zone: ZoneInfo) -> str:
    """Return the day of a moment (ms UTC): «23 ноября»."""
    local = datetime.fromtimestamp(at / 1000, zone)
    return f"{local.day} {MONTH_NAMES[local.month - 1]}"


def moment(at: int, zone: ZoneInfo) -> str:
    """Return a moment (ms UTC): «23 ноября, 18:02»."""
    return f"{day(at, zone)}, {datetime.fromtimestamp(at / 1000, zone):%H:%M}"


async def name_of(turn: Turn, person_id: int | None) -> str:
    """Return what a person is called, also one who had the own data removed."""
    name = "" if person_id is None else (await people.get(turn.connection, person_id)).name
    return shorten(name, 60) or turn.say("mine-person-gone")

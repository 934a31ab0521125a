"""Statistics: numbers that nobody measured but that always come out alike and fit the world."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from sandbox.vk import groups
from sandbox.vk.ask import Ask
from sandbox.vk.errors import refuse
from sandbox.vk.spec import USER, method
from sandbox.world import Account, Message

MAX_POSTS, MAX_DAYS = 30, 365
DAY = 86400  # seconds
_SETTLED_S = 2 * DAY  # seconds after which a post is seen by nobody new


def post_reach(ask: Ask) -> list[dict[str, int]]:
    """stats.getPostReach: 210 for a post that is not there."""
    account, wall = ask.wall()
    ask.params.need_text("post_ids")
    members = len(groups.members(ask.world, account))
    found = [wall.find(number) for number in ask.params.wholes("post_ids", MAX_POSTS)]
    if any(said is None for said in found):
        raise refuse(210)
    return [_reach(account, said, members, ask.now) for said in found if said]


def of_days(ask: Ask) -> list[dict[str, Any]]:
    """stats.get: days (UTC), newest first: today, or at most a year; other intervals are refused (100)."""
    account = ask.community(needed=True)
    if (ask.params.text("interval") or "day") != "day":
        raise refuse(100, "interval is not supported by the sandbox")
    last = int(ask.params.whole("timestamp_to") or ask.now) // DAY
    count = ask.params.whole("intervals_count")
    first = int(ask.params.whole("timestamp_from") or 0) // DAY
    most = min(count or (MAX_DAYS if first else 1), MAX_DAYS)
    days = range(last, max(first, last - most + 1) - 1, -1)
    wall = ask.world.chat("vk", -account.id)
    posts = wall.messages if wall else []
    members = len(groups.members(ask.world, account))
    return [_day(account, day, posts, members, ask.now) for day in days]


def _day(
    account: Account, day: int, posts: Sequence[Message], members: int, now: float
) -> dict[str, Any]:
    """Add up what the posts of a day reached."""
    reached = [_reach(account, said, members, now) for said in posts if int(said.at) // DAY == day]
    subscribers = max((one["reach_subscribers"] for one in reached), default=0)
    total = max((one["reach_total"] for one in reached), default=0)
    visits = sum(one["to_group"] for one in reached)
    return {
        "period_from": day * DAY,
        "period_to": day * DAY + DAY - 1,
        "visitors": {"views": visits, "visitors": visits},
        "reach": {"reach": total, "reach_subscribers": subscribers},
        "activity": {
            "subscribed": sum(one["join_group"] for one in reached),
            "unsubscribed": sum(one["unsubscribe"] for one in reached),
        },
    }


def _reach(account: Account, said: Message, members: int, now: float) -> dict[str, int]:
    """Derive the numbers of a post: a fixed part of the members, growing over two days, and some strangers."""
    grown = min(1.0, max(0.0, now - said.at) / _SETTLED_S) ** 0.5
    subscribers = round(members * _part(account, said, "reach", 0.35, 0.85) * grown)
    viral = round(subscribers * _part(account, said, "viral", 0.05, 0.4))
    clicks = {
        "links": round(subscribers * _part(account, said, "links", 0, 0.08))
        if said.extra.get("links")
        else 0,
        "to_group": round(viral * _part(account, said, "to_group", 0, 0.2)),
        "join_group": round(viral * _part(account, said, "join_group", 0, 0.05)),
        "unsubscribe": round(subscribers * _part(account, said, "unsubscribe", 0, 0.004)),
        "hide": round(subscribers * _part(account, said, "hide", 0, 0.006)),
        "report": 0,
    }
    return {
        "post_id": said.id,
        "reach_subscribers": subscribers,
        "reach_subscribers_count": subscribers,
        "reach_viral": viral,
        "reach_ads": 0,
        "reach_total": subscribers + viral,
        "reach_total_count": subscribers + viral,
        **clicks,
    }


def _part(account: Account, said: Message, what: str, low: float, high: float) -> float:
    """Return a number between two that depends on nothing but the post and what is asked."""
    digest = sha256(f"{account.id}_{said.id}/{what}".encode()).digest()
    return low + (high - low) * int.from_bytes(digest[:4]) / 2**32


METHODS = {
    "stats.get": method(
        of_days, USER, "group_id timestamp_from timestamp_to interval intervals_count",
        missing="intervals other than days, ages and places; the numbers follow from the posts of a day",
    ),
    "stats.getPostReach": method(
        post_reach, USER, "owner_id post_ids",
        missing="real measurement: the numbers follow from the members and the age of a post",
    ),
}  # fmt: skip

"""When a post reaches a chat: at once, with others in the evening, after a word of the owner, or not at all.

Pure: local wall time comes from the chat's zone, moments are milliseconds since 1970 (UTC).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, auto
from zoneinfo import ZoneInfo

from core.words import Mode

MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class Wish:
    """What a chat asked for; minutes are after local midnight, `gap_s` seconds."""

    mode: Mode
    digest_minute: int
    zone: ZoneInfo
    night_from: int | None = None
    night_to: int | None = None
    day_limit: int | None = None
    gap_s: int | None = None


class How(Enum):
    """In which form a post reaches the chat."""

    ALONE = auto()
    DIGEST = auto()
    ASK = auto()
    NOT = auto()


@dataclass(frozen=True, slots=True)
class Choice:
    """The form, and the moment it is due (ms UTC)."""

    how: How
    due_at: int = 0


def choose(wish: Wish, *, urgent: bool, now: int, moments: Sequence[int] = ()) -> Choice:
    """Decide for one post and one chat; `moments` are when its other posts of late are due, earliest first."""
    if wish.mode is Mode.URGENT_ONLY and not urgent:
        return Choice(How.NOT)
    if wish.mode is Mode.ASK:
        return Choice(How.ASK, now)
    if urgent:
        return Choice(How.ALONE, after_night(wish, now))
    if wish.mode is Mode.DIGEST:
        return Choice(How.DIGEST, next_digest(wish, now))
    due = first = after_night(wish, now)
    if wish.gap_s is not None and moments:
        due = after_night(wish, max(due, moments[-1] + wish.gap_s * 1000))
    if wish.day_limit is not None:
        day = _local(due, wish.zone).date()
        same_day = sum(_local(moment, wish.zone).date() == day for moment in moments)
        if same_day >= wish.day_limit or day > _local(first, wish.zone).date():
            return Choice(How.DIGEST, next_digest(wish, now))
    return Choice(How.ALONE, due)


def after_night(wish: Wish, at: int) -> int:
    """Return the moment itself, or the end of the quiet hours it falls into."""
    if wish.night_from is None or wish.night_to is None or wish.night_from == wish.night_to:
        return at
    local = _local(at, wish.zone)
    minute = local.hour * 60 + local.minute
    over_midnight = wish.night_from > wish.night_to
    if over_midnight:
        quiet = minute >= wish.night_from or minute < wish.night_to
    else:
        quiet = wish.night_from <= minute < wish.night_to
    if not quiet:
        return at
    day = local.date()
    if over_midnight and minute >= wish.night_from:
        day += timedelta(days=1)
    return _moment(day, wish.night_to, wish.zone)


def next_digest(wish: Wish, now: int) -> int:
    """Return the next moment of the chat's selection, strictly after now and outside its quiet hours."""
    day = _local(now, wish.zone).date()
    at = _moment(day, wish.digest_minute, wish.zone)
    if at <= now:
        at = _moment(day + timedelta(days=1), wish.digest_minute, wish.zone)
    return after_night(wish, at)


def day_start(now: int, zone: ZoneInfo) -> int:
    """Return the local midnight before now."""
    return _moment(_local(now, zone).date(), 0, zone)


def _local(at: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone)


def _moment(day: date, minute: int, zone: ZoneInfo) -> int:
    # A wall time that a clock change skips or doubles: zoneinfo takes the first reading, fold 0.
    wall = datetime.combine(day, time(minute // 60, minute % 60), zone)
    return int(wall.timestamp() * 1000)

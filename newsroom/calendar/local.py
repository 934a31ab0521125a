"""From wall time to moments, where the clock may be put forward or back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

from newsroom.calendar.hours import Slot
from newsroom.calendar.items import Zone

_MINUTE = timedelta(minutes=1)
_GAP = "В этот день часы переводят вперёд, и {} не бывает."
_FOLD = "В этот день часы переводят назад, и {} бывает дважды."
_OTHER_ZONE = "Время названо в другом часовом поясе."


@dataclass(frozen=True, slots=True)
class Moments:
    """Moments in the future, soonest first, and what is uncertain about them."""

    at: tuple[datetime, ...]
    reasons: tuple[str, ...] = ()
    has_passed: bool = False


def whole_minute(moment: datetime) -> datetime:
    """Return it rounded up to a whole minute, as an instant: no change of the clocks disturbs it."""
    instant = moment.astimezone(UTC)
    whole = instant.replace(second=0, microsecond=0)
    return (whole if whole == instant else whole + _MINUTE).astimezone(moment.tzinfo)


def moments_at(
    days: Sequence[date], slots: Sequence[Slot], now: datetime, zones: Sequence[Zone] = ()
) -> Moments:
    """Return the moments of the slots of the days that are ahead of `now`."""
    found: list[datetime] = []
    reasons: list[str] = []
    for day in days:
        for slot in slots:
            wall = datetime.combine(day + timedelta(days=slot.shift), slot.at)
            moments, why = _of_wall(wall, now, zones)
            found += moments
            reasons += [why] if why else []
    ahead = future(found, now)
    return Moments(ahead, tuple(dict.fromkeys(reasons)), bool(found) and not ahead)


def future(moments: Iterable[datetime], now: datetime) -> tuple[datetime, ...]:
    """Return the moments after `now`, each once, soonest first."""
    # Two moments of one zone compare by the wall clock; only in UTC do they compare as instants.
    instants = sorted({moment.astimezone(UTC) for moment in moments})
    return tuple(i.astimezone(now.tzinfo) for i in instants if i > now.astimezone(UTC))


def _of_wall(
    wall: datetime, now: datetime, zones: Sequence[Zone]
) -> tuple[list[datetime], str | None]:
    others = {zone.minutes for zone in zones if zone.minutes is not None}
    if not others:
        return _in_zone(wall, now.tzinfo)
    here = wall.replace(tzinfo=now.tzinfo).utcoffset() or timedelta()
    there = [timezone(timedelta(minutes=minutes)) for minutes in sorted(others)]
    if all(zone.utcoffset(None) == here for zone in there):
        return _in_zone(wall, now.tzinfo)
    return [wall.replace(tzinfo=zone).astimezone(now.tzinfo) for zone in there], _OTHER_ZONE


def _in_zone(wall: datetime, zone: tzinfo | None) -> tuple[list[datetime], str | None]:
    first, second = wall.replace(tzinfo=zone), wall.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return [first], None
    # In a gap the two readings come back from UTC with another wall time.
    both = [whole_minute(first), whole_minute(second)]
    is_gap = both[0].replace(tzinfo=None) != wall
    return both, (_GAP if is_gap else _FOLD).format(f"{wall:%H:%M}")

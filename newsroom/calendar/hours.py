"""Which moments of a day the words for hours mean, and which hours are offered when none was named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from newsroom.calendar.items import Clock, Style
from newsroom.calendar.words import Part

OFFERED = {
    None: (9, 12, 18),
    Part.MORNING: (8, 9, 10),
    Part.DAY: (12, 14, 15),
    Part.EVENING: (18, 19, 20),
    Part.NIGHT: (22, 23),
    Part.LUNCH: (12, 13),
    Part.AFTERNOON: (14, 15, 16),
}
OFFERED_ON_TWO = (9, 18)  # o'clock, when the day is not sure either
LATE = 21  # o'clock: offered when the usual hours of today have passed

# Hours of the 12-hour clock by the part of the day that Russians join them with.
_ON_THE_DIAL = {
    Part.MORNING: {hour: hour for hour in range(1, 12)},
    Part.DAY: {12: 12, 0: 12, 10: 10, 11: 11} | {hour: hour + 12 for hour in range(1, 6)},
    Part.EVENING: {hour: hour + 12 for hour in range(4, 12)},
    Part.NIGHT: {hour: hour for hour in range(1, 6)} | {10: 22, 11: 23},
    Part.LUNCH: {12: 12, 0: 12, 11: 11, 1: 13, 2: 14, 3: 15},
    Part.AFTERNOON: {hour: hour + 12 for hour in range(1, 7)} | {12: 12, 0: 12},
}
# And of the 24-hour clock: «18 часов вечера».
_WHOLE = {
    Part.MORNING: range(0),
    Part.DAY: range(13, 18),
    Part.EVENING: range(16, 24),
    Part.NIGHT: range(22, 24),
    Part.LUNCH: range(13, 16),
    Part.AFTERNOON: range(13, 19),
}
_DOES_NOT_FIT = "{hour}:{minute:02} и «{part}» не сходятся."
_NIGHT_OF_TWO_DAYS = "Ночь бывает в начале и в конце суток."
_MIDNIGHT = "Полночь бывает в начале и в конце суток."


@dataclass(frozen=True, slots=True)
class Slot:
    """A time of day; `shift` is 1 when the night belongs to the day before it."""

    at: time
    shift: int = 0


@dataclass(frozen=True, slots=True)
class Slots:
    """The times a phrase may mean; a sure one has no `why`."""

    slots: tuple[Slot, ...]
    why: str | None = None

    @property
    def without_next_night(self) -> Slots:
        """Return them as meant without a day: an hour alone is the next one on the clock."""
        if self.why not in (_NIGHT_OF_TWO_DAYS, _MIDNIGHT):
            return self
        return Slots(tuple(slot for slot in self.slots if slot.shift == 0))


def slots_of(clocks: Sequence[Clock], parts: Sequence[Part]) -> Slots:
    """Return the times that clocks mean, if all of them mean the same."""
    part = parts[0] if len(set(parts)) == 1 else None
    readings = [_slots(clock, one) for clock in clocks for one in (clock.part, part) if one]
    readings += [_slots(clock, None) for clock in clocks if not clock.part and not part]
    read = list(dict.fromkeys(readings))
    if len(read) == 1 and len(set(parts)) < 2:
        return read[0]
    every = {slot for one in read for slot in one.slots}
    return Slots(tuple(sorted(every, key=lambda s: (s.shift, s.at)))[:4], "Названо разное время.")


def _slots(clock: Clock, part: Part | None) -> Slots:
    if part is None:
        return _alone(clock)
    if clock.hour in (0, 12, 24) and part in (Part.NIGHT, Part.EVENING):
        if clock.minute == 0:
            return _midnight()
        if part is Part.NIGHT:
            return _nightly(0, clock.minute)
    is_zero_hour = clock.hour == 0 and clock.style is not Style.DIAL
    hour = None if is_zero_hour else _ON_THE_DIAL[part].get(clock.hour)
    if hour is None and clock.hour in _WHOLE[part]:
        hour = clock.hour
    if hour is None:
        why = _DOES_NOT_FIT.format(hour=clock.hour, minute=clock.minute, part=part)
        return Slots(_alone(clock).slots, why)
    if part is Part.NIGHT and hour < 6:
        return _nightly(hour, clock.minute)
    return Slots((Slot(time(hour, clock.minute)),))


def _alone(clock: Clock) -> Slots:
    """Return what an hour means without a part of the day."""
    if clock.hour == 24 or (clock.hour, clock.minute, clock.style) == (0, 0, Style.FIGURES):
        return _midnight()
    if clock.hour == 0 and clock.minute == 0 and clock.style is Style.BARE:
        return _midnight()
    early = Slot(time(clock.hour % 24, clock.minute))
    twice = clock.style is Style.DIAL or (clock.style is Style.BARE and 1 <= clock.hour <= 8)
    if not twice:
        return Slots((early,))
    late = Slot(time(clock.hour + 12, clock.minute))
    why = "Ночью или днём?" if clock.hour < 4 else "Утром или вечером?"
    return Slots((early, late), why)


def _midnight() -> Slots:
    return Slots((Slot(time(0)), Slot(time(0), 1)), _MIDNIGHT)


def _nightly(hour: int, minute: int) -> Slots:
    at = time(hour, minute)
    return Slots((Slot(at), Slot(at, 1)), _NIGHT_OF_TWO_DAYS)

"""The answer to a phrase: a moment, a question, or no time at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from newsroom.calendar.saying import question

FARTHEST = timedelta(days=400)
_FAR = "Это больше чем через год."
PASSED = "Это время уже прошло."


class Grain(StrEnum):
    """How exact a phrase was."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class When:
    """What a phrase means: a moment (`at`), a question (`ask`), or, with neither, no time at all.

    `at` and `choices` are whole minutes after `now`, in its zone, the choices soonest first. `day`
    is set when only the hour is missing: give it to the next `read_when`.
    """

    at: datetime | None
    ask: str | None
    choices: tuple[datetime, ...] = ()
    grain: Grain | None = None
    day: date | None = None


NOTHING = When(None, None)


def is_far(moment: datetime, now: datetime) -> bool:
    """Tell whether a moment is too far ahead to be taken without a question."""
    return moment.astimezone(UTC) - now.astimezone(UTC) > FARTHEST


def answer(
    reasons: Sequence[str], moments: Sequence[datetime], grain: Grain, now: datetime
) -> When:
    """Return the only moment if there is no reason to ask, else the question."""
    far = [_FAR] if any(is_far(moment, now) for moment in moments) else []
    if len(moments) == 1 and not reasons and not far:
        return When(moments[0], None, grain=grain)
    return When(None, question([*reasons, *far], moments), tuple(moments), grain)

"""Hours and dates as people read them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def minute_words(minute: int) -> str:
    """Return minutes after midnight as a time of day."""
    return f"{minute // 60}:{minute % 60:02}"


def hours(night: tuple[int, int]) -> str:
    """Return two times of day as a span; full hours without their zeros."""
    return "–".join(
        str(minute // 60) if minute % 60 == 0 else minute_words(minute) for minute in night
    )


def moment_words(at: int, zone: str) -> str:
    """Return a moment (ms UTC) as date and time in a zone."""
    local = datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone))
    return local.strftime("%d.%m.%Y %H:%M")

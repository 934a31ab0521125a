"""Dates as feeds write them: RFC 822 with English or Russian words, ISO 8601, and the Russian day.month.year."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

MOSCOW = ZoneInfo("Europe/Moscow")
_YEARS = range(1990, 2101)
_DAY_MS = 24 * 3600 * 1000
# By their first three letters, which also serve all cases («ноября») and shortenings («нояб.»).
_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
    "янв": 1, "фев": 2, "мар": 3, "апр": 4, "май": 5, "мая": 5, "июн": 6,
    "июл": 7, "авг": 8, "сен": 9, "окт": 10, "ноя": 11, "дек": 12,
}  # fmt: skip
# Hours east of Greenwich. Russian zones by their usual Latin and Russian letters.
_ZONES = {
    "ut": 0, "utc": 0, "gmt": 0, "z": 0, "wet": 0, "bst": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "usz1": 2, "msk": 3, "мск": 3, "msd": 4, "samt": 4, "yekt": 5, "omst": 6, "novt": 7, "krat": 7,
    "irkt": 8, "yakt": 9, "vlat": 10, "magt": 11, "sakt": 11, "pett": 12,
}  # fmt: skip
_TIME = r"(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:[.,](?P<part>\d{1,9}))?)?"
_AFTER = r"[\s,]*(?:в\s+)?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        # 2026-11-22T20:30:00+03:00, 2026-11-22 20:30, 2026-11-22
        r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?:(?:T|\s+)" + _TIME + ")?",
        # 20261122T203000Z
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?:T(?P<hour>\d\d):?(?P<minute>\d\d):?(?P<second>\d\d)?)?",
        # Sun, 22 Nov 2026 20:30:00 +0300; 22 ноября 2026 г., 20:30
        r"(?:[^\W\d]+\.?,?\s+)?(?P<day>\d{1,2})[\s-]+(?P<word>[^\W\d]{3,9})\.?[\s,-]+(?P<year>\d{4}|\d\d)"
        r"(?:\s*(?:года|г\.?))?(?:" + _AFTER + _TIME + ")?",
        # Nov 22, 2026 20:30
        r"(?:[^\W\d]+\.?,?\s+)?(?P<word>[^\W\d]{3,9})\.?\s+(?P<day>\d{1,2}),?\s+(?P<year>\d{4})"
        r"(?:" + _AFTER + _TIME + ")?",
        # Sun Nov 22 20:30:00 2026
        r"[^\W\d]+\s+(?P<word>[^\W\d]{3,9})\s+(?P<day>\d{1,2})\s+" + _TIME + r"\s+(?P<year>\d{4})",
        # 22.11.2026 20:30
        r"(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>\d{4})(?:" + _AFTER + _TIME + ")?",
    )
)
_OFFSET = re.compile(
    r"\s*(?:gmt|utc?)?\s*(?P<sign>[+\-−])(?P<hours>\d\d?):?(?P<minutes>\d\d)?(?!\d)", re.IGNORECASE
)
_LETTERS = re.compile(r"\s*\(?\s*(?P<name>[^\W_][\w]{0,4})\b")


def read(text: str, zone: tzinfo = MOSCOW) -> int | None:
    """Return the instant, milliseconds since 1970 (UTC), or None for what is no possible date.

    A date that names no zone it knows is local time in `zone`; without a time it is midnight.
    """
    text = " ".join(text[:200].split())
    for form in _FORMS:
        match = form.match(text)
        if match is not None:
            return _instant(match.groupdict(), text[match.end() :], zone)
    return None


def believable(at: int | None, now: int) -> int | None:
    """Return the date unless it lies more than a day ahead of `now`: a mistaken year must plan nothing."""
    return None if at is None or at > now + _DAY_MS else at


def _instant(found: dict[str, str | None], rest: str, zone: tzinfo) -> int | None:
    word = found.get("word")
    month = _MONTHS.get(word[:3].lower()) if word else int(found["month"] or 0)
    year = int(found["year"] or 0)
    if len(found["year"] or "") == 2:
        year += 2000 if year < 70 else 1900
    if month is None or year not in _YEARS:
        return None
    part = (found.get("part") or "").ljust(6, "0")[:6]
    try:
        local = datetime(
            year,
            month,
            int(found["day"] or 0),
            int(found.get("hour") or 0),
            int(found.get("minute") or 0),
            min(int(found.get("second") or 0), 59),  # a leap second is written 60
            int(part),
            tzinfo=_zone(rest, zone),
        )
        since = local - datetime(1970, 1, 1, tzinfo=timezone(timedelta()))
    except (ValueError, OverflowError):
        return None
    return since // timedelta(milliseconds=1)


def _zone(rest: str, zone: tzinfo) -> tzinfo:
    offset = _OFFSET.match(rest)
    if offset is not None:
        minutes = int(offset["hours"]) * 60 + int(offset["minutes"] or 0)
        if minutes >= 24 * 60:
            return zone
        return timezone(timedelta(minutes=minutes if offset["sign"] == "+" else -minutes))
    letters = _LETTERS.match(rest)
    hours = _ZONES.get(letters["name"].lower()) if letters is not None else None
    return zone if hours is None else timezone(timedelta(hours=hours))

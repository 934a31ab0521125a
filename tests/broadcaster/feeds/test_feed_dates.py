from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.feeds.dates import believable, read

EVENING = "2026-11-22T17:30:00+00:00"


@pytest.mark.parametrize(
    "written",
    [
        "Sun, 22 Nov 2026 20:30:00 +0300",
        "Sun, 22 Nov 2026 17:30:00 GMT",
        "Sun, 22 Nov 2026 17:30:00 UT",
        "Sun, 22 Nov 2026 17:30:00 Z",
        "Sun, 22 Nov 2026 20:30:00 MSK",
        "Sun, 22 Nov 2026 20:30:00 (MSK)",
        "Sun, 22 Nov 2026 20:30:00 +03:00",
        "Sun, 22 Nov 2026 20:30:00 +3",
        "Sun, 22 Nov 2026 20:30:00 GMT+3",
        "Sun, 22 Nov 2026 20:30:00 UTC+03:00",
        "Sun, 22 Nov 2026 12:30:00 EST",
        "Sun, 22 Nov 2026 21:30:00 SAMT",
        "Sunday, 22 November 2026 20:30:00",
        "22 Nov 26 20:30:00 +0300",
        "Вс, 22 ноя 2026 20:30:00 +0300",
        "Воскресенье, 22 ноября 2026 20:30",
        "22 ноября 2026 г., 20:30",
        "22 ноября 2026 года в 20:30",
        "22 нояб. 2026 20:30 мск",
        "22-Nov-2026 20:30:00",
        "Nov 22, 2026 20:30",
        "Sun Nov 22 20:30:00 2026",
        "2026-11-22T20:30:00+03:00",
        "2026-11-22T17:30:00Z",
        "2026-11-22T17:30:00.000Z",
        "2026-11-22 20:30",
        "2026-11-22 20:30:00 +0300",
        "20261122T173000Z",
        "22.11.2026 20:30",
        "22.11.2026, 20:30:00",
        "  Sun,  22 Nov\n2026 20:30:00 +0300 ",
    ],
)
def test_one_evening_written_in_many_ways_is_one_instant(written: str) -> None:
    assert read(written) == datetime.fromisoformat(EVENING).timestamp() * 1000


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("Mon, 9 мая 2026", "2026-05-08T21:00:00+00:00"),
        ("1 май 2026", "2026-04-30T21:00:00+00:00"),
        ("2026-05-09", "2026-05-08T21:00:00+00:00"),
        ("09.05.2026", "2026-05-08T21:00:00+00:00"),
        ("Thu, 31 Dec 2026 23:59:60 +0000", "2026-12-31T23:59:59+00:00"),
        ("2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00.500+00:00"),
        ("Sun, 22 Nov 2026 20:30:00 +9999", EVENING),
        ("Sun, 22 Nov 2026 20:30:00 XYZ", EVENING),
    ],
)
def test_unusual_dates_are_read(written: str, instant: str) -> None:
    assert read(written) == datetime.fromisoformat(instant).timestamp() * 1000


def test_a_date_without_a_zone_is_in_the_given_one() -> None:
    assert read("2026-11-22 22:30", ZoneInfo("Asia/Yekaterinburg")) == read("2026-11-22T17:30Z")


@pytest.mark.parametrize(
    "written",
    [
        "", "сегодня", "31 Feb 2026 10:00", "32.01.2026", "2026-13-01", "Sun, 22 Foo 2026 10:00:00",
        "22 Nov 2026 25:00:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1795368600", "0000-00-00 00:00:00",
        "1 " * 500_000,
    ],
)  # fmt: skip
def test_impossible_dates_are_none(written: str) -> None:
    assert read(written) is None


@given(st.text(alphabet="0123456789-:TZ+. ноябмаяNovGMT,", max_size=40))
def test_reading_a_date_never_raises(written: str) -> None:
    at = read(written)
    assert at is None or isinstance(at, int)


def test_a_date_more_than_a_day_ahead_is_not_believed() -> None:
    day = 24 * 3600 * 1000
    assert believable(day, 0) == day
    assert believable(day + 1, 0) is None
    assert believable(None, 0) is None

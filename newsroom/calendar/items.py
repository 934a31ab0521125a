"""What stands in a phrase: days, hours, spans, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum, auto

from newsroom.calendar.words import Mark, Part, Which


class Style(Enum):
    """How an hour is written, and so how much of the day it covers."""

    FIGURES = auto()  # 18:00, 6:30: the 24-hour clock
    BARE = auto()  # «в 18», «в 6»: up to 8 it is morning or evening
    DIAL = auto()  # «полседьмого»: always twice a day


@dataclass(frozen=True, slots=True)
class Relative:
    """«сегодня», «завтра»: days from today."""

    days: int


@dataclass(frozen=True, slots=True)
class Weekday:
    """A day of the week, Monday is 0."""

    number: int
    which: Which = Which.PLAIN


@dataclass(frozen=True, slots=True)
class Week:
    """«на следующей неделе»: some day of a week."""

    shift: int


@dataclass(frozen=True, slots=True)
class Weekend:
    """«в выходные»."""

    shift: int


@dataclass(frozen=True, slots=True)
class Date:
    """A day of a month; without a year it is this year's."""

    day: int
    month: int
    year: int | None = None


@dataclass(frozen=True, slots=True)
class MonthDay:
    """«25 числа»."""

    day: int


@dataclass(frozen=True, slots=True)
class Month:
    """«в следующем месяце» (shift) or «в декабре» (number)."""

    shift: int | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Year:
    """A year, or «следующего года» (shift)."""

    number: int | None = None
    shift: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """«через …»; an exact one has minutes, «через сутки» is 24 hours if no hour is named."""

    minutes: int = 0
    days: int = 0
    months: int = 0
    full_days: int = 0
    every_other: bool = False  # «через день»: tomorrow or the day after
    loose: bool = False  # «через часик», «часа через два»

    def plus(self, other: Span) -> Span:
        """Return both, one after the other."""
        return Span(
            self.minutes + other.minutes,
            self.days + other.days,
            self.months + other.months,
            self.full_days + other.full_days,
            every_other=self.every_other or other.every_other,
            loose=self.loose or other.loose,
        )

    def times(self, number: int) -> Span:
        """Return it so many times."""
        return replace(
            self,
            minutes=self.minutes * number,
            days=self.days * number,
            months=self.months * number,
            full_days=self.full_days * number,
        )

    @property
    def is_empty(self) -> bool:
        """Tell whether it leads nowhere."""
        return not (self.minutes or self.days or self.months or self.full_days or self.every_other)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day; `part` is what was said right after it («6 вечера»)."""

    hour: int
    minute: int = 0
    style: Style = Style.BARE
    part: Part | None = None
    has_minutes: bool = False


@dataclass(frozen=True, slots=True)
class Either:
    """18.11: a date or a time."""

    first: int
    second: int
    at: bool = False  # «в 18.11» rather than «18.11»


@dataclass(frozen=True, slots=True)
class Loose:
    """A number alone: an hour or a day of a month, if the rest says so."""

    value: int
    weak: bool = False  # a word that nobody knows follows: it may count something


@dataclass(frozen=True, slots=True)
class Zone:
    """«по Москве»: minutes east of Greenwich; None is «по местному»."""

    minutes: int | None


@dataclass(frozen=True, slots=True)
class Problem:
    """A Russian sentence about what cannot be."""

    sentence: str


Day = Relative | Weekday | Week | Weekend | Date | MonthDay | Month | Year
Item = Day | Span | Clock | Part | Either | Loose | Zone | Problem | Mark


@dataclass(slots=True)
class Found:
    """Everything found in a phrase; `unknown` counts words and numbers that belong to no time."""

    days: list[Day] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    eithers: list[Either] = field(default_factory=list)
    loose: list[Loose] = field(default_factory=list)
    zones: list[Zone] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    unknown: int = 0
    doubtful: bool = False  # understood, but only by a guess that must be confirmed
    loose_hour: int | None = None  # an hour that was only a number: «завтра 18»
    clock_eithers: list[Either] = field(default_factory=list)  # taken for times

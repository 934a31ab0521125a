"""Time zones as people in Russia name them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from newsroom.calendar.figures import Taken
from newsroom.calendar.items import Zone
from newsroom.calendar.tokens import Line


@dataclass(frozen=True, slots=True)
class _Region:
    """A zone of Russia: its adjective, its city in the dative, hours east of Greenwich."""

    adjective: str
    dative: str
    hours: int


# By the IANA names; https://www.iana.org/time-zones, 2026.
_REGIONS = {
    "Europe/Kaliningrad": _Region("калининград", "калининграду", 2),
    "Europe/Moscow": _Region("москов", "москве", 3),
    "Europe/Samara": _Region("самар", "самаре", 4),
    "Asia/Yekaterinburg": _Region("екатеринбург", "екатеринбургу", 5),
    "Asia/Omsk": _Region("ом", "омску", 6),
    "Asia/Novosibirsk": _Region("новосибир", "новосибирску", 7),
    "Asia/Krasnoyarsk": _Region("краснояр", "красноярску", 7),
    "Asia/Irkutsk": _Region("иркут", "иркутску", 8),
    "Asia/Yakutsk": _Region("якут", "якутску", 9),
    "Asia/Vladivostok": _Region("владивосток", "владивостоку", 10),
    "Asia/Magadan": _Region("магадан", "магадану", 11),
    "Asia/Kamchatka": _Region("камчат", "камчатке", 12),
}
_SHORT = {"мск": 3, "msk": 3}
_LOCAL = frozenset({"местному", "местное", "нашему"})
_BY_CITY = {region.dative: region.hours for region in _REGIONS.values()} | _SHORT
_BY_ADJECTIVE = {
    region.adjective + ending: region.hours
    for region in _REGIONS.values()
    for ending in ("ское", "скому", "ского")
}


def name_of(moment: datetime) -> str:
    """Return the name of a moment's zone: «московское время», or «UTC+5»."""
    region = _REGIONS.get(getattr(moment.tzinfo, "key", ""))
    return offset_of(moment) if region is None else f"{region.adjective}ское время"


def offset_of(moment: datetime) -> str:
    """Return how far a moment's zone is from Greenwich: «UTC+5», «UTC−3:30»."""
    offset = moment.utcoffset()
    minutes = 0 if offset is None else round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")


def read_zone(line: Line, index: int) -> Taken | None:
    """Read «мск», «по Москве», «московское время», «UTC+5»; «по местному» is no other zone."""
    at = index + 1 if line.word(index) == "по" else index
    word = line.word(at)
    if word in _LOCAL:
        return Zone(None), at + 1 - index
    if at > index and word in _BY_CITY:
        return Zone(_BY_CITY[word] * 60), 2
    if word in _SHORT:
        return Zone(_SHORT[word] * 60), at + 1 - index
    if word in _BY_ADJECTIVE:
        return Zone(_BY_ADJECTIVE[word] * 60), at + 1 - index
    if word in ("utc", "gmt"):
        taken = read_offset(line, at + 1)
        return (Zone(0), at + 1 - index) if taken is None else (taken[0], taken[1] + at + 1 - index)
    return None


def read_offset(line: Line, index: int) -> Taken | None:
    """Read the «+5» of «UTC+5», or of 2026-11-25T18:00+05:00."""
    sign = line.sign(index)
    after_name = line.word(index - 1) in ("utc", "gmt")
    after_time = sign == "+" and line.sign(index - 2) == ":" and line[index].glued
    hours = line.number(index + 1)
    if sign not in ("+", "-") or sign == "" or not (after_name or after_time):
        return None
    if hours is None or hours > 14:
        return None
    minutes, taken = 0, 2
    if line.sign(index + 2) == ":" and line.number(index + 3) in range(60):
        minutes, taken = line.number(index + 3) or 0, 4
    return Zone((1 if sign == "+" else -1) * (hours * 60 + minutes)), taken

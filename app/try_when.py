"""`main.py try when`: shows which moment a phrase means, by the very function of the conversation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from app.config import load
from core.clock import MovableClock
from core.errors import ConfigError
from newsroom.calendar import read_when

_SHAPE = 'нужен объект {"text": "завтра в 18:00", "now": "2026-11-23T12:00"}'
_YEARS = range(1970, 2201)
_MOSCOW = "Europe/Moscow"


class _Unreadable(Exception):
    """The text is a Russian sentence for the person who asked."""


def run(
    phrase: str | None, now: str | None, zone: ZoneInfo, stdin: BinaryIO, stdout: BinaryIO
) -> int:
    """Answer a phrase, or every JSON line of `stdin`, with a line of JSON in UTF-8; return the exit code.

    An answer is {"at", "ask", "grain"}; a line that cannot be read gets an "error" beside the nulls,
    and the next ones go on. `now` and the lines' "now" are ISO 8601, without an offset in `zone`;
    without either the machine's clock is read.
    """
    if phrase is not None:
        answer = _answered(phrase, now, zone)
        _write(stdout, answer)
        return 1 if "error" in answer else 0
    for line in stdin:
        _write(stdout, _of_line(line, now, zone))
    return 0


def zone_of(config: Path) -> ZoneInfo:
    """Return the region's zone by config.yaml, Moscow's if the file cannot be read."""
    try:
        return ZoneInfo(load(config).region.zone)
    except ConfigError:
        return ZoneInfo(_MOSCOW)


def _write(stdout: BinaryIO, answer: Mapping[str, Any]) -> None:
    text = json.dumps(answer, ensure_ascii=False)
    stdout.write(text.encode("utf-8", "replace") + b"\n")
    stdout.flush()


def _of_line(line: bytes, now: str | None, zone: ZoneInfo) -> dict[str, Any]:
    try:
        request = json.loads(line.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError):
        return _error(f"Это не JSON: {_SHAPE}.")
    if not isinstance(request, dict) or not isinstance(request.get("text"), str):
        return _error(f"Нет текста: {_SHAPE}.")
    own = request.get("now")
    if own is not None and not isinstance(own, str):
        return _error(f"Поле now должно быть строкой: {_SHAPE}.")
    return _answered(request["text"], own or now, zone)


def _answered(text: str, now: str | None, zone: ZoneInfo) -> dict[str, Any]:
    try:
        when = read_when(text, _moment(now, zone))
    except _Unreadable as error:
        return _error(str(error))
    return {
        "at": None if when.at is None else when.at.isoformat(),
        "ask": when.ask,
        "grain": None if when.grain is None else when.grain.value,
    }


def _moment(now: str | None, zone: ZoneInfo) -> datetime:
    if now is None:
        return datetime.fromtimestamp(MovableClock().now() / 1000, UTC).astimezone(zone)
    try:
        moment = datetime.fromisoformat(now.strip())
        if moment.year not in _YEARS:
            raise _Unreadable(f"Год {moment.year} слишком далёк: укажите от 1970 до 2200.")
        return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)
    except ValueError as error:
        reason = "Время отсчёта не понято: нужен вид 2026-11-23T12:00 или 2026-11-23T12:00+03:00."
        raise _Unreadable(reason) from error


def _error(sentence: str) -> dict[str, Any]:
    return {"at": None, "ask": None, "grain": None, "error": sentence}

"""Reads a Bot API method's parameters, which come as text or, from a JSON body, as JSON values."""

from __future__ import annotations

import math
from typing import Any

from sandbox import values
from sandbox.api import Refusal


def bad(text: str) -> Refusal:
    """Return the refusal «400 Bad Request: <text>»."""
    return Refusal(400, 400, f"Bad Request: {text}")


def too_many(seconds: float) -> Refusal:
    """Return the refusal «429 Too Many Requests», asking for whole seconds, at least one."""
    whole = max(1, math.ceil(seconds))
    text = f"Too Many Requests: retry after {whole}"
    return Refusal(429, 429, text, parameters={"retry_after": whole})


def words(refusal: Refusal) -> str:
    """Return a refusal's text as it stands inside another one: Telegram makes only the first letter of all small."""
    inner = refusal.text.removeprefix("Bad Request: ")
    return inner[:1].upper() + inner[1:]


def text(params: dict[str, Any], name: str) -> str:
    """Return a text parameter, "" if it is missing."""
    value = params.get(name)
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value)


def integer(params: dict[str, Any], name: str, default: int = 0) -> int:
    """Return a whole number of 64 bits; like the real server, takes `default` for what is none."""
    value = params.get(name)
    if isinstance(value, float) and math.isfinite(value):
        value = int(value)
    number = None if isinstance(value, bool) else values.whole(str(value).strip())
    return default if number is None else number


def flag(params: dict[str, Any], name: str) -> bool:
    """Return a boolean: true, yes and 1 in any case are true."""
    value = params.get(name)
    return value is True or str(value).lower() in ("true", "yes", "1")


def structure(params: dict[str, Any], name: str, what: str) -> Any:
    """Return a JSON parameter, None if it is missing or empty; `what` names it in the refusal of broken JSON."""
    value = params.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        return value
    try:
        return values.loaded(value)
    except ValueError:
        raise bad(f"can't parse {what} JSON object") from None


def message_id(params: dict[str, Any]) -> int:
    """Return `message_id`, refusing its absence."""
    number = integer(params, "message_id")
    if number <= 0:
        raise bad("message identifier is not specified")
    return number

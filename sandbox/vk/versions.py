"""What an event looks like to those who asked for an older version of the API."""

from __future__ import annotations

from typing import Any

from sandbox.values import whole

_WITH_CLIENT = (
    5,
    103,
)  # since then message_new holds {message, client_info} (vk_api, bot_longpoll)


def parsed(version: str) -> tuple[int, int] | None:
    """Return a version such as `5.199` as numbers, None for what is none."""
    major, _, minor = version.partition(".")
    numbers = whole(major), whole(minor)
    return None if None in numbers else numbers  # type: ignore[return-value]


def shaped(name: str, about: dict[str, Any], version: str) -> dict[str, Any]:
    """Return an event's object as that version of the API shows it: before 5.103 message_new is the message itself."""
    if name == "message_new" and _parsed(version) < _WITH_CLIENT:
        return dict(about["message"])
    return about


def _parsed(version: str) -> tuple[int, int]:
    return parsed(version) or _WITH_CLIENT

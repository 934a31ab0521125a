"""What an event looks like to those who asked for an older version of the API."""

from __future__ import annotations

from typing import Any

_WITH_CLIENT = (
    5,
    103,
)  # since then message_new holds {message, client_info} (vk_api, bot_longpoll)


def shaped(name: str, about: dict[str, Any], version: str) -> dict[str, Any]:
    """Return an event's object as that version of the API shows it: before 5.103 message_new is the message itself."""
    if name == "message_new" and _parsed(version) < _WITH_CLIENT:
        return dict(about["message"])
    return about


def _parsed(version: str) -> tuple[int, int]:
    major, _, minor = version.partition(".")
    return (int(major), int(minor)) if major.isdigit() and minor.isdigit() else _WITH_CLIENT

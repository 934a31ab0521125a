"""What the messengers can do, asked without a call: how much fits, and what addresses look like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bots.screens import TIGHTEST, Limits, limits_of
from core.messenger import Capabilities, Messenger, Place
from core.words import ChatKind

_NONE = Capabilities(styles=frozenset(), text_limit=4096, caption_limit=1024, album=10)


def _tightest(_account: int) -> Limits:
    return TIGHTEST


def _plainest(_account: int, _kind: ChatKind) -> Capabilities:
    return _NONE


def _no_link(_account: int, _place: Place, _message: str) -> str | None:
    return None


def _no_entry(_account: int, _handle: str, _payload: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Abilities:
    """Questions about an account's messenger, by account id; the defaults know no messenger.

    `link` is the address of a message, `entry` one that begins a dialog with a payload.
    """

    limits: Callable[[int], Limits] = _tightest
    capabilities: Callable[[int, ChatKind], Capabilities] = _plainest
    link: Callable[[int, Place, str], str | None] = _no_link
    entry: Callable[[int, str, str], str | None] = _no_entry


def abilities_of(messengers: Mapping[int, Messenger]) -> Abilities:
    """Return what these messengers can do."""
    return Abilities(
        limits=lambda account: (
            limits_of(messengers[account].capabilities(ChatKind.PRIVATE))
            if account in messengers
            else TIGHTEST
        ),
        capabilities=lambda account, kind: messengers[account].capabilities(kind),
        link=lambda account, place, message: (
            messengers[account].link(place, message) if account in messengers else None
        ),
        entry=lambda account, handle, payload: (
            messengers[account].entry(handle, payload) if account in messengers else None
        ),
    )

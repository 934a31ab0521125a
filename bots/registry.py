"""Every conversation by its name: a button says which of them it belongs to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from bots import asking
from bots.scripts import (
    channel_settings,
    channels,
    connect,
    forget,
    hours,
    leave,
    secretary,
    smalltalk,
    stop,
    subscribe,
    subscriptions,
    wishes,
)
from bots.turn import Turn


@dataclass(frozen=True, slots=True)
class Script:
    """A conversation: the version of its buttons, and what they do."""

    version: int
    press: Callable[[Turn, str, Mapping[str, Any]], Awaitable[None]]


SCRIPTS: Mapping[str, Script] = MappingProxyType(
    {
        module.NAME: Script(module.VERSION, module.press)
        for module in (
            asking,
            channel_settings,
            channels,
            connect,
            forget,
            hours,
            leave,
            secretary,
            smalltalk,
            stop,
            subscribe,
            subscriptions,
            wishes,
        )
    }
)

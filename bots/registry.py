"""Every conversation by its name: a button says which of them it belongs to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from bots import alarms, asking
from bots.scripts import (
    channel_settings,
    channels,
    connect,
    forget,
    hours,
    leave,
    mine,
    people,
    plan,
    review,
    secretary,
    smalltalk,
    stop,
    submit,
    subscribe,
    subscriptions,
    wishes,
    work,
)
from bots.turn import Turn
from bots.watch import Watch


@dataclass(frozen=True, slots=True)
class Script:
    """A conversation: the version of its buttons, what they do, and what it does with words it asked for."""

    version: int
    press: Callable[[Turn, str, Mapping[str, Any]], Awaitable[None]]
    said: Callable[[Turn, Mapping[str, Any]], Awaitable[bool]] | None = None


SCRIPTS: Mapping[str, Script] = MappingProxyType(
    {
        module.NAME: Script(module.VERSION, module.press, getattr(module, "said", None))
        for module in (
            asking,
            channel_settings,
            channels,
            connect,
            forget,
            hours,
            leave,
            mine,
            people,
            plan,
            review,
            secretary,
            smalltalk,
            stop,
            submit,
            subscribe,
            subscriptions,
            wishes,
            work,
        )
    }
)

WATCHES: tuple[Watch, ...] = (
    Watch("drafts", submit.look),
    Watch("plans", plan.look),
    Watch("reports", mine.look),
    Watch("asking", asking.look, asking.LOOK_MS),
    Watch("alarms", alarms.look, alarms.LOOK_MS),
)

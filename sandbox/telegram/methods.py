"""The Bot API methods the sandbox has, by lower-case name; each module lists its own in SPECS."""

from __future__ import annotations

from sandbox.telegram import commands, editing, own, rooms, sending
from sandbox.telegram.spec import MethodSpec, by_name

METHODS: dict[str, MethodSpec] = by_name(
    own.SPECS,
    commands.SPECS,
    sending.SPECS,
    editing.SPECS,
    rooms.SPECS,
)

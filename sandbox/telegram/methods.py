"""The Bot API methods the sandbox has, by lower-case name; each module lists its own in SPECS."""

from __future__ import annotations

from sandbox.telegram import commands, own, portraits, profile, rooms
from sandbox.telegram.chats import info, links, members, topics
from sandbox.telegram.messages import (
    albums,
    cards,
    deleting,
    editing,
    forwarding,
    pins,
    polls,
    reactions,
    sending,
)
from sandbox.telegram.spec import MethodSpec, by_name

METHODS: dict[str, MethodSpec] = by_name(
    own.SPECS,
    commands.SPECS,
    sending.SPECS,
    albums.SPECS,
    cards.SPECS,
    polls.SPECS,
    forwarding.SPECS,
    editing.SPECS,
    deleting.SPECS,
    reactions.SPECS,
    portraits.SPECS,
    pins.SPECS,
    rooms.SPECS,
    members.SPECS,
    info.SPECS,
    links.SPECS,
    topics.SPECS,
    profile.SPECS,
)

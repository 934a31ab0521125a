"""Texts that go to many chats: encoded once, only the chat changes."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import orjson

from core.messenger import Part, Place
from messengers.telegram.client import Call
from messengers.telegram.encode import send_call, where

_REMEMBERED = 64


class Texts:
    """Remembers the last parts that were text alone, with their parameters as JSON."""

    def __init__(self) -> None:
        """Begin with nothing encoded."""
        # By identity: a part is made once for all its chats, and comparing costs more than encoding.
        self._encoded: OrderedDict[int, tuple[Part, dict[str, Any]]] = OrderedDict()

    def send_call(self, place: Place, part: Part) -> Call:
        """Return what `encode.send_call` does; raises ValueError for an unfit part."""
        kept = self._encoded.get(id(part))
        if kept is None:
            call = send_call(place, part)
            content: dict[str, Any] = {
                name: orjson.Fragment(orjson.dumps(value))
                for name, value in call.params.items()
                if name not in where(place)
            }
            self._encoded[id(part)] = part, content  # no other gets its id while it is kept
            if len(self._encoded) > _REMEMBERED:
                self._encoded.popitem(last=False)
            return call
        return Call("sendMessage", where(place) | kept[1])

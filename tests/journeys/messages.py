"""Messages as people send and read them."""

from __future__ import annotations

import base64
from typing import Any

from tests.bots.dialog import picture

Message = dict[str, Any]


def labels(message: Message) -> list[str]:
    """Return what stands on a message's buttons."""
    return [button["text"] for row in message["buttons"] for button in row]


def photo(seed: int, caption: str = "") -> dict[str, Any]:
    """Return a photo unlike those of other seeds."""
    return {"kind": "photo", "base64": _encoded(picture(seed)), "caption": caption}


def document(name: str, content: bytes) -> dict[str, Any]:
    """Return a file sent as such."""
    return {"kind": "document", "name": name, "base64": _encoded(content)}


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def pictures(message: Message) -> list[str]:
    """Return by what the pictures of a message are known to be the same as others."""
    return [str(one["url"]) for one in message["media"]]

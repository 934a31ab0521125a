"""Files that control is given: as base64, as a data: URL, or as an address of the sandbox itself."""

from __future__ import annotations

import base64
import binascii
import io
import mimetypes
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import httpx
from PIL import Image, UnidentifiedImageError
from starlette.requests import Request

from sandbox.control.ask import base_of, only
from sandbox.networks import Wrong
from sandbox.world import Media, World

_NAMES = {
    "photo": "photo.jpg",
    "video": "video.mp4",
    "document": "document.pdf",
    "voice": "voice.ogg",
    "audio": "audio.mp3",
    "animation": "animation.mp4",
    "sticker": "sticker.webp",
    "video_note": "note.mp4",
}
_PLAYED = ("video", "voice", "audio", "animation", "video_note")
_DETAILS = {"audio": ("performer", "title"), "sticker": ("emoji",)}
_NOTE_SIDE, _STICKER_SIDE = 240, 512  # pixels
_KEYS = (
    "kind", "url", "base64", "name", "caption", "duration", "width", "height", "performer", "title", "emoji",
)  # fmt: skip
# Not any «/»: the base64 of a JPEG begins with «/9j/».
_ADDRESSES = ("data:", "http:", "https:", "/control/", "/sites/", "/telegram/", "/vk/")


async def media_of(world: World, request: Request, data: Any) -> Media:
    """Return one file of a `media` list, its bytes kept in the world; raises Wrong."""
    order = only(data, _KEYS, "media")
    kind = order.get("kind", "photo")
    if kind not in _NAMES:
        raise Wrong(f"media.kind must be one of {', '.join(_NAMES)}; it is {kind!r}")
    content = await content_of(request, order)
    name = str(order.get("name") or _NAMES[kind])
    mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
    media = Media(kind, world.keep(content), name, mime, len(content))
    media.caption = str(order.get("caption") or "")
    if kind == "photo":
        media.width, media.height, media.mime = _photo(content, name)
    else:
        media.width, media.height = _sides(kind, order, content, name)
    if kind in _PLAYED:
        media.duration = _number(order, "duration")
    media.extra = {
        detail: str(order[detail]) for detail in _DETAILS.get(kind, ()) if order.get(detail)
    }
    return media


def _sides(kind: str, order: Mapping[str, Any], content: bytes, name: str) -> tuple[int, int]:
    if kind == "video_note":
        return _NOTE_SIDE, _NOTE_SIDE
    if kind == "sticker":  # one that moves (.tgs, .webm) is no picture and has always the same size
        moves = name.lower().endswith((".tgs", ".webm"))
        return (_STICKER_SIDE, _STICKER_SIDE) if moves else _photo(content, name)[:2]
    return _number(order, "width"), _number(order, "height")


def _number(order: Mapping[str, Any], name: str) -> int:
    value = order.get(name, 0)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise Wrong(f"media.{name} is a whole number, not negative; it is {value!r}")
    return value


async def content_of(request: Request, order: Any) -> bytes:
    """Return the bytes of {"url"} or {"base64"}, or of a text that is either; raises Wrong."""
    if isinstance(order, str):
        order = {"url": order} if order.startswith(_ADDRESSES) else {"base64": order}
    if not isinstance(order, Mapping) or not (order.get("url") or order.get("base64")):
        raise Wrong("a file needs url (the sandbox's own, or data:) or base64")
    if order.get("base64"):
        return _decoded(str(order["base64"]))
    address = str(order["url"])
    if address.startswith("data:"):
        head, _, rest = address.partition(",")
        return _decoded(rest) if head.endswith(";base64") else unquote_to_bytes(rest)
    return await _own(request, address)


async def _own(request: Request, address: str) -> bytes:
    """Ask the sandbox itself, in process: another server's file would make tests depend on the network."""
    parts = urlsplit(address)
    if parts.netloc and parts.netloc != urlsplit(base_of(request)).netloc:
        raise Wrong(f"{address} is not the sandbox's own; give its bytes as base64")
    transport = httpx.ASGITransport(app=request.app)
    async with httpx.AsyncClient(transport=transport, base_url=base_of(request)) as client:
        try:
            answer = await client.get(parts.path)
        except httpx.InvalidURL as error:
            raise Wrong(f"url is no address of the sandbox: {error}") from None
    if answer.status_code != 200:
        raise Wrong(f"the sandbox has nothing at {parts.path}: it answers {answer.status_code}")
    return answer.content


def _decoded(value: str) -> bytes:
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        raise Wrong("base64 cannot be decoded; give the whole file in standard base64") from None


def _photo(content: bytes, name: str) -> tuple[int, int, str]:
    try:
        with Image.open(io.BytesIO(content)) as image:
            return image.width, image.height, Image.MIME.get(image.format or "", "image/jpeg")
    except (UnidentifiedImageError, OSError, ValueError):
        raise Wrong(f"{name} is no picture; send it as kind: document") from None

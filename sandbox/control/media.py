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
}
# Not any «/»: the base64 of a JPEG begins with «/9j/».
_ADDRESSES = ("data:", "http:", "https:", "/control/", "/sites/", "/telegram/", "/vk/")


async def media_of(world: World, request: Request, data: Any) -> Media:
    """Return one file of a `media` list, its bytes kept in the world; raises Wrong."""
    order = only(data, ("kind", "url", "base64", "name", "caption"), "media")
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
    return media


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

"""Where a media parameter's file comes from: an upload, a file the bot knows, or an address on loopback."""

from __future__ import annotations

import asyncio
import io
import ipaddress
import mimetypes
import urllib.error
import urllib.request
import warnings
from http.client import HTTPMessage
from typing import IO, Any
from urllib.parse import unquote, urlsplit

from PIL import Image, UnidentifiedImageError

from sandbox.api import Upload
from sandbox.telegram.ask import Ask
from sandbox.telegram.files import media_of
from sandbox.telegram.params import bad, integer
from sandbox.world import Media, World

PHOTO_MAX = 10 * 1024 * 1024  # bytes
URL_MAX = {"photo": 5 * 1024 * 1024}
URL_MAX_OTHER = 20 * 1024 * 1024
_FETCH_S = 10
_SIDES_MAX, _RATIO_MAX = (
    10000,
    20,
)  # of a photo: width + height in pixels, longer side : shorter side


async def media(ask: Ask, kind: str, value: Any, details: dict[str, Any]) -> Media:
    """Return the file that `value` stands for as a photo, video or document; refuses what is none.

    `value` is attach://<part>, the name of an uploaded part, a file_id or a URL; `details` may hold
    width, height and duration of a video.
    """
    upload = _upload(ask, kind, value)
    if upload is None:
        if not isinstance(value, str) or not value:
            raise bad(f"there is no {kind} in the request")
        if (known := media_of(ask.account, value)) is not None:
            return _as(known, kind)
        if not value.startswith(("http://", "https://")):
            raise bad("wrong file identifier/HTTP URL specified")
        upload = await _fetched(value, URL_MAX.get(kind, URL_MAX_OTHER))
    if not upload.content:
        raise bad("file must be non-empty")
    return _media(ask.world, kind, upload, details)


def _upload(ask: Ask, kind: str, value: Any) -> Upload | None:
    if isinstance(value, str) and value.startswith("attach://"):
        found = ask.call.files.get(value.removeprefix("attach://"))
        if found is None:
            raise bad("wrong file identifier/HTTP URL specified")
        return found
    return ask.call.files.get(kind) if value is None else None


def _as(known: Media, kind: str) -> Media:
    if known.kind != kind:
        names = {"photo": "Photo", "video": "Video", "document": "Document", "voice": "VoiceNote"}
        raise bad(
            f"type of file mismatch: can't use file of type {names[known.kind]} as {names[kind]}"
        )
    return known


def _media(world: World, kind: str, upload: Upload, details: dict[str, Any]) -> Media:
    size = len(upload.content)
    name = upload.name.replace("\\", "/").rpartition("/")[2]
    if kind == "photo":
        if size > PHOTO_MAX:
            raise bad(
                f"file of size {size} bytes is too big for a photo; the maximum size is {PHOTO_MAX} bytes"
            )
        width, height = photo_dimensions(upload.content)
        return Media("photo", world.keep(upload.content), name, upload.mime, size, width, height)
    mime = upload.mime
    if mime == "application/octet-stream":
        mime = mimetypes.guess_type(name)[0] or mime
    made = Media("document", world.keep(upload.content), name, mime, size)
    if kind == "video":
        made.kind = "video"
        made.width, made.height = integer(details, "width"), integer(details, "height")
        made.duration = integer(details, "duration")
    return made


def photo_dimensions(content: bytes) -> tuple[int, int]:
    """Return a picture's width and height in pixels; refuses what is no picture or has an odd shape."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content)) as image:
                width, height = image.size
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise bad("IMAGE_PROCESS_FAILED") from None
    if width + height > _SIDES_MAX or max(width, height) > _RATIO_MAX * min(width, height):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    return width, height


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect could lead off this machine."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        return None


async def _fetched(url: str, limit: int) -> Upload:
    """Fetch a file from a server on this machine; the sandbox reaches no other."""
    parts = urlsplit(url)
    if not _is_loopback(parts.hostname or ""):
        raise bad("failed to get HTTP URL content")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)

    def fetch() -> Upload:
        with opener.open(url, timeout=_FETCH_S) as answer:
            mime = answer.headers.get_content_type()
            return Upload(
                unquote(parts.path.rpartition("/")[2]) or "file", mime, answer.read(limit + 1)
            )

    try:
        upload = await asyncio.to_thread(fetch)
    except (urllib.error.URLError, OSError, ValueError):
        raise bad("failed to get HTTP URL content") from None
    if len(upload.content) > limit:
        raise bad("failed to get HTTP URL content")
    if upload.mime == "text/html":
        raise bad("wrong type of the web page content")
    return upload


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

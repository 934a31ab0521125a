"""Where a media parameter's file comes from: an upload, a file the bot knows, or an address on loopback."""

from __future__ import annotations

import asyncio
import io
import ipaddress
import mimetypes
import urllib.request
import warnings
from http.client import HTTPException, HTTPMessage
from typing import IO, Any
from urllib.parse import unquote, urlsplit

from PIL import Image, UnidentifiedImageError

from sandbox.api import Refusal, Upload
from sandbox.telegram.ask import Ask
from sandbox.telegram.files import media_of
from sandbox.telegram.params import bad, integer, text
from sandbox.world import Media, MediaKind, World

PHOTO_MAX = 10 * 1024 * 1024  # bytes
URL_MAX = {"photo": 5 * 1024 * 1024}
URL_MAX_OTHER = 20 * 1024 * 1024
_FETCH_S = 10
_SIDES_MAX, _RATIO_MAX = (
    10000,
    20,
)  # of a photo: width + height in pixels, longer side : shorter side
_DURATION_MAX = 86400  # seconds; the server cuts what is longer
_NOTE_SIDE, _STICKER_SIDE = 240, 512  # pixels
# What a kind's file keeps of the call that brought it; a resent file_id has it too.
_DETAILS = {"audio": ("performer", "title"), "sticker": ("emoji",)}
_MIMES = {
    "voice": "audio/ogg",
    "audio": "audio/mpeg",
    "video_note": "video/mp4",
    "sticker": "image/webp",
}
_NAMES = {
    "photo": "Photo", "video": "Video", "document": "Document", "voice": "VoiceNote", "audio": "Audio",
    "animation": "Animation", "sticker": "Sticker", "video_note": "VideoNote",
}  # fmt: skip


async def media(ask: Ask, kind: MediaKind, value: Any, details: dict[str, Any]) -> Media:
    """Return the file that `value` stands for as a media of that kind; refuses what is none.

    `value` is attach://<part>, the name of an uploaded part, a file_id or a URL; `details` may hold
    width, height and length in pixels, duration in seconds, performer, title and emoji.
    """
    upload = _upload(ask, kind, value)
    if upload is None:
        if (known := media_of(ask.account, value)) is not None:
            return _as(known, kind)
        if not value.startswith(("http://", "https://")) or kind == "video_note":
            raise bad("wrong file identifier/HTTP URL specified")
        upload = await _fetched(value, URL_MAX.get(kind, URL_MAX_OTHER))
    if not upload.content:
        raise bad("file must be non-empty")
    return _media(ask.world, kind, upload, details)


def is_given(ask: Ask, value: Any) -> bool:
    """Tell whether an InputMedia's `media` names something at all: a part that came, an id or an address."""
    if not isinstance(value, str) or not value:
        return False
    part = value.removeprefix("attach://")
    return part == value or part in ask.call.files


def _upload(ask: Ask, kind: str, value: Any) -> Upload | None:
    """Return the uploaded part, None for an id or an address; refuses when there is neither."""
    named = isinstance(value, str) and value.startswith("attach://")
    if value in (None, "") or named:
        found = ask.call.files.get(value.removeprefix("attach://") if named else kind)
        if found is None:
            raise bad(f"there is no {kind.replace('_', ' ')} in the request")
        return found
    if not isinstance(value, str):
        raise bad("wrong file identifier/HTTP URL specified")
    return None


def _as(known: Media, kind: str) -> Media:
    if known.kind != kind:
        raise bad(
            f"type of file mismatch: can't use file of type {_NAMES[known.kind]} as {_NAMES[kind]}"
        )
    return known


def _media(world: World, kind: MediaKind, upload: Upload, details: dict[str, Any]) -> Media:
    size = len(upload.content)
    name = upload.name.replace("\\", "/").rpartition("/")[2]
    if kind == "photo" and size > PHOTO_MAX:
        raise bad(
            f"file of size {size} bytes is too big for a photo; the maximum size is {PHOTO_MAX} bytes"
        )
    mime = upload.mime
    if mime == "application/octet-stream":
        mime = mimetypes.guess_type(name)[0] or _MIMES.get(kind, mime)
    made = Media(kind, "", name, mime, size)
    if kind in ("video", "animation", "audio", "voice", "video_note"):
        made.duration = min(max(integer(details, "duration"), 0), _DURATION_MAX)
    if kind in ("video", "animation"):
        made.width, made.height = integer(details, "width"), integer(details, "height")
    elif kind == "video_note":
        made.width = made.height = integer(details, "length") or _NOTE_SIDE
    elif kind == "photo":
        made.mime = upload.mime
        made.width, made.height = photo_dimensions(upload.content)
    elif kind == "sticker":
        made.width, made.height = _sticker_sides(upload)
    made.extra = {
        detail: text(details, detail) for detail in _DETAILS.get(kind, ()) if text(details, detail)
    }
    made.sha = world.keep(upload.content)
    return made


def _sticker_sides(upload: Upload) -> tuple[int, int]:
    """A still sticker is a picture; moving ones (.tgs, .webm) are always 512 pixels wide and high."""
    if upload.name.lower().endswith((".tgs", ".webm")):
        return _STICKER_SIDE, _STICKER_SIDE
    try:
        return photo_dimensions(upload.content)
    except Refusal:
        raise bad("STICKER_INVALID") from None


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
    try:
        parts = urlsplit(url)
    except ValueError:
        raise bad("wrong file identifier/HTTP URL specified") from None
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
    except (HTTPException, OSError, ValueError):  # URLError is an OSError
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

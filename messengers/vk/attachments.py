"""What is attached to a message of VK: its kinds, its files, and what it passes on of others.

Read leniently: an attachment that cannot be understood is named, and has no file.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from core.incoming import IncomingFile

Json = Mapping[str, Any]

_KINDS = {"doc": "document", "audio_message": "voice", "wall": "post"}
# A photo's sizes from small to large, for old ones that have no width and height.
_LETTERS = "smopqrxyzw"
# What the newsroom reads must be known by name on every machine: some have no table of MIME types.
_MIMES: Mapping[str, str] = MappingProxyType(
    {
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "doc": "application/msword",
        "odt": "application/vnd.oasis.opendocument.text",
        "rtf": "application/rtf",
        "webp": "image/webp",
        "heic": "image/heic",
    }
)


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says: `forwarded` when it passes on others' messages or posts."""

    text: str
    media: tuple[str, ...]
    files: tuple[IncomingFile, ...]
    forwarded: bool


def content(message: Json) -> Content:
    """Return what a message says; without words of its own, what it passes on, in order."""
    attachments = _dicts(message.get("attachments"))
    passed = _passed_on(message, attachments)
    text = str(message.get("text") or "")
    if not text:
        text = "\n\n".join(said for one in passed if (said := str(one.get("text") or "")))
        attachments += [a for one in passed for a in _dicts(one.get("attachments"))]
    return Content(
        text,
        tuple(_kind(one) for one in attachments),
        tuple(file for one in attachments if (file := _file(one)) is not None),
        bool(passed),
    )


def _passed_on(message: Json, attachments: list[Json]) -> list[Json]:
    """Return the messages forwarded and the posts attached, each followed by what it passes on itself."""
    posts = [one.get("wall") for one in attachments if one.get("type") == "wall"]
    found: list[Json] = []
    for one in _dicts([*_dicts(message.get("fwd_messages")), *posts]):
        found += [one, *_passed_on(one, _dicts(one.get("attachments")))]
        found += _dicts(one.get("copy_history"))  # a post that repeats another
    return found


def _kind(attachment: Json) -> str:
    name = str(attachment.get("type") or "")
    return _KINDS.get(name, name)


def _file(attachment: Json) -> IncomingFile | None:
    """Return the file of an attachment, None for one that has none or does not say where it lies."""
    about = attachment.get(str(attachment.get("type")))
    if not isinstance(about, Mapping):
        return None
    match attachment.get("type"):
        case "photo":
            return _found("photo", _largest(about))
        case "doc":
            return _document(about)
        case "audio_message":
            url = about.get("link_ogg") or about.get("link_mp3")
            return _found("voice", url, mime="audio/ogg" if about.get("link_ogg") else "audio/mpeg")
        case "audio":
            return _found("audio", about.get("url"), name=str(about.get("title") or ""))
    return None


def _document(about: Json) -> IncomingFile | None:
    title, ext = str(about.get("title") or ""), str(about.get("ext") or "").lower()
    # People rename documents and lose the ending; `ext` keeps it.
    name = title if not ext or title.lower().endswith(f".{ext}") else f"{title}.{ext}"
    mime = _MIMES.get(ext) or mimetypes.guess_type(f"_.{ext}")[0] or ""
    size = about.get("size")
    return _found("document", about.get("url"), name, mime, size if isinstance(size, int) else None)


def _found(
    kind: str, url: Any, name: str = "", mime: str = "", size: int | None = None
) -> IncomingFile | None:
    # Of a closed album VK tells no address.
    return IncomingFile(kind, url, name, mime, size) if isinstance(url, str) and url else None


def _largest(photo: Json) -> Any:
    sizes = [one for one in _sizes(photo) if one.get("url")]
    return max(sizes, key=_rank, default={}).get("url")


def _sizes(photo: Json) -> Iterator[Json]:
    original = photo.get("orig_photo")
    if isinstance(original, Mapping):
        yield original
    yield from _dicts(photo.get("sizes"))


def _rank(size: Json) -> tuple[int, int]:
    width, height = size.get("width"), size.get("height")
    area = width * height if isinstance(width, int) and isinstance(height, int) else 0
    return area, _LETTERS.find(str(size.get("type")))


def _dicts(found: Any) -> list[Json]:
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []

"""Photos and documents that a community or its administrator uploaded, and how attachments name them."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from sandbox.vk.errors import refuse
from sandbox.world import Account, Media

ALBUMS = {"message": -64, "wall": -14}  # VK's service albums
_FIRST_ID = 457239017  # VK numbers the media of newer owners from here
_NAMED = re.compile(r"(photo|doc)(-?\d+)_(\d+)(?:_(\w+))?")
_SIZES = (("s", 75), ("m", 130), ("x", 604), ("y", 807), ("z", 1280), ("w", 2560))
_DOC_TYPES = {
    1: ("pdf", "doc", "docx", "txt", "rtf", "xls", "xlsx", "odt", "ppt", "pptx", "csv"),
    2: ("zip", "rar", "7z", "gz", "tar"),
    3: ("gif",),
    4: ("jpg", "jpeg", "png", "webp", "bmp"),
    5: ("ogg", "wav", "m4a"),
    6: ("mp4", "avi", "mov", "mkv", "webm"),
}


def register(
    account: Account, media: Media, owner: int, at: float, *, album: int = 0, caption: str = ""
) -> Media:
    """Give a file an id of its owner and remember it, so that attachments may name it."""
    number = int(account.settings.get("last_media_id", _FIRST_ID)) + 1
    account.settings["last_media_id"] = number
    media.ids = {
        "owner": str(owner),
        "id": str(number),
        "key": secrets.token_hex(9),
        "date": str(int(at)),
        "album": str(album),
        "text": caption,
    }
    known = account.settings.setdefault("media", {})
    known[f"{_word(media)}{owner}_{number}"] = asdict(media)
    return media


def attached(account: Account, named: Iterable[str]) -> list[Media]:
    """Return the files that attachment texts name; raises Refusal 100 for one that is not there."""
    found = []
    for name in named:
        match = _NAMED.fullmatch(name)
        known = account.settings.get("media", {}).get(
            f"{match[1]}{match[2]}_{match[3]}" if match else ""
        )
        if match is None or known is None or match[4] not in (None, known["ids"]["key"]):
            raise refuse(100, "attachment is invalid")
        found.append(Media(**{**known, "ids": dict(known["ids"])}))
    return found


def digest(text: str, media: Iterable[Media]) -> str:
    """Return the first 16 hex digits of SHA-256 over the text and the files' hashes."""
    return sha256("".join([text, *(item.sha for item in media)]).encode()).hexdigest()[:16]


def wire(media: Media) -> dict[str, Any]:
    """Return a file as an attachment of a message or a post (addresses from the server's root)."""
    shapes = {"photo": photo, "document": doc, "voice": _voice, "video": _video}
    name = _word(media)
    return {"type": name, name: shapes[media.kind](media)}


def photo(media: Media) -> dict[str, Any]:
    """Return VK's photo object."""
    return {
        **_common(media),
        "album_id": int(media.ids["album"]),
        "text": media.ids["text"],
        "has_tags": False,
        "sizes": _sizes(media),
    }


def doc(media: Media) -> dict[str, Any]:
    """Return VK's document object."""
    ext = media.name.rpartition(".")[2].lower() if "." in media.name else ""
    kind = next((number for number, exts in _DOC_TYPES.items() if ext in exts), 8)
    return {
        **_common(media),
        "title": media.name,
        "size": media.size,
        "ext": ext,
        "type": kind,
        "url": address(media),
    }


def address(media: Media) -> str:
    """Return where the bytes of a file are served, from the server's root."""
    return f"/vk/files/{media.sha}"


def _word(media: Media) -> str:
    return {"document": "doc", "voice": "audio_message"}.get(media.kind, media.kind)


def _common(media: Media) -> dict[str, Any]:
    return {
        "id": int(media.ids["id"]),
        "owner_id": int(media.ids["owner"]),
        "date": int(media.ids["date"]),
        "access_key": media.ids["key"],
    }


def _sizes(media: Media) -> list[dict[str, Any]]:
    """List the widths VK would make; the sandbox does not resize, all lead to the original."""
    width, height = media.width or 1, media.height or 1
    sizes = []
    for letter, most in _SIZES:
        scale = min(1.0, most / max(width, height))
        w, h = max(1, round(width * scale)), max(1, round(height * scale))
        sizes.append({"type": letter, "width": w, "height": h, "url": address(media)})
        if scale == 1.0:
            break
    return sizes


def _voice(media: Media) -> dict[str, Any]:
    # VK gives two links; both lead to the one recording that exists here.
    links = {"link_ogg": address(media), "link_mp3": address(media)}
    return {**_common(media), "duration": 1, "waveform": [0], **links}


def _video(media: Media) -> dict[str, Any]:
    return {**_common(media), "title": media.name, "duration": 1, "player": address(media)}

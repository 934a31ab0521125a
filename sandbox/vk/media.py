"""Files that a community or its administrator uploaded, and how attachments name them."""

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
_SPREAD, _STEP = (
    1000,
    1_000_000,
)  # a human's files come from several communities: numbers must differ
_NAMED = re.compile(r"(photo|doc|video|audio_message|graffiti)(-?\d+)_(\d+)(?:_(\w+))?")
_ALSO_DOCS = ("audio_message", "graffiti")  # docs.save makes them, and clients attach them as doc…
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
    ids = {"id": str(next_number(account)), "key": secrets.token_hex(9), "text": caption}
    # What docs.save makes of a picture is told before: it is no photo.
    ids |= {name: media.ids[name] for name in ("word",) if name in media.ids}
    return remember(account, media, owner, at, ids | {"album": str(album)})


def remember(account: Account, media: Media, owner: int, at: float, ids: dict[str, str]) -> Media:
    """Remember a file under an id that was given out already."""
    media.ids = {"owner": str(owner), "date": str(int(at)), "album": "0", "text": "", **ids}
    known = account.settings.setdefault("media", {})
    known[name_of(media)] = asdict(media)
    return media


def next_number(account: Account) -> int:
    """Give out the next number of a file."""
    first = _FIRST_ID + account.id % _SPREAD * _STEP
    number = int(account.settings.get("last_media_id", first)) + 1
    account.settings["last_media_id"] = number
    return number


def name_of(media: Media) -> str:
    """Return how an attachment names a file, without its key."""
    return f"{_word(media)}{media.ids['owner']}_{media.ids['id']}"


def attached(account: Account, named: Iterable[str], others: Iterable[Account] = ()) -> list[Media]:
    """Return the files that attachment texts name; raises Refusal 100 for one that is not there.

    `others` are further communities where the human whose key it is may have uploaded them.
    """
    return [_attached((account, *others), name) for name in named]


def _attached(accounts: Iterable[Account], name: str) -> Media:
    match = _NAMED.fullmatch(name)
    if match is None:
        raise refuse(100, "attachment is invalid")
    kinds = (match[1], *_ALSO_DOCS) if match[1] == "doc" else (match[1],)
    for account in accounts:
        files = account.settings.get("media", {})
        for kind in kinds:
            known = files.get(f"{kind}{match[2]}_{match[3]}")
            if known is not None and match[4] in (None, known["ids"]["key"]):
                return Media(**{**known, "ids": dict(known["ids"])})
    raise refuse(100, "attachment is invalid")


def digest(text: str, media: Iterable[Media]) -> str:
    """Return the first 16 hex digits of SHA-256 over the text and the files' hashes."""
    return sha256("".join([text, *(item.sha for item in media)]).encode()).hexdigest()[:16]


def wire(media: Media) -> dict[str, Any]:
    """Return a file as an attachment of a message or a post (addresses from the server's root)."""
    shapes = {"photo": photo, "doc": doc, "audio_message": voice, "video": video}
    shapes |= {"graffiti": graffiti, "audio": _audio}
    name = _word(media)
    return {"type": name, name: shapes[name](media)}


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


def voice(media: Media) -> dict[str, Any]:
    """Return VK's voice message; its two links both lead to the one recording that exists here."""
    links = {"link_ogg": address(media), "link_mp3": address(media)}
    return {**_named(media), "duration": media.duration or 1, "waveform": [0], **links}


def graffiti(media: Media) -> dict[str, Any]:
    """Return VK's graffiti: a drawing, or what another messenger calls a sticker."""
    size = {"width": media.width or 1, "height": media.height or 1}
    return {**_named(media), **size, "url": address(media)}


def video(media: Media) -> dict[str, Any]:
    """Return VK's video object."""
    size = {"width": media.width, "height": media.height} if media.width else {}
    return {
        **_common(media),
        **size,
        "title": media.name,
        "description": media.ids["text"],
        "duration": media.duration or 1,
        "player": address(media),
        "type": "video_message" if media.kind == "video_note" else "video",
        "views": 0,
        "comments": 0,
        "can_add": 1,
    }


def _audio(media: Media) -> dict[str, Any]:
    title = media.name.rpartition(".")[0] or media.name
    sound = {"artist": "", "title": title, "duration": media.duration or 1}
    return {**_common(media), **sound, "url": address(media)}


def _word(media: Media) -> str:
    """Return VK's word for a kind of file; animations are documents (gif) there."""
    words = {"document": "doc", "animation": "doc", "voice": "audio_message"}
    words |= {"video_note": "video", "sticker": "graffiti"}
    return media.ids.get("word") or words.get(media.kind, media.kind)


def _common(media: Media) -> dict[str, Any]:
    return {**_named(media), "date": int(media.ids["date"])}


def _named(media: Media) -> dict[str, Any]:
    owner, number = int(media.ids["owner"]), int(media.ids["id"])
    return {"id": number, "owner_id": owner, "access_key": media.ids["key"]}


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

"""File identifiers of one bot, and what lies behind them.

A file_id is good for one bot only; a file_unique_id is the same for all (core.telegram.org/bots/api#file).
What a bot has been shown is kept in its account's settings: `files` by file_id, `paths` by file_path.
"""

from __future__ import annotations

import io
from base64 import urlsafe_b64encode
from copy import deepcopy
from hashlib import blake2b
from typing import Any

from PIL import Image

from sandbox.api import Refusal
from sandbox.world import Account, Media, World

DOWNLOAD_MAX = 20 * 1024 * 1024  # bytes
LINK_LIVES_S = 3600
_PREFIXES = {
    "photo": "AgACAgIAAx",
    "video": "BAACAgIAAx",
    "document": "BQACAgIAAx",
    "voice": "AwACAgIAAx",
    "audio": "CQACAgIAAx",
    "animation": "CgACAgIAAx",
    "sticker": "CAACAgIAAx",
    "video_note": "DQACAgIAAx",
}
_FOLDERS = {
    "photo": "photos",
    "video": "videos",
    "document": "documents",
    "voice": "voice",
    "audio": "music",
    "animation": "animations",
    "sticker": "stickers",
    "video_note": "video_notes",
}
_ENDINGS = {
    "photo": ".jpg",
    "video": ".mp4",
    "voice": ".oga",
    "audio": ".mp3",
    "animation": ".mp4",
    "sticker": ".webp",
    "video_note": ".mp4",
}
_SIDES = (
    90,
    320,
    800,
)  # the longer side, in pixels, of the smaller sizes Telegram makes of a photo


def file_ids(account: Account, media: Media, side: int = 0) -> tuple[str, str]:
    """Return (file_id, file_unique_id) of a file for one bot, who may use the id from now on.

    `side` names a smaller size of a photo by its longer side in pixels, 0 the file itself.
    """
    details = "".join(f":{name}={value}" for name, value in sorted(media.extra.items()))
    seed = f"{media.kind}:{media.sha}:{media.name}:{side}{details}"
    file_id = _PREFIXES[media.kind] + _hash(f"{account.id}:{seed}", 33)
    known = account.settings.setdefault("files", {})
    if file_id not in known:
        known[file_id] = {
            "kind": media.kind, "sha": media.sha, "name": media.name, "mime": media.mime, "size": media.size,
            "width": media.width, "height": media.height, "duration": media.duration, "side": side,
            "extra": dict(media.extra),
        }  # fmt: skip
    return file_id, "AQAD" + _hash(seed, 9)


def media_of(account: Account, file_id: str) -> Media | None:
    """Return the file that this bot knows by that id; None for an id that is made up or another bot's."""
    known = account.settings.get("files", {}).get(file_id)
    if known is None:
        return None
    return Media(**deepcopy({name: value for name, value in known.items() if name != "side"}))


def photo_sizes(account: Account, media: Media) -> list[dict[str, Any]]:
    """Return a photo as the Bot API shows it: smaller sizes first, the whole one last."""
    longer = max(media.width, media.height, 1)
    sizes = []
    for side in (*(side for side in _SIDES if side < longer), 0):
        file_id, unique = file_ids(account, media, side)
        scale = side / longer if side else 1
        size: dict[str, Any] = {
            "file_id": file_id,
            "file_unique_id": unique,
            "width": max(1, round(media.width * scale)),
            "height": max(1, round(media.height * scale)),
        }
        if not side:  # what a smaller one weighs is not known before it is made
            size["file_size"] = media.size
        sizes.append(size)
    return sizes


def offer(world: World, account: Account, file_id: str) -> dict[str, Any]:
    """Return the `File` to download, its path good for an hour; refuses unknown ids and files over 20 MB."""
    known = account.settings.get("files", {}).get(file_id)
    if known is None:
        raise Refusal(400, 400, "Bad Request: wrong file_id or the file is temporarily unavailable")
    if known["size"] > DOWNLOAD_MAX:
        raise Refusal(400, 400, "Bad Request: file is too big")
    side = known["side"]
    ending = ".jpg" if side else _ending(known["name"], known["kind"])
    path = f"{_FOLDERS[known['kind']]}/file_{_hash(file_id, 9)}{ending}"
    account.settings.setdefault("paths", {})[path] = {
        "file_id": file_id,
        "until": world.clock.now() + LINK_LIVES_S,
    }
    media = media_of(account, file_id)
    assert media is not None
    answer = {
        "file_id": file_id,
        "file_unique_id": file_ids(account, media, side)[1],
        "file_path": path,
    }
    return answer if side else {**answer, "file_size": known["size"]}


def content(world: World, account: Account, path: str) -> tuple[bytes, str]:
    """Return the bytes and MIME type behind a file_path; refuses paths not handed out in the last hour."""
    link = account.settings.get("paths", {}).get(path)
    if link is None or link["until"] < world.clock.now():
        raise Refusal(404, 404, "Not Found")
    known = account.settings["files"][link["file_id"]]
    whole = world.files[known["sha"]]
    return (
        (_smaller(whole, known["side"]), "image/jpeg") if known["side"] else (whole, known["mime"])
    )


def _smaller(whole: bytes, side: int) -> bytes:
    with Image.open(io.BytesIO(whole)) as image:
        small = image.convert("RGB")
        small.thumbnail((side, side))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80)
    return out.getvalue()


def _ending(name: str, kind: str) -> str:
    dot = name.rfind(".")
    if dot > 0 and name[dot + 1 :].isascii() and name[dot + 1 :].isalnum():
        return name[dot:].lower()
    return _ENDINGS.get(kind, "")


def _hash(text: str, size: int) -> str:
    return urlsafe_b64encode(blake2b(text.encode(), digest_size=size).digest()).decode().rstrip("=")

"""Uploads in VK's three steps: ask for an address, send the file there, save what came back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import orjson
from PIL import Image

from sandbox.api import Refusal, Upload
from sandbox.vk import media, peers, videos
from sandbox.vk.addresses import sign, upload_url
from sandbox.vk.ask import Ask
from sandbox.vk.errors import NO_RIGHT, invalid, refuse
from sandbox.vk.spec import ANY, COMMUNITY, USER, method
from sandbox.world import Account, Media, World

MAX_PHOTO, MAX_DOC = 50 * 1024 * 1024, 200 * 1024 * 1024  # bytes (dev.vk.com, upload)
MAX_SIDES, MAX_RATIO = 14_000, 20  # width + height in pixels; the longer side to the shorter
MAX_AT_ONCE = {"message": 1, "wall": 6}  # photos of one POST
_SERVER = 857_000
_FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif"}
_NO_DOC = ("exe", "com", "bat", "cmd", "msi", "mp3")  # executables and music are refused
_DOC_TYPES = ("doc", "audio_message", "graffiti")


def photo_server(ask: Ask) -> dict[str, Any]:
    """photos.getMessagesUploadServer: refused (901) for a named person who may not be written to."""
    _may_write(ask)
    return {
        "upload_url": upload_url(ask, ask.account, "message"),
        "album_id": media.ALBUMS["message"],
        "user_id": ask.caller.person if ask.caller.key == "user" else 0,
        "group_id": ask.account.id,
    }


def wall_photo_server(ask: Ask) -> dict[str, Any]:
    """photos.getWallUploadServer: with a user key that has the right to walls."""
    account = _with_wall_right(ask.community())
    return {
        "upload_url": upload_url(ask, account, "wall"),
        "album_id": media.ALBUMS["wall"],
        "user_id": ask.caller.person,
    }


def message_doc_server(ask: Ask) -> dict[str, Any]:
    """docs.getMessagesUploadServer: for a document, a voice message or a drawing, by `type`."""
    kind = ask.params.text("type") or "doc"
    if kind not in _DOC_TYPES:
        raise invalid("type")
    _may_write(ask)
    return {"upload_url": upload_url(ask, ask.account, kind)}


def doc_server(ask: Ask) -> dict[str, Any]:
    """docs.getWallUploadServer and docs.getUploadServer."""
    return {"upload_url": upload_url(ask, ask.community(), "doc")}


def take(world: World, account: Account, place: str, files: Mapping[str, Upload]) -> dict[str, Any]:
    """Answer a POST to an upload address; the field names do not matter, an unfit photo is left out."""
    first = next(iter(files.values()), None)
    if place.startswith("video"):
        return videos.take(world, account, place, first)
    if place in _DOC_TYPES:
        return _take_doc(world, account, place, first)
    photos = [_photo(world, upload) for upload in list(files.values())[: MAX_AT_ONCE[place]]]
    text = json.dumps([photo for photo in photos if photo])
    return {"server": _SERVER, "photo": text, "hash": sign(account, place, text)}


def save_message_photo(ask: Ask) -> list[dict[str, Any]]:
    """photos.saveMessagesPhoto."""
    return _save_photos(ask, ask.account, "message", -ask.account.id)


def save_wall_photo(ask: Ask) -> list[dict[str, Any]]:
    """photos.saveWallPhoto: the photo belongs to the human whose key it is."""
    account = _with_wall_right(ask.community())
    return _save_photos(ask, account, "wall", ask.caller.person or -account.id)


def save_doc(ask: Ask) -> dict[str, Any]:
    """docs.save: a document, voice message or drawing, as the address was asked for."""
    text, _, signed = ask.params.need_text("file").rpartition("|")
    # The address of the upload does not come along, so the signature tells whose file it is.
    for account in ask.caller.accounts:
        if signed == sign(account, "doc", text):
            file = Media(**orjson.loads(text))
            file.name = ask.params.text("title") or file.name
            owner = ask.caller.person if ask.caller.key == "user" else 0
            media.register(account, file, owner or -account.id, ask.now)
            ask.changed(None)
            return media.wire(file)
    raise refuse(105)


def docs_by_id(ask: Ask) -> list[dict[str, Any]]:
    """docs.getById: those of the named documents (`-1_2`, `-1_2_key`) that are there."""
    ask.params.need_text("docs")
    found = []
    for word in ask.params.words("docs"):
        try:
            found += media.attached(ask.account, [f"doc{word}"], ask.caller.accounts)
        except Refusal:
            continue
    return [media.doc(file) for file in found]


def _may_write(ask: Ask) -> None:
    peer = ask.params.whole("peer_id")
    if peer and peers.obstacle(ask.account, peers.find(ask.world, ask.account, peer)):
        raise refuse(901)


def _with_wall_right(account: Account) -> Account:
    if not account.wall_rights:
        raise refuse(15, NO_RIGHT, error_subcode=1133)
    return account


def _photo(world: World, upload: Upload) -> dict[str, Any] | None:
    """Return what is known of a picture; None for one that VK would not take."""
    try:
        with Image.open(BytesIO(upload.content)) as picture:
            (width, height), format_ = picture.size, picture.format
    except (OSError, SyntaxError, ValueError, Warning, Image.DecompressionBombError):
        return None
    mime = _FORMATS.get(format_ or "")
    if mime is None or len(upload.content) > MAX_PHOTO or width + height > MAX_SIDES:
        return None
    if max(width, height) > MAX_RATIO * min(width, height):
        return None
    return {**_kept(world, upload, "photo", mime), "width": width, "height": height}


def _take_doc(world: World, account: Account, place: str, upload: Upload | None) -> dict[str, Any]:
    if upload is None or not upload.content:
        return {"error": "no_file", "error_descr": "file is not uploaded"}
    kept = _doc(world, place, upload)
    if kept is None:
        return {"error": "unknown error", "error_descr": "this file cannot be uploaded"}
    text = json.dumps(kept)
    return {"file": f"{text}|{sign(account, 'doc', text)}"}


def _doc(world: World, place: str, upload: Upload) -> dict[str, Any] | None:
    """Return what is known of a file; None for one that VK would not take at this place."""
    if len(upload.content) > MAX_DOC:
        return None
    if place == "audio_message":
        fits = upload.content.startswith(b"OggS")
        return _kept(world, upload, "voice", "audio/ogg") if fits else None
    if place == "graffiti":
        drawing = _photo(world, upload) if upload.content.startswith(b"\x89PNG") else None
        return None if drawing is None else {**drawing, "ids": {"word": "graffiti"}}
    if upload.name.rpartition(".")[2].lower() in _NO_DOC:
        return None
    return _kept(world, upload, "document", upload.mime)


def _kept(world: World, upload: Upload, kind: str, mime: str) -> dict[str, Any]:
    sha, size = world.keep(upload.content), len(upload.content)
    return {"kind": kind, "sha": sha, "name": upload.name, "mime": mime, "size": size}


def _save_photos(ask: Ask, account: Account, place: str, owner: int) -> list[dict[str, Any]]:
    text = ask.params.need_text("photo")
    if text == "[]":
        raise invalid("photos_list")
    if not text.startswith("[{"):
        raise refuse(129)
    if ask.params.whole("server") not in (None, _SERVER):
        raise refuse(118)
    if ask.params.text("hash") != sign(account, place, text):
        raise refuse(121)
    saved = []
    for known in orjson.loads(text):
        file = Media(**known)
        album, caption = media.ALBUMS[place], ask.params.text("caption")
        saved.append(media.register(account, file, owner, ask.now, album=album, caption=caption))
    ask.changed(None)
    return [media.photo(file) for file in saved]


METHODS = {
    "docs.getById": method(docs_by_id, ANY, "docs"),
    "docs.getMessagesUploadServer": method(message_doc_server, ANY, "peer_id type"),
    "docs.getUploadServer": method(doc_server, USER, "group_id"),
    "docs.getWallUploadServer": method(doc_server, ANY, "group_id"),
    "docs.save": method(save_doc, ANY, "file title"),
    "photos.getMessagesUploadServer": method(photo_server, COMMUNITY, "peer_id"),
    "photos.getWallUploadServer": method(wall_photo_server, USER, "group_id"),
    "photos.saveMessagesPhoto": method(save_message_photo, COMMUNITY, "photo server hash"),
    "photos.saveWallPhoto": method(save_wall_photo, USER, "user_id group_id photo server hash caption"),
}  # fmt: skip

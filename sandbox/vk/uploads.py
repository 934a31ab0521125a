"""Uploads in VK's three steps: ask for an address, send the file there, save what came back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO
from typing import Any

from PIL import Image

from sandbox.api import Upload
from sandbox.vk import dialogs, media
from sandbox.vk.ask import Ask
from sandbox.vk.errors import NO_RIGHT, invalid, refuse
from sandbox.vk.spec import ANY, COMMUNITY, USER, method
from sandbox.world import Account, Media, World

MAX_PHOTO, MAX_DOC = 50 * 1024 * 1024, 200 * 1024 * 1024  # bytes (dev.vk.com, upload)
MAX_SIDES, MAX_RATIO = 14_000, 20  # width + height in pixels; the longer side to the shorter
_SERVER = 857_000
_FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif"}
_NO_DOC = ("exe", "com", "bat", "cmd", "msi", "mp3")  # executables and music are refused

PLACES = ("message", "wall", "doc")


def photo_server(ask: Ask) -> dict[str, Any]:
    """photos.getMessagesUploadServer: refused (901) for a named person who may not be written to."""
    peer = ask.params.whole("peer_id")
    if peer and dialogs.barrier(ask.world.dialog(ask.account, peer)):
        raise refuse(901)
    return {
        "upload_url": _address(ask, ask.account, "message"),
        "album_id": media.ALBUMS["message"],
        "user_id": ask.caller.person if ask.caller.key == "user" else 0,
        "group_id": ask.account.id,
    }


def wall_photo_server(ask: Ask) -> dict[str, Any]:
    """photos.getWallUploadServer: with a user key that has the right to walls."""
    account = _with_wall_right(ask, ask.community())
    return {
        "upload_url": _address(ask, account, "wall"),
        "album_id": media.ALBUMS["wall"],
        "user_id": ask.caller.person,
    }


def doc_server(ask: Ask) -> dict[str, Any]:
    """docs.getMessagesUploadServer and docs.getWallUploadServer."""
    account = ask.community()
    return {"upload_url": _address(ask, account, "doc")}


def take(world: World, account: Account, place: str, files: Mapping[str, Upload]) -> dict[str, Any]:
    """Answer a POST to an upload address; the field names do not matter, an unfit photo is left out."""
    if place == "doc":
        return _take_doc(world, account, next(iter(files.values()), None))
    photos = [_photo(world, upload) for upload in files.values()]
    text = json.dumps([photo for photo in photos if photo])
    return {"server": _SERVER, "photo": text, "hash": _sign(account, place, text)}


def signature(account: Account, place: str) -> str:
    """Return the part of an upload address that only this community's keys get to know."""
    return _sign(account, "address", place)


def save_message_photo(ask: Ask) -> list[dict[str, Any]]:
    """photos.saveMessagesPhoto."""
    return _save_photos(ask, ask.account, "message", -ask.account.id)


def save_wall_photo(ask: Ask) -> list[dict[str, Any]]:
    """photos.saveWallPhoto: the photo belongs to the human whose key it is."""
    account = _with_wall_right(ask, ask.community())
    return _save_photos(ask, account, "wall", ask.caller.person or -account.id)


def save_doc(ask: Ask) -> dict[str, Any]:
    """docs.save."""
    text, _, sign = ask.params.need_text("file").rpartition("|")
    # The address of the upload does not come along, so the signature tells whose file it is.
    for account in ask.caller.accounts:
        if sign == _sign(account, "doc", text):
            file = Media(**json.loads(text))
            file.name = ask.params.text("title") or file.name
            media.register(account, file, _owner(ask, account), ask.now)
            ask.changed(None)
            return {"type": "doc", "doc": media.doc(file)}
    raise refuse(105)


def _with_wall_right(ask: Ask, account: Account) -> Account:
    if not account.wall_rights:
        raise refuse(15, NO_RIGHT, error_subcode=1133)
    return account


def _owner(ask: Ask, account: Account) -> int:
    return ask.caller.person if ask.caller.key == "user" and ask.caller.person else -account.id


def _address(ask: Ask, account: Account, place: str) -> str:
    return f"{ask.base}/vk/upload/{place}/{account.id}/{signature(account, place)}"


def _sign(account: Account, *what: str) -> str:
    return sha256("\n".join([account.token, *what]).encode()).hexdigest()[:32]


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
    return {
        "kind": "photo",
        "sha": world.keep(upload.content),
        "name": upload.name,
        "mime": mime,
        "size": len(upload.content),
        "width": width,
        "height": height,
    }


def _take_doc(world: World, account: Account, upload: Upload | None) -> dict[str, Any]:
    if upload is None or not upload.content:
        return {"error": "no_file", "error_descr": "file is not uploaded"}
    ext = upload.name.rpartition(".")[2].lower()
    if len(upload.content) > MAX_DOC or ext in _NO_DOC:
        return {"error": "unknown error", "error_descr": "this file cannot be uploaded"}
    kept = {
        "kind": "document",
        "sha": world.keep(upload.content),
        "name": upload.name,
        "mime": upload.mime,
        "size": len(upload.content),
    }
    text = json.dumps(kept)
    return {"file": f"{text}|{_sign(account, 'doc', text)}"}


def _save_photos(ask: Ask, account: Account, place: str, owner: int) -> list[dict[str, Any]]:
    text = ask.params.need_text("photo")
    if text == "[]":
        raise invalid("photos_list")
    if ask.params.whole("server") not in (None, _SERVER):
        raise refuse(118)
    if ask.params.text("hash") != _sign(account, place, text):
        raise refuse(121)
    saved = []
    for known in json.loads(text):
        file = Media(**known)
        album, caption = media.ALBUMS[place], ask.params.text("caption")
        saved.append(media.register(account, file, owner, ask.now, album=album, caption=caption))
    ask.changed(None)
    return [media.photo(file) for file in saved]


METHODS = {
    "docs.getMessagesUploadServer": method(doc_server, ANY, "peer_id type"),
    "docs.getWallUploadServer": method(doc_server, ANY, "group_id"),
    "docs.save": method(save_doc, ANY, "file title"),
    "photos.getMessagesUploadServer": method(photo_server, COMMUNITY, "peer_id group_id"),
    "photos.getWallUploadServer": method(wall_photo_server, USER, "group_id"),
    "photos.saveMessagesPhoto": method(save_message_photo, COMMUNITY, "photo server hash"),
    "photos.saveWallPhoto": method(save_wall_photo, USER, "user_id group_id photo server hash caption"),
}  # fmt: skip

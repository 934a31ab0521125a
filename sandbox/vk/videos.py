"""Videos: video.save gives an address and an id, the file comes later, VK works on it for a while."""

from __future__ import annotations

import secrets
from typing import Any

from sandbox.api import Upload
from sandbox.vk import media
from sandbox.vk.addresses import upload_url
from sandbox.vk.ask import Ask
from sandbox.vk.errors import NO_RIGHT, invalid, refuse
from sandbox.vk.spec import USER, method
from sandbox.world import Account, Media, World

MAX_VIDEO = 200 * 1024 * 1024  # bytes; VK takes far more
PROCESSING_S = 5  # seconds by the sandbox's clock in which a new video is shown as being processed


def save(ask: Ask) -> dict[str, Any]:
    """video.save: the video gets its id before its file; `link` takes a film from another site."""
    account = ask.community()
    if not account.wall_rights:
        raise refuse(15, NO_RIGHT, error_subcode=1133)
    link = ask.params.text("link")
    if link and not link.startswith(("http://", "https://")):
        raise invalid("link")
    owner = -account.id if ask.params.given("group_id") else ask.caller.person or -account.id
    number, key = media.next_number(account), secrets.token_hex(9)
    title, text = ask.params.text("name") or "No name", ask.params.text("description")
    place = f"video{owner}_{number}"
    waiting = {"owner": owner, "id": str(number), "key": key, "text": text, "title": title}
    account.settings.setdefault("videos", {})[place] = waiting | {"link": link}
    ask.changed(None)
    return {
        "upload_url": upload_url(ask, account, place),
        "video_id": number,
        "owner_id": owner,
        "title": title,
        "description": text,
        "access_key": key,
    }


def take(world: World, account: Account, place: str, upload: Upload | None) -> dict[str, Any]:
    """Answer a POST to a video's address: once, with a file (without one for a `link`)."""
    waiting = account.settings.get("videos", {}).get(place)
    if waiting is None:
        return {"error": "video is already uploaded"}
    if upload is None and waiting["link"]:
        upload = Upload(waiting["title"], "text/uri-list", waiting["link"].encode())
    if upload is None or not upload.content or len(upload.content) > MAX_VIDEO:
        return {"error": "invalid file"}
    size = len(upload.content)
    file = Media("video", world.keep(upload.content), waiting["title"], upload.mime, size)
    ids = {name: waiting[name] for name in ("id", "key", "text")}
    media.remember(account, file, waiting["owner"], world.clock.now(), ids)
    linked = bool(account.settings["videos"].pop(place)["link"])
    world.touch()
    if linked:
        return {"response": 1}
    return {"size": size, "owner_id": waiting["owner"], "video_id": int(ids["id"])}


def get(ask: Ask) -> dict[str, Any]:
    """video.get: the named videos (`-1_2`, `-1_2_key`), or all of an owner, newest first."""
    kept = [
        Media(**known)
        for account in ask.caller.accounts
        for name, known in account.settings.get("media", {}).items()
        if name.startswith("video")
    ]
    if ask.params.given("videos"):
        wanted = {"_".join(word.split("_")[:2]) for word in ask.params.words("videos")}
        kept = [one for one in kept if f"{one.ids['owner']}_{one.ids['id']}" in wanted]
    else:
        owner = ask.params.whole("owner_id") or ask.caller.person
        kept = [one for one in kept if one.ids["owner"] == str(owner)]
    offset, count = ask.params.page(200, 100)
    page = sorted(kept, key=lambda one: -int(one.ids["id"]))[offset : offset + count]
    return {"count": len(kept), "items": [_shown(one, ask.now) for one in page]}


def _shown(file: Media, now: float) -> dict[str, Any]:
    busy = now - int(file.ids["date"]) < PROCESSING_S
    return media.video(file) | ({"processing": 1, "converting": 1} if busy else {})


METHODS = {
    "video.get": method(get, USER, "owner_id videos count offset", missing="albums; profiles and groups"),
    "video.save": method(
        save, USER, "name description link group_id",
        missing="a post of its own (wallpost), albums, privacy, repeat; the film is not looked into",
    ),
}  # fmt: skip

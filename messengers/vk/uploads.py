"""Pictures go to VK in three steps: ask for an address, post the file there, save what came back.

Nothing can be seen of them by anybody yet, so a failure here leaves no doubt about a message.
"""

from __future__ import annotations

import asyncio
import mimetypes
from typing import Any

import orjson
from pyreqwest.multipart import FormBuilder, PartBuilder

from core.messenger import MediaFile, Part
from messengers.transport import Http, Lost
from messengers.vk.client import Caller, Refusal

_INVALID_PHOTO = 129
_KEPT = 100  # references


class Uploads:
    """Uploads with one key: for dialogs (good in every dialog of the community), or for the wall."""

    def __init__(self, caller: Caller, http: Http, timeout: float, *, wall: int | None) -> None:
        """`wall` is the community's number when pictures are for its wall; `timeout` in seconds."""
        self._caller, self._http, self._timeout = caller, http, timeout
        self._where = {"peer_id": 0} if wall is None else {"group_id": wall}
        self._owner = {} if wall is None else {"group_id": wall}
        kind = "Messages" if wall is None else "Wall"
        self._ask = f"photos.get{kind}UploadServer"
        self._save = f"photos.save{kind}Photo"
        # What is uploaded of albums whose upload broke off: the next try goes on from there.
        self._kept: dict[str, str] = {}

    async def attach(self, part: Part) -> tuple[list[str], dict[str, str]]:
        """Return the attachments of a part in order, and those that are new by SHA-256.

        Raises Refusal, NotLeft, Lost, and OSError when a file cannot be read.
        """
        attachments: list[str] = []
        new: dict[str, str] = {}
        for media in part.media:
            ref = media.ref or self._kept.get(media.sha)
            if ref is None:
                ref = await self._upload(media)
                self._keep(media.sha, ref)
            if media.ref is None:
                new[media.sha] = ref
            attachments.append(ref)
        for sha in new:
            self._kept.pop(sha, None)
        return attachments, new

    def _keep(self, sha: str, ref: str) -> None:
        self._kept[sha] = ref
        if len(self._kept) > _KEPT:
            del self._kept[next(iter(self._kept))]

    async def _upload(self, media: MediaFile) -> str:
        server = await self._caller.call(self._ask, **self._where)
        sent = await _post(self._http, server, media, self._timeout)
        return _attachment(await self._caller.call(self._save, **self._owner, **sent))


async def _post(http: Http, server: Any, media: MediaFile, timeout: float) -> dict[str, Any]:
    content = await asyncio.to_thread(media.path.read_bytes)
    # A name of our own: people's file names hold letters that some multipart parsers refuse.
    name = media.sha[:16] + (mimetypes.guess_extension(media.mime) or "")
    part = PartBuilder.from_bytes(content).mime(media.mime).file_name(name)
    try:
        url = server["upload_url"]
    except (KeyError, TypeError):
        raise Lost("VK gave no address to upload to") from None
    answer = await http.upload(url, FormBuilder().part("photo", part), timeout=timeout)
    try:
        data = orjson.loads(answer.body)
        sent = {name: data[name] for name in ("server", "photo", "hash")}
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise Lost(f"HTTP {answer.status}, the answer is not an upload's") from None
    if sent["photo"] in ("", "[]"):  # how the upload server says that it cannot use the file
        raise Refusal(_INVALID_PHOTO, "the upload server did not take the picture")
    return sent


def _attachment(saved: Any) -> str:
    try:
        photo = saved[0]
        name = f"photo{photo['owner_id']}_{photo['id']}"
    except (KeyError, IndexError, TypeError):
        raise Lost("VK did not say where it saved the picture") from None
    key = photo.get("access_key")
    return f"{name}_{key}" if key else name

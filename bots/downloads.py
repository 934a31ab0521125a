"""Fetches what authors attach: pictures are made fit to send, documents are read, bytes are kept."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from PIL import Image

from bots.words import Words
from core.bell import Bell
from core.clock import Clock
from core.errors import DocxError, FileTooBig, MessengerError, PictureError
from core.messenger import Messenger
from core.richtext import RichText
from newsroom import gathering
from newsroom.docx import read_docx
from newsroom.likeness import look_of
from newsroom.picture_bytes import picture_kind
from newsroom.pictures import Picture, prepare
from storage import manuscripts, media
from storage.database import Database
from storage.manuscripts import Wanted
from storage.media import MediaFolder

log = logging.getLogger("vestnik.bots")

AT_ONCE = 3
LIMIT_MB = 20
PAUSES_MS = (2_000, 10_000, 60_000)  # before the second, third and fourth try, which is the last
LOOK_MS = 60_000  # how long a missed ring may cost

# What is not fetched at all: its kind, or the ending of its name, says that nobody here can read it.
_REFUSED: Mapping[str, str] = {
    "video": "file-video",
    "video_note": "file-video",
    "animation": "file-animation",
    "audio": "file-audio",
    "voice": "file-voice",
    "sticker": "file-sticker",
}
_ENDINGS: Mapping[str, str] = {
    **dict.fromkeys((".mp4", ".mov", ".avi", ".mkv", ".webm", ".wmv", ".3gp"), "file-video"),
    **dict.fromkeys((".mp3", ".ogg", ".wav", ".m4a", ".flac", ".wma"), "file-audio"),
    **dict.fromkeys((".exe", ".apk", ".bat", ".msi", ".js", ".lnk"), "file-program"),
}
# Those that we cannot read either: what is said of them is said of a picture, not of a document.
_PICTURES = frozenset(
    [
        "jpg",
        "jpeg",
        "png",
        "gif",
        "webp",
        "heic",
        "heif",
        "avif",
        "tif",
        "tiff",
        "bmp",
        "svg",
        "psd",
        "raw",
        "cr2",
        "nef",
        "dng",
    ]
)


def refusal(kind: str, name: str = "") -> str | None:
    """Return the key of the sentence on what we do not take, None for what is worth fetching."""
    if kind in ("photo", "document"):
        return _ENDINGS.get(PurePath(name.lower()).suffix)
    return _REFUSED.get(kind, "file-other")


@dataclass(frozen=True, slots=True)
class Read:
    """What a file held: pictures with how they look, a document's text, what was left out of it."""

    pictures: tuple[tuple[Picture, int], ...] = ()
    text: RichText | None = None
    trouble: str | None = None


def read(kind: str, name: str, content: bytes) -> Read:
    """Return what a file holds; raises PictureError or DocxError. Heavy: it belongs in a thread."""
    named = PurePath(name.lower()).suffix.removeprefix(".") in _PICTURES
    if kind == "photo" or named or picture_kind(content) is not None:
        return Read((_picture(content),))
    document = read_docx(content)
    pictures, left_out = [], list(document.left_out)
    for one in document.pictures:
        try:
            pictures.append(_picture(one.body))
        except PictureError as error:
            left_out.append(str(error))
    trouble = ". ".join(line.rstrip(".") for line in dict.fromkeys(left_out)) or None
    return Read(tuple(pictures), document.text or None, trouble)


def _picture(content: bytes) -> tuple[Picture, int]:
    ready = prepare(content)
    with Image.open(io.BytesIO(ready.content)) as image:
        return ready, look_of(image)


class Downloads:
    """The files of all submissions, a few at a time; rings "drafts" when one is here."""

    def __init__(
        self,
        db: Database,
        messengers: Mapping[int, Messenger],
        folder: MediaFolder,
        bell: Bell,
        clock: Clock,
    ) -> None:
        """Take the accounts by their ids; nothing runs yet."""
        self._db = db
        self._messengers = messengers
        self._folder = folder
        self._bell = bell
        self._clock = clock
        self._words = Words()
        self._busy: set[int] = set()
        self._claiming = asyncio.Lock()

    async def run(self) -> None:
        """Fetch until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(self._work())

    async def drain(self) -> None:
        """Fetch all that may be tried now, each once."""
        await asyncio.gather(*(self._empty() for _ in range(AT_ONCE)))

    async def _work(self) -> None:
        wake = self._bell.on("downloads")
        while True:
            wake.clear()
            until = self._clock.now() + LOOK_MS
            try:
                await self._empty()
                async with self._db.read() as connection:
                    again = await manuscripts.next_wanted(connection, self._clock.now())
                until = min(until, again or until)
            except Exception:
                # The database itself fails: the rows stay, and are tried when it may be back.
                log.exception("files could not be fetched")
            await self._clock.wait(wake, until)

    async def _empty(self) -> None:
        while (one := await self._claim()) is not None:
            try:
                await self._fetch(one)
            finally:
                async with self._claiming:
                    self._busy.discard(one.id)

    async def _claim(self) -> Wanted | None:
        # What was read must not be let go in the meantime: it would be fetched a second time.
        async with self._claiming:
            async with self._db.read() as connection:
                found = await manuscripts.wanted(
                    connection, self._clock.now(), AT_ONCE + len(self._busy)
                )
            free = next((one for one in found if one.id not in self._busy), None)
            if free is not None:
                self._busy.add(free.id)
                if len(found) > 1:
                    self._bell.ring(
                        "downloads"
                    )  # the workers share one event: another may be needed
            return free

    async def _fetch(self, one: Wanted) -> None:
        refused = refusal(one.kind, one.name)
        if refused is not None:
            await self._fail(one, self._words.say(one.locale, refused))
            return
        if not one.ref:
            await self._fail(one, self._words.say(one.locale, "file-unseen"))
            return
        try:
            content = await self._messenger(one).download(one.ref, LIMIT_MB * 1024 * 1024)
            found = await asyncio.to_thread(read, one.kind, one.name, content)
            for picture, _ in found.pictures:
                await asyncio.to_thread(self._folder.keep, picture.sha, picture.content)
            await self._keep(one, found)
        except FileTooBig:
            await self._fail(one, self._words.say(one.locale, "file-too-big", limit=LIMIT_MB))
        except (PictureError, DocxError) as error:
            await self._fail(one, str(error))
        except MessengerError as error:
            log.info("file %s was not fetched: %s", one.id, error)
            await self._again(one, error.retry_after)
        except Exception:
            log.exception("file %s could not be taken", one.id)
            await self._again(one, None)

    def _messenger(self, one: Wanted) -> Messenger:
        messenger = self._messengers.get(one.account_id)
        if messenger is None:
            raise MessengerError("the account is not in use")
        return messenger

    async def _again(self, one: Wanted, retry_after: float | None) -> None:
        """Try once more after a while, or give up."""
        if one.attempts >= len(PAUSES_MS):
            await self._fail(one, self._words.say(one.locale, "file-lost"))
            return
        pause = max(PAUSES_MS[one.attempts], int((retry_after or 0) * 1000))
        async with self._db.write() as connection:
            await manuscripts.failed(connection, one.id, "", self._clock.now() + pause)

    async def _fail(self, one: Wanted, trouble: str) -> None:
        async with self._db.write() as connection:
            await manuscripts.failed(connection, one.id, trouble, None)
            await gathering.arrived(connection, one.post_id, self._clock.now())
        self._bell.ring("drafts")

    async def _keep(self, one: Wanted, found: Read) -> None:
        async with self._db.write() as connection:
            ids = [
                await media.add(
                    connection,
                    sha=picture.sha,
                    mime=picture.mime,
                    size=len(picture.content),
                    width=picture.width,
                    height=picture.height,
                    look=look,
                )
                for picture, look in found.pictures
            ]
            await manuscripts.fetched(
                connection,
                one.id,
                media_ids=list(dict.fromkeys(ids)),
                text=found.text,
                trouble=found.trouble,
            )
            await gathering.arrived(connection, one.post_id, self._clock.now())
        self._bell.ring("drafts")

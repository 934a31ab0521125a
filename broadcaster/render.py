"""From a claimed delivery to the parts to send: the same `newsroom.fit` as every preview."""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from core import richtext
from core.messenger import Capabilities, MediaFile, Part
from core.richtext import RichText
from core.words import WaveKind
from newsroom.digest import DigestEntry, DigestWords, compose
from newsroom.fit import fit
from storage import media, posts, showing
from storage.database import Database
from storage.ledger import Claim
from storage.media import MediaFolder, MediaRow
from storage.posts import RevisionRow

REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class Rendered:
    """Parts to send, and which revision of which post they show."""

    parts: tuple[Part, ...]
    shows: tuple[tuple[int, int], ...]  # (post id, revision id)


class Renderer:
    """Fits revisions to chats; a post's body is rendered once for all chats that are alike."""

    def __init__(self, db: Database, folder: MediaFolder, words: DigestWords) -> None:
        """Take revisions from the database and pictures from the folder."""
        self._db = db
        self._folder = folder
        self._words = words
        self._rendering = asyncio.Lock()
        self._kept: OrderedDict[tuple[int, Capabilities, str | None], Rendered] = OrderedDict()

    async def parts(self, claim: Claim, capabilities: Capabilities) -> Rendered:
        """Return what a delivery is to show; for an amend, what its first delivery shows now."""
        if claim.wave_kind is WaveKind.DIGEST:
            return await self._digest(claim.delivery_id, claim.footer, capabilities)
        if claim.revision_id is None:
            raise ValueError(f"delivery {claim.delivery_id} has no revision")
        if claim.of_id is not None:
            async with self._db.read() as connection:
                in_digest = await showing.digest_posts(connection, claim.of_id)
            if in_digest:
                return await self._digest(claim.of_id, claim.footer, capabilities)
        return await self._post(claim.revision_id, claim.footer, capabilities)

    async def with_pictures_as_shown(
        self, claim: Claim, capabilities: Capabilities, sizes: Sequence[int]
    ) -> tuple[Part, ...] | None:
        """Return an amend's content with the pictures of an earlier revision that made messages of these sizes.

        None where pictures are free to change, and where no revision fits.
        """
        if claim.revision_id is None or capabilities.album_is_one_message:
            return None
        async with self._db.read() as connection:
            if await showing.digest_posts(connection, claim.of_id or 0):
                return None
            revision = await posts.get_revision(connection, claim.revision_id)
            newest = await self._pictures(connection, claim.revision_id)
            for earlier in await posts.earlier_revisions(connection, revision):
                pictures = await self._pictures(connection, earlier)
                if pictures and pictures != newest:
                    parts = _fitted(revision, pictures, capabilities, claim.footer)
                    made = [max(1, len(part.media)) for part in parts]
                    if made[: len(sizes)] == list(sizes[: len(made)]):
                        return parts
        return None

    async def notice_under_picture(
        self, claim: Claim, capabilities: Capabilities, size: int
    ) -> Part | None:
        """Return a retraction's notice as the caption of the first picture that was shown in a message
        or album of this size; None when no earlier revision had pictures."""
        if claim.revision_id is None:
            return None
        found: Part | None = None
        async with self._db.read() as connection:
            revision = await posts.get_revision(connection, claim.revision_id)
            for earlier in await posts.earlier_revisions(connection, revision):
                pictures = await self._pictures(connection, earlier)
                if not pictures:
                    continue
                (first, *_) = _fitted(revision, pictures, capabilities, claim.footer)
                captioned = replace(first, media=first.media[:1])
                if len(first.media) == size:
                    return captioned
                found = found or captioned
        return found

    async def _post(
        self, revision_id: int, footer: str | None, capabilities: Capabilities
    ) -> Rendered:
        key = (revision_id, capabilities, footer)
        if key not in self._kept:
            async with self._rendering:  # whoever comes meanwhile finds it there
                if key not in self._kept:
                    self._kept[key] = await self._render(revision_id, footer, capabilities)
            if len(self._kept) > REMEMBERED:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    async def _render(
        self, revision_id: int, footer: str | None, capabilities: Capabilities
    ) -> Rendered:
        async with self._db.read() as connection:
            revision = await posts.get_revision(connection, revision_id)
            pictures = await self._pictures(connection, revision_id)
        parts = _fitted(revision, pictures, capabilities, footer)
        return Rendered(parts, ((revision.post_id, revision_id),))

    async def _digest(
        self, delivery_id: int, footer: str | None, capabilities: Capabilities
    ) -> Rendered:
        entries: list[DigestEntry] = []
        shows: list[tuple[int, int]] = []
        async with self._db.read() as connection:
            for post_id in await showing.digest_posts(connection, delivery_id):
                revision = await posts.public_revision(connection, post_id)
                if revision is None:
                    continue
                name = await posts.organization_name(connection, post_id)
                entries.append(DigestEntry(revision.title, revision.body, revision.link, name))
                shows.append((post_id, revision.id))
        text = compose(entries, self._words)
        parts = fit(text, (), capabilities, footer=footer_of(footer))
        # A selection is a list of links: a preview of the first one would only mislead.
        return Rendered(tuple(replace(part, preview=False) for part in parts), tuple(shows))

    async def kept_pictures(self, shas: Sequence[str]) -> list[MediaFile]:
        """Return those of the pictures whose bytes are here, in order."""
        async with self._db.read() as connection:
            rows = await media.by_sha(connection, shas)
        files = [self._file(rows[sha]) for sha in shas if sha in rows]
        return [file for file in files if os.access(file.path, os.R_OK)]

    async def _pictures(self, connection: AsyncConnection, revision_id: int) -> Sequence[MediaFile]:
        return [self._file(row) for row in await media.of_revision(connection, revision_id)]

    def _file(self, row: MediaRow) -> MediaFile:
        name = f"{row.sha[:12]}{_ending(row.mime)}"
        return MediaFile(row.sha, self._folder.path(row.sha), row.mime, name)


def _fitted(
    revision: RevisionRow,
    pictures: Sequence[MediaFile],
    capabilities: Capabilities,
    footer: str | None,
) -> tuple[Part, ...]:
    return fit(
        revision.body,
        pictures,
        capabilities,
        title=revision.title,
        link=revision.link,
        footer=footer_of(footer),
    )


def footer_of(footer: str | None) -> RichText | None:
    """Return a chat's footer from its JSON text."""
    data = orjson.loads(footer) if footer else None  # JSON null is a footer that was taken away
    return richtext.from_json(data) if data else None


def _ending(mime: str) -> str:
    return {"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif"}.get(mime, "")

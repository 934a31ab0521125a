"""Pictures: the bytes once by SHA-256 in a folder, a row for each, and each account's reference to it."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.rows import insert
from storage.tables import media, revision_media, submission_picture, upload


@dataclass(frozen=True, slots=True)
class MediaRow:
    """A kept picture; sizes in bytes and pixels."""

    id: int
    sha: str
    mime: str
    size: int
    width: int
    height: int


class MediaFolder:
    """Bytes on disk, named by their SHA-256."""

    def __init__(self, folder: Path) -> None:
        """Keep files under `folder`, made on demand."""
        self._folder = folder

    def path(self, sha: str) -> Path:
        """Return where the bytes lie (or would lie)."""
        return self._folder / sha[:2] / sha

    def keep(self, sha: str, content: bytes) -> None:
        """Write the bytes; they are on disk when this returns. A file that is there stays."""
        path = self.path(sha)
        with suppress(FileNotFoundError):
            os.utime(path)  # wanted again: `remove` lets it be
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)

    def remove(self, sha: str, unwanted_s: float) -> bool:
        """Remove bytes that nobody has kept for so many seconds; False while they are younger."""
        path = self.path(sha)
        with suppress(FileNotFoundError):
            # The file's own time: bytes lie here for a moment before a row names them.
            if time.time() - path.stat().st_mtime < unwanted_s:
                return False
            path.unlink()
        return True


async def add(
    connection: AsyncConnection,
    *,
    sha: str,
    mime: str,
    size: int,
    width: int,
    height: int,
    look: int | None = None,
) -> int:
    """Return the id of the picture's row, made if missing; `look` is newsroom.likeness.look_of."""
    found = await connection.scalar(sa.select(media.c.id).where(media.c.sha == sha))
    if found is not None:
        if look is not None:
            await connection.execute(media.update().where(media.c.id == found).values(look=look))
        return int(found)
    return await insert(
        connection, media, sha=sha, mime=mime, size=size, width=width, height=height, look=look
    )


async def unused(connection: AsyncConnection, among: Iterable[int] | None = None) -> dict[int, str]:
    """Return the SHA-256 of pictures that no revision and no submission shows, by id; all, or of these."""
    shown = sa.union(sa.select(revision_media.c.media_id), sa.select(submission_picture.c.media_id))
    query = sa.select(media.c.id, media.c.sha).where(media.c.id.not_in(shown))
    if among is not None:
        query = query.where(media.c.id.in_(list(among)))
    return {row.id: row.sha for row in await connection.execute(query)}


async def drop(connection: AsyncConnection, ids: Iterable[int]) -> None:
    """Remove the rows of pictures whose bytes are gone, and what they were uploaded as."""
    gone = list(await unused(connection, ids))
    await connection.execute(upload.delete().where(upload.c.media_id.in_(gone)))
    await connection.execute(media.delete().where(media.c.id.in_(gone)))


async def of_revision(connection: AsyncConnection, revision_id: int) -> list[MediaRow]:
    """Return a revision's pictures in order."""
    rows = await connection.execute(
        sa.select(
            media.c.id, media.c.sha, media.c.mime, media.c.size, media.c.width, media.c.height
        )
        .join(revision_media, revision_media.c.media_id == media.c.id)
        .where(revision_media.c.revision_id == revision_id)
        .order_by(revision_media.c.position)
    )
    return [MediaRow(*row) for row in rows]


async def by_ids(connection: AsyncConnection, ids: Iterable[int]) -> list[MediaRow]:
    """Return pictures by their ids, in no order."""
    rows = await connection.execute(
        sa.select(
            media.c.id, media.c.sha, media.c.mime, media.c.size, media.c.width, media.c.height
        ).where(media.c.id.in_(list(ids)))
    )
    return [MediaRow(*row) for row in rows]


async def by_sha(connection: AsyncConnection, shas: Iterable[str]) -> dict[str, MediaRow]:
    """Return pictures by their SHA-256; those without a row are left out."""
    rows = await connection.execute(
        sa.select(
            media.c.id, media.c.sha, media.c.mime, media.c.size, media.c.width, media.c.height
        ).where(media.c.sha.in_(list(shas)))
    )
    return {row.sha: MediaRow(*row) for row in rows}


async def refs_by_sha(
    connection: AsyncConnection, account_id: int, scope: str, shas: Iterable[str]
) -> dict[str, str]:
    """Return the account's references of those pictures that it has uploaded already, by SHA-256."""
    rows = await connection.execute(
        sa.select(media.c.sha, upload.c.ref)
        .join(media, media.c.id == upload.c.media_id)
        .where(
            upload.c.account_id == account_id,
            upload.c.scope == scope,
            media.c.sha.in_(list(shas)),
        )
    )
    return {row.sha: row.ref for row in rows}


async def keep_refs(
    connection: AsyncConnection, account_id: int, scope: str, refs: Mapping[str, str], now: int
) -> None:
    """Remember what uploads were called, by SHA-256."""
    for sha, name in refs.items():
        media_id = await connection.scalar(sa.select(media.c.id).where(media.c.sha == sha))
        if media_id is None:
            continue
        key = {"account_id": account_id, "media_id": media_id, "scope": scope}
        await connection.execute(upload.delete().filter_by(**key))
        await connection.execute(upload.insert().values(**key, ref=name, at=now))

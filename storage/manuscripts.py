"""What a submission is written with: the author's messages and the files attached to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core import richtext
from core.incoming import IncomingFile
from core.richtext import RichText
from core.words import FileState
from storage.rows import insert
from storage.tables import (
    chat,
    media,
    person,
    submission_file,
    submission_message,
    submission_picture,
)


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the author; `at` is the messenger's time, ms UTC."""

    id: int
    post_id: int
    chat_id: int
    message: str
    album: str | None
    at: int
    text: RichText


@dataclass(frozen=True, slots=True)
class File:
    """A file attached to a message; `pictures` are media ids in order, `text` a document's."""

    id: int
    message_id: int
    kind: str
    name: str
    state: FileState
    trouble: str | None
    text: RichText | None
    pictures: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file whose bytes are still to be fetched, the account that can, and its author's language."""

    id: int
    post_id: int
    account_id: int
    ref: str
    kind: str
    name: str
    attempts: int
    locale: str | None


# Updates may come out of order, and messengers tell time in seconds: within one the messages'
# own numbers decide, which grow (as text: a longer one is a larger one).
_WRITTEN = (
    submission_message.c.at,
    sa.func.length(submission_message.c.message),
    submission_message.c.message,
    submission_message.c.id,
)


async def add_message(
    connection: AsyncConnection,
    *,
    post_id: int,
    chat_id: int,
    message: str,
    album: str | None,
    at: int,
    text: RichText,
    files: Sequence[IncomingFile],
) -> None:
    """Add a message, which is not known yet, and its files."""
    message_id = await insert(
        connection,
        submission_message,
        post_id=post_id,
        chat_id=chat_id,
        message=message,
        album=album,
        at=at,
        text=richtext.to_json(text),
    )
    await _add_files(connection, message_id, files)


async def _add_files(
    connection: AsyncConnection, message_id: int, files: Sequence[IncomingFile]
) -> None:
    for position, one in enumerate(files):
        await insert(
            connection,
            submission_file,
            message_id=message_id,
            position=position,
            kind=one.kind,
            ref=one.ref,
            name=one.name[:200],
            state=int(FileState.WAITING),
        )


async def change_message(
    connection: AsyncConnection,
    message_id: int,
    text: RichText,
    files: Sequence[IncomingFile] | None,
) -> None:
    """Take what an edited message says now; `files` are fetched anew, None leaves them as they are."""
    await connection.execute(
        sa.update(submission_message)
        .where(submission_message.c.id == message_id)
        .values(text=richtext.to_json(text))
    )
    if files is None:
        return
    known = await connection.scalars(
        sa.select(submission_file.c.id).where(submission_file.c.message_id == message_id)
    )
    await _drop_files(connection, list(known))
    await _add_files(connection, message_id, files)


async def refs(connection: AsyncConnection, message_id: int) -> list[str]:
    """Return what the files of a message are fetched by, in order."""
    rows = await connection.scalars(
        sa.select(submission_file.c.ref)
        .where(submission_file.c.message_id == message_id)
        .order_by(submission_file.c.position)
    )
    return list(rows)


async def _drop_files(connection: AsyncConnection, ids: Sequence[int]) -> None:
    await connection.execute(
        sa.delete(submission_picture).where(submission_picture.c.file_id.in_(ids))
    )
    await connection.execute(sa.delete(submission_file).where(submission_file.c.id.in_(ids)))


def _message(row: Any) -> Message:
    return Message(
        row.id,
        row.post_id,
        row.chat_id,
        row.message,
        row.album,
        row.at,
        richtext.from_json(row.text),
    )


async def find(connection: AsyncConnection, chat_id: int, message: str) -> Message | None:
    """Return the message of a submission that a chat's message is, or None."""
    row = (
        await connection.execute(
            sa.select(submission_message).where(
                submission_message.c.chat_id == chat_id, submission_message.c.message == message
            )
        )
    ).first()
    return None if row is None else _message(row)


async def messages(connection: AsyncConnection, post_id: int) -> list[Message]:
    """Return a submission's messages in the order they were written."""
    rows = await connection.execute(
        sa.select(submission_message)
        .where(submission_message.c.post_id == post_id)
        .order_by(*_WRITTEN)
    )
    return [_message(row) for row in rows]


async def files(connection: AsyncConnection, post_id: int) -> list[File]:
    """Return a submission's files in the order of messages, and within them."""
    rows = list(
        await connection.execute(
            sa.select(submission_file)
            .join(submission_message, submission_message.c.id == submission_file.c.message_id)
            .where(submission_message.c.post_id == post_id)
            .order_by(*_WRITTEN, submission_file.c.position)
        )
    )
    pictures: dict[int, list[int]] = {}
    for file_id, media_id in await connection.execute(
        sa.select(submission_picture.c.file_id, submission_picture.c.media_id)
        .where(submission_picture.c.file_id.in_([row.id for row in rows]))
        .order_by(submission_picture.c.file_id, submission_picture.c.position)
    ):
        pictures.setdefault(file_id, []).append(media_id)
    return [
        File(
            row.id,
            row.message_id,
            row.kind,
            row.name,
            FileState(row.state),
            row.trouble,
            None if row.text is None else richtext.from_json(row.text),
            tuple(pictures.get(row.id, ())),
        )
        for row in rows
    ]


async def album_post(connection: AsyncConnection, chat_id: int, album: str) -> int | None:
    """Return the submission that an album's other items belong to, or None."""
    found: int | None = await connection.scalar(
        sa.select(submission_message.c.post_id)
        .where(submission_message.c.chat_id == chat_id, submission_message.c.album == album)
        .limit(1)
    )
    return found


async def move(connection: AsyncConnection, post_id: int, to_post_id: int) -> None:
    """Give one submission's messages to another."""
    await connection.execute(
        sa.update(submission_message)
        .where(submission_message.c.post_id == post_id)
        .values(post_id=to_post_id)
    )


async def drop(connection: AsyncConnection, post_id: int) -> None:
    """Remove a submission's messages and files; kept pictures stay for what shows them."""
    ids = list(
        await connection.scalars(
            sa.select(submission_file.c.id)
            .join(submission_message, submission_message.c.id == submission_file.c.message_id)
            .where(submission_message.c.post_id == post_id)
        )
    )
    await _drop_files(connection, ids)
    await connection.execute(
        sa.delete(submission_message).where(submission_message.c.post_id == post_id)
    )


async def drop_pictures(connection: AsyncConnection, post_id: int) -> None:
    """Take all pictures out of a submission; what documents say stays."""
    own = (
        sa.select(submission_file.c.id)
        .join(submission_message, submission_message.c.id == submission_file.c.message_id)
        .where(submission_message.c.post_id == post_id)
    )
    await connection.execute(
        sa.delete(submission_picture).where(submission_picture.c.file_id.in_(own))
    )


async def wanted(connection: AsyncConnection, now: int, limit: int) -> list[Wanted]:
    """Return files to be fetched now, oldest first."""
    rows = await connection.execute(
        sa.select(
            submission_file.c.id,
            submission_message.c.post_id,
            chat.c.account_id,
            submission_file.c.ref,
            submission_file.c.kind,
            submission_file.c.name,
            submission_file.c.attempts,
            sa.func.coalesce(chat.c.locale, person.c.locale),
        )
        .join(submission_message, submission_message.c.id == submission_file.c.message_id)
        .join(chat, chat.c.id == submission_message.c.chat_id)
        .outerjoin(person, person.c.id == chat.c.person_id)
        .where(
            submission_file.c.state == 1,
            sa.or_(submission_file.c.not_before.is_(None), submission_file.c.not_before <= now),
        )
        .order_by(submission_file.c.id)
        .limit(limit)
    )
    return [Wanted(*row) for row in rows]


async def next_wanted(connection: AsyncConnection, now: int) -> int | None:
    """Return when a file may be tried again that waits."""
    at: int | None = await connection.scalar(
        sa.select(sa.func.min(submission_file.c.not_before)).where(
            submission_file.c.state == 1, submission_file.c.not_before > now
        )
    )
    return at


async def fetched(
    connection: AsyncConnection,
    file_id: int,
    *,
    media_ids: Sequence[int],
    text: RichText | None,
    trouble: str | None,
) -> bool:
    """Note that a file is here; False if the author took it away meanwhile, or it was here before."""
    changed = await connection.execute(
        sa.update(submission_file)
        .where(
            submission_file.c.id == file_id,
            submission_file.c.state == int(FileState.WAITING),
        )
        .values(
            state=int(FileState.READY),
            text=None if text is None else richtext.to_json(text),
            trouble=trouble,
        )
        .returning(submission_file.c.id)
    )
    if changed.first() is None:
        return False
    for position, media_id in enumerate(media_ids):
        await connection.execute(
            sa.insert(submission_picture).values(
                file_id=file_id, position=position, media_id=media_id
            )
        )
    return True


async def failed(
    connection: AsyncConnection, file_id: int, trouble: str, not_before: int | None
) -> None:
    """Note that a file could not be fetched: for good, or until it is tried again (ms UTC)."""
    values: dict[str, Any] = {"attempts": submission_file.c.attempts + 1, "not_before": not_before}
    if not_before is None:
        values |= {"state": int(FileState.FAILED), "trouble": trouble}
    await connection.execute(
        sa.update(submission_file)
        .where(
            submission_file.c.id == file_id,
            submission_file.c.state == int(FileState.WAITING),
        )
        .values(**values)
    )


async def looks(connection: AsyncConnection, media_ids: Iterable[int]) -> dict[int, int]:
    """Return what pictures look like (newsroom.likeness), by media id; unknown ones are left out."""
    rows = await connection.execute(
        sa.select(media.c.id, media.c.look).where(
            media.c.id.in_(list(media_ids)), media.c.look.is_not(None)
        )
    )
    return {row.id: row.look for row in rows}

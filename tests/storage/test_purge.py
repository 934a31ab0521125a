"""What is kept only for a while goes, and what a card still needs stays."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.richtext import plain
from core.words import ChatKind, ChatState, DeliveryState, OrganizationKind, PostKind, Reach
from storage import chats, media, people, posts, replies, screens, tables, talk
from storage.media import MediaFolder
from storage.purge import REPLY_MS, purge, purge_pictures
from storage.rows import insert
from tests.support.database import fresh

pytestmark = pytest.mark.usefixtures("each_database")

NOW = 1_795_420_800_000
LATER = NOW + REPLY_MS + 1
SUBJECT = "review:12"


def play(folder: Path, story: Callable[[AsyncConnection], Awaitable[None]]) -> None:
    """Run a story in a database in which chat 1 is the dialog of person 1."""

    async def run() -> None:
        db = fresh(folder)
        try:
            async with db.write() as connection:
                kind = int(OrganizationKind.FEDERATION)
                root = await insert(
                    connection, tables.organization, slug="f", name="Ф", short="Ф", kind=kind
                )
                await insert(
                    connection, tables.account, slug="main", network="alpha", organization_id=root
                )
                person = await people.find_or_add(connection, "alpha", "7", "Анна", NOW)
                private, active = ChatKind.PRIVATE, ChatState.ACTIVE
                await chats.add(connection, 1, "7", private, active, "", person)
                await story(connection)
        finally:
            await db.close()

    asyncio.run(run())


async def show(
    connection: AsyncConnection, message: str, subject: str | None, *, edits: bool = False
) -> int:
    """Show a screen in a message, which arrives; returns the reply's id."""
    screen_id = await screens.add(
        connection,
        chat_id=1,
        person_id=1,
        script="review",
        version=1,
        choices=(),
        now=NOW,
        expires_at=NOW + 30 * REPLY_MS,
        subject=subject,
    )
    reply_id = await replies.add(
        connection,
        1,
        1,
        plain("Марина Белова просит решить"),
        edits=message if edits else None,
        screen_id=screen_id,
        now=NOW,
    )
    await talk.settle(connection, reply_id, DeliveryState.SENT, now=NOW, message=message)
    return reply_id


async def cards(connection: AsyncConnection) -> list[str]:
    """Return the messages that are cards about the subject."""
    return [one.message for one in await screens.cards_about(connection, SUBJECT)]


def test_a_card_is_known_as_long_as_its_buttons_work(tmp_path: Path) -> None:
    async def story(connection: AsyncConnection) -> None:
        await show(connection, "m1", SUBJECT)
        await purge(connection, LATER)
        assert await cards(connection) == ["m1"]
        await purge(connection, NOW + 31 * REPLY_MS)
        assert not await cards(connection)
        assert not list(await connection.execute(sa.select(tables.screen)))

    play(tmp_path, story)


def test_a_card_that_was_put_away_does_not_come_back(tmp_path: Path) -> None:
    async def story(connection: AsyncConnection) -> None:
        await show(connection, "m1", SUBJECT)
        await show(connection, "m1", None, edits=True)
        assert not await cards(connection)
        await purge(connection, LATER)
        assert not await cards(connection)

    play(tmp_path, story)


def test_what_was_said_a_day_ago_is_kept_nowhere(tmp_path: Path) -> None:
    async def story(connection: AsyncConnection) -> None:
        kept = await show(connection, "m1", SUBJECT)
        await show(connection, "m2", None)
        waiting = await replies.add(connection, 1, 1, plain("ещё не сказано"), now=NOW)
        await purge(connection, LATER)
        rows = {row.id: row.body for row in await connection.execute(sa.select(tables.reply))}
        assert set(rows) == {kept, waiting}
        assert rows[kept] == {}
        assert rows[waiting]["text"]["text"] == "ещё не сказано"

    play(tmp_path, story)


def test_pictures_that_nothing_shows_any_more_go_with_their_bytes(tmp_path: Path) -> None:
    async def story() -> None:
        db, folder = fresh(tmp_path), MediaFolder(tmp_path / "media")
        shas = {name: name * 64 for name in "abcd"}
        async with db.write() as connection:
            ids = {
                name: await media.add(
                    connection, sha=sha, mime="image/jpeg", size=1, width=1, height=1
                )
                for name, sha in shas.items()
            }
            await _show_in_a_post(connection, ids["a"])
        for sha in shas.values():
            folder.keep(sha, b"x")
            os.utime(folder.path(sha), (0, 0))
        folder.keep(shas["b"], b"x")  # somebody is about to use it
        folder.path(shas["d"]).unlink()  # the last round was killed
        await purge_pictures(db, folder)
        async with db.read() as connection:
            left = set(await connection.scalars(sa.select(tables.media.c.id)))
        await db.close()
        assert left == {ids["a"], ids["b"]}
        assert [folder.path(shas[name]).exists() for name in "abc"] == [True, True, False]

    asyncio.run(story())


async def _show_in_a_post(connection: AsyncConnection, media_id: int) -> None:
    organization = await insert(
        connection, tables.organization, slug="f", name="Ф", short="Ф", kind=1
    )
    post = await posts.add(
        connection,
        organization_id=organization,
        kind=PostKind.NEWS,
        reach=Reach.OWN,
        rubric_id=None,
        urgent=False,
        at=NOW,
        now=NOW,
    )
    await posts.add_revision(
        connection, post.id, title="", body=plain("т"), link=None, media_ids=[media_id], now=NOW
    )

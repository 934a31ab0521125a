"""The rows of conversations: what is kept once, what goes, what stays."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.incoming import Incoming, IncomingKind
from core.messenger import Button
from core.richtext import plain
from core.words import ChatKind, ChatState, HoldScope, Mode, OrganizationKind
from storage import (
    chats,
    consents,
    dialogs,
    holds,
    inbox,
    organizations,
    people,
    replies,
    screens,
    subscriptions,
    tables,
)
from storage.rows import insert
from tests.support.database import fresh

pytestmark = pytest.mark.usefixtures("each_database")

NOW = 1_795_420_800_000


def play(folder: Path, story: Callable[[AsyncConnection], Awaitable[None]]) -> None:
    """Run a story inside one transaction of a database with an organization and an account."""

    async def run() -> None:
        db = fresh(folder)
        try:
            async with db.write() as connection:
                root = await insert(
                    connection,
                    tables.organization,
                    slug="root",
                    name="Федерация",
                    short="Федерация",
                    kind=int(OrganizationKind.FEDERATION),
                )
                await insert(
                    connection, tables.account, slug="main", network="alpha", organization_id=root
                )
                await story(connection)
        finally:
            await db.close()

    asyncio.run(run())


async def dialog_with(connection: AsyncConnection, external: str = "7") -> chats.Chat:
    """Add a person with a private chat."""
    person = await people.find_or_add(connection, "alpha", external, "Анна", NOW)
    chat_id = await chats.add(
        connection, 1, external, ChatKind.PRIVATE, ChatState.ACTIVE, "Анна", person
    )
    found = await chats.get(connection, chat_id)
    assert found is not None
    return found


def said(key: str, chat: str = "7") -> Incoming:
    """Return something that came in."""
    return Incoming(
        key=key,
        kind=IncomingKind.MESSAGE,
        at=NOW,
        chat=chat,
        chat_kind=ChatKind.PRIVATE,
        text=plain("слово"),
    )


def test_a_person_is_found_again_and_keeps_the_newest_name(tmp_path: Path) -> None:
    async def story(connection: AsyncConnection) -> None:
        one = await people.find_or_add(connection, "alpha", "7", "Анна", NOW)
        assert await people.find_or_add(connection, "alpha", "7", "Анна К.", NOW) == one
        assert await people.find_or_add(connection, "alpha", "7", "", NOW) == one
        assert (await people.get(connection, one)).name == "Анна К."
        assert await people.find_or_add(connection, "beta", "7", "Анна", NOW) != one
        await people.forget(connection, one)
        assert await people.by_identity(connection, "alpha", "7") is None
        assert (await people.get(connection, one)).name == ""

    play(tmp_path, story)


def test_only_dialogs_that_somebody_began_may_be_spoken_in(tmp_path: Path) -> None:
    async def story(connection: AsyncConnection) -> None:
        chat = await dialog_with(connection)
        assert chat.person_id is not None
        assert await chats.private_of(connection, chat.person_id) == []
        await chats.begin(connection, chat.id, NOW)
        await chats.begin(connection, chat.id, NOW + 5)
        (found,) = await chats.private_of(connection, chat.person_id)
        assert found.began_at == NOW
        await chats.set_state(connection, chat.id, ChatState.BLOCKED)
        assert await chats.private_of(connection, chat.person_id) == []

    play(tmp_path, story)


def test_nobody_is_spoken_to_through_an_account_that_is_used_no_more(tmp_path: Path) -> None:
    async def story(connection: AsyncConnection) -> None:
        chat = await dialog_with(connection)
        assert chat.person_id is not None
        await chats.begin(connection, chat.id, NOW)
        await connection.execute(tables.account.update().values(archived=True))
        assert await chats.private_of(connection, chat.person_id) == []
        # To be forgotten it is still known.
        assert len(await chats.all_private(connection, chat.person_id)) == 1

    play(tmp_path, story)


def test_what_people_wrote_is_in_no_error_of_the_database(tmp_path: Path) -> None:
    async def story(connection: AsyncConnection) -> None:
        await insert(connection, tables.rubric, slug="r", name="Тема")
        with pytest.raises(sa.exc.IntegrityError) as error:
            await insert(connection, tables.rubric, slug="r", name="мой телефон 123")
        assert "123" not in str(error.value)

    play(tmp_path, story)


def test_the_inbox_keeps_each_key_once_and_chats_apart(tmp_path: Path) -> None:
    async def story(connection: AsyncConnection) -> None:
        batch = [said("a"), said("b", "8"), said("c")]
        await inbox.take(connection, 1, batch, "5", NOW)
        await inbox.take(connection, 1, batch, "6", NOW)
        assert await inbox.cursor(connection, 1) == "6"
        assert await inbox.waiting(connection) == [(1, "7"), (1, "8")]
        rows = await inbox.undone(connection, 1, "7", 10)
        assert [row.incoming for row in rows] == [batch[0], batch[2]]
        await inbox.failed(connection, rows[0].id, "oops")
        await inbox.done(connection, rows[1].id, NOW)
        (left,) = await inbox.undone(connection, 1, "7", 10)
        assert (left.id, left.attempts) == (rows[0].id, 1)

    play(tmp_path, story)


def test_what_no_letter_is_stops_no_conversation(tmp_path: Path) -> None:
    async def story(connection: AsyncConnection) -> None:
        strange = replace(said("a"), text=plain("до\0 и после \\u0000"))
        await inbox.take(connection, 1, [strange, said("b", "8")], "1", NOW)
        assert await inbox.waiting(connection) == [(1, "7"), (1, "8")]
        (row,) = await inbox.undone(connection, 1, "7", 10)
        assert row.incoming.text.text == "до и после \\u0000"
        assert await people.find_or_add(connection, "alpha", "7", "Ан\0на", NOW)

    play(tmp_path, story)


def test_a_new_wish_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    async def story(connection: AsyncConnection) -> None:
        chat = await dialog_with(connection)
        rubric = await insert(connection, tables.rubric, slug="r", name="Тема")
        first = await subscriptions.put(
            connection,
            chat.id,
            mode=Mode.DIGEST,
            digest_minute=1140,
            night=(1260, 480),
            organizations=[1],
            rubrics=[rubric],
            now=NOW,
        )
        await subscriptions.end(connection, first, NOW)
        again = await subscriptions.put(
            connection,
            chat.id,
            mode=Mode.ASK,
            digest_minute=1080,
            night=None,
            organizations=[1, 1],
            day_limit=3,
            gap_s=3600,
            now=NOW,
        )
        assert again == first
        wish = await subscriptions.of_chat(connection, chat.id)
        assert wish == subscriptions.Subscription(
            first, chat.id, Mode.ASK, 1080, None, None, 3, 3600, None, frozenset({1}), frozenset()
        )
        await subscriptions.forget(connection, chat.id)
        assert await subscriptions.of_chat(connection, chat.id) is None

    play(tmp_path, story)


def test_a_consent_stands_for_its_very_text_until_it_is_withdrawn(tmp_path: Path) -> None:
    async def story(connection: AsyncConnection) -> None:
        chat = await dialog_with(connection)
        assert chat.person_id is not None
        await consents.add(connection, chat.person_id, 1, "subscription", "1", "sha", NOW)
        assert await consents.given(connection, chat.person_id, "subscription", "sha")
        assert not await consents.given(connection, chat.person_id, "subscription", "other")
        assert not await consents.given(connection, chat.person_id, "contact", "sha")
        await consents.withdraw(connection, chat.person_id, NOW + 1)
        assert not await consents.given(connection, chat.person_id, "subscription", "sha")

    play(tmp_path, story)


def test_a_dialog_is_one_row_a_chat(tmp_path: Path) -> None:
    async def story(connection: AsyncConnection) -> None:
        chat = await dialog_with(connection)
        await dialogs.put(connection, chat.id, "connect", 1, {"channel": 1}, NOW)
        await dialogs.put(connection, chat.id, "connect", 2, {"channel": 2}, NOW)
        assert await dialogs.get(connection, chat.id) == dialogs.Dialog(
            "connect", 2, {"channel": 2}, NOW
        )
        await dialogs.drop(connection, chat.id)
        assert await dialogs.get(connection, chat.id) is None

    play(tmp_path, story)


def test_ids_of_screens_and_replies_are_never_used_again(tmp_path: Path) -> None:
    async def story(connection: AsyncConnection) -> None:
        chat = await dialog_with(connection)

        async def show() -> tuple[int, int]:
            screen = await screens.add(
                connection,
                chat_id=chat.id,
                person_id=chat.person_id,
                script="s",
                version=1,
                choices=[{"do": "x"}],
                now=NOW,
                expires_at=NOW + 10,
            )
            keyboard = ((Button("Да", f"{screen}:0"),),)
            reply = await replies.add(
                connection, 1, chat.id, plain("?"), keyboard, screen_id=screen, now=NOW
            )
            return screen, reply

        screen, reply = await show()
        await screens.forget(connection, chat.id)
        assert await screens.get(connection, screen) is None
        # A message that a messenger still shows must not press a new screen's buttons.
        later = await show()
        assert later[0] > screen
        assert later[1] > reply

    play(tmp_path, story)


def test_a_reply_keeps_text_and_buttons_as_the_courier_reads_them(tmp_path: Path) -> None:
    async def story(connection: AsyncConnection) -> None:
        chat = await dialog_with(connection)
        keyboard = ((Button("Да", "1:0"), Button("Сайт", url="https://example.org")),)
        await replies.add(connection, 1, chat.id, plain("Текст"), keyboard, "44", now=NOW)
        row = (await connection.execute(sa.select(tables.reply))).one()
        assert row.edits == "44"
        assert row.body == {
            "text": {"text": "Текст", "entities": []},
            "buttons": [
                [
                    {"text": "Да", "data": "1:0", "url": None},
                    {"text": "Сайт", "data": None, "url": "https://example.org"},
                ]
            ],
            "media": [],
        }

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("scope", "network"), [(HoldScope.ALL, None), (HoldScope.MESSENGER, "alpha")]
)
def test_a_stop_stands_once_and_is_lifted_once(
    tmp_path: Path, scope: HoldScope, network: str | None
) -> None:
    async def story(connection: AsyncConnection) -> None:
        person = await people.find_or_add(connection, "alpha", "9", "", NOW)
        one = await holds.place(connection, scope, network, None, person, NOW)
        assert await holds.place(connection, scope, network, None, person, NOW) == one
        assert [hold.id for hold in await holds.live(connection)] == [one]
        assert await holds.lift(connection, one, person, NOW)
        assert not await holds.lift(connection, one, person, NOW)
        assert await holds.live(connection) == []
        assert await holds.place(connection, scope, network, None, person, NOW) != one

    play(tmp_path, story)


def test_a_subtree_is_all_below_and_archived_ones_are_not_listed(tmp_path: Path) -> None:
    async def story(connection: AsyncConnection) -> None:
        async def grow(slug: str, parent: int, **more: object) -> int:
            values = {"slug": slug, "name": slug, "short": slug, "parent_id": parent, **more}
            return await insert(connection, tables.organization, **{"kind": 2, **values})

        branch = await grow("branch", 1)
        leaf = await grow("leaf", branch, kind=4)
        gone = await grow("gone", 1, archived=True)
        assert await organizations.subtree(connection, branch) == {branch, leaf}
        assert await organizations.subtree(connection, 1) == {1, branch, leaf, gone}
        for start, line in ((leaf, [leaf, branch, 1]), (gone, [gone, 1]), (1, [1]), (99, [])):
            assert [one.id for one in await organizations.line_up(connection, start)] == line
        listed = await organizations.of_kinds(connection, [OrganizationKind.MEMBER])
        assert [one.id for one in listed] == [branch]
        assert await organizations.by_slug(connection, "gone") is None
        assert await organizations.by_id(connection, gone) is None

    play(tmp_path, story)

"""Whoever worked here and wants to be forgotten leaves what was published, and no name on it."""

from __future__ import annotations

import json
from pathlib import Path

import sqlalchemy as sa

from core.incoming import IncomingKind
from core.richtext import plain
from core.words import Reach, RoleKind, SubmissionState
from storage import people, tables
from tests.bots.house import ADMIN, House, play
from tests.bots.invited import invite, live_roles, person_id


async def forget(house: House, person: str) -> str:
    """Let a person ask for it and confirm; returns the question."""
    (question,) = await house.say("Удалить мои данные", person)
    # Nothing is shown afterwards: no row may carry the last word.
    await house.hear(IncomingKind.PRESS, person, payload=question.data("Да, удалить"), press="last")
    return question.text


async def written(house: House, author: int, state: SubmissionState, text: str) -> int:
    """Write a submission of an author with one message; returns the post."""
    revision = await house.row(tables.revision, id=await house.post("org-1"))
    async with house.db.write() as connection:
        await connection.execute(
            sa.insert(tables.submission).values(
                post_id=revision.post_id,
                author_id=author,
                role=int(RoleKind.PRESS),
                state=int(state),
                reach=int(Reach.OWN),
                touched_at=1,
                card_at=2,
            )
        )
        await connection.execute(
            sa.update(tables.revision)
            .where(tables.revision.c.id == revision.id)
            .values(by_person_id=author)
        )
    chat = await house.row(tables.chat, person_id=author)
    message = await house.add(
        tables.submission_message,
        post_id=revision.post_id,
        chat_id=chat.id,
        message=f"m{revision.post_id}",
        at=1,
        text={"text": text, "entities": []},
    )
    await house.add(
        tables.submission_file, message_id=message, position=0, kind="photo", ref="r", state=2
    )
    return int(revision.post_id)


def test_roles_drafts_and_names_go_what_was_published_stays(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        author = await house.role("7001", RoleKind.PRESS)
        await house.say("/join", "7001")
        draft = await written(house, author, SubmissionState.DRAFT, "Набросок о премиях")
        sent = await written(house, author, SubmissionState.SENT, "Заметка о премиях")
        question = await forget(house, "7001")
        assert "Вашей роли тоже не станет" in question
        assert await live_roles(house) == []
        assert not await house.rows(tables.joining)
        assert not await house.rows(tables.submission_message)
        assert not await house.rows(tables.submission_file)
        states = {row.post_id: row.state for row in await house.rows(tables.submission)}
        assert states == {draft: SubmissionState.DISCARDED, sent: SubmissionState.SENT}
        assert {row.author_id for row in await house.rows(tables.submission)} == {None}
        assert {row.by_person_id for row in await house.rows(tables.revision)} == {None}
        everything = json.dumps(
            [
                list(map(str, row))
                for table in tables.metadata.sorted_tables
                for row in await house.rows(table)
            ],
            ensure_ascii=False,
        )
        for trace in ("7001", "Человек", "премиях"):
            assert trace not in everything

    play(tmp_path, story)


def test_the_journal_keeps_what_happened_without_saying_to_whom(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        payload, _ = await invite(house)
        await house.start(payload)
        worked = await person_id(house, "7")
        await forget(house, "7")
        granted = await house.row(tables.journal, action="role.granted")
        assert granted.person_id == worked
        assert (await house.row(tables.person, id=worked)).name == ""
        used = await house.row(tables.invitation)
        assert (used.used_at is not None, used.used_by_person_id) == (True, None)

    play(tmp_path, story)


def test_invitations_of_the_forgotten_do_not_work(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.role("8", RoleKind.ADMINISTRATOR)
        payload, _ = await invite(
            house, "Пресс-секретарь", "Отрасль 01 (отраслевой профсоюз)", person="8"
        )
        await forget(house, "8")
        shown = await house.start(payload)
        assert "больше не может приглашать" in shown.text
        assert not await live_roles(house)

    play(tmp_path, story)


def test_the_forgotten_who_come_back_have_no_role(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.role("7", RoleKind.PRESS)
        await forget(house, "7")
        await house.start(person="7")
        assert "7" not in house.messenger.commands
        (work,) = await house.say("работа")
        assert "У вас пока нет такой роли" in work.text

    play(tmp_path, story)


def test_people_are_listed_without_the_forgotten(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.role("7", RoleKind.PRESS)
        await forget(house, "7")
        (listed,) = await house.say("/people", ADMIN)
        assert "Пока никого" in listed.text

    play(tmp_path, story)


def test_what_waits_in_the_other_dialog_goes_too_and_holds_nothing_up(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.subscribe("7")
        other = await house.second("beta")
        person = (await house.row(tables.identity, external="7")).person_id
        async with house.db.write() as connection:
            await people.add_identity(connection, person, "beta", "7")
        await other.start(person="7")
        (question,) = await house.say("Удалить мои данные", "7")
        phone = other.incoming(IncomingKind.MESSAGE, "7", text=plain("мой телефон 123"))
        await other.take(phone)
        await house.change()  # the other account stands still for a while
        await house.hear(
            IncomingKind.PRESS, "7", payload=question.data("Да, удалить"), press="last"
        )
        waited = (await house.rows(tables.inbox, account_id=other.account))[-1]
        assert (waited.body, waited.done_at) == ({}, house.clock.now())
        assert await other.engine.drain() == 0

    play(tmp_path, story)
